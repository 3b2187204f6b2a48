//! Files that ask for more memory than they are worth are refused before it is allocated.
//!
//! Their checksums are right: a stranger can compute them too.

#![allow(unsafe_code, reason = "an allocator can only be an unsafe impl; this one counts and passes on")]

#[path = "../../../tests/counting/mod.rs"]
mod counting;
mod fixture;

use counting::peak;
use fixture::{Random, entry, open, refusal, sealed};
use glassgrad_store::{Error, Refusal};

/// One sequence through serde may reserve 1 MiB; the rest is the file's own size, a buffer and messages.
const SMALL: usize = (1 << 20) + (1 << 17);

/// A refusal, and that little was allocated for it.
fn cheaply(bytes: &[u8]) -> Refusal {
    let mut found = None;
    let peak = peak(|| found = Some(refusal(bytes)));
    assert!(peak < SMALL, "{peak} B were held to refuse a file of {} B: {found:?}", bytes.len());
    found.expect("it ran")
}

/// A header with one section.
fn one(name: &str, dtype: u32, shape: [u64; 2], offset: u64) -> Vec<u8> {
    [1_u64.to_le_bytes().to_vec(), entry(name, dtype, shape, offset, 0)].concat()
}

#[test]
fn header_lengths() {
    for length in [u32::MAX, 1 << 31, (16 << 20) + 1, 1 << 20, 41] {
        let mut bytes = sealed(2, &[0; 40], &[]);
        bytes[12..16].copy_from_slice(&length.to_le_bytes());
        assert_eq!(cheaply(&bytes), Refusal::HeaderLength { found: length.into(), length: 64 });
    }
    // Within the file, but more than headers have.
    let bytes = sealed(2, &vec![0; (16 << 20) + 1], &[]);
    assert!(matches!(cheaply(&bytes), Refusal::HeaderLength { .. }));
}

#[test]
fn lengths_inside_the_header() {
    for count in [2, 1 << 20, 1 << 33, 1 << 40, u64::MAX] {
        let header = [count.to_le_bytes().to_vec(), entry("w", 0, [1, 1], 128, 0)].concat();
        assert!(
            matches!(cheaply(&sealed(2, &header, &[])), Refusal::HeaderContent { .. }),
            "{count} sections"
        );
    }
    for length in [100, 4000, 1 << 20, 8 << 20, 1 << 33, 1 << 40, u64::MAX] {
        let mut header = one("w", 0, [1, 1], 128);
        header[8..16].copy_from_slice(&length.to_le_bytes());
        assert!(
            matches!(cheaply(&sealed(2, &header, &[])), Refusal::HeaderContent { .. }),
            "a name of {length} bytes"
        );
    }
}

#[test]
fn lengths_inside_the_callers_header() {
    for length in [10, 4000, 1 << 20, 8 << 20, 1 << 33, 1 << 40, u64::MAX] {
        let header = [0_u64.to_le_bytes(), u64::to_le_bytes(length)].concat();
        let bytes = sealed(2, &header, &[]);
        let peak = peak(|| {
            let reader = open(&bytes).unwrap();
            let refused = |error: &Error| error.to_string().contains("claims more bytes than there are");
            assert!(refused(&reader.header::<String>().unwrap_err()));
            assert!(refused(&reader.header::<Vec<f32>>().unwrap_err()));
            assert!(refused(&reader.header::<Vec<Vec<String>>>().unwrap_err()));
        });
        assert!(peak < SMALL, "{peak} B for a length of {length}");
    }
}

#[test]
fn shapes() {
    for (dtype, shape) in [
        (0, [0, 5]),
        (0, [5, 0]),
        (1, [0, u64::MAX]),
        (0, [1 << 32, 1 << 32]),
        (0, [1 << 31, 1 << 31]), // times 4 bytes
        (1, [1 << 61, 1]),       // times 8 bytes
        (1, [u64::MAX, u64::MAX]),
        // What is left of these is small, but not 0.
        (0, [(1 << 62) + 1, 1]),
        (1, [1, (1 << 61) + 1]),
        (0, [(1 << 32) + 1, (1 << 32) + 1]),
    ] {
        let [rows, columns] = shape;
        let found = cheaply(&sealed(2, &one("w", dtype, shape, 128), &[0; 64]));
        assert_eq!(found, Refusal::SectionShape { section: "w".into(), rows, columns });
    }
    // No overflow, but more than there is.
    for shape in [[1, 2], [1 << 20, 1 << 20], [1 << 30, 1 << 31], [(1 << 62) - 1, 1]] {
        let header = one("w", 0, shape, 128);
        assert!(matches!(cheaply(&sealed(2, &header, &[0; 47])), Refusal::Truncated { .. }), "{shape:?}");
    }
    assert!(matches!(
        cheaply(&sealed(2, &one("w", 2, [1, 1], 128), &[0; 64])),
        Refusal::HeaderContent { .. }
    ));
}

#[test]
fn places() {
    for offset in [0, 24, 64, 127, 129, 192, 1 << 40, u64::MAX - 63, u64::MAX] {
        let found = cheaply(&sealed(2, &one("w", 0, [1, 1], offset), &[0; 200]));
        assert_eq!(found, Refusal::SectionPlace { section: "w".into(), found: offset, expected: 128 });
    }
    let two = |first: &str, second: &str, offset: u64| {
        let entries = [entry(first, 0, [1, 1], 128, 0), entry(second, 0, [1, 1], offset, 0)].concat();
        cheaply(&sealed(2, &[2_u64.to_le_bytes().to_vec(), entries].concat(), &[0; 300]))
    };
    for offset in [64, 128, 132, 256] {
        let expected = Refusal::SectionPlace { section: "v".into(), found: offset, expected: 192 };
        assert_eq!(two("w", "v", offset), expected, "overlap, hole or wrong order");
    }
    assert_eq!(two("w", "w", 192), Refusal::SectionName { section: "w".into() });
    assert_eq!(two("", "w", 192), Refusal::SectionName { section: String::new() });
}

#[test]
fn any_header_with_a_right_checksum() {
    let mut random = Random(3);
    for _ in 0..2000 {
        let mut header: Vec<u8> = (0..random.below(300)).map(|_| random.next() as u8).collect();
        // Small numbers are the ones that lead on.
        for byte in &mut header {
            *byte = if random.below(4) == 0 { *byte } else { *byte & 1 };
        }
        let bytes = sealed(1 + random.below(2) as u32, &header, &vec![0; random.below(300)]);
        let peak = peak(|| {
            if let Ok(reader) = open(&bytes) {
                let _ = reader.header::<fixture::Header>();
            }
        });
        assert!(peak < SMALL, "{peak} B for {header:?}");
    }
}
