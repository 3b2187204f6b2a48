//! [`Formula`]: a formula with places for its operands, written out in names, in numbers, or for LaTeX.

/// Text in which the characters from U+F0000, of private use, stand for operands 0, 1, ….
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Formula(pub(crate) String);

const FIRST: u32 = 0xF_0000;

/// What stands for operand `k` in the text of a formula.
pub(crate) fn place(k: usize) -> String {
    u32::try_from(k).ok().and_then(|k| char::from_u32(FIRST + k)).map_or_else(|| "?".into(), String::from)
}

fn operand(c: char) -> Option<usize> {
    let k = u32::from(c).checked_sub(FIRST)?;
    (k < 0xFFFE).then_some(k as usize)
}

impl Formula {
    /// The same with its operands counted from `start`.
    pub(crate) fn shifted(&self, start: usize) -> String {
        self.0.chars().map(|c| operand(c).map_or_else(|| c.to_string(), |k| place(k + start))).collect()
    }

    /// Leaves out the operands that do not occur, and tells which of `count` do.
    pub(crate) fn used(self, count: usize) -> (Self, Vec<usize>) {
        let used: Vec<usize> = (0..count).filter(|&k| self.0.contains(&place(k))).collect();
        let renumber = |c: char| match operand(c).and_then(|k| used.iter().position(|&u| u == k)) {
            Some(k) => place(k),
            None => c.to_string(),
        };
        (Self(self.0.chars().map(renumber).collect()), used)
    }

    /// With every operand written by `show`. A negative number gets parentheses unless nothing stands
    /// before it and no power follows.
    pub(crate) fn write(&self, show: impl Fn(usize) -> String) -> String {
        let mut text = String::new();
        let mut chars = self.0.chars().peekable();
        while let Some(c) = chars.next() {
            let Some(k) = operand(c) else {
                text.push(c);
                continue;
            };
            let shown = show(k);
            let power = matches!(chars.peek(), Some('²' | '³' | '^'));
            let alone = text.is_empty() || text.ends_with('(') || text.ends_with(", ");
            if shown.starts_with('-') && (power || !alone) {
                text += &format!("({shown})");
            } else {
                text += &shown;
            }
        }
        text
    }

    /// As LaTeX, with every operand written by `show`.
    pub(crate) fn latex(&self, show: impl Fn(usize) -> String) -> String {
        // An exponent or a radicand that is an operand needs braces, and a fraction parentheses of its height.
        let places = || (0..self.0.chars().count()).map(place).filter(|k| self.0.contains(k.as_str()));
        let mut text = self.0.clone();
        for k in places() {
            text = text.replace(&format!("e^-{k}"), &format!("e^{{-{k}}}"));
            text = text.replace(&format!("^{k}"), &format!("^{{{k}}}"));
        }
        text = commands(&text);
        for k in places() {
            text = text.replace(&format!("({k})^"), &format!(r"\left({k}\right)^"));
            text = text.replace(&format!(r"\surd {k}"), &format!(r"\sqrt{{{k}}}"));
        }
        let braced = Self(text);
        braced.write(show)
    }
}

/// Signs and words of a formula as LaTeX commands.
fn commands(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_alphabetic() {
            word.push(c);
            continue;
        }
        match word.as_str() {
            "" => {}
            "tanh" | "ln" | "max" | "min" | "exp" | "cos" => out += &format!(r"\{word} "),
            "sign" | "softmax" | "onehot" | "diag" | "rule" => out += &format!(r"\operatorname{{{word}}}"),
            short if short.len() == 1 => out += short,
            other => out += &format!(r"\text{{ {other} }}"),
        }
        word.clear();
        match c {
            '\0' => {}
            '·' => out += r" \cdot ",
            '⊙' => out += r" \odot ",
            '½' => out += r"\tfrac{1}{2}",
            '²' => out += "^2",
            '³' => out += "^3",
            'ᵀ' => out += r"^{\top}",
            'Σ' => out += r"\sum ",
            'σ' => out += r"\sigma",
            'η' => out += r"\eta",
            'π' => out += r"\pi ",
            'Φ' => out += r"\Phi",
            'φ' => out += r"\varphi",
            '√' => out += r"\surd ",
            '±' => out += r"\pm ",
            '≤' => out += r"\le ",
            '…' => out += r"\dots ",
            '_' => out += r"\_",
            other => out.push(other),
        }
    }
    out
}

/// Text for LaTeX outside mathematics.
pub(crate) fn escape_latex(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '_' | '&' | '%' | '$' | '#' | '{' | '}' => {
                out.push('\\');
                out.push(c);
            }
            '\\' => out += r"\textbackslash{}",
            '^' => out += r"\^{}",
            '~' => out += r"\~{}",
            other => out.push(other),
        }
    }
    out
}
