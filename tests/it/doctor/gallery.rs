//! Everything that `doctor` says of the mutation table, once each, as the operator reads it.

use std::collections::BTreeMap;

use backupctl::pipeline::finding::Finding;
use backupctl::pipeline::requirements::REQUIREMENTS;

use super::prediction::findings;
use crate::mutations;
use crate::support::shown;

/// A message without what it is about: names, ARNs, numbers and actions.
fn shape(message: &str) -> String {
    let plain = |word: &&str| word.chars().all(|letter| letter.is_alphabetic() || "',.;`".contains(letter));
    message.split_whitespace().filter(plain).collect::<Vec<_>>().join(" ")
}

#[test]
fn each_finding_of_the_table_is_shown_with_what_mends_it() {
    let pipeline = mutations::pipeline();
    let mut seen: BTreeMap<(&str, String, String), (String, Finding)> = BTreeMap::new();
    for case in mutations::TABLE.iter() {
        let Ok((observed, _)) = &case.happened else { continue };
        for finding in findings(&pipeline, observed, REQUIREMENTS) {
            let key = (finding.check.id(), shape(&finding.message), shape(&finding.remedy.in_line()));
            seen.entry(key).or_insert_with(|| (case.mutation.id.clone(), finding));
        }
    }
    let mut gallery = String::new();
    for ((check, ..), (mutation, finding)) in &seen {
        // A finding that says nothing to do, or not where, helps nobody at three in the morning.
        assert!(!finding.message.is_empty() && !finding.subject.is_empty(), "{check}, {mutation}: {finding:?}");
        assert!(!finding.remedy.steps().is_empty(), "{check}, {mutation}: {finding:?}");
        let text = shown::finding(finding);
        let long = text.lines().find(|line| line.chars().count() > 80 && !is_for_pasting(line));
        assert_eq!(long, None, "{check}, {mutation}");
        gallery += &format!("after: {mutation}\n{text}\n\n");
    }
    insta::assert_snapshot!(gallery);
}

/// A command, or a name that cannot be broken.
fn is_for_pasting(line: &str) -> bool {
    line.starts_with("    ") || !line.trim().contains(' ')
}
