//! Writes `docs/gallery.md` and its pictures: failures made on purpose, and what is found in them.
//!
//! ```text
//! cargo run --release -p glassgrad-diagnose --example gallery
//! ```

#[path = "../tests/gallery/cases.rs"]
mod cases;
#[path = "../tests/fixture/mod.rs"]
mod fixture;
#[path = "../tests/gallery/page.rs"]
mod page;

use std::{fs, io};

fn main() -> io::Result<()> {
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs");
    let (page, pictures) = page::page();
    fs::create_dir_all(format!("{docs}/gallery"))?;
    for (name, svg) in &pictures {
        fs::write(format!("{docs}/gallery/{name}"), svg)?;
    }
    fs::write(format!("{docs}/gallery.md"), page)?;
    println!("docs/gallery.md and {} pictures written", pictures.len());
    Ok(())
}
