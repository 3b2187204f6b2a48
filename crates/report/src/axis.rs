//! Where the numbers of a picture lie: [`Axis`], and round places for its ticks.

use std::ops::RangeInclusive;

/// Larger numbers are drawn at the edge.
const MOST: f64 = 1e300;

/// A linear axis: numbers from `low` to `high`, and round ticks in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Axis {
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// The distance of two ticks.
    apart: f64,
}

impl Axis {
    /// Around all finite numbers, with about `ticks` ticks; it begins and ends at one. Of nothing, from 0 to 1.
    pub(crate) fn around(numbers: impl Iterator<Item = f64>, ticks: f64) -> Self {
        // Beyond MOST, differences may be infinite.
        let finite = numbers.filter(|x| x.is_finite()).map(|x| x.clamp(-MOST, MOST));
        let (mut low, mut high) =
            finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        let most = low.abs().max(high.abs());
        let room = if most == 0.0 { 1.0 } else { 1e-3 * most };
        if high - low < room {
            (low, high) = (low - room, high + room);
        }
        let apart = round_up((high - low) / ticks);
        Self { low: (low / apart).floor() * apart, high: (high / apart).ceil() * apart, apart }
    }

    /// How far along the axis a number is: 0 at `low`, 1 at `high`.
    pub(crate) fn share(&self, x: f64) -> f64 {
        ((x - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// Places, and what to write there.
    pub(crate) fn ticks(&self) -> Vec<(f64, String)> {
        let count = ((self.high - self.low) / self.apart).round() as u32;
        let place = |k: u32| self.low + f64::from(k) * self.apart;
        let most = self.low.abs().max(self.high.abs());
        let label = |x: f64| {
            if !(1e-4..1e6).contains(&most) {
                return format!("{:.1e}", if x.abs() < 1e-9 * most { 0.0 } else { x });
            }
            let decimals = (-self.apart.log10().floor()).clamp(0.0, 8.0) as usize;
            // A rounding error below 0 is no minus 0.
            let x = if x.abs() < 0.5 * self.apart { 0.0 } else { x };
            format!("{x:.decimals$}")
        };
        (0..=count).map(|k| (place(k), label(place(k)))).collect()
    }
}

/// The next of 1, 2, 5, 10, 20, … times a power of ten.
fn round_up(x: f64) -> f64 {
    let power = 10_f64.powf(x.log10().floor());
    let digit = [1.0, 2.0, 5.0].into_iter().find(|digit| digit * power >= x * (1.0 - 1e-9)).unwrap_or(10.0);
    digit * power
}

/// Every so many whole numbers of a range there is a tick: a round number, so that at most 8 of them fit.
pub(crate) fn stride(range: RangeInclusive<usize>) -> usize {
    let length = range.end() - range.start();
    let rounds = (0..).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_usize.pow(power)));
    rounds.take_while(|&round| round < length).find(|round| length / round <= 8).unwrap_or(length.max(1))
}
