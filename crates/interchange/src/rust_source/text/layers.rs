/// x·Wᵀ + b.
fn affine<const I: usize, const O: usize>(x: &[f32; I], w: &[[f32; I]; O], b: &[f32; O]) -> [f32; O] {
    core::array::from_fn(|i| dot(x, &w[i]) + b[i])
}

/// x·Wᵀ.
fn product_transposed<const I: usize, const O: usize>(x: &[f32; I], w: &[[f32; I]; O]) -> [f32; O] {
    core::array::from_fn(|i| dot(x, &w[i]))
}

/// x·W.
fn product<const I: usize, const O: usize>(x: &[f32; I], w: &[[f32; O]; I]) -> [f32; O] {
    core::array::from_fn(|j| x.iter().zip(w).fold(0.0, |sum, (x, w)| sum + x * w[j]))
}

fn dot<const N: usize>(x: &[f32; N], w: &[f32; N]) -> f32 {
    x.iter().zip(w).fold(0.0, |sum, (x, w)| sum + x * w)
}

fn sum(x: &[f32]) -> f32 {
    x.iter().fold(0.0, |sum, x| sum + x)
}

fn mean(x: &[f32]) -> f32 {
    sum(x) / x.len() as f32
}

/// The place of the first largest number.
fn largest(x: &[f32]) -> usize {
    (1..x.len()).fold(0, |at, i| if x[i] > x[at] { i } else { at })
}

/// e^(x − max)/Σ e^(x − max).
fn softmax<const N: usize>(x: &[f32; N]) -> [f32; N] {
    let max = x[largest(x)];
    let e = x.map(|x| exp(x - max));
    let total = sum(&e);
    e.map(|e| e / total)
}

/// (x − max) − ln(1 + Σ of all other e^(x − max)).
fn log_softmax<const N: usize>(x: &[f32; N]) -> [f32; N] {
    let at = largest(x);
    let mut e = x.map(|y| exp(y - x[at]));
    e[at] = 0.0;
    let above_max = ln_1p(sum(&e));
    x.map(|y| (y - x[at]) - above_max)
}

/// xⁿ by squaring.
fn powi(mut x: f32, n: i32) -> f32 {
    let mut left = n.unsigned_abs();
    let mut y = 1.0;
    while left > 0 {
        if left % 2 == 1 {
            y *= x;
        }
        x *= x;
        left /= 2;
    }
    if n < 0 { 1.0 / y } else { y }
}
