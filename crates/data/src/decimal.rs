//! [`plain`]: the numbers that nearly all cells hold, read without the standard library's generality.

/// Powers of ten, each exact as an `f64`.
const POWERS: [f64; 16] =
    [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// The number, if it is written as an optional minus, digits, and optionally a point and digits; 15 digits
/// at most. Any other text is left to [`f64::from_str`](std::str::FromStr), with which this agrees to the bit: the
/// digits without the point and the power of ten are both exact, so the division rounds once (Clinger 1990).
pub(crate) fn plain(text: &[u8]) -> Option<f64> {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    if digits.len() > POWERS.len() {
        return None;
    }
    let (mut number, mut point) = (0_u64, None);
    for (position, &byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => number = 10 * number + u64::from(byte - b'0'),
            b'.' if point.is_none() => point = Some(position),
            _ => return None,
        }
    }
    let count = digits.len() - usize::from(point.is_some());
    if !(1..POWERS.len()).contains(&count) {
        return None;
    }
    let decimals = point.map_or(0, |point| digits.len() - point - 1);
    let number = number as f64 / POWERS[decimals];
    Some(if negative { -number } else { number })
}

#[cfg(test)]
mod tests {
    use super::plain;
    use glassgrad_tensor::random::{Purpose, below, stream};

    #[test]
    fn agrees_with_the_standard_library() {
        let mut draws = stream(0, Purpose::Check, 0, 0);
        let mut read = 0;
        for _ in 0..200_000 {
            let length = 1 + below(&mut draws, 17) as usize;
            let mut text: Vec<u8> = (0..length).map(|_| b'0' + below(&mut draws, 10) as u8).collect();
            for (character, odds) in [(b'.', 2), (b'.', 40), (b'e', 40), (b'-', 60)] {
                if below(&mut draws, odds) == 0 {
                    text[below(&mut draws, length as u64) as usize] = character;
                }
            }
            if below(&mut draws, 3) == 0 {
                text.insert(0, b'-');
            }
            let expected = std::str::from_utf8(&text).unwrap().parse::<f64>();
            if let Some(number) = plain(&text) {
                read += 1;
                assert_eq!(Ok(number.to_bits()), expected.map(f64::to_bits), "{text:?}");
            }
        }
        assert!(read > 100_000);
        for text in ["", "-", ".", "-.", "+1", "1e5", "1 ", "1..2", "1234567890123456", "٣", "inf"] {
            assert_eq!(plain(text.as_bytes()), None, "{text}");
        }
        assert_eq!(plain(b"-0").map(f64::to_bits), Some((-0.0_f64).to_bits()));
        assert_eq!(
            (plain(b"5."), plain(b".5"), plain(b"123456789012.345")),
            (Some(5.0), Some(0.5), Some(123_456_789_012.345))
        );
    }
}
