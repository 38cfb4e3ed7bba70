//! The backup plan and its selection.

use super::{Area, Row, Severity};
use crate::pipeline::remedy::steps;

pub(super) const PLAN_MISSING: Row = Row {
    id: "plan-missing",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "The backup plan does not exist.",
    why: "Nothing is backed up on a schedule.",
    remedy: steps!["Create the plan." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, ListBackupPlans",
};

pub(super) const PLAN_AMBIGUOUS: Row = Row {
    id: "plan-ambiguous",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "More than one backup plan carries this pipeline's tag or name.",
    why: "AWS Backup allows several plans of one name, so which of them is meant cannot be told.",
    remedy: steps![
        "Keep one plan and delete the others, selections first; `doctor` names the plan to keep and prints the commands."
    ],
    source: "AWS Backup Developer Guide, CreateBackupPlan",
};

pub(super) const PLAN_RULE_MISSING: Row = Row {
    id: "plan-rule-missing",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "The backup plan has no rule of the configured name that backs up to the source vault.",
    why: "Nothing is backed up on a schedule.",
    remedy: steps!["Restore the rule." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, backup plan options",
};

pub(super) const SCHEDULE_NEVER_FIRES: Row = Row {
    id: "schedule-never-fires",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "The backup rule's schedule never fires again, or not within a year.",
    why: "AWS Backup accepts such a schedule and never makes a backup; nothing ever looks overdue.",
    remedy: steps!["Correct `schedule` under [plan] in backupctl.toml, then deploy it." => ["backupctl bootstrap"]],
    source: "Amazon EventBridge User Guide, cron expressions reference",
};

pub(super) const SCHEDULE_UNREADABLE: Row = Row {
    id: "schedule-unreadable",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "backupctl cannot compute when the backup rule's schedule, or its time zone, fires.",
    why: "Without the fire times, an overdue backup cannot be recognized.",
    remedy: steps!["Correct `schedule` under [plan] in backupctl.toml, then deploy it." => ["backupctl bootstrap"]],
    source: "Amazon EventBridge User Guide, cron expressions reference",
};

pub(super) const PLAN_COPY_MISSING: Row = Row {
    id: "plan-copy-missing",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "The backup rule does not copy to the intermediate vault.",
    why: "The first hop never starts.",
    remedy: steps!["Restore the rule." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, recov-point-create-a-copy",
};

pub(super) const PLAN_TAG_MISSING: Row = Row {
    id: "plan-tag-missing",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "The backup rule does not add the tag CopyToVault to its recovery points.",
    why: "The function copies only recovery points that carry the tag, so the second hop never starts.",
    remedy: steps!["Restore the rule." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, tags-on-backups",
};

pub(super) const PLAN_TAG_MISMATCH: Row = Row {
    id: "plan-tag-mismatch",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "The CopyToVault tag of the backup rule names a vault other than the destination.",
    why: "The function refuses every other vault, so the second hop never starts.",
    remedy: steps!["Restore the rule." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, tags-on-backups",
};

pub(super) const PLAN_RETENTION_SHORT: Row = Row {
    id: "plan-retention-short",
    area: Area::Plan,
    severity: Severity::Warning,
    meaning: "The backup rule keeps recovery points for less than the configured days.",
    why: "They are deleted earlier than intended; an intermediate copy that is deleted too early stops the second hop.",
    remedy: steps!["Restore the rule." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, recov-point-create-a-copy",
};

pub(super) const SELECTION_MISSING: Row = Row {
    id: "selection-missing",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "The plan has no backup selection of the configured name.",
    why: "A plan without a selection backs up nothing.",
    remedy: steps!["Create the selection." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, assigning resources",
};

pub(super) const SELECTION_EMPTY: Row = Row {
    id: "selection-empty",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "The selection matches no database, or one of its tags matches none.",
    why: "AWS Backup accepts a selection that matches nothing, and backs up nothing; tag keys and values are case-sensitive.",
    remedy: steps!["Correct [selection] in backupctl.toml, then deploy it." => ["backupctl bootstrap"]],
    source: "AWS Backup API Reference, BackupSelection",
};

pub(super) const SELECTION_BEYOND: Row = Row {
    id: "selection-beyond",
    area: Area::Plan,
    severity: Severity::Warning,
    meaning: "The plan selects databases that the configuration does not name.",
    why: "The selections of a plan add up: those databases are also backed up and copied to the destination account.",
    remedy: steps!["Select the databases in backupctl.toml, or delete the selection." => ["aws backup delete-backup-selection --backup-plan-id " {Plan} " --selection-id " {Selection}]],
    source: "AWS Backup API Reference, BackupSelection",
};

pub(super) const DATABASE_UNPROTECTED: Row = Row {
    id: "database-unprotected",
    area: Area::Plan,
    severity: Severity::Warning,
    meaning: "Databases encrypted with aws/rds in the source Region are selected by no backup plan.",
    why: "AWS Backup does not back them up, and no copy of them reaches the destination account.",
    remedy: steps!["Name them in `exclude` under [selection] in backupctl.toml, or add them to `resources` and deploy it." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, assigning resources",
};

pub(super) const RESOURCE_UNKNOWN: Row = Row {
    id: "resource-unknown",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "A database named with `--resource` is neither selected nor in any of the three vaults.",
    why: "Nothing could be verified: the name may be misspelled, or the database may be unprotected.",
    remedy: steps!["Correct the name, or add the database to [selection] in backupctl.toml and deploy it." => ["backupctl bootstrap"]],
    source: "AWS Backup API Reference, ListRecoveryPointsByBackupVault",
};

pub(super) const RESOURCE_NOT_SELECTED: Row = Row {
    id: "resource-not-selected",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "A configured database is not selected by the plan.",
    why: "It is not backed up.",
    remedy: steps!["Restore the selection." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, assigning resources",
};

pub(super) const RESOURCE_SELECTED_TWICE: Row = Row {
    id: "resource-selected-twice",
    area: Area::Plan,
    severity: Severity::Warning,
    meaning: "A database is also selected by another plan or selection.",
    why: "AWS Backup runs one job per resource at a time: one of the two waits, or expires.",
    remedy: steps!["Remove it from the other selection." => ["aws backup list-backup-plans"]],
    source: "AWS Backup Developer Guide, backup-dashboards",
};

pub(super) const RESOURCE_MISSING: Row = Row {
    id: "resource-missing",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "A configured database does not exist.",
    why: "Nothing is backed up under that ARN.",
    remedy: steps!["Remove it from `resources` in backupctl.toml, then deploy it." => ["backupctl bootstrap"]],
    source: "Amazon RDS API Reference, DescribeDBInstances",
};

pub(super) const RESOURCE_UNAVAILABLE: Row = Row {
    id: "resource-unavailable",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "A configured database is stopped, or in a state that it does not leave by itself.",
    why: "AWS Backup backs up only databases that are available, so the backup job fails.",
    remedy: steps!["Start it if it is stopped; otherwise the instance's RDS events show why it changed state." => ["aws rds start-db-instance --db-instance-identifier " {Name}]],
    source: "AWS Backup Developer Guide, backup-dashboards",
};

pub(super) const RESOURCE_UNCOPYABLE: Row = Row {
    id: "resource-uncopyable",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "AWS Backup cannot copy recovery points of this resource to another account.",
    why: "No copy will ever arrive.",
    remedy: steps!["Protect it another way, and exclude it from the selection (`exclude` in backupctl.toml)."],
    source: "AWS Backup Developer Guide, backup-feature-availability",
};

pub(super) const OPTION_GROUP_MISSING: Row = Row {
    id: "option-group-missing",
    area: Area::Plan,
    severity: Severity::Error,
    meaning: "The database's option group has persistent options, and the intermediate Region has no such option group.",
    why: "AWS Backup passes no option group: the first hop fails with `The snapshot requires a target option group`.",
    remedy: steps!["Create an option group of that name in the intermediate Region." => ["aws rds create-option-group --option-group-name " {Name} " --engine-name " {Engine} " --major-engine-version " {EngineVersion} " --option-group-description backupctl"]],
    source: "AWS Backup Developer Guide, cross-region-backup",
};

pub(super) const BACKUP_WINDOW_CONFLICT: Row = Row {
    id: "backup-window-conflict",
    area: Area::Plan,
    severity: Severity::Warning,
    meaning: "The plan's schedule falls into the database's maintenance or automated backup window, or the hour before it.",
    why: "AWS Backup starts no snapshot then: the job waits, and fails if its start window is too short.",
    remedy: steps!["Move `schedule` in backupctl.toml out of the windows, then deploy it." => ["backupctl bootstrap"]],
    source: "AWS Backup Developer Guide, troubleshooting",
};
