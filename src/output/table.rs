//! Tables that fit the width there is.

use comfy_table::{ContentArrangement, presets};

/// Rows under a header.
#[derive(Debug)]
pub struct Table {
    table: comfy_table::Table,
    empty: bool,
}

impl Table {
    /// A table of at most `width` columns of text; cells that are too long wrap.
    pub fn new<const N: usize>(width: usize, header: [&str; N]) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
        table.set_header(header.map(str::to_uppercase));
        Self { table, empty: true }
    }

    /// Adds a row.
    pub fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.empty = false;
        self.table.add_row(cells);
    }

    /// The lines, each ending in a newline; nothing where there is no row.
    pub fn render(&self) -> String {
        if self.empty {
            return String::new();
        }
        let text = self.table.to_string();
        // The cells of the leftmost column begin at the margin, and no line ends in blanks.
        text.lines().map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line).trim_end())).collect()
    }
}

/// The columns of the terminal that stdout is, if it is one.
pub fn terminal_width() -> Option<usize> {
    comfy_table::Table::new().width().map(usize::from)
}

/// What a person calls the thing that an ARN names: everything after the service's own prefix.
///
/// `arn:aws:rds:us-east-1:111111111111:db:orders` is `db:orders`; other texts stay as they are.
pub fn short(arn: &str) -> &str {
    match arn.strip_prefix("arn:") {
        Some(rest) => rest.splitn(5, ':').nth(4).unwrap_or(arn),
        None => arn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_fits_its_width() {
        let mut table = Table::new(40, ["resource", "state"]);
        table.row(["a text that is longer than the table may be wide".into(), "protected".into()]);
        let text = table.render();
        assert!(text.lines().all(|line| line.chars().count() <= 40), "{text}");
        assert!(text.starts_with("RESOURCE"), "{text}");
    }

    #[test]
    fn an_empty_table_is_nothing() {
        assert_eq!(Table::new(80, ["a"]).render(), "");
    }

    #[test]
    fn an_arn_is_shortened_to_its_resource() {
        assert_eq!(short("arn:aws:rds:us-east-1:111111111111:snapshot:awsbackup:job-1"), "snapshot:awsbackup:job-1");
        assert_eq!(short("arn:aws:iam::111111111111:role/x"), "role/x");
        assert_eq!(short("orders"), "orders");
    }
}
