//! The difference between what a stack was deployed with and what it would be deployed with, where CloudFormation
//! may not be asked for a change set. Pure. It cannot see what was changed by hand, nor what would be replaced.

use std::collections::BTreeMap;

use serde_yaml_ng::Value;

use crate::aws::cloudformation::{Deployment, PropertyChange, ResourceChange};
use crate::operations::deployment::additions;

/// How `wanted` differs from the template and the parameters that were deployed.
pub(super) fn difference(
    template: &str,
    parameters: &BTreeMap<String, String>,
    wanted: &Deployment,
) -> Vec<ResourceChange> {
    let deployed = Deployment { template: template.to_owned(), parameters: parameters.clone(), ..wanted.clone() };
    let (before, after) = (additions(&deployed), additions(wanted));
    let (old, new) = (resources(&deployed.template), resources(&wanted.template));
    let moved: Vec<&String> = wanted
        .parameters
        .iter()
        .filter(|(key, value)| parameters.get(*key) != Some(value))
        .map(|(key, _)| key)
        .collect();
    let mut changes = Vec::new();
    for one in &after {
        let (was, is) = (old.get(&one.logical_id), new.get(&one.logical_id));
        if !before.iter().any(|found| found.logical_id == one.logical_id) {
            changes.push(one.clone());
            continue;
        }
        let properties = properties(was, is, &moved);
        if was != is || !properties.is_empty() {
            changes.push(ResourceChange { action: "Modify".to_owned(), replacement: None, properties, ..one.clone() });
        }
    }
    let gone = before.iter().filter(|one| !after.iter().any(|kept| kept.logical_id == one.logical_id));
    changes.extend(gone.map(|one| ResourceChange { action: "Remove".to_owned(), ..one.clone() }));
    changes
}

fn resources(template: &str) -> BTreeMap<String, Value> {
    let document: Value = serde_yaml_ng::from_str(template).unwrap_or_default();
    let map = document.get("Resources").and_then(Value::as_mapping).cloned().unwrap_or_default();
    map.into_iter().filter_map(|(name, resource)| Some((name.as_str()?.to_owned(), resource))).collect()
}

/// The properties whose text changed, or in which a changed parameter stands.
fn properties(was: Option<&Value>, is: Option<&Value>, moved: &[&String]) -> Vec<PropertyChange> {
    let of = |resource: Option<&Value>| {
        resource.and_then(|one| one.get("Properties")).and_then(Value::as_mapping).cloned().unwrap_or_default()
    };
    let (old, new) = (of(was), of(is));
    let names = old.keys().chain(new.keys().filter(|name| !old.contains_key(*name)));
    let text = |value: Option<&Value>| value.and_then(|value| serde_yaml_ng::to_string(value).ok());
    names
        .filter_map(|name| {
            let (before, after) = (text(old.get(name)), text(new.get(name)));
            let touched = after.as_deref().is_some_and(|text| moved.iter().any(|parameter| mentions(text, parameter)));
            let name = name.as_str()?.to_owned();
            (before != after || touched).then_some(PropertyChange { name, before, after })
        })
        .collect()
}

/// Whether a parameter is referred to: `!Ref Name`, `Ref: Name` or `${Name}`.
fn mentions(text: &str, parameter: &str) -> bool {
    text.contains(&format!("${{{parameter}}}"))
        || text.match_indices(parameter).any(|(at, _)| {
            let rest = text[at + parameter.len()..].chars().next();
            text[..at].ends_with("Ref ")
                || text[..at].ends_with("Ref: ")
                || text[..at].ends_with("!Ref '") && rest.is_none_or(|next| !next.is_alphanumeric())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "
Parameters: {Days: {Type: Number}, Name: {Type: String}}
Resources:
  Key: {Type: 'AWS::KMS::Key', Properties: {Description: !Sub 'for ${Name}'}}
  Log: {Type: 'AWS::Logs::LogGroup', Properties: {RetentionInDays: !Ref Days}}
  Old: {Type: 'AWS::SNS::Topic'}
";

    fn told(template: &str, days: &str) -> Vec<String> {
        let parameters =
            |days: &str| BTreeMap::from([("Days".to_owned(), days.to_owned()), ("Name".to_owned(), "n".to_owned())]);
        let wanted = Deployment {
            stack: "stack".to_owned(),
            template: template.to_owned(),
            parameters: parameters(days),
            tags: BTreeMap::new(),
            role_arn: None,
        };
        difference(OLD, &parameters("30"), &wanted)
            .into_iter()
            .map(|change| {
                assert_eq!(change.replacement, None);
                let names: Vec<String> = change.properties.into_iter().map(|one| one.name).collect();
                format!("{} {} {}", change.action, change.logical_id, names.join(","))
            })
            .collect()
    }

    #[test]
    fn it_sees_what_templates_and_parameters_say() {
        assert_eq!(told(OLD, "30"), Vec::<String>::new());
        assert_eq!(told(OLD, "31"), ["Modify Log RetentionInDays"]);
        let other = OLD.replace("for ${Name}", "of ${Name}").replace("Old:", "New:");
        assert_eq!(told(&other, "30"), ["Modify Key Description", "Add New ", "Remove Old "]);
    }
}
