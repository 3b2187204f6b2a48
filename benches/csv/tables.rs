//! The tables: small whole numbers as of images, numbers of all lengths, and text among numbers.

use glassgrad::tensor::random::{Purpose, below, stream, unit};
use std::fs::File;
use std::io::{BufWriter, Result, Write};
use std::path::Path;

/// Writes a table.
type Writer = fn(&Path) -> Result<()>;

/// The name of each, and what writes it.
pub(crate) const ALL: [(&str, Writer); 3] =
    [("digits.csv", digits), ("numbers.csv", numbers), ("mixed.csv", mixed)];

/// 65 whole numbers from 0 to 16 a row, as the digits have.
fn digits(path: &Path) -> Result<()> {
    let mut draws = stream(0, Purpose::Check, 0, 0);
    let header: Vec<_> = (0..65).map(|column| format!("x{column}")).collect();
    table(path, &header.join(","), 500_000, |to| {
        write!(to, "{}", below(&mut draws, 17))?;
        (1..65).try_for_each(|_| write!(to, ",{}", below(&mut draws, 17)))
    })
}

/// Ten numbers a row, of 6 to 17 digits, some with an exponent.
fn numbers(path: &Path) -> Result<()> {
    let mut draws = stream(1, Purpose::Check, 0, 0);
    table(path, "a,b,c,d,e,f,g,h,i,y", 700_000, |to| {
        let mut next = || unit(&mut draws);
        write!(to, "{:.5},{:.5},{:.7},{:.9}", 10.0 * next(), 900.0 * next(), next(), 99.0 * next())?;
        write!(to, ",{:.11},{:.13},{}", next() - 0.5, 10.0 * next(), next())?;
        write!(to, ",{},{:e},{}", 1000.0 * next(), next() * 1e-7, (1e6 * next()) as u32)
    })
}

/// Numbers beside words of few kinds, as of a census.
fn mixed(path: &Path) -> Result<()> {
    const WORDS: [&str; 7] =
        ["Private", "Self-emp-not-inc", "Never-married", "Prof-specialty", "White", "?", "United-States"];
    let mut draws = stream(2, Purpose::Check, 0, 0);
    let header = "age,work,weight,school,years,married,job,kin,race,sex,gain,loss,hours,land,income";
    table(path, header, 800_000, |to| {
        let mut draw = |most| below(&mut draws, most);
        write!(to, "{},", 17 + draw(73))?;
        for column in 0..8 {
            match column {
                1 => write!(to, "{},", 12_285 + draw(1_400_000))?,
                3 => write!(to, "{},", 1 + draw(16))?,
                _ => write!(to, "{},", WORDS[draw(7) as usize])?,
            }
        }
        write!(
            to,
            "{},{},{},{},",
            ["Male", "Female"][draw(2) as usize],
            draw(99_999),
            draw(4_000),
            draw(99)
        )?;
        write!(to, "{},{}", WORDS[draw(7) as usize], ["<=50K", ">50K"][draw(2) as usize])
    })
}

/// A header and so many lines.
fn table(
    path: &Path,
    header: &str,
    rows: usize,
    mut line: impl FnMut(&mut BufWriter<File>) -> Result<()>,
) -> Result<()> {
    let mut to = BufWriter::new(File::create(path)?);
    writeln!(to, "{header}")?;
    for _ in 0..rows {
        line(&mut to)?;
        writeln!(to)?;
    }
    to.flush()
}
