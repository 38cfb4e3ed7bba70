//! Colour, which only ever repeats what the words say.

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Paints words, or leaves them alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    colour: bool,
}

impl Style {
    /// No colour at all.
    pub const PLAIN: Self = Self { colour: false };

    /// Decides once, for one stream (<https://no-color.org>: any value that is not empty).
    pub fn choose(choice: ColorChoice, is_terminal: bool, no_color: Option<&str>) -> Self {
        let colour = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => is_terminal && no_color.is_none(),
        };
        Self { colour }
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    /// What is well.
    pub fn good(self, text: &str) -> String {
        self.paint("32", text)
    }

    /// What is wrong.
    pub fn bad(self, text: &str) -> String {
        self.paint("1;31", text)
    }

    /// What deserves a look.
    pub fn warn(self, text: &str) -> String {
        self.paint("33", text)
    }

    /// What stands out.
    pub fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// What stays in the background.
    pub fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_color_and_pipes_are_plain_unless_always() {
        assert_eq!(Style::choose(ColorChoice::Auto, true, None).bad("x"), "\u{1b}[1;31mx\u{1b}[0m");
        assert_eq!(Style::choose(ColorChoice::Auto, true, Some("1")).bad("x"), "x");
        assert_eq!(Style::choose(ColorChoice::Auto, false, None).bad("x"), "x");
        assert_eq!(Style::choose(ColorChoice::Always, false, Some("1")).good("x"), "\u{1b}[32mx\u{1b}[0m");
        assert_eq!(Style::choose(ColorChoice::Never, true, None).good("x"), "x");
    }
}
