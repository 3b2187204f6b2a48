//! Charts of every awkward run: well-formed, within their edges, and with nothing lost that matters.

mod fixture;

use glassgrad_report::{Chart, Epoch, History, Mark, Residuals, Series, short, sparkline};
use roxmltree::Document;

const AWKWARD: [&[f64]; 12] = [
    &[],
    &[1.0],
    &[0.0, 0.0],
    &[f64::NAN],
    &[f64::NAN, 1.0, f64::NAN],
    &[f64::INFINITY, f64::NEG_INFINITY],
    &[-1.0, 1.0],
    &[f64::MAX, f64::MIN],
    &[f64::MIN_POSITIVE, 1.0],
    &[1e-300, 1e300],
    &[0.1 + 0.2, 0.3],
    &[1e16, 1e16 + 2.0],
];

fn series(values: &[f64]) -> Vec<Series> {
    vec![Series { label: "loss".into(), color: "#222", values: values.to_vec() }]
}

/// The points of all lines.
fn points(svg: &str) -> Vec<[f64; 2]> {
    let page = Document::parse(svg).unwrap_or_else(|error| panic!("{error}\n{svg}"));
    let lines = page.descendants().filter_map(|node| node.attribute("points"));
    let point = |text: &str| {
        let (x, y) = text.split_once(',').expect("a pair");
        [x, y].map(|text| text.parse().expect("a number"))
    };
    lines.flat_map(|line| line.split_whitespace().map(point)).collect()
}

fn labels(svg: &str) -> Vec<String> {
    let page = Document::parse(svg).expect("XML");
    let texts = page.descendants().filter(|node| node.tag_name().name() == "text");
    texts.map(|node| node.descendants().filter_map(|n| n.text().filter(|_| n.is_text())).collect()).collect()
}

#[test]
fn whatever_the_numbers_are_a_chart_is_drawn() {
    for values in AWKWARD {
        for linear in [false, true] {
            let svg = Chart { linear, ..Chart::new("", "step", "loss", series(values)) }.svg();
            let finite = values.iter().filter(|value| value.is_finite()).count();
            let points = points(&svg);
            assert_eq!(points.len(), finite, "{values:?}\n{svg}");
            let inside = |[x, y]: &[f64; 2]| (70.0..=740.0).contains(x) && (28.0..=312.0).contains(y);
            assert!(points.iter().all(inside), "{values:?}\n{svg}");
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{values:?}\n{svg}");
            assert!(labels(&svg).len() < 30, "{values:?}: {:?}", labels(&svg));
        }
        let residuals =
            Residuals { name: "y".into(), predicted: values.to_vec(), truth: vec![1.0; values.len()] };
        let svg = residuals.svg();
        Document::parse(&svg).unwrap_or_else(|error| panic!("{error}\n{svg}"));
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{values:?}\n{svg}");
    }
}

#[test]
fn ticks_are_round() {
    let svg =
        Chart { linear: true, first: 1, ..Chart::new("", "epoch", "loss", series(&[0.12, 0.31, 0.57])) }
            .svg();
    assert_eq!(labels(&svg), ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "1", "2", "3", "epoch", "loss"]);
    let svg = Chart::new("", "step", "loss", series(&[0.003, 2.0])).svg();
    assert_eq!(labels(&svg), ["10-3", "10-2", "10-1", "100", "101", "0", "1", "step", "loss"]);
    let svg = Chart { linear: true, first: 101, ..Chart::new("", "epoch", "loss", series(&[1.0; 50])) }.svg();
    assert!(
        labels(&svg).iter().any(|label| label == "110") && labels(&svg).iter().all(|label| label != "101")
    );
}

#[test]
fn a_long_run_keeps_its_peak_and_a_small_file() {
    let mut values = vec![1.0; 100_000];
    values[77_777] = 1e3;
    let svg = Chart::new("", "step", "loss", series(&values)).svg();
    assert!(svg.len() < 40_000, "{} bytes", svg.len());
    let top = points(&svg).into_iter().min_by(|a, b| a[1].total_cmp(&b[1])).expect("points");
    assert_eq!(top[1], 28.0, "the upper edge");
    assert!((top[0] - (70.0 + 670.0 * 0.77777)).abs() < 1.0, "{top:?}");
    let residuals = Residuals { name: "y".into(), predicted: values.clone(), truth: values };
    assert!(residuals.svg().len() < 40_000);
}

#[test]
fn markup_in_names_is_text() {
    let name = fixture::HOSTILE;
    let two = || vec![Series { label: name.into(), color: "#222", values: vec![1.0, 2.0] }; 2];
    let mark = Some(Mark { at: 1, label: name.into() });
    let svg = Chart { mark, ..Chart::new(name, "x", "y", two()) }.svg();
    let shown = name.replace('\u{1}', "\u{fffd}");
    assert_eq!(labels(&svg).iter().filter(|label| **label == shown).count(), 4);
}

#[test]
fn a_history_chooses_its_scale_and_its_charts() {
    let history = fixture::history(50);
    let chart = history.loss_chart();
    assert!(!chart.linear, "2.1 to 0.04");
    assert_eq!(chart.series.len(), 2);
    assert_eq!(chart.mark, Some(Mark { at: 37, label: "kept: epoch 37".into() }));
    assert!(labels(&chart.svg()).contains(&"kept: epoch 37".to_owned()));
    assert!(history.score_chart().is_some() && history.lr_chart().is_some());

    let epoch = |epoch, train_loss| Epoch { epoch, train_loss, validation_loss: None, score: None, lr: 0.1 };
    let plain = |losses: &[f64]| History {
        epochs: losses.iter().enumerate().map(|(k, &loss)| epoch(6 + k, loss)).collect(),
        ..History::default()
    };
    let history = plain(&[0.9, 0.5, 0.3]);
    let chart = history.loss_chart();
    assert!(chart.linear && chart.series.len() == 1 && chart.first == 6);
    assert!(history.score_chart().is_none() && history.lr_chart().is_none());
    assert!(plain(&[1.0, 0.0]).loss_chart().linear, "nothing has a logarithm of 0");
    assert!(plain(&[]).loss_chart().svg().ends_with("</svg>\n"));
}

#[test]
fn sparklines() {
    assert_eq!(sparkline(&[], 10), "");
    assert_eq!(sparkline(&[1.0], 0), "");
    assert_eq!(sparkline(&[5.0; 4], 10), "▄▄▄▄");
    assert_eq!(sparkline(&[f64::NAN, f64::INFINITY], 10), "××");
    assert_eq!(sparkline(&[1.0, f64::NAN, 3.0], 3), "▁×█");
    assert_eq!(sparkline(&[f64::MIN, 0.0, f64::MAX], 3), "▁▅█");
    assert_eq!(sparkline(&[1.0, 10.0, 100.0], 3), "▁▅█", "by logarithms");
    assert_eq!(sparkline(&[0.0, 10.0, 100.0], 3), "▁▂█", "0 has none");
    assert_eq!(sparkline(&[1.0, 1.0, 2.0, 2.0, 3.0, f64::NAN], 3), "▁▅█", "means of pairs");
    for values in AWKWARD {
        assert_eq!(sparkline(values, 40).chars().count(), values.len());
    }
    assert_eq!(sparkline(&[1.0; 1000], 40).chars().count(), 40);
}

#[test]
fn numbers_are_short() {
    for (x, text) in [
        (0.0, "0"),
        (0.012_344, "0.01234"),
        (97.5, "97.5"),
        (1234.5, "1234"),
        (1.234_56e-7, "1.235e-7"),
        (-0.5, "-0.5"),
        (2e5, "2.000e5"),
        (f64::NAN, "NaN"),
        (f64::NEG_INFINITY, "-inf"),
    ] {
        assert_eq!(short(x), text);
    }
}
