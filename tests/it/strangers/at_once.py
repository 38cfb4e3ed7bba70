"""Eight clients at once on one served sandbox: no lost update, no error, each token once, answers that fit their calls."""

import concurrent.futures
import sys

from clients import PRODUCTION, REGION_A, Served

CLIENTS, ROUNDS = 8, 6
VAULT = "source-vault-account-a-region-a"
ROLE = f"arn:aws:iam::{PRODUCTION}:role/service-role/AWSBackupDefaultServiceRole"


def work(endpoint, number, key):
    """What one client does; the ids that it was given."""
    served = Served(endpoint)
    kms, backup, sqs = served.client("kms"), served.client("backup"), served.client("sqs")
    jobs = []
    for turn in range(ROUNDS):
        kms.tag_resource(KeyId=key, Tags=[{"TagKey": f"{number}-{turn}", "TagValue": str(turn)}])
        backup.create_backup_vault(BackupVaultName=f"vault-{number}-{turn}", EncryptionKeyArn=key)
        url = sqs.create_queue(QueueName=f"queue-{number}-{turn}")["QueueUrl"]
        assert url.endswith(f"queue-{number}-{turn}"), url
        sqs.send_message(QueueUrl=url, MessageBody=f"{number} {turn}")
        assert sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == f"{number} {turn}"
        # Every client asks with the same token in the same turn: one job among them all.
        jobs.append(backup.start_backup_job(
            BackupVaultName=VAULT, ResourceArn=f"arn:aws:rds:{REGION_A}:{PRODUCTION}:db:orders", IamRoleArn=ROLE,
            IdempotencyToken=f"turn-{turn}")["BackupJobId"])
    return jobs


def main(endpoint):
    served = Served(endpoint)
    key = served.client("kms").create_key()["KeyMetadata"]["Arn"]
    before = len(served.client("backup").list_backup_jobs()["BackupJobs"])
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        given = list(pool.map(lambda number: work(endpoint, number, key), range(CLIENTS)))
    assert all(jobs == given[0] for jobs in given), given
    assert len(set(given[0])) == ROUNDS, given[0]
    backup = served.client("backup")
    assert len(backup.list_backup_jobs()["BackupJobs"]) == before + ROUNDS
    names = {vault["BackupVaultName"] for vault in backup.list_backup_vaults()["BackupVaultList"]}
    wanted = {f"vault-{number}-{turn}" for number in range(CLIENTS) for turn in range(ROUNDS)}
    assert wanted <= names, wanted - names
    tags = set()
    for page in served.client("kms").get_paginator("list_resource_tags").paginate(KeyId=key):
        tags |= {tag["TagKey"] for tag in page["Tags"]}
    assert len(tags) == CLIENTS * ROUNDS, len(tags)


main(*sys.argv[1:])
