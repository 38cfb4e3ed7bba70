//! AWS KMS: what keys are, and the end of ours.

use std::collections::BTreeMap;

use aws_sdk_kms::types::{AliasListEntry, GrantConstraints, GrantListEntry, Tag};
use chrono::{DateTime, Utc};

use super::answer::{Listing, Required, parsed};
use super::error::{AwsError, send};
use super::{Session, date};
use crate::pipeline::arn::KeyArn;
use crate::pipeline::identity::DatabaseId;
use crate::pipeline::route::KeyManager;
pub use crate::pipeline::seen::key::{Grant, Key, Nature, Usage, own_policy};
use crate::pipeline::seen::key::{OWN_POLICY, key_policy};
use crate::policy::evaluate::Named;

/// Describes a key; none where it does not exist.
///
/// # Errors
/// AWS's answer.
pub async fn describe_key(session: &Session, key: &str) -> Result<Option<Key>, AwsError> {
    let operation = "kms:DescribeKey";
    let answer = match send(operation, session.kms().describe_key().key_id(key).send()).await {
        Err(error) if error.is("NotFoundException") => return Ok(None),
        other => other?,
    };
    let metadata = answer.key_metadata.required(operation, "KeyMetadata")?;
    let arn = parsed(metadata.arn(), operation, "Arn")?;
    let manager = match metadata.key_manager().required(operation, "KeyManager")?.as_str() {
        "AWS" => KeyManager::AwsManaged,
        "CUSTOMER" => KeyManager::Customer,
        _ => KeyManager::Unknown,
    };
    let state = metadata.key_state().required(operation, "KeyState")?.as_str().to_owned();
    let nature = Nature {
        spec: metadata.key_spec().required(operation, "KeySpec")?.as_str().to_owned(),
        usage: metadata.key_usage().required(operation, "KeyUsage")?.as_str().to_owned(),
        origin: metadata.origin().required(operation, "Origin")?.as_str().to_owned(),
        multi_region: metadata.multi_region().required(operation, "MultiRegion")?,
    };
    Ok(Some(Key { arn, manager, state, deletion_date: metadata.deletion_date().and_then(date), nature }))
}

/// All grants on a key.
///
/// # Errors
/// AWS's answer.
pub async fn grants(session: &Session, key: &KeyArn) -> Result<Vec<Grant>, AwsError> {
    let found = GRANTS.read(
        |grant: &GrantListEntry| grant.grant_id(),
        async |token| {
            let call = session.kms().list_grants().key_id(key.as_str()).set_marker(token);
            let page = send(GRANTS.operation, call.send()).await?;
            Ok((page.grants, page.next_marker))
        },
    );
    let text = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let grant = |grant: &GrantListEntry| Grant {
        id: text(grant.grant_id()),
        grantee: text(grant.grantee_principal().or(grant.grantee_service_principal())),
        issuing_account: text(grant.issuing_account()),
        database: grant.constraints().and_then(database),
    };
    Ok(found.await?.iter().map(grant).collect())
}

fn database(constraints: &GrantConstraints) -> Option<DatabaseId> {
    let contexts = [constraints.encryption_context_subset(), constraints.encryption_context_equals()];
    let id = contexts.into_iter().flatten().find_map(|context| context.get("aws:rds:db-id"));
    id.map(|id| DatabaseId::from(id.as_str()))
}

const GRANTS: Listing = Listing { operation: "kms:ListGrants", items: "Grants", id: "GrantId" };
const TAGS: Listing = Listing { operation: "kms:ListResourceTags", items: "Tags", id: "TagKey" };
const ALIASES: Listing = Listing { operation: "kms:ListAliases", items: "Aliases", id: "AliasName" };

/// When a key was last used in a cryptographic operation; none where it never was.
///
/// # Errors
/// AWS's answer.
pub async fn last_usage(session: &Session, key: &KeyArn) -> Result<Option<Usage>, AwsError> {
    let operation = "kms:GetKeyLastUsage";
    let answer = send(operation, session.kms().get_key_last_usage().key_id(key.as_str()).send()).await?;
    let key_created_at = answer.key_creation_date().and_then(date);
    // Without knowing since when KMS has counted, "no use" says nothing.
    answer.tracking_start_date().and_then(date).required(operation, "TrackingStartDate")?;
    // Of a key that was never used, the usage is an empty object (KMS API Reference, GetKeyLastUsage).
    Ok(answer.key_last_usage().and_then(|usage| {
        let operation = usage.operation().map_or("a use", |operation| operation.as_str()).to_owned();
        Some(Usage { operation, at: usage.timestamp().and_then(date)?, key_created_at })
    }))
}

/// Schedules a key's deletion and returns its date.
///
/// # Errors
/// AWS's answer.
pub async fn schedule_key_deletion(
    session: &Session,
    key: &KeyArn,
    window_days: u32,
) -> Result<Option<DateTime<Utc>>, AwsError> {
    let days = i32::try_from(window_days).unwrap_or(30);
    let call = session.kms().schedule_key_deletion().key_id(key.as_str()).pending_window_in_days(days);
    let answer = send("kms:ScheduleKeyDeletion", call.send()).await?;
    Ok(answer.deletion_date().and_then(date))
}

/// A key's tags.
///
/// # Errors
/// AWS's answer.
pub async fn key_tags(session: &Session, key: &KeyArn) -> Result<BTreeMap<String, String>, AwsError> {
    let found = TAGS.read(
        |tag: &Tag| Some(tag.tag_key()),
        async |token| {
            let call = session.kms().list_resource_tags().key_id(key.as_str()).set_marker(token);
            let page = send(TAGS.operation, call.send()).await?;
            Ok((page.tags, page.next_marker))
        },
    );
    Ok(found.await?.into_iter().map(|tag| (tag.tag_key, tag.tag_value)).collect())
}

/// The names of a key's aliases, each with `alias/` before it.
///
/// # Errors
/// AWS's answer.
pub async fn key_aliases(session: &Session, key: &KeyArn) -> Result<Vec<String>, AwsError> {
    let found = ALIASES.read(
        |alias: &AliasListEntry| alias.alias_name(),
        async |token| {
            let call = session.kms().list_aliases().key_id(key.as_str()).set_marker(token);
            let page = send(ALIASES.operation, call.send()).await?;
            Ok((page.aliases, page.next_marker))
        },
    );
    Ok(found.await?.into_iter().filter_map(|alias| alias.alias_name).collect())
}

/// The policy that AWS RAM puts beside a key's own.
const SHARED: &str = "AWS_RAM";

/// The policies of a key: its own, and the one that AWS RAM puts beside it where the key is shared
/// (AWS KMS API Reference, GetKeyPolicy).
///
/// # Errors
/// AWS's answer.
pub async fn key_policies(session: &Session, key: &str) -> Result<Vec<Named>, AwsError> {
    let operation = "kms:GetKeyPolicy";
    let mut found = Vec::new();
    for policy in [OWN_POLICY, SHARED] {
        let call = session.kms().get_key_policy().key_id(key).policy_name(policy);
        let answer = match send(operation, call.send()).await {
            Err(error) if error.is("NotFoundException") && policy != OWN_POLICY => continue,
            other => other?,
        };
        found.push(Named { name: key_policy(policy, key), text: answer.policy.required(operation, "Policy")? });
    }
    Ok(found)
}

/// Whether a key's material is rotated.
///
/// # Errors
/// AWS's answer.
pub async fn is_rotated(session: &Session, key: &str) -> Result<bool, AwsError> {
    let operation = "kms:GetKeyRotationStatus";
    let answer = send(operation, session.kms().get_key_rotation_status().key_id(key).send()).await?;
    // The SDK reads an absent KeyRotationEnabled as false.
    answer.key_id.required(operation, "KeyId")?;
    Ok(answer.key_rotation_enabled)
}
