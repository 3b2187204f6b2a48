//! How messages put counts, texts of files and lists of names.

/// "1 row", "2 rows", "2 classes".
pub(crate) fn count(n: usize, noun: &str) -> String {
    let plural = if n == 1 {
        ""
    } else if noun.ends_with('s') {
        "es"
    } else {
        "s"
    };
    format!("{n} {noun}{plural}")
}

/// A number, without the digits that say nothing.
pub(crate) fn in_short(number: f64) -> String {
    if number.abs() < 1e16 { number.to_string() } else { format!("{number:e}") }
}

/// Text as it is shown in a message: quoted, control characters escaped, at most 40 characters.
pub(crate) fn quoted(text: &str) -> String {
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// The first names of a list, and how many more there are.
pub(crate) fn listed(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let shown = names.iter().take(SHOWN).map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The name that takes the fewest insertions, deletions and replacements of characters to write,
/// letter case aside, unless more than half of it would have to be written anew.
pub(crate) fn nearest<'a>(wanted: &str, names: &'a [String]) -> Option<&'a str> {
    // Comparing takes the product of the lengths, and a file may have any.
    let start = |text: &str| text.chars().take(64).flat_map(char::to_lowercase).collect::<String>();
    let wanted = start(wanted);
    let (distance, name) =
        names.iter().map(|name| (edits(&wanted, &start(name)), name)).min_by_key(|(d, _)| *d)?;
    (2 * distance <= name.chars().count()).then_some(name)
}

/// The edit distance of Levenshtein (1966), one row of the table at a time.
fn edits(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=a.chars().count()).collect();
    for (j, y) in b.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = j + 1;
        for (i, x) in a.chars().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[i + 1];
            row[i + 1] = replaced.min(row[i] + 1).min(diagonal + 1);
        }
    }
    row[row.len() - 1]
}
