//! An error in its four parts: what failed, where, why in AWS's own words, what to do next.

use serde_json::{Map, Value, json};

use super::style::Style;
use crate::operations::OperatorError;

/// Something that ended a command, ready to be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problem {
    /// What failed: a lower-case fragment.
    pub what: String,
    /// Where: environment, account, Region, ARN, operation; empty where it is nowhere in AWS.
    pub place: String,
    pub environment: Option<String>,
    /// In the form `backup:StartCopyJob`.
    pub operation: Option<String>,
    /// Why, in AWS's own words.
    pub why: Option<String>,
    pub code: Option<String>,
    /// AWS's id of the request.
    pub request_id: Option<String>,
    /// Whether the same command may succeed later without anything being changed.
    pub retryable: bool,
    /// What to do next.
    pub hint: Option<String>,
}

impl Problem {
    /// A problem of our own, with what to do about it.
    pub fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { what: what.into(), hint: Some(hint.into()), ..Self::default() }
    }

    /// What an operation reports.
    pub fn of(error: &OperatorError) -> Self {
        let place = &error.place;
        let cause = error.cause.as_ref();
        let operation = cause.and_then(|cause| cause.operation).map(str::to_owned);
        let account = (!place.account.is_empty()).then(|| format!("account {}", place.account));
        let parts = [Some(place.environment.clone()), account, Some(place.region.clone()), place.subject.clone()];
        let parts = parts.into_iter().chain([operation.clone()]).flatten().filter(|part| !part.is_empty());
        Self {
            what: error.what.clone(),
            place: parts.collect::<Vec<_>>().join(", "),
            environment: Some(place.environment.clone()).filter(|name| !name.is_empty()),
            operation,
            why: cause.map(|cause| cause.message.clone()),
            code: cause.and_then(|cause| cause.code.clone()),
            request_id: cause.and_then(|cause| cause.request_id.clone()),
            retryable: error.retryable,
            hint: Some(error.hint.clone()).filter(|hint| !hint.is_empty()),
        }
    }

    /// The problem for a person; ends with a newline.
    pub fn render(&self, style: Style) -> String {
        let mut text = format!("{} {}\n", style.bad("error:"), indent(&self.what, 2));
        if !self.place.is_empty() {
            text += &format!("  where: {}\n", self.place);
        }
        if let Some(why) = &self.why {
            let code = self.code.as_ref().map(|code| format!("{code}: ")).unwrap_or_default();
            let request = self.request_id.as_ref().map(|id| format!(" (request id {id})")).unwrap_or_default();
            text += &format!("  why:   {}\n", indent(&format!("{code}{why}{request}"), 9));
        }
        if let Some(hint) = &self.hint {
            text += &format!("\n{} {}\n", style.strong("hint:"), indent(hint, 6));
        }
        text
    }

    /// The contract's `error` object.
    pub fn document(&self) -> Value {
        let message = match &self.why {
            Some(why) => {
                let code = self.code.as_ref().map(|code| format!("{code}: ")).unwrap_or_default();
                format!("{}: {code}{why}", self.what)
            }
            None => self.what.clone(),
        };
        let mut error = Map::new();
        error.insert("message".into(), message.into());
        error.insert("environment".into(), json!(self.environment));
        error.insert("operation".into(), json!(self.operation));
        error.insert("code".into(), json!(self.code));
        error.insert("request_id".into(), json!(self.request_id));
        error.insert("retryable".into(), self.retryable.into());
        error.insert("hint".into(), json!(self.hint));
        Value::Object(error)
    }
}

/// Continuation lines stand below the first one's text.
fn indent(text: &str, columns: usize) -> String {
    text.trim_end().replace('\n', &format!("\n{}", " ".repeat(columns)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused() -> Problem {
        Problem {
            what: "cannot read backup vault `destination-vault`".into(),
            place: "destination, account 222222222222, us-west-2, backup:DescribeBackupVault".into(),
            environment: Some("destination".into()),
            operation: Some("backup:DescribeBackupVault".into()),
            why: Some("Insufficient privileges to perform this action.".into()),
            code: Some("AccessDeniedException".into()),
            request_id: Some("7f0c".into()),
            retryable: false,
            hint: Some("run `backupctl verify`,\nor ask the owner".into()),
        }
    }

    #[test]
    fn a_person_sees_four_parts() {
        assert_eq!(
            refused().render(Style::PLAIN),
            "error: cannot read backup vault `destination-vault`\n\
             \x20 where: destination, account 222222222222, us-west-2, backup:DescribeBackupVault\n\
             \x20 why:   AccessDeniedException: Insufficient privileges to perform this action. (request id 7f0c)\n\
             \n\
             hint: run `backupctl verify`,\n\
             \x20     or ask the owner\n"
        );
    }

    #[test]
    fn a_script_sees_every_field_of_the_contract() {
        let document = refused().document();
        let keys: Vec<&str> = document.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(keys, ["message", "environment", "operation", "code", "request_id", "retryable", "hint"]);
        assert_eq!(
            document["message"],
            "cannot read backup vault `destination-vault`: AccessDeniedException: Insufficient privileges to perform this action."
        );
        assert_eq!(Problem::new("x", "y").document()["request_id"], Value::Null);
    }
}
