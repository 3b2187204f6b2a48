//! A trace as CSV: one line a number, with a header.

use super::Trace;
use crate::decimal;
use csv::{Writer, WriterBuilder};

pub(super) fn render(trace: &Trace, decimals: usize) -> String {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let header =
        ["step", "stage", "symbol", "name", "row", "column", "formula", "substituted", "value", "rounded"];
    write(&mut writer, &header.map(String::from));
    for row in &trace.rows {
        let (formula, numbers) = (row.formula(), row.substituted_in_full());
        for ((i, j), &value) in row.value.indexed_iter() {
            write(
                &mut writer,
                &[
                    row.step().to_string(),
                    row.stage().name().into(),
                    row.symbol().into(),
                    row.name().into(),
                    i.to_string(),
                    j.to_string(),
                    formula.clone(),
                    numbers.clone(),
                    decimal::full(value),
                    decimal::round(value, decimals),
                ],
            );
        }
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).expect("it was written as UTF-8")
}

fn write(writer: &mut Writer<Vec<u8>>, record: &[String]) {
    writer.write_record(record).expect("records of one length, into memory");
}
