//! Exported networks take the numbers that a file has, and give what `predict` gives: as Rust, and, where Python is
//! there, as ONNX in onnxruntime.

mod program;

use program::{TMP, file, fresh, idx, lines, run, rustc, stdout};
use std::fmt::Write;
use std::process::Command;
use std::{env, fs};

/// A network that was exported, rows of a file, and what is predicted for them.
struct Exported {
    name: &'static str,
    x: Vec<Vec<f64>>,
    y: Vec<Vec<f64>>,
}

impl Exported {
    /// Trains, predicts `rows` and exports. `values` is whether all that is predicted is numbers.
    fn new(name: &'static str, train: &str, rows: &str, x: Vec<Vec<f64>>, values: bool) -> Self {
        let model = fresh(&format!("{name}.ckpt"));
        stdout(&format!("train {train} --epochs 5 --lr 0.05 -q -o {model}"));
        let table = stdout(&format!("predict {model} {rows}"));
        let numbers = |line: &str| {
            line.split(',').skip(usize::from(!values)).map(|cell| cell.parse().expect("a number")).collect()
        };
        let y = table.lines().skip(1).map(numbers).collect();
        for (format, ending) in [("rust", "rs"), ("onnx", "onnx")] {
            stdout(&format!("export {model} --to {format} -o {TMP}/exported/{name}.{ending} --force"));
        }
        Exported { name, x, y }
    }
}

/// Images of three pixels in three classes, and two columns of which the target is yes or no.
fn all() -> Vec<Exported> {
    fs::create_dir_all(format!("{TMP}/exported")).expect("a folder");
    let pixel = |k: u32| if k % 3 == k / 3 % 3 { 200 + (k % 50) as u8 } else { (k * 7 % 60) as u8 };
    let images = idx("exported.idx", &[60, 3], pixel);
    let labels = idx("exported-labels.idx", &[60], |row| (row % 3) as u8);
    let bytes: Vec<Vec<f64>> =
        (0..60).map(|row| (0..3).map(|c| f64::from(pixel(3 * row + c))).collect()).collect();
    let of_pixels = |name, scale| {
        let train = format!("{images} --labels {labels} --scale {scale}");
        Exported::new(name, &train, &images, bytes.clone(), false)
    };
    let number = |i: usize| (i * 37 % 40) as f64 / 8.0;
    let table: Vec<Vec<f64>> = (0..40).map(|i| vec![number(i), number(i + 11)]).collect();
    let csv = |name: &str, yes: &str, no: &str| {
        let target = |row: &[f64]| if row[0] > row[1] { yes } else { no };
        let row = |i: usize| format!("{},{},{}", table[i][0], table[i][1], target(&table[i]));
        file(name, format!("a,b,y\n{}", lines(40, row)))
    };
    let (classes, shares) = (csv("classes.csv", "yes", "no"), csv("shares.csv", "0.9", "0.2"));
    let of_columns = |name, file: &str, flags: &str, values| {
        let train = format!("{file} --target y --loss binary_cross_entropy {flags}");
        Exported::new(name, &train, file, table.clone(), values)
    };
    let seconds: Vec<Vec<f64>> = (0..40).map(|i| vec![f64::from(1_700_000_000 + i)]).collect();
    let double = format!("{} --target kind --precision f64", in_seconds());
    vec![
        of_pixels("pixels_none", "none"),
        of_pixels("pixels_standard", "standard"),
        of_pixels("pixels_minmax", "minmax"),
        of_columns("binary", &classes, "", false),
        of_columns("share", &shares, "--task regression", true),
        of_columns("gelu", &classes, "--activation gelu --precision f64", false),
        Exported::new("seconds", &double, &in_seconds(), seconds, false),
    ]
}

/// Rows a second apart, which numbers of 32 bits do not tell apart.
fn in_seconds() -> String {
    let kind = |i: usize| if i < 20 { 'a' } else { 'b' };
    file("seconds.csv", format!("t,kind\n{}", lines(40, |i| format!("{},{}", 1_700_000_000 + i, kind(i)))))
}

/// Compiles all networks into one program, and runs it.
fn check_rust(networks: &[Exported]) {
    let (mut modules, mut main) = (String::new(), String::new());
    for Exported { name, x, .. } in networks {
        writeln!(modules, "mod {name};").expect("a String takes everything");
        writeln!(main, "    for x in {x:?} {{ println!(\"{{:?}}\", {name}::forward(&x)); }}")
            .expect("a String takes everything");
    }
    let folder = format!("{TMP}/exported");
    fs::write(format!("{folder}/main.rs"), format!("{modules}fn main() {{\n{main}}}\n")).expect("written");
    let rustc = rustc().args(["--edition=2021", "main.rs"]).current_dir(&folder).output().expect("it");
    assert!(rustc.status.success(), "{}", String::from_utf8_lossy(&rustc.stderr));
    let run = Command::new(format!("{folder}/main")).output().expect("it starts");
    let printed = String::from_utf8(run.stdout).expect("text");
    let mut printed = printed.lines();
    for Exported { name, y, .. } in networks {
        for expected in y {
            let row = printed.next().expect("a row").trim_matches(['[', ']']).split(", ");
            let found: Vec<f64> = row.map(|number| number.parse().expect("a number")).collect();
            assert_eq!(found.len(), expected.len(), "{name}");
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-5, "{name}: found {found}, predicted {expected}");
            }
        }
    }
}

/// Runs all networks in onnxruntime.
fn check_onnx(networks: &[Exported]) {
    let python = env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    let there = Command::new(&python).args(["-c", "import numpy, onnxruntime"]).output();
    if !there.is_ok_and(|run| run.status.success()) {
        assert!(!env::var("GLASSGRAD_REQUIRE_PYTHON").is_ok_and(|v| v == "1"), "{python} with onnxruntime");
        return eprintln!("skipped: {python} with onnxruntime and numpy is not there");
    }
    let list: Vec<_> =
        networks.iter().map(|n| serde_json::json!({"name": n.name, "x": n.x, "y": n.y})).collect();
    let folder = format!("{TMP}/exported");
    fs::write(format!("{folder}/networks.json"), serde_json::Value::from(list).to_string()).expect("written");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/onnx_networks.py");
    let run = Command::new(&python).args([script, &folder]).output().expect("it ran a moment ago");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

#[test]
fn they_take_what_a_file_has_and_give_what_predict_gives() {
    let networks = all();
    for (network, outputs) in networks.iter().zip([3, 3, 3, 2, 1, 2, 2]) {
        // That scaling matters, and the networks have learnt something.
        let first: Vec<f64> = network.y.iter().map(|y| y[0]).collect();
        assert!(first.iter().any(|p| (p - first[0]).abs() > 0.3), "{}: {first:?}", network.name);
        assert!(network.y.iter().all(|y| y.len() == outputs), "{}", network.name);
    }
    check_rust(&networks);
    check_onnx(&networks);
}

/// 2⁻²⁴ of the means of t, over and under is 101, 0.00119 and 0.00066; a thousandth of their deviations 0.0115, 0.00071 and 0.00071.
#[test]
fn columns_that_32_bits_do_not_tell_apart_are_named() {
    let row = |i: usize| {
        let (second, large, small) = (1_700_000_000 + i, 20_000.0 + (i % 5) as f64 / 2.0, i % 11);
        format!("{second},{large},{},{small},{}", large - 9000.0, ["a", "b"][i / 20])
    };
    let train = file("coarse.csv", format!("t,over,under,small,kind\n{}", lines(40, row)));
    let told = |train: &str, model: &str, format: &str| {
        stdout(&format!("train {train} --target kind --validation 0 --epochs 1 -q -o {model} --force"));
        let out = format!("{TMP}/coarse.out");
        let notes = ["", " --json", " -q"]
            .map(|flag| run(&format!("export {model} --to {format} -o {out} --force{flag}")).2);
        assert_eq!(notes[0], notes[1], "{format}");
        assert_eq!(notes[2], "", "{format}");
        notes[0].replace(&out, "OUT")
    };
    let model = fresh("coarse.ckpt");
    let expected = "note: OUT: its inputs are f32, too coarse for columns t (f32 numbers near 1.7000e9 are 128.00 apart, its \
                    scale is 11.543), over (f32 numbers near 20001 are 0.0019531 apart, its scale is 0.70711): its predictions are \
                    not those of glassgrad predict, which scales 64-bit numbers; for a network that takes f64, train with \
                    --precision f64 (precision = \"f64\")\n";
    for format in ["onnx", "rust"] {
        assert_eq!(told(&train, &model, format), expected);
    }
    for format in ["safetensors", "npz"] {
        assert_eq!(told(&train, &model, format), "", "it takes no inputs");
    }
    for as_it_is in ["--precision f64", "--scale none"] {
        assert_eq!(told(&format!("{train} {as_it_is}"), &model, "rust"), "", "{as_it_is}: as predict has it");
    }
    let few = told(&format!("{train} --scale minmax"), &model, "rust");
    assert!(few.contains("too coarse for column t (") && few.contains("its scale is 39.000)"), "{few}");
}

#[test]
fn a_rust_file_says_what_goes_in_and_comes_out() {
    let train = file(
        "named.csv",
        format!(
            "width,\"a\nfn\",kind\n{}",
            lines(20, |i| format!("{i},{},{}", i * i, ["\"c\nd\"", "e"][i % 2]))
        ),
    );
    let (model, source) = (fresh("named.ckpt"), fresh("named.rs"));
    stdout(&format!("train {train} --target kind --epochs 1 -q -o {model}"));
    stdout(&format!("export {model} --to rust -o {source}"));
    let text = fs::read_to_string(&source).expect("it");
    let head = "
//! 2 = affine(1, 2.weight, 2.bias) : [batch, 2]
//! probabilities = softmax(2) : [batch, 2]
//! ```
//!
//! ```text
//! input[0]: \"width\"
//! input[1]: \"a\\nfn\"
//! output[0]: probability of \"c\\nd\"
//! output[1]: probability of \"e\"
//! ```
";
    assert!(text.contains("//! input.scaled = div(") && text.contains(head), "{}", &text[..1500]);
    for edition in ["2015", "2024"] {
        let rustc = rustc()
            .args(["--edition", edition, "--crate-type", "lib", "--emit=metadata", &source, "--out-dir", TMP])
            .output()
            .expect("a compiler, as this test was compiled");
        assert!(rustc.status.success(), "{}", String::from_utf8_lossy(&rustc.stderr));
    }
}
