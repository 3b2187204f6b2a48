//! What is written is read again, bit for bit, and its bytes are those of the format.

use crate::fixture::{FORMAT, Folder, Header, Random, header, image, open, small};
use glassgrad_store::{Dtype, Error, Format, Image, Reader, Section, replace};
use std::io::{self, Write};

/// Files that a script made from the description of the format alone.
const GOLDEN: &[u8] = include_bytes!("../golden/version2.store");
const GOLDEN_OF_OLD: &[u8] = include_bytes!("../golden/version1.store");

#[test]
fn golden_bytes() {
    let theta = [0.5_f32, -1.25, 3.0, f32::from_bits(0x7fc0_1234), 0.0, -0.0];
    let state: Vec<f64> = (0..9_u8).map(|i| f64::from(i) / 8.0).collect();
    let sections = [Section::new("0.weight", 2, 3, &theta[..]), Section::new("état", 9, 1, &state[..])];
    assert!(image(&sections) == GOLDEN, "the bytes of the format have changed");

    for (bytes, version) in [(GOLDEN, 2), (GOLDEN_OF_OLD, 1)] {
        let mut reader = open(bytes).unwrap();
        assert_eq!(reader.version(), version);
        assert_eq!(reader.header::<Header>().unwrap(), header());
        let shapes = reader.sections().iter().map(|s| (s.name(), s.dtype(), s.rows(), s.columns()));
        assert!(shapes.eq([("0.weight", Dtype::F32, 2, 3), ("état", Dtype::F64, 9, 1)]));
        assert!(reader.sections().iter().all(|section| section.offset() % 64 == 0));
        let read = reader.read_section::<f32>("0.weight").unwrap();
        assert!(read.iter().map(|x| x.to_bits()).eq(theta.iter().map(|x| x.to_bits())));
        assert_eq!(reader.read_section::<f64>("état").unwrap(), state);
    }
}

#[test]
fn any_bits_in_any_shapes() {
    let mut random = Random(1);
    // Sizes around the 64 KiB that are read at a time, and small ones.
    let sizes = [1, 2, 15, 16, 17, 100, 8191, 8192, 8193, 16384, 16385];
    for round in 0..60 {
        let sections: Vec<(String, usize, Vec<f32>, Vec<f64>)> = (0..random.below(5))
            .map(|index| {
                let columns = sizes[random.below(if round % 10 == 0 { sizes.len() } else { 6 })];
                let count = columns * (1 + random.below(3));
                let singles: Vec<_> = (0..count).map(|_| f32::from_bits(random.next() as u32)).collect();
                let doubles: Vec<_> = (0..count).map(|_| f64::from_bits(random.next())).collect();
                (format!("{index}.{}", random.next()), columns, singles, doubles)
            })
            .collect();
        let of = |index: usize| {
            let (name, columns, singles, doubles) = &sections[index];
            let rows = singles.len() / columns;
            if index % 2 == 0 {
                Section::new(name, rows, *columns, &singles[..])
            } else {
                Section::new(name, rows, *columns, &doubles[..])
            }
        };
        let bytes = image(&(0..sections.len()).map(of).collect::<Vec<_>>());
        let mut reader = open(&bytes).unwrap();
        assert_eq!(reader.header::<Header>().unwrap(), header());
        for index in (0..sections.len()).rev() {
            let (name, _, singles, doubles) = &sections[index];
            if index % 2 == 0 {
                let read = reader.read_section::<f32>(name).unwrap();
                assert!(read.iter().map(|x| x.to_bits()).eq(singles.iter().map(|x| x.to_bits())));
            } else {
                let read = reader.read_section::<f64>(name).unwrap();
                assert!(read.iter().map(|x| x.to_bits()).eq(doubles.iter().map(|x| x.to_bits())));
            }
        }
    }
}

/// Takes one byte at a time, as a sink may.
struct Dribble(Vec<u8>);

impl Write for Dribble {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend(bytes.first());
        Ok(bytes.len().min(1))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn short_writes_lose_nothing() {
    let theta = [1.0_f64; 3];
    let image = Image::new(&FORMAT, &header(), &[Section::new("theta", 1, 3, &theta[..])]).unwrap();
    let (mut whole, mut dribble) = (Vec::new(), Dribble(Vec::new()));
    image.write_to(&mut whole).unwrap();
    image.write_to(&mut dribble).unwrap();
    assert_eq!(dribble.0, whole);
}

#[test]
fn what_could_not_be_read_again_is_not_written() {
    let numbers = [1.0_f32; 6];
    let new = |sections: &[Section<'_>]| Image::new(&FORMAT, &header(), sections).unwrap_err().to_string();
    let theta = Section::new("theta", 2, 3, &numbers[..]);
    assert_eq!(new(&[theta, theta]), "section \"theta\": a second section of this name; expected one");
    assert_eq!(
        new(&[Section::new("", 2, 3, &numbers[..])]),
        "section \"\": a name that is empty or too long"
    );
    assert_eq!(
        new(&[Section::new("w", 2, 2, &numbers[..])]),
        "section \"w\": found 6 numbers, expected rows times columns, [2, 2], at least one"
    );
    assert!(new(&[Section::new("w", 0, 3, &numbers[..0])]).starts_with("section \"w\": found 0 numbers"));
    assert!(new(&[Section::new("w", usize::MAX, 2, &numbers[..])]).starts_with("section \"w\": found 6"));

    let too_long = "x".repeat(16 << 20);
    let error = Image::new(&FORMAT, &too_long, &[]).unwrap_err().to_string();
    assert!(
        error.starts_with("the header cannot be written: it has 16777232 bytes, expected at most 16777216")
    );
    let fits = "x".repeat((16 << 20) - 16);
    let mut bytes = Vec::new();
    Image::new(&FORMAT, &fits, &[]).unwrap().write_to(&mut bytes).unwrap();
    assert_eq!(open(&bytes).unwrap().header::<String>().unwrap(), fits);
}

#[test]
fn headers_of_every_size_are_read() {
    for size in [0, 1, 4080, 4081, 65_000, 65_520, 65_521, 1_048_560, 1_048_561, 3_000_000] {
        let text = "x".repeat(size);
        let mut bytes = Vec::new();
        Image::new(&FORMAT, &text, &[]).unwrap().write_to(&mut bytes).unwrap();
        assert_eq!(open(&bytes).unwrap().header::<String>().unwrap(), text, "{size}");
    }
}

#[test]
fn what_the_file_does_not_have() {
    let bytes = small();
    let mut reader = open(&bytes).unwrap();
    assert_eq!(
        reader.read_section::<f32>("0.bias").unwrap_err().to_string(),
        "t.store: no section named \"0.bias\"; the sections are \"scalar\", \"0.weight\", \"line\", \"last\""
    );
    assert_eq!(
        reader.read_section::<f64>("0.weight").unwrap_err().to_string(),
        "t.store: section \"0.weight\": found numbers of type f32, expected f64"
    );
    assert!(
        reader
            .header::<(Header, u8)>()
            .unwrap_err()
            .to_string()
            .contains("it claims more bytes than there are")
    );
    assert!(reader.header::<(String, u64)>().unwrap_err().to_string().contains("bytes are left over"));
}

#[test]
fn files_and_paths() {
    let folder = Folder::new("files");
    let path = folder.path("a.store");
    let at = path.display();
    let open = |format| Reader::open(&path, format).map(|reader| reader.version()).map_err(|e| e.to_string());
    assert_eq!(open(&FORMAT), Err(format!("{at}: no such file; check the path and the working directory")));

    let bytes = small();
    replace(&path, |sink| sink.write_all(&bytes)).unwrap();
    assert_eq!(open(&FORMAT), Ok(2));
    let later = Format::new("test file", *b"STORE\r\n\x1a", 3, 4);
    let earlier = Format::new("test file", *b"STORE\r\n\x1a", 1, 1);
    let other = Format::new("picture", *b"PICTURES", 1, 1);
    let refused = |format| open(format).unwrap_err();
    assert!(
        refused(&earlier)
            .starts_with(&format!("{at}: test file: written by format 2, this reads ≤ 1 (bytes 8 to 12)"))
    );
    assert!(
        refused(&later)
            .starts_with(&format!("{at}: test file: written by format 2, this reads ≥ 3 (bytes 8 to 12)"))
    );
    assert!(refused(&other).starts_with(&format!("{at}: not a picture: bytes 0 to 8")));

    let error = Reader::open(folder.path("."), &FORMAT).unwrap_err();
    assert!(matches!(error, Error::NotAFile { .. }));
    assert!(error.to_string().ends_with(": not a regular file; expected a test file"));
}
