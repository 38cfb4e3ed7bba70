//! What the requests that define a stack have in common: template, parameters, capabilities, role.

use serde::Deserialize;

use super::parameters::{self, Given};
use super::resources;
use super::stacks::{Actor, Definition, Tag};
use super::template::{Template, TemplateError};
use crate::services::iam;
use crate::world::{Call, Caller, ServiceError, World};
use aws_policy::names::Arn;

/// Where CloudFormation reads a template from: its text, a URL, or the stack's present one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Source {
    pub template_body: Option<String>,
    #[serde(rename = "TemplateURL")]
    pub template_url: Option<String>,
    pub use_previous_template: Option<bool>,
}

/// What CreateStack, UpdateStack and CreateChangeSet say alike.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Request {
    #[serde(flatten)]
    pub source: Source,
    #[serde(default)]
    pub parameters: Vec<Given>,
    pub tags: Option<Vec<Tag>>,
    #[serde(default)]
    pub capabilities: Vec<String>,
    #[serde(rename = "RoleARN")]
    pub role_arn: Option<String>,
    #[serde(rename = "NotificationARNs")]
    pub notification_arns: Option<Vec<String>>,
    pub client_request_token: Option<String>,
}

/// AWS's `ValidationError`.
pub fn invalid(text: impl Into<String>) -> ServiceError {
    ServiceError::new("ValidationError", text)
}

/// No such stack.
pub fn missing(name: &str) -> ServiceError {
    invalid(format!("Stack with id {name} does not exist"))
}

/// The text of the template.
pub fn template_text(source: &Source, previous: Option<&Definition>) -> Result<String, ServiceError> {
    match (&source.template_body, &source.template_url, source.use_previous_template) {
        (Some(text), None, None | Some(false)) => Ok(text.clone()),
        (None, None, Some(true)) => match previous {
            Some(definition) => Ok(definition.text.clone()),
            None => Err(invalid("Specifying a previous template is only possible on an existing stack.")),
        },
        (None, Some(_), _) => {
            tracing::warn!("the sandbox has no S3: TemplateURL cannot be read");
            Err(invalid(
                "S3 error: Access Denied For more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html",
            ))
        }
        (None, None, _) => Err(invalid("Either Template URL or Template Body must be specified.")),
        _ => Err(invalid("Either Template URL or Template Body must be specified, not both.")),
    }
}

/// What the request and the stack's present definition come to.
pub fn define(request: &Request, previous: Option<&Definition>) -> Result<Definition, ServiceError> {
    let text = template_text(&request.source, previous)?;
    let template = Template::read(&text)?;
    let unknown: Vec<&str> = template
        .resources
        .iter()
        .map(|(_, resource)| resource.kind.as_str())
        .filter(|kind| resources::by_name(kind).is_none())
        .collect();
    if !unknown.is_empty() {
        tracing::warn!(types = ?unknown, "the sandbox lacks these resource types");
        return Err(TemplateError::format(format!("Unrecognized resource types: [{}]", unknown.join(", "))).into());
    }
    let old = previous.map(|definition| definition.parameters.as_slice()).unwrap_or_default();
    let parameters = parameters::bind(&template, &request.parameters, old)?;
    check_capabilities(&template, &request.capabilities)?;
    check_tags(request.tags.as_deref().unwrap_or_default())?;
    Ok(Definition {
        text,
        template,
        parameters,
        tags: request.tags.clone().or_else(|| previous.map(|old| old.tags.clone())).unwrap_or_default(),
        capabilities: request.capabilities.clone(),
        role_arn: request.role_arn.clone().or_else(|| previous.and_then(|old| old.role_arn.clone())),
        notification_arns: request
            .notification_arns
            .clone()
            .or_else(|| previous.map(|old| old.notification_arns.clone()))
            .unwrap_or_default(),
    })
}

fn check_tags(tags: &[Tag]) -> Result<(), ServiceError> {
    match tags.iter().find(|tag| tag.key.to_ascii_lowercase().starts_with("aws:")) {
        Some(_) => Err(invalid("aws: prefixed tag key names are not allowed for external use.")),
        None if tags.len() > 50 => Err(invalid("Number of tags must not exceed 50")),
        None => Ok(()),
    }
}

/// The capabilities that a template needs, and the resource types that need them
/// (API Reference, CreateStack, "Capabilities").
pub fn needed_capability(template: &Template) -> Option<(&'static str, Vec<String>)> {
    const NAMED: &[(&str, &str)] =
        &[("AWS::IAM::Role", "RoleName"), ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"), ("AWS::IAM::Policy", "")];
    let mut found = Vec::new();
    let mut named = false;
    for (_, resource) in &template.resources {
        if let Some((_, name)) = NAMED.iter().find(|(kind, _)| *kind == resource.kind) {
            named |= resource.properties.get(name).is_some();
            if !found.contains(&resource.kind) {
                found.push(resource.kind.clone());
            }
        }
    }
    match (found.is_empty(), named) {
        (true, _) => None,
        (false, true) => Some(("CAPABILITY_NAMED_IAM", found)),
        (false, false) => Some(("CAPABILITY_IAM", found)),
    }
}

fn check_capabilities(template: &Template, given: &[String]) -> Result<(), ServiceError> {
    let Some((needed, _)) = needed_capability(template) else { return Ok(()) };
    let enough = given.iter().any(|one| one == "CAPABILITY_NAMED_IAM" || one == needed);
    if enough {
        return Ok(());
    }
    Err(ServiceError::new("InsufficientCapabilitiesException", format!("Requires capabilities : [{needed}]")))
}

/// Who acts for the stack: the role that is given or was given before, else the caller.
pub fn actor(world: &mut World, call: &Call, role_arn: Option<&str>, passed: bool) -> Result<Actor, ServiceError> {
    let Some(role_arn) = role_arn else {
        return Ok(Actor { caller: call.caller.clone(), is_role: false });
    };
    if role_arn.parse::<Arn>().is_err() {
        return Err(invalid(format!("Role {role_arn} is invalid or cannot be assumed")));
    }
    if passed {
        iam::may_pass_role(world, call, role_arn, "cloudformation.amazonaws.com")?;
    }
    let service = Caller::service("cloudformation.amazonaws.com", &call.place.account);
    match iam::assume_role(world, &service, role_arn, "AWSCloudFormation") {
        Ok(caller) => Ok(Actor { caller, is_role: true }),
        Err(_) => Err(invalid(format!("Role {role_arn} is invalid or cannot be assumed"))),
    }
}
