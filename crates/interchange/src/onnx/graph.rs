//! [`Graph`]: nodes and constants as they are added.

use super::message::Message;
use crate::Number;
use std::collections::HashMap;
use std::marker::PhantomData;

/// `TensorProto.DataType`.
const FLOAT: i64 = 1;
const INT64: i64 = 7;
const DOUBLE: i64 = 11;

/// A named setting of a node.
pub(super) enum Attribute<'a> {
    Int(&'a str, i64),
    Ints(&'a str, &'a [i64]),
    Float(&'a str, f64),
}

impl Attribute<'_> {
    fn message(&self) -> Message {
        match *self {
            Self::Int(name, value) => Message::new().text(1, name).signed(3, value).int(20, 2),
            Self::Float(name, value) => Message::new().text(1, name).float(2, value as f32).int(20, 1),
            Self::Ints(name, values) => {
                let start = Message::new().text(1, name).int(20, 7);
                values.iter().fold(start, |message, value| message.signed(8, *value))
            }
        }
    }
}

/// A `GraphProto` of numbers `T`.
pub(super) struct Graph<T> {
    pub(super) message: Message,
    /// Constants of one number, by their bits, so that each is written once.
    scalars: HashMap<u64, String>,
    /// What the names of temporaries begin with, and nothing else does.
    prefix: String,
    temporaries: usize,
    number: PhantomData<T>,
}

impl<T: Number> Graph<T> {
    /// An empty graph for values of these names.
    pub(super) fn new<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let slashes = names.map(|name| name.len() - name.trim_start_matches('/').len()).max().unwrap_or(0);
        Self {
            message: Message::new().text(2, "network"),
            scalars: HashMap::new(),
            prefix: "/".repeat(slashes + 1),
            temporaries: 0,
            number: PhantomData,
        }
    }

    pub(super) const fn number_type() -> i64 {
        if T::DOUBLE { DOUBLE } else { FLOAT }
    }

    /// Appends a node.
    pub(super) fn node(&mut self, op: &str, inputs: &[&str], output: &str, attributes: &[Attribute<'_>]) {
        let node = inputs.iter().fold(Message::new(), |node, input| node.text(1, input));
        let node = node.text(2, output).text(3, output).text(4, op);
        let node = attributes.iter().fold(node, |node, attribute| node.message(5, &attribute.message()));
        self.append(1, &node);
    }

    /// Appends a node with a result of no name of its own.
    pub(super) fn temporary(&mut self, op: &str, inputs: &[&str]) -> String {
        let output = self.unnamed();
        self.node(op, inputs, &output, &[]);
        output
    }

    /// `op`, which onnxruntime has in `f32` only, of one `T`: in an `f64` graph between two casts.
    pub(super) fn in_single(&mut self, op: &str, x: &str) -> String {
        if !T::DOUBLE {
            return self.temporary(op, &[x]);
        }
        let single = self.cast(x, FLOAT);
        let result = self.temporary(op, &[&single]);
        self.cast(&result, DOUBLE)
    }

    fn cast(&mut self, x: &str, number_type: i64) -> String {
        let output = self.unnamed();
        self.node("Cast", &[x], &output, &[Attribute::Int("to", number_type)]);
        output
    }

    /// A tensor of `T`s.
    pub(super) fn tensor<'a>(
        &mut self,
        name: &str,
        shape: &[usize],
        numbers: impl IntoIterator<Item = &'a T>,
    ) {
        let mut bytes = Vec::new();
        numbers.into_iter().for_each(|number| number.put(&mut bytes));
        self.initializer(name, Self::number_type(), shape, &bytes);
    }

    /// One number `T`, `[]`.
    pub(super) fn scalar(&mut self, value: f64) -> String {
        if let Some(name) = self.scalars.get(&value.to_bits()) {
            return name.clone();
        }
        let name = self.unnamed();
        self.tensor(&name, &[], &[T::from_f64(value)]);
        self.scalars.insert(value.to_bits(), name.clone());
        name
    }

    /// Whole numbers, `[n]`, or one, `[]`.
    pub(super) fn whole(&mut self, shape: &[usize], values: &[i64]) -> String {
        let name = self.unnamed();
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.initializer(&name, INT64, shape, &bytes);
        name
    }

    fn initializer(&mut self, name: &str, data_type: i64, shape: &[usize], bytes: &[u8]) {
        let tensor = shape.iter().fold(Message::new(), |tensor, &side| tensor.int(1, side as u64));
        self.append(5, &tensor.signed(2, data_type).text(8, name).raw(9, bytes));
    }

    /// A name that nothing else has.
    fn unnamed(&mut self) -> String {
        self.temporaries += 1;
        format!("{}{}", self.prefix, self.temporaries)
    }

    pub(super) fn append(&mut self, field: u64, message: &Message) {
        self.message = std::mem::take(&mut self.message).message(field, message);
    }
}
