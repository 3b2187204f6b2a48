//! Random streams that can be found again.
//!
//! A [`stream`] is ChaCha8 (Bernstein, 2008; the reduced-round variant that `rand` offers) whose
//! 256-bit key *is* the name of the stream: four little-endian words (seed, purpose, epoch, step).
//! So a position in training is state enough: nothing has to be saved to draw the same shuffle or the
//! same dropout mask again. What must be drawn again uses only ChaCha's words and the conversions of
//! this module, which no dependency can change.

use rand::Rng;
use rand::SeedableRng;
pub use rand::rngs::ChaCha8Rng;

/// What a stream is for: streams of different purposes never overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// The initial parameters.
    Initial = 1,
    /// The order of the examples of an epoch.
    Shuffle = 2,
    /// Dropout masks.
    Dropout = 3,
    /// Which examples are held out.
    Split = 4,
    /// Directions and points of derivative checks.
    Check = 5,
}

/// The stream named (seed, purpose, epoch, step).
///
/// ```
/// use glassgrad_tensor::random::{stream, unit, Purpose};
/// let draw = || unit(&mut stream(7, Purpose::Shuffle, 0, 0));
/// assert_eq!(draw(), draw());
/// ```
pub fn stream(seed: u64, purpose: Purpose, epoch: u64, step: u64) -> ChaCha8Rng {
    let mut key = [0; 32];
    for (bytes, word) in key.chunks_exact_mut(8).zip([seed, purpose as u64, epoch, step]) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    ChaCha8Rng::from_seed(key)
}

/// A number in [0, 1): the upper 53 bits of one 64-bit word, divided by 2⁵³.
pub fn unit(stream: &mut ChaCha8Rng) -> f64 {
    const SCALE: f64 = 1.0 / (1_u64 << 53) as f64;
    (stream.next_u64() >> 11) as f64 * SCALE
}

/// A whole number in 0..n, each equally likely: words are multiplied into 0..n and those of the
/// uneven rest drawn again (Lemire 2019, algorithm 5).
///
/// # Panics
/// If `n` is 0.
pub fn below(stream: &mut ChaCha8Rng, n: u64) -> u64 {
    assert!(n > 0, "no whole number is below 0");
    let uneven = n.wrapping_neg() % n;
    loop {
        let wide = u128::from(stream.next_u64()) * u128::from(n);
        if wide as u64 >= uneven {
            return (wide >> 64) as u64;
        }
    }
}

/// Shuffles in place: for i from the last down to 1, swap i with [`below`]`(i + 1)`
/// (Fisher and Yates, as Durstenfeld 1964 gives it).
pub fn shuffle<X>(stream: &mut ChaCha8Rng, items: &mut [X]) {
    for i in (1..items.len()).rev() {
        items.swap(i, below(stream, i as u64 + 1) as usize);
    }
}
