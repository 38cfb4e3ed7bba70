//! How long one can restore from what lies in the vaults, by its retention and its key. What does not last stands for
//! nothing that goes: neither for consent that is not asked for, nor for a last copy.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;

use super::change::PointChange;
use super::seen::{EnvironmentSeen, Keys, Observed};
use crate::aws::kms::Key;
use crate::aws::{Session, kms};
use crate::pipeline::instant::shown;
use crate::pipeline::life::{KeyStand, Life};
use crate::pipeline::plural::list;
use crate::pipeline::recovery_point::{RecoveryPoint, counted};
use crate::pipeline::settings::Pipeline;

/// Looks at each key once; the vault's own was looked at already.
pub(super) async fn keys(session: &Session, points: &[RecoveryPoint], own: Option<&Key>) -> Keys {
    let mut found: Keys = own.map(|key| (key.arn.to_string(), Ok(Some(key.clone())))).into_iter().collect();
    let arns = points.iter().filter_map(|point| Some(point.key_arn.as_ref()?.to_string()));
    let arns: BTreeSet<String> = arns.filter(|arn| !found.contains_key(arn)).collect();
    let looked = join_all(arns.iter().map(|arn| kms::describe_key(session, arn))).await;
    found.extend(arns.into_iter().zip(looked));
    found
}

/// How long one can restore from a recovery point of a vault.
pub(super) fn life(seen: &EnvironmentSeen, point: &RecoveryPoint) -> Life {
    Life::of(point, stand(seen, point))
}

fn stand(seen: &EnvironmentSeen, point: &RecoveryPoint) -> KeyStand {
    let Some(arn) = &point.key_arn else {
        let open = point.encrypted == Some(false);
        return if open { KeyStand::Works } else { KeyStand::Fails { gone_at: None } };
    };
    match seen.keys.get(arn.as_str()) {
        Some(Ok(Some(key))) if key.state == "Enabled" => KeyStand::Works,
        Some(Ok(Some(key))) => KeyStand::Fails { gone_at: key.deletion_date },
        _ => KeyStand::Fails { gone_at: None },
    }
}

/// Of what stays while something goes: the keys under which one cannot restore it, a sentence each.
pub(super) fn notes(pipeline: &Pipeline, observed: &Observed, points: &[PointChange]) -> Vec<String> {
    let mut notes = Vec::new();
    if !points.iter().any(PointChange::goes) {
        return notes;
    }
    for seen in &observed.environments {
        let mut by_key: BTreeMap<Option<&str>, Vec<&RecoveryPoint>> = BTreeMap::new();
        let stays = |change: &&PointChange| change.environment == seen.name && !change.goes();
        for change in points.iter().filter(stays).filter(|change| matches!(change.life, Life::IfItsKeyWorks(_))) {
            by_key.entry(change.point.key_arn.as_ref().map(|arn| arn.as_str())).or_default().push(&change.point);
        }
        notes.extend(by_key.into_iter().map(|(key, points)| note(pipeline, seen, key, &points)));
    }
    notes
}

fn note(pipeline: &Pipeline, seen: &EnvironmentSeen, key: Option<&str>, points: &[&RecoveryPoint]) -> String {
    let of = |point: &&RecoveryPoint| {
        let arn = &point.origin.resource_arn;
        arn.splitn(6, ':').nth(5).unwrap_or(arn).to_owned()
    };
    let databases: BTreeSet<String> = points.iter().map(of).collect();
    let databases: Vec<String> = databases.into_iter().collect();
    let what = format!("{} of {} in the {} vault", counted(points.len()), list(&databases), seen.name);
    let at = pipeline.at(seen.name);
    let Some(key) = key else {
        return format!("not counted as usable: {what}, since AWS does not say under which key");
    };
    let enable = format!("`aws kms enable-key --key-id {key}{at}`");
    let why = match seen.keys.get(key) {
        Some(Ok(Some(found))) => match found.deletion_date {
            Some(date) => format!(
                "is scheduled for deletion at {}; `aws kms cancel-key-deletion --key-id {key}{at}`, then {enable}, \
                 keep it",
                shown(date)
            ),
            None => format!("is in state {}; {enable} turns one on again that was disabled", found.state),
        },
        Some(Ok(None)) => "does not exist".to_owned(),
        Some(Err(error)) => format!("could not be looked at: {}", error.in_a_note()),
        None => "is unknown".to_owned(),
    };
    format!("not counted as usable: {what}, whose key {key} {why}")
}
