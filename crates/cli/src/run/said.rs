//! [`Said`]: where each setting of a run was said, which a message about it begins with.

use super::{Run, keys};
use crate::failure::Failure;
use std::collections::BTreeSet;
use std::fmt::Display;
use std::sync::Arc;
use toml::Value;
use toml::de::{DeTable, DeValue};

/// The text that a run was read from, and what flags have changed of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Said {
    /// As messages call it; empty, as the text is, if there is none.
    file: String,
    text: Arc<str>,
    /// The keys whose flags were given.
    flagged: BTreeSet<&'static str>,
}

impl Said {
    pub(super) fn of(file: &str, text: &str) -> Self {
        Self { file: file.into(), text: text.into(), flagged: BTreeSet::new() }
    }

    /// Lets a flag change a setting, if it was given.
    pub(super) fn set<V>(&mut self, key: &'static str, to: &mut V, from: Option<V>) {
        if let Some(value) = from {
            *to = value;
            self.flagged.insert(key);
        }
    }

    /// Whether a key's flag was given.
    pub(super) fn is_flagged(&self, key: &str) -> bool {
        self.flagged.contains(key)
    }

    /// `file:line:column` of a key, if it is the file that says it.
    fn key(&self, path: &[&str]) -> Option<String> {
        self.find(path, |at, _| Some(at))
    }

    /// `file:line:column` of a row of `data.rows`, counted from 0.
    pub(super) fn row(&self, row: usize) -> Option<String> {
        self.find(&["data", "rows"], |_, rows| Some(rows.as_array()?.get(row)?.span().start))
    }

    /// What messages call a part of the file.
    pub(super) fn part(&self, name: &str) -> String {
        if self.file.is_empty() { name.into() } else { format!("{}: {name}", self.file) }
    }

    /// The place of the byte that `byte` makes of where a key begins, and of its value.
    fn find(&self, path: &[&str], byte: impl Fn(usize, &DeValue<'_>) -> Option<usize>) -> Option<String> {
        // Read anew, since few runs are ever complained of.
        let whole = DeTable::parse(&self.text).ok()?;
        let (last, tables) = path.split_last()?;
        let mut table = whole.get_ref();
        for name in tables {
            table = table.get(*name)?.get_ref().as_table()?;
        }
        let (key, value) = table.get_key_value(*last)?;
        Some(place(&self.file, &self.text, byte(key.span().start, value.get_ref())?))
    }
}

impl Run {
    /// A refusal of what a key says, which begins with [what it says and where](Self::told).
    pub(crate) fn refusal(&self, key: &str, why: impl Display) -> Failure {
        Failure::Usage(format!("{}: {why}", self.told(key)))
    }

    /// What a key says: with its place if the file says it, else by its flag.
    pub(crate) fn told(&self, key: &str) -> String {
        let value = self.value(key);
        let text = value.as_ref().map(written).filter(|text| is_short(text));
        let assigned = text.map_or(shown(key), |text| format!("{} = {text}", shown(key)));
        let flagged = self.said.is_flagged(key);
        if let Some(place) = self.said.key(&steps(key)).filter(|_| !flagged) {
            return format!("{place}: {assigned}");
        }
        let of_nobody = match value {
            _ if flagged => "",
            Some(_) => ", its default",
            None => ", left out",
        };
        match keys::flag(key) {
            Some(flag) => {
                format!("{flag}{} ({key}{of_nobody})", value.as_ref().map_or(String::new(), of_flag))
            }
            None => format!("{assigned}{of_nobody}"),
        }
    }

    /// A key as a message about it begins, without what it says.
    pub(super) fn named(&self, key: &str) -> String {
        let place = self.said.key(&steps(key)).map_or(String::new(), |place| format!("{place}: "));
        format!("{place}{}", shown(key))
    }

    fn value(&self, key: &str) -> Option<Value> {
        let whole = Value::try_from(self).ok()?;
        let mut value = &whole;
        for step in steps(key) {
            value = value.get(step)?;
        }
        Some(value.clone())
    }
}

/// `file:line:column`, both from 1, of a byte.
pub(super) fn place(file: &str, text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    format!("{file}:{line}:{column}")
}

/// Before the name of a parameter.
pub(super) const PARAMETERS: &str = "model.parameters.";

/// The names that lead to a key. That of a parameter has dots of its own.
fn steps(key: &str) -> Vec<&str> {
    match key.strip_prefix(PARAMETERS) {
        Some(name) => vec!["model", "parameters", name],
        None => key.split('.').collect(),
    }
}

/// A key as a RUN.toml has it.
pub(super) fn shown(key: &str) -> String {
    match key.strip_prefix(PARAMETERS) {
        Some(name) if name.contains('.') => format!("{PARAMETERS}{name:?}"),
        _ => key.into(),
    }
}

/// A value as a RUN.toml has it, very large and very small numbers in scientific notation.
pub(crate) fn written(value: &Value) -> String {
    match value {
        Value::Float(number) => format!("{number:?}"),
        Value::Array(values) => format!("[{}]", values.iter().map(written).collect::<Vec<_>>().join(", ")),
        value => value.to_string(),
    }
}

/// A value after its flag, and the blank between them.
fn of_flag(value: &Value) -> String {
    let one = |value: &Value| match value {
        Value::String(text) => text.clone(),
        value => written(value),
    };
    let text = match value {
        Value::Boolean(_) => return String::new(),
        Value::Array(values) if values.is_empty() => "none".into(),
        Value::Array(values) => values.iter().map(one).collect::<Vec<_>>().join(","),
        value => one(value),
    };
    if is_short(&text) { format!(" {text}") } else { String::new() }
}

/// Whether a message can repeat it.
fn is_short(text: &str) -> bool {
    text.len() <= 100
}
