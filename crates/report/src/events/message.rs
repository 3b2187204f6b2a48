//! The protobuf messages of an event file, written by hand: three messages, six fields.

/// `Event { wall_time = 1: double, file_version = 3: string }`.
pub(super) fn version(wall_time: f64) -> Vec<u8> {
    let mut event = Vec::new();
    double(&mut event, 1, wall_time);
    bytes(&mut event, 3, b"brain.Event:2");
    event
}

/// `Event { wall_time = 1: double, step = 2: int64, summary = 5: Summary }`, where
/// `Summary { value = 1: repeated Value }` and `Value { tag = 1: string, simple_value = 2: float }`.
pub(super) fn scalars(step: u64, wall_time: f64, scalars: &[(&str, f64)]) -> Vec<u8> {
    let mut summary = Vec::new();
    for (tag, number) in scalars {
        let mut value = Vec::new();
        bytes(&mut value, 1, tag.as_bytes());
        key(&mut value, 2, Wire::Fixed32);
        value.extend((*number as f32).to_le_bytes());
        bytes(&mut summary, 1, &value);
    }
    let mut event = Vec::new();
    double(&mut event, 1, wall_time);
    key(&mut event, 2, Wire::Varint);
    varint(&mut event, step);
    bytes(&mut event, 5, &summary);
    event
}

/// How a field's bytes are counted.
#[derive(Clone, Copy)]
enum Wire {
    Varint = 0,
    Fixed64 = 1,
    Length = 2,
    Fixed32 = 5,
}

fn key(message: &mut Vec<u8>, field: u64, wire: Wire) {
    varint(message, field << 3 | wire as u64);
}

fn double(message: &mut Vec<u8>, field: u64, x: f64) {
    key(message, field, Wire::Fixed64);
    message.extend(x.to_le_bytes());
}

fn bytes(message: &mut Vec<u8>, field: u64, bytes: &[u8]) {
    key(message, field, Wire::Length);
    varint(message, bytes.len() as u64);
    message.extend(bytes);
}

/// Seven bits a byte, the lowest first; the top bit says that more follow.
fn varint(message: &mut Vec<u8>, mut x: u64) {
    while x >= 0x80 {
        message.push(x as u8 | 0x80);
        x >>= 7;
    }
    message.push(x as u8);
}
