//! Eigenvalues of symmetric matrices: of one that is at hand, and of one that is only known by its products.

use crate::problem::dot;
use ndarray::Array2;

/// A symmetric tridiagonal matrix.
#[derive(Debug, Default)]
pub(crate) struct Tridiagonal {
    pub(crate) diagonal: Vec<f64>,
    /// One shorter than the diagonal.
    pub(crate) beside: Vec<f64>,
}

impl Tridiagonal {
    /// A symmetric matrix brought to this form by Householder's reflections, which keep its eigenvalues (Golub
    /// and Van Loan 2013, algorithm 8.3.1): 4/3·n³ products and as many sums, twice that here.
    pub(crate) fn of(mut a: Array2<f64>) -> Self {
        let n = a.nrows();
        let mut this = Self::default();
        for k in 0..n {
            this.diagonal.push(a[[k, k]]);
            if k + 1 == n {
                break;
            }
            let mut v: Vec<f64> = (k + 1..n).map(|i| a[[i, k]]).collect();
            let norm = dot(&v, &v).sqrt();
            let beside = -norm.copysign(v[0]);
            this.beside.push(beside);
            if norm > 0.0 {
                v[0] -= beside;
                reflect(&mut a, &v);
            }
        }
        this
    }

    /// The eigenvalue with exactly `below` eigenvalues below it, to the last place or two, by bisection: the
    /// count of eigenvalues below x is that of the negative pivots of T − x (Sturm; Golub and Van Loan 2013,
    /// section 8.4.1).
    pub(crate) fn eigenvalue(&self, below: usize) -> f64 {
        let n = self.diagonal.len();
        let beside = |i: Option<usize>| i.and_then(|i| self.beside.get(i)).map_or(0.0, |b| b.abs());
        // Gershgorin's discs.
        let reach = |i: usize| beside(i.checked_sub(1)) + beside(Some(i));
        let least = |low: f64, i: usize| low.min(self.diagonal[i] - reach(i));
        let most = |high: f64, i: usize| high.max(self.diagonal[i] + reach(i));
        let (mut low, mut high) = ((0..n).fold(f64::INFINITY, least), (0..n).fold(f64::NEG_INFINITY, most));
        loop {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                return middle;
            }
            if self.count_below(middle) > below {
                high = middle;
            } else {
                low = middle;
            }
        }
    }

    pub(crate) fn largest(&self) -> f64 {
        self.eigenvalue(self.diagonal.len() - 1)
    }

    fn count_below(&self, x: f64) -> usize {
        let mut count = 0;
        let mut pivot = 1.0_f64;
        for (i, d) in self.diagonal.iter().enumerate() {
            let b = if i == 0 { 0.0 } else { self.beside[i - 1] };
            // A pivot of 0 counts as a negligible one.
            pivot = d - x - b * b / if pivot == 0.0 { f64::MIN_POSITIVE } else { pivot };
            count += usize::from(pivot < 0.0);
        }
        count
    }
}

/// A ← P·A·P with P = 1 − 2·v·vᵀ/vᵀv, as A − v·wᵀ − w·vᵀ, for the last rows and columns of `a`, as many as v has.
fn reflect(a: &mut Array2<f64>, v: &[f64]) {
    let scale = 2.0 / dot(v, v);
    let from = a.nrows() - v.len();
    let product = |i: usize| (0..v.len()).map(|j| a[[from + i, from + j]] * v[j]).sum::<f64>();
    let mut w: Vec<f64> = (0..v.len()).map(|i| scale * product(i)).collect();
    let along = 0.5 * scale * dot(&w, v);
    w.iter_mut().zip(v).for_each(|(w, v)| *w -= along * v);
    for i in 0..v.len() {
        for j in 0..v.len() {
            a[[from + i, from + j]] -= v[i] * w[j] + w[i] * v[j];
        }
    }
}

/// What [`lanczos`] found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Largest {
    pub(crate) value: f64,
    /// Products made.
    pub(crate) products: usize,
}

/// The largest eigenvalue of the symmetric matrix of that many rows of which `product` makes A·v; `None` if a
/// product is not finite.
///
/// By Lanczos' iteration (1950; Golub and Van Loan 2013, section 10.1) with every vector made orthogonal to all
/// before, from a start whose entries are alike in size and of fixed, irregular signs. Every estimate is at most the
/// true value and at least the one before; it ends when one adds less than `tolerance` of it, or after `most` products.
pub(crate) fn lanczos(
    rows: usize,
    most: usize,
    tolerance: f64,
    mut product: impl FnMut(&[f64]) -> Vec<f64>,
) -> Option<Largest> {
    let mut t = Tridiagonal::default();
    let mut basis: Vec<Vec<f64>> = Vec::new();
    let mut v: Vec<f64> = (0..rows).map(|i| sign(i) * (1.0 + 0.5 * (1.7 * i as f64).sin())).collect();
    normalize(&mut v);
    let mut value = f64::NEG_INFINITY;
    for products in 1..=most.min(rows) {
        let mut next = product(&v);
        if next.iter().any(|x| !x.is_finite()) {
            return None;
        }
        t.diagonal.push(dot(&next, &v));
        basis.push(v);
        let last = std::mem::replace(&mut value, t.largest());
        for _ in 0..2 {
            for u in &basis {
                let along = dot(&next, u);
                next.iter_mut().zip(u).for_each(|(x, u)| *x -= along * u);
            }
        }
        let beside = normalize(&mut next);
        let scale = value.abs().max(t.diagonal[0].abs());
        if value - last <= tolerance * scale || beside <= f64::EPSILON * scale {
            return Some(Largest { value, products });
        }
        t.beside.push(beside);
        v = next;
    }
    Some(Largest { value, products: most.min(rows) })
}

/// +1 or −1, by the parity of the ones in the index.
fn sign(i: usize) -> f64 {
    if i.count_ones() % 2 == 0 { 1.0 } else { -1.0 }
}

/// Makes a vector 1 long, and tells how long it was.
fn normalize(v: &mut [f64]) -> f64 {
    let norm = dot(v, v).sqrt();
    if norm > 0.0 {
        for x in v {
            *x /= norm;
        }
    }
    norm
}
