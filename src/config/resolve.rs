//! From what was written to a validated pipeline, collecting everything that is wrong on the way.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use super::file::{ListShape, Reader, Section, Written};
use super::mistake::ConfigError;
use super::places::{LockMode, WrittenLock};
use super::rules::{self, Wrong};
use super::{Selected, acknowledge, schedule};
use crate::pipeline::Pipeline;
use crate::pipeline::arn::Arn;
use crate::pipeline::lock::{LONGEST_DAYS, MAX_DAYS_FACTOR, VaultLock};
use crate::pipeline::settings::{
    CredentialHints, Environment, EventPath, Notifications, Organization, Plan, Selection, VerifySettings,
};

const DAY: Duration = Duration::from_secs(86_400);
const HOUR: Duration = Duration::from_secs(3_600);

/// The sections of the file.
const SECTIONS: &[&str] = &[
    "source",
    "intermediate",
    "destination",
    "organization",
    "plan",
    "selection",
    "events",
    "verify",
    "notifications",
    "acknowledge",
];

/// Days for which CloudWatch Logs keeps a log group (CloudWatch Logs API Reference, PutRetentionPolicy).
const RETENTION_DAYS: &[i64] =
    &[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/// Recovery points take ten tags from a plan; two of them are `CopyToVault` and our own.
const RECOVERY_POINT_TAGS_MAX: usize = 8;

/// Reads `text`, whose file the user knows as `file`.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn pipeline(file: &str, text: &str, selected: Selected) -> Result<Pipeline, ConfigError> {
    let reader = Reader::new(file, text);
    let root = reader.parse()?;
    reader.only_sections(&root, SECTIONS);
    let resolver = Resolver { reader: &reader };
    let section = |name| Section::of(&reader, &root, name);

    let places = resolver.places(&section("source"), &section("intermediate"), &section("destination"));
    let organization = resolver.organization(&section("organization"));
    let events = resolver.events(&section("events"));
    let verify = resolver.verify(&section("verify"));
    let notifications = resolver.notifications(&section("notifications"));
    let source = places.as_ref().map(|places| &places.source);
    let plan = resolver.plan(&section("plan"), source);
    let lock = match (&places, &plan) {
        (Some(places), Some(plan)) => resolver.lock(&places.lock, plan.destination_delete_after_days),
        _ => VaultLock::None,
    };
    let selection = resolver.selection(&section("selection"), source, selected);

    let acknowledgements = Section::each(&reader, &root, "acknowledge");
    let acknowledgements =
        acknowledgements.iter().filter_map(|section| acknowledge::read(&resolver, section)).collect();

    reader.end()?;
    // Every `None` above has noted its mistake, so that nothing is missing here.
    let (Some(places), Some(plan)) = (places, plan) else {
        return Err(ConfigError::plain(file, "the configuration is incomplete", "give both account ids"));
    };
    Ok(Pipeline {
        source: places.source,
        intermediate: places.intermediate,
        destination: places.destination,
        allow: places.allow,
        lock,
        organization,
        plan,
        selection,
        events,
        verify,
        notifications,
        acknowledgements,
    })
}

pub(super) struct Resolver<'r, 'i> {
    pub(super) reader: &'r Reader<'i>,
}

impl<'r, 'i> Resolver<'r, 'i> {
    pub(super) fn wrong(&self, span: Option<&Range<usize>>, wrong: Wrong) {
        self.reader.mistake(span, wrong.message, wrong.hint);
    }

    /// A text under a rule; `None` where it is absent or breaks the rule.
    pub(super) fn ruled<T>(
        &self,
        written: Option<Written<String>>,
        rule: impl Fn(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        let written = written?;
        rule(&written.value).map_err(|wrong| self.wrong(written.span.as_ref(), wrong)).ok()
    }

    pub(super) fn ruled_or<T>(
        &self,
        written: Option<Written<String>>,
        default: T,
        rule: impl Fn(&str) -> Result<T, Wrong>,
    ) -> T {
        self.ruled(written, rule).unwrap_or(default)
    }

    pub(super) fn whole(
        &self,
        section: &Section<'r, 'i>,
        key: &'static str,
        default: u32,
        range: (u32, u32),
        why: &str,
    ) -> u32 {
        let Some(written) = section.number(key) else { return default };
        match u32::try_from(written.value) {
            Ok(number) if (range.0..=range.1).contains(&number) => number,
            _ => {
                let message = format!("`{key}` is {}, but must be between {} and {}", written.value, range.0, range.1);
                self.reader.mistake(written.span.as_ref(), message, why);
                default
            }
        }
    }

    fn span_of_time(&self, section: &Section<'r, 'i>, key: &'static str, default: Duration) -> Written<Duration> {
        match section.text(key) {
            None => Written::default_value(default),
            Some(written) => {
                let span = written.span.clone();
                Written { value: self.ruled_or(Some(written), default, rules::span_of_time), span }
            }
        }
    }

    /// Tags within AWS's limits (AWS General Reference, "Tagging your AWS resources").
    pub(super) fn tags(&self, section: &Section<'r, 'i>, key: &'static str, most: usize) -> BTreeMap<String, String> {
        let Some(written) = section.map(key) else { return BTreeMap::new() };
        let span = written.span.as_ref();
        if written.value.len() > most {
            let message = format!("`{key}` holds {} tags", written.value.len());
            self.reader.mistake(span, message, format!("at most {most} fit beside those that are added"));
        }
        for (name, value) in &written.value {
            let reserved = name.to_ascii_lowercase().starts_with("aws:") || name.starts_with("backupctl:");
            if reserved || name == "CopyToVault" {
                self.reader.mistake(span, format!("the tag `{name}` is reserved"), "choose another name");
            }
            if name.is_empty() || name.chars().count() > 128 || value.chars().count() > 256 {
                let hint = "a tag's name has 1 to 128 characters, its value at most 256";
                self.reader.mistake(span, format!("the tag `{name}` is too long or empty"), hint);
            }
        }
        written.value
    }

    fn organization(&self, section: &Section<'r, 'i>) -> Organization {
        let id = self.ruled(section.text("id"), rules::organization);
        let role_arn = self.ruled(section.text("management_role_arn"), |text| {
            let arn: Result<Arn, _> = text.parse();
            arn.ok().filter(|arn| arn.service == "iam" && arn.resource.starts_with("role/")).ok_or_else(|| {
                Wrong::new(
                    format!("`{text}` is not the ARN of an IAM role"),
                    "write it as arn:aws:iam::ACCOUNT:role/NAME of the management account",
                )
            })
        });
        let profile = section.text("management_profile").map(|written| written.value);
        section.end();
        Organization { id, management: CredentialHints { profile, role_arn, external_id: None } }
    }

    fn plan(&self, section: &Section<'r, 'i>, source: Option<&Environment>) -> Option<Plan> {
        let name = self.ruled_or(section.text("name"), "backup-plan-rds".to_owned(), rules::backup_name);
        let rule = self.ruled_or(section.text("rule"), "backup-rule-rds-daily-1week".to_owned(), rules::backup_name);
        let timezone = self.ruled_or(section.text("timezone"), chrono_tz::Etc::UTC, rules::timezone);
        let schedule = self
            .ruled_or(section.text("schedule"), "cron(0 5 ? * * *)".to_owned(), |text| schedule::plan(text, timezone));
        // AWS Backup takes 1 to 36,500 days (AWS Backup API Reference, Lifecycle).
        let days = |key, least, why| self.whole(section, key, 7, (least, 36_500), why);
        let kept = "AWS Backup keeps a recovery point 1 to 36500 days";
        let delete_after_days = days("delete_after_days", 1, kept);
        let long_enough =
            "the intermediate copy must outlive the second hop, and the next copy builds on it: 3 days or more";
        let copy_delete_after_days = days("copy_delete_after_days", 3, long_enough);
        let destination_delete_after_days = days("destination_delete_after_days", 1, kept);
        let role = section.text("role");
        let (start_window, completion_window) = self.windows(section);
        let recovery_point_tags = self.tags(section, "recovery_point_tags", RECOVERY_POINT_TAGS_MAX);
        let scheduled_copy_grace = self.span_of_time(section, "scheduled_copy_grace", 3 * HOUR).value;
        section.end();
        let source = source?;
        let role = self.ruled_or(role, "service-role/AWSBackupDefaultServiceRole".to_owned(), |text| {
            rules::backup_role(text, source.region.partition(), &source.account)
        });
        Some(Plan {
            name,
            rule,
            schedule,
            timezone,
            delete_after_days,
            copy_delete_after_days,
            destination_delete_after_days,
            role,
            start_window,
            completion_window,
            recovery_point_tags,
            scheduled_copy_grace,
        })
    }

    /// The two windows of a backup rule, which AWS Backup takes in whole minutes, the first from an
    /// hour on (AWS Backup API Reference, BackupRuleInput).
    fn windows(&self, section: &Section<'r, 'i>) -> (Duration, Duration) {
        let start = self.span_of_time(section, "start_window", 8 * HOUR);
        let completion = self.span_of_time(section, "completion_window", 7 * DAY);
        for (window, key) in [(&start, "start_window"), (&completion, "completion_window")] {
            if window.value < HOUR || !window.value.as_millis().is_multiple_of(60_000) {
                let message = format!("`{key}` is not a window that AWS Backup takes");
                self.reader.mistake(window.span.as_ref(), message, "write at least 1h, in whole minutes");
            }
        }
        if completion.value <= start.value {
            let place = completion.span.as_ref().or(start.span.as_ref());
            self.reader.mistake(
                place,
                "`completion_window` is not longer than `start_window`",
                "a backup that starts at the end of its window needs time: make `completion_window` longer",
            );
        }
        (start.value, completion.value)
    }

    fn selection(&self, section: &Section<'r, 'i>, source: Option<&Environment>, selected: Selected) -> Selection {
        let name = self.ruled_or(section.text("name"), "rds-default-kms-key".to_owned(), rules::backup_name);
        let resources = self.resources(section, "resources", source, rules::selected);
        let is_readable = resources.is_some();
        let resources = resources.unwrap_or_default();
        let exclude = self.resources(section, "exclude", source, rules::resource).unwrap_or_default();
        let (tags, conditions) = (self.tag_keys(section, "tags"), self.tag_keys(section, "conditions"));
        let selection = Selection { name, resources, tags, conditions, exclude };
        section.end();
        if selected == Selected::Required && selection.is_empty() && is_readable {
            self.reader.mistake(
                section.span.as_ref(),
                "[selection] chooses nothing",
                "list database ARNs in `resources`, or choose by `tags`; `--no-plan` leaves plan and selection alone",
            );
        }
        selection
    }

    /// Tags by their bare keys. AWS writes the keys of conditions with a prefix (AWS Backup API Reference,
    /// ConditionParameter), so that both ways are taken; no tag of anybody's own begins with `aws:`.
    fn tag_keys(&self, section: &Section<'r, 'i>, key: &'static str) -> BTreeMap<String, String> {
        let Some(written) = section.map(key) else { return BTreeMap::new() };
        let mut tags: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in written.value {
            let bare = name.strip_prefix("aws:ResourceTag/").unwrap_or(&name);
            if bare.is_empty() || bare.starts_with("aws:") {
                let message = format!("`{name}` in `{key}` is no tag of a database");
                let hint = "write the tag's key as the database has it: backup, or aws:ResourceTag/backup";
                self.reader.mistake(written.span.as_ref(), message, hint);
            }
            if tags.insert(bare.to_owned(), value.clone()).is_some_and(|other| other != value) {
                let message = format!("`{key}` names the tag `{bare}` twice, with different values");
                self.reader.mistake(written.span.as_ref(), message, "leave one of the two out");
            }
        }
        tags
    }

    /// The ARNs of a list; `None` where it is written and is no list, which has been noted.
    fn resources(
        &self,
        section: &Section<'r, 'i>,
        key: &'static str,
        source: Option<&Environment>,
        rule: fn(&str, &Environment) -> Result<(), Wrong>,
    ) -> Option<Vec<String>> {
        let Some(written) = section.texts(key, ListShape::Many) else {
            return (!section.has(key)).then(Vec::new);
        };
        for item in &written.value {
            if let Some(source) = source
                && let Err(wrong) = rule(&item.value, source)
            {
                self.wrong(item.span.as_ref(), wrong);
            }
        }
        Some(written.value.into_iter().map(|item| item.value).collect())
    }

    /// The lock of the destination vault; the days that copies are kept must lie within it.
    fn lock(&self, written: &WrittenLock, days: u32) -> VaultLock {
        let default = days.saturating_mul(MAX_DAYS_FACTOR).min(LONGEST_DAYS);
        let max_days = match &written.max_days {
            None => default,
            Some(given) => match u32::try_from(given.value) {
                Ok(given) if (days..=LONGEST_DAYS).contains(&given) => given,
                _ => {
                    let message =
                        format!("`lock_max_days` is {}, but must be between {days} and {LONGEST_DAYS}", given.value);
                    let hint = "the lock must admit `destination_delete_after_days`, or every copy is refused";
                    self.reader.mistake(given.span.as_ref(), message, hint);
                    default
                }
            },
        };
        match written.mode {
            LockMode::None => VaultLock::None,
            LockMode::Governance => VaultLock::Governance { max_days },
        }
    }

    fn events(&self, section: &Section<'r, 'i>) -> EventPath {
        let sweep_schedule =
            self.ruled_or(section.text("sweep_schedule"), Some("rate(1 hour)".to_owned()), schedule::sweep);
        let sweep_window = self.span_of_time(section, "sweep_window", 7 * DAY);
        let millis = sweep_window.value.as_millis();
        if sweep_window.value > 25 * DAY {
            self.reader.mistake(
                sweep_window.span.as_ref(),
                "`sweep_window` is longer than 25 days",
                "AWS Backup lists copy jobs for about 30 days, and the sweep must see the jobs that it judges by: 25d at most",
            );
        } else if millis == 0 || !millis.is_multiple_of(DAY.as_millis()) {
            let message = "`sweep_window` is not a number of whole days";
            self.reader.mistake(sweep_window.span.as_ref(), message, "write it as 1d to 25d");
        }
        let log_retention_days = match section.number("log_retention_days") {
            None => 30,
            Some(written) if RETENTION_DAYS.contains(&written.value) => u32::try_from(written.value).unwrap_or(30),
            Some(written) => {
                let message = format!("CloudWatch Logs does not keep a log for {} days", written.value);
                let days: Vec<String> = RETENTION_DAYS.iter().map(ToString::to_string).collect();
                self.reader.mistake(written.span.as_ref(), message, format!("it takes {}", days.join(", ")));
                30
            }
        };
        section.end();
        EventPath { sweep_schedule, sweep_window: sweep_window.value, log_retention_days }
    }

    fn verify(&self, section: &Section<'r, 'i>) -> VerifySettings {
        let max_age = section.text("max_age");
        let max_age = self.ruled(max_age, rules::span_of_time);
        let intermediate_deadline = self.span_of_time(section, "intermediate_deadline", 12 * HOUR).value;
        let destination_deadline = self.span_of_time(section, "destination_deadline", 24 * HOUR).value;
        section.end();
        VerifySettings { max_age, intermediate_deadline, destination_deadline }
    }

    fn notifications(&self, section: &Section<'r, 'i>) -> Notifications {
        let email = self.ruled(section.text("email"), rules::email);
        section.end();
        Notifications { email }
    }
}
