#!/usr/bin/env python3
"""Makes crates/aws-sandbox/src/models/*.json from the published botocore service models.

Only facts are taken: names, locations, types, limits, enums, error codes. No documentation text.
Run it with a Python that has botocore (the version it was last run with stands in NOTICE):

    python3 scripts/make-models.py
"""

import gzip
import json
import pathlib

import botocore

OPERATIONS = {
    "backup": ("backup/2018-11-15", """
        CreateBackupVault DescribeBackupVault ListBackupVaults DeleteBackupVault PutBackupVaultAccessPolicy
        GetBackupVaultAccessPolicy DeleteBackupVaultAccessPolicy PutBackupVaultLockConfiguration
        DeleteBackupVaultLockConfiguration CreateBackupPlan GetBackupPlan UpdateBackupPlan DeleteBackupPlan
        ListBackupPlans ListBackupPlanVersions CreateBackupSelection GetBackupSelection DeleteBackupSelection
        ListBackupSelections StartBackupJob DescribeBackupJob ListBackupJobs StopBackupJob StartCopyJob
        DescribeCopyJob ListCopyJobs ListRecoveryPointsByBackupVault ListRecoveryPointsByResource
        DescribeRecoveryPoint UpdateRecoveryPointLifecycle DeleteRecoveryPoint DisassociateRecoveryPoint
        GetBackupVaultNotifications
        GetRecoveryPointRestoreMetadata StartRestoreJob DescribeRestoreJob ListRestoreJobs ListTags TagResource
        UntagResource DescribeGlobalSettings UpdateGlobalSettings DescribeRegionSettings UpdateRegionSettings
        CreateLegalHold GetLegalHold ListLegalHolds CancelLegalHold ListRecoveryPointsByLegalHold
        ListProtectedResources ListProtectedResourcesByBackupVault DescribeProtectedResource GetSupportedResourceTypes"""),
    "kms": ("kms/2014-11-01", """
        CreateKey DescribeKey ListKeys EnableKey DisableKey ScheduleKeyDeletion CancelKeyDeletion EnableKeyRotation
        DisableKeyRotation GetKeyRotationStatus GetKeyPolicy PutKeyPolicy ListKeyPolicies CreateAlias UpdateAlias
        DeleteAlias ListAliases CreateGrant ListGrants ListRetirableGrants RetireGrant RevokeGrant TagResource
        UntagResource ListResourceTags UpdateKeyDescription GetKeyLastUsage GenerateDataKey
        GenerateDataKeyWithoutPlaintext Encrypt Decrypt ReEncrypt"""),
    "monitoring": ("cloudwatch/2010-08-01", """
        PutMetricAlarm DescribeAlarms DeleteAlarms SetAlarmState TagResource UntagResource ListTagsForResource"""),
    "cloudformation": ("cloudformation/2010-05-15", """
        CreateStack UpdateStack DeleteStack DescribeStacks ListStacks DescribeStackEvents DescribeStackResources
        DescribeStackResource ListStackResources GetTemplate GetTemplateSummary ValidateTemplate CreateChangeSet
        DescribeChangeSet ListChangeSets ExecuteChangeSet DeleteChangeSet SetStackPolicy GetStackPolicy
        UpdateTerminationProtection ContinueUpdateRollback CancelUpdateStack ListExports ListImports
        DetectStackDrift DetectStackResourceDrift DescribeStackDriftDetectionStatus
        DescribeStackResourceDrifts DescribeEvents"""),
    "events": ("events/2015-10-07", """
        PutRule DescribeRule ListRules DeleteRule EnableRule DisableRule PutTargets RemoveTargets ListTargetsByRule
        ListRuleNamesByTarget PutEvents TestEventPattern CreateEventBus DescribeEventBus ListEventBuses
        DeleteEventBus PutPermission RemovePermission TagResource UntagResource ListTagsForResource"""),
    "iam": ("iam/2010-05-08", """
        CreateRole GetRole ListRoles DeleteRole UpdateRole UpdateAssumeRolePolicy UpdateRoleDescription
        PutRolePolicy GetRolePolicy ListRolePolicies DeleteRolePolicy AttachRolePolicy DetachRolePolicy
        ListAttachedRolePolicies CreatePolicy GetPolicy GetPolicyVersion ListPolicies CreatePolicyVersion
        DeletePolicyVersion ListPolicyVersions DeletePolicy ListEntitiesForPolicy CreateServiceLinkedRole
        DeleteServiceLinkedRole GetServiceLinkedRoleDeletionStatus TagRole UntagRole ListRoleTags
        PutRolePermissionsBoundary DeleteRolePermissionsBoundary ListInstanceProfilesForRole GetUser CreateUser
        DeleteUser ListUsers PutUserPolicy DeleteUserPolicy GetUserPolicy ListUserPolicies AttachUserPolicy
        DetachUserPolicy ListAttachedUserPolicies SetDefaultPolicyVersion TagPolicy UntagPolicy ListPolicyTags
        PutUserPermissionsBoundary DeleteUserPermissionsBoundary TagUser UntagUser ListUserTags CreateAccessKey
        ListGroupsForUser ListAccessKeys DeleteAccessKey"""),
    "lambda": ("lambda/2015-03-31", """
        CreateFunction GetFunction GetFunctionConfiguration UpdateFunctionCode UpdateFunctionConfiguration
        DeleteFunction ListFunctions Invoke AddPermission RemovePermission GetPolicy PutFunctionConcurrency
        GetFunctionConcurrency DeleteFunctionConcurrency PutFunctionEventInvokeConfig
        UpdateFunctionEventInvokeConfig GetFunctionEventInvokeConfig DeleteFunctionEventInvokeConfig
        ListFunctionEventInvokeConfigs TagResource UntagResource ListTags GetAccountSettings"""),
    "logs": ("logs/2014-03-28", """
        CreateLogGroup DeleteLogGroup DescribeLogGroups DescribeLogStreams GetLogEvents FilterLogEvents
        PutRetentionPolicy DeleteRetentionPolicy CreateLogStream PutLogEvents TagResource UntagResource
        ListTagsForResource TagLogGroup"""),
    "organizations": ("organizations/2016-11-28", """
        DescribeOrganization ListAccounts DescribeAccount ListAWSServiceAccessForOrganization EnableAWSServiceAccess
        DisableAWSServiceAccess ListRoots ListParents ListDelegatedAdministrators RegisterDelegatedAdministrator CreatePolicy AttachPolicy
        DetachPolicy DescribePolicy ListPolicies ListPoliciesForTarget EnablePolicyType DeletePolicy UpdatePolicy
        CreateOrganization ListChildren ListAccountsForParent ListOrganizationalUnitsForParent
        CreateOrganizationalUnit MoveAccount DisablePolicyType ListTargetsForPolicy"""),
    "rds": ("rds/2014-10-31", """
        DescribeDBInstances CreateDBInstance ModifyDBInstance DeleteDBInstance DescribeDBClusters
        DescribeDBSnapshots CreateDBSnapshot CopyDBSnapshot DeleteDBSnapshot DescribeDBSnapshotAttributes
        ModifyDBSnapshotAttribute AddTagsToResource RemoveTagsFromResource ListTagsForResource DescribeOptionGroups
        CreateOptionGroup StartDBInstance StopDBInstance DescribeDBClusterSnapshots DeleteOptionGroup"""),
    "sns": ("sns/2010-03-31", """
        CreateTopic DeleteTopic GetTopicAttributes SetTopicAttributes ListTopics Subscribe ConfirmSubscription
        Unsubscribe GetSubscriptionAttributes ListSubscriptions ListSubscriptionsByTopic Publish TagResource
        UntagResource ListTagsForResource"""),
    "sqs": ("sqs/2012-11-05", """
        CreateQueue DeleteQueue GetQueueUrl ListQueues GetQueueAttributes SetQueueAttributes SendMessage
        SendMessageBatch ReceiveMessage DeleteMessage DeleteMessageBatch ChangeMessageVisibility PurgeQueue
        TagQueue UntagQueue ListQueueTags AddPermission RemovePermission"""),
    "sts": ("sts/2011-06-15", "GetCallerIdentity AssumeRole GetSessionToken"),
}

SCALARS = ("min", "max", "pattern", "enum")


def member_of(reference):
    """A reference to a shape: its name, and what the reference says of the wire."""
    out = {"s": reference["shape"]}
    if "location" in reference:
        out["l"] = reference["location"]
    if "locationName" in reference:
        out["n"] = reference["locationName"]
    if "timestampFormat" in reference:
        out["f"] = reference["timestampFormat"]
    if reference.get("flattened"):
        out["flat"] = True
    return out


def shape_of(shape):
    out = {"t": shape["type"]}
    for key in SCALARS:
        if key in shape:
            out[key] = shape[key]
    if "timestampFormat" in shape:
        out["f"] = shape["timestampFormat"]
    if shape.get("flattened"):
        out["flat"] = True
    if shape["type"] == "structure":
        out["m"] = {name: member_of(reference) for name, reference in shape.get("members", {}).items()}
        if shape.get("required"):
            out["r"] = shape["required"]
        if "payload" in shape:
            out["p"] = shape["payload"]
    elif shape["type"] == "list":
        out["of"] = member_of(shape["member"])
    elif shape["type"] == "map":
        out["key"] = member_of(shape["key"])
        out["value"] = member_of(shape["value"])
    return out


def reachable(model, names):
    shapes, todo = {}, list(names)
    while todo:
        name = todo.pop()
        if name in shapes:
            continue
        shape = model["shapes"][name]
        shapes[name] = shape_of(shape)
        for reference in [*shape.get("members", {}).values(), shape.get("member"), shape.get("key"), shape.get("value")]:
            if reference:
                todo.append(reference["shape"])
    return shapes


def protocol_of(metadata):
    """CloudWatch has CBOR in front; its clients choose JSON where they speak it (botocore.utils)."""
    spoken = ("json", "rest-json", "query")
    return next(known for known in [metadata["protocol"], *metadata.get("protocols", [])] if known in spoken)


def make(service, folder, wanted):
    path = pathlib.Path(botocore.__file__).parent / "data" / folder / "service-2.json.gz"
    model = json.loads(gzip.decompress(path.read_bytes()))
    metadata = model["metadata"]
    out = {
        "protocol": protocol_of(metadata),
        "version": metadata["apiVersion"],
        "target": metadata.get("targetPrefix"),
        "json": metadata.get("jsonVersion"),
        "namespace": metadata.get("xmlNamespace"),
        "operations": {},
        "errors": {},
    }
    roots = set()
    for name in wanted.split():
        operation = model["operations"][name]
        row = {"method": operation["http"]["method"], "uri": operation["http"]["requestUri"]}
        if operation["http"].get("responseCode", 200) != 200:
            row["status"] = operation["http"]["responseCode"]
        for side in ("input", "output"):
            if side in operation:
                row[side] = operation[side]["shape"]
                roots.add(operation[side]["shape"])
        if "resultWrapper" in operation.get("output", {}):
            row["wrapper"] = operation["output"]["resultWrapper"]
        out["operations"][name] = row
        for error in operation.get("errors", []):
            shape = model["shapes"][error["shape"]]
            details = shape.get("error", {})
            code = details.get("code", error["shape"])
            message = next((member for member in shape.get("members", {}) if member.lower() == "message"), "message")
            entry = {"message": message}
            if "httpStatusCode" in details:
                entry["status"] = details["httpStatusCode"]
            elif shape.get("fault"):
                entry["status"] = 500
            out["errors"][code] = entry
    out["shapes"] = reachable(model, sorted(roots))
    target = pathlib.Path(__file__).parent.parent / "crates" / "aws-sandbox" / "src" / "models" / f"{service}.json"
    target.write_text(json.dumps(out, separators=(",", ":"), sort_keys=False) + "\n")
    return target.stat().st_size


def main():
    total = sum(make(service, *row) for service, row in OPERATIONS.items())
    notice = pathlib.Path(__file__).parent.parent / "crates" / "aws-sandbox" / "src" / "models" / "NOTICE"
    notice.write_text(
        "The files in this folder hold facts (operation and member names, types, limits, error codes) taken from the\n"
        f"service models of botocore {botocore.__version__} (Copyright Amazon.com, Inc. or its affiliates; Apache License 2.0)\n"
        "by scripts/make-models.py. They hold none of its documentation text.\n")
    print(f"{len(OPERATIONS)} services, {total} bytes")


if __name__ == "__main__":
    main()
