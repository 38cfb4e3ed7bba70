//! What a target gets of an event: all of it, a part, a constant, or a text made from parts (Amazon
//! EventBridge User Guide, "Amazon EventBridge input transformation").

use serde_json::{Value, json};

use super::state::Target;
use crate::world::Moment;

/// The rule's own values, which a template may use.
pub(super) struct RuleValues<'a> {
    pub(super) arn: &'a str,
    pub(super) name: &'a str,
    pub(super) now: Moment,
}

/// The text that a target gets.
pub(super) fn payload(target: &Target, event: &Value, rule: &RuleValues<'_>) -> String {
    if let Some(input) = &target.input {
        return input.clone();
    }
    if let Some(path) = &target.input_path {
        return at_path(event, path).map_or_else(|| "null".to_owned(), Value::to_string);
    }
    let Some(transformer) = &target.input_transformer else {
        return event.to_string();
    };
    let variable = |name: &str| match name {
        "aws.events.rule-arn" => Some(json!(rule.arn)),
        "aws.events.rule-name" => Some(json!(rule.name)),
        "aws.events.event.ingestion-time" => Some(json!(rule.now.iso_seconds())),
        "aws.events.event.json" | "aws.events.event" => Some(event.clone()),
        name => transformer.input_paths_map.get(name).and_then(|path| at_path(event, path)).cloned(),
    };
    fill(&transformer.input_template, &variable)
}

/// Follows a path such as `$.detail.tags[0]`; `None` where it leads nowhere.
fn at_path<'a>(event: &'a Value, path: &str) -> Option<&'a Value> {
    let mut found = event;
    for part in path.strip_prefix('$')?.split('.').filter(|part| !part.is_empty()) {
        let (name, indexes) = part.split_once('[').unwrap_or((part, ""));
        if !name.is_empty() {
            found = found.get(name)?;
        }
        for index in indexes.split('[').filter(|index| !index.is_empty()) {
            found = found.get(index.trim_end_matches(']').parse::<usize>().ok()?)?;
        }
    }
    Some(found)
}

/// Puts the values in the places of `<name>`: inside quotes bare, outside as JSON.
fn fill(template: &str, variable: &dyn Fn(&str) -> Option<Value>) -> String {
    let mut text = String::with_capacity(template.len());
    let mut quoted = false;
    let mut rest = template;
    while let Some(character) = rest.chars().next() {
        if let Some((name, after)) = rest.strip_prefix('<').and_then(|inner| inner.split_once('>'))
            && !name.is_empty()
            && name.chars().all(|character| character.is_ascii_alphanumeric() || "._-".contains(character))
        {
            match (variable(name), quoted) {
                (Some(value), false) => text.push_str(&value.to_string()),
                (Some(Value::String(value)), true) => {
                    text.push_str(Value::from(value).to_string().trim_matches('"'));
                }
                // A JSON value inside of quotes loses its own.
                (Some(value), true) => text.push_str(&value.to_string().replace('"', "")),
                (None, false) => text.push_str("\"\""),
                (None, true) => {}
            }
            rest = after;
            continue;
        }
        if character == '\\' {
            let taken = rest.chars().take(2).map(char::len_utf8).sum();
            text.push_str(&rest[..taken]);
            rest = &rest[taken..];
            continue;
        }
        quoted ^= character == '"';
        text.push(character);
        rest = &rest[character.len_utf8()..];
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::events::state::InputTransformer;

    fn event() -> Value {
        json!({"version": "0", "time": "2015-11-11T21:29:54Z", "resources": ["arn:a", "arn:b"],
               "detail": {"instance-id": "i-0123", "state": "RUNNING", "count": 3}})
    }

    fn given(target: Target) -> String {
        let rule = RuleValues { arn: "arn:rule", name: "rule", now: Moment::from_millis(0) };
        payload(&target, &event(), &rule)
    }

    fn transformed(paths: &[(&str, &str)], template: &str) -> String {
        let input_paths_map = paths.iter().map(|(name, path)| ((*name).to_owned(), (*path).to_owned())).collect();
        let transformer = InputTransformer { input_paths_map, input_template: template.to_owned() };
        given(Target { input_transformer: Some(transformer), ..Target::default() })
    }

    #[test]
    fn the_user_guides_examples() {
        let paths = [("instance", "$.detail.instance-id"), ("state", "$.detail.state")];
        assert_eq!(transformed(&paths, "\"instance <instance> is in <state>\""), "\"instance i-0123 is in RUNNING\"");
        assert_eq!(
            transformed(&paths, "{\"instance\": <instance>, \"state\": \"<state>\"}"),
            "{\"instance\": \"i-0123\", \"state\": \"RUNNING\"}"
        );
        assert_eq!(transformed(&[], "{\"rule\": <aws.events.rule-name>}"), "{\"rule\": \"rule\"}");
    }

    #[test]
    fn a_part_or_a_constant() {
        assert_eq!(given(Target { input_path: Some("$.resources[1]".to_owned()), ..Target::default() }), "\"arn:b\"");
        assert_eq!(given(Target { input: Some("{\"a\":1}".to_owned()), ..Target::default() }), "{\"a\":1}");
        assert_eq!(given(Target::default()), event().to_string());
    }
}
