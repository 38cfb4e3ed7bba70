//! `backupctl.toml`: where it lies, what was written in it, and the validated [`Pipeline`] that it means.

mod acknowledge;
mod draft;
pub mod duration;
mod file;
mod mistake;
mod places;
mod resolve;
mod rules;
mod schedule;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_mistakes;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub use crate::pipeline::suggest::nearest;
pub use draft::{Draft, DraftAccount, DraftDatabase};
pub use mistake::{ConfigError, Location, Mistake, NO_TOML_HINT};

use crate::pipeline::Pipeline;

/// The file's name where nobody names another one.
pub const FILE_NAME: &str = "backupctl.toml";

/// The pipeline of the built-in sandbox, for want of a file.
const BUILT_IN: &str = r#"
[source]
account = "111111111111"

[destination]
account = "222222222222"

[organization]
id = "o-sandboxorg1"

[selection]
resources = [
    "arn:aws:rds:us-east-1:111111111111:db:orders",
    "arn:aws:rds:us-east-1:111111111111:db:billing",
]
"#;

/// Whether the command needs to know what is backed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selected {
    /// An empty selection is a mistake.
    Required,
    /// It is not looked at.
    Optional,
}

/// Where a configuration may lie.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// Named by `--config` or `BACKUPCTL_CONFIG`: this one, and no other.
    pub named: Option<&'a str>,
    pub directory: &'a Path,
    /// The user's configuration directory; `None` where it is not to be searched.
    pub user_directory: Option<&'a Path>,
}

impl Search<'_> {
    /// The files to try, in order, each with the name that the user knows it by.
    fn candidates(&self) -> Vec<(String, PathBuf)> {
        if let Some(named) = self.named {
            return vec![(named.to_owned(), self.directory.join(named))];
        }
        let mut candidates = vec![(FILE_NAME.to_owned(), self.directory.join(FILE_NAME))];
        if let Some(directory) = self.user_directory {
            let path = directory.join("backupctl").join(FILE_NAME);
            candidates.push((path.display().to_string(), path));
        }
        candidates
    }
}

/// Finds and reads the configuration; `None` where there is none and none was named.
///
/// # Errors
/// A named file that is not there, one that cannot be read, and everything that is wrong in it.
pub fn load(search: &Search<'_>, selected: Selected) -> Result<Option<Pipeline>, ConfigError> {
    for (name, path) in search.candidates() {
        match std::fs::read_to_string(&path) {
            Ok(text) => return read(&name, &text, selected).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound && search.named.is_none() => {}
            Err(error) => {
                let hint = match error.kind() {
                    ErrorKind::NotFound => "check `--config` and `BACKUPCTL_CONFIG`",
                    ErrorKind::InvalidData => "a configuration is TOML in UTF-8",
                    _ => "name a file that you may read",
                };
                return Err(ConfigError::plain(name, format!("cannot read the configuration: {error}"), hint));
            }
        }
    }
    Ok(None)
}

/// Reads a configuration's text; `name` is what the user knows the file by.
///
/// # Errors
/// Everything that is wrong in it.
pub fn read(name: &str, text: &str, selected: Selected) -> Result<Pipeline, ConfigError> {
    resolve::pipeline(name, text, selected)
}

/// An e-mail address, as `[notifications]` takes it.
///
/// # Errors
/// What is wrong with it and how it is written, in one line.
pub fn email(text: &str) -> Result<String, String> {
    rules::email(text).map_err(|wrong| format!("{}: {}", wrong.message, wrong.hint))
}

/// The error of a command that needs a configuration where there is none.
pub fn missing() -> ConfigError {
    ConfigError::plain(
        FILE_NAME,
        "there is no configuration",
        "write one with `backupctl init`, name one with `--config PATH`, or add `--sandbox` to use the built-in pipeline",
    )
}

/// The pipeline of the built-in sandbox.
///
/// # Errors
/// None in practice: a test reads the constant text.
pub fn built_in() -> Result<Pipeline, ConfigError> {
    read("the built-in configuration", BUILT_IN, Selected::Required)
}
