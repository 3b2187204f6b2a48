//! An audit finds what a page has wrong, and nothing else.

mod networks;

use glassgrad_glass::{Audit, Claims, Error, Row, Trace, Verdict, decimal};
use networks::{chapter, one_hidden_unit};
use serde_json::Value;

fn audit(claims: &str) -> Result<Audit, Error> {
    let claims = Claims::from_csv(claims, "claims.csv")?;
    Audit::of(&claims, &Trace::record(&mut chapter(), claims.steps())?)
}

fn verdicts(claims: &str) -> Vec<Verdict> {
    audit(claims).unwrap().findings().iter().map(|finding| finding.verdict).collect()
}

#[test]
fn the_page_has_three_flaws() {
    let claims =
        Claims::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/one_hidden_unit.claims.toml"))
            .unwrap();
    let trace = Trace::record(&mut chapter(), claims.steps()).unwrap();
    let audit = Audit::of(&claims, &trace).unwrap();
    assert!(!audit.all_right());
    assert_eq!(audit.findings().len(), 33);
    let flawed: Vec<_> = audit.findings().iter().filter(|f| f.verdict != Verdict::Right).collect();
    let of = |i: usize| {
        let finding = flawed[i];
        let give = finding.operands_give.as_ref().map(|[rounded, _]| rounded.as_str());
        (finding.claim.printed.as_str(), finding.verdict, give)
    };
    assert_eq!(flawed.len(), 3);
    assert_eq!(of(0), ("0.0762", Verdict::OperandsDiffer, Some("0.0763")));
    assert_eq!(of(1), ("0.4400", Verdict::OperandsDiffer, Some("0.4399")));
    assert_eq!(of(2), ("75 %", Verdict::Wrong, None));
    assert!((flawed[2].truth - 75.971_826_91).abs() < 1e-8);
    assert_eq!(flawed[2].rounded, "76");
    assert!(audit.to_string().contains("75.97  "), "{audit}");

    let csv = Claims::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/chapter.csv")).unwrap();
    assert_eq!(Audit::of(&csv, &trace).unwrap().json(), audit.json(), "TOML and CSV say the same");
    let json: Value = serde_json::from_str(&audit.json()).unwrap();
    assert_eq!(json["all_right"], false);
    assert_eq!(json["claims"][10]["operands_give"], "0.0763");
}

#[test]
fn later_steps_and_entries() {
    use Verdict::{Right, Wrong};
    let found = verdicts(
        "symbol,step,printed\nd_y_hat,1,-0.0600\nloss,1,0.0018\nloss,2,4.0e-4\n\"w1[0,0]\",0,0.5\nd_w2,0,.0762\nd_w2,0,.0763\n",
    );
    assert_eq!(found, [Right, Right, Right, Right, Right, Wrong]);
    assert!(audit("symbol,printed\nz1,0.5\n").unwrap().all_right());
}

/// Steps that nobody claims anything about are made, but not written down.
#[test]
fn only_claimed_steps_are_kept() {
    let claims =
        Claims::from_csv("symbol,step,printed\nloss,3,9.21e-5\nnew_w1,1,.4844\n", "claims.csv").unwrap();
    let trace = Trace::record_claimed(&mut chapter(), &claims).unwrap();
    assert!(Audit::of(&claims, &trace).unwrap().all_right());
    let whole = Trace::record(&mut chapter(), 4).unwrap();
    let mut steps: Vec<u64> = trace.rows().iter().map(Row::step).collect();
    steps.dedup();
    assert_eq!(steps, [1, 3]);
    for row in trace.rows() {
        assert_eq!(row.value(), whole.row(row.step(), row.symbol()).unwrap().value());
    }
}

/// A number exactly between two decimals is rightly rounded to either; one unit further is wrong. In
/// binary, 0.285 lies below its half and 0.00125 above.
#[test]
fn halves_are_decided_in_decimals() {
    let trace = |x: f64| Trace::record(&mut one_hidden_unit([0.5, 0.0, 1.0, 0.0], [x, 0.5], 1.0), 1).unwrap();
    let verdict = |x: f64, printed: &str| {
        let claims = Claims::from_csv(&format!("symbol,printed\nx,{printed}\n"), "claims.csv").unwrap();
        Audit::of(&claims, &trace(x)).unwrap().findings()[0].verdict
    };
    for (x, below, above) in [
        (0.285, "0.28", "0.29"),
        (0.00125, "0.0012", "0.0013"),
        (-2.5, "-2", "-3"),
        (1.005, "1.00", "1.01"),
        (0.5, "0", "1"),
        (9.995, "9.99", "10.00"),
    ] {
        assert_eq!(verdict(x, below), Verdict::Right, "{x} as {below}");
        assert_eq!(verdict(x, above), Verdict::Right, "{x} as {above}");
        assert_eq!(verdict(x * 1.0001, below), Verdict::Wrong, "more than {x} as {below}");
        assert_eq!(verdict(x * 0.9999, above), Verdict::Wrong, "less than {x} as {above}");
    }
    // The operands' result is exact as well.
    assert_eq!(verdicts("symbol,printed,operands\nz1,0.5,1.1*0.5 - 0.05\n"), [Verdict::Right]);
    assert_eq!(verdicts("symbol,printed,operands\nz1,0.5,0.1 + 0.35\n"), [Verdict::Right]);
    assert_eq!(verdicts("symbol,printed,operands\nz1,0.5,0.1 + 0.349\n"), [Verdict::OperandsDiffer]);
}

#[test]
fn rounding_is_that_of_school() {
    for (x, decimals, expected) in [
        (0.285, 2, "0.29"),
        (-0.285, 2, "-0.29"),
        (1.005, 2, "1.01"),
        (2.5, 0, "3"),
        (0.0, 4, "0.0000"),
        (-0.0, 2, "0.00"),
        (-0.004, 2, "0.00"),
        (99.995, 2, "100.00"),
        (1e-300, 3, "0.000"),
        (1e22, 1, "10000000000000000000000.0"),
        (f64::NAN, 2, "NaN"),
        (f64::NEG_INFINITY, 2, "-inf"),
    ] {
        assert_eq!(decimal::round(x, decimals), expected, "{x}");
    }
    // Away from halves it is what the standard library does.
    for i in 0..10_000_u32 {
        let x = (f64::from(i) * 0.618_033_988_749_895).fract() * 200.0 - 100.0;
        let expected = format!("{x:.4}");
        assert_eq!(decimal::round(x, 4), expected.replace("-0.0000", "0.0000"), "{x}");
    }
    assert_eq!(decimal::full(0.1 + 0.2), "0.30000000000000004");
    assert_eq!(decimal::full(1e-7), "1e-7");
}

#[test]
fn arithmetic_as_printed() {
    for (operands, printed) in [
        ("2 + 3*4", "14"),
        ("(2 + 3)*4", "20"),
        ("2 - 3 - 4", "-5"),
        ("-2^2", "-4"),
        ("(-2)^2", "4"),
        ("2^3^2", "512"),
        ("2^-1", "0.5"),
        ("1/3", "0.3333"),
        ("½·0.2²", "0.02"),
        ("3 × 4 − 1.5e-1", "11.85"),
        ("exp(1)", "2.7183"),
        ("e^1", "2.7183"),
        ("ln(2)", "0.6931"),
        ("sqrt(2)", "1.4142"),
        ("abs(-3)", "3"),
        ("√(1 + 3)·√4 + √0.25", "4.5"),
        ("cos(π/3)", "0.5"),
        ("max(-1, min(0.5, 2))", "0.5"),
        ("sigmoid(0)", "0.5"),
        ("tanh(0.5)", "0.4621"),
    ] {
        let line = format!("symbol,printed,operands\n{printed},{printed},\"{operands}\"\n");
        let found = audit(&line).unwrap();
        assert_eq!(found.findings()[0].verdict, Verdict::Right, "{found}");
    }
}

/// Each mistake in a file is an error that says where.
#[test]
fn mistakes_have_places() {
    let csv = |text: &str| audit(text).unwrap_err().to_string();
    assert_eq!(
        csv("symbol,printed\nz1,0.5\nh,abc\n"),
        "claims.csv:3:1: found printed \"abc\", expected a decimal number such as 0.0762 or 75 %"
    );
    assert!(csv("symbol,printed,step\nz1,0.5,-1\n").starts_with("claims.csv:2:3: found step \"-1\""));
    assert!(csv("symbol,value\nz1,0.5\n").starts_with("claims.csv:1:2: found a column \"value\""));
    assert!(csv("symbol,printed\nz1\n").starts_with("claims.csv:2:"));
    assert!(csv("symbol,printed\n").contains("found no claims"));
    assert!(
        csv("symbol,printed\nz1,0.5\nz9,0.5\n").starts_with("claims.csv:3:1: symbol: found no value \"z9\"")
    );
    assert!(csv("printed,symbol\n.5,z1\n1,y+w1[0]\n").starts_with("claims.csv:3:2: symbol: entry \"w1[0]\""));
    assert!(csv("symbol,printed,operands\nz1,0.5,0.5*\n").contains("character 5: found the end"));
    assert_eq!(
        csv("symbol,printed,operands\nz1,0.5,1/0\n"),
        "claims.csv:2:3: operands: \"1/0\", character 2: found a division by 0"
    );
    assert!(csv("symbol,printed,operands\nz1,0.5,w1*2\n").contains("expected printed numbers only"));
    assert!(csv("symbol,printed,operands\nz1,1,\"min(1 2)\"\n").contains("found \"2\", expected \",\""));
    assert!(csv("symbol,printed\nw1[3],0.5\n").contains("expected a name, a row and a column"));
    let toml = |text: &str| Claims::from_toml(text, "claims.toml").unwrap_err().to_string();
    assert!(
        toml("[[claim]]\nsymbol = \"z1\"\nprinted = \"x\"\n").starts_with("claims.toml:1:1: found printed")
    );
    assert!(toml("[[claim]]\nsymbol = \"z1\"\nprnted = 1\n").starts_with("claims.toml:3:1: unknown field"));
    assert!(toml("[[claim]]\nsymbol = \n").starts_with("claims.toml:2:"));
    assert!(toml("[[claim]]\nsymbol = \"z1\"\nprinted = true\n").contains("expected the printed number"));
    assert!(toml("").contains("found no claims, expected at least one"));
    assert!(
        toml("[[claim]]\nsymbol = \"z1\"\nprinted = 1\nstep = 1000000\n")
            .starts_with("claims.toml:1:1: found step 1000000, expected a number below 1000000")
    );
    let judged = |text: &str| {
        let claims = Claims::from_toml(text, "claims.toml").unwrap();
        Audit::of(&claims, &Trace::record(&mut chapter(), 1).unwrap()).unwrap_err().to_string()
    };
    let first = "[[claim]]\nsymbol = \"z1\"\nprinted = 0.5\n\n";
    assert!(
        judged(&format!("{first}[[claim]]\nprinted = 1\nsymbol = \"z9\"\n"))
            .starts_with("claims.toml:7:10: symbol: found no value \"z9\" in step 0")
    );
    assert_eq!(
        judged(&format!("{first}[[claim]]\nsymbol = \"z1\"\nprinted = 1\n  operands = \"ln(0)\"\n")),
        "claims.toml:8:14: operands: \"ln(0)\", character 1: Ln of 0 is no finite number"
    );
    assert!(Claims::read("no/such/file.toml").unwrap_err().to_string().contains("cannot be read"));
}

/// A file cannot make the program work without end, nor overflow its stack.
#[test]
fn hostile_expressions_are_refused() {
    let deep = format!("{}1{}", "(".repeat(199), ")".repeat(199));
    assert!(audit(&format!("symbol,printed,operands\n1,1,{deep}\n")).unwrap().all_right());
    for operands in [
        "9^9^9^9",
        "(9^999)^999",
        "1e999999999",
        "1e-999999999",
        &"-".repeat(500),
        &"(".repeat(399),
        &"√".repeat(400),
        &"max(".repeat(100),
        "0^-1",
        "ln(0)",
    ] {
        let found = audit(&format!("symbol,printed,operands\n1,1,{operands}\n"));
        assert!(found.is_err(), "{operands}");
    }
    assert!(audit("symbol,printed\nz1,1e999999999\n").is_err());
    assert!(audit("symbol,printed,decimals\nz1,1,999999999999\n").is_err());
}
