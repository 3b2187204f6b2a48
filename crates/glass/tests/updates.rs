//! What a trace says of an update, worked out again from its printed operands: every rule, with decay, clipping,
//! schedules and groups, on single numbers and on matrices.

mod networks;

use glassgrad_glass::{Audit, Claims, Format, Row, Stage, Trace};
use glassgrad_layers::{Activation, Chain, Dense, Init, Loss};
use glassgrad_optim::{
    AdaGrad, Adam, AdamW, At, Clip, Error as OptimError, Group, Mode, Momentum, Nesterov, Optimizer, Plateau,
    Recipe, RmsProp, Schedule, Sgd, Slot, State,
};
use glassgrad_tensor::Scalar;
use glassgrad_train::Trainer;
use ndarray::array;
use networks::{loaded, wide};
use serde_json::Value;
use std::collections::HashMap;
use std::sync::LazyLock;

/// Every rule, plain and with all that it has, and which state vectors it keeps.
fn rules<T: Scalar>() -> Vec<(&'static str, Recipe<T>, Vec<&'static str>)> {
    let (lr, weight_decay) = (0.05, 0.1);
    vec![
        ("sgd", Recipe::new(Sgd { lr, weight_decay }), vec![]),
        ("momentum", Recipe::new(Momentum { lr, ..Momentum::default() }), vec!["v"]),
        ("dampened", Recipe::new(Momentum { lr, momentum: 0.8, dampening: 0.3, weight_decay }), vec!["v"]),
        ("nesterov", Recipe::new(Nesterov { lr, ..Nesterov::default() }), vec!["v"]),
        ("nesterov, decay", Recipe::new(Nesterov { lr, momentum: 0.7, weight_decay }), vec!["v"]),
        ("adagrad", Recipe::new(AdaGrad { lr, ..AdaGrad::default() }), vec!["state_sum"]),
        (
            "adagrad, all",
            Recipe::new(AdaGrad {
                lr,
                lr_decay: 0.2,
                initial_accumulator: 0.3,
                weight_decay,
                ..AdaGrad::default()
            }),
            vec!["state_sum"],
        ),
        ("rmsprop", Recipe::new(RmsProp { lr, ..RmsProp::default() }), vec!["v"]),
        (
            "rmsprop, all",
            Recipe::new(RmsProp { lr, alpha: 0.9, centered: true, weight_decay, ..RmsProp::default() }),
            vec!["v", "g_ave"],
        ),
        ("adam", Recipe::new(Adam { lr, ..Adam::default() }), vec!["m", "v"]),
        ("adam, decay", Recipe::new(Adam { lr, weight_decay, ..Adam::default() }), vec!["m", "v"]),
        ("adamw", Recipe::new(AdamW { lr, weight_decay, ..AdamW::default() }), vec!["m", "v"]),
        ("adamw, no decay", Recipe::new(AdamW { lr, weight_decay: 0.0, ..AdamW::default() }), vec!["m", "v"]),
    ]
}

fn small<T: Scalar>(recipe: Recipe<T>) -> Trainer<T> {
    let network = Chain::new()
        .then(Dense::new(1).weight(Init::rows([[0.5]])))
        .then(Activation::Sigmoid)
        .then(Dense::new(1).weight(Init::rows([[1.0]])));
    let mut trainer = Trainer::new(&network, 1, &Loss::HalfSquaredError, recipe, 0).unwrap();
    trainer.load(array![[T::one()]].view(), array![[T::from_f64(0.3)]].view()).unwrap();
    trainer
}

/// An audit wants a trace, though nothing of it be asked.
static ANY: LazyLock<Trace> = LazyLock::new(|| Trace::record(&mut networks::chapter(), 1).unwrap());

/// The value of a printed expression, in exact arithmetic but for roots.
fn worked_out(expression: &str) -> f64 {
    let file = format!("symbol,printed,decimals,operands\n1,1,30,\"{expression}\"\n");
    let claims = Claims::from_csv(&file, "page").unwrap_or_else(|e| panic!("{expression}: {e}"));
    let audit = Audit::of(&claims, &ANY).unwrap_or_else(|e| panic!("{expression}: {e}"));
    let [_, more] = audit.findings()[0].operands_give.clone().expect("there are operands");
    more.parse().unwrap()
}

/// To rounding: relative to the value, or where terms may nearly cancel, to the greatest of them.
fn near(found: f64, row: &Row, precision: f64) {
    let value = row.number().unwrap();
    let cancels = !row.formula().contains('²') || row.formula().starts_with("max(0");
    let term = |key: &str| ["w1", "w2", "b1", "b2", "eta_0"].iter().any(|of| key.to_lowercase().contains(of));
    let terms = row.operands().iter().filter(|o| cancels && term(&o.symbol().key)).map(|o| o.value()[[0, 0]]);
    // 1 − 0.999 and 1 − 0.999ᵗ are as good as a unit in the last place of 1 lets them be.
    let lost = row.formula().contains("(1 - β2") || row.formula().contains("(1 - α");
    let size = terms.map(f64::abs).fold(value.abs(), f64::max) * if lost { 100.0 } else { 1.0 };
    assert!((found - value).abs() <= precision * size, "{} = {}: {found:e}", row.symbol(), row.formula());
}

/// Works every line of the update stage out again, entries of matrices too, and follows each operand to the row
/// that it comes from.
fn check<T: Scalar>(what: &str, trainer: &mut Trainer<T>, letters: &[&str], precision: f64) -> Trace {
    let trace = Trace::record(trainer, 3).unwrap();
    let mut seen: HashMap<(u64, &str), &Row> = HashMap::new();
    for row in trace.rows() {
        assert!(seen.insert((row.step(), row.symbol()), row).is_none(), "{what}: {} twice", row.symbol());
        if row.stage() != Stage::Update {
            continue;
        }
        for operand in row.operands() {
            let key = operand.symbol().key.as_str();
            let source = seen.get(&(row.step(), key)).copied();
            let made = format!("new_{key}");
            let last = row.step().checked_sub(1).and_then(|step| seen.get(&(step, made.as_str())).copied());
            for source in [source, last].into_iter().flatten() {
                assert_eq!(operand.value(), source.value(), "{what}: {key} in {}", row.symbol());
            }
            if row.step() > 0 && letters.iter().any(|letter| key.starts_with(&format!("{letter}_"))) {
                assert!(source.is_some() || last.is_some(), "{what}: where {key} comes from");
            }
        }
        if row.number().is_some() && row.symbol() != "grad_norm" {
            near(worked_out(&row.substituted_in_full()), row, precision);
        }
    }
    let size = |row: &Row| row.value().dim();
    for row in trace.rows().iter().filter(|row| row.stage() == Stage::Update && row.number().is_none()) {
        let (rows, columns) = size(row);
        for [i, j] in [[0, 0], [rows - 1, columns - 1], [rows / 2, columns / 3]] {
            let entry = trace.entry(&format!("{}[{i},{j}]", row.symbol())).unwrap();
            let of_step = entry.rows().iter().find(|r| r.step() == row.step()).unwrap();
            near(worked_out(&of_step.substituted_in_full()), of_step, precision);
        }
    }
    // What was printed last is what the optimiser holds; of what is frozen, nothing is printed and all is 0.
    let mut state: Vec<f64> = Vec::new();
    let parameters = trace.rows().iter().filter(|row| row.step() == 2 && row.stage() == Stage::Forward);
    let parameters: Vec<&Row> = parameters.filter(|row| trainer.parameter(row.name()).is_ok()).collect();
    for letter in letters {
        for row in &parameters {
            match trace.row(2, &format!("new_{letter}_{}", row.symbol())) {
                Ok(new) => state.extend(new.value().iter()),
                Err(_) => state.extend(vec![0.0; row.value().len()]),
            }
        }
    }
    let held: Vec<f64> = trainer.descent().state().iter().map(|x| x.to_f64()).collect();
    assert_eq!(state, held, "{what}: the state");
    trace
}

#[test]
fn every_rule_is_written_out() {
    for (((what, recipe, letters), (_, other, _)), (_, single, _)) in
        rules().into_iter().zip(rules()).zip(rules())
    {
        check(what, &mut small::<f64>(recipe), &letters, 1e-14);
        check(what, &mut loaded::<f64>(&wide(), &Loss::HalfSquaredError, other), &letters, 1e-14);
        check(what, &mut small::<f32>(single), &letters, 1e-6);
    }
}

/// Decay, clipping, a schedule and a group at once, for every rule.
#[test]
fn what_comes_before_the_rule_is_written_out() {
    for clip in [Clip::Norm(0.05), Clip::Norm(100.0), Clip::Value(0.03)] {
        for (what, recipe, letters) in rules() {
            let half = Group { lr_factor: 0.5, weight_decay: Some(0.2), ..Group::default() };
            let frozen = Group { frozen: true, ..Group::default() };
            let recipe = recipe
                .clip(clip)
                .schedule(Schedule::Exponential { factor: 0.9 })
                .group("*.weight", half)
                .group("0.bias", frozen);
            let trace = check(what, &mut small::<f64>(recipe), &letters, 1e-14);
            assert_eq!(trace.row(2, "new_b1").unwrap().formula(), "b1");
            assert_eq!(trace.row(2, "eta").unwrap().formula(), "η0·γ^s");
            assert_eq!(trace.row(2, "eta").unwrap().substituted(4), "0.05·0.9^2");
            assert!(trace.row(2, "eta_w1").unwrap().formula().starts_with("η·lr_factor"));
            let gradient = trace.row(1, "g_w2").unwrap().formula();
            let expected = match clip {
                Clip::Norm(_) => "clip_coef·∂L/∂w2",
                Clip::Value(_) => "max(-clip_value, min(clip_value, ∂L/∂w2))",
            };
            let decay = if what.starts_with("adamw") { "" } else { " + λ·w2" };
            assert_eq!(gradient, format!("{expected}{decay}"));
            if let Clip::Norm(bound) = clip {
                let norm = trace.row(1, "grad_norm").unwrap();
                assert_eq!(
                    norm.formula(),
                    "√((∂L/∂w1)² + (∂L/∂w2)² + (∂L/∂b2)²)",
                    "what is frozen is left out"
                );
                near(worked_out(&norm.substituted_in_full()), norm, 1e-14);
                assert_eq!(trace.row(1, "clip_coef").unwrap().number() == Some(1.0), bound > 1.0);
            }
        }
    }
}

#[test]
fn the_norm_of_matrices_is_their_entries() {
    let recipe = Recipe::new(Sgd::default()).clip(Clip::Norm(0.01));
    let trace = Trace::record(&mut loaded::<f64>(&wide(), &Loss::HalfSquaredError, recipe), 1).unwrap();
    let row = trace.row(0, "grad_norm").unwrap();
    assert_eq!(row.formula(), "√(Σ (∂L/∂W1)² + Σ (∂L/∂b1)² + Σ (∂L/∂W2)² + Σ (∂L/∂b2)²)");
    let squares: f64 = row.operands().iter().flat_map(|o| o.value().into_owned()).map(|g| g * g).sum();
    near(squares.sqrt(), row, 1e-14);
}

/// Each schedule at its start, on its way, at its turns and after its end, and under a plateau.
#[test]
fn schedules_are_written_out() {
    let warm = |then| Schedule::WarmUp { steps: 3, start: 0.2, then: Box::new(then) };
    let cycle =
        |pct_start| Schedule::OneCycle { steps: 6, pct_start, div_factor: 25.0, final_div_factor: 1e4 };
    for schedule in [
        Schedule::Step { every: 2, factor: 0.5 },
        Schedule::Exponential { factor: 0.8 },
        Schedule::Cosine { steps: 5, min_lr: 0.001 },
        warm(Schedule::Cosine { steps: 3, min_lr: 0.0 }),
        warm(Schedule::Constant),
        cycle(0.5),
        cycle(1.0 / 6.0),
        cycle(0.0),
    ] {
        for min_lr in [None, Some(0.0), Some(0.02)] {
            let mut recipe = Recipe::new(Sgd { lr: 0.1, ..Sgd::default() }).schedule(schedule.clone());
            if let Some(min_lr) = min_lr {
                let plateau =
                    Plateau { mode: Mode::Min, factor: 0.3, patience: 0, min_lr, ..Plateau::default() };
                recipe = recipe.plateau(plateau);
            }
            let mut trainer = small::<f64>(recipe);
            for step in 0..8 {
                let lr = trainer.descent().lr();
                let trace = Trace::record(&mut trainer, 1).unwrap();
                for row in trace.rows().iter().filter(|row| row.symbol().starts_with("eta")) {
                    near(worked_out(&row.substituted_in_full()), row, 1e-13);
                }
                let eta = trace.row(0, "eta").unwrap().number().unwrap();
                assert_eq!(eta.to_bits(), lr.to_bits(), "{schedule:?}, step {step}");
                let used = trace.row(0, "new_w1").unwrap().operands()[1].value()[[0, 0]];
                assert_eq!(used.to_bits(), lr.to_bits());
                trainer.descent_mut().observe(1.0);
            }
        }
    }
}

/// A rule of one's own is called by its name, since nobody knows what it does.
#[test]
fn a_rule_of_ones_own_is_called_by_its_name() {
    #[derive(Debug)]
    struct Sign;
    impl<T: Scalar> Optimizer<T> for Sign {
        fn lr(&self) -> f64 {
            0.5
        }
        fn weight_decay(&self) -> f64 {
            0.3
        }
        fn validate(&self) -> Result<(), OptimError> {
            Ok(())
        }
        fn slots(&self) -> &'static [Slot] {
            &[]
        }
        fn update(&self, at: &At, theta: &mut [T], grad: &[T], _: State<'_, T>) {
            let lr = T::from_f64(at.lr);
            theta.iter_mut().zip(grad).for_each(|(x, &g)| *x -= if g > T::zero() { lr } else { -lr });
        }
    }
    let trace = Trace::record(&mut small::<f64>(Recipe::new(Sign)), 1).unwrap();
    assert_eq!(trace.row(0, "new_w1").unwrap().formula(), "Sign(w1, η, ∂L/∂w1)");
}

/// The numbers of the update stage as each format prints them, worked out again.
#[test]
fn every_format_has_the_same_numbers() {
    const DECIMALS: usize = 40; // all that a double has
    for (what, recipe, _) in rules() {
        let recipe = recipe.clip(Clip::Norm(0.05)).schedule(Schedule::Step { every: 1, factor: 0.5 });
        let trace = Trace::record(&mut small::<f64>(recipe), 2).unwrap();
        let render = |format| trace.render(format, DECIMALS);
        let (text, markdown, latex) =
            (render(Format::Text), render(Format::Markdown).replace('\\', ""), render(Format::Latex));
        assert!(latex.is_ascii(), "{what}: {:?}", latex.chars().find(|c| !c.is_ascii()));
        let open = |c| latex.matches(c).count();
        assert_eq!(open('{'), open('}'), "{what}");
        let mut csv = csv::Reader::from_reader(render(Format::Csv).leak().as_bytes());
        let records: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
        let json: Vec<Value> =
            render(Format::JsonLines).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        for (k, row) in trace.rows().iter().enumerate().filter(|(_, row)| row.stage() == Stage::Update) {
            let printed = row.substituted(DECIMALS);
            near(worked_out(&printed), row, 1e-14);
            let (notation, formula) = (row.notation(), row.formula());
            assert!(text.lines().any(|line| line.trim().starts_with(notation) && line.contains(&printed)));
            let cells = format!("| {notation} | {} | {formula} | {printed} |", row.name());
            assert!(markdown.contains(&cells), "{what}: {cells}");
            let record = &records[k];
            assert_eq!(record.get(2), Some(row.symbol()));
            near(worked_out(record.get(7).unwrap()), row, 1e-14);
            assert_eq!(json[k]["symbol"], row.symbol());
            assert_eq!(json[k]["operands"].as_array().unwrap().len(), row.operands().len());
            for (found, operand) in json[k]["operands"].as_array().unwrap().iter().zip(row.operands()) {
                assert_eq!(found["symbol"], operand.symbol().key);
                assert_eq!(found["value"].as_f64().unwrap().to_bits(), operand.value()[[0, 0]].to_bits());
            }
            near(worked_out(json[k]["substituted"].as_str().unwrap()), row, 1e-14);
        }
        let lines = |step: usize| latex.split(&format!("Step {step}, update")).nth(1).unwrap();
        for step in 0..2 {
            let updates =
                trace.rows().iter().filter(|r| r.step() == step as u64 && r.stage() == Stage::Update);
            let block = lines(step).split(r"\end{align*}").next().unwrap();
            let written: Vec<&str> = block.lines().filter(|line| line.contains("&=")).collect();
            for (row, line) in updates.zip(written) {
                let parts: Vec<&str> = line.trim_end_matches(r"\\").split(" = ").collect();
                near(worked_out(&plain(parts[parts.len() - 2])), row, 1e-14);
                near(worked_out(&plain(parts[parts.len() - 1])), row, 1e-14);
            }
        }
    }
}

/// LaTeX's commands for arithmetic, as signs.
fn plain(latex: &str) -> String {
    let mut text = latex.rsplit("&= ").next().unwrap_or_default().trim().to_string();
    for (from, to) in [
        (r" \cdot 10^{", "*10^("),
        (r" \cdot ", "·"),
        (r"\sqrt{", "√("),
        (r"\surd ", "√"),
        (r"\left", ""),
        (r"\right", ""),
        (r"\max ", "max"),
        (r"\min ", "min"),
        ("{", "("),
        ("}", ")"),
    ] {
        text = text.replace(from, to);
    }
    text
}
