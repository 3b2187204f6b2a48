//! What a tape promises. One program, since what each of its tests would compile again is most of the work.

mod adjoints;
mod dropout;
mod errors;
mod gradcheck;
mod inference;
mod init;
mod local_vjp;
mod logits;
mod meaning;
mod memory;
mod names;
mod stability;
mod values;
