//! What is decided about a stack, state by state.

use super::super::super::observe::Standing;
use super::super::super::{KEY, VAULT};
use super::super::tests::{OURS, decided, stack, standing};
use super::*;
use crate::pipeline::seen::stack::ResourceChange;

fn change(resource_type: &str, action: &str, replacement: Option<&str>) -> ResourceChange {
    ResourceChange {
        logical_id: if resource_type == KEY { "Key" } else { "One" }.to_owned(),
        resource_type: resource_type.to_owned(),
        action: action.to_owned(),
        replacement: replacement.map(str::to_owned),
        properties: Vec::new(),
    }
}

fn with_changes(changes: Vec<ResourceChange>) -> StackChange {
    decided(|seen| {
        seen.stack = Some(stack("CREATE_COMPLETE", Some(OURS)));
        seen.standing = Some(standing());
        seen.difference = Difference::Made(ChangeSet::Ready(changes));
    })
}

#[test]
fn every_state_leads_to_its_course() {
    for state in super::super::super::states::STATES {
        let updates = state.course == Course::Update;
        let action = decided(|seen| {
            seen.stack = Some(stack(state.status, Some(OURS)));
            seen.standing = updates.then(standing);
        })
        .action;
        let expected = match state.course {
            Course::Create => StackAction::Create,
            Course::Update => StackAction::None,
            Course::Replace => StackAction::Replace,
            Course::ContinueRollback => StackAction::ContinueRollback,
            Course::Wait => StackAction::Wait,
        };
        assert_eq!(action, expected, "{}", state.status);
        let foreign = decided(|seen| seen.stack = Some(stack(state.status, Some("else")))).action;
        assert_eq!(foreign, StackAction::Blocked, "{}", state.status);
    }
    let unknown = decided(|seen| seen.stack = Some(stack("MOVED_COMPLETE", Some(OURS)))).action;
    assert_eq!(unknown, StackAction::Blocked);
}

/// What stands in the way of a stack, where no world of the sandbox comes to it.
#[test]
fn each_block_says_why_and_what_to_do() {
    let made_elsewhere = |action| {
        let mut one = change(KEY, action, None);
        one.logical_id = "Key".to_owned();
        with_changes(vec![one])
    };
    let failed = |reason: &str| {
        decided(|seen| {
            seen.stack = Some(stack("CREATE_COMPLETE", Some(OURS)));
            seen.standing = Some(standing());
            seen.difference = Difference::Made(ChangeSet::Failed(reason.to_owned()));
        })
    };
    let rows = [
        ("A state of later years", decided(|seen| seen.stack = Some(stack("MOVED_COMPLETE", Some(OURS))))),
        ("A change set that failed", failed("Template format error: Unresolved resource dependencies")),
        ("The vault out of the stack", with_changes(vec![change(VAULT, "Remove", None)])),
        ("The key out of the stack", made_elsewhere("Remove")),
        ("A key anew", made_elsewhere("Add")),
    ];
    let shown = rows.map(|(about, decided)| {
        assert_eq!(decided.action, StackAction::Blocked, "{about}");
        let block = decided.block.expect("a block");
        format!("## {about}\n{}\nhint: {}\n", block.reason, block.remedy)
    });
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn a_stack_in_review_is_ours_by_its_change_sets() {
    let reviewed = |names: &[&str]| {
        decided(|seen| {
            seen.stack = Some(stack("REVIEW_IN_PROGRESS", None));
            seen.change_sets = names.iter().map(|&name| name.to_owned()).collect();
        })
        .action
    };
    assert_eq!(reviewed(&["backupctl-bootstrap"]), StackAction::Replace);
    assert_eq!(reviewed(&["somebodys"]), StackAction::Blocked);
}

#[test]
fn an_update_never_replaces_removes_or_makes_anew_a_vault_or_a_key() {
    for kind in [VAULT, KEY] {
        for (action, replacement) in [("Add", None), ("Remove", None), ("Modify", Some("True"))] {
            let decided = with_changes(vec![change(kind, action, replacement)]);
            assert_eq!(decided.action, StackAction::Blocked, "{kind} {action}");
        }
        // A modified key makes CloudFormation say this of its vault (API Reference, ResourceChange); the stack
        // policy keeps it from coming true.
        let decided = with_changes(vec![change(kind, "Modify", Some("Conditional"))]);
        assert_eq!(decided.action, StackAction::Update, "{kind}");
    }
    let decided = with_changes(vec![change("AWS::Events::Rule", "Modify", Some("True"))]);
    assert_eq!(decided.action, StackAction::Update);
}

#[test]
fn a_vault_and_a_key_of_ours_are_adopted_and_nothing_else_is() {
    let with = |change: &dyn Fn(&mut Standing)| {
        let mut found = standing();
        change(&mut found);
        decided(|seen| seen.standing = Some(found))
    };
    let adopted = with(&|_| {});
    assert_eq!(adopted.action, StackAction::Import);
    assert_eq!(adopted.adopts.len(), 2);
    assert!(adopted.goes_on);
    assert_eq!(with(&|found| found.vault_tag = None).action, StackAction::Blocked);
    assert_eq!(with(&|found| found.key_tag = Some("else".to_owned())).action, StackAction::Blocked);
    assert_eq!(with(&|found| found.key = None).action, StackAction::Blocked);
    let pending = with(&|found| {
        if let Some(key) = &mut found.key {
            key.state = "PendingDeletion".to_owned();
        }
    });
    assert!(pending.block.is_some_and(|block| block.remedy.contains("cancel-key-deletion")));
}

#[test]
fn a_dead_stack_that_holds_recovery_points_stays() {
    let dead = |holds| {
        decided(|seen| {
            seen.stack = Some(stack("DELETE_FAILED", Some(OURS)));
            seen.standing = Some(standing());
            seen.holds_recovery_points = holds;
        })
    };
    assert_eq!(dead(true).action, StackAction::Blocked);
    assert!(dead(false).action == StackAction::Replace && dead(false).goes_on);
}

#[test]
fn without_its_vault_or_its_key_a_stack_is_not_updated() {
    let with = |found: Option<Standing>| {
        decided(|seen| {
            seen.stack = Some(stack("CREATE_COMPLETE", Some(OURS)));
            seen.standing = found;
        })
    };
    assert_eq!(with(Some(standing())).action, StackAction::None);
    assert_eq!(with(None).action, StackAction::Blocked);
    let mut keyless = standing();
    keyless.key = None;
    assert_eq!(with(Some(keyless)).action, StackAction::Blocked);
    let mut pending = standing();
    pending.key.as_mut().expect("a key").state = "PendingDeletion".to_owned();
    let remedy = with(Some(pending)).block.map(|block| block.remedy).unwrap_or_default();
    assert!(remedy.contains("cancel-key-deletion"), "{remedy}");
}

#[test]
fn what_was_switched_off_by_hand_is_put_back() {
    let decided = decided(|seen| {
        let mut found = stack("CREATE_COMPLETE", Some(OURS));
        found.termination_protection = false;
        seen.stack = Some(found);
        seen.standing = Some(standing());
        seen.paused_function = Some("arn:aws:lambda:us-west-2:111111111111:function:copy".to_owned());
        seen.difference = Difference::Made(ChangeSet::Empty);
    });
    assert_eq!(decided.action, StackAction::Update);
    assert_eq!(decided.repairs.len(), 2);
}
