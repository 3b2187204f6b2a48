//! Files from strangers: whatever they claim, reading takes no more memory than their own size warrants.
#![allow(unsafe_code, reason = "an allocator that counts")]
#![allow(clippy::cast_possible_wrap, reason = "no file here has 2⁶³ bytes")]

mod support;

use glassgrad_interchange::{Conversion, npz, safetensors};
use glassgrad_layers::{Chain, Dense};
use miniz_oxide::deflate::compress_to_vec;
use rawzip::{CompressionMethod, Crc32Option, ZipArchiveWriter};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::Write;
use support::Case;

/// The system's allocator, counting bytes on the thread that asks.
struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    HELD.set(HELD.get() + bytes);
    PEAK.set(PEAK.get().max(HELD.get()));
}

// SAFETY: every call is passed on to `System` unchanged, so its guarantees are ours.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller keeps the contract of `alloc`, which is that of `System`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: the pointer came from `System` by `alloc` above, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

/// Reads a file that is to be refused, in at most 64 times its size and 256 KiB.
fn refused<E: std::fmt::Display>(file: &[u8], read: impl Fn(&[u8]) -> Result<Vec<f32>, E>) {
    let before = HELD.get();
    PEAK.set(before);
    let error = read(file).map_or_else(|error| error.to_string(), |_| panic!("this file is not sound"));
    let (peak, limit) = (PEAK.get() - before, file.len() as isize * 64 + (256 << 10));
    assert!(peak <= limit, "{} bytes to read {} bytes: {error}", peak, file.len());
}

fn case() -> Case<f32> {
    Case::new(&Chain::new().then(Dense::new(4)), 3)
}

#[test]
fn safetensors_headers() {
    let case = case();
    let read = |file: &[u8]| safetensors::read::<f32>(&case.tape, file, Conversion::Exact);
    let file = |length: u64, header: &str| [&length.to_le_bytes(), header.as_bytes()].concat();
    for length in [1 << 20, 1 << 32, 1 << 40, u64::MAX] {
        refused(&file(length, "{}"), read);
    }
    let whole = |header: &str| file(header.len() as u64, header);
    let tensor = |shape: &str, end: u64| {
        whole(&format!(
            "{{\"0.weight\":{{\"dtype\":\"F32\",\"shape\":[{shape}],\"data_offsets\":[0,{end}]}}}}"
        ))
    };
    refused(&tensor("4294967296,4294967296,4294967296", 0), read); // the product overflows
    refused(&tensor("1099511627776", 1 << 42), read);
    refused(&tensor(&"1,".repeat(20_000), 4), read);
    refused(&tensor("0,".repeat(20_000).trim_end_matches(','), 0), read);
    let many: Vec<String> = (0..5000)
        .map(|i| format!("\"{i}\":{{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}"))
        .collect();
    refused(&whole(&format!("{{{}}}", many.join(","))), read);
    refused(&whole(&"[".repeat(100_000)), read);
}

#[test]
fn npz_bombs() {
    let case = case();
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 3), }\n";
    let mut array = [b"\x93NUMPY\x01\x00", &[header.len() as u8, 0][..], header.as_bytes()].concat();
    array.resize(20_000_000, 0);
    let packed = compress_to_vec(&array, 9);
    for name in ["0.weight.npy", "stranger.npy"] {
        let mut file = Vec::new();
        let mut archive = ZipArchiveWriter::new(&mut file);
        for copy in 0..3 {
            let name = if copy == 0 { name.to_string() } else { format!("{copy}{name}") };
            let entry = archive.new_file(&name[..]).compression_method(CompressionMethod::DEFLATE);
            let (mut entry, config) = entry.crc32(Crc32Option::Skip).start().expect("a name");
            let data = config.wrap(Vec::new());
            let (_, descriptor) = data.finish().expect("nothing was written to it");
            entry.write_all(&packed).expect("a Vec takes everything");
            entry.finish(descriptor).expect("a Vec takes everything");
        }
        archive.finish().expect("a Vec takes everything");
        file.shrink_to_fit();
        refused(&file, |file| npz::read::<f32>(&case.tape, file, Conversion::Exact));
    }
}
