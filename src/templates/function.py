"""Starts the second hop: intermediate vault -> destination vault of the central backup account.

Invoked by EventBridge for every completed copy into the intermediate vault, and by a schedule for the sweep, which
makes up for lost events and failed second hops. It writes one line of JSON for each decision. What a second try may
cure is raised, so that Lambda tries again; everything else is an outcome.
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
USABLE = ("COMPLETED", "AVAILABLE")
# A backup's copy jobs are read from its own creation on, and AWS lists copy jobs for about 30 days: of an older
# backup it cannot be known whether a second hop was made.
LISTED = timedelta(days=28)
# The sweep starts so many second hops in a run, tries each so often, and ends before Lambda ends it.
MOST_STARTS = 20
MOST_ATTEMPTS = 6
LEAST_MILLIS = 60_000
RETRIES = Config(retries={"mode": "standard", "total_max_attempts": 5})


class TryAgain(Exception):
    """A state that passes: Lambda invokes the function again."""


def now():
    return datetime.now(timezone.utc)


def handler(event, context):
    record = {}
    try:
        if is_schedule(event):
            sweep(context, record)
        else:
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
    if tagged_for(destination, tags_of(recovery_point_arn, backup), record):
        copy(point, recovery_point_arn, vault, destination, backup, record)


def copy(point, arn, vault, destination, backup, record):
    """Looks at the jobs once more, and starts the second hop where none settles it."""
    origin = origin_of(point)
    record.update(resource_arn=origin[0], created_ms=origin[1])
    attempt = attempt_of(origin, point["CreationDate"], arn, vault, destination, backup, record)
    if attempt is None or not lives_long_enough(point["CreationDate"], record):
        return
    start(origin, arn, vault, destination, attempt, backup, record)


def is_schedule(event):
    event = event if isinstance(event, dict) else {}
    return event.get("source") == "aws.events" and event.get("detail-type") == "Scheduled Event"


def sweep(context, record):
    """Starts the second hops that are missing, of the oldest backup first. What is left is the next run's."""
    vault = os.environ["INTERMEDIATE_VAULT_NAME"]
    destination = os.environ["DESTINATION_VAULT_ARN"]
    backup = boto3.client("backup", config=RETRIES)
    counts = {}
    missing = unsettled(vault, destination, backup, counts)
    tags = snapshot_tags([point["RecoveryPointArn"] for point, _ in missing])
    left = len(missing)
    for point, failures in missing:
        if counts.get("started", 0) >= MOST_STARTS or context.get_remaining_time_in_millis() < LEAST_MILLIS:
            break
        left -= 1
        line = {"recovery_point_arn": point["RecoveryPointArn"]}
        # One recovery point must not keep the others waiting.
        try:
            make_up(point, failures, tags, vault, destination, backup, line)
        except Exception as error:
            line.update(outcome="error", error=type(error).__name__, message=str(error))
        counts[line["outcome"]] = counts.get(line["outcome"], 0) + 1
        print(json.dumps(line, sort_keys=True))
    record.update(counts=counts, left=left)
    settle(record, "swept", "the next run goes on" if left else "every recovery point was looked at")
    if counts.get("error"):
        raise TryAgain("recovery points that could not be dealt with: %d" % counts["error"])


def unsettled(vault, destination, backup, counts):
    """Recovery points that arrived within the window and have no second hop: each with its failed jobs."""
    since = now() - timedelta(days=int(os.environ["SWEEP_WINDOW_DAYS"]))
    arns, arrived_points = {}, {}
    for answer in pages(backup.list_recovery_points_by_backup_vault, BackupVaultName=vault):
        for point in answer["RecoveryPoints"]:
            if not point.get("ResourceArn") or not point.get("CreationDate"):
                continue
            origin = origin_of(point)
            arns.setdefault(origin, set()).add(point["RecoveryPointArn"])
            # The creation date is the source's: when the first hop ended is the completion date.
            recent = point.get("CompletionDate") and point["CompletionDate"] >= since
            if recent and point.get("Status") in USABLE and point["CreationDate"] >= now() - LISTED:
                arrived_points.setdefault(origin, point)
    if not arrived_points:
        return []
    oldest = min(point["CreationDate"] for point in arrived_points.values())
    jobs = {}
    for answer in pages(backup.list_copy_jobs, ByDestinationVaultArn=destination, ByCreatedAfter=oldest):
        for job in answer["CopyJobs"]:
            if job["DestinationBackupVaultArn"] == destination:
                jobs.setdefault(job["SourceRecoveryPointArn"], []).append(job)
    missing = []
    for origin, point in sorted(arrived_points.items(), key=lambda item: (item[1]["CreationDate"], item[0])):
        found = [job for arn in sorted(arns[origin]) for job in jobs.get(arn, [])]
        failures = [job for job in found if job.get("State") in ("FAILED", "PARTIAL")]
        if len(failures) < len(found):
            counts["settled"] = counts.get("settled", 0) + 1
        else:
            missing.append((point, failures))
    return missing


def make_up(point, failures, tags, vault, destination, backup, line):
    """One recovery point of the sweep: the pause after a failed second hop doubles, and some day it gives up."""
    arn = point["RecoveryPointArn"]
    line.update(resource_arn=point["ResourceArn"], failed_jobs=len(failures))
    if len(failures) >= MOST_ATTEMPTS:
        line["level"] = "ERROR"
        return settle(line, "gave-up", "%d copy jobs failed: `backupctl copy` starts the next one" % len(failures))
    if failures:
        last = max(job.get("CompletionDate") or job["CreationDate"] for job in failures)
        again_at = last + timedelta(hours=2 ** (len(failures) - 1))
        if now() < again_at:
            line["again_at"] = instant(again_at)
            return settle(line, "waiting", "a copy job failed a while ago")
    # A list of snapshots may lag behind the vault's, and Aurora's may leave out those of AWS Backup.
    known = tags[arn] if arn in tags else tags_of(arn, backup)
    if tagged_for(destination, known, line):
        copy(point, arn, vault, destination, backup, line)


def snapshot_tags(arns):
    """The tags of all snapshots of AWS Backup, a page at a time: none is asked for by itself that a list gives."""
    tags = {}
    rds = boto3.client("rds", config=RETRIES)
    # The type awsbackup does not apply to Aurora (RDS API Reference, DescribeDBSnapshots).
    lists = (
        (":snapshot:", rds.describe_db_snapshots, "DBSnapshot", {"SnapshotType": "awsbackup"}),
        (":cluster-snapshot:", rds.describe_db_cluster_snapshots, "DBClusterSnapshot", {}),
    )
    for part, operation, member, arguments in lists:
        if not any(arn.split(":")[2] == "rds" and part in arn for arn in arns):
            continue
        for answer in pages(operation, "Marker", **arguments):
            for snapshot in answer.get(member + "s", []):
                tags[snapshot[member + "Arn"]] = tag_map(snapshot)
    return tags


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
    if status not in USABLE:
        settle(record, "unusable", "the recovery point is " + str(status))
        return False
    if not point.get("ResourceArn") or not point.get("CreationDate"):
        raise TryAgain("the recovery point has no resource or no creation date yet")
    return True


def tagged_for(destination, tags, record):
    """The third wall: only the vault that the stack was deployed with is ever copied to."""
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
        return tag_map(boto3.client("rds", config=RETRIES).list_tags_for_resource(ResourceName=arn))
    if service == "backup":
        tags = {}
        for answer in pages(backup.list_tags, ResourceArn=arn):
            tags.update(answer.get("Tags") or {})
        return tags
    return None


def tag_map(answer):
    return {tag["Key"]: tag.get("Value", "") for tag in answer.get("TagList", [])}


def attempt_of(origin, created, arn, vault, destination, backup, record):
    """Counts the copy jobs of this origin towards the destination; None where one settles it."""
    same = {arn}
    for answer in pages(backup.list_recovery_points_by_backup_vault, BackupVaultName=vault, ByResourceArn=origin[0]):
        for point in answer["RecoveryPoints"]:
            if point.get("CreationDate") and millis(point["CreationDate"]) == origin[1]:
                same.add(point["RecoveryPointArn"])
    failed = 0
    filters = {"ByResourceArn": origin[0], "ByDestinationVaultArn": destination, "ByCreatedAfter": created}
    for answer in pages(backup.list_copy_jobs, **filters):
        for job in answer["CopyJobs"]:
            if job["SourceRecoveryPointArn"] not in same or job["DestinationBackupVaultArn"] != destination:
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
    record["delete_at"] = instant(delete_at)
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


def pages(operation, token="NextToken", **arguments):
    """A page without its list raises: a job that is overlooked is a second copy."""
    seen = set()
    while True:
        answer = operation(**arguments)
        yield answer
        if not answer.get(token):
            return
        if answer[token] in seen:
            raise TryAgain("a list repeats a page token")
        seen.add(answer[token])
        arguments[token] = answer[token]


def text(value):
    return value if isinstance(value, str) and value else None


def origin_of(point):
    return (point["ResourceArn"], millis(point["CreationDate"]))


def instant(moment):
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def millis(moment):
    return (moment - EPOCH) // timedelta(milliseconds=1)
