//! Who needs a key besides our own vault. What could not be looked at counts as a use.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::change::EnvironmentChange;
use super::seen::KeyUsers;
use crate::aws::backup::{self, JobFilter, PointFilter, Vault};
use crate::aws::{AwsError, Session, kms, rds};
use crate::operations::sessions::Sessions;
use crate::pipeline::arn::KeyArn;
use crate::pipeline::environment::{EnvironmentName, Hop};
use crate::pipeline::identity::DatabaseId;
use crate::pipeline::recovery_point::RecoveryPoint;
use crate::pipeline::settings::Pipeline;

/// AWS Backup and RDS end what a hop began within this time of the job's completion.
const AFTERWARDS: TimeDelta = TimeDelta::hours(1);
/// The stack that makes a key makes the vault that takes it into use.
const BEGINNING: TimeDelta = TimeDelta::days(1);
/// How far back copy jobs are listed: a use that is older than any hop we could see tells nothing.
const LISTED: TimeDelta = TimeDelta::days(30);

/// Which key, and what is known of its surroundings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) key: &'a KeyArn,
    /// All vaults of the account and Region.
    pub(super) vaults: &'a [Vault],
    /// The name of our own.
    pub(super) own_vault: &'a str,
    /// Our own vault's recovery points.
    pub(super) points: &'a [RecoveryPoint],
    /// When a hop last used the key, as far as that can be seen.
    pub(super) last_hop: Option<DateTime<Utc>>,
}

/// What begins the name of a use that nobody could look for.
const UNSEEN: &str = "unseen: ";

/// Why a key that is used so stays.
pub(super) fn in_words(used_by: &[String]) -> String {
    let (mut uses, mut unseen) = (Vec::new(), Vec::new());
    for one in used_by {
        match one.strip_prefix(UNSEEN) {
            Some(why) => unseen.push(why),
            None => uses.push(one.as_str()),
        }
    }
    let mut words = Vec::new();
    if !uses.is_empty() {
        words.push(format!("the key is in use: {}", uses.join("; ")));
    }
    if !unseen.is_empty() {
        words.push(format!("what uses the key could not be looked at: {}", unseen.join(", ")));
    }
    words.join("; ")
}

/// What to do about a key that is used so.
pub(super) fn what_helps(used_by: &[String]) -> &'static str {
    if used_by.iter().all(|one| one.starts_with(UNSEEN)) {
        "let the caller look, then run `backupctl cleanup` again"
    } else {
        "run `backupctl cleanup` again when nothing needs it any more"
    }
}

/// What the key is needed by, a text each.
struct Users(BTreeSet<String>);

impl Users {
    fn add(&mut self, arns: impl IntoIterator<Item = String>) {
        self.0.extend(arns);
    }

    /// What was found; a look that is not allowed is a use that cannot be ruled out.
    fn seen<T: Default>(&mut self, found: Result<T, AwsError>) -> Result<T, AwsError> {
        match found {
            Err(error) if error.is_access_denied() => {
                self.0.insert(format!("{UNSEEN}the caller lacks {}", error.operation));
                Ok(T::default())
            }
            other => other,
        }
    }
}

/// Everything that uses a key: recovery points of any other vault, databases, clusters and snapshots,
/// grants, and whatever used it after the last hop.
///
/// # Errors
/// AWS's answer, unless it says that the caller may not look.
pub(super) async fn key_users(session: &Session, asked: Asked<'_>) -> Result<KeyUsers, AwsError> {
    let mut users = Users(BTreeSet::new());
    // The number of recovery points lags, so a vault that says zero is looked into as well.
    for vault in asked.vaults.iter().filter(|vault| vault.name != asked.own_vault) {
        let all = backup::list_recovery_points(session, &vault.arn, &PointFilter::default()).await;
        let all = users.seen(all)?;
        users.add(all.iter().filter(|point| point.key_arn.as_ref() == Some(asked.key)).map(|one| one.arn.to_string()));
    }
    let key = asked.key.as_str();
    let databases = users.seen(rds::databases(session).await)?;
    let here: BTreeSet<&DatabaseId> = databases.iter().filter_map(|one| one.id.as_ref()).collect();
    let (looked_at, others): (Vec<_>, Vec<_>) =
        users.seen(kms::grants(session, asked.key).await)?.into_iter().partition(|grant| is_looked_at(session, grant));
    users.add(others.iter().map(granted));
    let grants = looked_at.iter().filter_map(|grant| Some((grant.database.clone()?, granted(grant))));
    let grants = grants.filter(|(id, _)| !here.contains(id)).collect();
    let under = databases.iter().filter(|one| one.key_arn.as_deref() == Some(key));
    users.add(under.map(|one| one.arn.clone()));
    let clusters = users.seen(rds::clusters_under(session, key).await)?;
    users.add(clusters);
    let ours: BTreeSet<&str> = asked.points.iter().map(|point| point.arn.as_str()).collect();
    let snapshots = users.seen(rds::snapshots_under(session, key).await)?;
    let of_clusters = users.seen(rds::cluster_snapshots_under(session, key).await)?;
    users.add(snapshots.into_iter().chain(of_clusters).filter(|arn| !ours.contains(arn.as_str())));
    let last = users.seen(kms::last_usage(session, asked.key).await)?;
    users.add(last.and_then(|usage| after_the_last_hop(session.now(), &usage, asked.last_hop)));
    Ok(KeyUsers { uses: users.0.into_iter().collect(), grants })
}

/// Who needs a key now, when our own vault and its recovery points are gone: something may have come to
/// use it since consent.
///
/// # Errors
/// As [`key_users`].
pub(super) async fn users_now(
    pipeline: &Pipeline,
    sessions: &Sessions,
    change: &EnvironmentChange,
    key: &KeyArn,
) -> Result<Vec<String>, AwsError> {
    let name = change.environment;
    let session = sessions.get(name);
    let own = &pipeline.environment(name).vault;
    let mut vaults = backup::list_vaults(session).await?;
    vaults.retain(|vault| &vault.name != own);
    // One that was listed before, and is not now, is only gone where it is not there by its name either.
    for known in &change.other_vaults {
        let listed = vaults.iter().any(|vault| vault.name == known.name);
        if !listed && let Some(there) = backup::describe_vault(session, &known.name).await? {
            vaults.push(there);
        }
    }
    let last_hop = last_hop(pipeline, sessions, name, &[]).await?;
    let users = key_users(session, Asked { key, vaults: &vaults, own_vault: "", points: &[], last_hop }).await?;
    Ok(users.left(&change.databases))
}

fn granted(grant: &kms::Grant) -> String {
    format!("grant {} of account {} to {}", grant.id, grant.issuing_account, grant.grantee)
}

/// What RDS and AWS Backup hold a grant for in this account is looked at itself: of a database that no list shows the
/// grant is left.
fn is_looked_at(session: &Session, grant: &kms::Grant) -> bool {
    let service = grant.grantee.ends_with(".amazonaws.com")
        && ["rds.", "backup.", "backup-storage."].iter().any(|name| grant.grantee.starts_with(name));
    service && grant.issuing_account.contains(session.account().as_str())
}

/// A use that no hop explains.
fn after_the_last_hop(now: DateTime<Utc>, usage: &kms::Usage, last_hop: Option<DateTime<Utc>>) -> Option<String> {
    let explained = last_hop.is_some_and(|hop| usage.at <= hop + AFTERWARDS)
        || usage.key_created_at.is_some_and(|made| usage.at <= made + BEGINNING);
    let long_ago = last_hop.is_none() && usage.at < now - LISTED;
    (!explained && !long_ago).then(|| {
        let at = usage.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        format!("{} at {at}, after the last hop", usage.operation)
    })
}

/// When a hop last touched the key of an environment: by its recovery points and the copy jobs into and
/// out of it. What may not be listed is not known.
///
/// # Errors
/// AWS's answer, unless it says that the caller may not look.
pub(super) async fn last_hop(
    pipeline: &Pipeline,
    sessions: &Sessions,
    name: EnvironmentName,
    points: &[RecoveryPoint],
) -> Result<Option<DateTime<Utc>>, AwsError> {
    let mut last = points.iter().filter_map(|point| point.completed_at).max();
    for hop in Hop::ALL.into_iter().filter(|hop| hop.from() == name || hop.to() == name) {
        let filter = JobFilter { destination_vault: Some(pipeline.vault_arn(hop.to())), ..JobFilter::default() };
        let jobs = match backup::list_copy_jobs(sessions.get(hop.from()), &filter).await {
            Err(error) if error.is_access_denied() => Vec::new(),
            other => other?,
        };
        last = last.max(jobs.iter().filter_map(|job| job.completed_at).max());
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a date")
    }

    fn used(when: &str) -> kms::Usage {
        let key_created_at = Some(at("2026-01-05T06:00:00Z"));
        kms::Usage { operation: "Decrypt".to_owned(), at: at(when), key_created_at }
    }

    #[test]
    fn why_a_key_stays_and_what_helps_is_said_of_uses_and_of_what_could_not_be_seen() {
        let used = "arn:aws:rds:us-west-2:222222222222:db:restored".to_owned();
        let unseen = format!("{UNSEEN}the caller lacks kms:ListGrants");
        let all = [vec![used.clone()], vec![unseen.clone()], vec![used, unseen]];
        let lines = all.map(|used_by| format!("{}\n  {}", in_words(&used_by), what_helps(&used_by)));
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn a_use_after_the_last_hop_is_one_and_a_hop_is_none() {
        let (now, hop) = (at("2026-01-06T12:00:00Z"), Some(at("2026-01-06T07:00:00Z")));
        assert_eq!(after_the_last_hop(now, &used("2026-01-06T07:30:00Z"), hop), None);
        let told = after_the_last_hop(now, &used("2026-01-06T09:00:00Z"), hop);
        assert_eq!(told.as_deref(), Some("Decrypt at 2026-01-06T09:00:00Z, after the last hop"));
    }

    #[test]
    fn where_no_hop_can_be_seen_a_young_use_blocks_and_one_before_the_lists_begin_does_not() {
        let now = at("2026-03-06T12:00:00Z");
        assert!(after_the_last_hop(now, &used("2026-03-01T00:00:00Z"), None).is_some());
        assert_eq!(after_the_last_hop(now, &used("2026-01-07T07:00:00Z"), None), None);
        assert_eq!(after_the_last_hop(now, &used("2026-01-05T06:10:00Z"), None), None, "its vault was made");
    }
}
