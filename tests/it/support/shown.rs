//! What a person reads of one finding.

use backupctl::output::render::{Page, verify};
use backupctl::output::style::Style;
use serde_json::{Value, json};

/// The finding as `doctor` and `verify` show it, at 80 columns and without colour.
pub fn finding(finding: &Value) -> String {
    let now = "2026-01-06T06:00:00Z".parse().expect("a time");
    let page = Page { width: 80, style: Style::PLAIN, now };
    let text = verify::result(&json!({"findings": [finding]}), &page);
    // The summary of the whole, which has none here, is the last paragraph.
    let shown = text.trim_end().rsplit_once("\n\n").map_or("", |(shown, _)| shown);
    assert!(shown.contains(finding["check"].as_str().expect("a check")), "{text}");
    shown.trim().to_owned()
}
