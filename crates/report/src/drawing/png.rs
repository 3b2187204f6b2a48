//! A drawing as a PNG file, with letters of its own.

use super::{Anchor, Drawing, INK, Shape, Stroke, Text};
use tiny_skia::{Color, FillRule, LineCap, Paint, Path, PathBuilder, Pixmap, StrokeDash, Transform};
use ttf_parser::{Face, GlyphId, OutlineBuilder};

/// Pixels of the picture for one of the drawing, along each side: screens are twice as fine as they were.
const SCALE: f32 = 2.0;
/// The most pixels of a side.
const MOST: u32 = 1 << 14;
/// DejaVu Sans, of which Latin letters, digits and some signs were kept.
const FONT: &[u8] = include_bytes!("../../assets/DejaVuSans-Latin1.ttf");

impl Drawing {
    /// The file. A character that the font does not have is drawn as a box.
    pub(crate) fn png(&self) -> Vec<u8> {
        let [width, height] = self.size.map(|length| ((length as f32 * SCALE).ceil() as u32).clamp(1, MOST));
        let mut canvas =
            Pixmap::new(width, height).expect("at least one pixel, and no more than memory holds");
        canvas.fill(Color::WHITE);
        let font = Face::parse(FONT, 0).expect("the font is part of the program");
        let scaled = Transform::from_scale(SCALE, SCALE);
        for shape in &self.shapes {
            match shape {
                &Shape::Line([x1, y1, x2, y2], stroke) => {
                    draw(&mut canvas, &[[x1, y1], [x2, y2]], &stroke, scaled);
                }
                Shape::Curve(points, stroke) => draw(&mut canvas, points, stroke, scaled),
                &Shape::Disc([x, y], radius, color) => {
                    if let Some(disc) = PathBuilder::from_circle(x as f32, y as f32, radius as f32) {
                        canvas.fill_path(&disc, &paint(color), FillRule::Winding, scaled, None);
                    }
                }
                Shape::Text(text) => write(&mut canvas, text, &font, scaled),
            }
        }
        canvas.encode_png().expect("memory takes what it is given")
    }
}

fn draw(canvas: &mut Pixmap, points: &[[f64; 2]], stroke: &Stroke, scaled: Transform) {
    let mut path = PathBuilder::new();
    for (k, &[x, y]) in points.iter().enumerate() {
        let (x, y) = (x as f32, y as f32);
        if k == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    let dash = stroke.dash.and_then(|dash| StrokeDash::new(dash.map(|length| length as f32).to_vec(), 0.0));
    let how =
        tiny_skia::Stroke { width: stroke.width as f32, line_cap: LineCap::Butt, dash, ..Default::default() };
    // One point, or the same one twice, is no line.
    if let Some(path) = path.finish() {
        canvas.stroke_path(&path, &paint(stroke.color), &how, scaled, None);
    }
}

fn write(canvas: &mut Pixmap, text: &Text, font: &Face<'_>, scaled: Transform) {
    let [size, up] = Text::RAISED.map(|length| length as f32);
    let words = [(&text.words, text.size as f32, 0.0), (&text.raised, size, up)];
    let lengths = words.map(|(words, size, _)| size * length(words, font));
    let mut along = match text.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => -0.5 * lengths.iter().sum::<f32>(),
        Anchor::End => -lengths.iter().sum::<f32>(),
    };
    let turn = if text.upwards { -90.0 } else { 0.0 };
    let [x, y] = text.at.map(|place| place as f32);
    let from_base = scaled.pre_translate(x, y).pre_rotate(turn);
    for ((words, size, up), length) in words.into_iter().zip(lengths) {
        if let Some(path) = outline(words, font) {
            let place = from_base.pre_translate(along, -up).pre_scale(size, -size);
            canvas.fill_path(&path, &paint(INK), FillRule::Winding, place, None);
        }
        along += length;
    }
}

/// How long words are, where letters have size 1.
fn length(words: &str, font: &Face<'_>) -> f32 {
    words.chars().map(|c| advance(glyph(c, font), font)).sum()
}

fn glyph(c: char, font: &Face<'_>) -> GlyphId {
    font.glyph_index(c).unwrap_or(GlyphId(0)) // the box
}

fn advance(glyph: GlyphId, font: &Face<'_>) -> f32 {
    f32::from(font.glyph_hor_advance(glyph).unwrap_or(0)) / f32::from(font.units_per_em())
}

/// Words of size 1, upwards from the base line; nothing of spaces.
fn outline(words: &str, font: &Face<'_>) -> Option<Path> {
    let mut pen = Pen { path: PathBuilder::new(), scale: 1.0 / f32::from(font.units_per_em()), along: 0.0 };
    for c in words.chars() {
        let glyph = glyph(c, font);
        font.outline_glyph(glyph, &mut pen);
        pen.along += advance(glyph, font);
    }
    pen.path.finish()
}

/// Puts one letter behind another.
struct Pen {
    path: PathBuilder,
    scale: f32,
    along: f32,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.along + self.scale * x, self.scale * y)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

/// A colour as SVG writes it; black if it is none.
fn paint(color: &str) -> Paint<'static> {
    let digits: Vec<u32> = color.chars().skip(1).filter_map(|digit| digit.to_digit(16)).collect();
    let [r, g, b] = match digits[..] {
        [r, g, b] => [17 * r, 17 * g, 17 * b],
        [r1, r0, g1, g0, b1, b0] => [16 * r1 + r0, 16 * g1 + g0, 16 * b1 + b0],
        _ => [0; 3],
    };
    let mut paint = Paint::default();
    paint.set_color_rgba8(r as u8, g as u8, b as u8, 255);
    paint
}
