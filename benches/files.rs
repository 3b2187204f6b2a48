//! Saving and loading 64 MB of parameters, beside a plain write and a plain read of the same bytes.
//!
//! Saving is measured beside the write that also waits for the disk, since `replace` does, and, with the disk
//! left out, beside the write that does not. Loading checks every byte, then reads.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use glassgrad_store::{Format, Image, Reader, Section, replace};
use std::fs::{self, File};
use std::hint::black_box;
use std::io::Write;
use std::time::Duration;

const FORMAT: Format = Format::new("benchmark", *b"BENCHMRK", 1, 1);
const NUMBERS: usize = 16_000_000; // of 4 bytes

fn files(criterion: &mut Criterion) {
    let theta: Vec<f32> = (0..NUMBERS).map(|i| i as f32 / NUMBERS as f32).collect();
    let sections = [Section::new("theta", NUMBERS / 1000, 1000, &theta[..])];
    let image = || Image::new(&FORMAT, &"header", &sections).expect("the section is sound");
    let mut bytes = Vec::new();
    image().write_to(&mut bytes).expect("memory takes all bytes");

    let folder = std::env::temp_dir().join(format!("glassgrad-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the files");
    let (ours, plain) = (folder.join("ours"), folder.join("plain"));
    let write_plainly = |sync: bool| {
        let mut file = File::create(&plain).expect("a file can be made");
        file.write_all(&bytes).expect("the disk has room");
        if sync {
            file.sync_all().expect("the disk answers");
        }
    };

    let mut group = criterion.benchmark_group("64 MB");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("save", |b| {
        b.iter(|| {
            let image = image();
            replace(&ours, |sink| image.write_to(sink)).expect("it can be saved");
        });
    });
    group.bench_function("plain write and sync", |b| b.iter(|| write_plainly(true)));
    group.bench_function("save, not waiting for the disk", |b| {
        b.iter(|| {
            let mut file = File::create(&plain).expect("a file can be made");
            image().write_to(&mut file).expect("the disk has room");
        });
    });
    group.bench_function("plain write", |b| b.iter(|| write_plainly(false)));

    fs::write(&ours, &bytes).expect("the disk has room");
    group.bench_function("load", |b| {
        b.iter(|| {
            let mut reader = Reader::open(&ours, &FORMAT).expect("the file is whole");
            black_box(reader.read_section::<f32>("theta").expect("it is there"))
        });
    });
    group.bench_function("check only", |b| {
        b.iter(|| Reader::open(&ours, &FORMAT).expect("the file is whole"));
    });
    group.bench_function("plain read", |b| b.iter(|| black_box(fs::read(&ours).expect("the file is there"))));
    group.finish();
    fs::remove_dir_all(&folder).expect("the folder is ours");
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(2));
    targets = files
}
criterion_main!(benches);
