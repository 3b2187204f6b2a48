//! A trace is right to 10⁻¹⁴ whatever numbers are put in: against `any_numbers.csv`, which `any_numbers.py` works out
//! in 700 digits. w1 = 30 and 700 are among them, where h·(1 − h) in doubles would have no correct digit.

mod networks;

use glassgrad_glass::Trace;
use networks::one_hidden_unit;

#[test]
fn the_page_for_any_numbers() {
    let mut table = csv::Reader::from_reader(&include_bytes!("any_numbers.csv")[..]);
    let names = table.headers().unwrap().clone();
    let mut checked = 0;
    for row in table.records() {
        let row: Vec<f64> = row.unwrap().iter().map(|number| number.parse().unwrap()).collect();
        let [w1, b1, w2, b2, x, y, lr] = row[..7] else { panic!("seven numbers are given") };
        let trace = Trace::record(&mut one_hidden_unit([w1, b1, w2, b2], [x, y], lr), 1).unwrap();
        for (symbol, &expected) in names.iter().zip(&row).skip(7) {
            let found = trace.row(0, symbol).unwrap().number().expect("a single number");
            assert!(
                (found - expected).abs() <= 1e-14 * expected.abs(),
                "{symbol} of {:?}: found {found:e}, expected {expected:e}",
                &row[..7]
            );
            checked += 1;
        }
    }
    assert_eq!(checked, 21 * 16);
}
