//! The vertical scale of a chart.

use super::Chart;
use crate::axis::Axis;

/// The most decades that a chart shows.
pub const DECADES: i32 = 24;
/// Values below this, where losses are rounding errors, share the lower edge of such a chart.
const FLOOR: f64 = 1e-18;

/// A height, and what is written there.
pub(super) struct Tick {
    pub(super) share: f64,
    pub(super) text: String,
    /// Its exponent.
    pub(super) raised: String,
}

pub(super) enum Scale {
    Linear(Axis),
    /// From one power of ten to another; what is below `floor` is drawn as that.
    Decades {
        floor: f64,
        ends: [i32; 2],
    },
}

impl Scale {
    pub(super) fn of(chart: &Chart) -> Self {
        let values = || chart.series.iter().flat_map(|s| &s.values).copied().filter(|v| v.is_finite());
        if chart.linear {
            return Self::Linear(Axis::around(values(), 5.0));
        }
        let least = || values().filter(|v| *v > 0.0).fold(f64::INFINITY, f64::min);
        let floor = if chart.whole { least() } else { FLOOR };
        let decade = |value: f64| value.max(floor).log10();
        let low = values().map(|v| decade(v).floor() as i32).min().unwrap_or(0);
        let high = values().map(|v| decade(v).ceil() as i32).max().unwrap_or(1);
        let most = if chart.whole { i32::MAX } else { low + DECADES };
        Self::Decades { floor, ends: [low, high.clamp(low + 1, most)] }
    }

    /// How high a value lies: 0 at the lower edge, 1 at the upper.
    pub(super) fn share(&self, value: f64) -> f64 {
        match self {
            Self::Linear(axis) => axis.share(value),
            Self::Decades { floor, .. } => self.at_decade(value.max(*floor).log10()),
        }
    }

    fn at_decade(&self, decade: f64) -> f64 {
        let Self::Decades { ends: [low, high], .. } = *self else { return 0.0 };
        ((decade - f64::from(low)) / f64::from(high - low)).clamp(0.0, 1.0)
    }

    /// From the lowest to the highest.
    pub(super) fn ticks(&self) -> Vec<Tick> {
        match self {
            Self::Linear(axis) => {
                let tick = |(x, text)| Tick { share: axis.share(x), text, raised: String::new() };
                axis.ticks().into_iter().map(tick).collect()
            }
            &Self::Decades { ends: [low, high], .. } => {
                let apart = ((high - low) / 8).max(1);
                let shown = (low..=high).filter(|decade| (decade - low) % apart == 0);
                let share = |decade| self.at_decade(f64::from(decade));
                shown
                    .map(|decade| Tick {
                        share: share(decade),
                        text: "10".into(),
                        raised: decade.to_string(),
                    })
                    .collect()
            }
        }
    }
}
