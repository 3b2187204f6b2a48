//! [`Chart`]: numbers by step or epoch, as SVG and as PNG.

mod scale;

use crate::axis::stride;
use crate::drawing::{Anchor, Drawing, INK, Shape, Stroke, Text};
pub use scale::DECADES;
use scale::{Scale, Tick};

/// A line of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What the legend says.
    pub label: String,
    /// A colour as SVG writes it.
    pub color: &'static str,
    /// One value a step, from [`Chart::first`] on. What is not finite is left out.
    pub values: Vec<f64>,
}

/// A vertical line that says something.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// The step.
    pub at: usize,
    /// What is written beside it.
    pub label: String,
}

/// Lines of numbers over their index.
///
/// With decades, what is not above 0 is drawn at the lower edge, and, unless the [whole](Self::whole) is asked for, the axis
/// begins at 10^-18 or above and spans at most [`DECADES`] decades, so that a run which diverges does not flatten the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Above the picture; nothing if empty.
    pub title: String,
    /// Under the horizontal axis.
    pub x: &'static str,
    /// Beside the vertical axis; nothing if empty.
    pub y: &'static str,
    /// The lines.
    pub series: Vec<Series>,
    /// The index of the first value; at first 0.
    pub first: usize,
    /// Whether the vertical axis is linear; at first it goes by decades.
    pub linear: bool,
    /// Whether an axis by decades has all of them, however many; at first not.
    pub whole: bool,
    /// A step to be pointed out; at first none.
    pub mark: Option<Mark>,
    /// Width and height; at first 760 and 360.
    pub size: [f64; 2],
}

/// Lines of one colour are told apart by these.
const DASHES: [Option<[f64; 2]>; 3] = [None, Some([7.0, 3.0]), Some([2.0, 2.0])];
/// A legend of more lines than this, or of longer labels than that, stands beside the plot; else above it.
const ABOVE: usize = 3;
const LABEL: usize = 16;
/// How wide a legend beside the plot is.
const LEGEND: f64 = 270.0;
/// A line of more points than twice this is drawn by the extremes of as many parts.
const PARTS: usize = 1000;

/// Where the plot lies in the picture, and what steps it shows.
struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    /// The first and the last step.
    steps: [usize; 2],
}

impl Frame {
    fn x(&self, step: usize) -> f64 {
        let [first, last] = self.steps;
        self.left + (self.right - self.left) * (step as f64 - first as f64) / (last - first) as f64
    }

    fn y(&self, share: f64) -> f64 {
        self.bottom - (self.bottom - self.top) * share
    }
}

impl Chart {
    /// A chart by decades, of the usual size.
    pub fn new(title: impl Into<String>, x: &'static str, y: &'static str, series: Vec<Series>) -> Self {
        let size = [760.0, 360.0];
        Self { title: title.into(), x, y, series, first: 0, linear: false, whole: false, mark: None, size }
    }

    /// The picture as an SVG document.
    pub fn svg(&self) -> String {
        self.draw().svg()
    }

    /// The picture as a PNG file, two pixels for each of the [size](Self::size).
    pub fn png(&self) -> Vec<u8> {
        self.draw().png()
    }

    fn draw(&self) -> Drawing {
        let [width, height] = self.size;
        let beside = self.series.len() > ABOVE
            || (self.series.len() > 1 && self.series.iter().any(|s| s.label.chars().count() > LABEL));
        let count = self.series.iter().map(|s| s.values.len()).max().unwrap_or(0).max(2);
        let frame = Frame {
            left: 70.0,
            right: width - if beside { LEGEND } else { 20.0 },
            top: if self.title.is_empty() { 28.0 } else { 44.0 },
            bottom: height - 48.0,
            steps: [self.first, self.first + count - 1],
        };
        let scale = Scale::of(self);
        let mut shapes = Vec::new();
        if !self.title.is_empty() {
            let title = Text::new([frame.left, 24.0], Anchor::Start, &self.title);
            shapes.push(Text { size: 14.0, ..title }.into());
        }
        self.axes(&mut shapes, &frame, &scale);
        if let Some(mark) = self.mark.as_ref().filter(|mark| (self.first..).contains(&mark.at)) {
            self.draw_mark(&mut shapes, &frame, &scale, mark);
        }
        for (row, series) in self.series.iter().enumerate() {
            let points = points(series, &frame, &scale, self.first);
            // A line through one point would not be seen.
            let point = if let [point] = points[..] { Some(point) } else { None };
            let dash = DASHES[row % DASHES.len()];
            shapes.push(Shape::Curve(points, Stroke { color: series.color, width: 1.5, dash }));
            shapes.extend(point.map(|point| Shape::Disc(point, 3.0, series.color)));
        }
        if self.series.len() > 1 {
            self.legend(&mut shapes, &frame, beside);
        }
        Drawing { size: self.size, shapes }
    }

    fn axes(&self, shapes: &mut Vec<Shape>, frame: &Frame, scale: &Scale) {
        let Frame { left, right, top, bottom, steps: [first, last] } = *frame;
        let mut line = |ends, color| shapes.push(Shape::Line(ends, Stroke::thin(color)));
        let mut words = Vec::new();
        for Tick { share, text, raised } in scale.ticks() {
            let y = frame.y(share);
            line([left, y, right, y], "#ddd");
            words.push(Text { raised, ..Text::new([left - 8.0, y + 4.0], Anchor::End, text) });
        }
        let apart = stride(first..=last);
        for step in (first.next_multiple_of(apart)..=last).step_by(apart) {
            let x = frame.x(step);
            line([x, bottom, x, bottom + 4.0], INK);
            words.push(Text::new([x, bottom + 18.0], Anchor::Middle, step.to_string()));
        }
        line([left, bottom, right, bottom], INK);
        line([left, top, left, bottom], INK);
        words.push(Text::new([0.5 * (left + right), bottom + 36.0], Anchor::Middle, self.x));
        if !self.y.is_empty() {
            let beside = Text::new([20.0, 0.5 * (top + bottom)], Anchor::Middle, self.y);
            words.push(Text { upwards: true, ..beside });
        }
        shapes.extend(words.into_iter().map(Shape::from));
    }

    fn draw_mark(&self, shapes: &mut Vec<Shape>, frame: &Frame, scale: &Scale, Mark { at, label }: &Mark) {
        let Frame { left, right, top, bottom, .. } = *frame;
        let x = frame.x((*at).min(frame.steps[1]));
        let dashed = Stroke { dash: Some([3.0, 3.0]), ..Stroke::thin("#666") };
        shapes.push(Shape::Line([x, top, x, bottom], dashed));
        let (aside, anchor) =
            if x > 0.5 * (left + right) { (-6.0, Anchor::End) } else { (6.0, Anchor::Start) };
        // Away from the lines.
        let here = self.series.iter().filter_map(|s| s.values.get(at - self.first)).copied();
        let high = here.filter(|value| value.is_finite()).any(|value| scale.share(value) > 0.7);
        let y = if high { bottom - 8.0 } else { top + 12.0 };
        shapes.push(Text::new([x + aside, y], anchor, label).into());
    }

    fn legend(&self, shapes: &mut Vec<Shape>, frame: &Frame, beside: bool) {
        // From the right, since the title stands on the left; letters are about this wide.
        let width = |label: &str| 60.0 + 6.5 * label.chars().count() as f64;
        let mut x = frame.right - self.series.iter().map(|s| width(&s.label)).sum::<f64>();
        for (row, series) in self.series.iter().enumerate() {
            let [left, y] = if beside {
                [frame.right + 12.0, frame.top + 8.0 + 20.0 * row as f64]
            } else {
                [x, if self.title.is_empty() { 16.0 } else { 24.0 }]
            };
            let stroke = Stroke { color: series.color, width: 2.5, dash: DASHES[row % DASHES.len()] };
            shapes.push(Shape::Line([left, y - 4.0, left + 26.0, y - 4.0], stroke));
            shapes.push(Text::new([left + 32.0, y], Anchor::Start, &series.label).into());
            x += width(&series.label);
        }
    }
}

/// Where a line goes. Of very many values, each part's least and greatest, so that no peak is lost.
fn points(series: &Series, frame: &Frame, scale: &Scale, first: usize) -> Vec<[f64; 2]> {
    let finite = series.values.iter().copied().enumerate().filter(|(_, value)| value.is_finite());
    let mut shown: Vec<(usize, f64)> = finite.collect();
    if shown.len() > 2 * PARTS {
        let parts = shown.chunks(shown.len().div_ceil(PARTS));
        let extremes = parts.flat_map(|part| {
            let least = part.iter().min_by(|a, b| a.1.total_cmp(&b.1)).copied();
            let greatest = part.iter().max_by(|a, b| a.1.total_cmp(&b.1)).copied();
            let mut both: Vec<_> = least.into_iter().chain(greatest).collect();
            both.sort_by_key(|(step, _)| *step);
            both
        });
        shown = extremes.collect();
    }
    shown.iter().map(|&(step, value)| [frame.x(first + step), frame.y(scale.share(value))]).collect()
}
