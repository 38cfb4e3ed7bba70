"""Starts the second hop: intermediate vault -> destination vault of the central backup account.

Invoked by EventBridge for every completed copy into the intermediate vault. It writes one line of JSON for each
decision. What a second try may cure is raised, so that Lambda tries again; everything else is an outcome.
"""

import hashlib
import json
import os
from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config

TAG = "CopyToVault"
# A copy that would be deleted this soon is not worth making: its expiry counts from the backup's own creation.
LEAST_LIFE = timedelta(hours=48)
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
RETRIES = Config(retries={"mode": "standard", "total_max_attempts": 5})


class TryAgain(Exception):
    """A state that passes: Lambda invokes the function again."""


def now():
    return datetime.now(timezone.utc)


def handler(event, context):
    record = {}
    try:
        decide(event, record)
    except Exception as error:
        record.update(outcome="error", error=type(error).__name__, message=str(error))
        raise
    finally:
        print(json.dumps(record, sort_keys=True))
    return record


def decide(event, record):
    vault = os.environ["INTERMEDIATE_VAULT_NAME"]
    destination = os.environ["DESTINATION_VAULT_ARN"]
    recovery_point_arn = arrived(event, vault, record)
    if recovery_point_arn is None:
        return
    backup = boto3.client("backup", config=RETRIES)
    point = backup.describe_recovery_point(BackupVaultName=vault, RecoveryPointArn=recovery_point_arn)
    if not usable(point, record):
        return
    if not tagged_for(destination, recovery_point_arn, backup, record):
        return
    origin = (point["ResourceArn"], millis(point["CreationDate"]))
    record.update(resource_arn=origin[0], created_ms=origin[1])
    attempt = attempt_of(origin, point["CreationDate"], recovery_point_arn, vault, destination, backup, record)
    if attempt is None or not lives_long_enough(point["CreationDate"], record):
        return
    start(origin, recovery_point_arn, vault, destination, attempt, backup, record)


def arrived(event, vault, record):
    """The recovery point that a completed copy job put into the intermediate vault, or None."""
    event = event if isinstance(event, dict) else {}
    detail = event.get("detail")
    detail = detail if isinstance(detail, dict) else {}
    record["copy_job_id"] = text(detail.get("copyJobId"))
    if event.get("source") != "aws.backup" or event.get("detail-type") != "Copy Job State Change":
        return settle(record, "ignored", "not a copy job event of AWS Backup")
    if (text(detail.get("state")) or "").upper() != "COMPLETED":
        return settle(record, "ignored", "the copy job is not completed")
    into = text(detail.get("destinationBackupVaultArn")) or ""
    if not into.endswith(":backup-vault:" + vault):
        return settle(record, "ignored", "a copy into another vault")
    # Events of jobs without a result carry an empty object here instead of a string.
    arn = text(detail.get("destinationRecoveryPointArn"))
    if arn is None:
        return settle(record, "unreadable", "the event names no recovery point")
    record["recovery_point_arn"] = arn
    return arn


def usable(point, record):
    status = point.get("Status")
    if status == "CREATING":
        raise TryAgain("the recovery point is still being created")
    if status not in ("COMPLETED", "AVAILABLE"):
        settle(record, "unusable", "the recovery point is " + str(status))
        return False
    if not point.get("ResourceArn") or not point.get("CreationDate"):
        raise TryAgain("the recovery point has no resource or no creation date yet")
    return True


def tagged_for(destination, arn, backup, record):
    """The third wall: only the vault that the stack was deployed with is ever copied to."""
    tags = tags_of(arn, backup)
    if tags is None:
        settle(record, "unsupported", "tags of this resource type cannot be read")
        return False
    wanted = tags.get(TAG)
    if wanted is None:
        settle(record, "tag-missing", "the recovery point has no tag " + TAG)
        return False
    if wanted.strip() != destination:
        record["tag"] = wanted
        settle(record, "refused", "the tag names another vault than the stack was deployed with")
        return False
    return True


def tags_of(arn, backup):
    """Tags live with the service that keeps the snapshot; AWS Backup serves only its own ARNs."""
    service = arn.split(":")[2] if arn.count(":") >= 5 else ""
    if service == "rds":
        answer = boto3.client("rds", config=RETRIES).list_tags_for_resource(ResourceName=arn)
        return {tag["Key"]: tag.get("Value", "") for tag in answer.get("TagList", [])}
    if service == "backup":
        tags = {}
        for answer in pages(backup.list_tags, ResourceArn=arn):
            tags.update(answer.get("Tags") or {})
        return tags
    return None


def attempt_of(origin, created, arn, vault, destination, backup, record):
    """Counts the copy jobs of this origin towards the destination; None where one settles it."""
    same = {arn}
    for answer in pages(backup.list_recovery_points_by_backup_vault, BackupVaultName=vault, ByResourceArn=origin[0]):
        for point in answer.get("RecoveryPoints", []):
            if point.get("CreationDate") and millis(point["CreationDate"]) == origin[1]:
                same.add(point["RecoveryPointArn"])
    failed = 0
    filters = {"ByResourceArn": origin[0], "ByDestinationVaultArn": destination, "ByCreatedAfter": created}
    for answer in pages(backup.list_copy_jobs, **filters):
        for job in answer.get("CopyJobs", []):
            if job.get("SourceRecoveryPointArn") not in same or job.get("DestinationBackupVaultArn") != destination:
                continue
            if job.get("State") in ("FAILED", "PARTIAL"):
                failed += 1
                continue
            record["second_hop_job_id"] = job.get("CopyJobId")
            if job.get("State") == "COMPLETED":
                return settle(record, "already-copied", "a copy job of this origin is completed")
            return settle(record, "in-flight", "a copy job of this origin is under way")
    return failed + 1


def lives_long_enough(created, record):
    days = int(os.environ["DESTINATION_DELETE_AFTER_DAYS"])
    delete_at = created + timedelta(days=days)
    record["delete_at"] = delete_at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if delete_at - now() < LEAST_LIFE:
        settle(record, "would-expire", "the copy would be deleted within 48 hours")
        return False
    return True


def start(origin, arn, vault, destination, attempt, backup, record):
    parts = [origin[0], str(origin[1]), destination, str(attempt), os.environ["TOKEN_VERSION"]]
    asked_at = now()
    record["attempt"] = attempt
    job_id = backup.start_copy_job(
        RecoveryPointArn=arn,
        SourceBackupVaultName=vault,
        DestinationBackupVaultArn=destination,
        IamRoleArn=os.environ["COPY_ROLE_ARN"],
        IdempotencyToken=hashlib.sha256("\n".join(parts).encode()).hexdigest(),
        Lifecycle={"DeleteAfterDays": int(os.environ["DESTINATION_DELETE_AFTER_DAYS"])},
    )["CopyJobId"]
    record["second_hop_job_id"] = job_id
    # The answer is believed only when the job is seen: AWS answers a remembered token with the old job's id.
    job = backup.describe_copy_job(CopyJobId=job_id)["CopyJob"]
    if job.get("State") in ("FAILED", "PARTIAL"):
        raise TryAgain("the copy job failed at once: " + str(job.get("StatusMessage")))
    if job.get("State") == "COMPLETED" and job["CreationDate"] < asked_at:
        settle(record, "already-copied", "AWS Backup remembers this request; its job is completed")
    else:
        settle(record, "started", "the second hop is under way")


def settle(record, outcome, reason):
    record.update(outcome=outcome, reason=reason)


def pages(operation, **arguments):
    while True:
        answer = operation(**arguments)
        yield answer
        if not answer.get("NextToken"):
            return
        arguments["NextToken"] = answer["NextToken"]


def text(value):
    return value if isinstance(value, str) and value else None


def millis(moment):
    return (moment - EPOCH) // timedelta(milliseconds=1)
