//! Rust source out: every activation, and whole networks, compiled by `rustc` without `std` and run.

mod support;

use glassgrad_autograd::{Axis, Tape, Var};
use glassgrad_interchange::{Error, Export, Head, Number, Placement, Scaling, rust_source};
use glassgrad_layers::{Activation, Chain, Dense, Layer, LogSoftmax, Softmax};
use ndarray::Array2;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::{Case, assert_close, deep, folder, matrix};

/// A module that was written, its inputs, and what it should give within `bound`·ε·max(1, |y|).
struct Written {
    name: String,
    columns: usize,
    double: bool,
    x: Vec<f64>,
    y: Vec<f64>,
    bound: f64,
}

/// Lines for the head of every file, of which one wants to be code.
fn about() -> Vec<String> {
    vec!["input[0]: \"width\"".into(), "a\nsyntax error\r\u{2028}\u{202e}".into()]
}

fn put<T: Number>(
    folder: &Path,
    name: &str,
    case: &Case<T>,
    export: &Export,
    [x, y]: [&Array2<T>; 2],
    bound: f64,
) -> Written {
    let name = format!("{name}_{}", T::NAME);
    let mut text = Vec::new();
    rust_source::write(&case.network(), export, &about(), &mut text).expect(&name);
    let mut again = Vec::new();
    rust_source::write(&case.network(), export, &about(), &mut again).expect(&name);
    assert_eq!(text, again, "the same network, the same text");
    std::fs::write(folder.join(format!("{name}.rs")), text).expect("written");
    let wide = |x: &Array2<T>| x.iter().map(|x| x.to_f64()).collect();
    Written { name, columns: x.ncols(), double: T::DOUBLE, x: wide(x), y: wide(y), bound }
}

fn plain<T: Number>(folder: &Path, name: &str, case: &Case<T>, x: &Array2<T>, bound: f64) -> Written {
    put(folder, name, case, &Export::default(), [x, &case.predict(x)], bound)
}

/// Inputs of every size, those that a function is defined for.
fn arguments<T: Number>(f: Activation) -> Array2<T> {
    let mut x = matrix::<T>(400, 1, 12.0);
    for (i, x) in x.iter_mut().enumerate().skip(300) {
        *x /= T::from_f64(10.0_f64.powf((i % 30) as f64));
    }
    if matches!(f, Activation::Ln | Activation::Sqrt) { x.mapv(|x| T::from_f64(x.to_f64().abs())) } else { x }
}

/// The ops that are no layer's, as far as they take one row at a time.
#[derive(Debug)]
struct Rare;

impl Layer for Rare {
    fn forward(&self, tape: &mut Tape, x: Var) -> Var {
        let w = tape.param("w", [3, 4], glassgrad_layers::Init::GlorotUniform);
        let v = tape.param("v", [1, 4], glassgrad_layers::Init::GlorotUniform);
        let left = tape.slice(x, 1..4);
        let product = tape.matmul(left, w);
        let back = tape.matmul_transposed(product, false, w, true);
        let one = tape.affine(product, v, None);
        let both = tape.concat(&[product, back, left, one]);
        let kept = tape.stop_gradient(both);
        let columns = tape.sum(kept, Axis::Columns);
        let scaled = tape.sub(kept, columns);
        let constant = tape.sum(v, Axis::All);
        let moved = tape.add(scaled, constant);
        let tied = tape.add(product, v);
        tape.concat(&[moved, tied])
    }
}

fn all<T: Number>(folder: &Path) -> Vec<Written> {
    let mut written = Vec::new();
    for &f in Activation::ALL {
        // The tape's own functions: the same bits, but for the root on f64.
        let bound = if f == Activation::Sqrt && T::DOUBLE { 1.0 } else { 0.0 };
        written.push(plain(folder, f.name(), &Case::<T>::new(&f, 1), &arguments(f), bound));
    }
    for n in [0, 1, 2, 7, -3] {
        let x = matrix::<T>(50, 1, 3.0);
        let name = format!("power_{}", n.to_string().replace('-', "minus_"));
        written.push(plain(folder, &name, &Case::<T>::new(&Activation::PowI(n), 1), &x, 0.0));
    }
    let x = matrix::<T>(50, 5, 2.0);
    let network = |layer: &dyn Layer| Case::<T>::new(layer, 5);
    let smooth = || Chain::new().then(Dense::new(6)).then(Activation::Tanh).then(Dense::new(3));
    written.push(plain(folder, "empty", &network(&Chain::new()), &x, 0.0));
    written.push(plain(folder, "rare", &network(&Rare), &x, 8.0));
    let wide = Case::<T>::new(&Chain::new().then(Dense::new(4)), 100);
    written.push(plain(folder, "wide", &wide, &matrix::<T>(20, 100, 1.0), 8.0));
    written.push(plain(folder, "deep", &network(&deep()), &x, 8.0));
    written.push(plain(folder, "log_softmax", &network(&smooth().then(LogSoftmax)), &x, 4.0));

    let case = network(&smooth());
    let input = Scaling { shift: vec![1.5, -2.0, 0.0, 3.0, 0.1], divisor: vec![2.0, 0.25, 1.0, 10.0, 0.3] };
    let output = Scaling { shift: vec![10.0, -1.0, 0.5], divisor: vec![4.0, 0.5, 10.0] };
    let number = |numbers: &[f64], j: usize| T::from_f64(numbers[j]);
    let scaled = Array2::from_shape_fn(x.dim(), |(i, j)| {
        (x[[i, j]] - number(&input.shift, j)) / number(&input.divisor, j)
    });
    let mut y = case.predict(&scaled);
    for ((_, j), y) in y.indexed_iter_mut() {
        *y = *y * number(&output.divisor, j) + number(&output.shift, j);
    }
    for (name, placement) in [("steps", Placement::Steps), ("folded", Placement::Folded)] {
        let export =
            Export { input: Some(input.clone()), output: Some(output.clone()), placement, head: Head::Plain };
        written.push(put(folder, name, &case, &export, [&x, &y], 16.0));
    }
    let y = network(&smooth().then(Softmax)).predict(&x);
    written.push(put(
        folder,
        "head",
        &case,
        &Export { head: Head::Softmax, ..Export::default() },
        [&x, &y],
        4.0,
    ));
    let one = Case::<T>::new(&Chain::new().then(Dense::new(1)), 5);
    let second = one.predict(&x).mapv(|logit| T::one() / (T::one() + (-logit).exp()));
    let both = Array2::from_shape_fn((x.nrows(), 2), |(i, j)| {
        let p = second[[i, 0]];
        if j == 0 { T::one() - p } else { p }
    });
    let binary = Export { input: Some(identity(5)), head: Head::Binary, ..Export::default() };
    written.push(put(folder, "binary", &one, &binary, [&x, &both], 8.0));
    written
}

/// Steps that change nothing.
fn identity(columns: usize) -> Scaling {
    Scaling { shift: vec![0.0; columns], divisor: vec![1.0; columns] }
}

fn rustc(arguments: &[&str], folder: &Path) {
    let compiler = option_env!("RUSTC").unwrap_or("rustc");
    let mut run = Command::new(compiler);
    run.args(["-Copt-level=1"]).args(arguments).current_dir(folder);
    let run = run.output().expect("a compiler, as this test was compiled");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

/// A program that reads numbers as bits, `module bits bits …` a line, and answers with the outputs' bits.
fn harness(folder: &Path, written: &[Written]) -> PathBuf {
    let mut library = "#![no_std]\n#![deny(warnings)]\n".to_string();
    let mut program = "fn main() {\n    for line in std::io::stdin().lines() {\n        let line = line.unwrap();\n        \
                       let (module, bits) = line.split_once(' ').unwrap();\n        match module {\n"
        .to_string();
    for Written { name, double, .. } in written {
        let (number, bits) = if *double { ("f64", "u64") } else { ("f32", "u32") };
        writeln!(library, "pub mod {name};").expect("a String takes everything");
        write!(
            program,
            "            {name:?} => {{\n                let x: Vec<{number}> = bits.split(' ').map(|b| {number}::from_bits(b.parse::<{bits}>().unwrap())).collect();\n                \
             for y in networks::{name}::forward(x.as_slice().try_into().unwrap()) {{ print!(\"{{}} \", y.to_bits()); }}\n            }}\n"
        )
        .expect("a String takes everything");
    }
    program += "            _ => panic!(\"{module}\"),\n        }\n        println!();\n    }\n}\n";
    std::fs::write(folder.join("networks.rs"), library).expect("written");
    std::fs::write(folder.join("main.rs"), program).expect("written");
    rustc(&["--edition=2024", "--crate-type=rlib", "networks.rs"], folder);
    rustc(&["--edition=2024", "--extern=networks=libnetworks.rlib", "main.rs"], folder);
    folder.join("main")
}

#[test]
fn compiled_without_std_it_predicts_the_same() {
    let folder = folder("rust_source");
    let mut written = all::<f32>(&folder);
    written.extend(all::<f64>(&folder));
    let program = harness(&folder, &written);
    let mut lines = String::new();
    for w in &written {
        for row in w.x.chunks(w.columns) {
            let bits = |&x: &f64| if w.double { x.to_bits() } else { u64::from((x as f32).to_bits()) };
            let row: Vec<String> = row.iter().map(|x| bits(x).to_string()).collect();
            writeln!(lines, "{} {}", w.name, row.join(" ")).expect("a String takes everything");
        }
    }
    let input = folder.join("input.txt");
    std::fs::write(&input, lines).expect("written");
    let run = Command::new(program).stdin(std::fs::File::open(input).expect("just written")).output();
    let run = run.expect("just compiled");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let answers = String::from_utf8(run.stdout).expect("numbers");
    let mut answers = answers.lines();
    for w in &written {
        let rows = answers.by_ref().take(w.x.len() / w.columns);
        let bits: Vec<u64> = rows.flat_map(str::split_whitespace).map(|b| b.parse().expect("bits")).collect();
        let worst = if w.double {
            let found: Vec<f64> = bits.iter().map(|&b| f64::from_bits(b)).collect();
            close(&found, &w.y, w)
        } else {
            let found: Vec<f32> = bits.iter().map(|&b| f32::from_bits(b as u32)).collect();
            close(&found, &w.y.iter().map(|&y| y as f32).collect::<Vec<_>>(), w)
        };
        println!("{}: {worst:.2} of {} ε", w.name, w.bound);
    }
}

/// As stated; with bound 0 the same bits.
fn close<T: Number>(found: &[T], expected: &[T], w: &Written) -> f64 {
    if w.bound == 0.0 {
        assert_eq!(found, expected, "{}", w.name);
    }
    assert_close(found, expected, w.bound, &w.name)
}

#[test]
fn what_takes_several_rows_is_refused() {
    #[derive(Debug)]
    struct Centred;
    impl Layer for Centred {
        fn forward(&self, tape: &mut Tape, x: Var) -> Var {
            let mean = tape.mean(x, Axis::Rows);
            tape.sub(x, mean)
        }
    }
    let case = Case::<f32>::new(&Chain::new().then(Centred), 3);
    let error =
        rust_source::write(&case.network(), &Export::default(), &[], Vec::new()).expect_err("refused");
    assert!(matches!(error, Error::MixesRows { ref at } if at == "0.mean_rows"), "{error}");
}

#[test]
fn names_cannot_leave_their_comments() {
    let (tape, (input, prediction)) = Tape::record(|tape| {
        let x = tape.input("x", 1);
        let w = tape.param("w\n}\nfn", [1, 1], glassgrad_layers::Init::Constant(2.0));
        let y = tape.affine(x, w, None);
        (x, tape.name(y, "y\r\nsyntax error"))
    })
    .expect("sound");
    let case = Case::<f32> { theta: tape.layout().initial(0), tape, input, prediction };
    let folder = folder("rust_source_names");
    let x = matrix::<f32>(1, 1, 1.0);
    let written = plain(&folder, "names", &case, &x, 0.0);
    harness(&folder, &[written]);
}

/// As modules of a crate with `std`, every function; and as a crate by itself.
#[test]
fn every_edition_compiles_it() {
    let folder = folder("rust_source_editions");
    let mut modules = "#![deny(warnings)]\n".to_string();
    for Written { name, .. } in all::<f32>(&folder).iter().chain(&all::<f64>(&folder)) {
        writeln!(modules, "pub mod {name};").expect("a String takes everything");
    }
    std::fs::write(folder.join("modules.rs"), modules).expect("written");
    let check = |edition: &str, file| {
        let edition = format!("--edition={edition}");
        rustc(&[&edition, "--crate-type=lib", "--emit=metadata", file], &folder);
    };
    check("2015", "modules.rs"); // the one whose paths are others
    for edition in ["2015", "2018", "2021", "2024"] {
        check(edition, "deep_f32.rs");
        check(edition, "softplus_f64.rs");
    }
}

#[test]
fn a_file_says_what_it_computes() {
    let chain = Chain::new().then(Dense::new(2)).then(Activation::LeakyRelu(0.01)).then(Dense::new(1));
    let case = Case::<f32>::new(&chain, 3);
    let export = Export { input: Some(identity(3)), head: Head::Binary, ..Export::default() };
    let mut text = Vec::new();
    rust_source::write(&case.network(), &export, &about(), &mut text).expect("written");
    let text = String::from_utf8(text).expect("text");
    let head: Vec<&str> = text.lines().map_while(|line| line.strip_prefix("//!")).collect();
    assert_eq!(
        head[3..].join("\n"),
        " ```text
 x : [batch, 3]
 input.centred = sub(x, input.shift) : [batch, 3]
 input.scaled = div(input.centred, input.divisor) : [batch, 3]
 0 = affine(input.scaled, 0.weight, 0.bias) : [batch, 2]
 1 = leaky_relu(0; 0.01) : [batch, 2]
 2 = affine(1, 2.weight, 2.bias) : [batch, 1]
 probability.second = sigmoid(2) : [batch, 1]
 probability.first = sub(one, probability.second) : [batch, 1]
 probabilities = concat(probability.first, probability.second) : [batch, 2]
 ```

 ```text
 input[0]: \"width\"
 a\\nsyntax error\\r\\u{2028}\\u{202e}
 ```"
    );
}
