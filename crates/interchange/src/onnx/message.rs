//! Protocol-buffer messages, as far as ONNX needs them: numbers, bytes and messages in messages.
//!
//! Written by hand: a model is written and never read here, from some thirty fields, and these forty lines stand for a
//! code generator and six crates. Source: the encoding section of protobuf.dev; the field numbers are those of `onnx.proto3`.

/// The bytes of one message so far.
#[derive(Debug, Default)]
pub(super) struct Message {
    pub(super) bytes: Vec<u8>,
}

impl Message {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// A number that is not negative, or a flag.
    pub(super) fn int(mut self, field: u64, value: u64) -> Self {
        self.varint(field << 3);
        self.varint(value);
        self
    }

    /// Any number; a negative one is written as the `u64` of the same bits.
    pub(super) fn signed(self, field: u64, value: i64) -> Self {
        self.int(field, u64::from_le_bytes(value.to_le_bytes()))
    }

    /// An `f32`.
    pub(super) fn float(mut self, field: u64, value: f32) -> Self {
        self.varint(field << 3 | 5);
        self.bytes.extend(value.to_le_bytes());
        self
    }

    pub(super) fn text(self, field: u64, text: &str) -> Self {
        self.raw(field, text.as_bytes())
    }

    pub(super) fn message(self, field: u64, message: &Self) -> Self {
        self.raw(field, &message.bytes)
    }

    pub(super) fn raw(mut self, field: u64, bytes: &[u8]) -> Self {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.bytes.extend(bytes);
        self
    }

    /// Seven bits a byte, the lowest first; the eighth bit says that more follow.
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }
}
