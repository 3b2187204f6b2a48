//! The whole framework against PyTorch: twenty steps of a 5-7-3 network by every optimiser, from the
//! same start, compared with `tests/fixtures/optimizers.json` (made by the script beside it).

#[path = "../crates/optim/tests/fixture/mod.rs"]
mod fixture;
#[path = "../crates/optim/tests/fixture/recipe.rs"]
mod recipe;

use fixture::{list, load, number, numbers, string};
use glassgrad::prelude::*;
use ndarray::Array2;

/// Every θ, loss and rate must agree with PyTorch's to this share of itself.
const TOLERANCE: f64 = 1e-10;

fn assert_close(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() <= TOLERANCE * theirs.abs(), "{what}: {ours:e}, PyTorch {theirs:e}");
}

#[test]
fn twenty_steps_of_every_optimizer() {
    let file = load();
    let matrix =
        |key: &str, columns| Array2::from_shape_vec((6, columns), numbers(&file[key])).expect("6 rows");
    let (x, y) = (matrix("x", 5), matrix("y", 3));
    let network = Chain::new().then(Dense::new(7)).then(Activation::Tanh).then(Dense::new(3));
    for run in list(&file["runs"]) {
        let name = string(&run["name"]);
        let recipe = recipe::recipe(run);
        let mut trainer =
            Trainer::<f64>::new(&network, 5, &Loss::MeanSquaredError, recipe, 0).expect("a 5-7-3 network");
        let names: Vec<&str> = trainer.tape().layout().segments().iter().map(|s| s.name.as_str()).collect();
        assert_eq!(names, ["0.weight", "0.bias", "2.weight", "2.bias"], "the order of PyTorch's parameters");
        trainer.theta_mut().copy_from_slice(&numbers(&file["theta"]));
        trainer.load(x.view(), y.view()).expect("6 rows of 5 and 3");
        for t in 1..=20 {
            let at = format!("{name}, update {t}");
            let step = trainer.step().expect("a finite loss");
            assert_close(step.loss, number(&run["loss"][t - 1]), &format!("{at}: loss"));
            assert_close(step.lr, number(&run["lr"][t - 1]), &format!("{at}: lr"));
            if let Some(theirs) = run["theta"].get(t.to_string()) {
                for (i, (&a, b)) in trainer.theta().iter().zip(numbers(theirs)).enumerate() {
                    assert_close(a, b, &format!("{at}: θ[{i}]"));
                }
            }
        }
    }
}
