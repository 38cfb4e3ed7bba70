//! The selections of a plan: what it backs up.

use aws_sdk_backup::types::{
    BackupSelection, BackupSelectionsListMember, Condition, ConditionParameter, ConditionType, Conditions,
};

use super::unbuilt;
use crate::aws::Session;
use crate::aws::answer::{Listing, Required, text};
use crate::aws::backup::date;
use crate::aws::error::{AwsError, send};
pub use crate::pipeline::seen::plan::{FoundSelection, SelectionSpec};

const SELECTIONS: Listing =
    Listing { operation: "backup:ListBackupSelections", items: "BackupSelectionsList", id: "SelectionId" };

/// A plan's selections: id and name.
///
/// # Errors
/// AWS's answer.
pub async fn list_selections(session: &Session, plan: &str) -> Result<Vec<(String, String)>, AwsError> {
    let operation = SELECTIONS.operation;
    let found = SELECTIONS.read(
        |head: &BackupSelectionsListMember| head.selection_id(),
        async |token| {
            let call = session.backup().list_backup_selections().backup_plan_id(plan).set_next_token(token);
            let page = send(operation, call.send()).await?;
            Ok((page.backup_selections_list, page.next_token))
        },
    );
    let named = |head: BackupSelectionsListMember| {
        let id = head.selection_id.required(operation, SELECTIONS.id)?;
        Ok((id, head.selection_name.required(operation, "SelectionName")?))
    };
    found.await?.into_iter().map(named).collect()
}

/// One selection.
///
/// # Errors
/// AWS's answer.
pub async fn get_selection(session: &Session, plan: &str, id: &str) -> Result<FoundSelection, AwsError> {
    let operation = "backup:GetBackupSelection";
    let call = session.backup().get_backup_selection().backup_plan_id(plan).selection_id(id);
    let answer = send(operation, call.send()).await?;
    let created_at = answer.creation_date().and_then(date);
    let found = answer.backup_selection.required(operation, "BackupSelection")?;
    let any_tag = found
        .list_of_tags()
        .iter()
        .map(|tag| (tag.condition_key().to_owned(), tag.condition_value().to_owned()))
        .collect();
    let equal = found.conditions().map(Conditions::string_equals).unwrap_or_default();
    let all_tags = equal.iter().filter_map(|tag| {
        // One prefix only: what is written twice selects by a tag of that name, which no database has.
        let key = tag.condition_key()?;
        let key = key.strip_prefix("aws:ResourceTag/").unwrap_or(key);
        Some((key.to_owned(), tag.condition_value()?.to_owned()))
    });
    Ok(FoundSelection {
        id: id.to_owned(),
        created_at,
        spec: SelectionSpec {
            name: text(found.selection_name(), operation, "SelectionName")?.to_owned(),
            role_arn: text(found.iam_role_arn(), operation, "IamRoleArn")?.to_owned(),
            resources: found.resources().to_vec(),
            not_resources: found.not_resources().to_vec(),
            any_tag,
            all_tags: all_tags.collect(),
            others: found.conditions().map(other_conditions).unwrap_or_default(),
        },
    })
}

fn other_conditions(conditions: &Conditions) -> Vec<String> {
    let lists = [
        ("StringNotEquals", conditions.string_not_equals()),
        ("StringLike", conditions.string_like()),
        ("StringNotLike", conditions.string_not_like()),
    ];
    let mut others = Vec::new();
    for (operator, list) in lists {
        for one in list {
            let (key, value) = (one.condition_key().unwrap_or_default(), one.condition_value().unwrap_or_default());
            others.push(format!("{operator} {key}={value}"));
        }
    }
    others
}

/// Creates a selection and returns its id.
///
/// # Errors
/// AWS's answer.
pub async fn create_selection(session: &Session, plan: &str, spec: &SelectionSpec) -> Result<String, AwsError> {
    let operation = "backup:CreateBackupSelection";
    let mut builder = BackupSelection::builder()
        .selection_name(&spec.name)
        .iam_role_arn(&spec.role_arn)
        .set_resources(some_list(&spec.resources))
        .set_not_resources(some_list(&spec.not_resources));
    for (key, value) in &spec.any_tag {
        let tag = Condition::builder()
            .condition_type(ConditionType::Stringequals)
            .condition_key(key)
            .condition_value(value)
            .build()
            .map_err(|error| unbuilt(operation, error))?;
        builder = builder.list_of_tags(tag);
    }
    if !spec.all_tags.is_empty() {
        let mut conditions = Conditions::builder();
        for (key, value) in &spec.all_tags {
            let key = format!("aws:ResourceTag/{key}");
            let tag = ConditionParameter::builder().condition_key(key).condition_value(value).build();
            conditions = conditions.string_equals(tag);
        }
        builder = builder.conditions(conditions.build());
    }
    let selection = builder.build().map_err(|error| unbuilt(operation, error))?;
    let call = session.backup().create_backup_selection().backup_plan_id(plan).backup_selection(selection);
    let call = call.creator_request_id(session.fresh_name("selection"));
    send(operation, call.send()).await?.selection_id.required(operation, SELECTIONS.id)
}

fn some_list(list: &[String]) -> Option<Vec<String>> {
    (!list.is_empty()).then(|| list.to_vec())
}

/// Deletes a selection.
///
/// # Errors
/// AWS's answer.
pub async fn delete_selection(session: &Session, plan: &str, id: &str) -> Result<(), AwsError> {
    let call = session.backup().delete_backup_selection().backup_plan_id(plan).selection_id(id);
    match send("backup:DeleteBackupSelection", call.send()).await {
        Err(error) if error.is("ResourceNotFoundException") => Ok(()),
        other => other.map(drop),
    }
}
