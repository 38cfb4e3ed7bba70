//! Every check is provoked by API calls, and what its finding says is typed, as it stands there: then the finding is gone.
//!
//! What `aws …` says is typed into the AWS CLI itself.

pub mod causes;
mod stage;

use backupctl::pipeline::check::Check;
use backupctl::sandbox::Sandbox;

use self::causes::{
    a_day, a_letter, a_night_with_the_plan, backed_up_once, closed_bus, confirmed, copied_twice, dead_stack,
    delete_second_plan, expired, failed_backup, failed_first_hop, failed_second_hop, going, kept_too_short, key_gone,
    never_again, never_backed_up, old_runtime, orphaned, outdated, paused, renewed, second_plan, selected_twice,
    too_late, untagged, vault_under_another_key, without_second_hop,
};
use self::stage::{Stage, Typist};
use super::python;
use crate::support::{shown, worlds};

const CONFIGURATION: &str = r#"
[source]
account = "111111111111"
region = "us-east-1"
profile = "production"
[intermediate]
region = "us-west-2"
[destination]
account = "222222222222"
profile = "central"
[organization]
management_profile = "management"
[selection]
resources = ["arn:aws:rds:us-east-1:111111111111:db:orders"]
[events]
sweep_schedule = ""
"#;

/// How a check is provoked, in a world of [`mutations::world`] unless it makes its own.
enum Cause {
    /// By the mutation of that name.
    Mutation(&'static str),
    /// By these calls.
    Calls(fn(&Sandbox)),
    /// In another world than the deployed one.
    World(fn() -> Sandbox),
    /// By a line of the configuration that is put in the place of another one.
    Configuration(&'static str, &'static str),
}

/// What a person does about it.
enum Cure {
    /// Types all commands of the finding.
    AsSaid,
    /// Types the first command of the finding, and an hour passes.
    First,
    /// Types one of the commands, where they are alternatives.
    Only(&'static str),
    /// Puts a line of the configuration in the place of another one, and runs `backupctl bootstrap`.
    Configuration(&'static str, &'static str),
    /// Puts a line of the configuration in the place of another one, and types all commands of the finding.
    Renamed(&'static str, &'static str),
    /// Nothing, as the remedy says: the finding stays.
    Nothing,
    /// Does what the remedy says in words.
    InWords(fn(&Sandbox)),
}

struct Case {
    check: &'static str,
    command: &'static str,
    cause: Cause,
    cure: Cure,
}

const fn case(check: &'static str, cause: Cause, cure: Cure) -> Case {
    Case { check, command: "doctor", cause, cure }
}

const fn mutated(check: &'static str, mutation: &'static str) -> Case {
    case(check, Cause::Mutation(mutation), Cure::AsSaid)
}

const ACKNOWLEDGING: &str = "[[acknowledge]]\ncheck = \"key-rotation-disabled\"\nsubject = \"db:nobody\"\n\
                             reason = \"known\"\nuntil = 2036-01-01\n[events]";
const NOTIFYING: &str = "[notifications]\nemail = \"dba@example.com\"\n[events]";

const ORDERS: &str = "arn:aws:rds:us-east-1:111111111111:db:orders";

fn cases() -> Vec<Case> {
    let mut all = vec![
        mutated("rds-opt-in-disabled", "source RDS opted out"),
        mutated("backup-role-missing", "source role AWSBackupDefaultServiceRole deleted"),
        mutated(
            "backup-role-denied",
            "source role AWSBackupDefaultServiceRole: AWSBackupServiceRolePolicyForBackup detached",
        ),
        mutated("backup-role-denied", "source role AWSBackupDefaultServiceRole trust: statement 1: effect flipped"),
        mutated("backup-role-denied", "source role AWSBackupDefaultServiceRole policy: rds:CopyDBSnapshot denied on *"),
        mutated("backup-role-denied", "intermediate role backup-copy-us-west-2 policy: CopyFrom: removed"),
        mutated("service-linked-role-missing", "source service-linked role of AWS Backup deleted"),
        mutated("rds-service-linked-role-missing", "destination service-linked role of RDS deleted"),
        mutated("cross-account-backup-disabled", "management cross-account backup disabled"),
        mutated("trusted-access-missing", "management trusted access disabled"),
        case(
            "key-admin-missing",
            Cause::Configuration("profile = \"central\"", "profile = \"central\"\nkey_admin = \"role/nobody\""),
            Cure::Configuration("\nkey_admin = \"role/nobody\"", ""),
        ),
        case(
            "acknowledgement-unused",
            Cause::Configuration("[events]", ACKNOWLEDGING),
            Cure::Configuration(ACKNOWLEDGING, "[events]"),
        ),
        case(
            "organization-mismatch",
            Cause::Configuration("[organization]", "[organization]\nid = \"o-anotherorg1\""),
            Cure::Configuration("\nid = \"o-anotherorg1\"", ""),
        ),
        case("stack-missing", Cause::World(worlds::built_in), Cure::AsSaid),
        case("vault-missing", Cause::World(worlds::built_in), Cure::AsSaid),
        case("plan-missing", Cause::World(worlds::built_in), Cure::AsSaid),
        case("stack-unhealthy", Cause::World(dead_stack), Cure::AsSaid),
        case("schedule-never-fires", Cause::Calls(never_again), Cure::AsSaid),
        case("stack-outdated", Cause::Calls(outdated), Cure::AsSaid),
        Case { command: "doctor --detect-drift", ..mutated("stack-drifted", "intermediate key rotation disabled") },
        case(
            "vault-default-key",
            Cause::Mutation("intermediate vault under the default key"),
            Cure::Renamed("region = \"us-west-2\"", "region = \"us-west-2\"\nvault = \"another-vault\""),
        ),
        mutated("vault-policy-denies", "destination vault policy deleted"),
        mutated("vault-policy-denies", "source vault policy: backup:CopyFromBackupVault denied"),
        mutated("vault-policy-open", "destination vault policy: CopyRoles: condition ArnLike aws:PrincipalArn widened"),
        mutated("copy-target-open", "intermediate vault policy deleted"),
        case(
            "vault-retention-conflict",
            Cause::Mutation("destination vault locked for at least 30 days"),
            Cure::Configuration("[selection]", "[plan]\ndestination_delete_after_days = 35\n[selection]"),
        ),
        case(
            "vault-unprotected",
            Cause::Calls(|_| {}),
            Cure::Configuration("account = \"222222222222\"", "account = \"222222222222\"\nlock = \"governance\""),
        ),
        case(
            "key-missing",
            Cause::Calls(key_gone),
            Cure::Renamed("region = \"us-west-2\"", "region = \"us-west-2\"\nvault = \"another-vault\""),
        ),
        mutated("key-disabled", "intermediate key disabled"),
        mutated("key-pending-deletion", "intermediate key deleted"),
        mutated("key-policy-denies", "intermediate key policy: CentralBackupServiceUse: removed"),
        mutated("key-policy-denies", "intermediate key policy: kms:DescribeKey denied"),
        mutated(
            "key-policy-open",
            "intermediate key policy: CentralBackupServiceUse: condition ArnEquals aws:PrincipalArn widened",
        ),
        mutated("key-rotation-disabled", "intermediate key rotation disabled"),
        case("plan-ambiguous", Cause::Calls(second_plan), Cure::AsSaid),
        mutated("plan-missing", "source plan deleted"),
        mutated("plan-rule-missing", "source plan rule: schedule next year"),
        mutated("plan-copy-missing", "source plan rule: without copies"),
        mutated("plan-tag-missing", "source plan rule: without tag CopyToVault"),
        mutated("plan-tag-mismatch", "source plan rule: tag CopyToVault is another"),
        mutated("plan-retention-short", "source plan rule: retention 1 day"),
        mutated("selection-missing", "source selection deleted"),
        mutated("resource-not-selected", "source selection: resource excluded"),
        case("resource-selected-twice", Cause::Calls(selected_twice), Cure::InWords(delete_second_plan)),
        case(
            "resource-missing",
            Cause::Configuration("db:orders\"]", "db:orders\", \"arn:aws:rds:us-east-1:111111111111:db:nobody\"]"),
            Cure::Configuration(", \"arn:aws:rds:us-east-1:111111111111:db:nobody\"", ""),
        ),
        case("resource-unavailable", Cause::Mutation("source database stopped"), Cure::First),
        case("credentials-invalid", Cause::Calls(expired), Cure::InWords(renewed)),
        case(
            "source-is-management-account",
            Cause::Configuration("111111111111", "999999999999"),
            Cure::Configuration("999999999999", "111111111111"),
        ),
        case(
            "vault-key-mismatch",
            Cause::Calls(vault_under_another_key),
            Cure::Renamed("region = \"us-west-2\"", "region = \"us-west-2\"\nvault = \"another-vault\""),
        ),
        case("function-runtime-ending", Cause::Calls(old_runtime), Cure::AsSaid),
        case("sweep-missing", Cause::Configuration("sweep_schedule = \"\"", ""), Cure::AsSaid),
        case("notification-unconfirmed", Cause::Configuration("[events]", NOTIFYING), Cure::InWords(confirmed)),
        case(
            "backup-window-conflict",
            Cause::Configuration("[selection]", "[plan]\nschedule = \"cron(30 2 * * ? *)\"\n[selection]"),
            Cure::Configuration("[plan]\nschedule = \"cron(30 2 * * ? *)\"\n", ""),
        ),
        mutated("rule-missing", "source rule ForwardRule deleted"),
        mutated("rule-disabled", "intermediate rule CopyRule disabled"),
        mutated("rule-pattern-mismatch", "source rule ForwardRule: pattern detail.state is another"),
        mutated("rule-target-missing", "intermediate rule CopyRule: target CopyFunction removed"),
        mutated("event-forward-denied", "source role ForwardRole policy: PutEvents: removed"),
        mutated("event-forward-denied", "source role ForwardRole: boundary allows logs only"),
        case("event-forward-denied", Cause::Calls(closed_bus), Cure::AsSaid),
        mutated("function-missing", "intermediate function CopyFunction deleted"),
        mutated("function-permission-missing", "intermediate function CopyFunction: permission 1 removed"),
        mutated("function-role-denied", "intermediate role CopyFunctionRole policy: ReadTags: removed"),
        mutated(
            "function-destination-mismatch",
            "intermediate function CopyFunction: variable DESTINATION_VAULT_ARN is another",
        ),
        mutated("function-throttled", "intermediate function CopyFunction throttled"),
        mutated("function-failing", "intermediate function CopyFunction: variable TOKEN_VERSION removed"),
        mutated("queue-missing", "source queue DeadLetterQueue deleted"),
        mutated("queue-policy-denies", "source queue DeadLetterQueue policy: DeadLetters: removed"),
        case("dead-letters", Cause::Calls(a_letter), Cure::AsSaid),
        case("pipeline-paused", Cause::Calls(paused), Cure::Only("backupctl bootstrap")),
    ];
    all.extend(recovery_points());
    all
}

fn recovery_points() -> Vec<Case> {
    let verify = |check, cause, cure| Case { check, command: "verify", cause, cure };
    vec![
        verify("destination-copy-missing", Cause::World(without_second_hop), Cure::AsSaid),
        verify("copy-would-expire", Cause::World(too_late), Cure::AsSaid),
        verify("copy-failed", Cause::World(failed_second_hop), Cure::AsSaid),
        verify("intermediate-copy-missing", Cause::World(failed_first_hop), Cure::AsSaid),
        verify("copy-tag-missing", Cause::World(untagged), Cure::AsSaid),
        verify("backup-missing", Cause::World(never_backed_up), Cure::InWords(a_night_with_the_plan)),
        verify("backup-stale", Cause::World(backed_up_once), Cure::InWords(a_night_with_the_plan)),
        verify("backup-failed", Cause::World(failed_backup), Cure::InWords(a_day)),
        verify("retention-mismatch", Cause::World(kept_too_short), Cure::AsSaid),
        verify("copy-expiring", Cause::World(going), Cure::AsSaid),
        verify("duplicate-copy", Cause::World(copied_twice), Cure::AsSaid),
        verify("recovery-point-orphaned", Cause::World(orphaned), Cure::Nothing),
    ]
}

/// Why the others are not here.
const ELSEWHERE: &[(&str, &str)] = &[
    ("account-mismatch", "a sandbox has no credentials of another account; strangers::profiles has"),
    ("caller-denied", "whoever gives the operator their rights mends it; doctor::by_hand has its table"),
    ("guardrail-denies", "whoever runs the organization mends it; doctor::guardrails has such worlds"),
    ("guardrails-unseen", "a sandbox has the management account's credentials; doctor::worlds denies them"),
    (
        "organization-missing",
        "an account is invited in a console by hand and accepts by hand; catalogue has such worlds",
    ),
    ("region-unavailable", "no Region of a sandbox can be switched off"),
    ("resource-uncopyable", "Multi-AZ DB clusters are not simulated"),
    ("option-group-missing", "options of a group come from scenarios only; catalogue has such worlds"),
    ("copy-stuck", "no job of a sandbox stands still"),
    ("wrong-key", "a copy is always under its vault's key; messages::verify"),
    ("unencrypted", "a database is encrypted by restoring it; messages::verify"),
    ("recovery-point-unhealthy", "operations::verify::judge"),
    ("snapshot-share-left", "only AWS Backup itself shares its snapshots; messages::verify"),
    ("count-mismatch", "a list that leaves something out; messages::verify"),
    ("schedule-unreadable", "a sandbox reads what AWS takes; operations::doctor::judge::plan"),
    ("selection-beyond", "its world has one database; green::selection"),
    ("selection-empty", "what was meant is known to the operator alone; green::selection"),
    ("database-unprotected", "whether it is to be backed up is the operator's choice; green::selection"),
    ("resource-unknown", "its remedy is another command line; green::names"),
    ("no-usable-copy", "copies need what other checks find wrong; green::first and green::deleted"),
    ("copy-stale", "copies need what other checks find wrong; green::first"),
    ("destination-copy-deleted", "a sandbox has no CloudTrail; green::deleted"),
    ("intermediate-copy-deleted", "a sandbox has no CloudTrail; green::deleted"),
];

#[test]
fn every_check_is_provoked_and_its_remedy_typed_ends_it() {
    let Some(python) = python("AWS") else { return };
    let mut typist = Typist::new(&python);
    let mut wrong = Vec::new();
    let mut gallery = String::new();
    for case in cases() {
        let mut stage = Stage::set(&case);
        let findings = stage.findings(&case);
        if findings.is_empty() {
            wrong.push(format!("{}: not found", case.check));
            continue;
        }
        gallery += &format!("{}\n\n", shown::in_document(&findings[0]));
        let about = format!("{}: {}", case.check, findings[0]["commands"]);
        if let Some(failed) = stage.cure(&mut typist, &case, &findings) {
            wrong.push(format!("{about}: {failed}"));
            continue;
        }
        let left = stage.findings(&case);
        if left.is_empty() == matches!(case.cure, Cure::Nothing) {
            wrong.push(format!("{about}: then: {left:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
    insta::assert_snapshot!(gallery);
}

#[test]
fn no_check_is_left_out() {
    let mut named: Vec<&str> = cases().iter().map(|case| case.check).collect();
    named.extend(ELSEWHERE.iter().map(|(check, _)| *check));
    let missing: Vec<&str> = Check::ALL.iter().map(|check| check.row().id).filter(|id| !named.contains(id)).collect();
    assert_eq!(missing, Vec::<&str>::new());
    for (check, why) in ELSEWHERE {
        assert!(!why.is_empty() && !cases().iter().any(|case| case.check == *check), "{check}");
    }
}
