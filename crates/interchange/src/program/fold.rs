//! Scaling folded into the weights of affine layers.

use super::{Action, Operand, Program};
use crate::export::Scaling;
use crate::{Error, Number};
use ndarray::Array2;

/// W′ = W/d column by column and b′ = b − W′·s, in every layer that takes the input.
pub(super) fn input<T: Number>(program: &mut Program<T>, scaling: &Scaling) -> Result<(), Error> {
    let what = "input scaling";
    if program.output == Operand::Input {
        return Err(nowhere(what, "the network has no layer"));
    }
    for at in 0..program.steps.len() {
        if !program.steps[at].action.operands().contains(&Operand::Input) {
            continue;
        }
        let (mut w, mut b) = layer(program, at).ok_or_else(|| {
            nowhere(what, &format!("{:?} takes the input and is no affine layer", program.steps[at].name))
        })?;
        for (mut row, b) in w.rows_mut().into_iter().zip(&mut b) {
            for ((w, shift), divisor) in row.iter_mut().zip(&scaling.shift).zip(&scaling.divisor) {
                *w /= divisor;
                *b -= *w * shift;
            }
        }
        put(program, at, w, b);
    }
    Ok(())
}

/// W′ = d·W row by row and b′ = d·b + s, in the layer that gives the prediction.
pub(super) fn output<T: Number>(program: &mut Program<T>, scaling: &Scaling) -> Result<(), Error> {
    let what = "output scaling";
    let Operand::Step(at) = program.output else { return Err(nowhere(what, "the network has no layer")) };
    if program.steps.iter().any(|step| step.action.operands().contains(&program.output)) {
        return Err(nowhere(what, &format!("{:?} is used on the way too", program.steps[at].name)));
    }
    let (mut w, mut b) = layer(program, at)
        .ok_or_else(|| nowhere(what, &format!("{:?} is no affine layer", program.steps[at].name)))?;
    for (i, mut row) in w.rows_mut().into_iter().enumerate() {
        row *= scaling.divisor[i];
        b[i] = b[i] * scaling.divisor[i] + scaling.shift[i];
    }
    put(program, at, w, b);
    Ok(())
}

fn nowhere(what: &'static str, why: &str) -> Error {
    Error::Export { what, why: format!("cannot be folded: {why}; write it as Placement::Steps") }
}

/// Weight and bias of step `at`, if it is an affine layer of constants.
fn layer<T: Number>(program: &Program<T>, at: usize) -> Option<(Array2<f64>, Vec<f64>)> {
    let Action::Affine { w: Operand::Constant(w), b, .. } = program.steps[at].action else { return None };
    let wide = |i: usize| program.constants[i].numbers.mapv(T::to_f64);
    let w = wide(w);
    let b = match b {
        None => vec![0.0; w.nrows()],
        Some(Operand::Constant(b)) => wide(b).into_iter().collect(),
        Some(_) => return None,
    };
    Some((w, b))
}

fn put<T: Number>(program: &mut Program<T>, at: usize, w: Array2<f64>, b: Vec<f64>) {
    let name = program.steps[at].name.clone();
    let b = Array2::from_shape_vec((1, b.len()), b).expect("one row");
    let new_w = program.constant(&format!("{name}.folded_weight"), w, false);
    let new_b = program.constant(&format!("{name}.folded_bias"), b, true);
    if let Action::Affine { w, b, .. } = &mut program.steps[at].action {
        (*w, *b) = (new_w, Some(new_b));
    }
}
