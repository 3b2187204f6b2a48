//! [`Chart`]: numbers by step or epoch, as an SVG document.

mod scale;

use crate::axis::stride;
use crate::text::escape;
pub use scale::DECADES;
use scale::Scale;
use std::fmt::Write;

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
/// With decades, what is not above 0 is drawn at the lower edge, and the axis spans at most [`DECADES`] decades above
/// its lowest, so that a run which diverges does not flatten the others.
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
    /// A step to be pointed out; at first none.
    pub mark: Option<Mark>,
    /// Width and height; at first 760 and 360.
    pub size: [f64; 2],
}

/// Lines of one colour are told apart by these.
const DASHES: [&str; 3] = ["none", "7 3", "2 2"];
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
        Self { title: title.into(), x, y, series, first: 0, linear: false, mark: None, size }
    }

    /// The picture.
    pub fn svg(&self) -> String {
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
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
             font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n"
        );
        if !self.title.is_empty() {
            let title = format!("<tspan font-size=\"14\">{}</tspan>", escape(&self.title));
            text(&mut svg, [frame.left, 24.0], "start", &title);
        }
        self.axes(&mut svg, &frame, &scale);
        if let Some(mark) = self.mark.as_ref().filter(|mark| (self.first..).contains(&mark.at)) {
            self.draw_mark(&mut svg, &frame, &scale, mark);
        }
        for (row, series) in self.series.iter().enumerate() {
            let points = points(series, &frame, &scale, self.first);
            let dash = DASHES[row % DASHES.len()];
            let _ = writeln!(
                svg,
                "<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\" stroke-dasharray=\"{dash}\" points=\"{}\"/>",
                series.color,
                points.iter().map(|[x, y]| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
            );
            // A line through one point would not be seen.
            if let [[x, y]] = points[..] {
                let _ =
                    writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{}\"/>", series.color);
            }
        }
        if self.series.len() > 1 {
            self.legend(&mut svg, &frame, beside);
        }
        svg.push_str("</svg>\n");
        svg
    }

    fn axes(&self, svg: &mut String, frame: &Frame, scale: &Scale) {
        let Frame { left, right, top, bottom, steps: [first, last] } = *frame;
        for (share, label) in scale.ticks() {
            let y = frame.y(share);
            line(svg, [left, y, right, y], "#ddd");
            text(svg, [left - 8.0, y + 4.0], "end", &label);
        }
        let apart = stride(first..=last);
        for step in (first.next_multiple_of(apart)..=last).step_by(apart) {
            let x = frame.x(step);
            line(svg, [x, bottom, x, bottom + 4.0], "#222");
            text(svg, [x, bottom + 18.0], "middle", &step.to_string());
        }
        line(svg, [left, bottom, right, bottom], "#222");
        line(svg, [left, top, left, bottom], "#222");
        text(svg, [0.5 * (left + right), bottom + 36.0], "middle", &escape(self.x));
        if !self.y.is_empty() {
            let middle = 0.5 * (top + bottom);
            let _ = writeln!(
                svg,
                "<text transform=\"translate(20 {middle}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
                escape(self.y)
            );
        }
    }

    fn draw_mark(&self, svg: &mut String, frame: &Frame, scale: &Scale, Mark { at, label }: &Mark) {
        let Frame { left, right, top, bottom, .. } = *frame;
        let x = frame.x((*at).min(frame.steps[1]));
        let _ =
            writeln!(svg, "<path d=\"M{x:.1} {top}V{bottom}\" stroke=\"#666\" stroke-dasharray=\"3 3\"/>");
        let (aside, anchor) = if x > 0.5 * (left + right) { (-6.0, "end") } else { (6.0, "start") };
        // Away from the lines.
        let here = self.series.iter().filter_map(|s| s.values.get(at - self.first)).copied();
        let high = here.filter(|value| value.is_finite()).any(|value| scale.share(value) > 0.7);
        let y = if high { bottom - 8.0 } else { top + 12.0 };
        text(svg, [x + aside, y], anchor, &escape(label));
    }

    fn legend(&self, svg: &mut String, frame: &Frame, beside: bool) {
        // From the right, since the title stands on the left; letters are about this wide.
        let width = |label: &str| 60.0 + 6.5 * label.chars().count() as f64;
        let mut x = frame.right - self.series.iter().map(|s| width(&s.label)).sum::<f64>();
        for (row, series) in self.series.iter().enumerate() {
            let [left, y] = if beside {
                [frame.right + 12.0, frame.top + 8.0 + 20.0 * row as f64]
            } else {
                [x, if self.title.is_empty() { 16.0 } else { 24.0 }]
            };
            let dash = DASHES[row % DASHES.len()];
            let _ = writeln!(
                svg,
                "<path d=\"M{left} {}h26\" stroke=\"{}\" stroke-width=\"2.5\" stroke-dasharray=\"{dash}\"/>",
                y - 4.0,
                series.color
            );
            text(svg, [left + 32.0, y], "start", &escape(&series.label));
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

fn line(svg: &mut String, [x1, y1, x2, y2]: [f64; 4], color: &str) {
    let _ = writeln!(svg, "<path d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\" stroke=\"{color}\"/>");
}

fn text(svg: &mut String, [x, y]: [f64; 2], anchor: &str, markup: &str) {
    let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{markup}</text>");
}
