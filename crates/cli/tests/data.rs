//! Data that are not as they must be: the file, the line and the column are named, and nothing is written.

mod program;

use flate2::Compression;
use flate2::write::GzEncoder;
use program::{TMP, file, fresh, idx, lines, npy, objects, refusal, run, stdout};
use std::io::Write;
use std::path::Path;

#[test]
fn a_target_that_is_not_there() {
    assert_eq!(
        refusal("train data/iris.csv --target targt"),
        (
            65,
            "data/iris.csv:1: no column named \"targt\"; did you mean \"target\"? the columns are \
             \"sepal_length\", \"sepal_width\", \"petal_length\", \"petal_width\", \"target\""
                .into()
        )
    );
}

#[test]
fn files_that_cannot_be_read() {
    for (path, expected) in [
        ("data/irises.csv", "no such file; check the path and the working directory"),
        ("irises", "no such file; check the path and the working directory"),
        ("data", "a folder; expected a CSV file: name a file inside it"),
    ] {
        for command in
            ["train {} --target target", "train {} --target target -o $TMP/never.ckpt", "init {} -o -"]
        {
            let found = refusal(&command.replace("{}", path));
            assert_eq!(found, (66, format!("{path}: {expected}")), "{command}");
        }
    }
    assert!(!Path::new(&format!("{TMP}/never.ckpt")).exists());
    let unknown = "Cargo.lock: its name does not tell what it is; expected a name that ends in .csv, .tsv, .npy or .idx (or \
                   ubyte, as MNIST's do), each with or without .gz";
    assert_eq!(refusal("train Cargo.lock --target target"), (65, unknown.into()));
}

#[test]
fn files_with_something_wrong_in_them() {
    let model = fresh("wrong.ckpt");
    for (name, text, expected) in [
        (
            "nan.csv",
            "width,height,y\n1,2,0\n3,NaN,1\n3,3,1\n3,3,1\n",
            ":3:2 (column \"height\"): a missing value; expected one: fill it in, leave the row out, or let missing \
             values be means, or their rows dropped (a target can only be dropped); see --missing (data.missing)",
        ),
        (
            "inf.csv",
            "width,y\n1,0\ninf,1\n3,1\n",
            ":3:1 (column \"width\"): found \"inf\", expected a finite number that fits the number type: correct it, or \
             leave the row out",
        ),
        (
            "class.csv",
            "width,y\n1,0\n2,0\n",
            ": every row is of class \"0\"; expected at least 2 classes to tell apart",
        ),
        (
            "ragged.csv",
            "a,y\n1,0\n2\n",
            ":3: 1 field, but the header has 2; expected one field a column: is a delimiter missing, or one too many?",
        ),
        ("twice.csv", "a,a,y\n1,1,0\n", ":1: columns 1 and 2 are both named \"a\"; rename one"),
        ("header.csv", "a,y\n", ": no data rows after the header; expected at least one"),
        ("empty.csv", "", ": empty; expected a header line of column names, then one row a line"),
        (
            "alone.csv",
            "y\n0\n1\n0\n1\n0\n",
            ":1: no column is left for the features: the columns are \"y\"; add a feature, ask for fewer targets, or \
             check the delimiter",
        ),
        (
            "model.npy",
            "no numbers",
            ": damaged, or not what its name says: an NPY file begins with \\x93NUMPY",
        ),
    ] {
        let path = file(name, text);
        let (code, message) = refusal(&format!("train {path} --target y --task classification -o {model}"));
        assert_eq!(code, 65, "{name}");
        assert_eq!(message, format!("{path}{expected}"));
        assert!(!Path::new(&model).exists(), "{name}");
    }
    let latin = file("latin.csv", b"a,y\n1,caf\xe9\n2,t\n");
    assert_eq!(
        refusal(&format!("train {latin} --target y")),
        (
            65,
            format!(
                "{latin}:2:2 (column \"y\"): byte 9 of the file is not UTF-8 text; save the file as plain UTF-8"
            )
        )
    );
}

#[test]
fn a_word_among_numbers() {
    let rows = lines(30, |x| format!("{x},{x}"));
    let path = file("word.csv", format!("width,y\n{rows}wide,0\n"));
    assert_eq!(
        refusal(&format!("train {path} --target y --task regression --validation 0")),
        (
            65,
            format!(
                "{path}:32:1 (column \"width\"): found \"wide\", expected a number: write text as numbers, or leave the \
                 column out; see --ignore (data.ignore)"
            )
        )
    );
}

/// What is said of a row without an end.
fn too_long(path: &str) -> String {
    format!(
        "{path}:2: a row of more than 4194304 bytes; is a line break or a closing quotation mark missing?"
    )
}

#[test]
fn a_line_without_an_end() {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(b"a,y\n").expect("memory");
    for _ in 0..64 {
        gz.write_all(&vec![b'1'; 1 << 20]).expect("memory");
    }
    let path = file("long.csv.gz", gz.finish().expect("memory"));
    assert_eq!(refusal(&format!("train {path} --target y")), (65, too_long(&path)));
}

/// A line of 1 GiB, read within 512 MiB of addresses. The file has a hole in place of the line, and takes no room.
#[cfg(target_os = "linux")]
#[test]
fn a_line_of_a_gibibyte_takes_little_memory() {
    let path = file("gibibyte.csv", "a,y\n");
    let hole = std::fs::OpenOptions::new().write(true).open(&path).expect("it");
    hole.set_len(1 << 30).expect("a hole");
    let script = "ulimit -v 524288; exec \"$0\" train \"$1\" --target y --threads 1";
    let program = env!("CARGO_BIN_EXE_glassgrad");
    let output = std::process::Command::new("sh").args(["-c", script, program, &path]).output();
    let output = output.expect("a shell");
    std::fs::remove_file(&path).expect("it");
    let complaint = String::from_utf8(output.stderr).expect("text");
    assert_eq!((output.status.code(), complaint), (Some(65), format!("error: {}\n", too_long(&path))));
}

#[test]
fn data_that_do_not_fit_the_model() {
    let model = fresh("fit.ckpt");
    let train =
        file("fit.csv", "a,b,kind\n1,5,x\n2,6,y\n1,5,x\n2,6,y\n1,5,x\n2,6,y\n1,5,x\n2,6,y\n1,7,x\n2,8,y\n");
    stdout(&format!("train {train} --target kind --epochs 1 -o {model}"));
    for (name, text, expected) in [
        (
            "narrow.csv",
            "a\n1\n",
            ":1: no column named \"b\", which the network was trained on; the columns are \"a\"",
        ),
        (
            "wide.csv",
            "a,b,c\n1,2,3\n",
            ":1: column \"c\" is none that the network was trained on; leave it out, or have it ignored: it was trained on \"a\", \"b\"",
        ),
        (
            "text.csv",
            "a,b\n1,two\n",
            ":2:2 (column \"b\"): found \"two\", expected a number: write text as numbers, or leave the column out",
        ),
    ] {
        let (path, out) = (file(name, text), fresh("unfit.csv"));
        let found = refusal(&format!("predict {model} {path} -o {out}"));
        assert_eq!(found, (65, format!("{path}{expected}")));
        assert!(!Path::new(&out).exists(), "{name}");
    }
    let unseen = file("unseen.csv", "a,b,kind\n1,5,z\n");
    let expected = format!("{unseen}:2:3 (column \"kind\"): found label \"z\", expected one of \"x\", \"y\"");
    assert_eq!(refusal(&format!("evaluate {model} {unseen}")), (65, expected));

    // Columns are found by their names.
    let turned = file("turned.csv", "b,kind,a\n5,x,1\n6,y,2\n");
    let straight = file("straight.csv", "a,b,kind\n1,5,x\n2,6,y\n");
    assert_eq!(stdout(&format!("predict {model} {turned}")), stdout(&format!("predict {model} {straight}")));
}

#[test]
fn text_that_training_did_not_see_is_of_no_category() {
    let model = fresh("unseen.ckpt");
    let rows = lines(20, |x| format!("{},{x}", ["red", "blue"][x % 2]));
    let train = file("seen.csv", format!("colour,y\n{rows}"));
    stdout(&format!("train {train} --target y --epochs 1 -o {model}"));
    let new = file("new.csv", "colour\ngreen\nred\n");
    let (code, results, note) = run(&format!("predict {model} {new}"));
    assert_eq!((code, results.lines().count()), (0, 3), "{note}");
    assert_eq!(
        note,
        "note: column \"colour\": 1 of the rows have a text that training did not see, and count as none of its \
         categories\n"
    );
}

#[test]
fn what_a_model_refuses_it_refuses_as_it_was_trained() {
    let model = fresh("strict.ckpt");
    let rows = lines(20, |x| format!("{},{x},{x}", ["red", "blue"][x % 2]));
    let train = file("strict.csv", format!("colour,x,y\n{rows}"));
    stdout(&format!("train {train} --target y --epochs 1 --unseen error -o {model}"));
    for (row, place, key) in [
        ("green,1", "(column \"colour\"): found \"green\"", "unseen"),
        ("red,", "(column \"x\"): a missing", "missing"),
    ] {
        let new = file("strict-new.csv", format!("colour,x\nred,1\n{row}\n"));
        let (code, message) = refusal(&format!("predict {model} {new} -o {}", fresh("strict-out.csv")));
        let why = format!("; the model has data.{key} = \"error\" from its training (train --{key})");
        assert!(code == 65 && message.contains(place) && message.ends_with(&why), "{code}: {message}");
    }
}

#[test]
fn arrays_and_their_labels() {
    let bits = |name, sizes: &[u32]| idx(name, sizes, |k| (k % 2) as u8);
    let [images, labels, few] = [bits("i.idx", &[20, 3]), bits("l.idx", &[20]), bits("few.idx", &[10])];
    assert_eq!(
        refusal(&format!("train {images}")),
        (
            2,
            format!(
                "{images}: features without targets; name the file with the labels as well; see --labels (data.labels)"
            )
        )
    );
    assert_eq!(
        refusal(&format!("train {images} --labels {few}")),
        (
            65,
            format!(
                "{images}, {few}: 20 rows of features, but 10 rows of targets; expected one target a row"
            )
        )
    );
    let model = fresh("array.ckpt");
    stdout(&format!("train {images} --labels {labels} --epochs 1 -o {model}"));
    let wide = bits("wide.idx", &[5, 4]);
    let expected = format!("{wide}: rows of 4 numbers; expected the 3 that the network was trained on");
    assert_eq!(refusal(&format!("predict {model} {wide}")), (65, expected));
}

/// What an IDX file has as bytes, a file of another kind may have as bytes or as numbers from 0 to 1, but not as numbers from 0
/// to 255.
#[test]
fn pixels_are_the_same_in_every_file() {
    let pixel = |k: u32| if k % 3 == k / 3 % 3 { 200 + (k % 50) as u8 } else { (k * 7 % 60) as u8 };
    let images = idx("pixels.idx", &[60, 3], pixel);
    let labels = idx("pixel-labels.idx", &[60], |row| (row % 3) as u8);
    let model = fresh("pixels.ckpt");
    let train = format!("train {images} --labels {labels} --scale none --epochs 3 --lr 0.05 --validation 0");
    let plan = stdout(&format!("{train} -o {model}"));
    assert!(plan.contains("inputs pixels divided by 255\n"), "{plan}");
    assert!(stdout(&format!("inspect {model}")).contains("\ninputs, pixels divided by 255:\n"));
    assert_eq!(objects(&format!("inspect {model}"))[0]["pixels_divided_by"], 255.0);

    let bytes: Vec<u8> = (0..180).map(pixel).collect();
    let numbers = |scale: f32| -> Vec<u8> {
        bytes.iter().flat_map(|&byte| (f32::from(byte) * scale).to_le_bytes()).collect()
    };
    let of_bytes = npy("pixels.npy", "|u1", 60, 3, &bytes);
    let unit = npy("unit-pixels.npy", "<f4", 60, 3, &numbers(1.0 / 255.0));
    let predict = |file: &str| stdout(&format!("predict {model} {file}"));
    let evaluate = |file: &str| stdout(&format!("evaluate {model} {file} --labels {labels}"));
    let (predicted, evaluated) = (predict(&images), evaluate(&images));
    for file in [&of_bytes, &unit] {
        assert!(predict(file) == predicted && evaluate(file) == evaluated, "{file}");
        let told = stdout(&format!("{train} --test {file} --test-labels {labels} -q"));
        let [training, test] = ["training: ", "test: "].map(|part| {
            told.lines().find_map(|line| line.strip_prefix(part)).unwrap_or_else(|| panic!("{told}"))
        });
        assert_eq!(training, test, "{file}");
    }
    assert!(
        refusal(&format!("evaluate {model} {of_bytes}")).1.contains("see --labels"),
        "no target among pixels"
    );

    let wide = npy("wide-pixels.npy", "<f4", 60, 3, &numbers(1.0));
    let csv = file("pixels.csv", "x0,x1,x2\n0,0.5,200\n");
    let huge = file("huge-pixel.csv", "x0,x1,x2\n0,1e30,0\n");
    for (file, found) in
        [(&wide, "200 in column x0"), (&csv, "200 in column x2"), (&huge, "1e30 in column x1")]
    {
        let expected = format!(
            "{file}: found {found}; the network was trained on pixels from 0 to 1: expected these, or bytes as \
             numpy.save writes them (numpy.uint8), which are divided by 255"
        );
        assert_eq!(refusal(&format!("predict {model} {file}")), (65, expected));
    }
    assert_eq!(refusal(&format!("evaluate {model} {wide} --labels {labels}")).0, 65);
    assert_eq!(refusal(&format!("{train} --test {wide} --test-labels {labels} -q")).0, 65);

    let of_numbers = fresh("no-pixels.ckpt");
    stdout(&format!("train {of_bytes} --labels {labels} --scale none --epochs 1 -q -o {of_numbers}"));
    let expected = format!(
        "{images}: pixels, which are read as 0 to 1; the network was trained on {of_bytes}, whose numbers stand for \
         themselves: expected a file of such numbers, as numpy.save writes them"
    );
    assert_eq!(refusal(&format!("predict {of_numbers} {images}")), (65, expected));
    assert_eq!(objects(&format!("inspect {of_numbers}"))[0]["pixels_divided_by"], serde_json::Value::Null);
}
