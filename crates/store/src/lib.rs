//! Files that survive anything: a kill at any moment, a full disk, a flipped bit, a stranger's malice.
//!
//! For whoever must not lose hours of computing. The crate knows nothing of networks: a caller brings a
//! header of its own and named matrices, and gets them back bit for bit, or is told what is wrong and where.
//!
//! | module | what it holds |
//! |---|---|
//! | [`container`] | one file: magic, version, header, aligned sections, all under checksums |
//! | [`save`] | [`replace()`]: the old file or the new one, whole, whatever happens |
//! | [`lock`] | [`Lock`]: one writer a path; the second is told who holds it |
//! | [`keep`] | [`Series`] and [`Policy`]: numbered files, of which the last and the best are kept |
//! | [`error`] | [`Error`]: what was found, what was expected, where, what to do |
//!
//! ```
//! use glassgrad_store::{Format, Image, Lock, Reader, Section, clear_stale, replace};
//!
//! const FORMAT: Format = Format::new("notebook", *b"NOTEBOOK", 1, 1);
//! let folder = std::env::temp_dir().join(format!("glassgrad-store-{}", std::process::id()));
//! std::fs::create_dir_all(&folder).unwrap();
//! let path = folder.join("results.notebook");
//!
//! let lock = Lock::take(&path)?; // nobody else writes this file until `lock` is dropped
//! clear_stale(&path)?; // what a killed process left behind
//! let theta = [0.5_f32, -1.25, 3.0, 0.0];
//! let image = Image::new(&FORMAT, &("a header", 7_u64), &[Section::new("theta", 2, 2, &theta[..])])?;
//! replace(&path, |sink| image.write_to(sink))?;
//!
//! let mut file = Reader::open(&path, &FORMAT)?; // every byte is checked here
//! assert_eq!(file.header::<(String, u64)>()?, ("a header".into(), 7));
//! assert_eq!(file.read_section::<f32>("theta")?, theta);
//! # drop(lock);
//! # std::fs::remove_dir_all(folder).unwrap();
//! # Ok::<(), glassgrad_store::Error>(())
//! ```

#![forbid(unsafe_code)]

pub mod container;
pub mod error;
pub mod keep;
pub mod lock;
pub mod save;
#[cfg_attr(unix, path = "system/unix.rs")]
#[cfg_attr(not(unix), path = "system/other.rs")]
mod system;
mod wording;

pub use container::{Dtype, Element, Format, Image, Reader, Refusal, Section, SectionInfo};
pub use error::{Error, Problem, Step};
pub use keep::{Goal, Policy, Saved, Series};
pub use lock::{Holder, Lock};
pub use save::{check_writable, clear_stale, replace};
