//! What a person reads of one finding.

use backupctl::output::render::{Page, finding};
use backupctl::output::style::Style;
use backupctl::pipeline::finding::Finding;
use serde_json::Value;

/// The finding as `doctor` and `verify` show it, at 80 columns and without colour.
pub fn finding(one: &Finding) -> String {
    let now = "2026-01-06T06:00:00Z".parse().expect("a time");
    let page = Page { width: 80, style: Style::PLAIN, now };
    finding::whole(one, &page).trim().to_owned()
}

/// What a document says of a finding, a line each.
pub fn in_document(finding: &Value) -> String {
    let text = |field: &str| finding[field].as_str().unwrap_or_else(|| panic!("{field}: {finding}")).to_owned();
    let commands = finding["commands"].as_array().expect("commands").iter();
    let commands = commands.map(|command| command.as_str().expect("a command").to_owned());
    let head = format!("{}: {} ({})", text("severity"), text("check"), text("environment"));
    let lines = [head, text("subject"), text("message"), text("remedy")];
    lines.into_iter().chain(commands).collect::<Vec<_>>().join("\n  ")
}
