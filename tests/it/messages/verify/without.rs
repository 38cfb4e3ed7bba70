//! What no world of the sandbox comes to: what was seen is changed before it is judged.

use backupctl::operations::Sink;
use backupctl::operations::verify::{Observed, Options, judge, observe};
use backupctl::pipeline::recovery_point::JobState;
use chrono::TimeDelta;

use crate::mutations::looking;
use crate::support::shown;
use crate::support::worlds;

type Change = fn(&mut Observed);

/// Each change, with the check that finds it.
const CHANGES: [(&str, Change); 5] = [
    ("count-mismatch", |observed| {
        observed.environments[1].points.as_mut().expect("seen").pop();
    }),
    ("wrong-key", |observed| {
        let points = observed.environments[2].points.as_mut().expect("seen");
        let key = "arn:aws:kms:us-west-2:222222222222:key/11111111-2222-3333-4444-555555555555";
        points[0].key_arn = Some(key.parse().expect("an ARN"));
        observed.environments[2].keys.insert(key.to_owned(), Ok(None));
    }),
    ("unencrypted", |observed| {
        let points = observed.environments[2].points.as_mut().expect("seen");
        points[0].key_arn = None;
        points[0].encrypted = Some(false);
    }),
    ("snapshot-share-left", |observed| {
        let seen = &mut observed.environments[1];
        let arn = seen.points.as_ref().expect("seen")[0].arn.to_string();
        seen.shared.insert(arn, Ok(vec!["222222222222".to_owned(), "333333333333".to_owned()]));
    }),
    ("copy-stuck", |observed| {
        observed.environments[2].points = Ok(Vec::new());
        observed.environments[2].now += TimeDelta::hours(4);
        for job in observed.environments[1].jobs.as_mut().expect("seen") {
            job.state = JobState::Created;
        }
    }),
];

#[test]
fn what_no_sandbox_comes_to_is_judged_from_what_would_be_seen() {
    let (pipeline, sandbox) = (backupctl::config::built_in().expect("a pipeline"), worlds::after_a_night());
    let options = Options::default();
    let mut gallery = String::new();
    for (check, change) in CHANGES {
        let mut observed = looking(&pipeline, &sandbox, async |sessions| {
            Box::pin(observe(&pipeline, sessions, &options, &Sink::none())).await
        });
        change(&mut observed);
        let verified = judge(&pipeline, &observed, &options);
        let found = verified.findings.iter().find(|finding| finding.check.id() == check);
        let found = found.unwrap_or_else(|| panic!("{check}: {:#?}", verified.findings));
        gallery += &format!("{}\n\n", shown::finding(found));
    }
    insta::assert_snapshot!(gallery);
}
