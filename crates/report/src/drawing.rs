//! [`Drawing`]: strokes and words on a white ground, which two files can show alike.

mod png;
mod svg;

/// Black, nearly.
pub(crate) const INK: &str = "#222";

/// A picture as plain data. Lengths are in pixels of the SVG, from the upper left corner.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Drawing {
    /// Width and height.
    pub(crate) size: [f64; 2],
    /// What is drawn, the last on top.
    pub(crate) shapes: Vec<Shape>,
}

/// Something that is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    /// A straight line: x and y of its ends.
    Line([f64; 4], Stroke),
    /// From point to point.
    Curve(Vec<[f64; 2]>, Stroke),
    /// A disc of this centre and radius, in a colour.
    Disc([f64; 2], f64, &'static str),
    /// Words.
    Text(Text),
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stroke {
    /// As SVG writes it: `#` and three or six hexadecimal digits.
    pub(crate) color: &'static str,
    pub(crate) width: f64,
    /// The length of a dash, and of a gap; none for a line without gaps.
    pub(crate) dash: Option<[f64; 2]>,
}

impl Stroke {
    /// A line of one pixel without gaps.
    pub(crate) const fn thin(color: &'static str) -> Self {
        Self { color, width: 1.0, dash: None }
    }
}

/// Words on one line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Text {
    /// Where the base line is, at the `anchor`.
    pub(crate) at: [f64; 2],
    pub(crate) anchor: Anchor,
    /// Of the letters, as CSS counts it.
    pub(crate) size: f64,
    /// Whether it is read from below.
    pub(crate) upwards: bool,
    pub(crate) words: String,
    /// Small and raised, behind it: an exponent.
    pub(crate) raised: String,
}

/// Which part of a text is where it is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Text {
    /// The size of an exponent, and how far it is raised.
    pub(crate) const RAISED: [f64; 2] = [9.0, 5.0];

    /// Words of the usual size, from left to right.
    pub(crate) fn new(at: [f64; 2], anchor: Anchor, words: impl Into<String>) -> Self {
        Self { at, anchor, size: 12.0, upwards: false, words: words.into(), raised: String::new() }
    }
}

impl From<Text> for Shape {
    fn from(text: Text) -> Self {
        Self::Text(text)
    }
}
