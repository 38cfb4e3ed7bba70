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
