//! What could not be looked at is no recovery point that is not there, and no exit code 0.

use crate::messages::bootstrap::{order, shown};
use crate::support::command::deny;
use crate::support::gallery::Gallery;
use crate::support::worlds;

const POINTS: &str = "verify --only recovery-points";

#[test]
fn lists_that_could_not_be_read_are_said_and_end_with_3() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::after_a_night());
    gallery.refuse("Everything seen", &sandbox, POINTS, 0);
    order(&sandbox, "server-error --operation backup:ListRecoveryPoints* --until-cleared");
    gallery.refuse("An error of AWS's, everywhere", &sandbox, POINTS, 3);
    gallery.refuse("That no copy was seen is not forgiven", &sandbox, &format!("{POINTS} --allow-skipped"), 3);
    sandbox.clear_faults().expect("cleared");
    order(&sandbox, "expired-credentials --environment destination --until-cleared");
    gallery.refuse("Credentials that do not work", &sandbox, POINTS, 3);
    sandbox.clear_faults().expect("cleared");
    deny(&sandbox, "backup:ListBackupVaults", "");
    gallery.refuse("The vaults may not be looked at", &sandbox, POINTS, 3);
    sandbox.clear_faults().expect("cleared");
    deny(&sandbox, "backup:ListCopyJobs", "");
    gallery.refuse("The copy jobs may not be looked at", &sandbox, POINTS, 3);
    gallery.refuse("The same, forgiven", &sandbox, &format!("{POINTS} --allow-skipped"), 0);
    insta::assert_snapshot!(shown(gallery));
}

#[test]
fn a_key_that_could_not_be_looked_at_leaves_its_cell_without_a_verdict() {
    let (mut gallery, sandbox) = (Gallery::new(), worlds::after_a_night());
    deny(&sandbox, "kms:DescribeKey", "");
    gallery.refuse("No key", &sandbox, POINTS, 3);
    insta::assert_snapshot!(shown(gallery));
}
