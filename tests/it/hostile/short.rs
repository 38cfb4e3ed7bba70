//! Copies in account B that live shorter than they were meant to: account A can start the second hop before the event
//! does, with days of its own. Green says that they stay.

use backupctl::sandbox::Sandbox;
use serde_json::Value;

use super::super::support::command::backupctl;
use super::super::support::worlds;
use super::{findings, nothing_twice, points, told};

/// Each recovery point in account B is kept for so many days, by what AWS Backup says of it. The days count from the
/// backup (AWS Backup API Reference, CalculatedLifecycle).
fn kept_for(sandbox: &Sandbox, days: i64) {
    sandbox.put_between(move |call, mut response| {
        let of_points = ["ListRecoveryPointsByBackupVault", "DescribeRecoveryPoint"].contains(&call.operation);
        if of_points && call.access_key_id.contains("222222222222") {
            let Ok(mut answer) = serde_json::from_slice::<Value>(&response.body) else { return response };
            match answer["RecoveryPoints"].as_array_mut() {
                Some(points) => points.iter_mut().for_each(|point| shorten(point, days)),
                None => shorten(&mut answer, days),
            }
            response.body = answer.to_string().into_bytes();
        }
        response
    });
}

fn shorten(point: &mut Value, days: i64) {
    if let Some(created) = point["CreationDate"].as_f64() {
        point["Lifecycle"] = serde_json::json!({ "DeleteAfterDays": days });
        point["CalculatedLifecycle"] = serde_json::json!({ "DeleteAt": created + (days * 86_400) as f64 });
    }
}

#[test]
fn a_copy_that_is_kept_too_short_is_no_green_and_is_not_made_twice() {
    // Days, what `verify` finds, how `copy` ends: within 48 hours it has not arrived, and is not copied beside.
    for (days, found, code) in
        [(1, &["error copy-expiring", "error retention-mismatch"][..], 5), (3, &["error retention-mismatch"][..], 0)]
    {
        let sandbox = worlds::after_a_night();
        let before = points(&sandbox);
        kept_for(&sandbox, days);
        let verified = backupctl(&sandbox, "verify -o json").expect(3).json();
        let findings = findings(&verified);
        for one in found {
            assert!(findings.iter().any(|finding| finding == one), "{days} days: {findings:?}");
        }
        let ran = backupctl(&sandbox, "copy --all-missing");
        assert_eq!(ran.code, code, "{days} days: {}", told(&ran));
        nothing_twice(&sandbox, &format!("{days} days"));
        assert_eq!(points(&sandbox), before, "{days} days");
    }
}
