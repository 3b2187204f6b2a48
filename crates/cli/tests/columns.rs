//! What becomes of columns that are not quite what they seem, and what is said of them.

mod program;

use flate2::Compression;
use flate2::write::GzEncoder;
use program::{file, fresh, lines, npy, refusal, run, stdout};
use std::io::Write;
use std::process::Command;

/// What a run says on stderr that ends well.
fn remarks(arguments: &str) -> String {
    let (code, _, stderr) = run(arguments);
    assert_eq!(code, 0, "{arguments}: {stderr}");
    stderr
}

#[test]
fn a_slip_in_a_column_of_numbers() {
    let iris =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/iris.csv")).expect("it");
    let slip = iris.replacen(",0\n", ",O\n", 1);
    let path = file("slip.csv", &slip);
    let expected = format!(
        "{path}:2:5 (column \"target\"): found \"O\", expected a number, as most of the column is; if these are classes, \
         say so; see --task classification (data.task)"
    );
    for how in ["", " --stream", " --precision f64"] {
        let command = format!("train {path} --target target --epochs 1 --quiet{how}");
        assert_eq!(refusal(&command), (65, expected.clone()));
        stdout(&format!("{command} --task classification"));
    }
    assert_eq!(refusal(&format!("init {path} -o -")), (65, expected));
    assert!(
        stdout(&format!("init {path} --task classification -o -")).contains("\ntask = \"classification\"")
    );

    let rows = lines(40, |x| format!("{},{x}.5", if x == 38 { "4O".into() } else { (x % 5).to_string() }));
    let path = file("slip-in-a-feature.csv", format!("width,y\n{rows}"));
    for how in ["", " --stream"] {
        assert_eq!(
            remarks(&format!("train {path} --target y --validation 0 --epochs 1{how}")),
            format!(
                "note: {path}:40:1 (column \"width\"): found \"4O\" among numbers; 1 cell is no number, and so the 6 \
                 different values of the column are taken for categories\n"
            )
        );
    }
}

#[test]
fn labels_beyond_the_whole_numbers_of_an_f64() {
    let path = file("large.csv", "x,y\n1,9007199254740992\n2,9007199254740993\n3,5\n4,5\n");
    let expected = format!(
        "{path}:2:2 (column \"y\"): found a label near 9007199254740992, expected whole numbers below 2^53: labels that \
         large are not told apart as numbers; make them text, as id9007199254740993"
    );
    for how in ["", " --stream"] {
        let command = format!("train {path} --target y --task classification --validation 0{how}");
        assert_eq!(refusal(&command), (65, expected.clone()));
    }
}

#[test]
fn at_most_ten_constant_columns_are_named() {
    let names: Vec<_> = (0..14).map(|column| format!("c{column}")).collect();
    let rows = lines(30, |x| format!("{}{x}", "7,".repeat(14)));
    let path = file("constants.csv", format!("{},y\n{rows}", names.join(",")));
    assert_eq!(
        remarks(&format!("train {path} --target y --task regression --epochs 1")),
        format!(
            "note: {path}: columns {} and 4 more: the same in every training row, and so of no use\n",
            names[..10].join(", ")
        )
    );
}

/// 60 s of the processor's time are many times what is needed; to look for each of the columns among all took minutes.
#[cfg(unix)]
#[test]
fn a_hundred_thousand_columns() {
    let row = |cell: &dyn Fn(usize) -> String| (0..100_000).map(cell).collect::<Vec<_>>().join(",");
    let (names, cells) = (row(&|column| format!("c{column}")), row(&|column| (column % 7).to_string()));
    let path = file("wide.csv", format!("{names},y\n{cells},0\n{cells},1\n"));
    let script = "ulimit -t 60; exec \"$0\" train \"$1\" --target y --task classification --validation 0 --hidden none --epochs 1";
    let output = Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_glassgrad"), &path]).output();
    let output = output.expect("a shell");
    let said = String::from_utf8(output.stderr).expect("text");
    assert!(output.status.success(), "{said}");
    assert!(said.ends_with(" and 99990 more: the same in every training row, and so of no use\n"), "{said}");
}

#[test]
fn another_delimiter() {
    for (name, delimiter, escaped) in [("semicolon", ";", ";"), ("tab", "\t", "\\t"), ("bar", "|", "|")] {
        let rows = lines(30, |x| [x.to_string(), format!("{x}.5")].join(delimiter));
        let path = file(&format!("{name}.csv"), format!("width{delimiter}price\n{rows}"));
        assert_eq!(
            refusal(&format!("train {path} --target price")),
            (
                65,
                format!(
                    "{path}:1: no column named \"price\"; the only column is \"width{escaped}price\", in which \
                     '{escaped}' may be the delimiter; see --delimiter (data.delimiter)"
                )
            )
        );
        let run_file = fresh(&format!("{name}.toml"));
        stdout(&format!("init {path} -o {run_file}"));
        let text = std::fs::read_to_string(&run_file).expect("it");
        assert!(text.contains(&format!("\ndelimiter = \"{escaped}\" ")), "{text}");
        assert!(text.contains("\ntarget = \"price\""), "{text}");
        stdout(&format!("train {run_file} --epochs 1 --quiet"));
    }
}

#[test]
fn a_target_with_blank_cells_has_its_rows_dropped() {
    let rows = lines(30, |x| format!("{x},{}", if x == 7 { String::new() } else { format!("{x}.5") }));
    let (path, run_file) = (file("blank.csv", format!("width,price\n{rows}")), fresh("blank.toml"));
    stdout(&format!("init {path} -o {run_file}"));
    assert!(std::fs::read_to_string(&run_file).expect("it").contains("\nmissing = \"drop\""));
    stdout(&format!("train {run_file} --epochs 1 --quiet"));
}

#[test]
fn a_compressed_file_that_does_not_say_so() {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(b"a,y\n1,2\n").expect("memory");
    let path = file("packed.csv", gz.finish().expect("memory"));
    let expected = format!(
        "{path}: compressed with gzip, but its name does not say so; name it {path}.gz, or unpack it"
    );
    for command in ["train {} --target y", "train {} --target y --stream", "init {} -o -"] {
        assert_eq!(refusal(&command.replace("{}", &path)), (65, expected.clone()), "{command}");
    }
}

#[test]
fn names_do_not_steer_the_terminal() {
    let rows =
        lines(40, |x| format!("{},{x},5,\u{1b}[31m{}", ["\u{1b}cup", "jug"][x % 2], ["red", "blue"][x % 2]));
    let path = file("escape.csv", format!("\u{1b}kind,\u{1b}width,\u{1b}same,\u{1b}target\n{rows}"));
    let run_file = file(
        "escape.toml",
        format!("[data]\ntrain = {path:?}\ntarget = \"\\u001Btarget\"\n[train]\nepochs = 1\n"),
    );
    let model = fresh("escape.ckpt");
    let mut said = String::new();
    for command in [
        format!("train {run_file} -o {model}"),
        format!("inspect {model}"),
        format!("evaluate {model} {path}"),
        format!("init {path} -o -"),
    ] {
        let (code, stdout, stderr) = run(&command);
        assert_eq!(code, 0, "{command}: {stderr}");
        said += &(stdout + &stderr);
    }
    assert!(!said.contains('\u{1b}'), "{said:?}");
    assert!(said.contains("target: \\u{1b}target, 2 classes (\\u{1b}[31mblue, \\u{1b}[31mred)\n"), "{said}");
    assert!(said.contains("  \\u{1b}kind: one of \\u{1b}cup, jug\n"), "{said}");
    assert!(
        stdout(&format!("predict {model} {path}")).contains("\u{1b}[31mred"),
        "a CSV file has what is there"
    );
}

/// Seconds since 1970: of a hundred of them in a row, an `f32` tells two apart at most.
#[test]
fn numbers_that_differ_by_little_are_scaled_before_they_are_rounded() {
    let rows = lines(100, |x| format!("{},{}", 1_700_000_000 + x, if x < 50 { "early" } else { "late" }));
    let (path, model) = (file("clock.csv", format!("time,y\n{rows}")), fresh("clock.ckpt"));
    for how in ["", "--scale minmax", "--stream"] {
        let command =
            format!("train {path} --target y --lr 0.05 --epochs 60 --patience 0 -o {model} --force {how}");
        assert_eq!(remarks(&command), "");
        let told = stdout(&format!("evaluate {model} {path} --json"));
        let told: serde_json::Value = serde_json::from_str(&told).expect("JSON");
        assert!(told["accuracy"].as_f64().expect("it") > 0.95, "{how}: {told}");
        let predicted = stdout(&format!("predict {model} {path}"));
        let early = predicted.lines().filter(|line| line.starts_with("early")).count();
        assert!((48..=52).contains(&early), "{how}: {early}");
    }
}

#[test]
fn columns_that_are_ignored() {
    let row = |x: usize| format!("order {x},{},{x}.5", if x == 3 { "inf" } else { "7" });
    let path =
        file("names.csv", format!("name,bad,width,price\n{}", lines(60, |x| format!("{},{x}", row(x)))));
    let command = format!("train {path} --target price --task regression --epochs 1 --quiet");
    let bad = format!(
        "{path}:5:2 (column \"bad\"): found \"inf\", expected a finite number that fits the number type: correct it, or leave \
         the row out"
    );
    assert_eq!(refusal(&command), (65, bad));
    for how in ["", " --stream"] {
        let said = remarks(&format!("{command} --ignore bad{how}").replace(" --quiet", ""));
        let naming = |note: &str| {
            note.starts_with(&format!("note: {path}: column name: "))
                && note.ends_with("leave the column out: --ignore (data.ignore)")
        };
        assert!(said.lines().any(naming), "{said}");
        let model = fresh("names.ckpt");
        stdout(&format!("{command} --ignore name,bad{how} -o {model}"));
        let whole = stdout(&format!("predict {model} {path}"));
        let bare = file("bare.csv", format!("width\n{}", lines(60, |x| format!("{x}.5"))));
        assert_eq!(stdout(&format!("predict {model} {bare}")), whole);
        let more = file("more.csv", format!("row,width\n{}", lines(60, |x| format!("{x},{x}.5"))));
        let unknown = format!(
            "{more}:1: column \"row\" is none that the network was trained on; leave it out, or have it ignored: it was \
             trained on \"width\""
        );
        assert_eq!(refusal(&format!("predict {model} {more}")), (65, unknown));
        assert_eq!(stdout(&format!("predict {model} {more} --ignore row")), whole);
        stdout(&format!("evaluate {model} {path} --quiet"));
        // A later cell is told by its place in the file, not among the columns that are left.
        let cell = file("cell.csv", "name,width,bad,price\na,1,1,1\nb,x,1,1\n");
        let place = format!("{cell}:3:2 (column \"width\"): found \"x\", expected a number: ");
        let (code, message) = refusal(&format!("predict {model} {cell}"));
        assert!(code == 65 && message.starts_with(&place), "{message}");
        assert_eq!(
            refusal(&format!("{command} --ignore nam,bad{how}")),
            (
                65,
                format!(
                    "{path}:1: no column to be ignored is named \"nam\"; did you mean \"name\"? the columns are \"name\", \
                     \"width\", \"price\", \"bad\"; see --ignore (data.ignore)"
                )
            )
        );
    }
    let target = "--ignore price (data.ignore): \"price\" is the target (--target, data.target); expected another column";
    assert_eq!(refusal(&format!("{command} --ignore price")), (2, target.into()));

    let plain =
        file("plain.csv", format!("name,width,price\n{}", lines(60, |x| format!("order {x},{x}.5,{x}"))));
    let run_file = fresh("names.toml");
    stdout(&format!("init {plain} --task regression -o {run_file}"));
    let text = std::fs::read_to_string(&run_file).expect("it");
    assert!(text.contains("\nignore = [\"name\"] "), "{text}");
    stdout(&format!("train {run_file} --epochs 1 --quiet"));
}

#[test]
fn columns_of_an_array_are_ignored_by_their_names() {
    let numbers: Vec<u8> = (0..90).flat_map(|n| f64::from(n * n % 17).to_le_bytes()).collect();
    let path = npy("ignored.npy", "<f8", 30, 3, &numbers);
    for how in ["", " --stream"] {
        let command = format!("train {path} --target x2 --task regression --epochs 1{how}");
        assert!(stdout(&format!("{command} --ignore x0")).contains("1-64-1"));
        let (code, message) = refusal(&format!("{command} --ignore x3"));
        assert!(code == 65 && message.contains("no column to be ignored is named \"x3\""), "{message}");
        assert_eq!(refusal(&format!("{command} --ignore x0,x1")).0, 65);
    }
}

#[test]
fn what_init_writes_is_what_trains() {
    let run_file = fresh("trains.toml");
    let train = format!("train {run_file} --epochs 1 --quiet");
    let empty = file("empty-column.csv", format!("a,b,y\n{}", lines(40, |x| format!("{x},,{x}.5"))));
    stdout(&format!("init {empty} -o {run_file} --force"));
    assert!(std::fs::read_to_string(&run_file).expect("it").contains("\nignore = [\"b\"] "));
    stdout(&train);
    let few = file("few-rows.csv", "a,y\n1,2.5\n2,3.5\n");
    stdout(&format!("init {few} -o {run_file} --force"));
    assert!(std::fs::read_to_string(&run_file).expect("it").contains("\nvalidation = 0.0 "));
    stdout(&train);
    let slip = file(
        "money.csv",
        format!("a,y\n{}", lines(40, |x| format!("{}{x},{x}.5", ["", "$"][usize::from(x == 7)]))),
    );
    let (code, message) = refusal(&format!("init {slip} -o {run_file} --force"));
    let expected = format!(
        "{slip}:9:1 (column \"a\"): found \"$7\", expected a number with a point before its decimals"
    );
    assert!(code == 65 && message.starts_with(&expected), "{message}");
    assert_eq!(refusal(&format!("train {slip} --target y --validation 0")), (65, message));
    stdout(&train);
}

/// A second reader would wait for a second writer for ever.
#[cfg(unix)]
#[test]
fn init_reads_a_pipe_once() {
    let (pipe, run_file) = (fresh("pipe.csv"), fresh("pipe.toml"));
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    let to = pipe.clone();
    let writer = std::thread::spawn(move || {
        std::fs::write(to, format!("a,name,y\n{}", lines(40, |x| format!("{x},n{x},{x}.5"))))
            .expect("a pipe");
    });
    stdout(&format!("init {pipe} -o {run_file}"));
    writer.join().expect("the writer");
    let text = std::fs::read_to_string(&run_file).expect("it");
    assert!(text.contains("\nignore = [\"name\"] ") && text.starts_with("# 40 rows"), "{text}");
    std::fs::remove_file(pipe).expect("it");
}

#[cfg(unix)]
#[test]
fn a_table_may_come_from_a_pipe() {
    let piped = |arguments: &str| {
        let script = "cat data/iris.csv | \"$0\" $1";
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        let shell = ["-c", script, env!("CARGO_BIN_EXE_glassgrad"), arguments];
        let output = Command::new("sh").args(shell).current_dir(root).output().expect("a shell");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        (output.status.code().expect("a code"), text(output.stdout), text(output.stderr))
    };
    let model = fresh("piped.ckpt");
    let (code, _, said) = piped(&format!("train /dev/stdin --target target --epochs 1 -o {model}"));
    assert_eq!(code, 0, "{said}");
    let (code, predicted, said) = piped(&format!("predict {model} /dev/stdin"));
    assert_eq!((code, said.as_str()), (0, ""));
    assert_eq!(predicted, stdout(&format!("predict {model} data/iris.csv")));
    let refused = "error: /dev/stdin: a pipe, which can be read but once; expected a file\n";
    for command in [
        format!("evaluate {model} /dev/stdin"),
        "train /dev/stdin --target target --stream".into(),
        "train data/iris.csv --target target --stream --test /dev/stdin".into(),
    ] {
        assert_eq!(piped(&command), (66, String::new(), refused.into()));
    }
}

#[test]
fn what_there_is_nothing_to_learn_from_is_told() {
    let rows = lines(40, |x| format!("{x},here,5.5,{}", ["a", "b"][x % 2]));
    let path = file("nothing.csv", format!("x,where,price,kind\n{rows}"));
    for how in ["", " --stream"] {
        let said = remarks(&format!("train {path} --target kind --ignore price --epochs 1{how}"));
        assert_eq!(
            said,
            format!("note: {path}: column where: the same in every training row, and so of no use\n")
        );
        let regression =
            format!("train {path} --target price --task regression --ignore where,kind --epochs 1{how}");
        assert_eq!(
            remarks(&regression),
            format!(
                "note: {path}: target price: the same in every training row, and so there is nothing to learn\n"
            )
        );
    }
    let rows = lines(5, |x| format!("{x},rare{x}"));
    let path = file("rare.csv", format!("x,kind\n{rows}"));
    let said = remarks(&format!("train {path} --target kind --epochs 1"));
    assert!(said.starts_with(&format!("note: {path}: class rare")), "{said}");
    assert!(said.ends_with(": in no training row, and so not to be learnt\n"), "{said}");
    assert_eq!(remarks(&format!("train {path} --target kind --epochs 1 --validation 0")), "");
}

#[test]
fn a_missing_target_is_never_made_up() {
    let path = file("holes.csv", format!("a,b,y\n,1,2.5\n{}", lines(40, |x| format!("{x},2,{x}.5"))));
    let model = fresh("holes.ckpt");
    stdout(&format!("train {path} --target y --missing mean --epochs 1 --quiet -o {model}"));
    let holes = file("holes-in-target.csv", "a,b,y\n1,,2\n1,2,\n");
    let expected = format!(
        "{holes}:3:3 (column \"y\"): a missing value; expected one: fill it in, leave the row out, or let missing values be \
         means, or their rows dropped (a target can only be dropped)"
    );
    assert_eq!(refusal(&format!("evaluate {model} {holes}")), (65, expected));
}

#[test]
fn a_huge_label_is_told_in_short() {
    let path = file("huge-label.csv", "x,y\n1,1e300\n2,1e300\n3,5\n4,5\n");
    let (code, message) = refusal(&format!("train {path} --target y --task classification --validation 0"));
    assert!(code == 65 && message.contains("found a label near 1e300, expected"), "{message}");
}

#[test]
fn a_column_without_a_name_can_be_ignored() {
    let path = file("pandas.csv", format!(",x,,y\n{}", lines(40, |x| format!("{x},{x}.5,text,{x}.5"))));
    let refused = format!(
        "{path}:1:1: a column without a name; name it in the header, or leave it out if it is only a row number; see --ignore \
         \"\" (data.ignore)"
    );
    assert_eq!(refusal(&format!("train {path} --target y")), (65, refused));
    let run_file = fresh("pandas.toml");
    stdout(&format!("init {path} -o {run_file}"));
    let text = std::fs::read_to_string(&run_file).expect("it");
    assert!(text.contains("\nignore = [\"\"] "), "{text}");
    for how in ["", " --stream"] {
        let model = fresh("pandas.ckpt");
        stdout(&format!("train {run_file} --epochs 1 --quiet -o {model}{how}"));
        let bare = file("pandas-bare.csv", format!("x\n{}", lines(40, |x| format!("{x}.5"))));
        assert_eq!(stdout(&format!("predict {model} {bare}")), stdout(&format!("predict {model} {path}")));
    }
}
