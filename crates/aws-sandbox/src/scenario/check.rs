//! What a scenario says that cannot be: told before anything is built, each with its place.

use std::collections::BTreeSet;

use super::{ControlPolicy, Organization, ROOT, Scenario};
use crate::services::backup::COUNT_LAG_MAX_SECONDS;
use crate::services::iam::documents;
use aws_policy::names::{AccountId, Region};

/// One thing that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Where: the keys from the top, lists by index.
    pub path: Vec<String>,
    /// What is wrong: a lower-case fragment.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

/// Notes flaws below one place.
struct Notes<'a> {
    flaws: &'a mut Vec<Flaw>,
    at: Vec<String>,
}

impl Notes<'_> {
    fn note(&mut self, key: &str, message: impl Into<String>, hint: impl Into<String>) {
        let path = self.at.iter().cloned().chain([key.to_owned()]).collect();
        self.flaws.push(Flaw { path, message: message.into(), hint: hint.into() });
    }
}

fn at<'a>(flaws: &'a mut Vec<Flaw>, list: &str, index: usize) -> Notes<'a> {
    Notes { flaws, at: vec![list.to_owned(), index.to_string()] }
}

impl Scenario {
    /// Everything that cannot be.
    pub fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut top = Notes { flaws: &mut flaws, at: Vec::new() };
        if self.regions.is_empty() {
            top.note(
                "regions",
                "the scenario has no Region",
                "add a line such as `regions = [\"us-east-1\", \"us-west-2\"]`",
            );
        }
        if self.organizations.is_empty() && self.accounts.is_empty() {
            let hint = "add an [[organizations]] table, or `accounts = [\"111111111111\"]`";
            top.note("accounts", "the scenario has no account", hint);
        }
        self.check_organizations(&mut flaws);
        let accounts: BTreeSet<AccountId> = self.all_accounts().into_iter().collect();
        self.check_databases(&accounts, &mut flaws);
        self.check_keys(&accounts, &mut flaws);
        self.check_identities(&accounts, &mut flaws);
        self.check_settings(&mut flaws);
        flaws
    }

    fn check_organizations(&self, flaws: &mut Vec<Flaw>) {
        let mut seen: BTreeSet<&AccountId> = BTreeSet::new();
        let mut ids: BTreeSet<&str> = BTreeSet::new();
        for (index, organization) in self.organizations.iter().enumerate() {
            let mut notes = at(flaws, "organizations", index);
            let tail = organization.id.strip_prefix("o-").unwrap_or_default();
            // Organizations API Reference, Organization: `^o-[a-z0-9]{10,32}$`.
            let letters = tail.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
            if !(10..=32).contains(&tail.len()) || !letters {
                let message = format!("`{}` is not an organization's id", organization.id);
                notes.note("id", message, "it is `o-` and 10 to 32 lower-case letters and digits");
            }
            if !ids.insert(&organization.id) {
                notes.note("id", format!("`{}` is there twice", organization.id), "give each organization its own id");
            }
            for (key, account) in std::iter::once(("management", &organization.management))
                .chain(organization.members.iter().map(|member| ("members", member)))
            {
                if !seen.insert(account) {
                    let hint = "name each account once, in one organization";
                    notes.note(key, format!("account {account} is in an organization already"), hint);
                }
            }
            check_units(organization, index, flaws);
            for (list, policies) in [
                ("service_control_policies", &organization.service_control_policies),
                ("resource_control_policies", &organization.resource_control_policies),
            ] {
                for (number, policy) in policies.iter().enumerate() {
                    let mut notes = at(flaws, "organizations", index);
                    notes.at.extend([list.to_owned(), number.to_string()]);
                    check_control_policy(organization, policy, &mut notes);
                }
            }
        }
    }

    fn check_keys(&self, accounts: &BTreeSet<AccountId>, flaws: &mut Vec<Flaw>) {
        let mut seen: BTreeSet<(&AccountId, &Region, &str)> = BTreeSet::new();
        for (index, key) in self.keys.iter().enumerate() {
            let mut notes = at(flaws, "keys", index);
            if !accounts.contains(&key.account) {
                notes.note("account", format!("account {} is not in the scenario", key.account), ACCOUNT_HINT);
            }
            if !self.regions.contains(&key.region) {
                let message = format!("the Region {} is not in the scenario", key.region);
                notes.note("region", message, "add it to `regions`");
            }
            // KMS API Reference, CreateAlias: letters, digits, `/`, `_`, `-`; `alias/aws/` is AWS's own.
            let right = !key.alias.is_empty()
                && !key.alias.starts_with("aws/")
                && key.alias.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte));
            if !right || !seen.insert((&key.account, &key.region, &key.alias)) {
                let hint = "give each key of a Region an alias of its own, without `alias/` and not under `aws/`";
                notes.note("alias", format!("`{}` is not an alias here", key.alias), hint);
            }
        }
    }

    fn check_databases(&self, accounts: &BTreeSet<AccountId>, flaws: &mut Vec<Flaw>) {
        let mut seen: BTreeSet<(&AccountId, &Region, &str)> = BTreeSet::new();
        for (index, database) in self.databases.iter().enumerate() {
            let mut notes = at(flaws, "databases", index);
            if !accounts.contains(&database.account) {
                notes.note("account", format!("account {} is not in the scenario", database.account), ACCOUNT_HINT);
            }
            if !self.regions.contains(&database.region) {
                let message = format!("the Region {} is not in the scenario", database.region);
                notes.note("region", message, "add it to `regions`");
            }
            // RDS API Reference, CreateDBInstance, DBInstanceIdentifier.
            let name = database.name.as_bytes();
            let right = name.first().is_some_and(u8::is_ascii_lowercase)
                && name.len() <= 63
                && name.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
                && !database.name.ends_with('-')
                && !database.name.contains("--");
            if !right {
                let hint = "it is a letter, then letters, digits and single hyphens, all lower-case, 63 at most";
                notes.note("name", format!("`{}` is not a DB instance identifier", database.name), hint);
            }
            if !seen.insert((&database.account, &database.region, &database.name)) {
                let message = format!("`{}` is there twice in {}", database.name, database.region);
                notes.note("name", message, "give each database of a Region its own name");
            }
            for (key, value, such) in
                [("engine", &database.engine, "postgres"), ("engine_version", &database.engine_version, "16.4")]
            {
                if value.is_empty() {
                    notes.note(key, format!("`{key}` is empty"), format!("write one such as `{such}`"));
                }
            }
            // RDS User Guide, "DB instance storage".
            if !(5..=65_536).contains(&database.allocated_gib) {
                let message = format!("`allocated_gib` is {}", database.allocated_gib);
                notes.note("allocated_gib", message, "it lies between 5 and 65536");
            }
        }
    }

    fn check_identities(&self, accounts: &BTreeSet<AccountId>, flaws: &mut Vec<Flaw>) {
        for (index, role) in self.roles.iter().enumerate() {
            let mut notes = at(flaws, "roles", index);
            if !accounts.contains(&role.account) {
                notes.note("account", format!("account {} is not in the scenario", role.account), ACCOUNT_HINT);
            }
            if !is_path(&role.path) {
                notes.note("path", format!("`{}` is not a path", role.path), PATH_HINT);
            }
            if !role.trusts.starts_with("arn:") && !role.trusts.contains('.') {
                let hint = "name a service such as `backup.amazonaws.com`, or an ARN";
                notes.note("trusts", format!("`{}` is nobody", role.trusts), hint);
            }
        }
        for (index, policy) in self.policies.iter().enumerate() {
            let mut notes = at(flaws, "policies", index);
            if !accounts.contains(&policy.account) {
                notes.note("account", format!("account {} is not in the scenario", policy.account), ACCOUNT_HINT);
            }
            if !is_path(&policy.path) {
                notes.note("path", format!("`{}` is not a path", policy.path), PATH_HINT);
            }
            if !is_policy(&policy.document) {
                notes.note("document", format!("the document of `{}` is not a policy", policy.name), POLICY_HINT);
            }
        }
    }

    fn check_settings(&self, flaws: &mut Vec<Flaw>) {
        let Some(settings) = &self.settings else { return };
        let mut notes = Notes { flaws, at: vec!["settings".to_owned()] };
        let year = 366 * 86_400;
        let bounds = [
            ("call_latency_ms", settings.call_latency_ms, 60_000),
            ("start_delay_seconds", settings.start_delay_seconds, year),
            ("token_memory_seconds", settings.token_memory_seconds, year),
            ("job_list_seconds", settings.job_list_seconds, year),
            ("list_lag_seconds", settings.list_lag_seconds, 86_400),
            ("iam_lag_seconds", settings.iam_lag_seconds, 3600),
            ("count_lag_seconds", settings.count_lag_seconds, COUNT_LAG_MAX_SECONDS),
            ("expiry_spread_seconds", settings.expiry_spread_seconds, year),
            ("events_lost_percent", settings.events_lost_percent, 100),
            ("events_twice_percent", settings.events_twice_percent, 100),
        ];
        for (key, value, most) in bounds {
            if !(0..=most).contains(&value) {
                notes.note(key, format!("`{key}` is {value}"), format!("it lies between 0 and {most}"));
            }
        }
        if settings.events_lost_percent.saturating_add(settings.events_twice_percent) > 100 {
            let hint = "let the two percentages be 100 at most";
            notes.note("events_twice_percent", "more events are lost or come twice than there are", hint);
        }
    }
}

fn check_units(organization: &Organization, index: usize, flaws: &mut Vec<Flaw>) {
    let mut known: BTreeSet<&str> = BTreeSet::from([ROOT]);
    let mut moved: BTreeSet<&AccountId> = BTreeSet::new();
    for (number, unit) in organization.units.iter().enumerate() {
        let mut notes = at(flaws, "organizations", index);
        notes.at.extend(["units".to_owned(), number.to_string()]);
        if !known.contains(unit.parent.as_str()) {
            let message = format!("no unit before this one is called `{}`", unit.parent);
            notes.note("parent", message, "name `root`, or a unit that stands above this one in the file");
        }
        // The name stands for the unit in the scenario; an account's id would mean the account.
        if unit.name.parse::<AccountId>().is_ok() || unit.name.is_empty() || !known.insert(&unit.name) {
            let hint = "give each unit a name of its own, which is neither `root` nor an account's id";
            notes.note("name", format!("a unit cannot be called `{}` here", unit.name), hint);
        }
        for account in &unit.accounts {
            if !organization.members.contains(account) || !moved.insert(account) {
                let message = format!("account {account} is not a member, or is in another unit");
                notes.note("accounts", message, "name member accounts, each in one unit");
            }
        }
    }
}

fn check_control_policy(organization: &Organization, policy: &ControlPolicy, notes: &mut Notes<'_>) {
    if !is_policy(&policy.document) {
        notes.note("document", format!("the document of `{}` is not a policy", policy.name), POLICY_HINT);
    }
    for target in policy.targets.iter().filter(|target| *target != ROOT) {
        let is_member = organization.members.iter().any(|member| member.as_str() == target);
        if !is_member && !organization.units.iter().any(|unit| unit.name == *target) {
            let message = format!("`{target}` is not in the organization");
            notes.note("targets", message, "name `root`, a unit, or a member account");
        }
    }
}

const ACCOUNT_HINT: &str = "add it to an organization's `members`, or to `accounts`";
const PATH_HINT: &str = "write it as `/` or `/some/path/`";
const POLICY_HINT: &str = "write a policy document as JSON text between ''' and '''";

fn is_path(path: &str) -> bool {
    path.starts_with('/') && path.ends_with('/') && !path.contains("//")
}

fn is_policy(text: &str) -> bool {
    documents::read(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flaws(text: &str) -> Vec<(String, String)> {
        let scenario: Scenario = toml::from_str(text).expect("reads");
        scenario.flaws().into_iter().map(|flaw| (flaw.path.join("."), flaw.message)).collect()
    }

    #[test]
    fn the_worlds_that_are_built_in_have_none() {
        assert_eq!(Scenario::built_in().flaws(), []);
        assert_eq!(Scenario::bare().flaws(), []);
    }

    #[test]
    fn an_empty_scenario_lacks_regions_and_accounts() {
        let paths: Vec<String> = flaws("").into_iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["regions", "accounts"]);
    }

    #[test]
    fn each_flaw_names_its_place() {
        let text = "
regions = [\"us-east-1\"]
[[organizations]]
id = \"o-short\"
management = \"999999999999\"
members = [\"111111111111\", \"111111111111\"]
[[organizations.service_control_policies]]
name = \"x\"
document = \"nothing\"
targets = [\"333333333333\"]
[[organizations.resource_control_policies]]
name = \"y\"
document = \"nothing\"
targets = [\"databases\"]
[[organizations.units]]
name = \"databases\"
parent = \"nowhere\"
accounts = [\"999999999999\"]
[[organizations.units]]
name = \"root\"
[[keys]]
account = \"222222222222\"
region = \"us-west-2\"
alias = \"aws/rds\"
[[databases]]
account = \"222222222222\"
region = \"us-west-2\"
name = \"Orders\"
engine = \"postgres\"
engine_version = \"16.4\"
allocated_gib = 1
encryption = \"none\"
[[roles]]
account = \"111111111111\"
path = \"x\"
name = \"r\"
trusts = \"me\"
managed_policies = []
[settings]
count_lag_seconds = 9999
events_lost_percent = 60
events_twice_percent = 60
";
        let paths: Vec<String> = flaws(text).into_iter().map(|(path, _)| path).collect();
        assert_eq!(
            paths,
            [
                "organizations.0.id",
                "organizations.0.members",
                "organizations.0.units.0.parent",
                "organizations.0.units.0.accounts",
                "organizations.0.units.1.name",
                "organizations.0.service_control_policies.0.document",
                "organizations.0.service_control_policies.0.targets",
                "organizations.0.resource_control_policies.0.document",
                "databases.0.account",
                "databases.0.region",
                "databases.0.name",
                "databases.0.allocated_gib",
                "keys.0.account",
                "keys.0.region",
                "keys.0.alias",
                "roles.0.path",
                "roles.0.trusts",
                "settings.count_lag_seconds",
                "settings.events_twice_percent",
            ]
        );
    }
}
