//! The picture: one log–log panel a variable, with the measured points and the line of exact proportion
//! through the largest.

use super::Series;
use plotters::coord::Shift;
use plotters::prelude::*;
use std::error::Error;

const INK: RGBColor = RGBColor(40, 40, 40);
const MEASURED: RGBColor = RGBColor(20, 90, 170);
const PROPORTION: RGBColor = RGBColor(190, 80, 20);

pub(crate) fn draw(path: &str, series: &[Series], threads: usize) -> Result<(), Box<dyn Error>> {
    let root = SVGBackend::new(path, (1080, 400)).into_drawing_area();
    root.fill(&WHITE)?;
    let plural = if threads == 1 { "" } else { "s" };
    let title = format!("Time of one training step, {threads} thread{plural} (f32, tanh, SGD)");
    let root = root.titled(&title, ("sans-serif", 18).into_font().color(&INK))?;
    let times = || series.iter().flat_map(|s| s.points.iter().map(|point| point.1));
    // One scale of time for all, whole decades.
    let least = times().fold(f64::INFINITY, f64::min).log10().floor();
    let most = times().fold(0.0, f64::max).log10().ceil();
    for (area, series) in root.split_evenly((1, series.len())).iter().zip(series) {
        panel(area, series, 10_f64.powf(least)..10_f64.powf(most))?;
    }
    root.present()?;
    Ok(())
}

fn panel<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    series: &Series,
    times: std::ops::Range<f64>,
) -> Result<(), Box<dyn Error>>
where
    B::ErrorType: 'static,
{
    let Series { name, fixed, power, points } = series;
    let caption = format!("{name} ({fixed})");
    let mut chart = ChartBuilder::on(area)
        .caption(caption, ("sans-serif", 15).into_font().color(&INK))
        .margin(10)
        .x_label_area_size(36)
        .y_label_area_size(56)
        .build_cartesian_2d((50.0..5200.0).log_scale().base(2.0), times.clone().log_scale())?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(INK.mix(0.15))
        .label_style(("sans-serif", 13).into_font().color(&INK))
        .x_desc(*name)
        .x_label_formatter(&|x| format!("{x:.0}"))
        .y_label_formatter(&|y| label(*y))
        .draw()?;

    let &(largest, time) = points.last().ok_or("a series has points")?;
    let proportion = |x: f64| time * (x / largest).powi(*power);
    let line = points.iter().map(|&(x, _)| (x, proportion(x))).filter(|&(_, y)| y >= times.start);
    let law = if *power == 1 { format!("∝ {name}") } else { format!("∝ {name}²") };
    chart
        .draw_series(LineSeries::new(line, PROPORTION.stroke_width(2)))?
        .label(law)
        .legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], PROPORTION.stroke_width(2)));
    chart
        .draw_series(points.iter().map(|&point| Circle::new(point, 4, MEASURED.filled())))?
        .label("measured")
        .legend(|(x, y)| Circle::new((x + 9, y), 4, MEASURED.filled()));
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .border_style(TRANSPARENT)
        .background_style(WHITE.mix(0.8))
        .label_font(("sans-serif", 13).into_font().color(&INK))
        .draw()?;
    Ok(())
}

/// Microseconds in a readable unit.
fn label(us: f64) -> String {
    if us >= 1e6 {
        format!("{} s", us / 1e6)
    } else if us >= 1e3 {
        format!("{} ms", us / 1e3)
    } else {
        format!("{us} µs")
    }
}
