//! The report as a page: well-formed, with every text escaped, and with nothing to load. The pages are left in the target
//! folder, to be looked at.

mod fixture;

use fixture::{HOSTILE, classes, hostile, regression};
use glassgrad_report::{CLASSES, Confusion, Report};
use roxmltree::{Document, Node};

/// The page as XML, which it is but for its first line.
fn parsed(html: &str) -> Document<'_> {
    let (doctype, page) = html.split_once('\n').expect("lines");
    assert_eq!(doctype, "<!doctype html>");
    Document::parse(page).unwrap_or_else(|error| panic!("{error}\n{page}"))
}

fn elements<'a>(page: &'a Document<'_>, tag: &str) -> Vec<Node<'a, 'a>> {
    page.descendants().filter(|node| node.tag_name().name() == tag).collect()
}

fn headings(html: &str) -> Vec<String> {
    elements(&parsed(html), "h2").iter().filter_map(Node::text).map(str::to_owned).collect()
}

#[test]
fn sections_are_there_for_what_is_there() {
    for (name, report, middle) in
        [("classes", classes(), "Confusion matrix"), ("regression", regression(), "Residuals")]
    {
        let html = report.html();
        std::fs::write(format!("{}/{name}.html", env!("CARGO_TARGET_TMPDIR")), &html).expect("written");
        let expected = ["Findings", "Curves", "Results", middle, "Data and network", "Configuration"];
        assert_eq!(headings(&html), expected);
    }
    assert!(headings(&Report::default().html()).is_empty());
}

#[test]
fn nothing_is_loaded() {
    for report in [classes(), regression(), hostile()] {
        let html = report.html();
        let page = parsed(&html);
        for node in page.descendants().filter(Node::is_element) {
            let tag = node.tag_name().name();
            assert!(
                !["script", "link", "img", "iframe", "object", "use", "image", "a"].contains(&tag),
                "{tag}"
            );
            assert!(node.attributes().all(|a| !a.value().contains("url(")), "{tag}");
        }
        let style: String = elements(&page, "style").iter().filter_map(Node::text).collect();
        assert!(!style.contains("url(") && !style.contains("@import"));
    }
}

#[test]
fn text_stays_text() {
    let html = hostile().html();
    let page = parsed(&html);
    let shown = HOSTILE.replace('\u{1}', "\u{fffd}");
    let texts = page.descendants().filter(Node::is_text);
    let found = texts.filter(|node| node.text().is_some_and(|text| text.contains(&shown))).count();
    // Title twice, summary, figure 2, table 4, confusion 1 and its classes 4, residuals 2, remark 5 and what was not looked at, facts 2,
    // configuration, footer.
    assert_eq!(found, 2 + 1 + 2 + 4 + 5 + 2 + 6 + 2 + 1 + 1);
    assert!(
        elements(&page, "script").is_empty() && elements(&page, "b").len() == 2,
        "those of a tile and of a remark"
    );
}

#[test]
fn a_confusion_matrix_counts_by_class() {
    let names = ["cat", "dog", "owl"].map(String::from).to_vec();
    let pairs = [(0, 0), (0, 0), (0, 1), (1, 1), (1, 9), (7, 0)];
    let confusion = Confusion::count(names, pairs);
    assert_eq!(
        confusion.counts.clone().into_iter().collect::<Vec<_>>(),
        [((0, 0), 2), ((0, 1), 1), ((1, 1), 1)]
    );
    let html = Report { confusion: Some(("6 rows".into(), confusion)), ..Report::default() }.html();
    let page = parsed(&html);
    let row = |tag: &str, place: usize| -> Vec<String> {
        let rows = elements(&page, tag)[0].descendants().filter(|node| node.tag_name().name() == "tr");
        let cells = rows.clone().nth(place).expect("a row").children();
        cells.filter(Node::is_element).map(|cell| cell.text().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(row("thead", 0), ["true \\ predicted", "cat", "dog", "owl", "recall"]);
    assert_eq!(row("tbody", 0), ["cat", "2", "1", "0", "66.7 %"]);
    assert_eq!(row("tbody", 2), ["owl", "0", "0", "0", "–"]);
    assert_eq!(row("tfoot", 0), ["precision", "100.0 %", "50.0 %", "–", ""]);
}

#[test]
fn of_many_classes_the_worst_confusions_are_listed() {
    let count = CLASSES + 1;
    let names = (0..count).map(|class| format!("class {class}")).collect();
    let pairs = (0..count).flat_map(|c| std::iter::repeat_n((c, (c + 1) % count), c));
    let html =
        Report { confusion: Some(("rows".into(), Confusion::count(names, pairs))), ..Report::default() }
            .html();
    let page = parsed(&html);
    let rows = elements(&page, "tr");
    assert_eq!(rows.len(), 1 + 20);
    let first: Vec<_> = rows[1].children().filter_map(|cell| cell.text()).collect();
    assert_eq!(first, ["class 24", "class 0", "24", "100.0 %"]);
}
