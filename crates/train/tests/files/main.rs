//! What a checkpoint promises. One program, since what each of its tests would compile again is most of the work.

mod checkpoint;
mod damage;
#[path = "../fixture/everything.rs"]
mod everything;
#[path = "../fixture/folder.rs"]
mod folder;
mod golden;
