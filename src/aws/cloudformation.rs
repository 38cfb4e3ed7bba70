//! AWS CloudFormation: stacks and their events. Change sets lie in [`change_sets`].

use std::collections::BTreeMap;

use aws_sdk_cloudformation::types::{self, Capability, Parameter, Tag, TemplateStage};

use super::answer::{Listing, Required, Tokens};
use super::error::{AwsError, send};
use super::{Session, date};

pub mod change_sets;

pub use crate::pipeline::seen::stack::{
    AdoptedResource, ChangeSet, Comparison, Deployment, PropertyChange, ResourceChange, Stack, StackEvent,
    StackResource, StackStatus,
};
pub use change_sets::{
    create_change_set, delete_change_set, describe_change_set, execute_change_set, list_change_sets,
};

/// A stack by name or id; none where there is none of that name.
///
/// # Errors
/// AWS's answer.
pub async fn describe_stack(session: &Session, name: &str) -> Result<Option<Stack>, AwsError> {
    let operation = "cloudformation:DescribeStacks";
    let call = session.cloudformation().describe_stacks().stack_name(name);
    let answer = match send(operation, call.send()).await {
        // There is no modelled "not found": the text is all there is (AWS CLI, deployer.py).
        Err(error) if error.is("ValidationError") && error.message.contains("does not exist") => return Ok(None),
        other => other?,
    };
    let stack = answer.stacks().first().required(operation, "Stacks")?;
    let id = stack.stack_id().required(operation, "StackId")?;
    let status = stack.stack_status().required(operation, "StackStatus")?;
    let outputs = stack
        .outputs()
        .iter()
        .filter_map(|output| Some((output.output_key()?.to_owned(), output.output_value()?.to_owned())));
    let tags = stack.tags().iter().filter_map(|tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned())));
    Ok(Some(Stack {
        name: stack.stack_name().unwrap_or(name).to_owned(),
        id: id.to_owned(),
        status: StackStatus::from(status.as_str()),
        status_reason: stack.stack_status_reason().map(str::to_owned),
        outputs: outputs.collect(),
        tags: tags.collect(),
        termination_protection: stack.enable_termination_protection().unwrap_or(false),
        changed_at: stack.last_updated_time().or(stack.creation_time()).and_then(date),
    }))
}

fn parameters(deployment: &Deployment) -> Vec<Parameter> {
    let one = |(key, value): (&String, &String)| Parameter::builder().parameter_key(key).parameter_value(value).build();
    deployment.parameters.iter().map(one).collect()
}

fn tags(deployment: &Deployment) -> Vec<Tag> {
    deployment.tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// Creates a stack, protected from deletion, and returns its id.
///
/// # Errors
/// AWS's answer.
pub async fn create_stack(
    session: &Session,
    deployment: &Deployment,
    stack_policy: &str,
    token: &str,
) -> Result<String, AwsError> {
    let operation = "cloudformation:CreateStack";
    let call = session
        .cloudformation()
        .create_stack()
        .stack_name(&deployment.stack)
        .template_body(&deployment.template)
        .set_parameters(Some(parameters(deployment)))
        .set_tags(Some(tags(deployment)))
        .set_role_arn(deployment.role_arn.clone())
        .capabilities(Capability::CapabilityNamedIam)
        .enable_termination_protection(true)
        .stack_policy_body(stack_policy)
        .client_request_token(token);
    send(operation, call.send()).await?.stack_id.required(operation, "StackId")
}

/// The events of one operation on a stack, oldest first, known by the token of its request.
///
/// # Errors
/// AWS's answer.
pub async fn stack_events(session: &Session, stack_id: &str, token: &str) -> Result<Vec<StackEvent>, AwsError> {
    let operation = "cloudformation:DescribeStackEvents";
    let mut tokens = Tokens::of(operation);
    let mut found: Vec<StackEvent> = Vec::new();
    let mut next = None;
    'pages: loop {
        let call = session.cloudformation().describe_stack_events().stack_name(stack_id).set_next_token(next);
        let page = send(operation, call.send()).await?;
        for event in page.stack_events.required(operation, "StackEvents")? {
            if event.client_request_token() == Some(token) {
                found.push(stack_event(operation, &event)?);
            } else if !found.is_empty() {
                // Newest first: what comes before our operation's own first event is another one's.
                break 'pages;
            }
        }
        next = tokens.next(page.next_token)?;
        if next.is_none() {
            break;
        }
    }
    found.reverse();
    Ok(found)
}

fn stack_event(operation: &'static str, event: &types::StackEvent) -> Result<StackEvent, AwsError> {
    Ok(StackEvent {
        id: event.event_id().required(operation, "EventId")?.to_owned(),
        logical_id: event.logical_resource_id().required(operation, "LogicalResourceId")?.to_owned(),
        physical_id: event.physical_resource_id().map(str::to_owned),
        resource_type: event.resource_type().required(operation, "ResourceType")?.to_owned(),
        status: event.resource_status().required(operation, "ResourceStatus")?.as_str().to_owned(),
        reason: event.resource_status_reason().map(str::to_owned),
        at: event.timestamp().and_then(date),
    })
}

/// The resources of a stack.
///
/// # Errors
/// AWS's answer.
pub async fn stack_resources(session: &Session, stack: &str) -> Result<Vec<StackResource>, AwsError> {
    let operation = RESOURCES.operation;
    let found = RESOURCES.read(
        |resource: &types::StackResourceSummary| resource.logical_resource_id(),
        async |token| {
            let call = session.cloudformation().list_stack_resources().stack_name(stack).set_next_token(token);
            let page = send(operation, call.send()).await?;
            Ok((page.stack_resource_summaries, page.next_token))
        },
    );
    let resource = |resource: &types::StackResourceSummary| {
        Ok(StackResource {
            logical_id: resource.logical_resource_id().required(operation, RESOURCES.id)?.to_owned(),
            physical_id: resource.physical_resource_id().unwrap_or_default().to_owned(),
            resource_type: resource.resource_type().required(operation, "ResourceType")?.to_owned(),
            status: resource.resource_status().required(operation, "ResourceStatus")?.as_str().to_owned(),
        })
    };
    found.await?.iter().map(resource).collect()
}

const RESOURCES: Listing = Listing {
    operation: "cloudformation:ListStackResources",
    items: "StackResourceSummaries",
    id: "LogicalResourceId",
};

/// Seconds between two looks at a drift detection.
const DRIFT_PAUSE: std::time::Duration = std::time::Duration::from_secs(5);

/// Has CloudFormation compare a stack with what is there; the logical ids of what was changed or deleted by hand.
///
/// # Errors
/// AWS's answer, or a detection that failed.
pub async fn drifted(session: &Session, stack: &str) -> Result<Vec<String>, AwsError> {
    let begin = "cloudformation:DetectStackDrift";
    let answer = send(begin, session.cloudformation().detect_stack_drift().stack_name(stack).send()).await?;
    let id = answer.stack_drift_detection_id.required(begin, "StackDriftDetectionId")?;
    let operation = "cloudformation:DescribeStackDriftDetectionStatus";
    loop {
        let call = session.cloudformation().describe_stack_drift_detection_status().stack_drift_detection_id(&id);
        let answer = send(operation, call.send()).await?;
        match answer.detection_status().map(|status| status.as_str()) {
            Some("DETECTION_IN_PROGRESS") => session.sleep(DRIFT_PAUSE).await,
            Some("DETECTION_COMPLETE") => break,
            _ => return Err(AwsError::missing(operation, answer.detection_status_reason().unwrap_or("result"))),
        }
    }
    let drifts = DRIFTS.read(
        |drift: &types::StackResourceDrift| drift.logical_resource_id(),
        async |token| {
            let call = session.cloudformation().describe_stack_resource_drifts().stack_name(stack);
            let page = send(DRIFTS.operation, call.set_next_token(token).send()).await?;
            Ok((page.stack_resource_drifts, page.next_token))
        },
    );
    let mut found = Vec::new();
    for drift in drifts.await? {
        let status = drift.stack_resource_drift_status().required(DRIFTS.operation, "StackResourceDriftStatus")?;
        if matches!(status.as_str(), "MODIFIED" | "DELETED") {
            found.extend(drift.logical_resource_id);
        }
    }
    Ok(found)
}

const DRIFTS: Listing = Listing {
    operation: "cloudformation:DescribeStackResourceDrifts",
    items: "StackResourceDrifts",
    id: "LogicalResourceId",
};

/// Asks for a stack's deletion. `retain` names resources that stay; AWS takes it only for a stack
/// whose deletion failed.
///
/// # Errors
/// AWS's answer.
pub async fn delete_stack(session: &Session, stack: &str, retain: &[String], token: &str) -> Result<(), AwsError> {
    let call = session
        .cloudformation()
        .delete_stack()
        .stack_name(stack)
        .set_retain_resources((!retain.is_empty()).then(|| retain.to_vec()))
        .client_request_token(token);
    send("cloudformation:DeleteStack", call.send()).await.map(drop)
}

/// Protects a stack from deletion, or not.
///
/// # Errors
/// AWS's answer.
pub async fn set_termination_protection(session: &Session, stack: &str, on: Protection) -> Result<(), AwsError> {
    let call = session
        .cloudformation()
        .update_termination_protection()
        .stack_name(stack)
        .enable_termination_protection(on == Protection::On);
    send("cloudformation:UpdateTerminationProtection", call.send()).await.map(drop)
}

/// Protection from deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// It cannot be deleted.
    On,
    /// It can.
    Off,
}

/// Sets the stack policy.
///
/// # Errors
/// AWS's answer.
pub async fn set_stack_policy(session: &Session, stack: &str, policy: &str) -> Result<(), AwsError> {
    let call = session.cloudformation().set_stack_policy().stack_name(stack).stack_policy_body(policy);
    send("cloudformation:SetStackPolicy", call.send()).await.map(drop)
}

/// Goes on with the rollback of an update that got stuck.
///
/// # Errors
/// AWS's answer.
pub async fn continue_update_rollback(session: &Session, stack: &str, token: &str) -> Result<(), AwsError> {
    let call = session.cloudformation().continue_update_rollback().stack_name(stack).client_request_token(token);
    send("cloudformation:ContinueUpdateRollback", call.send()).await.map(drop)
}

/// What a stack was deployed with: its template as it was handed in, and its parameters.
///
/// # Errors
/// AWS's answer.
pub async fn deployed(session: &Session, stack: &str) -> Result<(String, BTreeMap<String, String>), AwsError> {
    let operation = "cloudformation:GetTemplate";
    let call = session.cloudformation().get_template().stack_name(stack).template_stage(TemplateStage::Original);
    let template = send(operation, call.send()).await?.template_body;
    let template = template.required(operation, "TemplateBody")?;
    let operation = "cloudformation:DescribeStacks";
    let answer = send(operation, session.cloudformation().describe_stacks().stack_name(stack).send()).await?;
    let stack = answer.stacks().first().required(operation, "Stacks")?;
    let parameters = stack.parameters().iter().filter_map(|one| {
        Some((one.parameter_key()?.to_owned(), one.parameter_value().unwrap_or_default().to_owned()))
    });
    Ok((template, parameters.collect()))
}
