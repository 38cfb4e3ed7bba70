//! The operations on templates: get, summarize, validate.

use serde::Deserialize;
use serde_json::{Value, json};

use super::describe::{filled, found, plain};
use super::requests::{Source, invalid, needed_capability, template_text};
use super::stacks::StackStatus;
use super::template::{Template, TemplateError};
use super::{diff, resources};
use crate::world::{Call, Place, ServiceError, World};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct GetTemplate {
    stack_name: Option<String>,
    change_set_name: Option<String>,
}

/// GetTemplate: without macros the processed template is the original one.
pub fn get_template(world: &mut World, call: &Call, input: GetTemplate) -> Result<Value, ServiceError> {
    let text = definition_text(world, &call.place, input.stack_name, input.change_set_name)?;
    Ok(json!({ "TemplateBody": text, "StagesAvailable": ["Original", "Processed"] }))
}

fn definition_text(
    world: &mut World,
    place: &Place,
    stack_name: Option<String>,
    change_set_name: Option<String>,
) -> Result<String, ServiceError> {
    if let Some(change_set_name) = change_set_name {
        let named = super::change_sets::Named {
            stack_name,
            change_set_name,
            include_property_values: None,
            client_request_token: None,
            disable_rollback: None,
            next_token: None,
        };
        let (_, change_set) = super::change_sets::find(world, place, &named)?;
        return Ok(change_set.definition.text);
    }
    let name = stack_name.unwrap_or_default();
    let stack = found(world, place, &name)?;
    if stack.status == StackStatus::ReviewInProgress {
        return Err(invalid(format!("Stack [{name}] is in REVIEW_IN_PROGRESS state and has no template")));
    }
    Ok(stack.definition.text.clone())
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Summarized {
    stack_name: Option<String>,
    #[serde(flatten)]
    source: Source,
}

/// GetTemplateSummary.
pub fn get_template_summary(world: &mut World, call: &Call, input: Summarized) -> Result<Value, ServiceError> {
    let text = match input.stack_name {
        Some(name) => definition_text(world, &call.place, Some(name), None)?,
        None => template_text(&input.source, None)?,
    };
    let template = Template::read(&text)?;
    let declared: Vec<Value> = template
        .parameters
        .iter()
        .map(|(name, one)| {
            let constraints =
                if one.allowed_values.is_empty() { json!({}) } else { json!({ "AllowedValues": one.allowed_values }) };
            filled(json!({
                "ParameterKey": name,
                "DefaultValue": one.default,
                "ParameterType": one.type_name,
                "NoEcho": one.no_echo,
                "Description": one.description,
                "ParameterConstraints": constraints,
            }))
        })
        .collect();
    let mut types: Vec<&str> = template.resources.iter().map(|(_, one)| one.kind.as_str()).collect();
    types.sort_unstable();
    types.dedup();
    let identifiers: Vec<Value> = types
        .iter()
        .filter(|kind| diff::importable(kind))
        .map(|kind| {
            let of_type = template.resources.iter().filter(|(_, one)| one.kind == *kind);
            let names: Vec<&String> = of_type.map(|(name, _)| name).collect();
            let identifier = resources::by_name(kind).and_then(|kind| kind.identifier);
            json!({ "ResourceType": kind, "LogicalResourceIds": names, "ResourceIdentifiers": [identifier] })
        })
        .collect();
    let (capabilities, reason) = capability_lines(&template);
    Ok(filled(json!({
        "Parameters": declared,
        "Description": template.description,
        "Capabilities": capabilities,
        "CapabilitiesReason": reason,
        "ResourceTypes": types,
        "Version": "2010-09-09",
        "Metadata": template.metadata.as_ref().map(|node| plain(node).to_string()),
        "ResourceIdentifierSummaries": identifiers,
        "Warnings": {},
    })))
}

fn capability_lines(template: &Template) -> (Vec<&'static str>, Option<String>) {
    match needed_capability(template) {
        None => (Vec::new(), None),
        Some((capability, types)) => {
            let reason = format!("The following resource(s) require capabilities: [{}]", types.join(", "));
            (vec![capability], Some(reason))
        }
    }
}

/// ValidateTemplate.
pub fn validate_template(_world: &mut World, _call: &Call, input: Source) -> Result<Value, ServiceError> {
    let template = Template::read(&template_text(&input, None)?)?;
    let unknown: Vec<&str> = template
        .resources
        .iter()
        .map(|(_, one)| one.kind.as_str())
        .filter(|kind| resources::by_name(kind).is_none())
        .collect();
    if !unknown.is_empty() {
        return Err(TemplateError::format(format!("Unrecognized resource types: [{}]", unknown.join(", "))).into());
    }
    let declared: Vec<Value> = template
        .parameters
        .iter()
        .map(|(name, one)| {
            filled(json!({
                "ParameterKey": name,
                "DefaultValue": one.default,
                "NoEcho": one.no_echo,
                "Description": one.description,
            }))
        })
        .collect();
    let (capabilities, reason) = capability_lines(&template);
    Ok(filled(json!({
        "Parameters": declared,
        "Description": template.description,
        "Capabilities": capabilities,
        "CapabilitiesReason": reason,
    })))
}
