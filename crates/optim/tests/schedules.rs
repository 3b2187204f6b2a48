//! Learning rates over sixty steps against PyTorch; ends and corners.

mod fixture;

use fixture::{count, list, load, number, numbers, schedule, string};
use glassgrad_optim::{Mode, Plateau, Recipe, Schedule, Sgd};

#[track_caller]
fn assert_close(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() <= 1e-12 * theirs.abs(), "{what}: {ours:e}, PyTorch {theirs:e}");
}

#[test]
fn schedules_agree_with_pytorch() {
    let file = load();
    let runs = list(&file["schedules"]);
    assert_eq!(runs.len(), 9);
    for run in runs {
        let schedule = schedule(&run["schedule"]);
        assert_eq!(schedule.validate(), Ok(()));
        let theirs = numbers(&run["lr"]);
        assert_eq!(theirs.len(), 60);
        for (step, &theirs) in (0..).zip(&theirs) {
            let ours = schedule.lr(number(&run["base"]), step);
            assert_close(ours, theirs, &format!("{}, step {step}", string(&run["name"])));
        }
    }
}

#[test]
fn plateaus_agree_with_pytorch() {
    let file = load();
    let runs = list(&file["plateaus"]);
    assert_eq!(runs.len(), 4);
    for run in runs {
        let fields = &run["plateau"];
        let plateau = Plateau {
            mode: if string(&fields["mode"]) == "min" { Mode::Min } else { Mode::Max },
            factor: number(&fields["factor"]),
            patience: count(&fields["patience"]),
            threshold: number(&fields["threshold"]),
            cooldown: count(&fields["cooldown"]),
            min_lr: number(&fields["min_lr"]),
        };
        let base = number(&run["base"]);
        let mut descent = Recipe::<f64>::new(Sgd { lr: base, ..Sgd::default() })
            .plateau(plateau)
            .bind(&[("w", 0..1)])
            .expect("a valid recipe");
        let theirs = numbers(&run["lr"]);
        assert!(theirs[59] < base / 4.0, "the fixture must have reductions");
        for (i, (metric, theirs)) in numbers(&run["metric"]).into_iter().zip(theirs).enumerate() {
            let before = descent.lr();
            let reduced = descent.observe(metric);
            assert_close(descent.lr(), theirs, &format!("{}, observation {i}", string(&run["name"])));
            assert!(reduced || before == descent.lr());
        }
    }
}

#[test]
fn a_plateau_multiplies_the_schedule_and_stops_at_its_floor() {
    let schedule =
        Schedule::WarmUp { steps: 2, start: 0.0, then: Box::new(Schedule::Exponential { factor: 0.5 }) };
    let mut descent = Recipe::<f64>::new(Sgd { lr: 1.0, ..Sgd::default() })
        .schedule(schedule)
        .plateau(Plateau { factor: 0.5, patience: 0, min_lr: 0.1, ..Plateau::default() })
        .bind(&[("w", 0..1)])
        .expect("a valid recipe");
    let mut step = || descent.step(&mut [0.0], &mut [0.0]).expect("finite").lr;
    assert_eq!([step(), step(), step()], [0.0, 0.5, 1.0]);
    assert!(!descent.observe(1.0));
    assert!(descent.observe(f64::NAN), "NaN is never better");
    let mut step = || descent.step(&mut [0.0], &mut [0.0]).expect("finite").lr;
    // Half of 0.5, 0.25 and 0.125, the last held up to the floor; then the schedule itself is below it.
    assert_eq!([step(), step(), step(), step()], [0.25, 0.125, 0.1, 0.0625]);
}

#[test]
fn schedules_stay_at_their_end() {
    let cosine = Schedule::Cosine { steps: 4, min_lr: 0.25 };
    assert_eq!([cosine.lr(1.0, 4), cosine.lr(1.0, 6), cosine.lr(1.0, u64::MAX)], [0.25; 3]);
    let cycle = Schedule::OneCycle { steps: 8, pct_start: 0.5, div_factor: 2.0, final_div_factor: 4.0 };
    assert_eq!([cycle.lr(1.0, 0), cycle.lr(1.0, 3), cycle.lr(1.0, 7)], [0.5, 1.0, 0.125]);
    assert_eq!([cycle.lr(1.0, 8), cycle.lr(1.0, u64::MAX)], [0.125; 2]);
    let fall = Schedule::Step { every: 1, factor: 0.5 };
    assert_eq!(fall.lr(1.0, u64::MAX), 0.0);
}

#[test]
fn every_valid_schedule_is_finite_everywhere() {
    let mut schedules = vec![Schedule::Constant, Schedule::Step { every: 1, factor: 0.0 }];
    for steps in [1, 2, 3, 10] {
        schedules.push(Schedule::Cosine { steps, min_lr: 0.0 });
        schedules.push(Schedule::WarmUp { steps, start: 0.0, then: Box::default() });
        for pct_start in [0.0, 0.1, 0.5, 1.0] {
            schedules.push(Schedule::OneCycle { steps, pct_start, div_factor: 2.0, final_div_factor: 2.0 });
        }
    }
    for schedule in schedules {
        assert_eq!(schedule.validate(), Ok(()));
        for step in 0..12 {
            let lr = schedule.lr(1.0, step);
            assert!((0.0..=1.0).contains(&lr), "{schedule:?} at {step}: {lr}");
        }
    }
}
