//! RUN.toml, read: what is wrong with it is told with file, line and column.

use super::parameters::check_numbers;
use super::said::{PARAMETERS, Said, place, shown};
use super::{Run, keys, names};
use crate::failure::Failure;
use glassgrad_data::Error as DataError;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// A RUN.toml is written by hand; what is larger is another file.
const MOST_BYTES: u64 = 16 << 20;

impl Run {
    /// Reads a file. Paths in it are relative to its folder.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let file = path.display().to_string();
        let unreadable = |source: io::Error| {
            let file = file.clone();
            Failure::from(match source.kind() {
                io::ErrorKind::NotFound => DataError::NotFound { file },
                _ => DataError::Read { file, source },
            })
        };
        if path.is_dir() {
            return Err(Failure::NoInput(format!(
                "{file}: a folder; expected a RUN.toml: name a file inside it"
            )));
        }
        // What says that it has no bytes may have any number, as a device has.
        let mut bytes = Vec::new();
        let opened = File::open(path).map_err(unreadable)?;
        opened.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(Failure::Usage(format!(
                "{file}: more than {MOST_BYTES} bytes; expected a RUN.toml, which is written by hand"
            )));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            Failure::Usage(format!("{file}: byte {at} of the file is not UTF-8 text; save it as plain UTF-8"))
        })?;
        let mut run = Self::parse(&file, &text)?;
        run.move_to(path.parent().unwrap_or(Path::new("")));
        Ok(run)
    }

    /// What a text says; `file` is what messages call it.
    pub(crate) fn parse(file: &str, text: &str) -> Result<Self, Failure> {
        let wrong = |error: toml::de::Error| {
            let at = error.span().map_or(0, |span| span.start);
            Failure::Usage(format!(
                "{}: {}",
                place(file, text, at),
                error.message().trim_end().replace('\n', "; ")
            ))
        };
        let table = DeTable::parse(text).map_err(wrong)?;
        check_names(file, text, table.get_ref(), "")?;
        let run: Self = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            let key = path_at(table.get_ref(), at).map_or(String::new(), |path| format!("{path}: "));
            Failure::Usage(format!("{}: {key}{}", place(file, text, at), in_our_words(error.message())))
        })?;
        Ok(Self { said: Said::of(file, text), ..run })
    }

    /// The run as the text of a RUN.toml.
    pub(crate) fn to_text(&self) -> String {
        toml::to_string(self).expect("names, numbers and paths are TOML")
    }

    /// The files that a run reads.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        let data = &self.data;
        let parameters = &self.model.parameters.file;
        let files = [&data.train, &data.labels, &data.test, &data.test_labels, parameters];
        files.into_iter().flatten().map(PathBuf::as_path)
    }

    fn move_to(&mut self, folder: &Path) {
        let data = &mut self.data;
        let paths = [
            &mut data.train,
            &mut data.labels,
            &mut data.test,
            &mut data.test_labels,
            &mut self.model.parameters.file,
        ];
        for path in paths.into_iter().flatten() {
            let moved: PathBuf = folder.join(&*path);
            *path = moved;
        }
    }
}

/// What serde says of a value, without the names of Rust's types.
fn in_our_words(message: &str) -> String {
    let message = message.trim_end().replace('\n', "; ").replace("invalid type: ", "found ");
    let message = match message.split_once("expected struct ") {
        Some((found, _)) => format!("{found}expected a table"),
        None => message,
    };
    [
        (" as i128", ""),
        (" as u128", ""),
        ("expected f64", "expected a number"),
        ("expected i128", "expected a whole number"),
        (", expected", "; expected"),
    ]
    .iter()
    .fold(message, |message, (theirs, ours)| message.replace(theirs, ours))
}

/// Whether each key is known.
fn check_names(file: &str, text: &str, table: &DeTable<'_>, path: &str) -> Result<(), Failure> {
    if path == "model.parameters" {
        return check_parameters(file, text, table);
    }
    let known = keys::within(path);
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        if !known.iter().any(|known| known == name) {
            let at = place(file, text, key.span().start);
            let whole = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            return Err(Failure::Usage(format!(
                "{at}: unknown key {whole:?}; {}",
                suggestion(name, path, &known)
            )));
        }
        if let DeValue::Table(inner) = value.get_ref() {
            let inner_path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            check_names(file, text, inner, &inner_path)?;
        }
    }
    Ok(())
}

/// Whether each has numbers; their names are to be checked against the network. What serde says of these has the place of
/// the table alone.
fn check_parameters(file: &str, text: &str, table: &DeTable<'_>) -> Result<(), Failure> {
    for (key, value) in table {
        let name = key.get_ref();
        let checked = match (name.as_ref(), value.get_ref()) {
            ("file", DeValue::String(path)) if !path.is_empty() => Ok(()),
            ("file", _) => Err((value.span().start, "expected the path of a file of weights")),
            _ => check_numbers(value),
        };
        checked.map_err(|(at, what)| {
            let key = shown(&format!("{PARAMETERS}{name}"));
            Failure::Usage(format!("{}: {key}: {what}", place(file, text, at)))
        })?;
    }
    Ok(())
}

/// The key that may have been meant: of the same table, or of another.
fn suggestion(name: &str, table: &str, known: &[String]) -> String {
    if let Some(nearest) = names::nearest(name, known) {
        return format!("did you mean {nearest:?}?");
    }
    match keys::KEYS.iter().find(|key| key.name == name && key.table != table) {
        Some(key) if key.table.is_empty() => format!("{name:?} stands before the first table"),
        Some(key) => format!("{name:?} is a key of [{}]", key.table),
        None => format!("expected one of {}", names::listed(known)),
    }
}

/// The path of the key whose value a byte is in.
fn path_at(table: &DeTable<'_>, at: usize) -> Option<String> {
    table.iter().find_map(|(key, value)| {
        let name = key.get_ref();
        match value.get_ref() {
            DeValue::Table(inner) => path_at(inner, at).map(|path| format!("{name}.{path}")),
            _ => value.span().contains(&at).then(|| name.to_string()),
        }
    })
}
