//! Models that somebody has made up, with every checksum right.

mod program;

use program::{TMP, file, fresh, objects, run, stdout};
use std::fs;
use std::hash::Hasher;

/// A model with texts of its header replaced by others, each as long.
fn forged(name: &str, model: &str, replaced: &[(&str, &str)]) -> String {
    let mut bytes = fs::read(model).expect("a model");
    let length = u32::from_le_bytes(bytes[12..16].try_into().expect("4 bytes")) as usize;
    let (prefix, rest) = bytes.split_at_mut(24);
    let header = &mut rest[..length];
    for (from, to) in replaced {
        assert_eq!(from.len(), to.len(), "{from}");
        let places: Vec<usize> =
            (0..=length - from.len()).filter(|&at| header[at..].starts_with(from.as_bytes())).collect();
        assert!(!places.is_empty(), "{from}");
        for at in places {
            header[at..at + to.len()].copy_from_slice(to.as_bytes());
        }
    }
    let mut checksum = twox_hash::XxHash3_64::new();
    checksum.write(&prefix[..16]);
    checksum.write(header);
    prefix[16..].copy_from_slice(&checksum.finish().to_le_bytes());
    file(name, bytes)
}

#[test]
fn a_model_does_not_steer_the_terminal() {
    let model = fresh("steer.ckpt");
    let data = file("steer-me.csv", fs::read("../../data/iris.csv").expect("iris"));
    let run_file = file(
        "steer.toml",
        format!(
            "[data]\ntrain = {data:?}\ntarget = \"target\"\n[model.parameters]\n\"2.bias\" = [0.0, 0.0, 0.0]\n"
        ),
    );
    stdout(&format!("train {run_file} --hidden 3 --epochs 1 -q -o {model}"));
    let cpu = glassgrad_train::Origin::here().cpu;
    let other = format!("\u{1b}[1m{}", &cpu[4..]);
    let texts = [
        (env!("CARGO_PKG_VERSION"), "\u{1b}[31m"),
        (&cpu, &other),
        ("0.weight", "\u{1b}[2J\u{7f}\r\ny"),
        ("steer-me.csv", "\\u001b[1.csv"),
    ];
    let (forged, lost) = (forged("forged.ckpt", &model, &texts[..3]), forged("lost.ckpt", &model, &texts));
    let mut said = String::new();
    let mut say = |command: String, expected: i32| {
        let (code, stdout, stderr) = run(&command);
        assert_eq!(code, expected, "{command}: {stderr}");
        for text in [stdout, stderr] {
            assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{command}: {text:?}");
            said += &text;
        }
    };
    say(format!("inspect {forged}"), 0);
    say(format!("inspect {forged} --json"), 0);
    say(format!("trace {forged} --input 1,2,3,4 --target 1"), 0);
    say(format!("trace {lost} --row 0"), 66);
    say(format!("graph {forged} --format dot"), 0);
    say(format!("gradcheck {forged}"), 0);
    say(format!("train --resume {forged} --epochs 2"), 0);
    say(format!("train --resume {forged} --epochs 3 --hidden 7"), 2);
    let layers = &objects(&format!("inspect {forged}"))[0]["layers"];
    assert_eq!(layers[0]["name"], "\u{1b}[2J\u{7f}\r\ny");
    for part in [
        "written by glassgrad \\u{1b}[31m on \\u{1b}[1m",
        "\n  \\u{1b}[2J\\u{7f}\\r\\ny [3, 4] = 12\n",
        "note: $TMP/forged.ckpt: written on \\u{1b}[1m",
        "error: $TMP/\\u{1b}[1.csv: no such file",
    ] {
        assert!(said.contains(&part.replace("$TMP", TMP)), "{part} in {said}");
    }
}
