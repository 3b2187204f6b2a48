//! What a gradient means: known derivatives, fan-out, batches, chains.

use glassgrad_autograd::{Axis, Init, Memory, Tape, Unary, Var, Wrt};
use ndarray::{Array2, Axis as Direction, array, concatenate};

/// d(program)/dw for one parameter w = `at`, swept twice into a ∇θ of NaN.
fn slope(at: f64, program: impl Fn(&mut Tape, Var) -> Var) -> f64 {
    let (tape, y) = Tape::record(|tape| {
        let w = tape.param("w", [1, 1], Init::Constant(at));
        program(tape, w)
    })
    .unwrap();
    let (theta, mut memory) = (tape.layout().initial(0), Memory::new());
    memory.resize(&tape, 1).unwrap();
    let mut grad = [f64::NAN];
    tape.forward(&theta, &mut memory);
    tape.backward(y, &theta, &mut grad, &mut memory);
    let first = grad;
    tape.backward(y, &theta, &mut grad, &mut memory);
    assert_eq!(grad, first, "a gradient is overwritten, not added to");
    grad[0]
}

#[test]
fn a_value_used_several_times_sums_what_comes_back() {
    let doubled_twice = |tape: &mut Tape, a| {
        let b = tape.add(a, a);
        tape.add(b, b)
    };
    assert_eq!(slope(1.0, doubled_twice), 4.0);
    assert_eq!(slope(3.0, |tape, x| tape.mul(x, x)), 6.0);
    assert_eq!(slope(3.0, |tape, x| tape.div(x, x)), 0.0);
    assert_eq!(slope(3.0, |tape, x| tape.sub(x, x)), 0.0);
    let three_consumers = |tape: &mut Tape, x| {
        let (square, triple) = (tape.map(Unary::Square, x), tape.map(Unary::Scale(3.0), x));
        let exp = tape.map(Unary::Exp, x);
        let sum = tape.add(square, triple);
        tape.add(sum, exp)
    };
    assert_eq!(slope(2.0, three_consumers), 2.0 * 2.0 + 3.0 + 2_f64.exp());
}

#[test]
fn the_network_of_four_parameters_by_hand() {
    let (tape, loss) = Tape::record(|tape| {
        let (x, t) = (tape.input("x", 1), tape.input("t", 1));
        let mut h = x;
        for layer in [1, 2] {
            let w = tape.param(&format!("w{layer}"), [1, 1], Init::ZEROS);
            let b = tape.param(&format!("b{layer}"), [1, 1], Init::ZEROS);
            let z = tape.affine(h, w, Some(b));
            h = tape.map(Unary::Sigmoid, z);
        }
        let error = tape.sub(h, t);
        let half = tape.map(Unary::HalfSquare, error);
        tape.mean(half, Axis::All)
    })
    .unwrap();
    let (x, t, theta) = (0.8, 0.3, [0.4, -0.2, 1.1, 0.5]);
    let (mut grad, mut memory) = ([f64::NAN; 4], Memory::new());
    memory.load(&tape, &[("x", array![[x]].view()), ("t", array![[t]].view())]).unwrap();
    tape.forward(&theta, &mut memory);
    tape.backward(loss, &theta, &mut grad, &mut memory);

    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    let [w1, b1, w2, b2] = theta;
    let h = sigmoid(w1 * x + b1);
    let y = sigmoid(w2 * h + b2);
    let delta2 = (y - t) * y * (1.0 - y);
    let delta1 = delta2 * w2 * h * (1.0 - h);
    for (got, expected) in grad.into_iter().zip([delta1 * x, delta1, delta2 * h, delta2]) {
        assert!((got - expected).abs() <= 4.0 * f64::EPSILON * expected.abs(), "{got}, expected {expected}");
    }
}

/// Two inputs, a hidden layer of three, two outputs, and their mean squared distance to `t`.
struct Network {
    tape: Tape,
    chain: Vec<Var>,
    theta: Vec<f64>,
}

impl Network {
    fn new() -> Self {
        let (tape, chain) = Tape::record(|tape| {
            let x = tape.input("x", 2);
            let mut chain = vec![x];
            for (layer, [outs, ins]) in [[3, 2], [2, 3]].into_iter().enumerate() {
                let x = chain[chain.len() - 1];
                tape.scope(layer, |tape| {
                    let w = tape.param("weight", [outs, ins], Init::GlorotNormal);
                    let b = tape.param("bias", [1, outs], Init::Normal { mean: 0.0, std: 0.5 });
                    let z = tape.affine(x, w, Some(b));
                    chain.extend([z, tape.map(Unary::Tanh, z)]);
                });
            }
            let t = tape.input("t", 2);
            let error = tape.sub(chain[4], t);
            let square = tape.map(Unary::Square, error);
            chain.extend([error, square, tape.mean(square, Axis::All)]);
            chain
        })
        .unwrap();
        let theta = tape.layout().initial(5);
        Self { tape, chain, theta }
    }

    fn loss(&self) -> Var {
        self.chain[self.chain.len() - 1]
    }

    fn run(&self, x: &Array2<f64>, t: &Array2<f64>) -> (Vec<f64>, Memory<f64>) {
        let (mut grad, mut memory) = (vec![f64::NAN; self.theta.len()], Memory::new());
        memory.load(&self.tape, &[("x", x.view()), ("t", t.view())]).unwrap();
        self.tape.forward(&self.theta, &mut memory);
        self.tape.backward(self.loss(), &self.theta, &mut grad, &mut memory);
        (grad, memory)
    }
}

fn examples() -> [Array2<f64>; 2] {
    [
        array![[0.3, -1.2], [0.7, 0.4], [-0.9, 2.0], [1.5, -0.1], [0.0, 1.0]],
        array![[0.1, 0.9], [-0.4, 0.2], [0.5, 0.5], [-0.8, 0.0], [0.3, -0.6]],
    ]
}

fn assert_close(got: &[f64], expected: &[f64], relative: f64) {
    let scale = expected.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
    assert_eq!(got.len(), expected.len());
    for (got, expected) in got.iter().zip(expected) {
        assert!((got - expected).abs() <= relative * scale, "{got}, expected {expected}");
    }
}

#[test]
fn copies_of_an_example_have_its_gradient() {
    let network = Network::new();
    let one = examples().map(|m| m.select(Direction(0), &[0]));
    let (single, _) = network.run(&one[0], &one[1]);
    for copies in [2, 3, 4, 7, 8, 32, 100] {
        let [x, t] = [0, 1].map(|i| concatenate(Direction(0), &vec![one[i].view(); copies]).unwrap());
        let (grad, _) = network.run(&x, &t);
        // k summands, each 1/k of the single gradient: k − 1 additions round, and 1/k unless exact.
        assert_close(&grad, &single, copies as f64 * f64::EPSILON);
        if copies == 2 {
            assert_eq!(grad, single, "halves and their sum are exact");
        }
    }
}

#[test]
fn the_gradient_of_a_batch_is_the_mean_of_its_examples() {
    let network = Network::new();
    let [x, t] = examples();
    let (grad, memory) = network.run(&x, &t);
    let each = network.tape.per_example_gradients(network.loss(), &network.theta, &memory).unwrap();
    assert_eq!(each.dim(), (5, network.theta.len()));
    let mean = each.mean_axis(Direction(0)).unwrap();
    assert_close(&grad, mean.as_slice().unwrap(), 1e-15);
    for (i, row) in each.rows().into_iter().enumerate() {
        let [x, t] = [&x, &t].map(|m| m.select(Direction(0), &[i]));
        assert_eq!(row.to_vec(), network.run(&x, &t).0);
    }
}

#[test]
fn a_chain_of_layers_multiplies_their_jacobians() {
    let network = Network::new();
    let Network { tape, chain, theta } = &network;
    let [x, t] = examples();
    let (grad, memory) = network.run(&x, &t);

    let mut product = Array2::eye(10);
    for pair in chain.windows(2) {
        let layer = tape.jacobian(pair[1], Wrt::Var(pair[0]), theta, &memory).unwrap();
        assert_eq!(layer, tape.local_jacobian(pair[1], 0, theta, &memory).unwrap());
        product = layer.dot(&product);
    }
    let whole = tape.jacobian(network.loss(), Wrt::Var(chain[0]), theta, &memory).unwrap();
    assert_close(product.as_slice().unwrap(), whole.as_slice().unwrap(), 1e-14);
    let adjoint = tape.adjoint(chain[0], &grad, &memory).unwrap();
    assert_close(whole.as_slice().unwrap(), adjoint.as_slice().unwrap(), 1e-14);

    // ∇ of each parameter is the chain down to its layer, times the layer's own Jacobian by it.
    for (layer, z) in [chain[1], chain[3]].into_iter().enumerate() {
        let down = tape.jacobian(network.loss(), Wrt::Var(z), theta, &memory).unwrap();
        for (which, name) in [(1, "weight"), (2, "bias")] {
            let local = tape.local_jacobian(z, which, theta, &memory).unwrap();
            let segment = tape.layout().segment(&format!("{layer}.{name}")).unwrap();
            let expected = down.dot(&local);
            assert_close(expected.as_slice().unwrap(), &grad[segment.range()], 1e-14);
        }
    }
}

#[test]
fn the_hessian_of_a_square_is_known() {
    let (tape, loss) = Tape::record(|tape| {
        let (x, w) = (tape.input("x", 2), tape.param("w", [1, 2], Init::rows([[3.0, -1.0]])));
        let y = tape.affine(x, w, None);
        let half = tape.map(Unary::HalfSquare, y);
        tape.sum(half, Axis::All)
    })
    .unwrap();
    let mut memory = Memory::<f64>::new();
    memory.load(&tape, &[("x", array![[1.0, 2.0], [0.0, 3.0]].view())]).unwrap();
    let theta = tape.layout().initial(0);
    assert_eq!(tape.hessian(loss, &theta, &memory).unwrap(), array![[1.0, 2.0], [2.0, 13.0]]); // xᵀ·x
    assert_eq!(tape.hvp(loss, &theta, &[1.0, -1.0], &memory).unwrap(), [-1.0, -11.0]);
}

#[test]
fn looking_at_derivatives_leaves_the_memory_alone() {
    let network = Network::new();
    let Network { tape, chain, theta } = &network;
    let [x, t] = examples();
    let (grad, memory) = network.run(&x, &t);
    let before: Vec<_> = tape.vars().map(|v| tape.value(v, theta, &memory).to_owned()).collect();
    tape.hessian(network.loss(), theta, &memory).unwrap();
    tape.jacobian(chain[2], Wrt::Theta, theta, &memory).unwrap();
    assert!(tape.gradcheck(network.loss(), theta, &memory, 0).unwrap().passed());
    let after: Vec<_> = tape.vars().map(|v| tape.value(v, theta, &memory).to_owned()).collect();
    assert_eq!(before, after);
    assert_eq!(tape.adjoint(chain[0], &grad, &memory).map(|g| g.dim()), Some((5, 2)));
}
