//! `init`: what was found, what was written, what comes next.

use serde_json::Value;

use super::{Page, View, notes};
use crate::output::table::{Table, short};

/// What was written.
pub fn result(document: &Value, page: &Page) -> String {
    let document = View(document);
    let mut text = format!("wrote {}\n\n", document.text("file"));
    let mut places = Table::new(page.width, ["environment", "account", "region"]);
    for name in ["source", "intermediate", "destination"] {
        let place = document.at(name);
        places.row([name.to_owned(), place.text("account").to_owned(), place.text("region").to_owned()]);
    }
    text += &places.render();
    let mut databases = Table::new(page.width, ["database", "engine", "key", "selected"]);
    for database in document.items("databases") {
        let selected = if database.is("selected") { "yes" } else { "no" };
        databases.row([
            short(database.text("arn")).to_owned(),
            database.text("engine").to_owned(),
            database.text("key").to_owned(),
            selected.to_owned(),
        ]);
    }
    let databases = databases.render();
    if !databases.is_empty() {
        text += &format!("\n{databases}");
    }
    let notes = notes(document, page);
    if !notes.is_empty() {
        text += &format!("\n{notes}");
    }
    text + "\nnext: read it, then `backupctl bootstrap --dry-run` shows what it would build\n"
}
