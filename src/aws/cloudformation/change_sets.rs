//! Change sets: what an update would do, looked at before it is done.

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::{
    Capability, ChangeSetSummary, ChangeSetType, DeploymentMode, ResourceChange as SdkChange, ResourceToImport,
};

use super::super::Session;
use super::super::answer::{Listing, Required, Tokens};
use super::super::error::{AwsError, send};
use super::{AdoptedResource, ChangeSet, Comparison, Deployment, PropertyChange, ResourceChange, parameters, tags};

/// Makes a change set.
///
/// # Errors
/// AWS's answer.
pub async fn create_change_set(
    session: &Session,
    deployment: &Deployment,
    name: &str,
    comparison: &Comparison,
) -> Result<(), AwsError> {
    let operation = "cloudformation:CreateChangeSet";
    let call = session
        .cloudformation()
        .create_change_set()
        .stack_name(&deployment.stack)
        .change_set_name(name)
        .template_body(&deployment.template)
        .set_parameters(Some(parameters(deployment)))
        .set_tags(Some(tags(deployment)))
        .set_role_arn(deployment.role_arn.clone())
        .capabilities(Capability::CapabilityNamedIam);
    let call = match comparison {
        Comparison::Reality => call.change_set_type(ChangeSetType::Update).deployment_mode(DeploymentMode::RevertDrift),
        Comparison::Adoption(resources) => {
            call.change_set_type(ChangeSetType::Import).set_resources_to_import(Some(imports(resources)))
        }
    };
    send(operation, call.send()).await.map(drop)
}

fn imports(resources: &[AdoptedResource]) -> Vec<ResourceToImport> {
    let one = |resource: &AdoptedResource| {
        let (key, value) = resource.identifier.clone();
        ResourceToImport::builder()
            .logical_resource_id(&resource.logical_id)
            .resource_type(&resource.resource_type)
            .resource_identifier(key, value)
            .build()
    };
    resources.iter().map(one).collect()
}

/// How a change set stands, with all its changes and the values before and after them.
///
/// # Errors
/// AWS's answer.
pub async fn describe_change_set(session: &Session, stack: &str, name: &str) -> Result<ChangeSet, AwsError> {
    let operation = "cloudformation:DescribeChangeSet";
    let mut tokens = Tokens::of(operation);
    let mut changes = Vec::new();
    let mut token = None;
    loop {
        let call = session
            .cloudformation()
            .describe_change_set()
            .stack_name(stack)
            .change_set_name(name)
            .include_property_values(true)
            .set_next_token(token);
        let page = send(operation, call.send()).await?;
        match page.status().required(operation, "Status")?.as_str() {
            "CREATE_COMPLETE" => {}
            "FAILED" => return Ok(failed_change_set(page.status_reason().unwrap_or_default())),
            _ => return Ok(ChangeSet::Pending),
        }
        changes.extend(page.changes().iter().filter_map(|change| change.resource_change()).map(resource_change));
        token = tokens.next(page.next_token)?;
        if token.is_none() {
            return Ok(ChangeSet::Ready(changes));
        }
    }
}

fn resource_change(change: &SdkChange) -> ResourceChange {
    // One property stands there once for each of its causes.
    let mut properties: BTreeMap<String, PropertyChange> = BTreeMap::new();
    for target in change.details().iter().filter_map(|detail| detail.target()) {
        let attribute = target.attribute().map(|attribute| attribute.as_str().to_owned()).unwrap_or_default();
        let name = target.name().map_or(attribute, str::to_owned);
        let real = target.drift().and_then(|drift| drift.actual_value());
        let before = real.or(target.before_value()).map(str::to_owned);
        let after = target.after_value().map(str::to_owned);
        let known = properties.entry(name.clone()).or_insert(PropertyChange { name, before: None, after: None });
        known.before = known.before.take().or(before);
        known.after = known.after.take().or(after);
    }
    ResourceChange {
        logical_id: change.logical_resource_id().unwrap_or_default().to_owned(),
        resource_type: change.resource_type().unwrap_or_default().to_owned(),
        action: change.action().map(|action| action.as_str().to_owned()).unwrap_or_default(),
        replacement: change.replacement().map(|word| word.as_str().to_owned()),
        properties: properties.into_values().collect(),
    }
}

/// AWS says in two ways that there is nothing to change (AWS CLI, deployer.py).
fn failed_change_set(reason: &str) -> ChangeSet {
    if reason.contains("The submitted information didn't contain changes")
        || reason.contains("No updates are to be performed")
    {
        ChangeSet::Empty
    } else {
        ChangeSet::Failed(reason.to_owned())
    }
}

/// The names of a stack's change sets.
///
/// # Errors
/// AWS's answer.
pub async fn list_change_sets(session: &Session, stack: &str) -> Result<Vec<String>, AwsError> {
    let found = CHANGE_SETS.read(
        |one: &ChangeSetSummary| one.change_set_name(),
        async |token| {
            let call = session.cloudformation().list_change_sets().stack_name(stack).set_next_token(token);
            let page = send(CHANGE_SETS.operation, call.send()).await?;
            Ok((page.summaries, page.next_token))
        },
    );
    Ok(found.await?.into_iter().filter_map(|one| one.change_set_name).collect())
}

const CHANGE_SETS: Listing =
    Listing { operation: "cloudformation:ListChangeSets", items: "Summaries", id: "ChangeSetName" };

/// Executes a change set.
///
/// # Errors
/// AWS's answer.
pub async fn execute_change_set(session: &Session, stack: &str, name: &str, token: &str) -> Result<(), AwsError> {
    let call = session
        .cloudformation()
        .execute_change_set()
        .stack_name(stack)
        .change_set_name(name)
        .client_request_token(token);
    send("cloudformation:ExecuteChangeSet", call.send()).await.map(drop)
}

/// Deletes a change set; one that is gone, or whose stack is, is deleted.
///
/// # Errors
/// AWS's answer.
pub async fn delete_change_set(session: &Session, stack: &str, name: &str) -> Result<(), AwsError> {
    let call = session.cloudformation().delete_change_set().stack_name(stack).change_set_name(name);
    match send("cloudformation:DeleteChangeSet", call.send()).await {
        Err(error) if error.is("ChangeSetNotFound") || error.is("ChangeSetNotFoundException") => Ok(()),
        Err(error) if error.is("ValidationError") && error.message.contains("does not exist") => Ok(()),
        other => other.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_set_without_changes_is_no_failure() {
        for reason in [
            "The submitted information didn't contain changes. Submit different information to create a change set.",
            "No updates are to be performed.",
        ] {
            assert_eq!(failed_change_set(reason), ChangeSet::Empty);
        }
        assert_eq!(failed_change_set("Unresolved"), ChangeSet::Failed("Unresolved".to_owned()));
    }
}
