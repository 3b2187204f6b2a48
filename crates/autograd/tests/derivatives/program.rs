//! Every case as data and back is the same tape.

use crate::cases;
use glassgrad_autograd::Program;

#[test]
fn every_case_is_recorded_again() {
    for case in cases::all() {
        let tape = case.record_loss().tape;
        let program = tape.program();
        let text = serde_json::to_string(&program).unwrap();
        let read: Program = serde_json::from_str(&text).unwrap();
        assert_eq!(read, program, "{}", case.name);
        let (again, ()) = read.record(|_| ()).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        assert_eq!(again, tape, "{}", case.name);
        assert_eq!(again.program(), program, "{}", case.name);
    }
}
