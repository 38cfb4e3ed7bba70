//! Documents that repeat rows are written from the rows: `scripts/generate` writes them, and here they are compared.

use std::fs;
use std::path::Path;

use backupctl::pipeline::check::{Area, Check};
use backupctl::pipeline::remedy::Remedy;

/// Set by `scripts/generate`: the documents are written, not compared.
const WRITE: &str = "BACKUPCTL_WRITE_DOCUMENTS";

fn held(path: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, text).expect("written");
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(there, text, "{} is not what the rows say: run scripts/generate", path.display());
}

/// A cell of a table in Markdown.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[test]
fn the_document_of_the_checks_is_what_their_rows_say() {
    let mut text = "# Checks\n\nWritten by `scripts/generate` from the rows in `src/pipeline/checks/`. `backupctl explain CHECK-ID` \
                    says more of each: why it\nmatters and what AWS reports. An ellipsis stands for what a finding fills \
                    in.\n"
        .to_owned();
    for area in Area::ALL {
        text += &format!(
            "\n## {}\n\n| check | severity | meaning | remedy | source |\n| --- | --- | --- | --- | --- |\n",
            area.as_str()
        );
        for row in Check::ALL.iter().map(|check| check.row()).filter(|row| row.area == area) {
            let remedy = Remedy::from(row.remedy).in_line();
            text += &format!(
                "| `{}` | {} | {} | {} | {} |\n",
                row.id,
                row.severity.as_str(),
                cell(row.meaning),
                cell(&remedy),
                cell(row.source)
            );
        }
    }
    held("docs/checks.md", &text);
}
