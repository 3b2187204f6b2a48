//! [`Init`]: the values that a parameter starts from.

use crate::Error;
use glassgrad_tensor::Scalar;
use glassgrad_tensor::random::{ChaCha8Rng, Purpose, stream};
use rand_distr::{Distribution, Normal, StandardNormal, Uniform};

/// How a parameter `[rows, columns]` begins.
///
/// For a weight `[out, in]`, fan-in is `columns` and fan-out is `rows`. Draws come from the stream
/// (seed, [`Purpose::Initial`], index of the segment, 0) in row order, in `f64`, then rounded; so
/// adding a layer at the end of a network leaves the others' start unchanged.
#[derive(Clone, Debug, PartialEq)]
pub enum Init {
    /// Every value is this number.
    Constant(f64),
    /// These numbers, row after row: for a page that gives its start.
    Values(Vec<f64>),
    /// Uniform on `[low, high)`.
    Uniform {
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },
    /// Gaussian.
    Normal {
        /// Mean μ.
        mean: f64,
        /// Standard deviation.
        std: f64,
    },
    /// Gaussian, drawn again while further than 2 standard deviations from the mean.
    TruncatedNormal {
        /// Mean μ of the whole Gaussian.
        mean: f64,
        /// Standard deviation of the whole Gaussian.
        std: f64,
    },
    /// Uniform on ±√(6/(fan-in + fan-out)) (Glorot and Bengio 2010, equation 16).
    GlorotUniform,
    /// Gaussian with variance 2/(fan-in + fan-out) (Glorot and Bengio 2010, equation 12).
    GlorotNormal,
    /// Uniform on ±√(6/fan-in): variance 2/fan-in, for ReLU (He et al. 2015, equation 10).
    HeUniform,
    /// Gaussian with variance 2/fan-in, for ReLU (He et al. 2015, equation 10).
    HeNormal,
    /// Uniform on ±√(3/fan-in): variance 1/fan-in (LeCun et al. 1998, equation 16).
    LecunUniform,
    /// Gaussian with variance 1/fan-in (LeCun et al. 1998, equation 16).
    LecunNormal,
    /// `gain` times a random matrix with orthonormal rows, or columns if there are more rows than
    /// columns (Saxe et al. 2014): Gram and Schmidt's process, twice, on Gaussian vectors.
    Orthogonal {
        /// Factor on the orthonormal matrix.
        gain: f64,
    },
}

impl Init {
    /// Every value is 0.
    pub const ZEROS: Self = Self::Constant(0.0);

    /// Explicit values, given row by row.
    ///
    /// ```
    /// use glassgrad_autograd::Init;
    /// assert_eq!(Init::rows([[0.5, 1.0]]), Init::Values(vec![0.5, 1.0]));
    /// ```
    pub fn rows<const C: usize>(rows: impl IntoIterator<Item = [f64; C]>) -> Self {
        Self::Values(rows.into_iter().flatten().collect())
    }

    /// Whether this can fill `[rows, columns]`; `at` names the parameter in the error.
    pub(crate) fn check(&self, at: &str, rows: usize, columns: usize) -> Result<(), Error> {
        let wrong = |name, found, allowed| Err(Error::Setting { at: at.into(), name, found, allowed });
        let finite = |name, found: f64| {
            if found.is_finite() { Ok(()) } else { wrong(name, found, "a finite number") }
        };
        match *self {
            Self::Constant(value) => finite("constant", value),
            Self::Values(ref values) => {
                if values.len() != rows * columns {
                    let (expected, found) = (rows * columns, values.len());
                    return Err(Error::Count { at: at.into(), what: "initial values", expected, found });
                }
                values.iter().try_for_each(|&v| finite("initial value", v))
            }
            Self::Uniform { low, high } => {
                finite("low", low)?;
                finite("high", high)?;
                if low >= high {
                    return wrong("high", high, "more than low");
                }
                if (high - low).is_finite() {
                    Ok(())
                } else {
                    wrong("high", high, "a finite number above low")
                }
            }
            Self::Normal { mean, std } | Self::TruncatedNormal { mean, std } => {
                finite("mean", mean)?;
                finite("std", std)?;
                if std >= 0.0 { Ok(()) } else { wrong("std", std, "at least 0") }
            }
            Self::Orthogonal { gain } => finite("gain", gain),
            _ => Ok(()),
        }
    }

    /// Writes the start of segment `index` of shape `[rows, columns]` into `out`.
    pub(crate) fn fill<T: Scalar>(&self, seed: u64, index: u64, [rows, columns]: [usize; 2], out: &mut [T]) {
        let rng = &mut stream(seed, Purpose::Initial, index, 0);
        let (fan_in, fan_out) = (columns as f64, rows as f64);
        match *self {
            Self::Constant(value) => out.fill(T::from_f64(value)),
            Self::Values(ref values) => {
                for (out, &value) in out.iter_mut().zip(values) {
                    *out = T::from_f64(value);
                }
            }
            Self::Uniform { low, high } => uniform(rng, low, high, out),
            Self::Normal { mean, std } => normal(rng, mean, std, out),
            Self::TruncatedNormal { mean, std } => {
                for out in out {
                    let z = std::iter::repeat_with(|| StandardNormal.sample(rng))
                        .find(|z: &f64| z.abs() <= 2.0)
                        .expect("an endless iterator of which 95 % fit");
                    *out = T::from_f64(mean + std * z);
                }
            }
            Self::GlorotUniform => symmetric(rng, (6.0 / (fan_in + fan_out)).sqrt(), out),
            Self::GlorotNormal => normal(rng, 0.0, (2.0 / (fan_in + fan_out)).sqrt(), out),
            Self::HeUniform => symmetric(rng, (6.0 / fan_in).sqrt(), out),
            Self::HeNormal => normal(rng, 0.0, (2.0 / fan_in).sqrt(), out),
            Self::LecunUniform => symmetric(rng, (3.0 / fan_in).sqrt(), out),
            Self::LecunNormal => normal(rng, 0.0, (1.0 / fan_in).sqrt(), out),
            Self::Orthogonal { gain } => orthogonal(rng, gain, rows, columns, out),
        }
    }
}

fn symmetric<T: Scalar>(rng: &mut ChaCha8Rng, bound: f64, out: &mut [T]) {
    uniform(rng, -bound, bound, out);
}

fn uniform<T: Scalar>(rng: &mut ChaCha8Rng, low: f64, high: f64, out: &mut [T]) {
    let draw = Uniform::new(low, high).expect("bounds were checked when the parameter was recorded");
    out.fill_with(|| T::from_f64(draw.sample(rng)));
}

fn normal<T: Scalar>(rng: &mut ChaCha8Rng, mean: f64, std: f64, out: &mut [T]) {
    let draw = Normal::new(mean, std).expect("std was checked when the parameter was recorded");
    out.fill_with(|| T::from_f64(draw.sample(rng)));
}

/// Orthonormal vectors along the shorter side, each made orthogonal twice ("twice is enough", Parlett
/// 1998, section 6.9). Gaussian vectors and positive norms make the result uniform over all such matrices.
fn orthogonal<T: Scalar>(rng: &mut ChaCha8Rng, gain: f64, rows: usize, columns: usize, out: &mut [T]) {
    let (count, length) = (rows.min(columns), rows.max(columns));
    let mut vectors: Vec<f64> = Vec::with_capacity(count * length);
    for k in 0..count {
        vectors.extend((0..length).map(|_| -> f64 { StandardNormal.sample(rng) }));
        let (done, v) = vectors.split_at_mut(k * length);
        for u in done.chunks_exact(length).chain(done.chunks_exact(length)) {
            let along: f64 = u.iter().zip(&*v).map(|(a, b)| a * b).sum();
            v.iter_mut().zip(u).for_each(|(v, u)| *v -= along * u);
        }
        let norm = v.iter().map(|x| x * x).sum::<f64>().sqrt();
        for x in v {
            *x /= norm;
        }
    }
    for (i, out) in out.iter_mut().enumerate() {
        let (r, c) = (i / columns, i % columns);
        let at = if rows <= columns { r * length + c } else { c * length + r };
        *out = T::from_f64(gain * vectors[at]);
    }
}
