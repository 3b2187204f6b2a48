//! Which files of a series are kept, and that nothing else is touched.

use crate::fixture::{Folder, Random};
use glassgrad_store::{Goal, Policy, Saved, Series, replace};
use std::fs;

fn policy(last: usize, best: usize, goal: Goal) -> Policy {
    Policy { last: last.try_into().unwrap(), best, goal }
}

fn saved(scores: &[f64]) -> Vec<Saved> {
    scores.iter().zip(1..).map(|(score, number)| Saved { number, score: Some(*score) }).collect()
}

#[test]
fn the_last_and_the_best() {
    let losses = saved(&[0.5, 0.2, 0.9, 0.2, 0.7, 0.8]);
    let expendable = |last, best, goal| policy(last, best, goal).expendable(&losses);
    assert_eq!(expendable(1, 0, Goal::Lowest), [1, 2, 3, 4, 5]);
    assert_eq!(expendable(2, 1, Goal::Lowest), [1, 3, 4]); // of equal scores the earlier one
    assert_eq!(expendable(2, 2, Goal::Lowest), [1, 3]);
    assert_eq!(expendable(2, 1, Goal::Highest), [1, 2, 4]);
    assert_eq!(expendable(1, 2, Goal::Highest), [1, 2, 4, 5]); // the last may be among the best
    assert_eq!(expendable(6, 0, Goal::Lowest), [0; 0]);
    assert_eq!(policy(3, 3, Goal::Lowest).expendable(&[]), [0; 0]);
}

#[test]
fn scores_that_are_none() {
    let mut losses = saved(&[f64::NAN, f64::INFINITY, 0.5, -0.0, 1.0]);
    losses[2].score = None;
    assert_eq!(policy(1, 1, Goal::Lowest).expendable(&losses), [1, 2, 3]);
    assert_eq!(policy(1, 9, Goal::Lowest).expendable(&losses), [1, 3]);
    assert_eq!(policy(1, 9, Goal::Highest).expendable(&losses), [1, 3]);
}

/// The rule, said otherwise: a file is kept if fewer than `last` are later, or fewer than `best` are better.
#[test]
fn any_series() {
    let mut random = Random(2);
    for _ in 0..500 {
        let mut files: Vec<Saved> = (0..random.below(12))
            .map(|n| Saved { number: 3 * n as u64, score: Some(random.below(5) as f64).filter(|s| *s > 0.0) })
            .collect();
        for i in (1..files.len()).rev() {
            files.swap(i, random.below(i + 1));
        }
        let policy = policy(1 + random.below(4), random.below(4), Goal::Highest);
        let mut expected: Vec<u64> = Vec::new();
        for file in &files {
            let later = files.iter().filter(|other| other.number > file.number).count();
            let better = |other: &Saved| {
                other.score > file.score || other.score == file.score && other.number < file.number
            };
            let ahead = files.iter().filter(|other| better(other)).count();
            if later >= policy.last.get() && (file.score.is_none() || ahead >= policy.best) {
                expected.push(file.number);
            }
        }
        expected.sort_unstable();
        assert_eq!(policy.expendable(&files), expected, "{policy:?} {files:?}");
    }
}

#[test]
fn names() {
    let folder = Folder::new("names");
    let series = Series::of(folder.path("model.ckpt"));
    assert_eq!(series.path(12), folder.path("model-000012.ckpt"));
    assert_eq!(series.path(1_234_567), folder.path("model-1234567.ckpt"));
    assert_eq!(Series::of("model").path(3), std::path::Path::new("./model-000003"));
    assert_eq!(Series::of("a.tar.gz").path(3), std::path::Path::new("./a.tar-000003.gz"));

    let ours = ["model-000002.ckpt", "model-000010.ckpt", "model-1000000.ckpt"];
    let others = [
        "model.ckpt",
        "model-12.ckpt",
        "model-0000012.ckpt",
        "model-000012.ckpt.bak",
        "model-000012",
        "model-best.ckpt",
        "xmodel-000012.ckpt",
        "model-99999999999999999999999.ckpt",
        "model--00001.ckpt",
        "model-000012.safetensors",
    ];
    for name in ours.iter().chain(&others) {
        fs::write(folder.path(name), "").unwrap();
    }
    fs::create_dir(folder.path("model-000077.ckpt")).unwrap();
    assert_eq!(series.numbers().unwrap(), [2, 10, 1_000_000]);

    let all: Vec<_> = [2, 10, 1_000_000, 5].map(|number| Saved { number, score: None }).into();
    assert_eq!(series.prune(&policy(1, 0, Goal::Lowest), &all).unwrap(), [2, 10]); // 5 was gone already
    assert_eq!(series.numbers().unwrap(), [1_000_000]);
    assert_eq!(folder.names().len(), others.len() + 2);
}

#[test]
fn a_crash_between_saving_and_removing_is_made_up_for() {
    let folder = Folder::new("crash");
    let series = Series::of(folder.path("model.ckpt"));
    let keep_two = policy(2, 0, Goal::Lowest);
    for number in 1..=6 {
        replace(series.path(number), |sink| sink.write_all(b"model")).unwrap();
        if number % 3 == 0 {
            let saved: Vec<_> =
                series.numbers().unwrap().into_iter().map(|number| Saved { number, score: None }).collect();
            series.prune(&keep_two, &saved).unwrap();
            assert_eq!(series.numbers().unwrap(), [number - 1, number]);
        }
    }
    fs::create_dir(series.path(1)).unwrap();
    fs::write(series.path(1).join("x"), "").unwrap();
    let saved = [1, 5, 6].map(|number| Saved { number, score: None });
    let error = series.prune(&keep_two, &saved).unwrap_err().to_string();
    assert!(
        error.starts_with(&format!("{}: failed while removing it: ", series.path(1).display())),
        "{error}"
    );
}

#[test]
fn stale_files_of_the_whole_series() {
    let folder = Folder::new("kept-stale");
    let series = Series::of(folder.path("model.ckpt"));
    for name in [".model-000001.ckpt.1.0.tmp", ".model-000002.ckpt.999.17.tmp", ".model.ckpt.1.0.tmp"] {
        fs::write(folder.path(name), "").unwrap();
    }
    assert_eq!(series.clear_stale().unwrap().len(), 2);
    assert_eq!(folder.names(), [".model.ckpt.1.0.tmp"]);
}
