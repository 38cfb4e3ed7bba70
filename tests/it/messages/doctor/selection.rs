//! Selections that choose nothing, the wrong thing or too much, and what is acknowledged.

use aws_sdk_backup::types::BackupSelection;

use super::plan::change_rule;
use crate::green::{BILLING, ORDERS, configuration};
use crate::messages::bootstrap::shown;
use crate::support::command::backupctl;
use crate::support::gallery::Gallery;
use crate::support::operator::in_source;
use crate::support::worlds;

const PLAN: &str = "doctor --only plan";

#[test]
fn a_selection_that_matches_nothing_names_what_comes_nearest() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::bootstrapped());
    in_source(&sandbox, async |config| {
        let tag = aws_sdk_rds::types::Tag::builder().key("tier").value("gold").build();
        let call = aws_sdk_rds::Client::new(&config).add_tags_to_resource().tags(tag).resource_name(ORDERS);
        call.send().await.expect("AddTagsToResource");
    });
    for (about, selection) in [
        ("A tag in another case", "tags = { Tier = \"gold\" }"),
        ("A tag of nearly that name", "tags = { tiers = \"silver\" }"),
        ("A pattern of nothing", "resources = [\"arn:aws:rds:us-east-1:111111111111:db:order-*\"]"),
        ("A name that does not exist", "resources = [\"arn:aws:rds:us-east-1:111111111111:db:ordes\"]"),
        ("A tag beside a name", &format!("resources = [\"{ORDERS}\", \"{BILLING}\"]\ntags = {{ owner = \"me\" }}")),
    ] {
        gallery.file("backupctl.toml", &configuration(selection));
        let code = if about.starts_with("A tag beside") { 0 } else { 3 };
        gallery.refuse(about, &sandbox, PLAN, code);
    }
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn what_the_plan_selects_beyond_the_configuration_is_named() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::bootstrapped());
    gallery.file("backupctl.toml", &configuration(&format!("resources = [\"{ORDERS}\"]")));
    gallery.refuse("Its own selection", &sandbox, PLAN, 0);
    in_source(&sandbox, async |config| {
        let client = aws_sdk_backup::Client::new(&config);
        let plans = client.list_backup_plans().send().await.expect("ListBackupPlans").backup_plans_list;
        let plan = plans.expect("plans")[0].backup_plan_id.clone().expect("an id");
        let role = "arn:aws:iam::111111111111:role/service-role/AWSBackupDefaultServiceRole";
        let all = BackupSelection::builder().selection_name("everything").iam_role_arn(role);
        let all = all.resources("arn:aws:rds:*:*:db:*").build().expect("a selection");
        client.create_backup_selection().backup_plan_id(plan).backup_selection(all).send().await.expect("a selection");
    });
    gallery.refuse("Another selection", &sandbox, PLAN, 0);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn an_acknowledged_finding_says_why_and_until_when() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::bootstrapped());
    let one = configuration(&format!("resources = [\"{ORDERS}\"]"));
    let config = gallery.directory().join("backupctl.toml");
    gallery.file("backupctl.toml", &one);
    backupctl(&sandbox, &format!("--config {} bootstrap --yes --timeout 2d", config.display())).expect(0);
    gallery.refuse("A database that nobody selects", &sandbox, PLAN, 0);
    for (about, until) in [("Acknowledged", "2026-02-01"), ("Acknowledged until yesterday", "2026-01-04")] {
        let rest = format!("subject = \"{BILLING}\"\nreason = \"test data\"\nuntil = {until}\n");
        let acknowledged = format!("{one}[[acknowledge]]\ncheck = \"database-unprotected\"\n{rest}");
        gallery.file("backupctl.toml", &acknowledged);
        gallery.refuse(about, &sandbox, PLAN, 0);
    }
    let rest = "subject = \"backup-plan-rds\"\nreason = \"moved\"\nuntil = 2026-01-04\n";
    gallery.file("backupctl.toml", &format!("{one}[[acknowledge]]\ncheck = \"plan-rule-missing\"\n{rest}"));
    change_rule(&sandbox, |rule| rule.schedule_expression = Some("cron(0 6 ? * * *)".to_owned()));
    gallery.refuse("An acknowledgement that is over", &sandbox, PLAN, 0);
    change_rule(&sandbox, |rule| {
        rule.schedule_expression = Some("cron(0 12 31 2 ? *)".to_owned());
        rule.schedule_expression_timezone = Some("Europe/Vienna".to_owned());
    });
    gallery.refuse("A schedule that never fires", &sandbox, PLAN, 3);
    insta::assert_snapshot!(shown(gallery));
}
