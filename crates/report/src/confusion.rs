//! [`Confusion`]: which classes were taken for which, as an HTML table.

use crate::text::escape;
use std::fmt::Write;

/// Of more classes than this, the most frequent confusions are listed instead of the whole matrix.
pub const CLASSES: usize = 24;
/// So many of them.
const LISTED: usize = 20;

/// Counts of rows by class and prediction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Confusion {
    /// The classes' names.
    pub classes: Vec<String>,
    /// `counts[c][p]`: rows of class c that were taken for class p.
    pub counts: Vec<Vec<u64>>,
}

impl Confusion {
    /// Counts pairs of class and prediction, each an index among the classes; others are left out.
    pub fn count(classes: Vec<String>, pairs: impl IntoIterator<Item = (usize, usize)>) -> Self {
        let mut counts = vec![vec![0; classes.len()]; classes.len()];
        for (class, predicted) in pairs {
            if let Some(cell) = counts.get_mut(class).and_then(|row: &mut Vec<u64>| row.get_mut(predicted)) {
                *cell += 1;
            }
        }
        Self { classes, counts }
    }

    pub(crate) fn html(&self) -> String {
        if self.classes.len() > CLASSES { self.list() } else { self.matrix() }
    }

    fn rows_of(&self, class: usize) -> u64 {
        self.counts[class].iter().sum()
    }

    fn taken_for(&self, class: usize) -> u64 {
        self.counts.iter().map(|row| row[class]).sum()
    }

    fn matrix(&self) -> String {
        let mut html = String::from(
            "<div class=\"scroll\"><table class=\"confusion\"><thead><tr><th>true \\ predicted</th>",
        );
        for class in &self.classes {
            let _ = write!(html, "<th scope=\"col\">{}</th>", escape(class));
        }
        html.push_str("<th scope=\"col\" class=\"rate\">recall</th></tr></thead>\n<tbody>\n");
        for (class, name) in self.classes.iter().enumerate() {
            let all = self.rows_of(class);
            let _ = write!(html, "<tr><th scope=\"row\">{}</th>", escape(name));
            for (predicted, &count) in self.counts[class].iter().enumerate() {
                html.push_str(&cell(count, all, class == predicted));
            }
            let _ =
                writeln!(html, "<td class=\"rate\">{}</td></tr>", percent(self.counts[class][class], all));
        }
        html.push_str("</tbody>\n<tfoot><tr><th scope=\"row\" class=\"rate\">precision</th>");
        for class in 0..self.classes.len() {
            let right = self.counts[class][class];
            let _ = write!(html, "<td class=\"rate\">{}</td>", percent(right, self.taken_for(class)));
        }
        html.push_str("<td class=\"rate\"></td></tr></tfoot></table></div>\n");
        html
    }

    fn list(&self) -> String {
        let wrong = (0..self.classes.len()).flat_map(|c| (0..self.classes.len()).map(move |p| (c, p)));
        let mut wrong: Vec<_> = wrong
            .filter(|&(c, p)| c != p && self.counts[c][p] > 0)
            .map(|(c, p)| (self.counts[c][p], c, p))
            .collect();
        wrong.sort_by_key(|&(count, ..)| std::cmp::Reverse(count));
        let mut html = format!(
            "<p>{} classes; the most frequent of {} confusions:</p>\n<div class=\"scroll\"><table><thead><tr>\
             <th>true</th><th>predicted</th><th class=\"number\">rows</th><th class=\"number\">of its class</th></tr></thead>\n<tbody>\n",
            self.classes.len(),
            wrong.len()
        );
        for &(count, class, predicted) in wrong.iter().take(LISTED) {
            let _ = writeln!(
                html,
                "<tr><td>{}</td><td>{}</td><td class=\"number\">{count}</td><td class=\"number\">{}</td></tr>",
                escape(&self.classes[class]),
                escape(&self.classes[predicted]),
                percent(count, self.rows_of(class))
            );
        }
        html.push_str("</tbody></table></div>\n");
        html
    }
}

/// Blue where right and vermilion where wrong, the stronger the larger its share of the class.
fn cell(count: u64, all: u64, right: bool) -> String {
    if count == 0 {
        return "<td class=\"none\">0</td>".into();
    }
    let share = count as f64 / all as f64;
    let (color, strength) =
        if right { ("0,114,178", 0.12 + 0.4 * share) } else { ("213,94,0", 0.12 + 0.6 * share) };
    format!("<td style=\"background:rgba({color},{strength:.2})\">{count}</td>")
}

fn percent(part: u64, all: u64) -> String {
    if all == 0 { "–".into() } else { format!("{:.1} %", 100.0 * part as f64 / all as f64) }
}
