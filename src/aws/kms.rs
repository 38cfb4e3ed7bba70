//! AWS KMS: what keys are, and the end of ours.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::error::{AwsError, send};
use super::{Session, date};
use crate::pipeline::arn::KeyArn;
use crate::pipeline::route::KeyManager;

/// A KMS key as `DescribeKey` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its ARN.
    pub arn: KeyArn,
    /// Who manages it.
    pub manager: KeyManager,
    /// `Enabled`, `Disabled`, `PendingDeletion`, … as AWS spells it.
    pub state: String,
    /// When it will be deleted.
    pub deletion_date: Option<DateTime<Utc>>,
}

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
    let metadata = answer.key_metadata.ok_or_else(|| AwsError::missing(operation, "KeyMetadata"))?;
    let arn = metadata.arn().and_then(|arn| arn.parse().ok()).ok_or_else(|| AwsError::missing(operation, "Arn"))?;
    let manager = match metadata.key_manager().map(|manager| manager.as_str()) {
        Some("AWS") => KeyManager::AwsManaged,
        Some("CUSTOMER") => KeyManager::Customer,
        _ => KeyManager::Unknown,
    };
    let state = metadata.key_state().map(|state| state.as_str().to_owned()).unwrap_or_default();
    Ok(Some(Key { arn, manager, state, deletion_date: metadata.deletion_date().and_then(date) }))
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
    let mut pages = session.kms().list_resource_tags().key_id(key.as_str()).into_paginator().items().send();
    let mut found = BTreeMap::new();
    while let Some(tag) = send("kms:ListResourceTags", async { pages.next().await.transpose() }).await? {
        found.insert(tag.tag_key().to_owned(), tag.tag_value().to_owned());
    }
    Ok(found)
}
