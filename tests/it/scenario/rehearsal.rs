//! `rehearse`: the main job, from nothing to nothing.

use crate::support::command::run;

#[test]
fn a_rehearsal_is_one_document_with_the_result_of_every_step() {
    let rehearsed = run(None, "rehearse -o json").expect(0).json();
    assert_eq!(rehearsed["schema"], "backupctl.rehearse/1");
    assert_eq!(rehearsed["sandbox"], true);
    let steps = rehearsed["steps"].as_array().expect("steps");
    assert!(steps.len() >= 4, "{rehearsed:#}");
    assert!(rehearsed["duration_seconds"].as_f64().is_some_and(|seconds| seconds > 86_400.0), "{rehearsed:#}");
}

#[test]
fn a_rehearsal_ends_with_the_keys_of_three_vaults_in_words() {
    let rehearsed = run(None, "rehearse").expect(0);
    for words in ["aws/rds", "cmk-intermediate-vault-account-a-region-b", "cmk-destination-vault-account-b-region-b"] {
        let flat: String = rehearsed.stdout.split_whitespace().collect();
        assert!(rehearsed.stdout.contains(words) || flat.contains(words), "{words}\n{}", rehearsed.stdout);
    }
    assert!(rehearsed.stdout.lines().all(|line| line.chars().count() <= 80), "{}", rehearsed.stdout);
}
