//! `explain`: a page for each check, the list, and the causes of a message.

use super::finding::steps;
use super::{Page, fold};
use crate::output::table::Table;
use crate::pipeline::check::Severity;
use crate::pipeline::explained::{Cause, CheckHead, CheckPage, Explained};

/// One of the three.
pub fn result(explained: &Explained, page: &Page) -> String {
    match explained {
        Explained::Check { check } => one(check, page),
        Explained::Checks { checks } => list(checks, page),
        Explained::Message { causes, .. } if causes.is_empty() => {
            fold("This message is not known here. `backupctl doctor` looks for every known cause.", 0, page.width)
        }
        Explained::Message { causes, .. } => {
            causes.iter().map(|cause| one_cause(cause, page)).collect::<Vec<_>>().join("\n")
        }
    }
}

fn severity(severity: Severity, page: &Page) -> String {
    match severity {
        Severity::Error => page.style.bad(severity.as_str()),
        Severity::Warning => page.style.warn(severity.as_str()),
        Severity::Info => page.style.faint(severity.as_str()),
    }
}

fn one(check: &CheckPage, page: &Page) -> String {
    let mut text = format!("{}\n", check.id);
    text += &format!("  {} check, severity {}\n\n", check.area.as_str(), severity(check.severity, page));
    text += &fold(check.meaning, 2, page.width);
    text += &fold(check.why, 2, page.width);
    if check.severity == Severity::Error && check.softer_where_it_arrives {
        text += &fold("It is a warning where a recovery point arrives all the same.", 2, page.width);
    }
    if !check.aws_says.is_empty() {
        text += "\nAWS reports it as\n";
    }
    for said in &check.aws_says {
        text += &fold(&format!("\"{}\"", said.text), 2, page.width);
        text += &fold(&format!("({})", said.source), 4, page.width);
    }
    text += &format!("\nHow to fix it\n{}", steps(&check.remedy, 2, page));
    text + &format!("\nSource\n{}", fold(check.source, 2, page.width))
}

fn one_cause(cause: &Cause, page: &Page) -> String {
    let mut text = fold(&format!("\"{}\"", cause.text), 0, page.width);
    if let Some(category) = cause.category {
        text += &format!("  category {category}\n");
    }
    text += &fold(&format!("cause: {}", cause.cause), 2, page.width);
    for check in &cause.checks {
        text += &format!("  check: {}\n", check.id);
        text += &fold(check.meaning, 4, page.width);
        text += &fold(&format!("remedy: {}", check.remedy), 4, page.width);
    }
    if let Some(remedy) = &cause.remedy {
        text += &fold(&format!("remedy: {remedy}"), 2, page.width);
    }
    text + &fold(&format!("source: {}", cause.source), 2, page.width)
}

fn list(checks: &[CheckHead], page: &Page) -> String {
    let mut table = Table::new(page.width, ["check", "severity", "area"]);
    for check in checks {
        table.row([check.id, check.severity.as_str(), check.area.as_str()].map(str::to_owned));
    }
    table.render() + "\n`backupctl explain CHECK-ID` shows a check's page.\n"
}
