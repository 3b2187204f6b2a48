//! A file in blocks is the file at once.

use flate2::Compression;
use flate2::write::GzEncoder;
use glassgrad_data::{Cells, Error, Features, Input, Inputs, ReadOptions};
use std::fs;
use std::io::Write;
use std::path::PathBuf;

/// Writes a file of one's own.
fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("glassgrad-inputs-{}-{name}", std::process::id()));
    fs::write(&path, bytes).unwrap();
    path
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn npy(descr: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let length = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
}

/// Numbers of all rows, and the place of the last row.
fn features(input: &Input<f64>) -> Vec<f64> {
    match input {
        Input::Array { features, .. } => features.to_numbers().iter().copied().collect(),
        Input::Table(frame) => {
            let cells = frame.columns().iter().map(|column| format!("{:?}", column.cells));
            cells.flat_map(|cells| cells.bytes().map(f64::from).collect::<Vec<_>>()).collect()
        }
    }
}

#[test]
fn blocks_make_up_the_file() {
    let numbers: Vec<u8> = (0..22).flat_map(|i| (f64::from(i) / 3.0).to_le_bytes()).collect();
    let bytes: Vec<u8> = (0..22).collect();
    let idx = [&[0, 0, 8, 2, 0, 0, 0, 11, 0, 0, 0, 2], &bytes[..]].concat();
    let labels = file("y.npy", &npy("|u1", "(11,)", &bytes[..11]));
    for (name, content, pixels, one) in [
        ("x.npy", npy("<f8", "(11, 2)", &numbers), false, 0.0),
        ("x.npy", npy("|u1", "(11, 2)", &bytes), false, 1.0),
        ("x.npy", npy("|u1", "(11, 2)", &bytes), true, 255.0),
        ("x.idx", idx, true, 255.0),
    ] {
        for (path, content) in [(name.to_owned(), content.clone()), (format!("{name}.gz"), packed(&content))]
        {
            let path = file(&path, &content);
            let options = ReadOptions { pixels, ..ReadOptions::default() };
            let whole = Input::<f64>::read(&path, Some(&labels), &options).unwrap();
            let blocks = Inputs::<f64>::open(&path, Some(&labels), &options, 4).unwrap();
            let blocks: Vec<_> = blocks.map(Result::unwrap).collect();
            assert_eq!(blocks.iter().map(Input::rows).collect::<Vec<_>>(), [4, 4, 3]);
            assert_eq!(blocks.iter().flat_map(features).collect::<Vec<_>>(), features(&whole), "{one}");
            if let (Input::Array { features: Features::Bytes { factor, .. }, .. }, true) =
                (&blocks[1], one > 0.0)
            {
                assert_eq!(factor[0], 1.0 / one);
            }
            let Input::Array { labels: Some(found), .. } = &blocks[1] else { panic!("labels") };
            let Input::Array { labels: Some(all), .. } = &whole else { panic!("labels") };
            assert_eq!(found.place(3, 0), all.place(7, 0), "a row knows its number");
            assert_eq!(*found, all.select(&[4, 5, 6, 7]).unwrap());
            fs::remove_file(path).unwrap();
        }
    }
    fs::remove_file(labels).unwrap();
}

#[test]
fn an_array_by_columns_is_one_block() {
    let by_columns =
        npy("<f8", "(2, 3)", &(0..6).flat_map(|i| f64::from(i).to_le_bytes()).collect::<Vec<_>>());
    let at = by_columns.windows(5).position(|bytes| bytes == b"False").unwrap();
    let by_columns = [&by_columns[..at], b"True ", &by_columns[at + 5..]].concat();
    let path = file("turned.npy", &by_columns);
    let options = ReadOptions::default();
    let blocks: Vec<_> = Inputs::<f64>::open(&path, None, &options, 1).unwrap().map(Result::unwrap).collect();
    assert_eq!(blocks, [Input::read(&path, None, &options).unwrap()]);
    let Input::Table(frame) = &blocks[0] else { panic!("a table") };
    assert_eq!(frame.columns()[1].cells, Cells::Numbers(vec![2.0, 3.0]));
    fs::remove_file(path).unwrap();
}

#[test]
fn what_does_not_fit_is_told() {
    let good = npy("|u1", "(11, 2)", &[7; 22]);
    let open = |name: &str, content: &[u8], labels: Option<&[u8]>| {
        let path = file(name, content);
        let labels = labels.map(|labels| file("labels.npy", labels));
        let blocks = Inputs::<f64>::open(&path, labels.as_deref(), &ReadOptions::default(), 4);
        let error = blocks.and_then(|mut blocks| blocks.try_for_each(|block| block.map(drop)));
        for path in [Some(path), labels].into_iter().flatten() {
            fs::remove_file(path).unwrap();
        }
        error
    };
    open("fits.npy", &good, None).unwrap();
    for (name, content, expected) in [
        ("short.npy", good[..good.len() - 5].to_vec(), "17 bytes after the header, which announces 22"),
        ("short.npy.gz", packed(&good[..good.len() - 5]), "17 bytes after the header, which announces 22"),
        (
            "long.npy.gz",
            packed(&[&good[..], &[1]].concat()),
            "more bytes after the header, which announces 22",
        ),
    ] {
        match open(name, &content, None) {
            Err(Error::Damaged { what, .. }) => assert_eq!(what, expected, "{name}"),
            other => panic!("{name}: {other:?}"),
        }
    }
    let labels = npy("|u1", "(10,)", &[1; 10]);
    assert!(matches!(
        open("a.npy", &good, Some(&labels)),
        Err(Error::RowCounts { features: 11, targets: 10 })
    ));
    assert!(matches!(open("a.csv", b"x,y\n1,2\n", Some(&labels)), Err(Error::ExtraLabels { .. })));
}
