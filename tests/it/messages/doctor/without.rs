//! What no world of the sandbox can be: what was seen is changed before it is judged.

use backupctl::aws::AwsError;
use backupctl::aws::error::FailedAt;
use backupctl::aws::rds::Database;
use backupctl::aws::session::Identity;
use backupctl::operations::doctor::{Options, judge};
use backupctl::pipeline::requirements::REQUIREMENTS;
use backupctl::pipeline::seen::{Observed, Viewpoint};

use crate::mutations;
use crate::support::shown;

/// One change of what was seen.
type Change = fn(&mut Observed);

fn orders(observed: &mut Observed) -> &mut Database {
    let databases = observed.databases.as_mut().expect("seen");
    databases.iter_mut().find(|one| one.arn.ends_with(":orders")).expect("there")
}

/// Each change, with the check that finds it.
const CHANGES: [(&str, Change); 9] = [
    // EventBridge takes no target in another Region without a role; one from before it asked for it stays.
    ("rule-target-missing", |observed| {
        let rule = observed.path.forward_rule.as_mut().expect("seen").as_mut().expect("there");
        rule.rule.targets[0].role_arn = None;
    }),
    // AWS may know a time zone that this version does not.
    ("schedule-unreadable", |observed| {
        let plans = observed.plans.as_mut().expect("seen");
        plans.iter_mut().find(|plan| plan.ours).expect("there").rules[0].timezone = Some("Mars/Olympus".to_owned());
    }),
    ("resource-uncopyable", |observed| {
        orders(observed).cluster = Some("orders-cluster".to_owned());
    }),
    ("option-group-missing", |observed| {
        orders(observed).option_groups = vec!["tde".to_owned()];
        observed.option_groups.as_mut().expect("seen").source_persistent = vec!["tde".to_owned()];
    }),
    ("region-unavailable", |observed| {
        observed.environments[0].identity = Err(AwsError {
            operation: "sts:GetCallerIdentity",
            failed_at: FailedAt::Service,
            code: Some("RegionDisabledException".to_owned()),
            message: "STS is not activated in this region for account:111111111111.".to_owned(),
            request_id: None,
        });
    }),
    ("account-mismatch", |observed| {
        observed.environments[2].identity = Ok(Identity::Other("333333333333".to_owned()));
    }),
    ("organization-mismatch", |observed| {
        let seen = observed.settings.destination_organization.as_mut().expect("seen").as_mut();
        seen.expect("there").id = "o-anotherorg1".to_owned();
    }),
    ("organization-missing", |observed| observed.settings.source_organization = Ok(None)),
    ("cross-account-backup-disabled", |observed| {
        observed.settings.cross_account = (Ok(false), Viewpoint::Member);
    }),
];

#[test]
fn what_no_sandbox_can_be_is_judged_from_what_would_be_seen() {
    let (pipeline, sandbox) = (mutations::pipeline(), mutations::world());
    let mut gallery = String::new();
    for (check, change) in CHANGES {
        let mut observed = mutations::observe(&pipeline, &sandbox);
        change(&mut observed);
        let judged = judge(&pipeline, &observed, REQUIREMENTS, &Options::default(), 0);
        let found = judged.findings.iter().find(|finding| finding.check.id() == check);
        let found = found.unwrap_or_else(|| panic!("{check}: {:#?}", judged.findings));
        gallery += &format!("{}\n\n", shown::finding(found));
    }
    insta::assert_snapshot!(gallery);
}
