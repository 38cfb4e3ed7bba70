"""STS: every operation, and what a client learns whose credentials are wrong."""

from clients import PRODUCTION, document, refused


def calls(served, _):
    sts, iam = served.client("sts"), served.client("iam")
    assert sts.get_caller_identity()["Account"] == PRODUCTION
    trust = document({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{PRODUCTION}:root"},
                      "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]})
    iam.create_role(RoleName="visitor", AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName="visitor", PolicyName="look", PolicyDocument=document(
        {"Effect": "Allow", "Action": "*", "Resource": "*"}))
    served.advance(minutes=1)
    role = {"RoleArn": f"arn:aws:iam::{PRODUCTION}:role/visitor", "RoleSessionName": "today"}
    narrow = document({"Effect": "Allow", "Action": "iam:*", "Resource": "*"})
    assumed = sts.assume_role(**role, DurationSeconds=900, Policy=narrow, SourceIdentity="alice")
    keys = {"aws_access_key_id": assumed["Credentials"]["AccessKeyId"],
            "aws_secret_access_key": assumed["Credentials"]["SecretAccessKey"],
            "aws_session_token": assumed["Credentials"]["SessionToken"]}
    assert served.client("sts", **keys).get_caller_identity()["Arn"].endswith("assumed-role/visitor/today")
    served.client("iam", **keys).list_roles()
    refused("AccessDeniedException", "session policy", served.client("backup", **keys).list_backup_vaults)
    iam.create_user(UserName="bob")
    bob = iam.create_access_key(UserName="bob")["AccessKey"]
    served.advance(minutes=1)
    bobs = {"aws_access_key_id": bob["AccessKeyId"], "aws_secret_access_key": bob["SecretAccessKey"]}
    served.client("sts", **bobs).get_session_token(DurationSeconds=900)
    refused("AccessDenied", "bob is not authorized to perform: sts:AssumeRole", served.client("sts", **bobs).assume_role,
            RoleArn=f"arn:aws:iam::{PRODUCTION}:role/service-role/AWSBackupDefaultServiceRole", RoleSessionName="look")
    wrong = {**bobs, "aws_secret_access_key": "wrong"}
    refused("SignatureDoesNotMatch", "signature", served.client("sts", **wrong).get_caller_identity)
    refused("InvalidSignatureException", "signature", served.client("kms", **wrong).list_keys)
    nobody = {"aws_access_key_id": "AKIA000000000000NONE", "aws_secret_access_key": "x"}
    refused("InvalidClientTokenId", "security token", served.client("sts", **nobody).get_caller_identity)
    refused("UnrecognizedClientException", "security token", served.client("backup", **nobody).list_backup_vaults)
    refused("ValidationError", "durationSeconds", sts.assume_role, **role, DurationSeconds=60000)
