//! What could not be looked at, and why: never passed, and no reason of another.

use crate::messages::bootstrap::{order, shown};
use crate::mutations;
use crate::support::command::deny;
use crate::support::gallery::Gallery;
use crate::support::worlds;

#[test]
fn what_may_not_be_read_is_told_by_what_was_denied() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::bootstrapped());
    deny(&sandbox, "backup:ListBackupVaults", "");
    gallery.refuse("The vaults", &sandbox, "doctor --only vaults", 3);
    gallery.refuse("The same, forgiven", &sandbox, "doctor --only vaults --allow-skipped", 0);
    sandbox.clear_faults().expect("cleared");
    for operation in ["lambda:GetFunctionConfiguration", "iam:GetRole", "sqs:GetQueueAttributes"] {
        deny(&sandbox, operation, "");
    }
    gallery.refuse("Function, roles and queues", &sandbox, "doctor --only events", 3);
    sandbox.clear_faults().expect("cleared");
    mutations::make(&sandbox, "source rule ForwardRule disabled");
    deny(&sandbox, "lambda:GetFunctionConfiguration", "");
    gallery.refuse("A rule that is off, and the function", &sandbox, "doctor --only events --environment source", 3);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn credentials_that_do_not_work_are_said_once_and_hide_no_other_environment() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::bootstrapped());
    order(&sandbox, "expired-credentials --environment destination --until-cleared");
    gallery.refuse("Expired", &sandbox, "doctor --only prerequisites --environment destination", 3);
    sandbox.clear_faults().expect("cleared");
    order(&sandbox, "connection-reset --operation sts:* --environment source --until-cleared");
    gallery.refuse("No network", &sandbox, "doctor --only prerequisites --environment source", 3);
    sandbox.clear_faults().expect("cleared");
    deny(&sandbox, "sts:GetCallerIdentity", "");
    gallery.refuse("Not allowed to ask who it is", &sandbox, "doctor --only prerequisites --environment source", 3);
    sandbox.clear_faults().expect("cleared");
    order(&sandbox, "expired-credentials --operation backup:* --environment destination --until-cleared");
    gallery.refuse("Expired in the middle", &sandbox, "doctor --environment destination", 3);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn a_call_that_fails_is_named_and_taken_for_no_missing_permission() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::bootstrapped());
    order(&sandbox, "server-error --operation backup:ListBackupVaults --environment source --until-cleared");
    order(&sandbox, "throttle --operation kms:GetKeyPolicy --environment intermediate --until-cleared");
    gallery.refuse("An error of AWS's, and too many calls", &sandbox, "doctor --only vaults --only keys", 3);
    insta::assert_snapshot!(shown(gallery));
}
