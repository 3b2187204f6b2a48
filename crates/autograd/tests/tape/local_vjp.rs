//! What one op hands on to one operand, against that op's own Jacobian.

use glassgrad_autograd::{Error, Init, Memory, Tape, Unary};
use ndarray::{Array1, array};

#[test]
fn the_jacobian_transposed_times_the_seed() {
    let (tape, [z, h]) = Tape::record(|tape| {
        let x = tape.input("x", 2);
        let w = tape.param("w", [3, 2], Init::GlorotNormal);
        let b = tape.param("b", [1, 3], Init::ZEROS);
        let z = tape.affine(x, w, Some(b));
        [z, tape.map(Unary::Tanh, z)]
    })
    .unwrap();
    let theta: Vec<f64> = tape.layout().initial(3);
    let mut memory = Memory::new();
    memory.load(&tape, &[("x", array![[1.0, -0.5], [0.3, 2.0]].view())]).unwrap();
    tape.forward(&theta, &mut memory);
    let seed = array![[1.0, -2.0, 0.5], [0.25, 3.0, -1.0]];
    let flat: Array1<f64> = seed.iter().copied().collect();
    for (var, operands) in [(z, 3), (h, 1)] {
        for which in 0..operands {
            let jacobian = tape.local_jacobian(var, which, &theta, &memory).unwrap();
            let handed = tape.local_vjp(var, which, seed.view(), &theta, &memory).unwrap();
            for (found, expected) in handed.iter().zip(jacobian.t().dot(&flat)) {
                assert!((found - expected).abs() < 1e-14, "{} by {which}", tape.name_of(var));
            }
        }
    }
    let wrong = tape.local_vjp(h, 0, array![[1.0]].view(), &theta, &memory).unwrap_err();
    assert_eq!(
        wrong.to_string(),
        format!("input \"seed of {}\": found shape [1, 1], expected [2, 3]", tape.name_of(h))
    );
    assert!(matches!(tape.local_vjp(h, 1, seed.view(), &theta, &memory), Err(Error::UnknownVariable { .. })));
}
