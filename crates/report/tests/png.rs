//! The PNG of a chart shows what its SVG shows, where the SVG shows it.

use glassgrad_report::{Chart, Mark, Series};
use roxmltree::Document;

const BLUE: [u8; 3] = [0x00, 0x72, 0xb2];

/// A picture of two pixels for each of the SVG.
struct Picture {
    width: usize,
    height: usize,
    /// Red, green, blue and opacity of each pixel.
    pixels: Vec<[u8; 4]>,
}

impl Picture {
    fn of(chart: &Chart) -> Self {
        let file = chart.png();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().expect("a PNG");
        let mut bytes = vec![0; reader.output_buffer_size().expect("it fits")];
        let frame = reader.next_frame(&mut bytes).expect("it is whole");
        assert_eq!((frame.color_type, frame.bit_depth), (png::ColorType::Rgba, png::BitDepth::Eight));
        let pixels = bytes.chunks_exact(4).map(|pixel| pixel.try_into().expect("4")).collect();
        Self { width: frame.width as usize, height: frame.height as usize, pixels }
    }

    /// How many pixels of a place of the SVG are of a kind.
    fn count(&self, [x1, y1, x2, y2]: [f64; 4], wanted: impl Fn([u8; 4]) -> bool) -> usize {
        let pixel = |length: f64, most: usize| ((2.0 * length).max(0.0) as usize).min(most);
        let rows = pixel(y1, self.height)..pixel(y2, self.height);
        let columns = pixel(x1, self.width)..pixel(x2, self.width);
        let all = rows.flat_map(|row| columns.clone().map(move |column| row * self.width + column));
        all.filter(|&at| wanted(self.pixels[at])).count()
    }
}

fn dark([r, g, b, _]: [u8; 4]) -> bool {
    r < 0x70 && g < 0x70 && b < 0x70
}

fn chart(title: &str, label: &str) -> Chart {
    let values = (1..=60).map(|k| 10_f64.powf(-0.1 * f64::from(k))).collect();
    let other = Series { label: "other".into(), color: "#d55e00", values: vec![1.0; 60] };
    let series = vec![Series { label: label.into(), color: "#0072b2", values }, other];
    Chart::new(title, "epoch", "loss", series)
}

#[test]
fn lines_are_where_the_svg_has_them() {
    let chart = chart("Loss", "training");
    let picture = Picture::of(&chart);
    assert_eq!((picture.width, picture.height), (1520, 720));
    assert!(picture.pixels.iter().all(|pixel| pixel[3] == 255), "opaque");
    assert_eq!(picture.pixels[0], [255; 4], "white ground");

    let svg = chart.svg();
    let page = Document::parse(&svg).expect("XML");
    let line = page.descendants().find_map(|node| node.attribute("points")).expect("a line");
    let mut near = Vec::new();
    for point in line.split_whitespace() {
        let [x, y] = [point.split_once(',').expect("a pair").0, point.split_once(',').expect("a pair").1]
            .map(|number| number.parse::<f64>().expect("a number"));
        let blue = |[r, g, b, _]: [u8; 4]| [r, g, b] == BLUE;
        assert!(picture.count([x - 1.0, y - 1.0, x + 1.0, y + 1.0], blue) > 0, "no blue at {x}, {y}");
        near.push([x, y]);
    }
    // And nowhere else in the plot, but for the legend.
    let blue_in_plot = picture.count([71.0, 45.0, 739.0, 311.0], |[r, g, b, _]| [r, g, b] == BLUE);
    let [start, end] = [near[0], near[near.len() - 1]];
    let length = (end[0] - start[0]).hypot(end[1] - start[1]);
    assert!((2.0 * length..12.0 * length).contains(&(blue_in_plot as f64)), "{blue_in_plot} of {length}");
}

#[test]
fn words_are_where_the_svg_has_them() {
    let picture = Picture::of(&chart("Loss", "training"));
    let [title, label, exponent] =
        [[70.0, 12.0, 105.0, 28.0], [20.0, 320.0, 740.0, 360.0], [40.0, 40.0, 66.0, 310.0]];
    for place in [title, label, exponent] {
        assert!(picture.count(place, dark) > 50, "{place:?}");
    }
    assert_eq!(Picture::of(&chart("", "training")).count([0.0, 0.0, 300.0, 20.0], dark), 0, "no title");
    // The word beside the vertical axis is read from below, and so higher than wide.
    let beside = |x: f64| picture.count([x, 130.0, x + 1.0, 200.0], dark) > 0;
    let width = (5..30).filter(|&x| beside(f64::from(x))).count();
    let lines = |y: f64| picture.count([5.0, y, 30.0, y + 1.0], dark) > 0;
    let height = (130..200).filter(|&y| lines(f64::from(y))).count();
    assert!(height > width && (18..30).contains(&height), "{width} wide, {height} high");
}

#[test]
fn characters_that_the_font_has_not_are_boxes() {
    let place = [70.0, 12.0, 300.0, 28.0];
    let ink = |title: &str| Picture::of(&chart(title, "x")).count(place, dark);
    assert!(ink("損失") > 20);
    assert_eq!(ink("損失"), ink("學習"));
    assert!(ink("η² − ×θ…") > 20 && ink("η") != ink("θ"));
    assert_eq!(ink("   "), 0);
}

#[test]
fn whatever_the_numbers_are_a_picture_is_drawn() {
    for values in [
        vec![],
        vec![1.0],
        vec![f64::NAN; 3],
        vec![f64::NAN, 1.0, f64::INFINITY],
        vec![1e-300, 1e300],
        vec![f64::MAX, f64::MIN],
        vec![1.0; 100_000],
    ] {
        for linear in [false, true] {
            let series = vec![Series { label: "loss".into(), color: "#0072b2", values: values.clone() }];
            let mark = Some(Mark { at: 0, label: "kept".into() });
            let chart = Chart { linear, mark, ..Chart::new("Loss", "epoch", "loss", series) };
            let blue = Picture::of(&chart).count([0.0, 0.0, 760.0, 360.0], |[r, g, b, _]| [r, g, b] == BLUE);
            assert_eq!(blue > 0, values.iter().any(|value| value.is_finite()), "{} values", values.len());
        }
    }
    let tiny = Chart { size: [0.0, f64::NAN], ..chart("", "") };
    assert_eq!((Picture::of(&tiny).width, Picture::of(&tiny).height), (1, 1));
}
