"""KMS: every operation."""

from clients import CENTRAL, PRODUCTION, document, refused

ROLE = f"arn:aws:iam::{PRODUCTION}:role/service-role/AWSBackupDefaultServiceRole"


def calls(served, lists):
    kms = served.client("kms")
    whole = document({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{PRODUCTION}:root"}, "Action": "kms:*",
                      "Resource": "*"})
    made = kms.create_key(Description="by hand", Policy=whole, Tags=[{"TagKey": "team", "TagValue": "dba"}],
                          KeyUsage="ENCRYPT_DECRYPT", KeySpec="SYMMETRIC_DEFAULT", Origin="AWS_KMS")["KeyMetadata"]
    key = made["KeyId"]
    kms.update_key_description(KeyId=key, Description="by hand, again")
    kms.create_alias(AliasName="alias/by-hand", TargetKeyId=key)
    assert kms.describe_key(KeyId="alias/by-hand")["KeyMetadata"]["Description"] == "by hand, again"
    other = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.update_alias(AliasName="alias/by-hand", TargetKeyId=other)
    lists.leaves_out(kms, "list_aliases", "Aliases", KeyId=other)
    kms.delete_alias(AliasName="alias/by-hand")
    kms.list_keys()
    kms.disable_key(KeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Disabled"
    kms.enable_key(KeyId=key)
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 180
    kms.disable_key_rotation(KeyId=key)
    kms.tag_resource(KeyId=key, Tags=[{"TagKey": "cost", "TagValue": "7"}])
    assert len(kms.list_resource_tags(KeyId=key)["Tags"]) == 2
    kms.untag_resource(KeyId=key, TagKeys=["team"])
    assert kms.list_resource_tags(KeyId=key)["Tags"] == [{"TagKey": "cost", "TagValue": "7"}]
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=whole)
    assert kms.get_key_policy(KeyId=key, PolicyName="default")["PolicyName"] == "default"
    assert kms.list_key_policies(KeyId=key)["PolicyNames"] == ["default"]
    grants(kms, key, lists)
    used = next(alias["TargetKeyId"] for alias in kms.list_aliases()["Aliases"] if alias["AliasName"] == "alias/aws/rds")
    kms.get_key_last_usage(KeyId=used)
    gone = kms.schedule_key_deletion(KeyId=other, PendingWindowInDays=7)
    assert gone["KeyState"] == "PendingDeletion"
    assert kms.describe_key(KeyId=other)["KeyMetadata"]["DeletionDate"]
    kms.cancel_key_deletion(KeyId=other)
    refused("NotFoundException", "alias/nowhere", kms.describe_key, KeyId="alias/nowhere")
    refused("AlreadyExistsException", "alias/cmk", kms.create_alias, AliasName=next(
        alias["AliasName"] for alias in kms.list_aliases()["Aliases"] if "cmk" in alias["AliasName"]), TargetKeyId=key)
    refused("InvalidMarkerException", "", kms.list_keys, Marker="made up")
    refused("ValidationException", "limit", kms.list_keys, Limit=0x10000)


def grants(kms, key, lists):
    asked = {"KeyId": key, "GranteePrincipal": ROLE, "RetiringPrincipal": f"arn:aws:iam::{PRODUCTION}:root",
             "Operations": ["Decrypt", "GenerateDataKey"], "Name": "by-hand",
             "Constraints": {"EncryptionContextSubset": {"db": "orders"}}}
    first = kms.create_grant(**asked)
    assert kms.create_grant(**asked)["GrantId"] == first["GrantId"], "the same name and parameters, the same grant"
    second = kms.create_grant(KeyId=key, GranteePrincipal=f"arn:aws:iam::{CENTRAL}:root", Operations=["DescribeKey"],
                              Constraints={"EncryptionContextEquals": {"db": "orders"}})
    third = kms.create_grant(KeyId=key, GranteePrincipal="rds.us-east-1.amazonaws.com", Operations=["DescribeKey"],
                             RetiringPrincipal=f"arn:aws:iam::{PRODUCTION}:root",
                             Constraints={"EncryptionContextEquals": {"db": "orders"}})
    lists.leaves_out(kms, "list_grants", "Grants", KeyId=key, GrantId=first["GrantId"])
    lists.leaves_out(kms, "list_grants", "Grants", KeyId=key, GranteePrincipal=ROLE)
    lists.leaves_out(kms, "list_grants", "Grants", KeyId=key, GranteeServicePrincipal="rds.us-east-1.amazonaws.com")
    retirable = kms.list_retirable_grants(RetiringPrincipal=f"arn:aws:iam::{PRODUCTION}:root")["Grants"]
    assert len(retirable) == 2, retirable
    kms.retire_grant(KeyId=key, GrantId=first["GrantId"])
    kms.revoke_grant(KeyId=key, GrantId=second["GrantId"])
    kms.revoke_grant(KeyId=key, GrantId=third["GrantId"])
    assert kms.list_grants(KeyId=key)["Grants"] == []
