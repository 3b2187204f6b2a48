//! A set that stays in its file: what is learnt from it, which rows an epoch has, and in which order.

use glassgrad_data::{
    Batches, Dataset, EncodingOptions, Error, Input, Missing, Part, ReadOptions, Scaling, ScalingKind,
    Standardize, Stream, StreamOptions, Targets, Task,
};
use glassgrad_tensor::random::{Purpose, shuffle, stream, unit};
use ndarray::{Array2, s};
use std::fs;
use std::path::{Path, PathBuf};

/// A file of one's own, removed when it is done with.
struct File(PathBuf);

impl File {
    fn new(name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = std::env::temp_dir().join(format!("glassgrad-{}-{name}", std::process::id()));
        fs::write(&path, bytes).unwrap();
        File(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// Rows that say their own number, with text, gaps and two classes.
fn table(rows: usize) -> String {
    let kinds = ["cup", "jug", "\"a, b\"", "?"];
    let row = |i: usize| {
        let gap = if i % 97 == 5 { String::new() } else { format!("{}", (i * i) as f64 / 7.0) };
        format!("{i},{},{gap},{}\n", kinds[i * 7 % 4], ["no", "yes"][i * 5 % 3 % 2])
    };
    (0..rows).map(row).fold("row,kind,size,y\n".to_owned(), |text, row| text + &row)
}

fn options(window: usize) -> StreamOptions {
    StreamOptions {
        target: vec!["y".into()],
        window,
        encoding: EncodingOptions { missing: Missing::Mean, ..EncodingOptions::default() },
        ..StreamOptions::default()
    }
}

/// The first feature of the rows of an epoch, in its order.
fn numbers(data: &Stream<f64>, seed: Option<u64>, epoch: u64, skip: usize, batch: usize) -> Vec<f64> {
    let (mut pass, mut rows) = (data.pass(seed, epoch, skip).unwrap(), Vec::new());
    let mut take = |window: &Dataset<f64>, chosen: &[usize], at: usize| {
        assert_eq!(at, rows.len() % batch, "how many of the batch came before");
        rows.extend(chosen.iter().map(|&row| window.features()[[row, 0]]));
        Ok::<_, Error>(())
    };
    while pass.batch(batch, &mut take).unwrap() == batch {}
    assert_eq!(pass.left(), 0);
    rows
}

/// What the other way of reading learns from the same rows.
fn in_memory(path: &Path, options: &StreamOptions, rows: &[usize]) -> (Dataset<f64>, Scaling) {
    let input = Input::<f64>::read(path, None, &ReadOptions::default()).unwrap();
    let target = input.target(&options.target, options.task).unwrap();
    let training = input.select(rows).unwrap();
    let encoding = training.fit(&target, options.encoding.clone()).unwrap();
    let data = training.encode(&encoding).unwrap().data;
    let scaling = Scaling::fit(options.scaling, &data, &encoding.categories()).unwrap();
    (data, scaling)
}

fn close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= 1e-12 * expected.abs(), "{found} and {expected}");
    }
}

#[test]
fn an_epoch_has_every_row_once_and_mixes_places_of_the_file() {
    let file = File::new("once.csv", table(1000));
    let plain = StreamOptions { scaling: ScalingKind::None, held_out: 0.2, ..options(160) };
    let data = Stream::<f64>::open(file.path(), None, &plain).unwrap();
    assert_eq!(data.rows() + data.held_out(), 1000);
    assert!((150..250).contains(&data.held_out()), "{}", data.held_out());
    let in_order = numbers(&data, None, 0, 0, 7);
    assert!(in_order.is_sorted(), "the order of the file");
    let held_out: Vec<f64> =
        data.blocks(Part::HeldOut).flat_map(|block| block.unwrap().features().column(0).to_vec()).collect();
    let mut all = [in_order.clone(), held_out].concat();
    all.sort_by(f64::total_cmp);
    assert_eq!(all, (0..1000).map(f64::from).collect::<Vec<_>>());

    let shuffled = numbers(&data, Some(3), 0, 0, 7);
    let mut sorted = shuffled.clone();
    sorted.sort_by(f64::total_cmp);
    assert_eq!(sorted, in_order);
    assert_ne!(shuffled, numbers(&data, Some(3), 1, 0, 7), "another epoch");
    assert_ne!(shuffled, numbers(&data, Some(4), 0, 0, 7), "another seed");
    // Neighbours are rarely of one block of 10 rows, and a batch comes from all over the file.
    let neighbours = shuffled.windows(2).filter(|pair| (pair[0] / 10.0) as u32 == (pair[1] / 10.0) as u32);
    assert!(neighbours.count() < shuffled.len() / 8);
    for batch in shuffled.chunks_exact(32) {
        let spread = batch.iter().map(|row| (row / 250.0) as usize).fold([0; 4], |mut quarters, quarter| {
            quarters[quarter] += 1;
            quarters
        });
        assert!(spread.iter().filter(|&&rows| rows > 0).count() >= 3, "{spread:?}");
    }
    // From any row on, the rest is the same, however it is cut into batches.
    for skip in [0, 1, 13, 160, 500, shuffled.len() - 1, shuffled.len()] {
        assert_eq!(numbers(&data, Some(3), 0, skip, 11), shuffled[skip..], "{skip}");
    }
    assert!(matches!(data.pass(None, 0, data.rows() + 1), Err(Error::NoSuchRow { .. })));
}

/// So that another version of this crate goes on with a run of this one.
#[test]
fn the_order_and_the_rows_held_out_are_those_that_are_documented() {
    let file = File::new("order.csv", table(320));
    let plain = StreamOptions { scaling: ScalingKind::None, seed: 9, ..options(160) };
    let data = Stream::<f64>::open(file.path(), None, &plain).unwrap();
    let mut blocks: Vec<usize> = (0..32).collect();
    shuffle(&mut stream(3, Purpose::Shuffle, 5, 0), &mut blocks);
    let mut expected = Vec::new();
    for (window, blocks) in (0..).zip(blocks.chunks(16)) {
        let rows: Vec<f64> =
            blocks.iter().flat_map(|&block| (0..10).map(move |r| f64::from(block as u32 * 10 + r))).collect();
        let mut order: Vec<usize> = (0..160).collect();
        shuffle(&mut stream(3, Purpose::Shuffle, 5, window + 1), &mut order);
        expected.extend(order.into_iter().map(|row| rows[row]));
    }
    assert_eq!(numbers(&data, Some(3), 5, 0, 32), expected);

    let data = Stream::<f64>::open(file.path(), None, &StreamOptions { held_out: 0.25, ..plain }).unwrap();
    let expected = (0..32).flat_map(|block| {
        let mut draws = stream(9, Purpose::Split, 1, block);
        (0..10).filter(move |_| unit(&mut draws) >= 0.25).map(move |row| (10 * block + row) as f64)
    });
    assert_eq!(numbers(&data, None, 0, 0, 32), expected.collect::<Vec<_>>());
}

#[test]
fn rows_know_their_lines() {
    // Fields with line breaks, and rows that are dropped: a row says on which line it begins.
    let row = |i: usize| {
        let line = 2 + i + (i + 3) / 7;
        let x = if i % 5 == 1 { "?".to_owned() } else { line.to_string() };
        format!("{x},{},{}\n", if i % 7 == 3 { "\"a\nb\"" } else { "c" }, i % 2)
    };
    let file = File::new("lines.csv", (0..300).map(row).fold("x,k,y\n".to_owned(), |text, row| text + &row));
    let encoding = EncodingOptions { missing: Missing::Drop, ..EncodingOptions::default() };
    for (window, seed) in [(32, Some(4)), (32, None), (1000, Some(4))] {
        let plain = StreamOptions {
            scaling: ScalingKind::None,
            held_out: 0.2,
            encoding: encoding.clone(),
            ..options(window)
        };
        let data = Stream::<f64>::open(file.path(), None, &plain).unwrap();
        let expected: Vec<u64> = numbers(&data, seed, 1, 9, 16).iter().map(|&line| line as u64).collect();
        let mut pass = data.pass(seed, 1, 9).unwrap();
        let mut lines = pass.lines(11).unwrap();
        lines.extend(pass.lines(1000).unwrap());
        assert_eq!(lines, expected);
    }
}

#[test]
fn a_sample_is_from_all_over_the_file() {
    let file = File::new("sample.csv", table(500));
    let plain = StreamOptions { scaling: ScalingKind::None, held_out: 0.2, seed: 1, ..options(64) };
    let data = Stream::<f64>::open(file.path(), None, &plain).unwrap();
    let (all, rows) = (numbers(&data, None, 0, 0, 500), data.rows());
    for most in [1, 7, 64, rows, 1000] {
        let count = most.min(rows);
        let expected: Vec<f64> = (0..count).map(|k| all[k * rows / count]).collect();
        assert_eq!(data.sample(most).unwrap().features().column(0).to_vec(), expected, "{most}");
    }
    assert!(matches!(data.sample(0), Err(Error::Empty { .. })));
}

#[test]
fn one_window_has_the_order_of_memory() {
    let file = File::new("one.csv", table(100));
    let plain = StreamOptions { scaling: ScalingKind::None, ..options(100) };
    let data = Stream::<f64>::open(file.path(), None, &plain).unwrap();
    let mut batches = Batches::shuffled(100, 100, 5).unwrap();
    let expected: Vec<f64> = batches.batch(2, 0).unwrap().iter().map(|&row| row as f64).collect();
    assert_eq!(numbers(&data, Some(5), 2, 0, 8), expected);
}

#[test]
fn what_is_learnt_is_what_memory_learns() {
    let file = File::new("learnt.csv", table(700));
    for scaling in [ScalingKind::Standard, ScalingKind::MinMax] {
        for missing in [Missing::Mean, Missing::Drop] {
            let mut options = StreamOptions { scaling, held_out: 0.3, seed: 2, ..options(64) };
            options.encoding.missing = missing;
            let names = StreamOptions { scaling: ScalingKind::None, ..options.clone() };
            let mut whole = names.clone();
            whole.encoding.missing = Missing::Mean;
            let whole = Stream::<f64>::open(file.path(), None, &whole).unwrap();
            let rows: Vec<usize> = numbers(&whole, None, 0, 0, 700).iter().map(|&row| row as usize).collect();
            let (expected, scale) = in_memory(file.path(), &options, &rows);
            let data = Stream::<f64>::open(file.path(), None, &options).unwrap();
            assert_eq!(data.rows(), expected.rows());
            assert_eq!(data.learnt().encoding.features(), expected.columns());
            assert_eq!(Some(data.learnt().encoding.classes.as_slice()), expected.targets().classes());
            match (&data.learnt().scaling, scale) {
                (Scaling::Standard(found), Scaling::Standard(scale)) => {
                    close(&found.mean, &scale.mean);
                    close(&found.std, &scale.std);
                }
                (Scaling::MinMax(found), Scaling::MinMax(scale)) => {
                    assert_eq!((&found.min, &found.range), (&scale.min, &scale.range));
                }
                other => panic!("{other:?}"),
            }
            // And the rows are the same, before they are scaled.
            let data = Stream::<f64>::open(file.path(), None, &names).unwrap();
            let blocks = data.blocks(Part::Training).map(Result::unwrap).collect::<Vec<_>>();
            let features: Vec<f64> = blocks.iter().flat_map(|block| block.features().into_owned()).collect();
            close(&features, expected.features().as_standard_layout().as_slice().unwrap());
        }
    }
}

#[test]
fn values_are_scaled_and_constant_columns_survive() {
    let rows = (0..200).map(|i| format!("{i},4,{}\n", 1e9 + f64::from(i)));
    let file = File::new("values.csv", rows.fold("x,c,y\n".to_owned(), |text, row| text + &row));
    let options = StreamOptions { scale_values: true, ..options(32) };
    let data = Stream::<f64>::open(file.path(), None, &options).unwrap();
    let y: Array2<f64> = Array2::from_shape_fn((200, 1), |(i, _)| 1e9 + i as f64);
    let expected = Standardize::fit(y.view()).unwrap();
    let found = data.learnt().values.as_ref().unwrap();
    close(&found.mean, &expected.mean);
    assert!((found.std[0] / expected.std[0] - 1.0).abs() < 1e-9);
    assert_eq!(data.learnt().scaling.constant(), [1]);
    let first = data.blocks(Part::Training).next().unwrap().unwrap();
    let Targets::Values(values) = first.targets() else { panic!("values") };
    let deviation = ((200.0 * 200.0 - 1.0) / 12.0_f64).sqrt(); // of 200 consecutive numbers
    assert!((values[[0, 0]] + 99.5 / deviation).abs() < 1e-9, "{}", values[[0, 0]]);
}

#[test]
fn text_that_turns_up_late_makes_categories_of_the_numbers_before() {
    let row = |i: usize| if i < 190 { format!("{},{}\n", i % 3, i % 2) } else { format!("3+,{}\n", i % 2) };
    let file = File::new("late.csv", (0..200).map(row).fold("k,y\n".to_owned(), |text, row| text + &row));
    let data = Stream::<f64>::open(file.path(), None, &options(16)).unwrap();
    assert_eq!(data.learnt().encoding.features(), ["k=0", "k=1", "k=2", "k=3+"]);
    assert_eq!(data.learnt().encoding.classes, ["0", "1"]);
}

#[test]
fn arrays() {
    let npy_in = |order: &str, descr: &str, shape: &str, data: &[u8]| {
        let mut header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}");
        header += &" ".repeat((64 - (header.len() + 11) % 64) % 64);
        header += "\n";
        let length = (header.len() as u16).to_le_bytes();
        [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
    };
    let npy = |descr: &str, shape: &str, data: &[u8]| npy_in("False", descr, shape, data);
    let x: Vec<u8> = (0..120_u16).flat_map(|i| [(i % 251) as u8, (i / 2) as u8, 9]).collect();
    let y: Vec<u8> = (0..120).map(|i| i % 3).collect();
    let features = File::new("x.npy", npy("|u1", "(120, 3)", &x));
    let labels = File::new("y.npy", npy("|u1", "(120,)", &y));
    let options = StreamOptions { window: 20, scaling: ScalingKind::None, ..StreamOptions::default() };
    let data = Stream::<f64>::open(features.path(), Some(labels.path()), &options).unwrap();
    assert_eq!(data.learnt().encoding.classes, ["0", "1", "2"]);
    let blocks: Vec<_> = data.blocks(Part::Training).map(Result::unwrap).collect();
    assert!(blocks.len() > 10);
    let whole = Input::<f64>::read(features.path(), Some(labels.path()), &ReadOptions::default()).unwrap();
    let whole = whole.encode(&data.learnt().encoding).unwrap().data;
    let mut at = 0;
    for block in blocks {
        assert_eq!(block.features(), whole.features().slice(s![at..at + block.rows(), ..]));
        at += block.rows();
    }
    assert_eq!(at, 120);
    let wrong = File::new("z.npy", npy("|u1", "(119,)", &y[..119]));
    let error = Stream::<f64>::open(features.path(), Some(wrong.path()), &options).unwrap_err();
    assert!(matches!(error, Error::RowCounts { features: 120, targets: 119 }), "{error}");
    let turned = File::new("t.npy", npy_in("True", "|u1", "(120, 3)", &x));
    let error = Stream::<f64>::open(turned.path(), Some(labels.path()), &options).unwrap_err();
    assert!(
        error.to_string().contains("in Fortran order, of which no row is in one piece; save numpy"),
        "{error}"
    );
}

#[test]
fn what_is_wrong_far_down_is_named_by_its_place() {
    let refused = |text: &str, options: &StreamOptions| {
        let file = File::new("wrong.csv", text);
        let message = Stream::<f32>::open(file.path(), None, options).unwrap_err().to_string();
        message.replace(file.path().to_str().unwrap(), "t.csv")
    };
    let good = table(1000);
    let ragged = good.replace("\n900,", "\n900,1,");
    assert!(refused(&ragged, &options(16)).starts_with("t.csv:902: 5 fields, but the header has 4"));
    let strict = StreamOptions { encoding: EncodingOptions::default(), ..options(16) };
    assert!(refused(&good, &strict).starts_with("t.csv:3:2 (column \"kind\"): a missing value"));
    let large = good.replace("\n900,", "\n1e39,");
    assert!(refused(&large, &options(16)).starts_with("t.csv:902:1 (column \"row\"): found \"1"));
    let word = good.replace("\n900,", "\nlast,");
    let message = refused(&word, &options(16));
    assert!(
        message.starts_with("t.csv:902:1 (column \"row\"): found \"last\", expected a number"),
        "{message}"
    );
    let text = StreamOptions { task: Task::Regression, ..options(16) };
    assert!(refused(&good, &text).starts_with("t.csv:2:4 (column \"y\"): found \"no\", expected a number"));
    let names = StreamOptions { target: vec!["z".into()], ..options(16) };
    assert!(refused(&good, &names).starts_with("t.csv:1: no column named \"z\""));
    let few =
        StreamOptions { encoding: EncodingOptions { categories: 2, ..options(16).encoding }, ..options(16) };
    assert!(refused(&good, &few).contains("column \"kind\" has 3 different texts; expected at most 2"));
    assert!(refused("x,y\n", &options(16)).starts_with("t.csv: no data rows"));
    let row =
        |i: usize| format!("{i},{},{}\n", i % 7, if i == 800 { "?".into() } else { (i % 3).to_string() });
    let thirds =
        (0..900).map(row).fold("x,p,q\n".to_owned(), |text, row| text + &row.replace(",2\n", ",0.5\n"));
    for held_out in [0.0, 0.99] {
        let target = vec!["q".to_owned()];
        let encoding = EncodingOptions { missing: Missing::Drop, ..EncodingOptions::default() };
        let chances = StreamOptions {
            target,
            task: Task::Regression,
            probabilities: true,
            held_out,
            encoding,
            ..options(16)
        };
        let file = File::new("chances.csv", &thirds);
        Stream::<f32>::open(file.path(), None, &chances).unwrap();
        let message = refused(&thirds.replacen("\n700,0,1", "\n700,0,1.5", 1), &chances);
        assert!(
            message.starts_with("t.csv:702:3 (column \"q\"): found \"1.5\", expected a probability"),
            "{held_out}: {message}"
        );
    }
    let all = StreamOptions { held_out: 0.999_999, ..options(16) };
    assert!(refused(&good, &all).contains("expected at least one row on each side"));
    let packed = File::new("packed.csv.gz", "");
    let message = Stream::<f32>::open(packed.path(), None, &options(16)).unwrap_err().to_string();
    assert!(message.ends_with("unpack it first, as gunzip -k does"), "{message}");
}

#[test]
fn a_file_that_changes_is_noticed() {
    let file = File::new("changed.csv", table(300));
    let data = Stream::<f64>::open(file.path(), None, &options(32)).unwrap();
    let other = Stream::<f64>::open(file.path(), None, &options(32)).unwrap();
    assert_eq!(data.fingerprint(), other.fingerprint());
    for changed in [table(300).replace("\n200,", "\n201,"), table(250)] {
        fs::write(file.path(), changed).unwrap();
        let error = data.blocks(Part::Training).find_map(Result::err).unwrap();
        assert!(matches!(error, Error::FileChanged { .. }), "{error}");
        let other = Stream::<f64>::open(file.path(), None, &options(32)).unwrap();
        assert_ne!(data.fingerprint(), other.fingerprint());
    }
    // Of rows that are added no block tells, but the next epoch does.
    fs::write(file.path(), table(300)).unwrap();
    assert!(data.pass(Some(1), 0, 0).is_ok());
    fs::write(file.path(), table(301)).unwrap();
    assert!(matches!(data.pass(Some(1), 1, 0), Err(Error::FileChanged { .. })));
}

#[test]
fn deviations_of_tiny_and_huge_numbers_are_those_of_memory() {
    let row = |i: usize| format!("{}e-200,{}e200,{}.5,{}\n", i % 17, i % 17, i % 17, i % 2);
    let file = File::new("tiny.csv", (0..200).map(row).fold("a,b,c,y\n".to_owned(), |text, row| text + &row));
    for scaling in [ScalingKind::Standard, ScalingKind::MinMax] {
        let options = StreamOptions { scaling, ..options(16) };
        let data = Stream::<f64>::open(file.path(), None, &options).unwrap();
        let (_, expected) = in_memory(file.path(), &options, &(0..200).collect::<Vec<_>>());
        match (&data.learnt().scaling, expected) {
            (Scaling::Standard(found), Scaling::Standard(expected)) => {
                close(&found.mean, &expected.mean);
                close(&found.std, &expected.std);
            }
            (Scaling::MinMax(found), Scaling::MinMax(expected)) => close(&found.range, &expected.range),
            other => panic!("{other:?}"),
        }
    }
}
