//! How a header becomes bytes: serde and bincode 2.0.1, integers of fixed width, little-endian.
//!
//! This is the only place that names bincode, and its version is exact: 3.0.0 is a placeholder that does not
//! compile, and the project has ended (RUSTSEC-2025-0141, "unmaintained"; nothing is known to be wrong with it).
//! To change the codec, raise the format version, keep this module for the files of older versions and choose
//! between the two by [`Reader::version`](super::Reader::version). Golden files guard the bytes.
//!
//! Bincode believes lengths until its limit: a string's memory is allocated before its bytes are there. So the
//! limit follows the length of the header at hand; a sequence may, through serde, reserve 1 MiB beyond it.

use super::MAX_HEADER;
use bincode::config::{Config, standard};
use bincode::error::DecodeError;
use bincode::serde::{decode_from_slice, encode_into_std_write};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Appends a value to a header.
pub(super) fn encode<V: Serialize>(value: &V, header: &mut Vec<u8>) -> Result<(), String> {
    // Writing has no limit of its own; what it may come to is checked by the caller.
    let config = standard().with_fixed_int_encoding().with_little_endian();
    encode_into_std_write(value, header, config).map(drop).map_err(|error| error.to_string())
}

/// The value at the start of a header, and how many bytes it takes.
pub(super) fn decode<V: DeserializeOwned>(header: &[u8]) -> Result<(V, usize), String> {
    fn limited<V: DeserializeOwned, C: Config>(header: &[u8], config: C) -> Result<(V, usize), String> {
        decode_from_slice(header, config).map_err(|error| match error {
            DecodeError::LimitExceeded | DecodeError::UnexpectedEnd { .. } => {
                "it claims more bytes than there are".into()
            }
            error => error.to_string(),
        })
    }
    let config = standard().with_fixed_int_encoding().with_little_endian();
    // A limit is a constant of bincode's types, so it comes in steps.
    match header.len() {
        0..=0x1000 => limited(header, config.with_limit::<0x1000>()),
        0x1001..=0x1_0000 => limited(header, config.with_limit::<0x1_0000>()),
        0x1_0001..=0x10_0000 => limited(header, config.with_limit::<0x10_0000>()),
        _ => limited(header, config.with_limit::<MAX_HEADER>()),
    }
}
