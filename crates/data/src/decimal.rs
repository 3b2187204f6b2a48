//! [`plain`]: the numbers that nearly all cells hold, read without the standard library's generality.

/// Powers of ten, each exact as an `f64`.
const POWERS: [f64; DIGITS + 1] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19,
];

/// More digits than these may not fit a `u64`.
const DIGITS: usize = 19;

/// Up to here whole numbers are exact as an `f64`.
const EXACT: u64 = 1 << 53;

/// The number, if it is written as an optional minus, digits, and optionally a point and digits, and if its digits make
/// no more than 2⁵³ without the point. Any other text is left to [`f64::from_str`](std::str::FromStr), with which this agrees
/// to the bit: the digits and the power of ten are both exact, so the division rounds once (Clinger 1990).
pub(crate) fn plain(text: &[u8]) -> Option<f64> {
    let (number, length) = leading(text);
    number.filter(|_| length == text.len())
}

/// How many bytes at the start of a text are a minus, digits and a point, and the [plain] number that they make.
#[inline]
pub(crate) fn leading(text: &[u8]) -> (Option<f64>, usize) {
    let negative = text.first() == Some(&b'-');
    let begin = usize::from(negative);
    let (mut number, mut count) = digits(&text[begin..], 0);
    let (mut at, mut decimals) = (begin + count, 0);
    if text.get(at) == Some(&b'.') {
        (number, decimals) = digits(&text[at + 1..], number);
        count += decimals;
        at += 1 + decimals;
    }
    if !(1..=DIGITS).contains(&count) || number > EXACT {
        return (None, at);
    }
    let mut value = number as f64;
    if decimals > 0 {
        value /= POWERS[decimals];
    }
    (Some(if negative { -value } else { value }), at)
}

/// Appends to a number, modulo 2⁶⁴, the digits that a text begins with; and how many they are.
///
/// Eight bytes at a time, as one word (after Lemire 2021): where a number ends is computed, for it cannot be guessed.
#[inline]
fn digits(mut text: &[u8], mut number: u64) -> (u64, usize) {
    const TENS: [u64; 9] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];
    let mut count = 0;
    while let Some((eight, rest)) = text.split_first_chunk() {
        let (value, length) = within(*eight);
        number = number.wrapping_mul(TENS[length]).wrapping_add(value);
        count += length;
        if length < 8 {
            return (number, count);
        }
        text = rest;
    }
    for byte in text.iter().take_while(|byte| byte.is_ascii_digit()) {
        number = number.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
        count += 1;
    }
    (number, count)
}

/// The number of the digits that eight bytes begin with, and how many they are.
#[inline]
pub(crate) fn within(eight: [u8; 8]) -> (u64, usize) {
    let word = u64::from_le_bytes(eight) ^ 0x3030_3030_3030_3030;
    // The highest bit of the first byte that is no digit; a carry changes only those after it.
    let ends = (word.wrapping_add(0x7676_7676_7676_7676) | word) & 0x8080_8080_8080_8080;
    let length = ends.trailing_zeros() / 8;
    // The digits, after zeros; then pairs are joined, then fours, then all.
    let word = word.checked_shl(64 - 8 * length).unwrap_or(0);
    let pairs = word.wrapping_mul(10).wrapping_add(word >> 8);
    let [first, second] = [pairs, pairs >> 16].map(|pairs| pairs & 0x0000_00ff_0000_00ff);
    let fours =
        first.wrapping_mul(100 + (1_000_000 << 32)).wrapping_add(second.wrapping_mul(1 + (10_000 << 32)));
    (fours >> 32, length as usize)
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
            let length = 1 + below(&mut draws, 21) as usize;
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
        for text in [
            "",
            "-",
            ".",
            "-.",
            "+1",
            "1e5",
            "1 ",
            "1..2",
            "9007199254740993",
            "00000000000000000000",
            "٣",
            "inf",
        ] {
            assert_eq!(plain(text.as_bytes()), None, "{text}");
        }
        assert_eq!(plain(b"-0").map(f64::to_bits), Some((-0.0_f64).to_bits()));
        assert_eq!(
            (plain(b"5."), plain(b".5"), plain(b"123456789012.345"), plain(b"0.000000000000000007")),
            (Some(5.0), Some(0.5), Some(123_456_789_012.345), Some(7e-18))
        );
    }
}
