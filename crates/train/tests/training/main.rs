//! What a trainer promises. One program, since what each of its tests would compile again is most of the work.

mod by_hand;
mod divergence;
mod epoch_loss;
mod errors;
mod fixture;
mod metrics;
mod names;
mod observer;
mod predict;
mod resume;
mod shared;
mod stages;
mod stream;
