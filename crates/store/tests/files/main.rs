//! What a container, its place and its lock promise. One program, since what each of its tests would compile again is
//! most of the work.

mod container;
mod damage;
#[path = "../fixture/mod.rs"]
mod fixture;
mod keep;
#[cfg(unix)]
mod lock;
#[cfg(unix)]
mod save;
