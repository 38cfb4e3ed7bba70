//! Operations that no policy lets across accounts: data, service by service.

/// How a service's operations reach over the border of the account that owns the resource.
enum Reach {
    /// These do; the others are for the resource's own account.
    Only(&'static [&'static str]),
    /// These do not.
    AllBut(&'static [&'static str]),
}

const SERVICES: &[(&str, Reach)] = &[
    // KMS Developer Guide, "Allowing users in other accounts to use a KMS key" (key-policy-modifying-external-accounts),
    // and "Cross-account use" of each operation in the API Reference.
    (
        "kms",
        Reach::Only(&[
            "CreateGrant",
            "Decrypt",
            "DeriveSharedSecret",
            "DescribeKey",
            "Encrypt",
            "GenerateDataKey",
            "GenerateDataKeyPair",
            "GenerateDataKeyPairWithoutPlaintext",
            "GenerateDataKeyWithoutPlaintext",
            "GenerateMac",
            "GetKeyRotationStatus",
            "GetPublicKey",
            "ListGrants",
            "ReEncryptFrom",
            "ReEncryptTo",
            "RetireGrant",
            "RevokeGrant",
            "Sign",
            "Verify",
            "VerifyMac",
        ]),
    ),
    // SQS Developer Guide, "Limitations of Amazon SQS custom policies".
    (
        "sqs",
        Reach::AllBut(&[
            "AddPermission",
            "CancelMessageMoveTask",
            "CreateQueue",
            "DeleteQueue",
            "ListMessageMoveTasks",
            "ListQueues",
            "ListQueueTags",
            "RemovePermission",
            "SetQueueAttributes",
            "StartMessageMoveTask",
            "TagQueue",
            "UntagQueue",
        ]),
    ),
];

/// Whether the service lets an action across accounts where the policies of both do.
pub fn crosses_accounts(action: &str) -> bool {
    let Some((service, operation)) = action.split_once(':') else { return true };
    let listed = |list: &[&str]| list.iter().any(|one| one.eq_ignore_ascii_case(operation));
    let known = SERVICES.iter().find(|(name, _)| name.eq_ignore_ascii_case(service));
    known.is_none_or(|(_, reach)| match reach {
        Reach::Only(list) => listed(list),
        Reach::AllBut(list) => !listed(list),
    })
}
