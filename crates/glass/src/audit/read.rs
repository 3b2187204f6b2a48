//! Reading claims from TOML and CSV.

use super::claims::{Claim, Claims, Place, printed_number};
use super::expression::Expression;
use crate::Error;
use serde::Deserialize;
use std::path::Path;
use toml::Spanned;

/// More decimals than a double has are refused.
const DECIMALS: usize = 30;
/// So that a slip of the pen does not train for a year.
const STEPS: u64 = 1_000_000;
/// The columns that a CSV file may have.
const KNOWN: [&str; 6] = ["symbol", "step", "printed", "decimals", "operands", "note"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    claim: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    symbol: Spanned<String>,
    #[serde(default)]
    step: u64,
    printed: Printed,
    decimals: Option<usize>,
    operands: Option<Spanned<String>>,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected the printed number, as a string or a number")]
enum Printed {
    Text(String),
    Number(f64),
}

impl Claims {
    /// Reads a `.csv` file as CSV, any other as TOML.
    ///
    /// # Errors
    /// [`Error::Claims`] with line and column.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| Error::Claims {
            file: file.clone(),
            at: None,
            problem: format!("cannot be read: {error}; expected a TOML or CSV file of claims"),
        })?;
        let csv = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
        if csv { Self::from_csv(&text, &file) } else { Self::from_toml(&text, &file) }
    }

    /// Claims as TOML; `file` is what errors call it.
    ///
    /// ```
    /// use glassgrad_glass::Claims;
    /// let claims = Claims::from_toml(
    ///     r#"
    ///     [[claim]]
    ///     symbol = "d_w2"               # or an expression in symbols, such as "1 - h"
    ///     step = 0                      # 0 unless given
    ///     printed = "0.0762"
    ///     decimals = 4                  # as many as are printed, unless given
    ///     operands = "0.1225 * 0.6225"  # what is printed before it, if anything
    ///     "#,
    ///     "page.toml",
    /// )?;
    /// assert_eq!(claims.steps(), 1);
    /// # Ok::<(), glassgrad_glass::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Claims`] with line and column.
    pub fn from_toml(text: &str, file: &str) -> Result<Self, Error> {
        let place = |byte: usize| {
            let before = text.get(..byte).unwrap_or(text);
            let line = before.rsplit('\n').next().unwrap_or_default();
            [before.matches('\n').count() + 1, line.chars().count() + 1]
        };
        let parsed: File = toml::from_str(text).map_err(|error| Error::Claims {
            file: file.into(),
            at: error.span().map(|span| place(span.start)),
            problem: error.message().into(),
        })?;
        let claim = |entry: Spanned<Entry>| {
            let at = Some(place(entry.span().start));
            let checked = entry.into_inner().check(place);
            checked.map_err(|problem| Error::Claims { file: file.into(), at, problem })
        };
        Self::some(parsed.claim.into_iter().map(claim).collect::<Result<_, _>>()?, file)
    }

    /// Claims as CSV with the header `symbol,step,printed,decimals,operands,note`, of which only `symbol`
    /// and `printed` are needed; `file` is what errors call it.
    ///
    /// # Errors
    /// [`Error::Claims`] with line and column.
    pub fn from_csv(text: &str, file: &str) -> Result<Self, Error> {
        let wrong = |at, problem| Error::Claims { file: file.into(), at, problem };
        let broken = |error: csv::Error| {
            let line = error.position().map(|p| [usize::try_from(p.line()).unwrap_or(usize::MAX), 1]);
            wrong(line, error.to_string())
        };
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let header = reader.headers().map_err(broken)?.clone();
        if let Some((i, name)) = header.iter().enumerate().find(|(_, name)| !KNOWN.contains(name)) {
            let problem = format!("found a column \"{name}\", expected only {}", KNOWN.join(", "));
            return Err(wrong(Some([1, i + 1]), problem));
        }
        let mut claims = Vec::new();
        for record in reader.records() {
            let record = record.map_err(broken)?;
            let line = record.position().map_or(0, |p| usize::try_from(p.line()).unwrap_or(usize::MAX));
            let cell = |name: &str| {
                let column = header.iter().position(|h| h == name)?;
                record.get(column).filter(|text| !text.is_empty()).map(|text| (column, text))
            };
            let text = |name: &str| cell(name).map(|(_, text)| text.to_string());
            let needed = |name: &str| {
                text(name).ok_or_else(|| {
                    wrong(Some([line, 1]), format!("found no {name}, expected one in each row"))
                })
            };
            let whole = |name: &str| match cell(name) {
                None => Ok(None),
                Some((column, text)) => text.parse::<u64>().map(Some).map_err(|_| {
                    let problem = format!("found {name} \"{text}\", expected a whole number from 0");
                    wrong(Some([line, column + 1]), problem)
                }),
            };
            let column = |name: &str| header.iter().position(|h| h == name).unwrap_or(0);
            // Of a cell, the number of its column stands for a place in the text.
            let spanned = |name: &str, text: String| Spanned::new(column(name)..column(name), text);
            let entry = Entry {
                symbol: spanned("symbol", needed("symbol")?),
                step: whole("step")?.unwrap_or(0),
                printed: Printed::Text(needed("printed")?),
                decimals: whole("decimals")?.map(|d| usize::try_from(d).unwrap_or(usize::MAX)),
                operands: text("operands").map(|text| spanned("operands", text)),
                note: text("note"),
            };
            let checked = entry.check(|column| [line, column + 1]);
            claims.push(checked.map_err(|problem| wrong(Some([line, 1]), problem))?);
        }
        Self::some(claims, file)
    }

    fn some(claims: Vec<Claim>, file: &str) -> Result<Self, Error> {
        if claims.is_empty() {
            let problem = "found no claims, expected at least one".into();
            return Err(Error::Claims { file: file.into(), at: None, problem });
        }
        Ok(Self { claims, file: file.into() })
    }
}

impl Entry {
    fn check(self, place: impl Fn(usize) -> Place) -> Result<Claim, String> {
        let printed = match self.printed {
            Printed::Text(text) => text,
            Printed::Number(x) => format!("{x}"),
        };
        let number = printed_number(&printed).ok_or_else(|| {
            format!("found printed \"{printed}\", expected a decimal number such as 0.0762 or 75 %")
        })?;
        let decimals = self.decimals.unwrap_or(number.1);
        if decimals > DECIMALS {
            return Err(format!("found {decimals} decimals, expected at most {DECIMALS}"));
        }
        if self.step >= STEPS {
            return Err(format!("found step {}, expected a number below {STEPS}", self.step));
        }
        Expression::parse(self.symbol.get_ref()).map_err(|error| format!("symbol: {error}"))?;
        if let Some(operands) = &self.operands {
            Expression::parse(operands.get_ref()).map_err(|error| format!("operands: {error}"))?;
        }
        let Self { symbol, step, operands, note, .. } = self;
        Ok(Claim {
            symbol_at: place(symbol.span().start),
            operands_at: operands.as_ref().map(|operands| place(operands.span().start)),
            symbol: symbol.into_inner(),
            step,
            printed,
            decimals,
            operands: operands.map(Spanned::into_inner),
            note,
        })
    }
}
