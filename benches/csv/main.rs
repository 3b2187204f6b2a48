//! How fast tables are read, beside a reader of a dozen lines: each line cut at its commas, each field parsed by the
//! standard library, into one vector a column.
//!
//! `csv FOLDER` writes the tables there, unless they are there already, and reads each in turns with the plain
//! reader; one object a table on stdout, of megabytes (10⁶ bytes) a second. With the name of a table, that one alone.
//! `python benches/peers/read_csv.py FOLDER` does so in turns with pandas.

mod tables;

use glassgrad::data::Frame;
use std::fs::{self, File};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

const REPEATS: usize = 5;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next().map(PathBuf::from) else {
        eprintln!("usage: csv FOLDER [TABLE], for 265 MB of tables");
        std::process::exit(2);
    };
    let only = arguments.next();
    for (name, write) in tables::ALL {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        let path = folder.join(name);
        if !path.exists() {
            write(&path).expect("the folder takes files");
        }
        let bytes = fs::metadata(&path).expect("the file is there").len();
        let (mut ours, mut plain) = (Vec::new(), Vec::new());
        for _ in 0..REPEATS {
            ours.push(seconds(|| {
                let file = File::open(&path).expect("the file is there");
                black_box(Frame::read_csv(file, name, b',').expect("a good table"));
            }));
            plain.push(seconds(|| drop(black_box(read_plainly(&path)))));
        }
        let [ours, plain] = [ours, plain].map(|seconds| bytes as f64 / 1e6 / median(seconds));
        println!(
            r#"{{"table": "{name}", "bytes": {bytes}, "glassgrad": {ours:.0}, "plain": {plain:.0}, "ratio": {:.2}}}"#,
            ours / plain
        );
    }
}

/// The numbers of each column; NaN for text.
fn read_plainly(path: &Path) -> Vec<Vec<f64>> {
    let text = fs::read_to_string(path).expect("text");
    let mut lines = text.lines();
    let mut columns: Vec<Vec<f64>> = lines.next().expect("a header").split(',').map(|_| Vec::new()).collect();
    for line in lines {
        for (column, field) in columns.iter_mut().zip(line.split(',')) {
            column.push(field.parse().unwrap_or(f64::NAN));
        }
    }
    columns
}

fn seconds(run: impl FnOnce()) -> f64 {
    let start = Instant::now();
    run();
    start.elapsed().as_secs_f64()
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}
