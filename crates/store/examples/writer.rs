//! Saves a file again and again, and says so after each time: what the crash tests kill and starve.
//!
//! `writer save PATH TIMES NUMBERS` saves a matrix of so many numbers, its header counting on from the file that
//! is there; `writer check PATH` asks whether it could. Ends with the exit codes of `sysexits.h`.

use glassgrad_store::{Error, Format, Image, Lock, Reader, Section, check_writable, clear_stale, replace};
use std::env;
use std::io::{self, Write};
use std::process::ExitCode;

const FORMAT: Format = Format::new("count", *b"COUNTING", 1, 1);

fn save(path: &str, times: u64, numbers: usize) -> Result<(), Error> {
    let _lock = Lock::take(path)?;
    clear_stale(path)?;
    let mut count: u64 = match Reader::open(path, &FORMAT) {
        Ok(reader) => reader.header()?,
        Err(Error::NotFound { .. }) => 0,
        Err(error) => return Err(error),
    };
    for _ in 0..times {
        count += 1;
        let theta = vec![count as f64; numbers];
        let image = Image::new(&FORMAT, &count, &[Section::new("theta", 1, numbers, &theta[..])])?;
        replace(path, |sink| image.write_to(sink))?;
        // Whoever listens may have gone; the file is what counts.
        let _ = writeln!(io::stdout(), "saved {count}");
    }
    Ok(())
}

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let number = |word: &str| word.parse().expect("a whole number");
    let result = match words[..] {
        ["save", path, times, numbers] => save(path, number(times), number(numbers) as usize),
        ["check", path] => check_writable(path),
        _ => {
            eprintln!("usage: writer save PATH TIMES NUMBERS | writer check PATH");
            return ExitCode::from(64);
        }
    };
    let Err(error) = result else { return ExitCode::SUCCESS };
    eprintln!("{error}");
    ExitCode::from(match error {
        Error::Place { .. } => 73,
        Error::Write { .. } => 74,
        Error::Locked { .. } => 75,
        _ => 65,
    })
}
