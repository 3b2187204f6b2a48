//! [`Case`]: one op on operands of given shapes, and numbers to run it on.

use glassgrad_autograd::{Init, Memory, Rows, Shape, Tape, Unary, Var};
use glassgrad_tensor::Scalar;
use glassgrad_tensor::random::{Purpose, stream, unit};
use ndarray::Array2;

/// Where an operand's numbers come from, so that differences up to 0.2 cross no kink and no pole.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Domain {
    /// ±2.
    Real,
    /// 0.6 to 2.6.
    Positive,
    /// 0.2 to 0.8.
    Probability,
    /// At least 0.3 away from this number.
    AwayFrom(f64),
    /// At least 0.3 away from plus and minus this number, of either sign and size.
    AwayFromBoth(f64),
    /// Class labels, which do not move at all.
    Labels(usize),
}

impl Domain {
    /// A number of the domain from a random one in ±1, exact in `f32` too.
    fn sample(self, t: f64) -> f64 {
        let away = (0.3 + t.abs()).copysign(t);
        let x = match self {
            Self::Real => 2.0 * t,
            Self::Positive => 1.6 + t,
            Self::Probability => 0.5 + 0.3 * t,
            Self::AwayFrom(kink) => kink + away,
            Self::AwayFromBoth(kink) if t.abs() < 0.5 => kink.min(1.0) * t,
            Self::AwayFromBoth(kink) => (kink + t.abs()).copysign(t),
            Self::Labels(classes) => (0.5 * (t + 1.0) * classes as f64).floor(),
        };
        f64::from(x as f32)
    }
}

/// One operand: an input if its rows are the batch, else a parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operand {
    pub(crate) shape: Shape,
    pub(crate) domain: Domain,
}

type Record = Box<dyn Fn(&mut Tape, &[Var]) -> Var>;

/// One op on operands of given shapes.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) operands: Vec<Operand>,
    /// Whether dropout masks are drawn.
    training: bool,
    record: Record,
}

/// A recorded case: the tape, its operands and its result.
pub(crate) struct Recorded {
    pub(crate) tape: Tape,
    pub(crate) operands: Vec<Var>,
    pub(crate) y: Var,
}

impl Case {
    pub(crate) fn new(
        name: impl Into<String>,
        operands: &[(Shape, Domain)],
        record: impl Fn(&mut Tape, &[Var]) -> Var + 'static,
    ) -> Self {
        let operands: Vec<_> = operands.iter().map(|&(shape, domain)| Operand { shape, domain }).collect();
        let shapes: Vec<_> = operands.iter().map(|o| o.shape.to_string()).collect();
        let name = format!("{} {}", name.into(), shapes.join(" "));
        Self { name, operands, training: false, record: Box::new(record) }
    }

    /// The same with dropout masks drawn.
    pub(crate) fn training(self) -> Self {
        Self { training: true, ..self }
    }

    /// Records the operands, `before` each use, the op, and what comes `after` it.
    pub(crate) fn record_with(
        &self,
        before: impl Fn(&mut Tape, Var) -> Var,
        after: impl Fn(&mut Tape, Var) -> Var,
    ) -> Recorded {
        let program = |tape: &mut Tape| {
            let leaves: Vec<_> = self.operands.iter().enumerate().map(|(i, o)| leaf(tape, i, *o)).collect();
            let operands: Vec<_> = leaves
                .iter()
                .zip(&self.operands)
                .map(|(&v, o)| if matches!(o.domain, Domain::Labels(_)) { v } else { before(tape, v) })
                .collect();
            let y = (self.record)(tape, &operands);
            (operands, after(tape, y))
        };
        let (tape, (operands, y)) = Tape::record(program).unwrap_or_else(|e| panic!("{}: {e}", self.name));
        Recorded { tape, operands, y }
    }

    /// Records the op alone.
    pub(crate) fn record(&self) -> Recorded {
        self.record_with(|_, v| v, |_, y| y)
    }

    /// Records the op and ½·Σ y², a number.
    pub(crate) fn record_loss(&self) -> Recorded {
        self.record_with(
            |_, v| v,
            |tape, y| {
                let square = tape.map(Unary::HalfSquare, y);
                tape.sum(square, glassgrad_autograd::Axis::All)
            },
        )
    }

    /// The batches to run it on, one after the other in one memory. The last is short.
    pub(crate) fn batches(&self) -> &'static [usize] {
        if self.has_inputs() { &[1, 32, 7] } else { &[1] }
    }

    pub(crate) fn has_inputs(&self) -> bool {
        self.operands.iter().any(|o| o.shape.rows == Rows::Batch)
    }

    /// Draws θ, and the inputs into `memory`, for a batch of `rows`.
    pub(crate) fn load<T: Scalar>(&self, tape: &Tape, rows: usize, memory: &mut Memory<T>) -> Vec<T> {
        memory.resize(tape, rows).unwrap();
        if self.training {
            memory.training(3, 1, 4);
        }
        let mut theta = vec![T::zero(); tape.layout().len()];
        for (i, operand) in self.operands.iter().enumerate() {
            let (name, domain) = (i.to_string(), operand.domain);
            let shape = (operand.shape.rows.of(rows), operand.shape.columns);
            let numbers = random::<f64>(100 + i as u64, shape).mapv(|t| T::from_f64(domain.sample(t)));
            if operand.shape.rows == Rows::Batch {
                memory.set(tape, tape.var(&name).unwrap(), numbers.view()).unwrap();
            } else {
                tape.layout().view_mut(&mut theta, &name).unwrap().assign(&numbers);
            }
        }
        theta
    }
}

fn leaf(tape: &mut Tape, i: usize, Operand { shape, domain }: Operand) -> Var {
    match (shape.rows, domain) {
        (Rows::Batch, Domain::Labels(classes)) => tape.labels(&i.to_string(), classes),
        (Rows::Batch, _) => tape.input(&i.to_string(), shape.columns),
        (Rows::Fixed(rows), _) => tape.param(&i.to_string(), [rows, shape.columns], Init::ZEROS),
    }
}

/// Numbers in ±1, the same for the same seed and shape.
pub(crate) fn random<T: Scalar>(seed: u64, shape: (usize, usize)) -> Array2<T> {
    let rng = &mut stream(seed, Purpose::Check, 7, shape.0 as u64);
    Array2::from_shape_simple_fn(shape, || T::from_f64(f64::from((2.0 * unit(rng) - 1.0) as f32)))
}
