//! [`Confusion`]: which classes were taken for which, as an HTML table.

use crate::text::escape;
use std::collections::BTreeMap;
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
    /// Rows of class c that were taken for class p, by (c, p); pairs of which there are none are left out, as of many
    /// classes most are.
    pub counts: BTreeMap<(usize, usize), u64>,
}

impl Confusion {
    /// Counts pairs of class and prediction, each an index among the classes; others are left out.
    pub fn count(classes: Vec<String>, pairs: impl IntoIterator<Item = (usize, usize)>) -> Self {
        let mut confusion = Self { classes, counts: BTreeMap::new() };
        pairs.into_iter().for_each(|(class, predicted)| confusion.add(class, predicted));
        confusion
    }

    /// Counts one more row, unless there is no such class.
    pub fn add(&mut self, class: usize, predicted: usize) {
        if class.max(predicted) < self.classes.len() {
            *self.counts.entry((class, predicted)).or_default() += 1;
        }
    }

    fn count_of(&self, class: usize, predicted: usize) -> u64 {
        self.counts.get(&(class, predicted)).copied().unwrap_or(0)
    }

    pub(crate) fn html(&self) -> String {
        if self.classes.len() > CLASSES { self.list() } else { self.matrix() }
    }

    fn rows_of(&self, class: usize) -> u64 {
        self.counts.range((class, 0)..(class + 1, 0)).map(|(_, count)| count).sum()
    }

    fn taken_for(&self, class: usize) -> u64 {
        (0..self.classes.len()).map(|of| self.count_of(of, class)).sum()
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
            for predicted in 0..self.classes.len() {
                html.push_str(&cell(self.count_of(class, predicted), all, class == predicted));
            }
            let right = self.count_of(class, class);
            let _ = writeln!(html, "<td class=\"rate\">{}</td></tr>", percent(right, all));
        }
        html.push_str("</tbody>\n<tfoot><tr><th scope=\"row\" class=\"rate\">precision</th>");
        for class in 0..self.classes.len() {
            let right = self.count_of(class, class);
            let _ = write!(html, "<td class=\"rate\">{}</td>", percent(right, self.taken_for(class)));
        }
        html.push_str("<td class=\"rate\"></td></tr></tfoot></table></div>\n");
        html
    }

    fn list(&self) -> String {
        let wrong = self.counts.iter().filter(|((class, predicted), _)| class != predicted);
        let mut wrong: Vec<_> =
            wrong.map(|(&(class, predicted), &count)| (count, class, predicted)).collect();
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
