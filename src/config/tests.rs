//! Each mistake that a file can hold: what is said, where it points, and what to do.

use super::{ConfigError, Search, Selected, built_in, load, resolve};
use crate::pipeline::Pipeline;
use std::time::Duration;

const ACCOUNTS: &str = "[source]\naccount = \"111111111111\"\n[destination]\naccount = \"222222222222\"\n";

fn read(text: &str) -> Result<Pipeline, ConfigError> {
    resolve::pipeline("backupctl.toml", text, Selected::Optional)
}

/// The only mistake in `text`: its place and its message.
#[track_caller]
fn mistake(text: &str) -> (usize, usize, String, String) {
    let error = read(text).expect_err("a mistake");
    assert_eq!(error.mistakes.len(), 1, "{}", error.render());
    let mistake = error.mistakes[0].clone();
    let at = mistake.at.expect("a place");
    (at.line, at.column, mistake.message, mistake.hint)
}

/// The only mistake of a file whose accounts are right and that ends in `text`.
#[track_caller]
fn mistake_after_accounts(text: &str) -> (usize, usize, String, String) {
    let (line, column, message, hint) = mistake(&format!("{ACCOUNTS}{text}"));
    (line - 4, column, message, hint)
}

#[test]
fn two_account_ids_are_enough() {
    let pipeline = read(ACCOUNTS).expect("the defaults");
    assert_eq!(pipeline.source.region.as_str(), "us-east-1");
    assert_eq!(pipeline.source.stack, "aws-backup-rds-source-stack");
    assert_eq!(pipeline.source.vault, "source-vault-account-a-region-a");
    assert_eq!(pipeline.source.key_admin[0].to_string(), "arn:aws:iam::111111111111:root");
    assert_eq!(pipeline.intermediate.account.as_str(), "111111111111");
    assert_eq!(pipeline.intermediate.region.as_str(), "us-west-2");
    assert_eq!(pipeline.intermediate.stack, "aws-backup-rds-intermediate-stack");
    assert_eq!(pipeline.intermediate.vault, "intermediate-vault-account-a-region-b");
    assert_eq!(pipeline.destination.region.as_str(), "us-west-2");
    assert_eq!(pipeline.destination.stack, "aws-backup-rds-destination-stack");
    assert_eq!(pipeline.destination.vault, "destination-vault-account-b-region-b");
    assert_eq!(pipeline.destination.key_admin[0].to_string(), "arn:aws:iam::222222222222:root");
    assert_eq!(pipeline.destination.key_deletion_window_days, 30);
    assert_eq!(pipeline.plan.name, "backup-plan-rds");
    assert_eq!(pipeline.plan.rule, "backup-rule-rds-daily-1week");
    assert_eq!(pipeline.plan.schedule, "cron(0 5 ? * * *)");
    assert_eq!(pipeline.plan.timezone, chrono_tz::Etc::UTC);
    assert_eq!(pipeline.plan.delete_after_days, 7);
    assert_eq!(pipeline.plan.copy_delete_after_days, 7);
    assert_eq!(pipeline.plan.destination_delete_after_days, 7);
    assert_eq!(pipeline.plan.role, "service-role/AWSBackupDefaultServiceRole");
    assert_eq!(pipeline.plan.start_window, Duration::from_secs(8 * 3600));
    assert_eq!(pipeline.plan.completion_window, Duration::from_secs(7 * 86_400));
    assert_eq!(pipeline.plan.scheduled_copy_grace, Duration::from_secs(3 * 3600));
    assert_eq!(pipeline.selection.name, "rds-default-kms-key");
    assert_eq!(pipeline.events.sweep_schedule.as_deref(), Some("rate(1 hour)"));
    assert_eq!(pipeline.events.sweep_window, Duration::from_secs(7 * 86_400));
    assert_eq!(pipeline.events.log_retention_days, 30);
    assert_eq!(pipeline.verify.max_age, None);
    assert_eq!(pipeline.verify.intermediate_deadline, Duration::from_secs(12 * 3600));
    assert_eq!(pipeline.verify.destination_deadline, Duration::from_secs(24 * 3600));
    assert_eq!(pipeline.notifications.email, None);
}

#[test]
fn every_key_of_the_contract_is_read() {
    let environment = |account: &str, region: &str| {
        format!(
            "stack = \"my-stack\"\nvault = \"my-vault\"\nkey_admin = [\"role/a\", \"user/b\"]\nname_prefix = \"team-\"\n\
             tags = {{ owner = \"dba\" }}\npermissions_boundary = \"arn:aws:iam::{account}:policy/limit\"\n\
             cloudformation_role_arn = \"arn:aws:iam::{account}:role/cfn\"\nrole_path = \"/backup/\"\n\
             key_arn = \"arn:aws:kms:{region}:{account}:key/1\"\nkey_deletion_window_days = 7\n"
        )
    };
    let credentials = "profile = \"p\"\nexternal_id = \"x\"\n";
    let text = format!(
        "[source]\naccount = \"111111111111\"\nregion = \"eu-west-1\"\nrole_arn = \"arn:aws:iam::111111111111:role/r\"\n{credentials}{}\
         [intermediate]\nregion = \"eu-central-1\"\n{}\
         [destination]\naccount = \"222222222222\"\nallow = \"organization\"\nrole_arn = \"arn:aws:iam::222222222222:role/r\"\n{credentials}{}\
         [organization]\nid = \"o-exampleorgid\"\nmanagement_profile = \"m\"\nmanagement_role_arn = \"arn:aws:iam::999999999999:role/m\"\n\
         [plan]\nname = \"n\"\nrule = \"r\"\nschedule = \"cron(0 1 1 * ? *)\"\ntimezone = \"Europe/Berlin\"\ndelete_after_days = 1\n\
         copy_delete_after_days = 3\ndestination_delete_after_days = 365\nrole = \"mine\"\nstart_window = \"1h\"\ncompletion_window = \"1d\"\n\
         recovery_point_tags = {{ a = \"b\" }}\nscheduled_copy_grace = \"30m\"\n\
         [selection]\nname = \"s\"\nresources = [\"arn:aws:rds:eu-west-1:111111111111:db:*\"]\ntags = {{ backup = \"daily\" }}\n\
         conditions = {{ stage = \"prod\" }}\nexclude = [\"arn:aws:rds:eu-west-1:111111111111:db:x\"]\n\
         [events]\nsweep_schedule = \"\"\nsweep_window = \"25d\"\nlog_retention_days = 90\n\
         [verify]\nmax_age = \"36h\"\nintermediate_deadline = \"6h\"\ndestination_deadline = \"8h\"\n\
         [notifications]\nemail = \"dba@example.com\"\n",
        environment("111111111111", "eu-west-1"),
        environment("111111111111", "eu-central-1"),
        environment("222222222222", "eu-central-1"),
    );
    let pipeline = read(&text).unwrap_or_else(|error| panic!("{}", error.render()));
    assert_eq!(pipeline.destination.region.as_str(), "eu-central-1");
    assert_eq!(pipeline.intermediate.credentials, pipeline.source.credentials);
    assert_eq!(pipeline.source.key_admin.len(), 2);
    assert_eq!(
        pipeline.destination.key_arn.as_ref().map(|arn| arn.as_str()),
        Some("arn:aws:kms:eu-central-1:222222222222:key/1")
    );
    assert_eq!(pipeline.events.sweep_schedule, None);
    assert_eq!(pipeline.plan.timezone, chrono_tz::Europe::Berlin);
    assert_eq!(pipeline.selection.exclude.len(), 1);
    assert_eq!(pipeline.verify.max_age, Some(Duration::from_secs(36 * 3600)));
}

#[test]
fn the_built_in_pipeline_is_the_sandboxes() {
    let pipeline = built_in().expect("constant text");
    assert_eq!(pipeline.organization.id.as_deref(), Some("o-sandboxorg1"));
    assert_eq!(pipeline.selection.resources.len(), 2);
}

#[test]
fn a_mistake_shows_the_line_with_a_caret_and_the_remedy() {
    let error = read(&format!("{ACCOUNTS}vualt = \"x\"\n")).expect_err("a mistake");
    assert_eq!(
        error.render(),
        "error: unknown key `vualt` in [destination]\n\
         \x20 --> backupctl.toml:5:1\n\
         \x20  |\n\
         \x205 | vualt = \"x\"\n\
         \x20  | ^^^^^\n\
         hint: did you mean `vault`?\n"
    );
}

#[test]
fn all_mistakes_are_told_at_once_and_in_the_order_of_the_file() {
    let text = "[source]\naccount = \"11111111111\"\nregion = \"us-west2\"\n[destination]\naccount = 5\n[plan]\ndelete_after_days = \"7\"\ntimezone = \"Etc/UCT2\"\n";
    let error = read(text).expect_err("mistakes");
    let places: Vec<_> =
        error.mistakes.iter().map(|mistake| mistake.at.as_ref().map(|at| (at.line, at.column))).collect();
    assert_eq!(
        places,
        [Some((2, 11)), Some((3, 10)), Some((5, 11)), Some((7, 21)), Some((8, 12))],
        "{}",
        error.render()
    );
}

#[test]
fn an_account_id_has_twelve_digits() {
    let (line, column, message, hint) =
        mistake("[source]\naccount = \"11111111111\"\n[destination]\naccount = \"222222222222\"\n");
    assert_eq!((line, column), (2, 11));
    assert_eq!(message, "`11111111111` is not an AWS account id: an id takes 12 digits, not 11");
    assert!(hint.contains("exactly 12 digits"));
}

#[test]
fn a_missing_account_points_at_its_section() {
    let (line, column, message, _) =
        mistake("[source]\nregion = \"us-east-1\"\n[destination]\naccount = \"222222222222\"\n");
    assert_eq!((line, column, message.as_str()), (1, 2, "[source] lacks the account id"));
    let error = read("").expect_err("both");
    assert_eq!(error.mistakes.len(), 2);
}

#[test]
fn an_unknown_region_names_the_nearest_one() {
    let (line, column, message, hint) = mistake_after_accounts("[intermediate]\nregion = \"us-west2\"\n");
    assert_eq!((line, column), (2, 10));
    assert_eq!(message, "`us-west2` is not an AWS Region");
    assert_eq!(hint, "did you mean `us-west-2`?");
}

#[test]
fn regions_must_differ_and_share_a_partition() {
    let (line, _, message, _) = mistake_after_accounts("[intermediate]\nregion = \"us-east-1\"\n");
    assert_eq!((line, message.as_str()), (2, "source and intermediate Region are both us-east-1"));
    let (_, _, message, hint) = mistake_after_accounts("[intermediate]\nregion = \"cn-north-1\"\n");
    assert_eq!(message, "us-east-1 is in the partition `aws`, cn-north-1 in `aws-cn`");
    assert!(hint.contains("never copies between partitions"));
}

#[test]
fn the_destination_is_another_account() {
    let (line, _, message, _) =
        mistake("[source]\naccount = \"111111111111\"\n[destination]\naccount = \"111111111111\"\n");
    assert_eq!((line, message.as_str()), (4, "the destination account 111111111111 is the source account"));
}

#[test]
fn arns_lie_in_their_account_region_and_partition() {
    for (text, part) in [
        (
            "[selection]\nresources = [\"arn:aws:rds:us-east-1:333333333333:db:x\"]\n",
            "is in account 333333333333, not in 111111111111",
        ),
        (
            "[selection]\nresources = [\"arn:aws:rds:eu-west-1:111111111111:db:x\"]\n",
            "is in eu-west-1, not in us-east-1",
        ),
        ("[selection]\nresources = [\"arn:aws-cn:rds:us-east-1:111111111111:db:x\"]\n", "is in the partition `aws-cn`"),
        ("[selection]\nresources = [\"orders\"]\n", "`orders` is not an ARN"),
        ("[plan]\nrole = \"arn:aws:iam::222222222222:role/x\"\n", "is in account 222222222222"),
        (
            "[intermediate]\nkey_arn = \"arn:aws:kms:us-east-1:111111111111:key/1\"\n",
            "is not the ARN of a KMS key in us-west-2",
        ),
    ] {
        let (_, _, message, _) = mistake_after_accounts(text);
        assert!(message.contains(part), "{text}: {message}");
    }
}

#[test]
fn vault_names_keep_the_pattern() {
    for name in ["Default", "a", "with blank"] {
        let (line, column, _, _) = mistake_after_accounts(&format!("[intermediate]\nvault = \"{name}\"\n"));
        assert_eq!((line, column), (2, 9), "{name}");
    }
}

#[test]
fn numbers_keep_their_bounds() {
    let (_, column, message, hint) = mistake_after_accounts("[plan]\ncopy_delete_after_days = 2\n");
    assert_eq!(column, 26);
    assert_eq!(message, "`copy_delete_after_days` is 2, but must be between 3 and 36500");
    assert!(hint.contains("outlive the second hop"));
    for text in [
        "[plan]\ndelete_after_days = 0\n",
        "[plan]\ndestination_delete_after_days = -1\n",
        "[intermediate]\nkey_deletion_window_days = 6\n",
        "[events]\nlog_retention_days = 31\n",
    ] {
        mistake_after_accounts(text);
    }
}

#[test]
fn times_are_durations_within_their_bounds() {
    let (_, column, message, _) = mistake_after_accounts("[verify]\nmax_age = \"36\"\n");
    assert_eq!((column, message.as_str()), (11, "`36` is not a duration"));
    let (_, _, message, _) = mistake_after_accounts("[events]\nsweep_window = \"26d\"\n");
    assert_eq!(message, "`sweep_window` is longer than 25 days");
    mistake_after_accounts("[events]\nsweep_window = \"36h\"\n");
    mistake_after_accounts("[plan]\nstart_window = \"30m\"\n");
    mistake_after_accounts("[plan]\nstart_window = \"8d\"\n");
}

#[test]
fn schedules_and_time_zones_are_aws_backups() {
    let (_, column, message, _) = mistake_after_accounts("[plan]\nschedule = \"0 5 * * *\"\n");
    assert_eq!(
        (column, message.as_str()),
        (12, "`0 5 * * *` is not a schedule: it is not of the form cron(…) or rate(…)")
    );
    let (_, _, _, hint) = mistake_after_accounts("[plan]\ntimezone = \"Europe/Berln\"\n");
    assert_eq!(hint, "did you mean `Europe/Berlin`?");
    mistake_after_accounts("[events]\nsweep_schedule = \"hourly\"\n");
}

#[test]
fn wrong_types_are_named_with_what_is_wanted() {
    let (_, column, message, hint) = mistake_after_accounts("[plan]\ndelete_after_days = \"7\"\n");
    assert_eq!(column, 21);
    assert_eq!(message, "`delete_after_days` is a string, but must be a whole number");
    assert_eq!(hint, "write it as `delete_after_days = 7`");
    mistake_after_accounts("[selection]\nresources = \"arn:aws:rds:us-east-1:111111111111:db:x\"\n");
    mistake_after_accounts("[selection]\ntags = [\"a\"]\n");
    mistake("plan = 3\n[source]\naccount = \"111111111111\"\n[destination]\naccount = \"222222222222\"\n");
}

#[test]
fn unknown_sections_and_misplaced_keys_are_named() {
    let (line, column, message, hint) = mistake_after_accounts("[select]\nname = \"x\"\n");
    assert_eq!((line, column), (1, 2));
    assert_eq!(message, "unknown section [select]");
    assert_eq!(hint, "did you mean [selection]?");
    let (_, _, message, hint) = mistake_after_accounts("[intermediate]\nprofile = \"x\"\n");
    assert_eq!(message, "`profile` does not belong in [intermediate]");
    assert!(hint.contains("[source]"));
    let (_, _, message, _) = mistake_after_accounts("region = \"us-west-2\"\n");
    assert_eq!(message, "`region` does not belong in [destination]");
}

#[test]
fn what_is_not_toml_points_at_the_place() {
    let (line, _, message, _) = mistake_after_accounts("[plan\n");
    assert_eq!(line, 1);
    assert!(message.starts_with("this is not TOML"), "{message}");
}

#[test]
fn an_empty_selection_is_a_mistake_where_it_is_needed() {
    let error = resolve::pipeline("f", ACCOUNTS, Selected::Required).expect_err("nothing selected");
    assert_eq!(error.mistakes[0].message, "[selection] chooses nothing");
    assert!(read(ACCOUNTS).is_ok());
}

#[test]
fn a_named_file_must_be_there_and_an_unnamed_one_need_not() {
    let directory = tempfile::tempdir().expect("a directory");
    let search = Search { named: None, directory: directory.path(), user_directory: None };
    assert_eq!(load(&search, Selected::Optional), Ok(None));
    let named = Search { named: Some("gone.toml"), ..search };
    let error = load(&named, Selected::Optional).expect_err("gone");
    assert_eq!(error.file, "gone.toml");
    assert!(error.mistakes[0].message.starts_with("cannot read the configuration"));
}

#[test]
fn the_current_directory_wins_over_the_users() {
    let here = tempfile::tempdir().expect("a directory");
    let user = tempfile::tempdir().expect("a directory");
    std::fs::create_dir(user.path().join("backupctl")).expect("a directory");
    let write = |path: std::path::PathBuf, stack: &str| {
        let text = ACCOUNTS.replace("[destination]", &format!("stack = \"{stack}\"\n[destination]"));
        std::fs::write(path, text).expect("a file");
    };
    write(user.path().join("backupctl/backupctl.toml"), "of-the-user");
    let search = Search { named: None, directory: here.path(), user_directory: Some(user.path()) };
    let stack = || load(&search, Selected::Optional).expect("right").expect("found").source.stack;
    assert_eq!(stack(), "of-the-user");
    write(here.path().join("backupctl.toml"), "of-this-directory");
    assert_eq!(stack(), "of-this-directory");
}
