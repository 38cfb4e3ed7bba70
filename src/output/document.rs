//! The envelope of every JSON document.

use serde_json::{Map, Value};

use super::problem::Problem;

/// What every document says beside its command's own fields.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// The command, such as `sandbox-show`.
    pub command: String,
    /// When it was made, RFC 3339, by the clock that the command ran under.
    pub generated_at: String,
    /// Whether the simulated AWS answered.
    pub sandbox: bool,
    pub exit_code: u8,
    /// Calls made to AWS.
    pub api_calls: u64,
    /// Whole seconds from start to end, by the same clock.
    pub duration_seconds: u64,
    /// Why the command failed.
    pub error: Option<Problem>,
}

/// Fields of the envelope, which a command's own body must not have.
const OWN: [&str; 9] =
    ["schema", "generated_at", "sandbox", "tool_version", "ok", "exit_code", "api_calls", "duration_seconds", "error"];

impl Envelope {
    /// Puts the envelope around a command's own fields.
    pub fn around(&self, body: Map<String, Value>) -> Value {
        let mut document = Map::new();
        let mut put = |key: &str, value: Value| document.insert(key.to_owned(), value);
        put("schema", format!("backupctl.{}/1", self.command).into());
        put("generated_at", self.generated_at.clone().into());
        put("sandbox", self.sandbox.into());
        put("tool_version", env!("CARGO_PKG_VERSION").into());
        put("ok", self.ok().into());
        for (key, value) in body {
            if !OWN.contains(&key.as_str()) {
                put(&key, value);
            }
        }
        if let Some(error) = &self.error {
            put("error", error.document());
        }
        put("exit_code", self.exit_code.into());
        put("api_calls", self.api_calls.into());
        put("duration_seconds", self.duration_seconds.into());
        Value::Object(document)
    }

    /// True exactly at exit 0 and 4.
    fn ok(&self) -> bool {
        matches!(self.exit_code, 0 | 4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn envelope(exit_code: u8, error: Option<Problem>) -> Envelope {
        Envelope {
            command: "verify".into(),
            generated_at: "2026-01-05T06:00:00Z".into(),
            sandbox: true,
            exit_code,
            api_calls: 57,
            duration_seconds: 3,
            error,
        }
    }

    fn body() -> Map<String, Value> {
        json!({"ok": "overruled", "findings": []}).as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_document_begins_and_ends_as_the_contract_says() {
        let document = envelope(3, None).around(body());
        let keys: Vec<&str> = document.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(
            keys,
            [
                "schema",
                "generated_at",
                "sandbox",
                "tool_version",
                "ok",
                "findings",
                "exit_code",
                "api_calls",
                "duration_seconds"
            ]
        );
        assert_eq!(document["schema"], "backupctl.verify/1");
        assert_eq!(document["ok"], false);
        assert_eq!(document["api_calls"], 57);
    }

    #[test]
    fn ok_is_true_exactly_at_0_and_4() {
        for code in [0, 1, 2, 3, 4, 5, 6, 130] {
            assert_eq!(envelope(code, None).around(Map::new())["ok"], matches!(code, 0 | 4), "{code}");
        }
    }

    #[test]
    fn an_error_keeps_what_was_found_before_it() {
        let document = envelope(1, Some(Problem::new("it broke", "fix it"))).around(body());
        assert_eq!(document["findings"], json!([]));
        assert_eq!(document["error"]["message"], "it broke");
        assert_eq!(document["error"]["hint"], "fix it");
    }
}
