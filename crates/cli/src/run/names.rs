//! Settings that are one of a few names: the same names on the command line and in RUN.toml.
//!
//! Their serde functions are named as `#[serde(with = "names")]` wants them.

use crate::output::escaped;
use clap::ValueEnum;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde::{Serialize, Serializer};

/// One of a few names.
pub(crate) trait Named: ValueEnum {
    /// How it is written.
    fn name(&self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// All of its kind, in order.
    fn all() -> Vec<String> {
        Self::value_variants().iter().map(Named::name).collect()
    }
}

impl<E: ValueEnum> Named for E {}

/// The number type of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Precision {
    /// 32 bits.
    #[default]
    F32,
    /// 64 bits.
    F64,
}

pub(super) fn serialize<E: Named, S: Serializer>(value: &E, serializer: S) -> Result<S::Ok, S::Error> {
    value.name().serialize(serializer)
}

pub(super) fn deserialize<'de, E: Named, D: Deserializer<'de>>(deserializer: D) -> Result<E, D::Error> {
    let text = String::deserialize(deserializer)?;
    E::from_str(&text, false).map_err(|_| {
        let known = E::all();
        let hint = nearest(&text, &known).map_or(String::new(), |name| format!("did you mean {name:?}? "));
        D::Error::custom(format!("found {text:?}; {hint}expected one of {}", listed(&known)))
    })
}

/// "1 row", "2 rows".
pub(crate) fn counted(n: usize, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}

/// A number, in scientific notation where it would be long.
pub(crate) fn short_number(x: f64) -> String {
    if x == 0.0 || (1e-5..1e16).contains(&x.abs()) { x.to_string() } else { format!("{x:?}") }
}

/// The names, quoted.
pub(crate) fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}

/// The first names of a list, and how many more there are: as [`shown`].
pub(crate) fn shortened<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    const SHOWN: usize = 10;
    let mut names = names.into_iter();
    let first = shown(names.by_ref().take(SHOWN));
    match names.count() {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

/// The names as they are, but for control characters: a file that a stranger has written does not steer the terminal.
pub(crate) fn shown<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    let one =
        |name: S| escaped(name.as_ref(), char::is_control, |c| c.escape_debug().to_string()).into_owned();
    names.into_iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The name that takes the fewest edits to write, unless more than half of it would have to be written anew.
pub(crate) fn nearest<'a>(wanted: &str, names: &'a [String]) -> Option<&'a str> {
    // Comparing takes the product of the lengths, and a file may have any.
    let short: String = wanted.chars().take(64).flat_map(char::to_lowercase).collect();
    let (distance, name) =
        names.iter().map(|name| (strsim::damerau_levenshtein(&short, &name.to_lowercase()), name)).min()?;
    (2 * distance <= name.chars().count()).then_some(name)
}
