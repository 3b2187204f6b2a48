/// √x by Newton's iteration from the halved exponent, to 1 ulp.
fn sqrt(x: f64) -> f64 {
    if !(x > 0.0 && x < f64::INFINITY) {
        return if x >= 0.0 { x } else { f64::NAN };
    }
    // Times 2⁵⁴ if subnormal: the root is then 2²⁷ times too large.
    let (x, back) = if x < f64::MIN_POSITIVE { (x * 18_014_398_509_481_984.0, 1.0 / 134_217_728.0) } else { (x, 1.0) };
    let guess = f64::from_bits((x.to_bits() >> 1) + 0x1ff8_0000_0000_0000);
    (0..4).fold(guess, |y, _| 0.5 * (y + x / y)) * back
}
