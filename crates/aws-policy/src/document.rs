//! A policy document, read from its JSON text (IAM User Guide, "Grammar of the IAM JSON policy language").

use serde_json::{Map, Value};

use super::condition::{self, Condition};
use super::elements::wrong;
pub use super::elements::{Chosen, DocumentError, Effect, Named, Version};

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    pub sid: Option<String>,
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`; identity policies have none.
    pub principal: Option<Chosen<Named>>,
    /// One of `Action` or `NotAction`.
    pub action: Chosen<String>,
    /// `Resource` or `NotResource`; trust policies have none.
    pub resource: Option<Chosen<String>>,
    /// All of them must hold.
    pub conditions: Vec<Condition>,
}

impl Statement {
    /// What it is called where it decides: its `Sid`, else its position, counted from 1, as `statement 2`.
    pub fn called(&self, index: usize) -> String {
        self.sid.clone().unwrap_or_else(|| format!("statement {}", index + 1))
    }
}

/// A policy document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    pub version: Version,
    /// Its statements, in order.
    pub statements: Vec<Statement>,
}

impl Document {
    /// Whether there is such a condition operator: `StringEquals`, `ForAnyValue:StringLikeIfExists`.
    pub fn knows_operator(name: &str) -> bool {
        condition::is_operator(name)
    }

    /// Reads a document.
    ///
    /// # Errors
    /// The first place that breaks the grammar.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        let value: Value = serde_json::from_str(text).map_err(|error| wrong("document", error.to_string()))?;
        Self::from_value(&value)
    }

    /// Reads a document that is JSON already.
    ///
    /// # Errors
    /// The first place that breaks the grammar.
    pub fn from_value(value: &Value) -> Result<Self, DocumentError> {
        let object = value.as_object().ok_or_else(|| wrong("document", "is not a JSON object"))?;
        known(object, "document", &["Version", "Id", "Statement"])?;
        let version = match object.get("Version") {
            None => Version::V2008,
            Some(Value::String(text)) if text == "2008-10-17" => Version::V2008,
            Some(Value::String(text)) if text == "2012-10-17" => Version::V2012,
            Some(_) => return Err(wrong("Version", "is neither `2012-10-17` nor `2008-10-17`")),
        };
        let statements = match object.get("Statement") {
            None => return Err(wrong("Statement", "is missing")),
            Some(Value::Array(statements)) => {
                let read = statements.iter().enumerate();
                read.map(|(index, one)| statement(one, &format!("Statement[{index}]"))).collect::<Result<_, _>>()?
            }
            Some(one) => vec![statement(one, "Statement")?],
        };
        Ok(Self { version, statements })
    }
}

fn known(object: &Map<String, Value>, place: &str, names: &[&str]) -> Result<(), DocumentError> {
    match object.keys().find(|key| !names.contains(&key.as_str())) {
        Some(key) => Err(wrong(place, format!("has the unknown element `{key}`"))),
        None => Ok(()),
    }
}

const ELEMENTS: &[&str] =
    &["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];

fn statement(value: &Value, place: &str) -> Result<Statement, DocumentError> {
    let object = value.as_object().ok_or_else(|| wrong(place, "is not an object"))?;
    known(object, place, ELEMENTS)?;
    let at = |element: &str| format!("{place}.{element}");
    let sid = match object.get("Sid") {
        None => None,
        Some(Value::String(text)) => Some(text.clone()).filter(|text| !text.is_empty()),
        Some(_) => return Err(wrong(&at("Sid"), "is not a string")),
    };
    let effect = match object.get("Effect").and_then(Value::as_str) {
        Some("Allow") => Effect::Allow,
        Some("Deny") => Effect::Deny,
        _ => return Err(wrong(&at("Effect"), "is neither `Allow` nor `Deny`")),
    };
    let principal = chosen(object, place, "Principal", "NotPrincipal", principals)?;
    let action = chosen(object, place, "Action", "NotAction", actions)?
        .ok_or_else(|| wrong(&at("Action"), "is missing, and so is `NotAction`"))?;
    let resource = chosen(object, place, "Resource", "NotResource", strings)?;
    let conditions = match object.get("Condition") {
        None => Vec::new(),
        Some(value) => Condition::parse_all(value, &at("Condition"))?,
    };
    Ok(Statement { sid, effect, principal, action, resource, conditions })
}

fn chosen<T>(
    object: &Map<String, Value>,
    place: &str,
    of: &str,
    except: &str,
    read: fn(&Value, &str) -> Result<Vec<T>, DocumentError>,
) -> Result<Option<Chosen<T>>, DocumentError> {
    match (object.get(of), object.get(except)) {
        (Some(_), Some(_)) => Err(wrong(place, format!("has both `{of}` and `{except}`"))),
        (Some(value), None) => Ok(Some(Chosen::Of(read(value, &format!("{place}.{of}"))?))),
        (None, Some(value)) => Ok(Some(Chosen::Except(read(value, &format!("{place}.{except}"))?))),
        (None, None) => Ok(None),
    }
}

/// A string, or a list of strings.
fn strings(value: &Value, place: &str) -> Result<Vec<String>, DocumentError> {
    match value {
        Value::String(text) => Ok(vec![text.clone()]),
        Value::Array(values) => {
            let text = |value: &Value| value.as_str().map(str::to_owned);
            values.iter().map(|value| text(value).ok_or_else(|| wrong(place, "holds what is not a string"))).collect()
        }
        _ => Err(wrong(place, "is neither a string nor a list of strings")),
    }
}

fn actions(value: &Value, place: &str) -> Result<Vec<String>, DocumentError> {
    let actions = strings(value, place)?;
    match actions.iter().find(|action| *action != "*" && !action.contains(':')) {
        Some(action) => Err(wrong(place, format!("`{action}` has no service prefix"))),
        None => Ok(actions),
    }
}

fn principals(value: &Value, place: &str) -> Result<Vec<Named>, DocumentError> {
    let object = match value {
        Value::String(text) if text == "*" => return Ok(vec![Named::Anyone]),
        Value::Object(object) => object,
        _ => return Err(wrong(place, "is neither `*` nor an object")),
    };
    known(object, place, &["AWS", "Service", "Federated", "CanonicalUser"])?;
    let mut found = Vec::new();
    for (kind, values) in object {
        for text in strings(values, &format!("{place}.{kind}"))? {
            found.push(match kind.as_str() {
                "AWS" if text == "*" => Named::Anyone,
                "AWS" => Named::Aws(text),
                "Service" => Named::Service(text),
                "Federated" => Named::Federated(text),
                _ => Named::CanonicalUser(text),
            });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_values_stand_for_lists() {
        let one = r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;
        let many = r#"{"Statement":[{"Effect":"Allow","Action":["s3:*"],"Resource":["*"]}]}"#;
        assert_eq!(Document::parse(one), Document::parse(many));
        assert_eq!(Document::parse(one).map(|document| document.version), Ok(Version::V2008));
    }

    #[test]
    fn several_kinds_of_principals_stand_side_by_side() {
        let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":
            {"AWS":["111111111111","*"],"Service":"a.amazonaws.com","Federated":"f","CanonicalUser":"c"}}}"#;
        let document = Document::parse(text).expect("is right");
        let named = vec![
            Named::Aws("111111111111".into()),
            Named::Anyone,
            Named::Service("a.amazonaws.com".into()),
            Named::Federated("f".into()),
            Named::CanonicalUser("c".into()),
        ];
        assert_eq!(document.statements[0].principal, Some(Chosen::Of(named)));
    }

    #[test]
    fn each_mistake_is_told_with_its_place() {
        let statement = |members: &str| format!(r#"{{"Statement":[{{"Effect":"Allow","Action":"a:b",{members}}}]}}"#);
        let second = r#"{"Statement":[{"Effect":"Allow","Action":"a:b"},{"Effect":"allow","Action":"a:b"}]}"#;
        let texts = [
            "[".to_owned(),
            "[]".to_owned(),
            "{}".to_owned(),
            r#"{"Version":"2020-01-01","Statement":[]}"#.to_owned(),
            r#"{"Statement":[],"Resource":"*"}"#.to_owned(),
            r#"{"Statement":"Allow"}"#.to_owned(),
            second.to_owned(),
            r#"{"Statement":{"Effect":"Deny"}}"#.to_owned(),
            r#"{"Statement":{"Effect":"Deny","Action":"everything"}}"#.to_owned(),
            statement(r#""Sid":1"#),
            statement(r#""NotAction":"a:c""#),
            statement(r#""Principal":"role""#),
            statement(r#""Principal":{"Aws":"*"}"#),
            statement(r#""Resource":1"#),
            statement(r#""Resource":[1]"#),
            statement(r#""Condition":[]"#),
            statement(r#""Condition":{"StringEquals":"a"}"#),
            statement(r#""Condition":{"StringSame":{"a:b":"c"}}"#),
            statement(r#""Condition":{"StringEquals":{"a:b":{}}}"#),
        ];
        let told = texts.map(|text| format!("{text}\n  {}", Document::parse(&text).expect_err("is wrong")));
        insta::assert_snapshot!(told.join("\n"));
    }
}
