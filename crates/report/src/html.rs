//! [`Report`]: a run as one HTML file that needs nothing else.

use crate::chart::Chart;
use crate::confusion::Confusion;
use crate::history::History;
use crate::residuals::Residuals;
use crate::text::escape;
use std::fmt::Write;

/// A table: a head, and rows with as many cells. Numbers are aligned on the right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The names of the columns.
    pub head: Vec<String>,
    /// The cells.
    pub rows: Vec<Vec<String>>,
}

/// Something that a rule has found in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remark {
    /// The rule's name.
    pub rule: String,
    /// Where, such as the name of a layer.
    pub place: String,
    /// The number, and what was expected.
    pub what: String,
    /// What to do.
    pub remedy: String,
    /// Why that is a finding: the source of the threshold.
    pub source: String,
}

/// A run, to be looked at in a browser. What is empty or `None` has no section.
///
/// Everything is text and is escaped; the page loads nothing, and forbids itself to (`Content-Security-Policy`).
///
/// ```
/// use glassgrad_report::{Epoch, History, Report};
/// let epoch = |epoch, train_loss| Epoch { epoch, train_loss, validation_loss: None, score: None, lr: 0.1 };
/// let history = History { epochs: vec![epoch(1, 0.9), epoch(2, 0.4)], ..History::default() };
/// let html = Report { title: "a < b".into(), history, ..Report::default() }.html();
/// assert!(html.contains("<h1>a &lt; b</h1>"));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The heading.
    pub title: String,
    /// One line under it.
    pub summary: String,
    /// The figures to be seen first: name and value.
    pub figures: Vec<(String, String)>,
    /// How well the network does, by part of the data.
    pub results: Table,
    /// The epochs.
    pub history: History,
    /// For classes, which were taken for which, and of which rows.
    pub confusion: Option<(String, Confusion)>,
    /// For regression, what was missed, one for each output, and of which rows.
    pub residuals: Option<(String, Vec<Residuals>)>,
    /// What the rules have found; `None` if nobody looked.
    pub remarks: Option<Vec<Remark>>,
    /// What the rules did not look at.
    pub looked_at: String,
    /// What the network and the data are: name and value.
    pub facts: Vec<(String, String)>,
    /// The configuration that this run can be repeated with.
    pub configuration: String,
    /// The last line: the program and its version.
    pub made_by: String,
}

const STYLE: &str = include_str!("html/style.css");

impl Report {
    /// The page.
    pub fn html(&self) -> String {
        let mut html = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\"/>\n\
             <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n<header>\n<h1>{title}</h1>\n",
            title = escape(&self.title)
        );
        if !self.summary.is_empty() {
            let _ = writeln!(html, "<p class=\"summary\">{}</p>", escape(&self.summary));
        }
        html.push_str("</header>\n");
        self.tiles(&mut html);
        self.remarks(&mut html);
        self.curves(&mut html);
        if !self.results.rows.is_empty() {
            section(&mut html, "Results", &table(&self.results));
        }
        if let Some((rows, confusion)) = &self.confusion {
            let text = format!(
                "<p>Classes down, predictions across; {}. Blue is right, orange wrong, the stronger the larger its share of \
                 the row.</p>\n{}",
                escape(rows),
                confusion.html()
            );
            section(&mut html, "Confusion matrix", &text);
        }
        if let Some((rows, residuals)) = &self.residuals {
            let mut text = format!(
                "<p>Predictions across, what they missed up; {}. A good fit is a level band around 0. A bend says that the \
                 model misses something, a funnel that large values are less certain.</p>\n<div class=\"grid\">\n",
                escape(rows)
            );
            for residuals in residuals {
                let _ = writeln!(text, "<figure>\n{}</figure>", residuals.svg());
            }
            section(&mut html, "Residuals", &(text + "</div>\n"));
        }
        if !self.facts.is_empty() {
            let mut text = String::from("<dl>\n");
            for (name, value) in &self.facts {
                let _ = writeln!(text, "<div><dt>{}</dt><dd>{}</dd></div>", escape(name), escape(value));
            }
            section(&mut html, "Data and network", &(text + "</dl>\n"));
        }
        if !self.configuration.is_empty() {
            section(&mut html, "Configuration", &format!("<pre>{}</pre>\n", escape(&self.configuration)));
        }
        let _ = writeln!(html, "<footer>{}</footer>\n</main>\n</body>\n</html>", escape(&self.made_by));
        html
    }

    fn tiles(&self, html: &mut String) {
        if self.figures.is_empty() {
            return;
        }
        html.push_str("<ul class=\"tiles\">\n");
        for (name, value) in &self.figures {
            let _ = writeln!(html, "<li><b>{}</b> <span>{}</span></li>", escape(value), escape(name));
        }
        html.push_str("</ul>\n");
    }

    fn remarks(&self, html: &mut String) {
        let Some(remarks) = &self.remarks else { return };
        let looked_at = match self.looked_at.as_str() {
            "" => String::new(),
            text => format!("<p>{}</p>\n", escape(text)),
        };
        if remarks.is_empty() {
            let text =
                format!("<p class=\"fine\">None: every rule was within its threshold.</p>\n{looked_at}");
            section(html, "Findings", &text);
            return;
        }
        let mut text = format!("{looked_at}<ul class=\"remarks\">\n");
        for Remark { rule, place, what, remedy, source } in remarks {
            let _ = writeln!(
                text,
                "<li><p><code>{}</code> <span>{}</span></p><p>{}</p><p><b>Do:</b> {}</p><p class=\"source\">Why: {}</p></li>",
                escape(rule),
                escape(place),
                escape(what),
                escape(remedy),
                escape(source)
            );
        }
        section(html, "Findings", &(text + "</ul>\n"));
    }

    fn curves(&self, html: &mut String) {
        if self.history.epochs.is_empty() {
            return;
        }
        let charts = [Some(self.history.loss_chart()), self.history.score_chart(), self.history.lr_chart()];
        let mut text = String::from("<div class=\"grid\">\n");
        for chart in charts.into_iter().flatten() {
            // Small, so that its letters are still read where the page is narrow; the caption says what it is.
            let picture = Chart { title: String::new(), y: "", size: [520.0, 300.0], ..chart.clone() };
            let _ = writeln!(
                text,
                "<figure>\n<figcaption>{}</figcaption>\n{}</figure>",
                escape(&chart.title),
                picture.svg()
            );
        }
        section(html, "Curves", &(text + "</div>\n"));
    }
}

/// `markup` is not escaped.
fn section(html: &mut String, title: &str, markup: &str) {
    let _ = writeln!(html, "<section>\n<h2>{title}</h2>\n{markup}</section>");
}

fn table(table: &Table) -> String {
    let cells = |tag: &str, row: &[String]| {
        let cell = |(place, text): (usize, &String)| {
            let class = if place > 0 { " class=\"number\"" } else { "" };
            format!("<{tag}{class}>{}</{tag}>", escape(text))
        };
        row.iter().enumerate().map(cell).collect::<String>()
    };
    let mut html = format!(
        "<div class=\"scroll\"><table><thead><tr>{}</tr></thead>\n<tbody>\n",
        cells("th", &table.head)
    );
    for row in &table.rows {
        let _ = writeln!(html, "<tr>{}</tr>", cells("td", row));
    }
    html + "</tbody></table></div>\n"
}
