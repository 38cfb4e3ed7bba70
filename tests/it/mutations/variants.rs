//! What can be changed in one policy document or one event pattern: every variant differs from the
//! original in one place, and its name says in which.

use serde_json::{Map, Value};

/// One document with one change; none where nothing of it is left.
pub struct Variant {
    /// What was changed: `Owner: effect flipped`.
    pub name: String,
    /// The whole document after the change.
    pub document: Option<Value>,
}

/// Swapped for one another, so that the other one exists.
const ACCOUNTS: [&str; 2] = ["111111111111", "222222222222"];
const OTHER_REGION: &str = "eu-west-1";
const REGIONS: [&str; 2] = ["us-east-1", "us-west-2"];
const ORGANIZATION: (&str, &str) = ("o-sandboxorg1", "o-anotherorg1");

/// Every variant of a policy document.
pub fn of_policy(document: &Value) -> Vec<Variant> {
    let statements = statements(document);
    let mut variants = Vec::new();
    for (index, statement) in statements.iter().enumerate() {
        let name = statement["Sid"].as_str().map_or_else(|| format!("statement {}", index + 1), str::to_owned);
        let mut add = |what: String, changed: Option<Value>| {
            let mut all = statements.clone();
            match changed {
                Some(changed) => all[index] = changed,
                None => drop(all.remove(index)),
            }
            let mut whole = document.clone();
            whole["Statement"] = Value::Array(all.clone());
            variants.push(Variant { name: format!("{name}: {what}"), document: (!all.is_empty()).then_some(whole) });
        };
        add("removed".to_owned(), None);
        let flipped = if statement["Effect"] == "Allow" { "Deny" } else { "Allow" };
        add("effect flipped".to_owned(), Some(with(statement, "Effect", Value::from(flipped))));
        for element in ["Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal"] {
            for (what, changed) in of_element(element, &statement[element]) {
                add(what, Some(with(statement, element, changed)));
            }
        }
        for (what, changed) in of_condition(&statement["Condition"]) {
            add(what, Some(with(statement, "Condition", changed)));
        }
    }
    variants
}

fn statements(document: &Value) -> Vec<Value> {
    match &document["Statement"] {
        Value::Array(statements) => statements.clone(),
        one => vec![one.clone()],
    }
}

/// `value` null takes the member out.
fn with(object: &Value, member: &str, value: Value) -> Value {
    let mut changed = object.clone();
    let Some(map) = changed.as_object_mut() else { return changed };
    if value.is_null() {
        map.shift_remove(member);
    } else {
        map.insert(member.to_owned(), value);
    }
    changed
}

type Named = (String, Value);

fn of_element(element: &str, value: &Value) -> Vec<Named> {
    let noun = element.to_ascii_lowercase();
    let mut changes = Vec::new();
    match value {
        Value::Null => return changes,
        Value::Object(kinds) => {
            for (kind, values) in kinds {
                for (what, changed) in without_each(values) {
                    changes.push((format!("without {noun} {what}"), with(value, kind, changed)));
                }
            }
        }
        values => changes.extend(
            without_each(values).into_iter().map(|(what, changed)| (format!("without {noun} {what}"), changed)),
        ),
    }
    if *value != "*" && *value != serde_json::json!(["*"]) && *value != serde_json::json!({"AWS": "*"}) {
        changes.push((format!("{noun} widened"), Value::from("*")));
    }
    if value.get("Service").is_some() {
        changes.push((format!("{noun} is another service"), serde_json::json!({"Service": "ec2.amazonaws.com"})));
    }
    changes.extend(swaps(value).into_iter().map(|(what, changed)| (format!("{noun} {what}"), changed)));
    changes
}

/// Each value taken out of a list that has another one left.
fn without_each(values: &Value) -> Vec<Named> {
    let Some(list) = values.as_array().filter(|list| list.len() > 1) else { return Vec::new() };
    let without = |index: usize| {
        let mut rest = list.clone();
        let taken = rest.remove(index);
        (taken.as_str().map_or_else(|| taken.to_string(), str::to_owned), Value::Array(rest))
    };
    (0..list.len()).map(without).collect()
}

fn of_condition(condition: &Value) -> Vec<Named> {
    let Some(operators) = condition.as_object() else { return Vec::new() };
    let mut changes = Vec::new();
    for (operator, keys) in operators {
        let Some(keys) = keys.as_object() else { continue };
        for (key, values) in keys {
            let place = |changed: Value| {
                let keys = with(&Value::Object(keys.clone()), key, changed);
                let keys = if keys.as_object().is_some_and(Map::is_empty) { Value::Null } else { keys };
                let operators = with(condition, operator, keys);
                if operators.as_object().is_some_and(Map::is_empty) { Value::Null } else { operators }
            };
            let title = format!("{operator} {key}");
            changes.push((format!("without condition {title}"), place(Value::Null)));
            for (what, changed) in without_each(values) {
                changes.push((format!("condition {title} without value {what}"), place(changed)));
            }
            changes.push((format!("condition {title} widened"), place(Value::from("*"))));
            for (what, changed) in swaps(values) {
                changes.push((format!("condition {title} {what}"), place(changed)));
            }
        }
    }
    changes
}

/// The same value with the account, the Region, the organization of somebody else.
fn swaps(value: &Value) -> Vec<Named> {
    let text = value.to_string();
    let mut changes = Vec::new();
    let mut add = |what: &str, changed: String| {
        if changed != text {
            changes.push((what.to_owned(), serde_json::from_str(&changed).expect("JSON stays JSON")));
        }
    };
    let [one, other] = ACCOUNTS;
    add("in another account", text.replace(one, "@").replace(other, one).replace('@', other));
    let elsewhere = REGIONS.iter().fold(text.clone(), |text, region| text.replace(region, OTHER_REGION));
    add("in another Region", elsewhere);
    add("of another organization", text.replace(ORGANIZATION.0, ORGANIZATION.1));
    changes
}

/// Every variant of an event pattern: a field taken out, a value that is another one.
pub fn of_pattern(pattern: &Value) -> Vec<Variant> {
    let mut paths = Vec::new();
    leaves(pattern, &mut Vec::new(), &mut paths);
    let mut variants = Vec::new();
    for path in paths {
        let title = path.join(".");
        let mut add = |what: String, changed: Value| {
            let mut whole = pattern.clone();
            set(&mut whole, &path, changed);
            variants.push(Variant { name: format!("pattern {what}"), document: Some(whole) });
        };
        let values = path.iter().fold(pattern, |value, key| &value[key.as_str()]).clone();
        add(format!("without {title}"), Value::Null);
        add(format!("{title} is another"), serde_json::json!(["another"]));
        for (what, changed) in without_each(&values) {
            add(format!("{title} without {what}"), changed);
        }
        for (what, changed) in swaps(&values) {
            add(format!("{title} {what}"), changed);
        }
    }
    variants
}

fn leaves(value: &Value, path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
    let Some(map) = value.as_object() else { return found.push(path.clone()) };
    for (key, inner) in map {
        path.push(key.clone());
        leaves(inner, path, found);
        path.pop();
    }
}

fn set(value: &mut Value, path: &[String], new: Value) {
    let [first, rest @ ..] = path else { return };
    let Some(map) = value.as_object_mut() else { return };
    if !rest.is_empty() {
        if let Some(inner) = map.get_mut(first) {
            set(inner, rest, new);
        }
        return;
    }
    if new.is_null() {
        map.shift_remove(first);
    } else {
        map.insert(first.clone(), new);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{of_pattern, of_policy};

    #[test]
    fn a_statement_is_changed_in_each_of_its_places() {
        let document = json!({"Version": "2012-10-17", "Statement": [{"Sid": "S", "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111111111111:root"}, "Action": ["a:B", "a:C"],
            "Resource": "arn:aws:rds:us-west-2:111111111111:snapshot:x",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-sandboxorg1"}}}]});
        let names: Vec<String> = of_policy(&document).into_iter().map(|variant| variant.name).collect();
        assert_eq!(
            names,
            [
                "S: removed",
                "S: effect flipped",
                "S: without action a:B",
                "S: without action a:C",
                "S: action widened",
                "S: resource widened",
                "S: resource in another account",
                "S: resource in another Region",
                "S: principal widened",
                "S: principal in another account",
                "S: without condition StringEquals aws:PrincipalOrgID",
                "S: condition StringEquals aws:PrincipalOrgID widened",
                "S: condition StringEquals aws:PrincipalOrgID of another organization",
            ]
        );
        let variants = of_policy(&document);
        assert_eq!(variants[0].document, None, "the only statement");
        for variant in &variants[1..] {
            assert_ne!(variant.document.as_ref(), Some(&document), "{}", variant.name);
        }
        let without = variants[10].document.as_ref().expect("a document");
        assert!(without["Statement"][0].get("Condition").is_none(), "an empty condition is none");
    }

    #[test]
    fn a_pattern_is_changed_in_each_of_its_fields() {
        let pattern = json!({"source": ["aws.backup"], "detail": {"state": ["COMPLETED", "FAILED"]}});
        let names: Vec<String> = of_pattern(&pattern).into_iter().map(|variant| variant.name).collect();
        assert_eq!(
            names,
            [
                "pattern without source",
                "pattern source is another",
                "pattern without detail.state",
                "pattern detail.state is another",
                "pattern detail.state without COMPLETED",
                "pattern detail.state without FAILED",
            ]
        );
    }
}
