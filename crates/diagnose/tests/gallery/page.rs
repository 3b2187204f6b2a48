//! `docs/gallery.md` and its pictures, made from the cases.

use crate::cases::{CASES, Case};
use crate::fixture::chapter;
use glassgrad_diagnose::{Diagnosis, Finding, LrMap, LrMapSettings, RULES, Rule, Side, lr_map};
use glassgrad_layers::Loss;
use glassgrad_report::{Chart, Series};
use std::fmt::Write;

const HEAD: &str = "# A gallery of failures

Training that fails, made on purpose, and what `glassgrad-diagnose` finds in it. The pictures show the loss by step.
A finding is a number on the wrong side of its threshold; where those come from and what to do is in the
[table of rules](#the-rules) at the end. On 200 runs with nothing wrong (`crates/diagnose/tests/healthy.rs`) no rule
fires. This page is written by

```text
cargo run --release -p glassgrad-diagnose --example gallery
```

and held to the code by a test. In some of these runs rounding decides where they end up, so another processor may show
other numbers in them.
";

/// The heading of the last part.
pub(crate) const RULES_HEAD: &str = "## The rules\n";

/// The whole page, and the pictures by file name.
pub(crate) fn page() -> (String, Vec<(String, String)>) {
    let (mut page, mut pictures) = (HEAD.to_owned(), Vec::new());
    let map = chapter_map();
    pictures.push(("lr-map.svg".into(), map.chart().svg()));
    let _ = write!(
        page,
        "\n## Learning rates of the chapter's network\n\n![The loss by step at thirteen rates](gallery/lr-map.svg)\n\n```text\n{map}```\n"
    );
    for case in CASES {
        let (found, losses) = (case.run)();
        page += &section(case, &found);
        let series = Series { label: "loss".into(), color: "#2166ac", values: losses };
        let chart = Chart::new(capital(case.what), "step", "loss", vec![series]);
        pictures.push((format!("{}.svg", case.name), chart.svg()));
    }
    page += &rules();
    (page, pictures)
}

fn chapter_map() -> LrMap {
    let rates = vec![0.01, 0.1, 0.3, 0.677, 1.0, 1.35, 1.4, 1.5, 1.6, 1.8, 1.9, 2.0, 2.5];
    let trainer = chapter(1.0, &Loss::HalfSquaredError);
    lr_map(&trainer, &LrMapSettings { rates, ..LrMapSettings::default() }).unwrap()
}

fn section(case: &Case, found: &Diagnosis) -> String {
    let what = capital(case.what);
    let mut text =
        format!("\n## {}\n\n{what}.\n\n![The loss by step](gallery/{}.svg)\n\n", case.name, case.name);
    text += "| finding | where | number | threshold |\n|---|---|---|---|\n";
    for Finding { rule, number, place } in &found.findings {
        let _ = writeln!(text, "| `{}` | {place} | {} | {} |", rule.id, short(*number), bound(rule));
    }
    if let Some(bad) = &found.first_bad {
        let _ = write!(text, "\n```text\n{bad}```\n");
    }
    text
}

/// The table of all rules.
pub(crate) fn rules() -> String {
    let mut text =
        format!("\n{RULES_HEAD}\n| rule | measures | fires | because | remedy |\n|---|---|---|---|---|\n");
    for rule in RULES {
        let Rule { id, measures, source, remedy, .. } = rule;
        let measures = measures.trim_end_matches(',').replace('|', "\\|");
        let _ = writeln!(text, "| `{id}` | {measures} | {} | {source} | {remedy} |", bound(rule));
    }
    text
}

fn bound(rule: &Rule) -> String {
    let sign = if rule.bad == Side::Above { ">" } else { "<" };
    format!("{sign} {}", short(rule.threshold))
}

fn short(x: f64) -> String {
    if x == 0.0 || (1e-2..1e4).contains(&x.abs()) {
        format!("{}", (x * 1e3).round() / 1e3)
    } else {
        format!("{x:.1e}")
    }
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or(String::new(), |first| first.to_uppercase().chain(rest).collect())
}
