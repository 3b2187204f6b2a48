//! [`Group`]: parameters, chosen by name, that are treated differently.

use serde::{Deserialize, Serialize};

/// What holds for the parameters that a pattern fits. `Default` changes nothing.
///
/// A pattern is a name in which `*` stands for any run of characters, none included: `*.bias` for all
/// biases, `0.*` for the first layer. Where several patterns fit a name, the one given first counts, and
/// it alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// What the learning rate is multiplied by, ≥ 0. Default 1.
    pub lr_factor: f64,
    /// The weight decay, ≥ 0, or the rule's own. Default the rule's.
    pub weight_decay: Option<f64>,
    /// Whether the parameters stay as they are, and their gradient out of the norm. Default no.
    pub frozen: bool,
}

impl Default for Group {
    fn default() -> Self {
        Group { lr_factor: 1.0, weight_decay: None, frozen: false }
    }
}

/// Whether `pattern` fits the whole of `name`.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut left) = name.strip_prefix(head) else {
        return false;
    };
    // Each piece between two stars goes to its first place: what is left over is then the longest.
    let mut pieces = rest.split('*');
    let tail = pieces.next_back().unwrap_or("");
    for piece in pieces {
        match left.find(piece) {
            Some(at) => left = &left[at + piece.len()..],
            None => return false,
        }
    }
    left.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn stars_stand_for_any_run() {
        for (pattern, name) in [
            ("*.bias", "0.bias"),
            ("*", ""),
            ("*", "0.weight"),
            ("0.*", "0.weight"),
            ("0.weight", "0.weight"),
            ("*a*ab", "aab"),
            ("**.bias", "2.bias"),
            ("a*b*c", "a-b-b-c"),
            ("größe*", "größe.bias"),
        ] {
            assert!(fits(pattern, name), "{pattern} must fit {name}");
        }
        for (pattern, name) in [
            ("*.bias", "0.weight"),
            ("0.*", "10.weight"),
            ("0.w", "0.weight"),
            ("", "0.weight"),
            ("a*a", "a"),
            ("*ab*ab", "ab"),
            ("0.weight*0", "0.weight"),
        ] {
            assert!(!fits(pattern, name), "{pattern} must not fit {name}");
        }
    }
}
