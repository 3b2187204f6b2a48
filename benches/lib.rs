//! The workloads that glassgrad is measured on, as a user of the library would write them, and the same
//! steps written by hand on ndarray.
//!
//! | command | what it measures |
//! |---|---|
//! | `cargo bench -p glassgrad-benches` | all of the following; add `-- --test` to run each once |
//! | `… --bench step` | the workloads W0 to W7b, each beside the step written by hand |
//! | `… --bench products` | matrix products by shape, beside ndarray's |
//! | `… --bench activations` | elementwise functions forward and backward, beside the standard library's |
//! | `… --bench updates` | optimisers from 10³ to 8·10⁶ parameters, beside a pass over ndarrays |
//! | `… --bench gathering` | mini-batches out of 60,000 × 784 numbers |
//! | `… --bench files` | checkpoints' files of 64 MB, beside plain writes and reads |
//! | `… --bench threads` | the larger workloads on one thread and on two |
//! | `cargo run --release -p glassgrad-benches --bin csv -- FOLDER` | tables read, beside a plain reader on the standard library |
//! | `python benches/peers/read_csv.py FOLDER` | the same beside pandas |
//! | `cargo run --release -p glassgrad-benches --bin growth` | a step over width, batch and depth; draws `growth.svg` |
//! | `cargo run --release -p glassgrad-benches --bin observers` | what it costs to watch a run |
//! | `cargo run --release -p glassgrad-benches --bin floor` | what the machine could do at best |
//! | `cargo run --release --example throughput -- THREADS` | the workloads, in lines of JSON |
//! | `python benches/peers/compare.py` | the same beside PyTorch, JAX and scikit-learn |
//!
//! The step by hand is what a careful Rust user would write instead: see [`by_hand`]. Like any program
//! built without further flags it is compiled for the platform's oldest CPU, but ndarray's matrix product
//! chooses its instructions at run time; it runs on one thread.

pub mod by_hand;
pub mod timing;
pub mod workload;
