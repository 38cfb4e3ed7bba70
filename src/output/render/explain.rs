//! `explain`: a page for each check, the list, and the causes of a message.

use serde_json::Value;

use super::{Page, View, fold};
use crate::output::table::Table;

/// One of the three.
pub fn result(document: &Value, page: &Page) -> String {
    let document = View(document);
    if !document.at("check").is_null() {
        return one(document.at("check"), page);
    }
    if !document.at("causes").is_null() {
        let causes: Vec<String> = document.items("causes").map(|cause| one_cause(cause, page)).collect();
        return match causes.is_empty() {
            true => {
                fold("This message is not known here. `backupctl doctor` looks for every cause that is.", 0, page.width)
            }
            false => causes.join("\n"),
        };
    }
    list(document, page)
}

fn severity(text: &str, page: &Page) -> String {
    match text {
        "error" => page.style.bad(text),
        "warning" => page.style.warn(text),
        _ => page.style.faint(text),
    }
}

fn one(check: View<'_>, page: &Page) -> String {
    let mut text = format!("{}\n", check.text("id"));
    text += &format!("  {} of the area {}\n\n", severity(check.text("severity"), page), check.text("area"));
    text += &fold(check.text("meaning"), 2, page.width);
    text += &fold(check.text("why"), 2, page.width);
    if check.text("severity") == "error" && check.is("softer_where_it_arrives") {
        text += &fold("It is a warning where a recovery point arrives all the same.", 2, page.width);
    }
    let texts: Vec<View<'_>> = check.items("aws_says").collect();
    if !texts.is_empty() {
        text += "\nAWS shows it as\n";
    }
    for said in texts {
        text += &fold(&format!("\"{}\"", said.text("text")), 2, page.width);
        text += &fold(&format!("({})", said.text("source")), 4, page.width);
    }
    text += "\nTo mend it\n";
    text += &fold(check.text("remedy"), 2, page.width);
    text + &format!("\nSource\n{}", fold(check.text("source"), 2, page.width))
}

fn one_cause(cause: View<'_>, page: &Page) -> String {
    let mut text = fold(&format!("\"{}\"", cause.text("text")), 0, page.width);
    if !cause.text("category").is_empty() {
        text += &format!("  category {}\n", cause.text("category"));
    }
    text += &fold(&format!("cause: {}", cause.text("cause")), 2, page.width);
    for check in cause.items("checks") {
        text += &format!("  check: {}\n", check.text("id"));
        text += &fold(check.text("meaning"), 4, page.width);
        text += &fold(&format!("remedy: {}", check.text("remedy")), 4, page.width);
    }
    if !cause.text("remedy").is_empty() {
        text += &fold(&format!("remedy: {}", cause.text("remedy")), 2, page.width);
    }
    text + &fold(&format!("source: {}", cause.text("source")), 2, page.width)
}

fn list(document: View<'_>, page: &Page) -> String {
    let mut table = Table::new(page.width, ["check", "severity", "area"]);
    for check in document.items("checks") {
        table.row(["id", "severity", "area"].map(|key| check.text(key).to_owned()));
    }
    table.render() + "\n`backupctl explain CHECK-ID` shows a check's page.\n"
}
