//! Why does training fail? Measurements and rules, each answer with its number.
//!
//! This crate is for whoever has a run that does not learn, or wants to be told when one stops learning. It reads a
//! [`Trainer`](glassgrad_train::Trainer) and never changes the bits of a run.
//!
//! | question | call |
//! |---|---|
//! | What is wrong with this run? | [`Recorder`] while it runs, then [`diagnose()`]; [`examine`] if nobody recorded it |
//! | Are the gradients right? | [`check_gradients`] |
//! | Which learning rates can work? | [`lr_map()`] |
//! | Did the step do what calculus says? | [`audit_step`] |
//! | Which rows pull hardest, perhaps by a wrong label? | [`rank_examples`] |
//! | Where did the NaN come from? | [`first_bad()`]; [`Sentinel`] to stop at a bad gradient |
//!
//! Every result prints itself as text and can be serialised. A [`Finding`] is a number on the wrong side of a
//! threshold: [`RULES`] lists what is measured, the thresholds, where they come from, and the remedies.

#![forbid(unsafe_code)]

mod eigen;
mod error;
mod first_bad;
mod gradcheck;
mod lr_map;
mod problem;
mod record;
mod recorder;
mod report;
mod rules;
mod sentinel;
mod step_audit;

pub use error::Error;
pub use first_bad::{BadValue, Operand, Stage, first_bad, locate};
pub use gradcheck::{GradientReport, TensorCheck, check_gradients};
pub use lr_map::{Curvature, EXACT_PARAMETERS, LrMap, LrMapSettings, Outcome, Trial, lr_map};
pub use record::{LossFacts, Norms, Record, Sample, Start};
pub use recorder::Recorder;
pub use report::{Diagnosis, diagnose, examine};
pub use rules::{Finding, RULES, Rule, Side};
pub use sentinel::Sentinel;
pub use step_audit::{Example, StepAudit, audit_step, rank_examples};
