//! What CSV files may look like, and what comes of them.

use glassgrad_data::{Classes, CsvOptions, Dataset, Error, Targets, read_csv, read_csv_from};
use ndarray::array;

fn read(text: &str, options: &CsvOptions) -> Result<Dataset<f64>, Error> {
    read_csv_from(text.as_bytes(), "t.csv", options)
}

fn labels(data: &Dataset<f64>) -> (&[u32], Vec<&str>) {
    match data.targets() {
        Targets::Labels { labels, classes } => (labels, classes.iter().map(String::as_str).collect()),
        Targets::Values(_) => panic!("labels were asked for"),
    }
}

fn repository(file: &str) -> String {
    format!("{}/../../data/{file}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn iris() {
    let data: Dataset<f64> = read_csv(repository("iris.csv"), &CsvOptions::classification("target")).unwrap();
    assert_eq!(data.features().dim(), (150, 4));
    assert_eq!(data.columns(), ["sepal_length", "sepal_width", "petal_length", "petal_width"]);
    assert_eq!(data.target_columns(), ["target"]);
    assert_eq!(data.features().row(0), array![5.1, 3.5, 1.4, 0.2]);
    assert_eq!(data.features().row(149), array![5.9, 3.0, 5.1, 1.8]);
    let (labels, classes) = labels(&data);
    assert_eq!(classes, ["0", "1", "2"]);
    assert!(labels.iter().enumerate().all(|(row, &label)| label as usize == row / 50));
}

#[test]
fn digits() {
    let options = CsvOptions::classification("target").classes(Classes::Integers);
    let data: Dataset<f32> = read_csv(repository("digits.csv"), &options).unwrap();
    assert_eq!(data.features().dim(), (1797, 64));
    assert_eq!(data.columns()[63], "pixel_7_7");
    assert!(data.features().iter().all(|&pixel| (0.0..=16.0).contains(&pixel) && pixel.fract() == 0.0));
    let Targets::Labels { labels, classes } = data.targets() else { panic!("labels were asked for") };
    assert_eq!(classes.len(), 10);
    let mut counts = [0; 10];
    for &label in labels {
        counts[label as usize] += 1;
    }
    assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
}

#[test]
fn targets_are_found_by_name_wherever_they_stand() {
    let data = read("b,y,a,z\n1,2,3,4\n5,6,7,8\n", &CsvOptions::regression(["z", "y"])).unwrap();
    assert_eq!(data.features(), array![[1.0, 3.0], [5.0, 7.0]]);
    assert_eq!(data.targets(), &Targets::Values(array![[4.0, 2.0], [8.0, 6.0]]));
    assert_eq!(data.columns(), ["b", "a"]);
    assert_eq!(data.target_columns(), ["z", "y"]);
}

#[test]
fn line_ends_blank_lines_blanks_quotes_and_a_byte_order_mark_change_nothing() {
    let options = CsvOptions::regression(["y"]);
    let expected = read("x,y\n-1.5,2e3\n.5,+4\n", &options).unwrap();
    for text in [
        "x,y\r\n-1.5,2e3\r\n.5,+4\r\n",
        "x,y\n-1.5,2e3\n.5,+4",
        "\n\r\nx,y\n\n\n-1.5,2e3\r\n\r\n.5,+4\n\n",
        " x , y\n -1.5,\t2e3 \n.5, +4\n",
        "\"x\",y\n\"-1.5\",2e3\n.5,\"+4\"\n",
        "\u{feff}x,y\n-1.5,2e3\n.5,+4\n",
    ] {
        assert_eq!(read(text, &options).unwrap(), expected, "{text:?}");
    }
    for (delimiter, text) in [(b'-', "x-y\n1.5-2e3\n.5-+4\n"), (b'7', "x7y\n1.572e3\n.57+4\n")] {
        let positive = CsvOptions { delimiter, ..options.clone() };
        assert_eq!(read(text, &positive).unwrap().features(), array![[1.5], [0.5]], "{text:?}");
    }
    assert_eq!(read("x,y\r-1.5,2e3\r\r.5,+4", &options).unwrap(), expected, "old line ends");
    let tabs = CsvOptions { delimiter: b'\t', ..options };
    assert_eq!(read("x\ty\n-1.5\t2e3\n.5\t+4\n", &tabs).unwrap(), expected);
}

#[test]
fn distinct_classes_are_sorted_by_value_if_all_are_numbers_else_by_text() {
    let options = CsvOptions::classification("y");
    let numbers = read("x,y\n0,10\n0,9\n0,-1\n0,10\n", &options).unwrap();
    assert_eq!(labels(&numbers), (&[2, 1, 0, 2][..], vec!["-1", "9", "10"]));
    let texts = read("x,y\n0,10\n0,9\n0,b\n0,\"a, or A\"\n", &options).unwrap();
    assert_eq!(labels(&texts), (&[0, 1, 3, 2][..], vec!["10", "9", "a, or A", "b"]));
}

#[test]
fn a_second_file_gets_the_classes_of_the_first() {
    let first = read("x,y\n0,c\n0,a\n0,b\n", &CsvOptions::classification("y")).unwrap();
    let known = Classes::Known(first.targets().classes().unwrap().to_vec());
    let second = read("x,y\n0,b\n0,b\n", &CsvOptions::classification("y").classes(known)).unwrap();
    assert_eq!(labels(&second), (&[1, 1][..], vec!["a", "b", "c"]));
}

/// Numbers printed by Rust come back bit for bit, also through buffers that end anywhere.
#[test]
fn wide_rows_are_read_whole() {
    let columns = 3000;
    let number = |row: u32, column: u32| f64::from(row * columns + column).sqrt();
    let line = |cell: &dyn Fn(u32) -> String| (0..columns).map(cell).collect::<Vec<_>>().join(",");
    let mut text = line(&|column| format!("c{column}"));
    for row in 0..3 {
        text.push('\n');
        text += &line(&|column| number(row, column).to_string());
    }
    let data = read(&text, &CsvOptions::regression(["c0"])).unwrap();
    for ((row, column), &x) in data.features().indexed_iter() {
        assert_eq!(x, number(row as u32, column as u32 + 1));
    }
}
