//! An acknowledgement that matches nothing.

use crate::messages::bootstrap::shown;
use crate::mutations::{configuration, world};
use crate::support::gallery::Gallery;

#[test]
fn an_acknowledgement_that_matches_nothing_is_told() {
    let mut gallery = Gallery::new();
    let sandbox = world();
    for (title, until) in [("Misspelt, or mended", "2026-02-01"), ("Over", "2026-01-04")] {
        let rest = format!("subject = \"db:ordres\"\nreason = \"known\"\nuntil = {until}\n");
        let text = format!("{}[[acknowledge]]\ncheck = \"resource-missing\"\n{rest}", configuration());
        gallery.file("backupctl.toml", &text);
        gallery.refuse(title, &sandbox, "doctor --only prerequisites", 0);
    }
    insta::assert_snapshot!(shown(gallery));
}
