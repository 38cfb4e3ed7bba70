//! The sweep of the shipped function: what makes up for lost events and failed second hops.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::equivalent::{DAY_SECONDS, Function, Raised, Tags, items, list, member, moment, tag_map, try_again};
use crate::services::Service;
use crate::world::Moment;

/// How far back AWS surely lists copy jobs.
const LISTED_DAYS: i64 = 28;
const MOST_STARTS: usize = 20;
const MOST_ATTEMPTS: usize = 6;
const LEAST_MILLIS: i64 = 60_000;

/// Resource and creation date.
type Origin = (String, Moment);

/// A recovery point without a second hop.
struct Missing {
    origin: Origin,
    arn: String,
    /// Its failed copy jobs, and when the last of them ended.
    failures: usize,
    last: Option<Moment>,
}

impl Function<'_> {
    /// Starts the second hops that are missing, of the oldest backup first.
    pub(super) fn sweep(&mut self) -> Result<(), Raised> {
        let vault = self.variable("INTERMEDIATE_VAULT_NAME")?;
        let destination = self.variable("DESTINATION_VAULT_ARN")?;
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let missing = self.unsettled(&vault, &destination, &mut counts)?;
        let tags = self.snapshot_tags(&missing)?;
        let mut left = missing.len();
        for point in &missing {
            if counts.get("started").is_some_and(|started| *started >= MOST_STARTS) || (self.remaining)() < LEAST_MILLIS
            {
                break;
            }
            left -= 1;
            let record = std::mem::take(&mut self.record);
            self.note("recovery_point_arn", point.arn.as_str());
            if let Err(raised) = self.make_up(point, &tags, &vault, &destination) {
                self.note("outcome", "error");
                self.note("error", raised.kind);
                self.note("message", raised.message);
            }
            let line = Value::Object(std::mem::replace(&mut self.record, record));
            *counts.entry(line["outcome"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
            self.lines.push(line);
        }
        self.note("counts", json!(counts));
        self.note("left", left);
        self.settle("swept", if left > 0 { "the next run goes on" } else { "every recovery point was looked at" });
        match counts.get("error") {
            Some(errors) => Err(try_again(format!("recovery points that could not be dealt with: {errors}"))),
            None => Ok(()),
        }
    }

    /// Recovery points that arrived within the window and have no second hop.
    fn unsettled(
        &mut self,
        vault: &str,
        destination: &str,
        counts: &mut BTreeMap<String, usize>,
    ) -> Result<Vec<Missing>, Raised> {
        let since = self.now.plus_seconds(-self.number("SWEEP_WINDOW_DAYS")? * DAY_SECONDS);
        let listed = self.now.plus_seconds(-LISTED_DAYS * DAY_SECONDS);
        let mut arns: BTreeMap<Origin, BTreeSet<String>> = BTreeMap::new();
        let mut arrived: BTreeMap<Origin, String> = BTreeMap::new();
        for answer in self.pages("ListRecoveryPointsByBackupVault", json!({"BackupVaultName": vault}))? {
            for point in items(&answer, "RecoveryPoints")? {
                let resource = point["ResourceArn"].as_str().filter(|resource| !resource.is_empty());
                let (Some(resource), Some(created)) = (resource, moment(&point["CreationDate"])) else { continue };
                let origin = (resource.to_owned(), created);
                let arn = point["RecoveryPointArn"].as_str().unwrap_or_default().to_owned();
                arns.entry(origin.clone()).or_default().insert(arn.clone());
                let recent = moment(&point["CompletionDate"]).is_some_and(|completed| completed >= since);
                let usable = point["Status"] == "COMPLETED" || point["Status"] == "AVAILABLE";
                if recent && usable && created >= listed {
                    arrived.entry(origin).or_insert(arn);
                }
            }
        }
        let Some(oldest) = arrived.keys().map(|(_, created)| *created).min() else { return Ok(Vec::new()) };
        let input = json!({"ByDestinationVaultArn": destination, "ByCreatedAfter": oldest});
        let mut jobs: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for answer in self.pages("ListCopyJobs", input)? {
            for job in items(&answer, "CopyJobs")? {
                if member(job, "DestinationBackupVaultArn")? == destination {
                    let source = member(job, "SourceRecoveryPointArn")?.as_str().unwrap_or_default();
                    jobs.entry(source.to_owned()).or_default().push(job.clone());
                }
            }
        }
        let mut missing = Vec::new();
        for (origin, arn) in arrived {
            let found: Vec<&Value> = arns[&origin].iter().filter_map(|arn| jobs.get(arn)).flatten().collect();
            let failed: Vec<&&Value> =
                found.iter().filter(|job| job["State"] == "FAILED" || job["State"] == "PARTIAL").collect();
            if failed.len() < found.len() {
                *counts.entry("settled".to_owned()).or_default() += 1;
                continue;
            }
            let ended = |job: &&&Value| moment(&job["CompletionDate"]).or_else(|| moment(&job["CreationDate"]));
            missing.push(Missing { origin, arn, failures: failed.len(), last: failed.iter().filter_map(ended).max() });
        }
        missing.sort_by_key(|point| (point.origin.1, point.origin.0.clone()));
        Ok(missing)
    }

    /// The pause after a failed second hop doubles, and some day the sweep gives up.
    fn make_up(
        &mut self,
        point: &Missing,
        tags: &BTreeMap<String, Tags>,
        vault: &str,
        destination: &str,
    ) -> Result<(), Raised> {
        let (resource, created) = &point.origin;
        self.note("resource_arn", resource.as_str());
        self.note("failed_jobs", point.failures);
        if point.failures >= MOST_ATTEMPTS {
            self.note("level", "ERROR");
            let reason = format!("{} copy jobs failed: `backupctl copy` starts the next one", point.failures);
            self.settle("gave-up", reason);
            return Ok(());
        }
        if let Some(last) = point.last {
            let again_at = last.plus_seconds(3600 << (point.failures - 1));
            if self.now < again_at {
                self.note("again_at", again_at.iso_seconds());
                self.settle("waiting", "a copy job failed a while ago");
                return Ok(());
            }
        }
        let known = match tags.get(&point.arn) {
            Some(tags) => Some(tags.clone()),
            None => self.tags_of(&point.arn)?,
        };
        if self.tagged_for(destination, known.as_ref()).is_none() {
            return Ok(());
        }
        self.copy(resource, *created, &point.arn, vault, destination)
    }

    /// The tags of all snapshots of AWS Backup, a page at a time.
    fn snapshot_tags(&mut self, missing: &[Missing]) -> Result<BTreeMap<String, Tags>, Raised> {
        let lists = [
            (":snapshot:", "DescribeDBSnapshots", "DBSnapshot", json!({"SnapshotType": "awsbackup"})),
            (":cluster-snapshot:", "DescribeDBClusterSnapshots", "DBClusterSnapshot", json!({})),
        ];
        let mut tags = BTreeMap::new();
        for (part, operation, member, input) in lists {
            let of_rds = |arn: &str| arn.split(':').nth(2) == Some("rds") && arn.contains(part);
            if !missing.iter().any(|point| of_rds(&point.arn)) {
                continue;
            }
            for answer in self.pages_of(Service::Rds, operation, "Marker", input)? {
                for snapshot in list(&answer, &format!("{member}s")) {
                    let arn = snapshot[format!("{member}Arn")].as_str().unwrap_or_default();
                    tags.insert(arn.to_owned(), tag_map(snapshot));
                }
            }
        }
        Ok(tags)
    }
}
