//! What CloudFormation does with the caller's credentials for each resource type: the permissions of
//! the type's handlers (the `handlers` of its schema in the CloudFormation registry), those of
//! properties that the templates do not use left out.

use crate::aws::cloudformation::ResourceChange;

use super::permission::{Permission, Target, When, allow_when};

/// A resource type and what its handlers call.
pub(super) struct Handlers {
    pub(super) resource_type: &'static str,
    /// Creating, reading, changing, and undoing a failed creation.
    pub(super) deploy: &'static [Permission],
    pub(super) delete: &'static [Permission],
}

const fn through(action: &'static str, target: Target) -> Permission {
    allow_when(action, target, When::ThroughCloudFormation)
}

const fn on_our_key(action: &'static str) -> Permission {
    allow_when(action, Target::VaultKey, When::OurKeyThroughCloudFormation)
}

const fn passed_to(service: &'static str) -> Permission {
    allow_when("iam:PassRole", Target::GeneratedRoles, When::PassedThroughCloudFormation(service))
}

/// Every type that the templates may hold.
pub(super) const HANDLERS: &[Handlers] = &[
    Handlers {
        resource_type: "AWS::KMS::Key",
        deploy: &[
            through("kms:CreateKey", Target::Region),
            through("kms:TagResource", Target::Keys),
            through("kms:DescribeKey", Target::Keys),
            through("kms:GetKeyPolicy", Target::Keys),
            through("kms:GetKeyRotationStatus", Target::Keys),
            through("kms:ListResourceTags", Target::Keys),
            on_our_key("kms:EnableKeyRotation"),
            on_our_key("kms:DisableKeyRotation"),
            on_our_key("kms:EnableKey"),
            on_our_key("kms:PutKeyPolicy"),
            on_our_key("kms:UpdateKeyDescription"),
            on_our_key("kms:UntagResource"),
            on_our_key("kms:ScheduleKeyDeletion"),
        ],
        // It is retained.
        delete: &[],
    },
    Handlers {
        resource_type: "AWS::KMS::Alias",
        deploy: &[
            through("kms:CreateAlias", Target::Alias),
            through("kms:UpdateAlias", Target::Alias),
            through("kms:DeleteAlias", Target::Alias),
            on_our_key("kms:CreateAlias"),
            on_our_key("kms:UpdateAlias"),
            on_our_key("kms:DeleteAlias"),
            through("kms:ListAliases", Target::Region),
        ],
        delete: &[through("kms:DeleteAlias", Target::Alias), on_our_key("kms:DeleteAlias")],
    },
    Handlers {
        resource_type: "AWS::Backup::BackupVault",
        // The rights on the key and on the storage are AWS Backup's own condition for a new vault (AWS
        // Backup Developer Guide, "Creating a backup vault").
        deploy: &[
            through("backup:CreateBackupVault", Target::Vault),
            through("backup:DescribeBackupVault", Target::Vault),
            through("backup:GetBackupVaultAccessPolicy", Target::Vault),
            through("backup:PutBackupVaultAccessPolicy", Target::Vault),
            through("backup:DeleteBackupVaultAccessPolicy", Target::Vault),
            through("backup:PutBackupVaultLockConfiguration", Target::Vault),
            through("backup:GetBackupVaultNotifications", Target::Vault),
            through("backup:ListTags", Target::Vault),
            through("backup:TagResource", Target::Vault),
            through("backup:UntagResource", Target::Vault),
            through("backup:DeleteBackupVault", Target::Vault),
            allow_when("backup-storage:MountCapsule", Target::Region, When::Always),
            allow_when("kms:DescribeKey", Target::VaultKey, When::ThroughBackup),
            allow_when("kms:GenerateDataKey", Target::VaultKey, When::ThroughBackup),
            allow_when("kms:Decrypt", Target::VaultKey, When::ThroughBackup),
            allow_when("kms:RetireGrant", Target::VaultKey, When::ThroughBackup),
            allow_when("kms:CreateGrant", Target::VaultKey, When::GrantThroughBackup),
        ],
        // It is retained.
        delete: &[],
    },
    Handlers {
        resource_type: "AWS::IAM::Role",
        deploy: &[
            through("iam:CreateRole", Target::StackRoles),
            through("iam:GetRole", Target::StackRoles),
            through("iam:GetRolePolicy", Target::StackRoles),
            through("iam:ListRolePolicies", Target::StackRoles),
            through("iam:ListAttachedRolePolicies", Target::StackRoles),
            through("iam:PutRolePolicy", Target::StackRoles),
            through("iam:DeleteRolePolicy", Target::StackRoles),
            through("iam:PutRolePermissionsBoundary", Target::StackRoles),
            through("iam:DeleteRolePermissionsBoundary", Target::StackRoles),
            through("iam:UpdateAssumeRolePolicy", Target::StackRoles),
            through("iam:UpdateRole", Target::StackRoles),
            through("iam:TagRole", Target::StackRoles),
            through("iam:UntagRole", Target::StackRoles),
            through("iam:DeleteRole", Target::StackRoles),
        ],
        delete: &[
            through("iam:GetRole", Target::StackRoles),
            through("iam:ListRolePolicies", Target::StackRoles),
            through("iam:ListAttachedRolePolicies", Target::StackRoles),
            through("iam:DeleteRolePolicy", Target::StackRoles),
            through("iam:DeleteRole", Target::StackRoles),
        ],
    },
    Handlers {
        resource_type: "AWS::Events::Rule",
        deploy: &[
            through("events:PutRule", Target::StackRules),
            through("events:DescribeRule", Target::StackRules),
            through("events:PutTargets", Target::StackRules),
            through("events:ListTargetsByRule", Target::StackRules),
            through("events:RemoveTargets", Target::StackRules),
            through("events:ListTagsForResource", Target::StackRules),
            through("events:TagResource", Target::StackRules),
            through("events:UntagResource", Target::StackRules),
            through("events:DeleteRule", Target::StackRules),
            passed_to("events.amazonaws.com"),
        ],
        delete: &[
            through("events:DescribeRule", Target::StackRules),
            through("events:ListTargetsByRule", Target::StackRules),
            through("events:RemoveTargets", Target::StackRules),
            through("events:DeleteRule", Target::StackRules),
        ],
    },
    Handlers {
        resource_type: "AWS::Lambda::Function",
        deploy: &[
            through("lambda:CreateFunction", Target::StackFunctions),
            through("lambda:GetFunction", Target::StackFunctions),
            through("lambda:GetFunctionConfiguration", Target::StackFunctions),
            through("lambda:GetFunctionConcurrency", Target::StackFunctions),
            through("lambda:GetFunctionCodeSigningConfig", Target::StackFunctions),
            through("lambda:GetFunctionRecursionConfig", Target::StackFunctions),
            through("lambda:GetRuntimeManagementConfig", Target::StackFunctions),
            through("lambda:ListTags", Target::StackFunctions),
            through("lambda:TagResource", Target::StackFunctions),
            through("lambda:UntagResource", Target::StackFunctions),
            through("lambda:UpdateFunctionCode", Target::StackFunctions),
            through("lambda:UpdateFunctionConfiguration", Target::StackFunctions),
            through("lambda:PutFunctionConcurrency", Target::StackFunctions),
            through("lambda:DeleteFunctionConcurrency", Target::StackFunctions),
            through("lambda:DeleteFunction", Target::StackFunctions),
            passed_to("lambda.amazonaws.com"),
        ],
        delete: &[
            through("lambda:GetFunction", Target::StackFunctions),
            through("lambda:DeleteFunction", Target::StackFunctions),
        ],
    },
    Handlers {
        resource_type: "AWS::Lambda::Permission",
        deploy: &[
            through("lambda:AddPermission", Target::StackFunctions),
            through("lambda:GetPolicy", Target::StackFunctions),
            through("lambda:RemovePermission", Target::StackFunctions),
        ],
        delete: &[through("lambda:RemovePermission", Target::StackFunctions)],
    },
    Handlers {
        resource_type: "AWS::Lambda::EventInvokeConfig",
        deploy: &[
            through("lambda:PutFunctionEventInvokeConfig", Target::StackFunctions),
            through("lambda:GetFunctionEventInvokeConfig", Target::StackFunctions),
            through("lambda:UpdateFunctionEventInvokeConfig", Target::StackFunctions),
            through("lambda:DeleteFunctionEventInvokeConfig", Target::StackFunctions),
        ],
        delete: &[through("lambda:DeleteFunctionEventInvokeConfig", Target::StackFunctions)],
    },
    Handlers {
        resource_type: "AWS::Logs::LogGroup",
        deploy: &[
            through("logs:CreateLogGroup", Target::StackLogGroups),
            through("logs:DescribeLogGroups", Target::Region),
            through("logs:PutRetentionPolicy", Target::StackLogGroups),
            through("logs:DeleteRetentionPolicy", Target::StackLogGroups),
            through("logs:ListTagsForResource", Target::StackLogGroups),
            through("logs:TagResource", Target::StackLogGroups),
            through("logs:UntagResource", Target::StackLogGroups),
            through("logs:DeleteLogGroup", Target::StackLogGroups),
        ],
        delete: &[
            through("logs:DescribeLogGroups", Target::Region),
            through("logs:DeleteLogGroup", Target::StackLogGroups),
        ],
    },
    Handlers {
        resource_type: "AWS::SQS::Queue",
        deploy: &[
            through("sqs:CreateQueue", Target::StackQueues),
            through("sqs:GetQueueUrl", Target::StackQueues),
            through("sqs:GetQueueAttributes", Target::StackQueues),
            through("sqs:SetQueueAttributes", Target::StackQueues),
            through("sqs:ListQueueTags", Target::StackQueues),
            through("sqs:TagQueue", Target::StackQueues),
            through("sqs:UntagQueue", Target::StackQueues),
            through("sqs:DeleteQueue", Target::StackQueues),
        ],
        delete: &[
            through("sqs:GetQueueAttributes", Target::StackQueues),
            through("sqs:DeleteQueue", Target::StackQueues),
        ],
    },
    Handlers {
        resource_type: "AWS::SQS::QueuePolicy",
        deploy: &[
            through("sqs:GetQueueAttributes", Target::StackQueues),
            through("sqs:SetQueueAttributes", Target::StackQueues),
        ],
        delete: &[
            through("sqs:GetQueueAttributes", Target::StackQueues),
            through("sqs:SetQueueAttributes", Target::StackQueues),
        ],
    },
    Handlers {
        resource_type: "AWS::SNS::Topic",
        deploy: &[
            through("sns:CreateTopic", Target::StackTopics),
            through("sns:GetTopicAttributes", Target::StackTopics),
            through("sns:SetTopicAttributes", Target::StackTopics),
            through("sns:GetDataProtectionPolicy", Target::StackTopics),
            through("sns:ListSubscriptionsByTopic", Target::StackTopics),
            through("sns:ListTagsForResource", Target::StackTopics),
            through("sns:TagResource", Target::StackTopics),
            through("sns:UntagResource", Target::StackTopics),
            through("sns:DeleteTopic", Target::StackTopics),
        ],
        delete: &[
            through("sns:GetTopicAttributes", Target::StackTopics),
            through("sns:DeleteTopic", Target::StackTopics),
        ],
    },
    Handlers {
        resource_type: "AWS::SNS::TopicPolicy",
        deploy: &[
            through("sns:GetTopicAttributes", Target::StackTopics),
            through("sns:SetTopicAttributes", Target::StackTopics),
        ],
        delete: &[through("sns:SetTopicAttributes", Target::StackTopics)],
    },
    Handlers {
        resource_type: "AWS::SNS::Subscription",
        deploy: &[
            through("sns:Subscribe", Target::StackTopics),
            through("sns:GetSubscriptionAttributes", Target::Region),
            through("sns:SetSubscriptionAttributes", Target::Region),
            through("sns:ListSubscriptionsByTopic", Target::StackTopics),
            through("sns:Unsubscribe", Target::Region),
        ],
        delete: &[through("sns:GetSubscriptionAttributes", Target::Region), through("sns:Unsubscribe", Target::Region)],
    },
    Handlers {
        resource_type: "AWS::CloudWatch::Alarm",
        // Describing is asked for on `alarm:*`, whatever names are given.
        deploy: &[
            through("cloudwatch:PutMetricAlarm", Target::StackAlarms),
            through("cloudwatch:DescribeAlarms", Target::Region),
            through("cloudwatch:ListTagsForResource", Target::StackAlarms),
            through("cloudwatch:TagResource", Target::StackAlarms),
            through("cloudwatch:UntagResource", Target::StackAlarms),
            through("cloudwatch:DeleteAlarms", Target::StackAlarms),
        ],
        delete: &[
            through("cloudwatch:DescribeAlarms", Target::Region),
            through("cloudwatch:DeleteAlarms", Target::StackAlarms),
        ],
    },
];

/// What CloudFormation needs for these resources; a type without a row needs nothing, and a test sees to
/// it that there is none. A role is handed only to a service that the template makes one for.
pub(super) fn permissions<'a>(
    made: &'a [ResourceChange],
    template: &'a str,
    deletes: Deletes,
) -> impl Iterator<Item = Permission> + 'a {
    let known = HANDLERS.iter().filter(|handlers| made.iter().any(|one| one.resource_type == handlers.resource_type));
    let all = known.flat_map(move |handlers| match deletes {
        Deletes::Only => handlers.delete.iter().copied(),
        Deletes::Also => handlers.deploy.iter().copied(),
    });
    all.filter(move |permission| match permission.when {
        When::PassedThroughCloudFormation(service) => has_role_for(template, service),
        _ => true,
    })
}

/// Whether the template makes a role that the service may assume.
fn has_role_for(template: &str, service: &str) -> bool {
    let trusted = format!("{{Service: {service}}}");
    let lines: Vec<&str> = template.lines().collect();
    lines.windows(2).any(|pair| pair[0].contains(&trusted) && pair[1].contains("sts:AssumeRole"))
}

/// What a command does with a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deletes {
    /// It only deletes it.
    Only,
    /// It creates, updates and, where it failed, deletes it.
    Also,
}
