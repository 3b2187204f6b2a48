//! The columns of a model: what their features are made of, and what stands in for a missing value.

use crate::output::figure;
use crate::run::shown;
use glassgrad_data::{Encoded, Encoding, Kind, Missing, Scaling};
use serde_json::{Value, json};

/// One line a column.
pub(super) fn lines(encoding: &Encoding, scaling: Option<&Scaling>) -> Vec<String> {
    let mut next = 0;
    let line = |column: &Encoded| {
        let name = shown([&column.name]);
        let made = match (&column.kind, scaling) {
            (Kind::Categories { names, .. }, _) => format!("  {name}: one of {}", shown(names)),
            (Kind::Number { .. }, Some(Scaling::Standard(s))) => {
                format!("  {name}: mean {}, deviation {}", figure(s.mean[next]), figure(s.std[next]))
            }
            (Kind::Number { .. }, Some(Scaling::MinMax(s))) => {
                format!("  {name}: from {}, range {}", figure(s.min[next]), figure(s.range[next]))
            }
            (Kind::Number { .. }, _) => format!("  {name}"),
        };
        next += match &column.kind {
            Kind::Number { .. } => 1,
            Kind::Categories { names, .. } => names.len(),
        };
        match (encoding.options.missing, &column.kind) {
            (Missing::Mean, Kind::Number { mean }) => {
                format!("{made}; where it is missing {}", figure(*mean))
            }
            (Missing::Mean, Kind::Categories { names, most_frequent }) => {
                format!("{made}; where it is missing {}", shown([&names[*most_frequent]]))
            }
            _ => made,
        }
    };
    encoding.columns.iter().map(line).collect()
}

/// What becomes of rows in which values are missing.
pub(super) fn missing(encoding: &Encoding) -> &'static str {
    match encoding.options.missing {
        Missing::Error => "error",
        Missing::Mean => "mean",
        Missing::Drop => "drop",
    }
}

/// One object a column; null for what it has not.
pub(super) fn objects(encoding: &Encoding) -> Vec<Value> {
    let fills = encoding.options.missing == Missing::Mean;
    let object = |column: &Encoded| {
        let (categories, fill) = match &column.kind {
            Kind::Number { mean } => (Value::Null, json!(mean)),
            Kind::Categories { names, most_frequent } => (json!(names), json!(names[*most_frequent])),
        };
        json!({"name": column.name, "categories": categories, "where_missing": fills.then_some(fill)})
    };
    encoding.columns.iter().map(object).collect()
}
