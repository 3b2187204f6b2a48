//! [`Chart`]: loss by step on a logarithmic scale, as an SVG document.

use std::fmt::Write;

/// A line of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What the legend says.
    pub label: String,
    /// A colour as SVG writes it.
    pub color: &'static str,
    /// One value a step, from step 0 on.
    pub values: Vec<f64>,
}

/// Lines of positive numbers over their index, with a logarithmic vertical axis.
///
/// What is not above 0 is drawn at the lower edge, and what is not finite is left out. The axis spans at most
/// [`DECADES`] decades above its lowest, so that a run which diverges does not flatten the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Above the picture.
    pub title: String,
    /// Under the horizontal axis.
    pub x: &'static str,
    /// Beside the vertical axis.
    pub y: &'static str,
    /// The lines.
    pub series: Vec<Series>,
}

/// The most decades that a chart shows.
pub const DECADES: i32 = 24;
/// Values below 10^FLOOR, where losses are rounding errors, share the lower edge.
const FLOOR: i32 = -18;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 360.0;
/// Left, upper and lower edge of the plot.
const EDGES: [f64; 3] = [70.0, 44.0, 312.0];
/// Lines of one colour are told apart by these.
const DASHES: [&str; 3] = ["none", "7 3", "2 2"];

impl Chart {
    /// The picture.
    pub fn svg(&self) -> String {
        let [left, top, bottom] = EDGES;
        // A single line needs no legend.
        let alone = self.series.len() == 1;
        let right = if alone { WIDTH - 20.0 } else { 490.0 };
        let [low, high] = self.decades();
        let steps = self.series.iter().map(|s| s.values.len()).max().unwrap_or(0).max(2) - 1;
        let at_x = |step: f64| left + (right - left) * step / steps as f64;
        let at_y = |decade: f64| {
            let share = (decade - f64::from(low)) / f64::from(high - low);
            bottom - (bottom - top) * share.clamp(0.0, 1.0)
        };
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
             font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">\n\
             <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n"
        );
        text(
            &mut svg,
            [left, 24.0],
            "start",
            &format!("<tspan font-size=\"14\">{}</tspan>", escape(&self.title)),
        );
        let apart = ((high - low) / 8).max(1);
        for decade in (low..=high).filter(|decade| (decade - low) % apart == 0) {
            let y = at_y(f64::from(decade));
            line(&mut svg, [left, y, right, y], "#ddd");
            let power = format!("10<tspan dy=\"-5\" font-size=\"9\">{decade}</tspan>");
            text(&mut svg, [left - 8.0, y + 4.0], "end", &power);
        }
        let stride = tick(steps);
        for step in (0..=steps).step_by(stride) {
            let x = at_x(step as f64);
            line(&mut svg, [x, bottom, x, bottom + 4.0], "#222");
            text(&mut svg, [x, bottom + 18.0], "middle", &step.to_string());
        }
        line(&mut svg, [left, bottom, right, bottom], "#222");
        line(&mut svg, [left, top, left, bottom], "#222");
        text(&mut svg, [0.5 * (left + right), bottom + 36.0], "middle", &escape(self.x));
        let middle = 0.5 * (top + bottom);
        let _ = writeln!(
            svg,
            "<text transform=\"translate(20 {middle}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            escape(self.y)
        );
        for (row, series) in self.series.iter().enumerate() {
            let dash = DASHES[row % DASHES.len()];
            let points: Vec<String> = series
                .values
                .iter()
                .enumerate()
                .filter(|(_, value)| value.is_finite())
                .map(|(step, value)| format!("{:.1},{:.1}", at_x(step as f64), at_y(decade(*value))))
                .collect();
            let _ = writeln!(
                svg,
                "<polyline fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\" stroke-dasharray=\"{dash}\" points=\"{}\"/>",
                series.color,
                points.join(" ")
            );
            if alone {
                break;
            }
            let y = top + 8.0 + 20.0 * row as f64;
            let _ = writeln!(
                svg,
                "<path d=\"M{} {}h26\" stroke=\"{}\" stroke-width=\"2.5\" stroke-dasharray=\"{dash}\"/>",
                right + 12.0,
                y - 4.0,
                series.color
            );
            text(&mut svg, [right + 44.0, y], "start", &escape(&series.label));
        }
        svg.push_str("</svg>\n");
        svg
    }

    /// The whole decades from the lowest value to the highest, as far as they are shown.
    fn decades(&self) -> [i32; 2] {
        let values = || self.series.iter().flat_map(|s| &s.values).copied().filter(|v| v.is_finite());
        let low = values().map(|v| decade(v).floor() as i32).min().unwrap_or(0);
        let high = values().map(|v| decade(v).ceil() as i32).max().unwrap_or(1);
        [low, high.clamp(low + 1, low + DECADES)]
    }
}

fn decade(value: f64) -> f64 {
    value.max(10_f64.powi(FLOOR)).log10()
}

/// A round distance at which at most 8 ticks fit.
fn tick(steps: usize) -> usize {
    let rounds = (0..).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_usize.pow(power)));
    rounds.take_while(|&round| round < steps).find(|round| steps / round <= 8).unwrap_or(steps.max(1))
}

fn line(svg: &mut String, [x1, y1, x2, y2]: [f64; 4], color: &str) {
    let _ = writeln!(svg, "<path d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\" stroke=\"{color}\"/>");
}

fn text(svg: &mut String, [x, y]: [f64; 2], anchor: &str, markup: &str) {
    let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{markup}</text>");
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
