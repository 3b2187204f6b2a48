//! [`Output`]: results to stdout, remarks to stderr.

use crate::failure::Failure;
use serde_json::Value;
use std::borrow::Cow;
use std::fmt::Display;
use std::io::{self, Write};

/// How the program speaks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    /// One JSON object a line on stdout, in place of text.
    pub(crate) json: bool,
    /// Only results.
    pub(crate) quiet: bool,
    pub(crate) reader: Reader,
}

/// Who reads stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Nobody: another worker speaks.
    Nobody,
    /// Somebody for whom all is done: once that reader has left, as `head` does, nothing is left to do.
    Needed,
    /// Somebody who may leave, since there are files to write as well.
    Welcome,
}

impl Output {
    /// A line of text on stdout; none as JSON.
    pub(crate) fn text(self, line: impl Display) -> Result<(), Failure> {
        if self.json || self.reader == Reader::Nobody { Ok(()) } else { self.write_line(line) }
    }

    /// An object on stdout, if it is to be JSON.
    pub(crate) fn object(self, object: &Value) -> Result<(), Failure> {
        if self.json && self.reader != Reader::Nobody { self.write_line(object) } else { Ok(()) }
    }

    /// Several of these.
    pub(crate) fn remarks(self, remarks: &[String]) {
        for remark in remarks {
            self.remark(remark);
        }
    }

    /// A whole document on stdout, as text or as JSON.
    pub(crate) fn document(
        self,
        text: impl FnOnce() -> String,
        json: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        let document = if self.json { json() } else { text() };
        self.write_line(document.strip_suffix('\n').unwrap_or(&document))
    }

    /// Something to know, on stderr. That it cannot be told is no failure.
    pub(crate) fn remark(self, remark: impl Display) {
        if !self.quiet && self.reader != Reader::Nobody {
            let _ = writeln!(io::stderr(), "note: {}", harmless(&remark.to_string()));
        }
    }

    fn write_line(self, line: impl Display) -> Result<(), Failure> {
        let line = line.to_string();
        // JSON, too, lets some control characters stand, from U+007F on, but knows another way to write them.
        let line = if self.json {
            escaped(&line, steers, |c| format!("\\u{:04x}", u32::from(c)))
        } else {
            harmless(&line)
        };
        match writeln!(io::stdout(), "{line}").map_err(|error| Failure::stdout(&error)) {
            Err(Failure::Enough) if self.reader == Reader::Welcome => Ok(()),
            written => written,
        }
    }
}

/// Text as a terminal may have it: a name, a path or whatever else a stranger has put into a file does not steer it.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    escaped(text, steers, |c| c.escape_debug().to_string())
}

fn steers(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
}

/// Text in which certain characters are written otherwise.
pub(crate) fn escaped(
    text: &str,
    which: impl Fn(char) -> bool,
    escape: impl Fn(char) -> String,
) -> Cow<'_, str> {
    if !text.contains(&which) {
        return text.into();
    }
    text.chars().map(|c| if which(c) { escape(c) } else { c.to_string() }).collect()
}

/// A number in five significant digits, in whichever way is shorter to read.
pub(crate) fn figure(x: f64) -> String {
    let size = x.abs();
    if x == 0.0 || !x.is_finite() {
        format!("{x}")
    } else if (1e-4..1e5).contains(&size) {
        let decimals = (4 - size.log10().floor() as i32).max(0) as usize;
        format!("{x:.decimals$}")
    } else {
        format!("{x:.4e}")
    }
}
