//! Every rule against central differences, by the order in which they converge.

use crate::case::Recorded;
use crate::cases;
use glassgrad_autograd::Memory;

#[test]
fn central_differences_converge_with_order_two() {
    let mut orders = 0;
    for case in cases::all() {
        let Recorded { tape, y: loss, .. } = case.record_loss();
        let mut memory = Memory::new();
        for &rows in &[1, 7][..=usize::from(case.has_inputs())] {
            let theta = case.load(&tape, rows, &mut memory);
            for seed in 0..4 {
                let report = tape.gradcheck(loss, &theta, &memory, seed).unwrap();
                for check in &report.checks {
                    let name = &case.name;
                    // The whole tape's derivative is rightly missed where a gradient is stopped.
                    if check.op == "tape" && name.contains("stop_gradient") {
                        continue;
                    }
                    assert!(check.passed, "{name}, batch of {rows}, seed {seed}:\n{report}");
                    if let Some(order) = check.order {
                        assert!((order - 2.0).abs() <= 0.1, "{name}: order {order} of {check:?}");
                        orders += 1;
                    }
                }
            }
        }
    }
    assert!(orders > 1000, "only {orders} orders were measured");
}
