//! Text in a picture: how wide it is, and how it is written.

use crate::trace::width;
use std::fmt::Write;

pub(super) const VALUE: &str = "#00568a";
pub(super) const ADJOINT: &str = "#a63c00";
pub(super) const QUIET: &str = "#555555";

/// One line in a card or label.
pub(super) struct Line {
    pub(super) text: String,
    pub(super) size: f64,
    pub(super) colour: &'static str,
    pub(super) bold: bool,
}

impl Line {
    pub(super) fn new(text: impl Into<String>, size: f64, colour: &'static str) -> Self {
        Self { text: text.into(), size, colour, bold: false }
    }

    /// About how wide it is: a sans-serif letter is some six tenths of its height.
    pub(super) fn width(&self) -> f64 {
        width(&self.text) as f64 * self.size * if self.bold { 0.64 } else { 0.59 }
    }
}

pub(super) fn text(out: &mut String, line: &Line, x: f64, y: f64, anchor: &str) {
    let weight = if line.bold { " font-weight=\"bold\"" } else { "" };
    let anchor = if anchor == "start" { String::new() } else { format!(" text-anchor=\"{anchor}\"") };
    let _ = writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{}\" fill=\"{}\"{weight}{anchor} xml:space=\"preserve\">{}</text>",
        line.size,
        line.colour,
        escape(&line.text)
    );
}

/// At most `most` characters.
pub(super) fn clip(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.into();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

/// Text between tags; what XML does not allow at all becomes a question mark.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\t' | '\n' | '\r' => out.push(' '),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('?'),
            other => out.push(other),
        }
    }
    out
}
