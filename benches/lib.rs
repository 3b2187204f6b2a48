//! The workloads that glassgrad is measured on, as a user of the library would write them, and the same
//! steps written by hand on ndarray.

pub mod by_hand;
pub mod timing;
pub mod workload;
