//! A textbook's page, run: one input, one sigmoid hidden unit, one output, four parameters; forward,
//! backward, update, verify, and on to convergence. Every number is read from the tape of an ordinary
//! network whose two dense layers happen to have width 1, and is held against `tests/golden/chapter.json`,
//! the same page in 25 digits.
//!
//! ```text
//! cargo run --release --example one_hidden_unit
//! ```

use glassgrad::prelude::*;
use ndarray::array;
use std::error::Error;

/// The page's symbols for the network's names, and the keys of the golden numbers.
const SYMBOLS: [(&str, &str, &str); 12] = [
    ("x", "x", ""),
    ("0.weight", "w1", "w1"),
    ("0.bias", "b1", "b1"),
    ("0", "z1", "z1"),
    ("1", "h", "h"),
    ("2.weight", "w2", "w2"),
    ("2.bias", "b2", "b2"),
    ("2", "ŷ", "y_hat"),
    ("y", "y", ""),
    ("loss.residual", "r", "d_y_hat"),
    ("loss.half_square", "ℓ", "loss"),
    ("loss", "L", "loss"),
];

const PARAMETERS: [&str; 4] = ["0.weight", "0.bias", "2.weight", "2.bias"];
const LEARNING_RATE: f64 = 1.0;
const STEPS: usize = 101;

fn main() -> Result<(), Box<dyn Error>> {
    let network = Chain::new()
        .then(Dense::new(1).weight(Init::rows([[0.5]])))
        .then(Activation::Sigmoid)
        .then(Dense::new(1).weight(Init::rows([[1.0]])));
    let sgd = Recipe::new(Sgd { lr: LEARNING_RATE, ..Sgd::default() });
    let mut trainer = Trainer::<f64>::new(&network, 1, &Loss::HalfSquaredError, sgd, 0)?;
    trainer.load(array![[1.0]].view(), array![[0.5]].view())?;
    let golden: Vec<Golden> = serde_json::from_str(include_str!("../tests/golden/chapter.json"))?;

    println!("The network, as it wrote itself on the tape\n\n{}", trainer.tape());
    let before = trainer.forward();
    let first_prediction = trainer.value("2")?[[0, 0]];
    forward_page(&trainer, &golden[0])?;
    trainer.backward();
    backward_page(&trainer, &golden[0])?;
    let old: Vec<f64> = trainer.theta().to_vec();
    trainer.update()?;
    update_page(&trainer, &old, &golden[0])?;
    let after = trainer.verify();
    verify_page(&trainer, before, after, &golden[1])?;

    let mut history = vec![(before, first_prediction)];
    for step in &golden[1..STEPS] {
        let loss = trainer.forward();
        history.push((loss, trainer.value("2")?[[0, 0]]));
        trainer.backward();
        trainer.update()?;
        check_residual(step, history[history.len() - 1].1 - 0.5)?;
    }
    convergence_page(&history);
    claims_page(&history, best_rate(&trainer)?);
    Ok(())
}

type Golden = std::collections::HashMap<String, serde_json::Value>;

fn number(step: &Golden, key: &str) -> Result<f64, Box<dyn Error>> {
    let text = step.get(key).and_then(|v| v.as_str()).ok_or_else(|| format!("no golden number {key}"))?;
    Ok(text.parse()?)
}

/// Stops the page if a number is more than 4 units in the last place from the golden one.
fn check(step: &Golden, key: &str, found: f64) -> Result<(), Box<dyn Error>> {
    let expected = number(step, key)?;
    let unit = f64::from_bits(expected.abs().to_bits() + 1) - expected.abs();
    if (found - expected).abs() > 4.0 * unit {
        return Err(format!("{key}: found {found:e}, the golden number is {expected:e}").into());
    }
    Ok(())
}

/// As [`check`] for the residual, and so for the loss ½·r²: 4 units in the last place of the ½ that it is
/// the distance from. A difference of near numbers has no digits below theirs.
fn check_residual(step: &Golden, found: f64) -> Result<(), Box<dyn Error>> {
    let expected = number(step, "d_y_hat")?;
    if (found - expected).abs() > 4.0 * f64::EPSILON / 2.0 {
        return Err(format!("residual: found {found:e}, the golden number is {expected:e}").into());
    }
    Ok(())
}

fn symbol(tape: &Tape, var: Var) -> String {
    let name = tape.name_of(var);
    SYMBOLS.iter().find(|s| s.0 == name).map_or(name, |s| s.1).to_string()
}

fn key(tape: &Tape, var: Var) -> &'static str {
    SYMBOLS.iter().find(|s| s.0 == tape.name_of(var)).map_or("", |s| s.2)
}

/// Four decimals, as the page prints them.
fn short(x: f64) -> String {
    let text = format!("{x:.4}");
    if text == "-0.0000" { "0.0000".into() } else { text }
}

fn forward_page(trainer: &Trainer<f64>, golden: &Golden) -> Result<(), Box<dyn Error>> {
    println!("Step 1: forward\n");
    let tape = trainer.tape();
    for var in tape.vars() {
        let value = trainer.value(tape.name_of(var))?[[0, 0]];
        let formula = tape.formula(var, |v| symbol(tape, v));
        let numbers = tape.formula(var, |v| short(scalar(trainer, v)));
        let name = symbol(tape, var);
        if formula.is_empty() {
            println!("  {name:<3}= {value}");
        } else {
            println!("  {name:<3}= {formula:<14} = {numbers:<26} = {:>8}   {value:.17}", short(value));
            check(golden, key(tape, var), value)?;
        }
    }
    Ok(())
}

fn scalar(trainer: &Trainer<f64>, var: Var) -> f64 {
    trainer.tape().value(var, trainer.theta(), trainer.memory())[[0, 0]]
}

fn backward_page(trainer: &Trainer<f64>, golden: &Golden) -> Result<(), Box<dyn Error>> {
    println!("\nStep 2: backward. Each line: an adjoint, the local derivative, and what it hands on\n");
    let (tape, grad, memory) = (trainer.tape(), trainer.grad(), trainer.memory());
    let adjoint = |v| tape.adjoint(v, grad, memory).map(|a| a[[0, 0]]);
    for var in tape.vars().rev() {
        let Some(upstream) = adjoint(var) else { continue };
        for (which, operand) in tape.operands(var).enumerate() {
            let Some(downstream) = adjoint(operand) else { continue };
            let (y, x) = (symbol(tape, var), symbol(tape, operand));
            let slope = tape.local_jacobian(var, which, trainer.theta(), memory)?[[0, 0]];
            let formula = tape.slope_formula(var, which, |v| symbol(tape, v));
            let chain = format!("{}·{}", short(upstream), short(slope));
            let (local, handed) = (format!("∂{y}/∂{x}"), format!("∂L/∂{x}"));
            println!(
                "  {local:<7} = {formula:<9} = {:<8} {handed:<6} = {chain:<13} = {:>7}   {downstream:.17}",
                short(slope),
                short(downstream)
            );
            if key(tape, var) == "h" {
                check(golden, "sigmoid_slope", slope)?;
            }
            if !["", "d_y_hat", "loss"].contains(&key(tape, operand)) {
                check(golden, &format!("d_{}", key(tape, operand)), downstream)?;
            }
        }
    }
    Ok(())
}

fn update_page(trainer: &Trainer<f64>, old: &[f64], golden: &Golden) -> Result<(), Box<dyn Error>> {
    println!("\nStep 3: update, θ ← θ - η·∂L/∂θ with η = {LEARNING_RATE:?}\n");
    for name in PARAMETERS {
        let tape = trainer.tape();
        let at = tape.layout().segment(name)?.start;
        let (symbol, gradient, new) =
            (symbol(tape, tape.var(name)?), trainer.grad()[at], trainer.theta()[at]);
        let sum = format!("{} - {LEARNING_RATE:?}·{}", short(old[at]), short(gradient));
        println!("  {symbol} ← {sum:<22} = {:>8}   {new:.17}", short(new));
        check(golden, &format!("new_{symbol}"), new)?;
    }
    Ok(())
}

fn verify_page(
    trainer: &Trainer<f64>,
    before: f64,
    after: f64,
    golden: &Golden,
) -> Result<(), Box<dyn Error>> {
    println!("\nStep 4: verify, by a second forward run\n");
    for (name, symbol, key) in SYMBOLS.iter().filter(|s| ["z1", "h", "y_hat"].contains(&s.2)) {
        let value = trainer.value(name)?[[0, 0]];
        println!("  {symbol:<3}= {:>8}   {value:.17}", short(value));
        check(golden, key, value)?;
    }
    check_residual(golden, trainer.value("2")?[[0, 0]] - 0.5)?;
    let fall = 100.0 * (1.0 - after / before);
    println!("  L  = {:>8}   {after:.17}", short(after));
    println!("\n  The loss fell from {} to {}, by {fall:.2} %.", short(before), short(after));
    Ok(())
}

fn convergence_page(history: &[(f64, f64)]) {
    println!("\nOn to convergence. Each # is a factor of 10 below a loss of 1\n");
    println!("  step   loss         residual ŷ - y");
    for (step, (loss, prediction)) in history.iter().enumerate() {
        if step <= 12 || step % 10 == 0 {
            let bar = "#".repeat(-loss.log10() as usize);
            println!("  {step:>4}   {loss:<10.3e}   {:>+10.2e}   {bar}", prediction - 0.5);
        }
    }
}

/// 1/λ at the minimum, where λ = |∂ŷ/∂θ|² is the only curvature that ½(ŷ − y)² has left.
fn best_rate(trainer: &Trainer<f64>) -> Result<f64, Box<dyn Error>> {
    let tape = trainer.tape();
    let slopes = tape.jacobian(trainer.prediction(), Wrt::Theta, trainer.theta(), trainer.memory())?;
    Ok(1.0 / slopes.iter().map(|s| s * s).sum::<f64>())
}

fn claims_page(history: &[(f64, f64)], best_rate: f64) {
    let fall = |k: usize| 100.0 * (1.0 - history[k + 1].0 / history[k].0);
    let (first, second, later) = (fall(0), fall(1), fall(20));
    // Below the floor the residual is a rounding error, and its sign means nothing.
    let signs = history.windows(2).take(40).filter(|w| (w[0].1 - 0.5) * (w[1].1 - 0.5) < 0.0).count();
    let tiny = history.iter().take_while(|(loss, _)| *loss >= 1e-12).count();
    println!("\nWhat the book says, and what is so\n");
    println!("  \"about 75 per cent in a single step\": {first:.2} %.");
    println!("  \"early steps make rapid progress, later steps finer corrections\": the first step falls by");
    println!("      {first:.2} %, the second by {second:.2} %, step 20 by {later:.2} %.");
    println!(
        "  \"we briefly overshot\": the residual changed its sign at {signs} of the first 40 steps. η = 1 is"
    );
    println!("      above the best rate, {best_rate:.3}, so the book's own run oscillates all the way down.");
    println!(
        "  \"after roughly fifty iterations the loss is essentially zero\": {:.1e} at step 50, which is the",
        history[50].0
    );
    println!("      floor of f64, not zero; below 1e-12 already at step {tiny}.");
    println!("\nEvery number above agrees with the golden page.");
}
