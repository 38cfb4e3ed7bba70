//! Which `MessageCategory` AWS Backup derives from a job's `StatusMessage`.

/// Texts and patterns of the AWS Backup Developer Guide, "AWS Backup console dashboards", in the
/// order in which they are tried. A text matches where it occurs, without regard to case.
const CATEGORIES: &[(&str, &[&str])] = &[
    (
        "INVALID_LIFECYCLE",
        &[
            "retention specified in the job is not within the range",
            "weekly maintenance window configured",
            "automated backup window configured",
        ],
    ),
    ("FEATURE_NOT_ENABLED", &["cross-account copy feature is not enabled"]),
    (
        "KMS_KEY_ERROR",
        &["kms key is either disabled or pending deletion", "given key id is not accessible", "snapshot kms key"],
    ),
    ("KMS_KEY_ERROR", &["the target kms key"]),
    ("UNSUPPORTED_OPERATION", &["feature is not supported for provided resource type", "unsupportedoperation"]),
    ("TAG_COPY_ERROR", &["we are unable to copy resource tags to your backup because"]),
    (
        "ACCESS_DENIED",
        &[
            "access denied",
            "default backup service managed key",
            "snapshots encrypted with the aws managed key can't be shared",
            "encrypted snapshots with amazon ebs default key cannot be shared",
            "must be a member of the same organization",
            "you are not authorized to perform this operation",
            "not authorized to",
            "cannot be assumed by aws backup",
            "does not have permission",
            "missing permission",
        ],
    ),
    ("CONCURRENT_JOB", &["too many copy jobs running for resource", "there was a running job for the same resource"]),
    ("JOB_EXPIRED", &["backup job expired before completion"]),
    ("INVALID_STATE", &["instance is not in state", "not in the available state", "not in available state"]),
    (
        "LIMIT_EXCEEDED",
        &[
            "must not have more than 50 user tags",
            "more than 50 tags specified",
            "subscriber limit exceeded",
            "cannot create more than 20 user snapshots",
            "maximum allowed active snapshot limit exceeded",
        ],
    ),
    ("TOKEN_EXPIRED", &["token expired"]),
    ("FATAL_ERROR", &["an internal error occurred", "encountered a fatal error"]),
    (
        "RESOURCE_NOT_FOUND",
        &[
            "does not exist",
            "could not find resource",
            "could not find cryopod",
            "cannot find recovery point",
            "resource not found",
            "no longer available",
            "is invalid",
        ],
    ),
];

/// The category of a job by its message; a job without one is a success.
pub(super) fn category(message: Option<&str>) -> &'static str {
    let Some(message) = message.filter(|message| !message.is_empty()) else {
        return "SUCCESS";
    };
    let message = message.to_ascii_lowercase();
    let found = CATEGORIES.iter().find(|(_, texts)| texts.iter().any(|text| message.contains(text)));
    found.map_or("MISCELLANEOUS", |(category, _)| category)
}

/// Whether the list filter `wanted` admits a job of `category`.
pub(super) fn category_admits(wanted: Option<&str>, category: &str) -> bool {
    wanted.is_none_or(|wanted| wanted == category || wanted == "ANY" || wanted == "AGGREGATE_ALL")
}

#[cfg(test)]
mod tests {
    use super::*;

    // AWS Backup Developer Guide, "AWS Backup console dashboards": the published list.
    #[test]
    fn published_texts_have_their_published_category() {
        let table = [
            ("Access Denied trying to call AWS Backup service", "ACCESS_DENIED"),
            (
                "Copy job failed because the destination Backup vault is encrypted with the default Backup service \
                 managed key. The contents of this vault cannot be copied. Only the contents of a Backup vault \
                 encrypted by an AWS KMS key may be copied.",
                "ACCESS_DENIED",
            ),
            (
                "Snapshots encrypted with the AWS managed key can't be shared. Specify another snapshot.",
                "ACCESS_DENIED",
            ),
            (
                "Copy job failed. Both source and destination account must be a member of the same organization.",
                "ACCESS_DENIED",
            ),
            ("There are too many copy jobs running for resource.", "CONCURRENT_JOB"),
            ("Backup job failed because there was a running job for the same resource.", "CONCURRENT_JOB"),
            (
                "Copy job failed. Cross-account copy feature is not enabled for the current organization.",
                "FEATURE_NOT_ENABLED",
            ),
            ("Backup job expired before completion.", "JOB_EXPIRED"),
            (
                "Copy job failed. The retention specified in the job is not within the range specified for the \
                 target Backup Vault.",
                "INVALID_LIFECYCLE",
            ),
            ("KMS key is either disabled or pending deletion or access to KMS key is denied", "KMS_KEY_ERROR"),
            (
                "The source snapshot KMS key [arn:aws:kms:us-west-2:1:key/2] does not exist, is not enabled or you do \
                 not have permissions to access it.",
                "KMS_KEY_ERROR",
            ),
            (
                "Copy job from us-west-2 to us-east-1 cannot be initiated for RDS resources. Feature is not supported \
                 for provided resource type.",
                "UNSUPPORTED_OPERATION",
            ),
            ("The snapshot requires a target option group with the following options: TDE.", "MISCELLANEOUS"),
            ("The resultant tag set must not have more than 50 user tags.", "LIMIT_EXCEEDED"),
            ("Token expired. Try again.", "TOKEN_EXPIRED"),
            ("An internal error occurred.", "FATAL_ERROR"),
            ("Failed to unshare snapshot", "MISCELLANEOUS"),
        ];
        for (message, expected) in table {
            assert_eq!(category(Some(message)), expected, "{message}");
        }
        assert_eq!(category(None), "SUCCESS");
    }
}
