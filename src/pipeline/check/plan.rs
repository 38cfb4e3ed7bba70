//! The backup plan and its selection.

use super::Text;

pub(super) const PLAN_MISSING: Text = Text {
    meaning: "The backup plan does not exist.",
    why: "Nothing is backed up on a schedule.",
    remedy: "Run `backupctl bootstrap`.",
    source: "AWS Backup Developer Guide, ListBackupPlans",
};

pub(super) const PLAN_AMBIGUOUS: Text = Text {
    meaning: "More than one backup plan carries this pipeline's tag or name.",
    why: "AWS allows plans of one name; which of them is meant cannot be told.",
    remedy: "Keep one and delete the rest, selections first; `doctor` says which one to keep and has the commands.",
    source: "AWS Backup Developer Guide, CreateBackupPlan",
};

pub(super) const PLAN_RULE_MISSING: Text = Text {
    meaning: "The backup plan has no rule of the configured name that backs up to the source vault.",
    why: "Nothing is backed up on a schedule.",
    remedy: "Run `backupctl bootstrap`.",
    source: "AWS Backup Developer Guide, backup plan options",
};

pub(super) const SCHEDULE_NEVER_FIRES: Text = Text {
    meaning: "The backup rule's schedule never fires again, or not within a year.",
    why: "AWS Backup accepts such a schedule and makes no backup; nothing ever looks overdue.",
    remedy: "Set `schedule` under [plan] of backupctl.toml, then run `backupctl bootstrap`.",
    source: "Amazon EventBridge User Guide, cron expressions reference",
};

pub(super) const SCHEDULE_UNREADABLE: Text = Text {
    meaning: "The backup rule has a schedule or time zone whose fire times backupctl cannot compute.",
    why: "Without them nobody can say whether a backup is overdue.",
    remedy: "Set `schedule` under [plan] of backupctl.toml, then run `backupctl bootstrap`.",
    source: "Amazon EventBridge User Guide, cron expressions reference",
};

pub(super) const PLAN_COPY_MISSING: Text = Text {
    meaning: "The backup rule does not copy to the intermediate vault.",
    why: "The first hop never begins.",
    remedy: "Run `backupctl bootstrap`.",
    source: "AWS Backup Developer Guide, recov-point-create-a-copy",
};

pub(super) const PLAN_TAG_MISSING: Text = Text {
    meaning: "The backup rule does not put the tag CopyToVault on its recovery points.",
    why: "The function copies on only what carries it: the second hop never begins.",
    remedy: "Run `backupctl bootstrap`.",
    source: "AWS Backup Developer Guide, tags-on-backups",
};

pub(super) const PLAN_TAG_MISMATCH: Text = Text {
    meaning: "The tag CopyToVault of the backup rule names another vault than the destination.",
    why: "The function refuses every other vault: the second hop never begins.",
    remedy: "Run `backupctl bootstrap`.",
    source: "AWS Backup Developer Guide, tags-on-backups",
};

pub(super) const PLAN_RETENTION_SHORT: Text = Text {
    meaning: "The backup rule keeps recovery points for less than the configured days.",
    why: "They are gone before they were meant to be; an intermediate copy that goes too early stops the second hop.",
    remedy: "Run `backupctl bootstrap`.",
    source: "AWS Backup Developer Guide, recov-point-create-a-copy",
};

pub(super) const SELECTION_MISSING: Text = Text {
    meaning: "The plan has no backup selection of the configured name.",
    why: "A plan without a selection backs up nothing.",
    remedy: "Run `backupctl bootstrap`.",
    source: "AWS Backup Developer Guide, assigning resources",
};

pub(super) const SELECTION_EMPTY: Text = Text {
    meaning: "The selection matches no database, or one of its tags matches none.",
    why: "AWS Backup accepts a selection that matches nothing, and backs up nothing; tag keys and values are case-sensitive.",
    remedy: "Correct [selection] in backupctl.toml, then run `backupctl bootstrap`.",
    source: "AWS Backup API Reference, BackupSelection",
};

pub(super) const SELECTION_BEYOND: Text = Text {
    meaning: "The plan selects databases that the configuration does not name.",
    why: "Selections of a plan add up: those databases are backed up, and copied to the central account, as well.",
    remedy: "Select them in backupctl.toml, or delete the selection: `aws backup delete-backup-selection --backup-plan-id PLAN --selection-id SELECTION`.",
    source: "AWS Backup API Reference, BackupSelection",
};

pub(super) const DATABASE_UNPROTECTED: Text = Text {
    meaning: "Databases encrypted with aws/rds in the source Region are selected by no backup plan.",
    why: "Nobody backs them up with AWS Backup, and no copy of them reaches the central account.",
    remedy: "Add them to `resources` under [selection] of backupctl.toml and run `backupctl bootstrap`, or name them in `exclude`.",
    source: "AWS Backup Developer Guide, assigning resources",
};

pub(super) const RESOURCE_UNKNOWN: Text = Text {
    meaning: "A database named with `--resource` is neither selected nor in any of the three vaults.",
    why: "Nothing could be verified: the name may be misspelt, or the database may be unprotected.",
    remedy: "Correct the name, or add the database to [selection] of backupctl.toml and run `backupctl bootstrap`.",
    source: "AWS Backup API Reference, ListRecoveryPointsByBackupVault",
};

pub(super) const RESOURCE_NOT_SELECTED: Text = Text {
    meaning: "A configured database is not selected by the plan.",
    why: "It is not backed up.",
    remedy: "Run `backupctl bootstrap`.",
    source: "AWS Backup Developer Guide, assigning resources",
};

pub(super) const RESOURCE_SELECTED_TWICE: Text = Text {
    meaning: "A database is selected by another plan or selection as well.",
    why: "AWS Backup runs one job of a resource at a time: one of the two waits, or expires.",
    remedy: "Take it out of the other one: `aws backup list-backup-plans`.",
    source: "AWS Backup Developer Guide, backup-dashboards",
};

pub(super) const RESOURCE_MISSING: Text = Text {
    meaning: "A configured database does not exist.",
    why: "Nothing is backed up under that ARN.",
    remedy: "Take it out of `resources` in backupctl.toml, then run `backupctl bootstrap`.",
    source: "Amazon RDS API Reference, DescribeDBInstances",
};

pub(super) const RESOURCE_UNAVAILABLE: Text = Text {
    meaning: "A configured database is stopped, or in a state that it does not leave by itself.",
    why: "AWS Backup backs up databases that are available: the backup job fails.",
    remedy: "Start it: `aws rds start-db-instance --db-instance-identifier DATABASE`; what brought it into another state stands among its events in Amazon RDS.",
    source: "AWS Backup Developer Guide, backup-dashboards",
};

pub(super) const RESOURCE_UNCOPYABLE: Text = Text {
    meaning: "AWS Backup cannot copy recovery points of this resource to another account.",
    why: "However often it is tried, no copy will arrive.",
    remedy: "Protect it another way, and leave it out of the selection (`exclude` in backupctl.toml).",
    source: "AWS Backup Developer Guide, backup-feature-availability",
};

pub(super) const OPTION_GROUP_MISSING: Text = Text {
    meaning: "The database's option group has persistent options, and the intermediate Region has no such option group.",
    why: "AWS Backup passes no option group: the first hop fails with `The snapshot requires a target option group`.",
    remedy: "Create it there: `aws rds create-option-group --option-group-name NAME --engine-name ENGINE --major-engine-version VERSION --option-group-description TEXT`.",
    source: "AWS Backup Developer Guide, cross-region-backup",
};

pub(super) const BACKUP_WINDOW_CONFLICT: Text = Text {
    meaning: "The plan's schedule falls into the database's maintenance or automated backup window, or the hour before it.",
    why: "AWS Backup does not start a snapshot then: the job waits, and fails where its start window is too short.",
    remedy: "Move `schedule` in backupctl.toml out of the windows, then run `backupctl bootstrap`.",
    source: "AWS Backup Developer Guide, troubleshooting",
};
