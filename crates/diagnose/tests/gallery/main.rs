//! A gallery of failures: each yields the findings that it should, and `docs/gallery.md` shows what is found.

mod cases;
#[path = "../fixture/mod.rs"]
mod fixture;
mod page;

use cases::CASES;
use glassgrad_diagnose::RULES;
use std::collections::HashSet;
use std::fmt::Write;
use std::fs;

const DOCS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs");

#[test]
fn every_failure_is_explained() {
    let mut wrong = String::new();
    for case in CASES {
        let (found, _) = (case.run)();
        if found.ids() != case.expected {
            let (name, expected, ids) = (case.name, case.expected, found.ids());
            let _ = writeln!(wrong, "{name}: expected {expected:?}\nfound {ids:?}\n{found}");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_rule_has_a_failure_that_fires_it() {
    let fired: HashSet<&str> = CASES.iter().flat_map(|case| case.expected).copied().collect();
    let silent: Vec<_> = RULES.iter().map(|rule| rule.id).filter(|id| !fired.contains(id)).collect();
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn the_page_shows_what_is_found() {
    let written = fs::read_to_string(format!("{DOCS}/gallery.md")).unwrap();
    let (fresh, pictures) = page::page();
    // Numbers may differ from one processor to another, findings and rules may not.
    let findings = |page: &str| -> Vec<String> {
        let line = |line: &str| line.split(" | ").next().unwrap_or_default().to_owned();
        page.lines().filter(|line| line.starts_with("## ") || line.starts_with("| `")).map(line).collect()
    };
    assert_eq!(findings(&written), findings(&fresh), "run the example `gallery` to write the page again");
    assert!(written.ends_with(&page::rules()), "run the example `gallery` to write the page again");
    for (name, fresh) in pictures {
        let written = fs::read_to_string(format!("{DOCS}/gallery/{name}")).unwrap();
        assert_eq!(written.lines().next(), fresh.lines().next(), "{name}");
        assert!(written.ends_with("</svg>\n"), "{name}");
    }
}
