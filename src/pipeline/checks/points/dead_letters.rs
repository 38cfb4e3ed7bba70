//! What the event path could not deliver.

use crate::pipeline::check::{Check, Severity};
use crate::pipeline::finding::Report;
use crate::pipeline::plural::count;

/// Messages in a dead-letter queue are events that brought nothing on. While copies are missing they are the likeliest
/// reason and a loss that nobody makes up for; once everything has arrived they are only a remainder.
pub(crate) fn judge(report: &mut Report) {
    let missing = report.findings.iter().filter(|finding| {
        matches!(finding.check, Check::DestinationCopyMissing | Check::CopyFailed)
            && finding.severity == Severity::Error
    });
    let missing = missing.count() as u64;
    if missing == 0 {
        return;
    }
    for finding in report.findings.iter_mut().filter(|finding| finding.check == Check::DeadLetters) {
        finding.severity = Severity::Error;
        finding.message += &format!(", while {} missing", count(missing, "copy is", "copies are"));
    }
}
