//! Every mistake that a configuration can hold: where it is said to be, what, and what to do.

use super::{Selected, read};

/// The two accounts; what a row adds begins at line 5.
const ACCOUNTS: &str = "[source]\naccount = \"111111111111\"\n[destination]\naccount = \"222222222222\"\n";

/// What is added, the column of the value or key that is wrong in the last line, a part of the message
/// and a part of the hint.
type Row = (&'static str, usize, &'static str, &'static str);

const ROWS: &[Row] = &[
    // Names.
    ("stack = \"1st\"", 9, "`1st` is not a stack's name", "begins with a letter"),
    ("stack = \"a_b\"", 9, "`a_b` is not a stack's name", "at most 128"),
    ("vault = \"Default\"", 9, "a vault cannot be named `Default`", "choose another name"),
    ("vault = \"a\"", 9, "`a` is not a backup vault's name", "2 to 50"),
    ("name_prefix = \"a b\"", 15, "`a b` cannot begin the names", "at most 32"),
    ("role_path = \"backup\"", 13, "`backup` is not an IAM path", "begins and ends with a slash"),
    ("allow = \"everybody\"", 9, "`everybody` is no answer", "\"copy-roles\" or \"organization\""),
    ("lock = \"compliance\"", 8, "`compliance` is no lock of a vault", "\"none\" or \"governance\""),
    ("lock_max_days = 6", 17, "`lock_max_days` is 6, but must be between 7 and 36500", "every copy is refused"),
    // Principals, roles, keys.
    ("key_admin = \"alice\"", 13, "`alice` is not a key administrator", "\"user/NAME\""),
    ("key_admin = []", 13, "`key_admin` names nobody", "key_admin = \"root\""),
    ("key_admin = [\"root\", \"role/\"]", 22, "`role/` is not a key administrator", "\"role/NAME\""),
    ("key_admin = \"arn:aws:iam::222222222222:group/x\"", 13, "cannot administer a key", "an IAM role or an IAM user"),
    ("key_admin = 3", 13, "`key_admin` is a whole number", "write it as"),
    (
        "role_arn = \"arn:aws:iam::111111111111:role/x\"",
        12,
        "is in account 111111111111, not in 222222222222",
        "name one of",
    ),
    ("role_arn = \"arn:aws:iam::222222222222:user/x\"", 12, "is not the ARN of an IAM role", ":role/NAME"),
    ("permissions_boundary = \"boundary\"", 24, "`boundary` is not an ARN", "six parts"),
    (
        "permissions_boundary = \"arn:aws:iam::222222222222:role/x\"",
        24,
        "is not the ARN of an IAM policy",
        ":policy/NAME",
    ),
    (
        "cloudformation_role_arn = \"arn:aws-cn:iam::222222222222:role/x\"",
        27,
        "is in the partition `aws-cn`",
        "arn:aws:",
    ),
    (
        "key_arn = \"arn:aws:kms:us-west-2:222222222222:alias/x\"",
        11,
        "is not the ARN of a KMS key in us-west-2",
        "not as an alias",
    ),
    ("key_deletion_window_days = 31", 28, "must be between 7 and 30", "KMS waits"),
    ("tags = [1]", 8, "`tags` is a list, but must be a table", "write it as"),
    ("permissions_boundary = \"arn:aws:iam::aws:role/x\"", 24, "is in account aws", "name one of account"),
    ("external_id = true", 15, "`external_id` is true or false", "write it as"),
    ("profile = [\"x\"]", 11, "`profile` is a list", "profile = \"…\""),
    // Tags.
    ("tags = { \"aws:x\" = \"1\" }", 8, "the tag `aws:x` is reserved", "choose another name"),
    ("tags = { \"backupctl:pipeline\" = \"1\" }", 8, "is reserved", "choose another name"),
    ("tags = { CopyToVault = \"1\" }", 8, "is reserved", "choose another name"),
    ("tags = { \"\" = \"1\" }", 8, "is too long or empty", "1 to 128 characters"),
    ("tags = { a = 1 }", 14, "`a` of `tags` is a whole number", "write it as"),
    // Keys that are not there, or elsewhere.
    ("vualt = \"x\"", 1, "unknown key `vualt` in [destination]", "did you mean `vault`?"),
    ("colour = \"x\"", 1, "unknown key `colour` in [destination]", "[destination] knows"),
    ("region = \"us-west-2\"", 1, "`region` does not belong in [destination]", "set it in [intermediate]"),
    ("[intermediate]\naccount = \"1\"", 1, "`account` does not belong in [intermediate]", "set it in [source]"),
    ("[intermediate]\nrole_arn = \"x\"", 1, "`role_arn` does not belong in [intermediate]", "set it in [source]"),
    ("[intermediate]\nexternal_id = \"x\"", 1, "`external_id` does not belong", "set it in [source]"),
    ("[notification]", 2, "unknown section [notification]", "did you mean [notifications]?"),
    ("[zzz]", 2, "unknown section [zzz]", "the sections are [source]"),
    ("[organization]\nid = \"o-1\"", 6, "`o-1` is not an organization's id", "10 to 32 lower-case"),
    ("[organization]\nmanagement_role_arn = \"role/x\"", 23, "is not the ARN of an IAM role", "management account"),
    ("[organization]\nmanagement_profile = 1", 22, "`management_profile` is a whole number", "write it as"),
    // Regions.
    ("[intermediate]\nregion = \"us-west2\"", 10, "`us-west2` is not an AWS Region", "did you mean `us-west-2`?"),
    ("[intermediate]\nregion = \"mars\"", 10, "`mars` is not an AWS Region", "by its code"),
    ("[intermediate]\nregion = \"us-east-1\"", 10, "are both us-east-1", "choose another one"),
    ("[intermediate]\nregion = \"us-gov-west-1\"", 10, "`aws-us-gov`", "never copies between partitions"),
    // The plan.
    ("[plan]\nname = \"a b\"", 8, "is not a name that AWS Backup takes", "1 to 50"),
    ("[plan]\nrule = \"\"", 8, "is not a name that AWS Backup takes", "1 to 50"),
    ("[plan]\nschedule = \"daily\"", 12, "is not a schedule", "cron("),
    ("[plan]\nschedule = \"cron(0 5 * * *)\"", 12, "it must have 6 fields, not 5", "cron(0 5 ? * * *)"),
    ("[plan]\nschedule = \"cron(0 5 * * * *)\"", 12, "must be `?`", "cron(0 5 ? * * *)"),
    ("[plan]\nschedule = \"cron(0 5 ? * ? *)\"", 12, "only one of the two day fields", "cron(0 5 ? * * *)"),
    ("[plan]\nschedule = \"cron(0 24 ? * * *)\"", 12, "`24` does not fit the field of hours", "takes 0-23"),
    ("[plan]\nschedule = \"cron(0 5 32 * ? *)\"", 12, "`32` does not fit the field of day of month", "takes 1-31"),
    ("[plan]\nschedule = \"cron(0 5 ? * MOM *)\"", 12, "`MOM` does not fit the field of day of week", "or SUN-SAT"),
    ("[plan]\nschedule = \"cron(0 5 5L * ? *)\"", 12, "`5L` does not fit the field of day of month", "takes 1-31"),
    ("[plan]\nschedule = \"every day\"", 12, "not of the form cron(…)", "cron("),
    ("[plan]\nschedule = \"cron(0 5 ? * FRI-MON *)\"", 12, "runs past the end", "write a list: FRI,SAT,SUN,MON"),
    ("[plan]\ntimezone = \"Europe/Berln\"", 12, "`Europe/Berln` is not a time zone", "did you mean `Europe/Berlin`?"),
    ("[plan]\ntimezone = \"x\"", 12, "`x` is not a time zone", "IANA"),
    ("[plan]\ndelete_after_days = 0", 21, "must be between 1 and 36500", "1 to 36500 days"),
    ("[plan]\ndelete_after_days = 7.5", 21, "is a number with a fraction", "write it as"),
    ("[plan]\ndelete_after_days = 2026-01-05", 21, "is a date", "write it as"),
    ("[plan]\ncopy_delete_after_days = 2", 26, "must be between 3 and 36500", "outlive the second hop"),
    ("[plan]\ndestination_delete_after_days = 36501", 33, "must be between 1 and 36500", "1 to 36500 days"),
    ("[plan]\nrole = \"a role\"", 8, "`a role` is not the name of a role", "a full ARN"),
    ("[plan]\nrole = \"arn:aws:iam::222222222222:role/x\"", 8, "is in account 222222222222", "name one of"),
    ("[plan]\nstart_window = \"30m\"", 16, "is not a window that AWS Backup takes", "at least 1h"),
    ("[plan]\nstart_window = \"soon\"", 16, "`soon` is not a duration", "90s, 45m, 2h, 1d"),
    ("[plan]\ncompletion_window = \"61s\"", 21, "is not a window", "whole minutes"),
    ("[plan]\nstart_window = \"8d\"", 16, "`completion_window` is not longer", "make `completion_window` longer"),
    ("[plan]\nscheduled_copy_grace = \"3\"", 24, "`3` is not a duration", "a number and a unit"),
    (
        "[plan]\nrecovery_point_tags = { a=\"\", b=\"\", c=\"\", d=\"\", e=\"\", f=\"\", g=\"\", h=\"\", i=\"\" }",
        23,
        "holds 9 tags",
        "at most 8",
    ),
    // The selection.
    ("[selection]\nname = \"a/b\"", 8, "is not a name that AWS Backup takes", "1 to 50"),
    ("[selection]\nresources = []", 2, "[selection] chooses nothing", "`--no-plan`"),
    (
        "[selection]\nresources = \"arn:aws:rds:us-east-1:111111111111:db:x\"",
        13,
        "is a string, but must be a list",
        "write it as",
    ),
    ("[selection]\nresources = [\"orders\"]", 14, "`orders` is not an ARN", "six parts"),
    ("[selection]\nresources = [1]", 14, "an item of `resources` is a whole number", "write it as"),
    (
        "[selection]\nexclude = [\"arn:aws:rds:eu-west-1:111111111111:db:x\"]",
        12,
        "is in eu-west-1, not in us-east-1",
        "its own Region",
    ),
    ("[selection]\ntags = [\"a\"]", 8, "`tags` is a list", "write it as"),
    ("[selection]\nconditions = \"a\"", 14, "`conditions` is a string", "write it as"),
    (
        "[selection]\nresources = [\"arn:aws:rds:us-east-1:111111111111:cluster:shop\"]",
        14,
        "is not the ARN of a DB instance",
        ":db:orders",
    ),
    (
        "[selection]\nresources = [\"arn:aws:rds:us-east-1:111111111111:db:\"]",
        14,
        "is not the ARN of a DB",
        ":db:orders",
    ),
    ("[selection]\nconditions = { \"aws:RequestTag/a\" = \"b\" }", 14, "is no tag of a database", "aws:ResourceTag/"),
    (
        "[selection]\nconditions = { \"aws:ResourceTag/a\" = \"b\", a = \"c\" }",
        14,
        "names the tag `a` twice",
        "leave one of the two out",
    ),
    ("[plan]\nschedule = \"cron(0 12 31 2 ? *)\"", 12, "never fires", "days that its months have"),
    ("[plan]\nschedule = \"cron(0 5 ? * 3#1,6#3 *)\"", 12, "only one expression beside `#`", "such as 2#1"),
    ("[plan]\nschedule = \"cron(0 5 ? * 2/2 *)\"", 12, "no steps", "such as MON,WED,FRI"),
    ("[events]\nsweep_schedule = \"cron(0 12 31 2 ? *)\"", 18, "never fires", "days that its months have"),
    // Acknowledgements.
    (
        "[[acknowledge]]\nsubject = \"x\"\nreason = \"x\"\nuntil = 2027-01-31\ncheck = \"resource-mising\"",
        9,
        "`resource-mising` is not a check",
        "did you mean `resource-missing`?",
    ),
    (
        "[[acknowledge]]\nsubject = \"x\"\nreason = \"x\"\nuntil = 2027-01-31\ncheck = \"zzz\"",
        9,
        "`zzz` is not a check",
        "lists the checks",
    ),
    (
        "[[acknowledge]]\nsubject = \"x\"\nreason = \"x\"\nuntil = 2027-01-31\ncheck = \"wrong-key\"",
        9,
        "`wrong-key` cannot be acknowledged",
        "warnings can be",
    ),
    (
        "[[acknowledge]]\ncheck = \"dead-letters\"\nsubject = \"x\"\nuntil = 2027-01-31\nreason = \" \"",
        10,
        "`reason` of [[acknowledge]] is empty",
        "whoever reads",
    ),
    (
        "[[acknowledge]]\ncheck = \"dead-letters\"\nsubject = \"x\"\nreason = \"x\"\nuntil = \"soon\"",
        9,
        "`until` is a string, but must be a day",
        "until = 2027-01-31",
    ),
    // Events, verification, notifications.
    ("[events]\nsweep_schedule = \"hourly\"", 18, "not of the form cron(…) or rate(…)", "or \"\" for no sweep"),
    ("[events]\nsweep_schedule = \"rate(1 hours)\"", 18, "the unit is singular after 1", "write rate(1 hour)"),
    ("[events]\nsweep_schedule = \"rate(0 days)\"", 18, "a whole number above 0", "such as rate(1 hour)"),
    ("[events]\nsweep_schedule = \"cron(0/70 * * * ? *)\"", 18, "`0/70` does not fit", "with steps of 1 to 59"),
    ("[events]\nsweep_schedule = \"cron(0 * * 13 ? *)\"", 18, "`13` does not fit", "1-12 or JAN-DEC"),
    ("[events]\nsweep_schedule = \"cron(0 * * * ? 1969)\"", 18, "`1969` does not fit", "1970-2199"),
    ("[events]\nsweep_schedule = \"cron(0 22-2 * * ? *)\"", 18, "runs past the end", "write a list: 22,23,0,1,2"),
    ("[plan]\nschedule = \"rate(1 day)\"", 12, "AWS Backup takes no rate(…)", "write cron("),
    ("[plan]\nschedule = \"cron(0/15 * * * ? *)\"", 12, "less than 60 minutes apart", "one minute in the first field"),
    ("[events]\nsweep_window = \"26d\"", 16, "is longer than 25 days", "25d at most"),
    ("[events]\nsweep_window = \"36h\"", 16, "is not a number of whole days", "1d to 25d"),
    ("[events]\nlog_retention_days = 31", 22, "does not keep a log for 31 days", "it takes 1, 3, 5"),
    ("[verify]\nmax_age = \"36\"", 11, "`36` is not a duration", "a number and a unit"),
    ("[verify]\nintermediate_deadline = \"x\"", 25, "`x` is not a duration", "a number and a unit"),
    ("[verify]\ndestination_deadline = 24", 24, "is a whole number, but must be a string", "write it as"),
    ("[notifications]\nemail = \"dba\"", 9, "`dba` is not an e-mail address", "name@example.com"),
    // Not TOML at all.
    ("[plan", 6, "this is not TOML", "fix the line"),
    ("vault = ", 9, "this is not TOML", "fix the line"),
    ("account = \"333333333333\"", 1, "this is not TOML", "fix the line"),
];

/// Files that are wrong in what every row begins with: accounts, and sections that are none.
const WHOLE: &[&str] = &[
    "",
    "[source]\n[destination]\naccount = \"222222222222\"\n",
    "[source]\naccount = 111111111111\n[destination]\naccount = \"2222-2222-2222\"\n",
    "[source]\naccount = \"11111111111\"\n[destination]\naccount = \"22222222222é\"\n",
    "[source]\naccount = \"111111111111\"\n[destination]\naccount = \"111111111111\"\n",
    "[source]\naccount = \"111111111111\"\n[destination]\naccount = \"222222222222\"\n[[acknowledge]]\nsubject = \"x\"\n",
    "acknowledge = 3\n[source]\naccount = \"111111111111\"\n[destination]\naccount = \"222222222222\"\n",
    "plan = 3\ncolour = \"x\"\n[source]\naccount = \"111111111111\"\n[destination]\naccount = \"222222222222\"\n",
];

#[test]
fn each_mistake_has_its_line_its_column_and_its_remedy() {
    let mut wrong = Vec::new();
    for (added, column, message, hint) in ROWS {
        let text = format!("{ACCOUNTS}{added}\n");
        let Err(error) = read("backupctl.toml", &text, Selected::Required) else {
            wrong.push(format!("{added}: is not noticed"));
            continue;
        };
        let last = 4 + added.lines().count();
        // The selection is looked at too: an empty one points at its section.
        let line = if message.contains("chooses nothing") { last - 1 } else { last };
        let found = error.mistakes.iter().any(|mistake| {
            mistake.message.contains(message)
                && mistake.hint.contains(hint)
                && mistake.at.as_ref().is_some_and(|at| (at.line, at.column) == (line, *column))
        });
        if !found {
            wrong.push(format!("{added}: line {line}, column {column}, `{message}`, `{hint}`\n{}", error.render()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_mistake_is_shown_as_it_is_read() {
    let added = ROWS.iter().map(|(added, _, message, _)| {
        // An empty selection is a mistake of its own, which only its own row is to show.
        let selected = if message.contains("chooses nothing") { Selected::Required } else { Selected::Optional };
        (format!("{ACCOUNTS}{added}\n"), selected)
    });
    let whole = WHOLE.iter().map(|text| ((*text).to_owned(), Selected::Optional));
    let shown = added.chain(whole).map(|(text, selected)| {
        let error = read("backupctl.toml", &text, selected).expect_err(&text);
        let written = text.strip_prefix(ACCOUNTS).unwrap_or(&text);
        format!("{written}---\n{}\n", error.render())
    });
    insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_list_of_nothing_is_not_needed_where_nothing_is_selected() {
    assert!(read("f", &format!("{ACCOUNTS}[selection]\nresources = []\n"), Selected::Optional).is_ok());
}
