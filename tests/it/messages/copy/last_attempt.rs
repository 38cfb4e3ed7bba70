//! What became of the attempt before the one that a dry run plans.

use crate::messages::bootstrap::shown;
use crate::mutations::{a_day_passes, configuration, make, world};
use crate::support::command::configured;
use crate::support::gallery::Gallery;

#[test]
fn a_dry_run_says_that_the_last_attempt_failed_and_why() {
    let mut gallery = Gallery::new();
    gallery.file("backupctl.toml", &configuration());
    let sandbox = world();
    make(&sandbox, "management cross-account backup disabled");
    a_day_passes(&sandbox);
    let json = configured(&sandbox, &configuration(), "copy --all-missing --dry-run -o json").expect(4).json();
    let hops = &json["copies"][0]["hops"];
    assert!(hops[0]["last_attempt"].is_null(), "{json:#}");
    assert_eq!(hops[1]["last_attempt"]["state"], "FAILED", "{json:#}");
    assert_eq!(hops[1]["last_attempt"]["likely"][0], "cross-account-backup-disabled", "{json:#}");
    gallery.refuse("The second hop failed", &sandbox, "copy --all-missing --dry-run", 4);
    insta::assert_snapshot!(shown(gallery));
}
