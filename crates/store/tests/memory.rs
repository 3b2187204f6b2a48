//! Saving and loading hold little more than the numbers themselves.

#![allow(unsafe_code, reason = "an allocator can only be an unsafe impl; this one counts and passes on")]

#[path = "../../../tests/counting/mod.rs"]
mod counting;
mod fixture;

use counting::peak;
use fixture::{FORMAT, Folder};
use glassgrad_store::{Image, Reader, Section, replace};

const NUMBERS: usize = 4 << 20; // 16 MiB in two sections

#[test]
fn sixteen_mebibytes() {
    let numbers: Vec<f32> = (0..NUMBERS).map(|i| i as f32).collect();
    let (theta, state) = numbers.split_at(NUMBERS / 4);
    let sections = [
        Section::new("theta", 1, theta.len(), theta),
        Section::new("state", state.len() / 1024, 1024, state),
    ];
    let folder = Folder::new("memory");
    let path = folder.path("a.store");

    let saving = peak(|| {
        let image = Image::new(&FORMAT, &"header", &sections).unwrap();
        replace(&path, |sink| image.write_to(sink)).unwrap();
    });
    assert!(saving < 1 << 18, "{saving} B were held to save: the numbers were copied");

    let file = std::fs::metadata(&path).unwrap().len();
    let opening = peak(|| drop(Reader::open(&path, &FORMAT).unwrap()));
    assert!(opening < 1 << 18, "{opening} B were held to check the file");
    let loading = peak(|| {
        let mut reader = Reader::open(&path, &FORMAT).unwrap();
        let theta_read = reader.read_section::<f32>("theta").unwrap();
        let state_read = reader.read_section::<f32>("state").unwrap();
        assert!(theta_read == theta && state_read == state);
    });
    let ratio = loading as f64 / file as f64;
    println!("loading {file} B held {loading} B at the peak, {ratio:.3} of the file");
    assert!(ratio > 0.9, "allocations were not counted");
    assert!(ratio <= 1.2, "loading held {loading} B for a file of {file} B");
}
