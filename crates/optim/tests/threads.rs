//! An update is shared among threads, and says the same.

use glassgrad_optim::{Adam, Momentum, Optimizer, Recipe, Sgd};
use glassgrad_tensor::pool::set_threads;

/// Three updates of `len` numbers.
fn run(rule: Box<dyn Optimizer<f32>>, len: usize) -> Vec<f32> {
    let mut descent = Recipe::from_box(rule).bind(&[("w", 0..len)]).expect("a valid recipe");
    let mut theta: Vec<f32> = (0..len).map(|i| (i % 97) as f32 / 97.0).collect();
    for _ in 0..3 {
        let mut grad: Vec<f32> = theta.iter().enumerate().map(|(i, x)| x - (i % 13) as f32).collect();
        descent.step(&mut theta, &mut grad).expect("a finite gradient");
    }
    theta
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    #[allow(clippy::type_complexity)] // it is a table, written once
    let rules: [fn() -> Box<dyn Optimizer<f32>>; 3] =
        [|| Box::new(Sgd::default()), || Box::new(Momentum::default()), || Box::new(Adam::default())];
    for rule in rules {
        // Below and above what is shared, and not a whole number of chunks.
        for len in [1000, 200_001] {
            set_threads(1);
            let one = run(rule(), len);
            for threads in [2, 3] {
                set_threads(threads);
                assert_eq!(run(rule(), len), one, "{threads} threads, {len} numbers");
            }
        }
    }
}
