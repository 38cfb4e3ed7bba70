//! `verify` of some environments or areas says what it leaves out: it is no verdict, and never looks like one.

use super::{DESTINATION_VAULT, delete_points};
use crate::support::command::backupctl;
use crate::support::worlds;

#[test]
fn what_is_not_asked_about_is_said_with_what_is_wrong_there() {
    let sandbox = worlds::after_a_night();
    let whole = backupctl(&sandbox, "verify -o json").expect(0).json();
    assert!(whole["left_out"].is_null(), "{whole:#}");
    // No copy in the destination vault is left: two databases without one.
    delete_points(&sandbox, DESTINATION_VAULT, "");
    let errors = |command: &str, code: i32| {
        let document = backupctl(&sandbox, &format!("{command} -o json")).expect(code).json();
        let found = document["findings"].as_array().expect("findings").clone();
        let errors = found.iter().filter(|one| one["severity"] == "error").count();
        (document, errors)
    };
    let (_, all) = errors("verify", 3);
    assert!(all >= 2, "{all}");
    for (command, left_out) in [
        ("verify --environment source", "NOT ASKED ABOUT: intermediate and destination;"),
        ("verify --only keys", "NOT ASKED ABOUT: prerequisites, stacks, vaults, plan, events and recovery-points;"),
    ] {
        let (document, shown) = errors(command, 0);
        assert!(document["headline"].is_null(), "{command}: {document:#}");
        assert_eq!(shown, 0, "{command}");
        assert_eq!(document["left_out"]["errors"], all, "{command}: {document:#}");
        let text = backupctl(&sandbox, &format!("{command} --quiet")).expect(0).stdout.replace('\n', " ");
        assert!(text.contains(left_out), "{command}: {text}");
        assert!(text.contains("errors there. The exit code says nothing of it."), "{command}: {text}");
        assert!(!text.contains("PROTECTED:"), "{command}: {text}");
    }
}
