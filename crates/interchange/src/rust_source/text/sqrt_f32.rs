/// √x by Newton's iteration in `f64`, from the halved exponent; rounded once.
fn sqrt(x: f32) -> f32 {
    if !(x > 0.0 && x < f32::INFINITY) {
        return if x >= 0.0 { x } else { f32::NAN };
    }
    let x = f64::from(x);
    let guess = f64::from_bits((x.to_bits() >> 1) + 0x1ff8_0000_0000_0000);
    (0..4).fold(guess, |y, _| 0.5 * (y + x / y)) as f32
}
