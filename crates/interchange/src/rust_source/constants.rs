//! Parameters as arrays of constants.

use crate::Number;
use std::io::{self, Write};

/// A static array: as a `const` it might be copied to wherever it is used.
pub(super) fn write<T: Number>(
    i: usize,
    rows: &[Vec<T>],
    vector: bool,
    out: &mut impl Write,
) -> io::Result<()> {
    let columns = rows.first().map_or(0, Vec::len);
    let number = T::NAME;
    writeln!(out, "#[rustfmt::skip]")?;
    if vector {
        writeln!(out, "static C{i}: [{number}; {columns}] = [")?;
        write_numbers(&rows[0], "    ", out)?;
    } else {
        writeln!(out, "static C{i}: [[{number}; {columns}]; {}] = [", rows.len())?;
        for row in rows {
            writeln!(out, "    [")?;
            write_numbers(row, "        ", out)?;
            writeln!(out, "    ],")?;
        }
    }
    writeln!(out, "];\n")
}

/// As many numbers a line as 100 characters hold, each as the shortest text that reads as the same bits.
fn write_numbers<T: Number>(numbers: &[T], indent: &str, out: &mut impl Write) -> io::Result<()> {
    let mut line = indent.to_string();
    for number in numbers {
        let text = format!("{number:?}, ");
        if line.len() + text.len() > 100 && line.len() > indent.len() {
            writeln!(out, "{}", line.trim_end())?;
            line.truncate(indent.len());
        }
        line += &text;
    }
    writeln!(out, "{}", line.trim_end())
}
