//! A new `backupctl.toml`: what was found out, and every other key as a comment with its default.

use std::fmt::Write as _;

use crate::pipeline::arn::{AccountId, Arn, Region};

/// What a new configuration says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Account A and how it is reached.
    pub source: DraftAccount,
    pub source_region: Region,
    pub intermediate_region: Region,
    /// Account B and how it is reached.
    pub destination: DraftAccount,
    /// In the form `o-…`.
    pub organization: Option<String>,
    /// Databases to back up, each with what is to be known of it.
    pub databases: Vec<DraftDatabase>,
    /// Databases are chosen by this tag, key and value.
    pub tag: Option<(String, String)>,
    /// Who is told of failures.
    pub email: Option<String>,
    /// The lock of the destination vault, where it has one.
    pub lock: Option<&'static str>,
}

/// An account and how it is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftAccount {
    pub id: AccountId,
    pub profile: Option<String>,
    /// The role that is assumed.
    pub role_arn: Option<Arn>,
}

/// A database in the selection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftDatabase {
    pub arn: String,
    /// What a reader should know: its engine and key.
    pub note: String,
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A key that is set, or the same key as a comment with an example.
fn optional(key: &str, value: Option<&str>, example: &str, why: &str) -> String {
    let (mark, value) = match value {
        Some(value) => ("", quoted(value)),
        None => ("# ", quoted(example)),
    };
    line(&format!("{mark}{key} = {value}"), why)
}

/// A line with its explanation behind it, in one column.
fn line(text: &str, why: &str) -> String {
    if why.is_empty() {
        return format!("{text}\n");
    }
    format!("{text:<44}  # {why}\n")
}

impl Draft {
    /// The file's text. It loads as it is.
    pub fn text(&self) -> String {
        let mut text = String::new();
        text += "# The pipeline that backupctl builds, drives and checks. Every key but the two account ids has a\n\
                 # default; commented keys show it, or an example. `backupctl doctor` checks what this file leads to.\n\n";
        text += &self.source_section();
        text += &self.intermediate_section();
        text += &self.destination_section();
        text += &self.organization_section();
        text += PLAN;
        text += &self.selection_section();
        text += EVENTS;
        text += &self.notifications_section();
        text
    }

    fn account(account: &DraftAccount, example: &str) -> String {
        let role = account.role_arn.as_ref().map(ToString::to_string);
        let example_role = format!("arn:aws:iam::{}:role/backup-operator", account.id);
        line(&format!("account = {}", quoted(account.id.as_str())), "")
            + &optional(
                "profile",
                account.profile.as_deref(),
                example,
                "AWS profile; the environment's credentials without it",
            )
            + &optional("role_arn", role.as_deref(), &example_role, "a role to assume with them")
            + &line("# external_id = \"…\"", "what the role's trust policy demands")
    }

    fn source_section(&self) -> String {
        let mut text = line("[source]", "account A, Region A: where the databases run");
        text += &Self::account(&self.source, "production");
        text += &line(&format!("region = {}", quoted(self.source_region.as_str())), "");
        text += &names("aws-backup-rds-source-stack", "source-vault-account-a-region-a");
        text += &deployment(self.source.id.as_str(), self.source_region.as_str());
        text
    }

    fn intermediate_section(&self) -> String {
        let mut text = line("[intermediate]", "account A, Region B: where copies are encrypted anew");
        text += &line(&format!("region = {}", quoted(self.intermediate_region.as_str())), "");
        text += &names("aws-backup-rds-intermediate-stack", "intermediate-vault-account-a-region-b");
        text += &deployment(self.source.id.as_str(), self.intermediate_region.as_str());
        text
    }

    fn destination_section(&self) -> String {
        let mut text = line("[destination]", "account B, Region B: where backups are safe from account A");
        text += &Self::account(&self.destination, "backup");
        text += &line("# allow = \"copy-roles\"", "who may copy into the vault; or \"organization\"");
        text += &optional("lock", self.lock, "none", "\"governance\": nobody deletes copies before their time");
        text += &line("# lock_max_days = 35", "the longest that the lock admits; five times the days by default");
        text += &names("aws-backup-rds-destination-stack", "destination-vault-account-b-region-b");
        text += &deployment(self.destination.id.as_str(), self.intermediate_region.as_str());
        text
    }

    fn organization_section(&self) -> String {
        let mut text = "[organization]\n".to_owned();
        let why = "read from the destination account when absent";
        text += &optional("id", self.organization.as_deref(), "o-exampleorgid", why);
        text += &line("# management_profile = \"management\"", "only to turn settings on");
        text += "# management_role_arn = \"arn:aws:iam::999999999999:role/backup-operator\"\n\n";
        text
    }

    fn selection_section(&self) -> String {
        let mut text = line("[selection]", "what is backed up: by ARN, by tag, or both");
        text += "# name = \"rds-default-kms-key\"\n";
        if self.databases.is_empty() {
            let arn = format!("arn:aws:rds:{}:{}:db:orders", self.source_region, self.source.id);
            let _ = writeln!(text, "# resources = [{}]", quoted(&arn));
        } else {
            text += "resources = [\n";
            for database in &self.databases {
                let _ = writeln!(text, "    {},  # {}", quoted(&database.arn), database.note);
            }
            text += "]\n";
        }
        match &self.tag {
            Some((key, value)) => {
                let _ = writeln!(text, "tags = {{ {} = {} }}", quoted(key), quoted(value));
            }
            None => text += &line("# tags = { backup = \"daily\" }", "databases with any of these tags"),
        }
        text += &line("# conditions = { stage = \"production\" }", "only databases with all of these tags");
        text += &line("# exclude = []", "ARNs that are left out");
        text + "\n"
    }

    fn notifications_section(&self) -> String {
        let why = "failed backups, failed copies, dead letters";
        line("[notifications]", why) + &optional("email", self.email.as_deref(), "dba@example.com", "")
    }
}

fn names(stack: &str, vault: &str) -> String {
    line(&format!("# stack = {}", quoted(stack)), "") + &line(&format!("# vault = {}", quoted(vault)), "")
}

fn deployment(account: &str, region: &str) -> String {
    let mut text = line("# key_admin = \"root\"", "\"root\", \"role/name\", \"user/name\", an ARN, or a list");
    text += &line("# name_prefix = \"\"", "put before every name that is not generated");
    text += &line("# tags = {}", "of the stack and its resources");
    let _ = writeln!(text, "# permissions_boundary = \"arn:aws:iam::{account}:policy/boundary\"");
    let _ = writeln!(text, "# cloudformation_role_arn = \"arn:aws:iam::{account}:role/cloudformation\"");
    text += "# role_path = \"/\"\n";
    let key = "00000000-0000-0000-0000-000000000000";
    let _ = writeln!(text, "# key_arn = \"arn:aws:kms:{region}:{account}:key/{key}\"  # a key of your own");
    text += &line("# key_deletion_window_days = 30", "");
    text + "\n"
}

const PLAN: &str = "\
[plan]
# name = \"backup-plan-rds\"
# rule = \"backup-rule-rds-daily-1week\"
# schedule = \"cron(0 5 ? * * *)\"              # AWS Backup's syntax
# timezone = \"Etc/UTC\"
# delete_after_days = 7
# copy_delete_after_days = 7                  # of the intermediate copy; at least 3
# destination_delete_after_days = 7           # of the destination copy
# role = \"service-role/AWSBackupDefaultServiceRole\"
# start_window = \"8h\"
# completion_window = \"7d\"
# recovery_point_tags = {}
# scheduled_copy_grace = \"3h\"                 # how long `copy` waits for the plan's own first copy

";

const EVENTS: &str = "\
[events]
# sweep_schedule = \"rate(1 hour)\"             # finds what events missed; \"\" for none
# sweep_window = \"7d\"                         # at most 25d
# log_retention_days = 30

[verify]
# max_age = \"36h\"                             # of a database's newest backup; by default from the schedule
# intermediate_deadline = \"12h\"               # after the backup; before it a missing copy is no finding
# destination_deadline = \"24h\"

";

#[cfg(test)]
mod tests {
    use super::super::{Selected, read};
    use super::*;
    use crate::pipeline::lock::VaultLock;

    fn draft() -> Draft {
        let account = |id: &str| DraftAccount { id: id.parse().expect("an account"), profile: None, role_arn: None };
        Draft {
            source: account("111111111111"),
            source_region: "us-east-1".parse().expect("a Region"),
            intermediate_region: "us-west-2".parse().expect("a Region"),
            destination: account("222222222222"),
            organization: None,
            databases: Vec::new(),
            tag: None,
            email: None,
            lock: None,
        }
    }

    fn full() -> Draft {
        let mut draft = draft();
        draft.source.profile = Some("pro\"duction\\x".to_owned());
        draft.destination.role_arn = Some("arn:aws:iam::222222222222:role/r".parse().expect("an ARN"));
        draft.organization = Some("o-exampleorgid".to_owned());
        draft.databases = vec![DraftDatabase {
            arn: "arn:aws:rds:us-east-1:111111111111:db:orders".to_owned(),
            note: "postgres, aws/rds".to_owned(),
        }];
        draft.tag = Some(("team:backup".to_owned(), "daily".to_owned()));
        draft.email = Some("dba@example.com".to_owned());
        draft.lock = Some("governance");
        draft
    }

    #[test]
    fn a_draft_loads_as_it_is_and_says_what_it_was_given() {
        let pipeline =
            read("draft", &full().text(), Selected::Required).unwrap_or_else(|error| panic!("{}", error.render()));
        assert_eq!(pipeline.source.credentials.profile.as_deref(), Some("pro\"duction\\x"));
        assert_eq!(pipeline.organization.id.as_deref(), Some("o-exampleorgid"));
        assert_eq!(pipeline.selection.resources, ["arn:aws:rds:us-east-1:111111111111:db:orders"]);
        assert_eq!(pipeline.selection.tags["team:backup"], "daily");
        assert_eq!(pipeline.notifications.email.as_deref(), Some("dba@example.com"));
        assert_eq!(pipeline.lock, VaultLock::Governance { max_days: 35 });
    }

    /// Every comment that shows a key is a key that the file may hold, with a value of the right type: what
    /// is not an example of its own is the default.
    #[test]
    fn every_commented_key_may_be_uncommented() {
        let text = draft().text();
        let plain = read("draft", &text, Selected::Optional).unwrap_or_else(|error| panic!("{}", error.render()));
        let examples = [
            "profile",
            "role_arn",
            "external_id",
            "management_profile",
            "management_role_arn",
            "id",
            "permissions_boundary",
            "cloudformation_role_arn",
            "key_arn",
            "max_age",
            "email",
            "resources",
            "tags",
            "conditions",
        ];
        let mut defaults = String::new();
        let mut everything = String::new();
        for line in text.lines() {
            let key = line.strip_prefix("# ").and_then(|rest| rest.split_once(" = "));
            let key =
                key.map(|(key, _)| key).filter(|key| key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
            let bare = line.strip_prefix("# ").unwrap_or(line);
            everything += &format!("{}\n", if key.is_some() { bare } else { line });
            defaults += &format!("{}\n", if key.is_some_and(|key| !examples.contains(&key)) { bare } else { line });
        }
        let same = read("draft", &defaults, Selected::Optional).unwrap_or_else(|error| panic!("{}", error.render()));
        assert_eq!(same, plain);
        if let Err(error) = read("draft", &everything, Selected::Required) {
            panic!("{}", error.render());
        }
    }
}
