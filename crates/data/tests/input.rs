//! Files by their names: packed tables, NumPy arrays, MNIST's images, and hostile ones of each.

use flate2::{Compression, write::GzEncoder};
use glassgrad_data::input::holds_pixels;
use glassgrad_data::{
    Classes, Dataset, EncodingOptions, Error, Features, Input, Missing, Part, ReadOptions, Scaling,
    ScalingKind, Stream, StreamOptions, Target, Targets, Task,
};
use ndarray::{Axis, array, concatenate};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A file of this content in a folder of this test's own.
fn file(test: &str, name: &str, content: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("data-input").join(test);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(name), content).unwrap();
    folder.join(name)
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(content).unwrap();
    packed.finish().unwrap()
}

fn read(path: &Path, labels: Option<&Path>) -> Result<Input<f32>, Error> {
    Input::read(path, labels, &ReadOptions::default())
}

/// What is said about a file, without its folder.
fn message<X: std::fmt::Debug>(result: Result<X, Error>) -> String {
    let message = result.unwrap_err().to_string();
    let folder = message.rfind("data-input/").map_or(0, |at| at + "data-input/".len());
    message[folder..].split_once('/').map_or(message.clone(), |(_, message)| message.to_owned())
}

fn npy(descr: &str, fortran: &str, shape: &str, numbers: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(numbers);
    bytes
}

fn idx(shape: &[u32], bytes: &[u8]) -> Vec<u8> {
    let sizes = shape.iter().flat_map(|size| size.to_be_bytes());
    [0, 0, 8, shape.len() as u8].into_iter().chain(sizes).chain(bytes.iter().copied()).collect()
}

#[test]
fn packed_tables() {
    let text = include_bytes!("../../../data/iris.csv");
    let plain = read(&file("packed", "iris.csv", text), None).unwrap();
    let Input::Table(frame) = &plain else { panic!("a table") };
    assert_eq!((frame.rows(), frame.columns().len()), (150, 5));
    let path = file("packed", "iris.CSV.gz", &gzip(text));
    let Input::Table(packed) = read(&path, None).unwrap() else { panic!("a table") };
    assert_eq!(packed.columns(), frame.columns());
    let two = [gzip(&text[..1000]), gzip(&text[1000..])].concat();
    let Input::Table(two) = read(&file("packed", "two.csv.gz", &two), None).unwrap() else { panic!() };
    assert_eq!(two.columns(), frame.columns());
    let tabs = file("packed", "t.tsv", b"x\ty\n1\ta\n");
    assert_eq!(read(&tabs, None).unwrap().rows(), 1);
}

#[test]
fn damaged_gzip() {
    let good = gzip(include_bytes!("../../../data/iris.csv"));
    let refused = |bytes: &[u8]| message(read(&file("gzip", "t.csv.gz", bytes), None));
    assert_eq!(
        refused(&good[..good.len() / 2]),
        "t.csv.gz: damaged, or not what its name says: gzip: the file is cut off, or goes on after its end"
    );
    assert_eq!(
        refused(b""),
        "t.csv.gz: damaged, or not what its name says: gzip: the file is cut off, or goes on after its end"
    );
    assert!(
        refused(b"x,y\n1,2\n3,4\n5,6\n").starts_with("t.csv.gz: damaged, or not what its name says: gzip: ")
    );
    let mut changed = good.clone();
    let end = changed.len() - 8; // the checksum
    changed[end] ^= 1;
    assert!(refused(&changed).starts_with("t.csv.gz: damaged, or not what its name says: gzip: "));
    for length in (0..good.len()).step_by(7) {
        assert!(read(&file("gzip", "cut.csv.gz", &good[..length]), None).is_err(), "{length} bytes");
    }
}

/// A thousandth of what it unpacks to.
#[test]
fn a_gzip_bomb_is_refused_before_it_fills_the_memory() {
    let packed = gzip("1,2\n".repeat(8 << 20).as_bytes());
    assert!(packed.len() < 60_000);
    let refused = message(read(&file("bomb", "t.csv.gz", &packed), None));
    assert!(refused.starts_with("t.csv.gz: damaged, or not what its name says: gzip: "), "{refused}");
    assert!(
        refused.ends_with(
            "bytes unpack to more than 256 times as many; if that is meant, unpack the file first"
        )
    );
}

#[test]
fn npy_arrays_of_every_type() {
    let values = |descr: &str, numbers: &[u8]| {
        let path = file("types", &format!("{}.npy", &descr[1..]), &npy(descr, "False", "(1, 2)", numbers));
        let Input::Table(frame) = read(&path, None).unwrap() else { panic!("without labels, a table") };
        assert_eq!(frame.names(), ["x0", "x1"]);
        frame.columns().iter().map(|column| format!("{:?}", column.cells)).collect::<Vec<_>>().join(" ")
    };
    let bytes = |a: &[u8], b: &[u8]| [a, b].concat();
    for (descr, numbers, expected) in [
        ("<f4", bytes(&1.5_f32.to_le_bytes(), &(-2.0_f32).to_le_bytes()), (1.5, -2.0)),
        ("<f8", bytes(&0.1_f64.to_le_bytes(), &1e300_f64.to_le_bytes()), (0.1, 1e300)),
        ("|b1", vec![0, 1], (0.0, 1.0)),
        ("|u1", vec![200, 1], (200.0, 1.0)),
        ("|i1", vec![200, 1], (-56.0, 1.0)),
        ("<i2", bytes(&(-300_i16).to_le_bytes(), &7_i16.to_le_bytes()), (-300.0, 7.0)),
        ("<u2", bytes(&40000_u16.to_le_bytes(), &7_u16.to_le_bytes()), (40000.0, 7.0)),
        ("<i4", bytes(&i32::MIN.to_le_bytes(), &7_i32.to_le_bytes()), (f64::from(i32::MIN), 7.0)),
        ("<u4", bytes(&u32::MAX.to_le_bytes(), &7_u32.to_le_bytes()), (f64::from(u32::MAX), 7.0)),
        ("<i8", bytes(&(-5_i64).to_le_bytes(), &7_i64.to_le_bytes()), (-5.0, 7.0)),
        ("<u8", bytes(&(1_u64 << 63).to_le_bytes(), &7_u64.to_le_bytes()), (2_f64.powi(63), 7.0)),
    ] {
        let (a, b) = expected;
        assert_eq!(values(descr, &numbers), format!("Numbers([{a:?}]) Numbers([{b:?}])"), "{descr}");
    }
}

#[test]
fn npy_features_and_labels() {
    let x: Vec<u8> = (0..8).flat_map(|i| (i as f32 / 2.0).to_le_bytes()).collect();
    let y: Vec<u8> = [3_i64, 1, 3, 1].iter().flat_map(|y| y.to_le_bytes()).collect();
    let x = file("npy", "x.npy", &npy("<f4", "False", "(4, 2)", &x));
    let y = file("npy", "y.npy", &npy("<i8", "False", "(4,)", &y));
    let input = read(&x, Some(&y)).unwrap();
    let target = input.target(&[], Task::Auto).unwrap();
    let encoding = input.fit(&target, EncodingOptions::default()).unwrap();
    let data = input.encode(&encoding).unwrap().data;
    assert_eq!(data.features(), array![[0.0, 0.5], [1.0, 1.5], [2.0, 2.5], [3.0, 3.5]]);
    assert!(
        matches!(data.targets(), Targets::Labels { labels, classes } if labels[..] == [1, 0, 1, 0] && classes[..] == ["1", "3"])
    );
    assert_eq!((data.columns(), data.target_columns()), (&["x0".into(), "x1".into()][..], &["y".into()][..]));

    // The target inside: by the number of its column. And such a network reads a table too.
    let table = read(&x, None).unwrap();
    let target = table.target(&["1".into()], Task::Auto).unwrap();
    assert_eq!(target, Target::Values { columns: vec!["x1".into()] });
    let csv = read(&file("npy", "later.csv", b"x1,x0\n9,8\n"), None).unwrap();
    assert_eq!(csv.encode_features(&encoding).unwrap().data.to_numbers(), array![[8.0, 9.0]]);

    let three = file("npy", "three.npy", &npy("|u1", "False", "(3,)", &[1, 2, 3]));
    assert_eq!(
        message(read(&x, Some(&three))),
        "4 rows of features, but 3 rows of targets; expected one target a row"
    );
    let wide = file("npy", "wide.npy", &npy("|u1", "False", "(1, 3)", &[1, 2, 3]));
    let one = file("npy", "one.npy", &npy("|u1", "False", "(1,)", &[1]));
    assert_eq!(
        message(read(&wide, Some(&one)).unwrap().encode(&encoding)),
        "wide.npy: rows of 3 numbers; expected the 2 that the network was trained on"
    );
    let infinite: Vec<u8> = [1.0, f64::INFINITY].iter().flat_map(|x| x.to_le_bytes()).collect();
    let infinite = file("npy", "infinite.npy", &npy("<f8", "False", "(1, 2)", &infinite));
    assert_eq!(
        message(read(&infinite, Some(&one))),
        "infinite.npy:1:2 (column \"x1\"): found \"inf\", expected a finite number that fits the number type: \
         correct it, or leave the row out"
    );
}

#[test]
fn npy_features_that_are_missing() {
    let nan = f64::NAN;
    let bytes = |x: &[f64]| x.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    let x = bytes(&[1.0, nan, 3.0, 2.0, nan, 4.0, 5.0, 6.0]);
    let x = file("holes", "x.npy", &npy("<f8", "False", "(4, 2)", &x));
    let y = file("holes", "y.npy", &npy("<f8", "False", "(4,)", &bytes(&[0.5, 1.5, 2.5, 3.5])));
    let input = read(&x, Some(&y)).unwrap();
    let target = input.target(&[], Task::Auto).unwrap();
    let options = |missing| EncodingOptions { missing, ..EncodingOptions::default() };
    let streamed = |missing| {
        let options = StreamOptions {
            encoding: options(missing),
            scaling: ScalingKind::None,
            window: 16, // blocks of one row
            ..StreamOptions::default()
        };
        let stream = Stream::<f32>::open(&x, Some(&y), &options)?;
        let (dropped, filled) = (stream.learnt().dropped, stream.learnt().filled);
        let blocks = stream.blocks(Part::Training).collect::<Result<Vec<_>, _>>()?;
        let blocks: Vec<_> = blocks.iter().map(Dataset::features).collect();
        let blocks: Vec<_> = blocks.iter().map(|block| block.view()).collect();
        Ok((concatenate(Axis(0), &blocks).unwrap(), dropped, filled))
    };
    for (missing, expected, rows, filled) in [
        (Missing::Mean, array![[1.0, 4.0], [3.0, 2.0], [3.0, 4.0], [5.0, 6.0]], vec![0, 1, 2, 3], 2),
        (Missing::Drop, array![[3.0, 2.0], [5.0, 6.0]], vec![1, 3], 0),
    ] {
        let encoding = input.fit(&target, options(missing)).unwrap();
        let outcome = input.encode(&encoding).unwrap();
        assert_eq!(outcome.data.features(), expected);
        assert_eq!((&outcome.rows, outcome.filled), (&rows, filled));
        let outcome = input.encode_features(&encoding).unwrap();
        assert_eq!(
            (outcome.data.to_numbers(), outcome.rows, outcome.filled),
            (expected.view().into(), rows.clone(), filled)
        );
        assert_eq!(streamed(missing).unwrap(), (expected, 4 - rows.len(), filled));
    }
    let refused = "x.npy:3:1 (column \"x0\"): a missing value; expected one: fill it in, leave the row out, or let missing \
                   values be means, or their rows dropped (a target can only be dropped)";
    let encoding = input.fit(&target, options(Missing::Error)).unwrap();
    assert_eq!(message(input.select(&[1, 2, 0]).unwrap().encode(&encoding)), refused, "the row of the file");
    let first = refused.replace(":3:1 (column \"x0\")", ":1:2 (column \"x1\")");
    assert_eq!(message(streamed(Missing::Error)), first);
    assert_eq!(message(input.encode_features(&encoding)), first);

    let none = file("holes", "none.npy", &npy("<f8", "False", "(2, 1)", &bytes(&[nan, nan])));
    let two = file("holes", "two.npy", &npy("<f8", "False", "(2,)", &bytes(&[0.5, 1.5])));
    let none = read(&none, Some(&two)).unwrap();
    let target = none.target(&[], Task::Auto).unwrap();
    assert_eq!(
        message(none.fit(&target, options(Missing::Mean))),
        "none.npy: column \"x0\" has no value in any row; leave it out"
    );
    let encoding = none.fit(&target, options(Missing::Drop)).unwrap();
    assert_eq!(
        message(none.encode(&encoding)),
        "none.npy: every row has a missing value, and none is left; fill some in, or leave out a column"
    );
}

#[test]
fn npy_arrays_of_images_have_a_column_a_pixel_and_those_by_columns_are_turned() {
    let bytes: Vec<u8> = (0..12).collect();
    let labels = file("turned", "y.npy", &npy("|u1", "False", "(2,)", &[0, 1]));
    let features = |name: &str, array: &[u8]| match read(&file("turned", name, array), Some(&labels)).unwrap()
    {
        Input::Array { features, .. } => features.to_numbers().into_owned(),
        Input::Table(_) => panic!("an array with labels is no table"),
    };
    let images = features("images.npy", &npy("|u1", "False", "(2, 2, 3)", &bytes));
    assert_eq!(images, array![[0., 1., 2., 3., 4., 5.], [6., 7., 8., 9., 10., 11.]]);
    let turned = features("bytes.npy", &npy("|u1", "True", "(2, 6)", &bytes));
    assert_eq!(turned, array![[0., 2., 4., 6., 8., 10.], [1., 3., 5., 7., 9., 11.]]);
    let numbers: Vec<u8> = (0..6).flat_map(|n| f64::from(n).to_le_bytes()).collect();
    let turned = features("numbers.npy", &npy("<f8", "True", "(2, 3)", &numbers));
    assert_eq!(turned, array![[0., 2., 4.], [1., 3., 5.]]);
}

#[test]
fn hostile_npy_headers() {
    let refused = |bytes: &[u8]| message(read(&file("hostile", "t.npy", bytes), None));
    let damaged = |what: &str| format!("t.npy: damaged, or not what its name says: {what}");
    assert_eq!(refused(b"x,y\n1,2\n"), damaged("an NPY file begins with \\x93NUMPY"));
    assert_eq!(refused(b"\x93NUM"), damaged("the NPY header is cut off"));
    assert_eq!(refused(b"\x93NUMPY\x09\x00\x10\x00"), damaged("NPY version 9; expected 1, 2 or 3"));
    let long = b"\x93NUMPY\x02\x00\xff\xff\xff\xff";
    assert_eq!(refused(long), damaged("an NPY header of 4294967295 bytes; expected at most 4096"));
    let array = |descr, fortran, shape| refused(&npy(descr, fortran, shape, &[0; 16]));
    let huge = "(4294967296, 4294967296)";
    assert_eq!(array("<f8", "False", huge), damaged("the shape is beyond any memory"));
    assert_eq!(array("<f8", "False", "(4611686018427387904,)"), damaged("the shape is beyond any memory"));
    let short = "16 bytes after the header, which announces 8796093022208";
    assert_eq!(array("<f8", "False", "(1099511627776,)"), damaged(short));
    assert_eq!(array("|u1", "False", "(3, 5)"), damaged("16 bytes after the header, which announces 15"));
    assert_eq!(array("<f8", "False", "(0, 2)"), damaged("an array of 0 by 2; expected rows and columns"));
    assert_eq!(
        array("<f8", "False", "(1, 2, 18446744073709551615)"),
        damaged("an array of shape (1, 2, 18446744073709551615), which is beyond any memory")
    );
    assert_eq!(
        array("<f8", "True", "(1, 2, 4)"),
        damaged(
            "an array of shape (1, 2, 4) in Fortran order, which is read of at most two dimensions; save \
             numpy.ascontiguousarray of it"
        )
    );
    let scalar = "an array of shape (), a single number; expected rows";
    assert_eq!(array("<f8", "False", "()"), damaged(scalar));
    for descr in [">f8", "<f2", "|O", "<c16"] {
        assert_eq!(
            array(descr, "False", "(1, 2)"),
            damaged(&format!(
                "an array of type '{descr}'; expected booleans, integers or floats in little-endian order; save it \
                 as numpy.float64"
            ))
        );
    }
    for shape in ["(1, -2)", "1", "(1, x)", "((1, 2)", "()(", "(1, 2), 'shape': (1, 2)"] {
        assert!(array("<f8", "False", shape).contains("is none that numpy.save writes"), "{shape}");
    }

    // No prefix and no changed byte makes it panic or take memory that is not there.
    let good = npy("<f8", "False", "(1, 2)", &[0; 16]);
    assert!(read(&file("hostile", "good.npy", &good), None).is_ok());
    for at in 0..good.len() {
        assert!(read(&file("hostile", "cut.npy", &good[..at]), None).is_err(), "{at} bytes");
        for byte in (0..=255).step_by(17) {
            let mut changed = good.clone();
            changed[at] = byte;
            drop(read(&file("hostile", "changed.npy", &changed), None));
        }
    }
}

#[test]
fn images_stay_bytes() {
    let pixels: Vec<u8> = (0..16).map(|i| 17 * i).collect();
    let images = file("idx", "images-idx3-ubyte.gz", &gzip(&idx(&[4, 2, 2], &pixels)));
    let labels = file("idx", "labels.idx", &idx(&[4], &[7, 0, 7, 0]));
    let input = read(&images, Some(&labels)).unwrap();
    let target = input.target(&[], Task::Auto).unwrap();
    let (training, held_out) = input.split(&target, 0.5, 0).unwrap();
    let encoding = training.fit(&target, EncodingOptions::default()).unwrap();
    assert_eq!((encoding.classes.clone(), held_out.rows()), (vec!["0".to_owned(), "7".into()], 2));
    let mut data = input.encode(&encoding).unwrap().data;
    assert_eq!(data.features()[[3, 3]], 1.0);
    let plain = data.fingerprint();
    Scaling::fit(ScalingKind::Standard, &data, &encoding.categories()).unwrap().apply(&mut data).unwrap();
    assert!(matches!(data.stored(), Features::Bytes { .. }));
    assert_ne!(data.fingerprint(), plain);

    let alone = read(&images, None).unwrap();
    assert_eq!(alone.encode_features(&encoding).unwrap().data.dim(), (4, 4));
    assert_eq!(
        message(alone.target(&[], Task::Auto)),
        "images-idx3-ubyte.gz: features without targets; name the file with the labels as well"
    );
}

#[test]
fn bytes_of_an_array_may_be_pixels() {
    let pixels: Vec<u8> = (0..8).map(|i| 36 * i).collect();
    let images = file("pixels", "i.idx", &idx(&[4, 2], &pixels));
    let array = file("pixels", "i.npy", &npy("|u1", "False", "(4, 2)", &pixels));
    let labels = file("pixels", "l.idx", &idx(&[4], &[7, 0, 7, 0]));
    let features = |input: Result<Input<f32>, Error>| match input.unwrap() {
        Input::Array { features, .. } => features,
        Input::Table(_) => panic!("an array"),
    };
    let of_pixels = ReadOptions { pixels: true, ..ReadOptions::default() };
    let expected = features(read(&images, None));
    for labels in [None, Some(labels.as_path())] {
        assert_eq!(features(Input::read(&images, labels, &of_pixels)), expected);
        assert_eq!(features(Input::read(&array, labels, &of_pixels)), expected);
    }
    assert_eq!(
        features(read(&array, Some(&labels))).to_numbers(),
        expected.to_numbers().mapv(|x| (x * 255.0).round())
    );
    // Labels are not pixels, and other numbers stand for themselves.
    let input = Input::<f32>::read(&images, Some(&labels), &of_pixels).unwrap();
    let Target::Label { classes: Classes::Known(classes), .. } = input.target(&[], Task::Auto).unwrap()
    else {
        panic!()
    };
    assert_eq!(classes, ["0", "7"]);
    let half = file("pixels", "half.npy", &npy("<f4", "False", "(1, 1)", &0.5_f32.to_le_bytes()));
    assert!(matches!(Input::<f32>::read(&half, None, &of_pixels).unwrap(), Input::Table(_)));
    assert!(holds_pixels(&images) && holds_pixels(Path::new("t10k-images-idx3-ubyte.gz")));
    assert!(!holds_pixels(&array) && !holds_pixels(Path::new("idx")));
}

#[test]
fn hostile_idx_headers() {
    let refused = |bytes: &[u8]| {
        let plain = message(read(&file("idx-hostile", "t.idx", bytes), None));
        let packed = message(read(&file("idx-hostile", "t.idx.gz", &gzip(bytes)), None));
        let told = plain.strip_prefix("t.idx: damaged, or not what its name says: ").unwrap().to_owned();
        assert_eq!(packed, format!("t.idx.gz: damaged, or not what its name says: {told}"));
        told
    };
    assert_eq!(refused(&[]), "the IDX header is cut off");
    assert_eq!(refused(b"x,y\n1,2\n"), "an IDX file begins with two bytes of 0");
    assert_eq!(
        refused(&[0, 0, 13, 1, 0, 0, 0, 1]),
        "an IDX file of number type 13; expected 8, unsigned bytes"
    );
    assert_eq!(refused(&idx(&[1; 5], &[1])), "an IDX file of 5 dimensions; expected 1 to 4");
    assert_eq!(refused(&idx(&[0, 2], &[])), "dimensions [0, 2]; expected at least one row and one column");
    assert_eq!(
        refused(&idx(&[u32::MAX; 4], &[1])),
        "dimensions [4294967295, 4294967295, 4294967295, 4294967295] are beyond any memory"
    );
    let short = "1 bytes after the header, which announces 18446744065119617025";
    assert_eq!(refused(&idx(&[u32::MAX, u32::MAX], &[1])), short);
    assert_eq!(refused(&idx(&[2, 2], &[1, 2, 3])), "3 bytes after the header, which announces 4");
    assert!(
        message(read(&file("idx-hostile", "long.idx", &idx(&[2], &[1, 2, 3])), None))
            .ends_with("3 bytes after the header, which announces 2")
    );
    assert!(
        message(read(&file("idx-hostile", "long.idx.gz", &gzip(&idx(&[2], &[1, 2, 3]))), None))
            .ends_with("more bytes after the header, which announces 2")
    );
}

#[test]
fn names_that_tell_nothing() {
    let expected = "expected a name that ends in .csv, .tsv, .npy or .idx \
                    (or ubyte, as MNIST's do), each with or without .gz";
    for name in ["data.parquet", "data", "data.gz", "csv"] {
        assert_eq!(
            message(read(Path::new(name), None)),
            format!("{name}: its name does not tell what it is; {expected}")
        );
    }
    assert_eq!(
        message(read(Path::new("no.npy"), None)),
        "no.npy: no such file; check the path and the working directory"
    );
    assert_eq!(
        message(read(Path::new("a.csv"), Some(Path::new("y.npy")))),
        "y.npy: a file of labels, but a.csv is a table with a column for the target; name that column"
    );
}

/// Classes keep their shares, rows without a label theirs, and no row is lost.
#[test]
fn a_split_is_stratified_before_anything_is_learnt() {
    let labels = ["a", "a", "a", "a", "b", "b", "b", "b", "?", "?"];
    let text = labels.iter().enumerate().map(|(i, y)| format!("{i},{y}\n")).collect::<Vec<_>>().concat();
    let input = read(&file("split", "t.csv", format!("x,y\n{text}").as_bytes()), None).unwrap();
    let target = input.target(&["y".into()], Task::Auto).unwrap();
    let (training, held_out) = input.split(&target, 0.5, 3).unwrap();
    let options = EncodingOptions { missing: Missing::Drop, ..EncodingOptions::default() };
    let encoding = training.fit(&target, options).unwrap();
    let mut seen = Vec::new();
    for part in [training, held_out] {
        assert_eq!(part.rows(), 5);
        let data = part.encode(&encoding).unwrap().data;
        assert!(matches!(data.targets(), Targets::Labels { labels, .. } if labels[..] == [0, 0, 1, 1]));
        seen.extend(data.features().iter().map(|&x| x as u32));
    }
    seen.sort_unstable();
    assert_eq!(seen, [0, 1, 2, 3, 4, 5, 6, 7]);
}
