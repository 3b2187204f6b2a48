//! Trace, audit and graph of the textbook's page, letter for letter.
//!
//! The numbers in these files are held against `tests/golden/chapter.json`, which comes from arithmetic in
//! 25 digits. To write the files anew after an intended change, set `GLASSGRAD_WRITE_GOLDEN=1`, run this
//! test, and read the difference.

mod networks;

use glassgrad_glass::{Audit, Claims, Format, Graph, Trace};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn compare(name: &str, found: &str) {
    let path = golden(name);
    if std::env::var_os("GLASSGRAD_WRITE_GOLDEN").is_some() {
        fs::write(&path, found).expect("a writable folder");
    }
    let expected = fs::read_to_string(&path).expect("the golden file");
    for (line, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "{name}, line {}", line + 1);
    }
    assert_eq!(found, expected, "{name}: another length");
}

#[test]
fn the_trace() {
    let trace = Trace::record(&mut networks::chapter(), 2).unwrap();
    for (format, name) in [
        (Format::Text, "trace.txt"),
        (Format::Markdown, "trace.md"),
        (Format::Latex, "trace.tex"),
        (Format::Csv, "trace.csv"),
        (Format::JsonLines, "trace.jsonl"),
    ] {
        compare(name, &trace.render(format, 4));
    }
}

#[test]
fn a_trace_of_matrices() {
    let mut trainer = networks::loaded::<f64>(
        &networks::wide(),
        &glassgrad_layers::Loss::CROSS_ENTROPY,
        glassgrad_optim::Recipe::new(glassgrad_optim::AdamW::default()),
    );
    let trace = Trace::record(&mut trainer, 1).unwrap();
    compare("wide.txt", &trace.render(Format::Text, 4));
    compare("wide.tex", &trace.render(Format::Latex, 4));
    let mut entries = String::new();
    for entry in ["0.weight[3,2]", "z1[4,15]", "h[1,2]", "d_h[0,0]", "b2[0,1]"] {
        entries += &trace.entry(entry).unwrap().render(Format::Text, 4);
        entries += "\n";
    }
    compare("entries.txt", &entries);
}

#[test]
fn the_audit() {
    let claims =
        Claims::from_toml(include_str!("../../../examples/one_hidden_unit.claims.toml"), "chapter.toml")
            .unwrap();
    let trace = Trace::record(&mut networks::chapter(), claims.steps()).unwrap();
    let audit = Audit::of(&claims, &trace).unwrap();
    compare("audit.txt", &format!("{audit}\n"));
    compare("audit.json", &(audit.json() + "\n"));
}

#[test]
fn the_graph() {
    let graph = Graph::of(&mut networks::chapter()).unwrap();
    compare("graph.svg", &graph.svg(4));
    compare("graph.dot", &graph.dot(4));
    compare("graph.mmd", &graph.mermaid(4));
}

/// Every number of the golden trace that the 25 digits have.
#[test]
fn the_golden_numbers_are_true() {
    let page: Vec<Value> = serde_json::from_str(include_str!("../../../tests/golden/chapter.json"))
        .expect("the page in 25 digits");
    let trace = fs::read_to_string(golden("trace.jsonl")).expect("the golden file");
    let mut checked = 0;
    for line in trace.lines() {
        let row: Value = serde_json::from_str(line).expect("a JSON object a line");
        let (step, symbol) = (row["step"].as_u64().unwrap(), row["symbol"].as_str().unwrap());
        let verified = row["stage"] == "verify";
        let (step, key) = match symbol.strip_prefix("new_") {
            Some(key) if verified => (step + 1, key),
            _ => (step, symbol),
        };
        let Some(expected) = page[usize::try_from(step).unwrap()][key].as_str() else { continue };
        let (found, expected) = (row["value"].as_f64().unwrap(), expected.parse::<f64>().unwrap());
        // The residual of later steps is a difference of near numbers, as good as they are; so is what
        // follows from it.
        let slack = if step == 0 { 0.0 } else { 2e-16 };
        assert!(
            (found - expected).abs() <= 1e-14 * expected.abs() + slack,
            "{symbol}: {found:e}, {expected:e}"
        );
        checked += 1;
    }
    assert_eq!(checked, 2 * (16 + 4), "all 16 keys of each step, and 4 of each verification");
}
