//! The functions that a written program takes along, picked out of source text.

use crate::Number;
use glassgrad_tensor::source;
use std::collections::HashSet;

/// A function, constant, type or import of a source file, with its documentation.
struct Item<'a> {
    name: &'a str,
    text: &'a str,
}

/// The imports and functions that `code` needs, and what those need, for numbers `T`.
///
/// A path of an import begins at the crate in edition 2015, which may or may not have `core` there; so the file has it
/// itself, by another name, which is the same in all editions.
pub(super) fn needed<T: Number>(code: &str) -> (String, String) {
    let layers = include_str!("text/layers.rs").replace("f32", T::NAME);
    let (sqrt, numbers) = if T::DOUBLE {
        let numbers = [items(source::DOUBLE_ERFC), items(source::DOUBLE)];
        (include_str!("text/sqrt_f64.rs"), numbers.into_iter().flatten().collect())
    } else {
        let split = items(source::DOUBLE).into_iter().filter(|item| item.name == "split");
        (include_str!("text/sqrt_f32.rs"), items(source::SINGLE).into_iter().chain(split).collect::<Vec<_>>())
    };
    let mut all = items(&layers);
    all.extend(items(sqrt));
    all.extend(numbers);
    all.extend(items(source::SHARED));

    let mut wanted: HashSet<&str> = HashSet::new();
    let mut unseen: Vec<&str> = mentions(code).collect();
    while let Some(name) = unseen.pop() {
        let new: Vec<&Item<'_>> = all.iter().filter(|item| item.name == name).collect();
        if !new.is_empty() && wanted.insert(name) {
            unseen.extend(new.iter().flat_map(|item| mentions(item.text)));
        }
    }
    let (mut imports, mut functions) = (String::new(), String::new());
    for item in all.iter().filter(|item| wanted.contains(item.name)) {
        let text = item.text.replace("std::", "core::").replace("pub(crate) ", "").replace("pub(super) ", "");
        if let Some(import) = text.strip_prefix("use ") {
            let first = if imports.is_empty() { "extern crate core as rust_core;\n" } else { "" };
            imports.extend([first, "use self::rust_", import]);
        } else {
            // A type comes with all its methods, whichever of them are needed.
            let unneeded = if text.starts_with("impl ") { "#[allow(dead_code)]\n" } else { "" };
            functions.extend(["\n", unneeded, &text]);
        }
    }
    (imports, functions)
}

/// The items of a file. One ends with the first line that is not indented and ends with `}` or `;`.
fn items(source: &str) -> Vec<Item<'_>> {
    let (mut items, mut start, mut at) = (Vec::new(), 0, 0);
    for line in source.split_inclusive('\n') {
        at += line.len();
        let code = line.trim_end();
        let outside = code.is_empty() || code.starts_with("//!") || code.starts_with("#!");
        if outside && source[start..at - line.len()].trim().is_empty() {
            start = at;
        } else if !code.starts_with([' ', '/']) && code.ends_with(['}', ';']) {
            items.extend(name(&source[start..at]).map(|name| Item { name, text: &source[start..at] }));
            start = at;
        }
    }
    items
}

/// What an item declares; nothing for modules and for what comes from other files of the same crate.
fn name(item: &str) -> Option<&str> {
    let declared = item.lines().find(|line| !line.starts_with("///") && !line.starts_with('#'))?;
    let declared = declared.trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ");
    let (kind, rest) = declared.split_once(' ')?;
    match kind {
        "fn" | "const" | "struct" | "impl" => words(rest).next(),
        // The last name of a path; of a list in braces the first.
        "use" if rest.starts_with("std::") => rest.rsplit("::").next().and_then(|last| words(last).next()),
        _ => None,
    }
}

/// The names that code may have from elsewhere: functions that are called or mapped, and whatever begins with a
/// capital. A variable of the same name as a function is no mention of it.
fn mentions(code: &str) -> impl Iterator<Item = &str> {
    let lines = code.lines().map(|line| line.split("//").next().unwrap_or(line));
    // Each piece is a word and the character behind it.
    let pieces = lines.flat_map(|line| line.split_inclusive(no_letter));
    let pieces = pieces.scan("", |before, piece| Some((std::mem::replace(before, piece), piece)));
    pieces.filter_map(|(before, piece)| {
        let mention = piece.starts_with(char::is_uppercase) || piece.ends_with('(') || before == "map(";
        let path = before == ":"; // what is named with its module needs no import
        (mention && !path).then(|| piece.trim_end_matches(no_letter))
    })
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(no_letter).filter(|word| !word.is_empty())
}

fn no_letter(c: char) -> bool {
    !c.is_alphanumeric() && c != '_'
}
