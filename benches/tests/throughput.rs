//! The workloads written out in `examples/throughput.rs` are those of the benches.

use glassgrad_benches::workload::{inference, workloads};

#[allow(dead_code)] // only its table is compared
#[path = "../../examples/throughput.rs"]
mod example;

#[test]
fn the_example_times_the_same_workloads() {
    let (training, forward) = (workloads(), inference());
    let ours = training.iter().chain(&forward);
    assert_eq!(example::WORKLOADS.len(), ours.clone().count());
    for (theirs, ours) in example::WORKLOADS.iter().zip(ours) {
        assert_eq!(theirs.name, ours.name);
        assert_eq!(theirs.widths, ours.widths);
        assert_eq!((theirs.hidden, &theirs.loss), (ours.hidden, &ours.loss));
        assert_eq!(theirs.batch, ours.batch);
        let work = if ours.name.starts_with("W7") { "Forward".into() } else { format!("{:?}", ours.rule) };
        assert_eq!(format!("{:?}", theirs.work), work);
    }
}
