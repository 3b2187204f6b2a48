//! [`EventWriter`]: scalars for TensorBoard.
//!
//! An event file is a sequence of records, as TensorFlow's `lib/io/record_writer.h` lays them out, all little-endian:
//!
//! ```text
//! length        u64
//! masked CRC    u32   of the eight bytes of the length
//! data          length bytes: a protobuf message `Event` (tensorflow/core/util/event.proto)
//! masked CRC    u32   of the data
//! ```

mod message;

use crc::{CRC_32_ISCSI, Crc, Table};
use std::io::{self, Write};

/// CRC-32C, which catalogues list by the protocol that it became known by.
const CASTAGNOLI: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISCSI);

/// Writes scalars by step as TensorBoard reads them.
///
/// A record is handed over whole; whoever wants to watch a run that is going on flushes what is below.
///
/// ```
/// # use glassgrad_report::EventWriter;
/// let mut events = EventWriter::new(Vec::new(), 1_700_000_000.0)?;
/// events.scalars(1, 1_700_000_001.0, &[("loss/train", 0.7), ("loss/validation", 0.8)])?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct EventWriter<W> {
    to: W,
}

impl<W: Write> EventWriter<W> {
    /// Begins a file with the record that names the format's version. `wall_time` is in seconds since 1970.
    ///
    /// # Errors
    /// What writing reports.
    pub fn new(to: W, wall_time: f64) -> io::Result<Self> {
        let mut writer = Self { to };
        writer.record(&message::version(wall_time))?;
        Ok(writer)
    }

    /// One event with a number under each tag; a `/` in a tag groups charts. TensorBoard's scalars are `f32`: numbers are
    /// rounded to it, NaN and infinities are kept.
    ///
    /// # Errors
    /// What writing reports.
    pub fn scalars(&mut self, step: u64, wall_time: f64, scalars: &[(&str, f64)]) -> io::Result<()> {
        self.record(&message::scalars(step, wall_time, scalars))
    }

    /// Flushes what is written to.
    ///
    /// # Errors
    /// What flushing reports.
    pub fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }

    /// What was written to.
    pub fn into_inner(self) -> W {
        self.to
    }

    fn record(&mut self, data: &[u8]) -> io::Result<()> {
        let length = (data.len() as u64).to_le_bytes();
        let mut record = Vec::with_capacity(data.len() + 16);
        record.extend(length);
        record.extend(masked_crc(&length).to_le_bytes());
        record.extend(data);
        record.extend(masked_crc(data).to_le_bytes());
        self.to.write_all(&record)
    }
}

/// The name of an event file: TensorBoard looks for `tfevents` in it, and reads a folder's files in the order of names.
/// A process that trains twice within a second needs two folders.
pub fn event_file_name(seconds: u64, process: u32) -> String {
    format!("events.out.tfevents.{seconds:010}.glassgrad.{process}")
}

/// A CRC of data that holds CRCs is weak, so it is rotated and moved (`MaskedCrc` in record_writer.h).
fn masked_crc(data: &[u8]) -> u32 {
    CASTAGNOLI.checksum(data).rotate_right(15).wrapping_add(0xa282_ead8)
}
