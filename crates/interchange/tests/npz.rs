//! npz out and in: NumPy opens ours, we open NumPy's, and hostile files are refused without much memory.

mod support;

use glassgrad_interchange::{Conversion, Error, Number, npz};
use glassgrad_layers::{Chain, Dense};
use miniz_oxide::deflate::compress_to_vec;
use rawzip::{CompressionMethod, ZipArchiveWriter};
use std::io::Write;
use support::{Case, deep, folder, python};

fn written<T: Number>(case: &Case<T>) -> Vec<u8> {
    let mut file = Vec::new();
    npz::write(&case.network(), &mut file).expect("a Vec takes everything");
    file
}

#[test]
fn round_trips_are_exact() {
    let (single, double) = (Case::<f32>::new(&deep(), 5), Case::<f64>::new(&deep(), 5));
    assert_eq!(
        npz::read::<f32>(&single.tape, &written(&single), Conversion::Exact).expect("sound"),
        single.theta
    );
    assert_eq!(
        npz::read::<f64>(&double.tape, &written(&double), Conversion::Exact).expect("sound"),
        double.theta
    );
}

#[test]
fn numpy_reads_and_writes_them() {
    let folder = folder("npz");
    let case = Case::<f64>::new(&deep(), 5);
    std::fs::write(folder.join("ours.npz"), written(&case)).expect("written");
    if !python::run("npz.py", &["numpy"], &folder) {
        return;
    }
    for name in ["saved", "compressed", "transposed"] {
        let file = std::fs::read(folder.join(format!("{name}.npz"))).expect("NumPy wrote it");
        assert_eq!(npz::read::<f64>(&case.tape, &file, Conversion::Exact).expect(name), case.theta, "{name}");
    }
    let file = std::fs::read(folder.join("wrong.npz")).expect("NumPy wrote it");
    let case = Case::<f32>::new(&Chain::new().then(Dense::new(4)), 3);
    assert_eq!(
        npz::read::<f32>(&case.tape, &file, Conversion::Exact).expect_err("none fits").to_string(),
        "tensor \"0.weight\": found numbers of type \">f4\", expected f32; save them as floats of 16, 32 or 64 bits\n\
         tensor \"0.bias\": not in the file, expected shape [4]; the file has \"0.bais\"\n\
         tensor \"0.bais\": in the file with shape [], but not in the network; the network has \"0.bias\""
    );
}

/// An archive of one deflated or stored file each.
fn archive(files: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut out);
    for &(name, bytes, deflated) in files {
        let method = if deflated { CompressionMethod::DEFLATE } else { CompressionMethod::STORE };
        let (mut entry, config) = archive.new_file(name).compression_method(method).start().expect("a name");
        let mut data = config.wrap(Vec::new());
        data.write_all(bytes).expect("a Vec takes everything");
        let (plain, descriptor) = data.finish().expect("a Vec takes everything");
        let packed = if deflated { compress_to_vec(&plain, 6) } else { plain };
        entry.write_all(&packed).expect("a Vec takes everything");
        entry.finish(descriptor).expect("a Vec takes everything");
    }
    archive.finish().expect("a Vec takes everything");
    out
}

fn npy(header: &str, numbers: usize) -> Vec<u8> {
    let length = u16::try_from(header.len()).expect("short");
    let mut file = [b"\x93NUMPY\x01\x00", &length.to_le_bytes()[..], header.as_bytes()].concat();
    file.resize(file.len() + numbers, 0);
    file
}

fn refusal(files: &[(&str, &[u8], bool)]) -> String {
    let case = Case::<f32>::new(&Chain::new().then(Dense::new(4).without_bias()), 3);
    npz::read::<f32>(&case.tape, &archive(files), Conversion::Exact).expect_err("refused").to_string()
}

/// 1, 1/2 and −2 in 16 bits each, and 9 times 0.
#[test]
fn numbers_of_16_bits() {
    let case = Case::<f32>::new(&Chain::new().then(Dense::new(4).without_bias()), 3);
    let mut array = npy("{'descr': '<f2', 'fortran_order': True, 'shape': (4, 3), }\n", 24);
    let start = array.len() - 24;
    array[start..start + 6].copy_from_slice(&[0x00, 0x3c, 0x00, 0x38, 0x00, 0xc0]);
    let read = npz::read::<f32>(&case.tape, &archive(&[("0.weight.npy", &array, true)]), Conversion::Exact);
    assert_eq!(read.expect("sound"), [1.0, 0.0, 0.0, 0.5, 0.0, 0.0, -2.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn hostile_arrays_are_refused() {
    let shape = |shape: &str| format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n");
    let bomb = npy(&shape("(4, 3)"), 20_000_000);
    assert!(refusal(&[("0.weight.npy", &bomb, true)]).contains("expected 48"), "a bomb under a right name");
    let overflow = format!("({0}, {0}, {0})", 1_u64 << 40);
    assert!(
        refusal(&[("0.weight.npy", &npy(&shape(&overflow), 0), false)])
            .contains("found shape [1099511627776")
    );
    let many = format!("({})", "1,".repeat(2000));
    assert!(refusal(&[("0.weight.npy", &npy(&shape(&many), 4), false)]).contains("64 dimensions"));
    let twice = npy(&shape("(4, 3)"), 48);
    let both: &[(&str, &[u8], bool)] = &[("0.weight.npy", &twice, false), ("0.weight.npy", &twice, true)];
    assert!(refusal(both).contains("twice"));
    assert!(refusal(&[("0.weight.npy", b"\x93NUMPY\x02\x00\xff\xff\xff\xff", false)]).contains("too long"));
    assert!(refusal(&[("notes.txt", b"hello", false)]).contains("no npy file"));
    assert!(refusal(&[("0.weight.npy", &npy(&shape("(4, x)"), 48), false)]).contains("whole numbers"));
}

#[test]
fn damaged_files_are_refused() {
    let case = Case::<f32>::new(&Chain::new().then(Dense::new(4)), 3);
    let sound = written(&case);
    let read = |file: &[u8]| npz::read::<f32>(&case.tape, file, Conversion::Exact);
    for length in 0..sound.len() {
        assert!(matches!(read(&sound[..length]), Err(Error::File { .. })), "cut at {length}");
    }
    // A changed bit is refused, or is in a place that says nothing, such as a date.
    for at in 0..sound.len() {
        let mut file = sound.clone();
        file[at] ^= 4;
        assert!(read(&file).map_or(true, |theta| theta == case.theta), "bit changed at {at}");
    }
}
