//! What does not end in time, and what comes in between.

use crate::scenario::by_hand::{source_points, until};
use crate::support::command::backupctl;
use crate::support::gallery::Gallery;
use crate::support::worlds;

#[test]
fn what_is_in_flight_is_waited_for_and_what_comes_after_consent_is_not_deleted() {
    let mut gallery = Gallery::new();
    let sandbox = until(|sandbox| {
        let shown = backupctl(sandbox, "sandbox show -o json").stdout;
        shown.contains("\"RUNNING\"")
    });
    gallery.show(
        "Too little time",
        Some(&sandbox),
        "cleanup --yes --confirm 111111111111 --confirm 222222222222 --timeout 1m",
        6,
    );
    gallery.show(
        "A backup ends meanwhile",
        Some(&sandbox),
        "cleanup --yes --confirm 111111111111 --confirm 222222222222",
        5,
    );
    assert!(!source_points(&sandbox).is_empty());
    gallery.show(
        "Shown and deleted",
        Some(&sandbox),
        "cleanup --yes --confirm 111111111111 --confirm 222222222222 --quiet",
        0,
    );
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn a_vault_that_counts_late_is_come_back_to() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::after_a_night();
    let order = "--operation backup:DeleteBackupVault --by 2h";
    backupctl(&sandbox, &format!("sandbox inject slow-answer {order}")).expect(0);
    gallery.show(
        "Too slow",
        Some(&sandbox),
        "cleanup --environment source --yes --confirm 111111111111 --confirm 222222222222 --quiet",
        6,
    );
    gallery.show(
        "Again",
        Some(&sandbox),
        "cleanup --environment source --yes --confirm 111111111111 --confirm 222222222222 --quiet",
        0,
    );
    insta::assert_snapshot!(gallery.into_text());
}

#[test]
fn recovery_points_that_go_slowly_are_come_back_to() {
    let mut gallery = Gallery::new();
    let sandbox = worlds::after_a_night();
    let order = "--operation backup:ListRecoveryPointsByBackupVault --environment source --by 2h --call 3";
    backupctl(&sandbox, &format!("sandbox inject slow-answer {order}")).expect(0);
    gallery.show(
        "Too slow",
        Some(&sandbox),
        "cleanup --only recovery-points --yes --confirm 111111111111 --confirm 222222222222 --quiet",
        6,
    );
    insta::assert_snapshot!(gallery.into_text());
}
