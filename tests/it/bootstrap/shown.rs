//! What the operator reads, at 80 columns.

use super::repair::without_suffixes;
use super::{bootstrap, stack_of};
use crate::support::command::backupctl;
use crate::support::worlds;

#[test]
fn a_first_run_shows_what_it_will_make_and_what_stands() {
    let shown = backupctl(&worlds::built_in(), "bootstrap --dry-run").expect(4);
    insta::assert_snapshot!("first_dry_run", shown.stdout);
    let refused = backupctl(&worlds::built_in(), "bootstrap").expect(5);
    insta::assert_snapshot!("first_without_consent", refused.stderr);
    let done = backupctl(&worlds::built_in(), "bootstrap --yes --quiet").expect(0);
    insta::assert_snapshot!("first_done", without_suffixes(&format!("{}----\n{}", done.stderr, done.stdout)));
    for text in [&shown.stdout, &refused.stderr] {
        let wide = text.lines().find(|line| line.chars().count() > 80 && !line.contains("arn:"));
        assert_eq!(wide, None);
    }
}

#[test]
fn settings_that_are_off_end_it_before_any_stack_unless_they_may_be_turned_on() {
    let sandbox = crate::support::worlds::bare();
    let refused = backupctl(&sandbox, "bootstrap --yes").expect(5);
    insta::assert_snapshot!(refused.stderr);
    let done = bootstrap(&sandbox, "--yes --enable-settings").expect(0).json();
    assert!(done["settings"].as_array().is_some_and(|all| all.iter().any(|one| one["action"] == "create")), "{done:#}");
    let again = bootstrap(&sandbox, "--yes").expect(0).json();
    assert_eq!(again["changed"], false, "{again:#}");
}

#[test]
fn one_environment_is_deployed_alone_and_the_plan_is_left_for_the_sources_run() {
    let sandbox = worlds::built_in();
    let destination = bootstrap(&sandbox, "--yes --environment destination").expect(0).json();
    assert_eq!(destination["environments"].as_array().map(Vec::len), Some(1));
    assert!(destination["plan"].is_null());
    let rest = bootstrap(&sandbox, "--yes --environment source --environment intermediate").expect(0).json();
    assert_eq!(rest["plan"]["action"], "create");
    assert_eq!(stack_of(&rest, "intermediate")["status"], "CREATE_COMPLETE");
    let whole = bootstrap(&sandbox, "--yes").expect(0).json();
    assert_eq!(whole["changed"], false, "{whole:#}");
}
