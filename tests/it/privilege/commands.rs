//! Every command, with what `policy` prints for it.

use backupctl::sandbox::Sandbox;
use backupctl::sandbox::scenario::Scenario;

use super::operator::Case;
use crate::interruption::world_for_copy;
use crate::support::worlds;

#[test]
fn init_needs_each_of_its_rights() {
    let case = Case::new(
        &worlds::built_in(),
        "init --force --source-role-arn arn:aws:iam::111111111111:role/operator \
         --destination-role-arn arn:aws:iam::222222222222:role/operator",
        "",
    );
    case.works(0);
    case.needs_all_but(&[], 0);
}

/// In this world there is no plan of another name, whose tags would say whose it is; no database with an option group
/// of its own; no share that AWS could not take back; no copy that a list lacks (`green::deleted` has one); a
/// service-linked role has no inline policy; no kind of policy is in force in the organization; and no policy decides by
/// tags or aliases.
const NOTHING_TO_ASK_ABOUT: &[&str] = &[
    "intermediate backup:DescribeRecoveryPoint",
    "destination backup:DescribeRecoveryPoint",
    "source backup:ListTags",
    "source kms:ListAliases",
    "source kms:ListResourceTags",
    "intermediate backup:ListTags",
    "intermediate kms:ListAliases",
    "intermediate kms:ListResourceTags",
    "destination backup:ListTags",
    "destination kms:ListAliases",
    "destination kms:ListResourceTags",
    "management organizations:DescribePolicy",
    "source rds:DescribeOptionGroups",
    "intermediate rds:DescribeOptionGroups",
    "intermediate rds:DescribeDBSnapshotAttributes",
    "destination iam:GetRolePolicy",
];

#[test]
fn verify_needs_each_of_its_rights() {
    let case = Case::new(&worlds::after_a_night(), "verify", "");
    case.works(0);
    case.needs_all_but(NOTHING_TO_ASK_ABOUT, 0);
}

/// A dry run asks what the policies say, which a real one hears from AWS itself; and it starts nothing. Between them
/// they miss every right.
#[test]
fn copy_needs_each_of_its_rights() {
    let (world, point) = world_for_copy();
    let sandbox = Sandbox::in_memory(world);
    let real = Case::new(&sandbox, &format!("copy --recovery-point {point}"), "");
    real.works(0);
    let dry = Case::new(&sandbox, &format!("copy --dry-run --recovery-point {point}"), "");
    dry.works(4);
    let predicted = real.unnoticed(&[]);
    let by_nobody: Vec<String> = dry.unnoticed(&[]).into_iter().filter(|one| predicted.contains(one)).collect();
    let spared: Vec<&str> = by_nobody.iter().map(String::as_str).collect();
    let tried = real.tried();
    let tried = |one: &&&str| tried.iter().any(|(_, name, _)| name == **one);
    assert_eq!(spared, NO_INLINE_POLICIES.iter().filter(tried).copied().collect::<Vec<_>>());
    dry.works_without(NO_INLINE_POLICIES, 4);
    let predicted: Vec<&str> = predicted.iter().map(String::as_str).collect();
    real.works_without(&predicted, 0);
}

/// A service-linked role has no inline policy to read; no kind of policy is in force in the organization; no policy
/// decides by tags or aliases; the databases are under `aws/rds`, whose policy is not asked for; the recovery point was made
/// by hand, so no plan is asked, and it is named, so no database is; the operator is no user.
const NO_INLINE_POLICIES: &[&str] = &[
    "source backup:GetBackupPlan",
    "source backup:ListTags",
    "source iam:GetUser",
    "source iam:GetUserPolicy",
    "source iam:ListAttachedUserPolicies",
    "source iam:ListGroupsForUser",
    "source iam:ListUserPolicies",
    "source kms:GetKeyPolicy",
    "source kms:ListAliases",
    "source kms:ListResourceTags",
    "source rds:DescribeDBInstances",
    "intermediate backup:ListTags",
    "intermediate kms:ListAliases",
    "intermediate kms:ListResourceTags",
    "destination backup:ListTags",
    "destination iam:GetRolePolicy",
    "destination kms:ListAliases",
    "destination kms:ListResourceTags",
    "management organizations:DescribePolicy",
];

/// AWS's handlers read a resource before they delete it, which the sandbox's do not.
const READ_BEFORE_DELETED: &[&str] = &[
    "source events:ListTargetsByRule",
    "source sqs:GetQueueAttributes",
    "intermediate events:ListTargetsByRule",
    "intermediate lambda:GetFunction",
    "intermediate logs:DescribeLogGroups",
    "intermediate sqs:GetQueueAttributes",
];

/// There is no legal hold in this world, whose recovery points would be asked for.
const NO_LEGAL_HOLD: &[&str] = &[
    "source backup:ListRecoveryPointsByLegalHold",
    "intermediate backup:ListRecoveryPointsByLegalHold",
    "destination backup:ListRecoveryPointsByLegalHold",
];

/// In this world there is one plan, ours, and no vault without its stack, whose tags would say whose it is.
const NO_OTHER_PLAN: &[&str] = &[
    "intermediate backup:GetBackupPlan",
    "intermediate backup:ListTags",
    "intermediate backup:ListBackupSelections",
    "intermediate backup:DeleteBackupSelection",
    "intermediate backup:DeleteBackupPlan",
    "destination backup:GetBackupPlan",
    "destination backup:ListTags",
    "destination backup:ListBackupSelections",
    "destination backup:DeleteBackupSelection",
    "destination backup:DeleteBackupPlan",
];

/// The operator of this world has managed policies only, and is no user; no kind of policy is in force in the
/// organization.
const NO_INLINE_POLICY: &[&str] = &[
    "source iam:GetRolePolicy",
    "destination iam:GetRolePolicy",
    "source iam:GetUser",
    "source iam:GetUserPolicy",
    "source iam:ListAttachedUserPolicies",
    "source iam:ListGroupsForUser",
    "source iam:ListUserPolicies",
    "destination iam:GetUser",
    "destination iam:GetUserPolicy",
    "destination iam:ListAttachedUserPolicies",
    "destination iam:ListGroupsForUser",
    "destination iam:ListUserPolicies",
    "management organizations:DescribePolicy",
];

/// The source's document, which the same caller has, lets every role of the account be read.
const READ_FOR_THE_SOURCE: &[&str] =
    &["intermediate iam:GetRole", "intermediate iam:ListAttachedRolePolicies", "intermediate iam:ListRolePolicies"];

/// No vault is locked in this world.
const NO_LOCK: &[&str] = &[
    "source backup:DeleteBackupVaultLockConfiguration",
    "intermediate backup:DeleteBackupVaultLockConfiguration",
    "destination backup:DeleteBackupVaultLockConfiguration",
];

/// Only a recovery point whose own role may no longer delete it needs the service-linked role.
const DELETED_BY_ITS_OWN_ROLE: &[&str] = &[
    "source iam:CreateServiceLinkedRole",
    "intermediate iam:CreateServiceLinkedRole",
    "destination iam:CreateServiceLinkedRole",
];

#[test]
fn cleanup_needs_each_of_its_rights() {
    let case = Case::new(&worlds::after_a_night(), "cleanup --yes --confirm 111111111111 --confirm 222222222222", "");
    case.works(0);
    let spared = [
        READ_BEFORE_DELETED,
        DELETED_BY_ITS_OWN_ROLE,
        NO_LEGAL_HOLD,
        NO_OTHER_PLAN,
        NO_LOCK,
        NO_INLINE_POLICY,
        READ_FOR_THE_SOURCE,
    ];
    let spared = spared.concat();
    case.needs_all_but(&spared, 0);
}

#[test]
fn bootstrap_works_with_its_rights_in_a_bare_world() {
    let bare = Sandbox::in_memory(Scenario::bare().build().expect("a world"));
    let case = Case::new(&bare, "bootstrap --yes --enable-settings", "");
    case.works(0);
}

#[test]
fn bootstrap_works_with_its_rights_where_it_changes_what_is_there() {
    let more = "[plan]\ndelete_after_days = 9\ndestination_delete_after_days = 9\n[events]\nlog_retention_days = 60\n";
    let case = Case::new(&worlds::bootstrapped(), "bootstrap --yes", more);
    case.works(0);
}
