"""IAM: every operation."""

from clients import PRODUCTION, document, refused

READ = document({"Effect": "Allow", "Action": "backup:List*", "Resource": "*"})
TRUST = document({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{PRODUCTION}:root"}, "Action": "sts:AssumeRole"})
ROOT = f"arn:aws:iam::{PRODUCTION}"
MANAGED = "arn:aws:iam::aws:policy/AdministratorAccess"


def calls(served, lists):
    iam = served.client("iam")
    policies(served, iam, lists)
    roles(served, iam, lists)
    users(served, iam, lists)
    refused("NoSuchEntity", "nobody", iam.get_role, RoleName="nobody")
    refused("MalformedPolicyDocument", "", iam.create_policy, PolicyName="broken", PolicyDocument="{}")
    refused("ValidationError", "maxItems", iam.list_roles, MaxItems=1001)


def policies(served, iam, lists):
    made = iam.create_policy(PolicyName="boundary", Path="/teams/", PolicyDocument=READ, Description="what a team may",
                             Tags=[{"Key": "team", "Value": "dba"}])["Policy"]
    arn = made["Arn"]
    version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=READ, SetAsDefault=False)["PolicyVersion"]
    iam.get_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    assert len(iam.list_policy_versions(PolicyArn=arn)["Versions"]) == 2
    iam.set_default_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == version["VersionId"]
    iam.delete_policy_version(PolicyArn=arn, VersionId="v1")
    iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "cost", "Value": "7"}])
    assert len(iam.list_policy_tags(PolicyArn=arn)["Tags"]) == 2
    iam.untag_policy(PolicyArn=arn, TagKeys=["cost"])
    lists.leaves_out(iam, "list_policies", "Policies", Scope="Local")
    lists.leaves_out(iam, "list_policies", "Policies", OnlyAttached=True)
    lists.leaves_out(iam, "list_policies", "Policies", PathPrefix="/teams/")
    iam.create_role(RoleName="bounded", AssumeRolePolicyDocument=TRUST)
    iam.create_user(UserName="bounded")
    iam.put_role_permissions_boundary(RoleName="bounded", PermissionsBoundary=arn)
    iam.put_user_permissions_boundary(UserName="bounded", PermissionsBoundary=arn)
    lists.leaves_out(iam, "list_policies", "Policies", PolicyUsageFilter="PermissionsBoundary")
    iam.attach_role_policy(RoleName="bounded", PolicyArn=arn)
    iam.attach_user_policy(UserName="bounded", PolicyArn=arn)
    shown = iam.list_entities_for_policy(PolicyArn=arn)
    assert shown["PolicyRoles"] and shown["PolicyUsers"], shown
    lists.leaves_out(iam, "list_entities_for_policy", "PolicyUsers", PolicyArn=arn, EntityFilter="Role", empty=True)
    lists.leaves_out(iam, "list_entities_for_policy", "PolicyUsers", PolicyArn=arn, PathPrefix="/teams/", empty=True)
    iam.create_role(RoleName="unbounded", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="unbounded", PolicyArn=arn)
    lists.leaves_out(iam, "list_entities_for_policy", "PolicyRoles", PolicyArn=arn,
                     PolicyUsageFilter="PermissionsBoundary")
    iam.list_policies(Scope="Local")
    iam.get_policy(PolicyArn=arn)
    iam.get_role(RoleName="bounded")
    iam.get_user(UserName="bounded")
    iam.list_users()
    iam.list_roles()
    refused("DeleteConflict", "", iam.delete_policy, PolicyArn=arn)
    iam.detach_user_policy(UserName="bounded", PolicyArn=arn)
    for role in ("bounded", "unbounded"):
        iam.detach_role_policy(RoleName=role, PolicyArn=arn)
    iam.delete_role_permissions_boundary(RoleName="bounded")
    iam.delete_user_permissions_boundary(UserName="bounded")
    for role in ("bounded", "unbounded"):
        iam.delete_role(RoleName=role)
    iam.delete_user(UserName="bounded")
    iam.delete_policy(PolicyArn=arn)


def roles(served, iam, lists):
    arn = iam.create_policy(PolicyName="edge", PolicyDocument=READ)["Policy"]["Arn"]
    iam.create_role(RoleName="reader", Path="/teams/", AssumeRolePolicyDocument=TRUST, Description="reads",
                    MaxSessionDuration=7200, PermissionsBoundary=arn, Tags=[{"Key": "team", "Value": "dba"}])
    iam.update_role(RoleName="reader", Description="reads more", MaxSessionDuration=3600)
    iam.update_role_description(RoleName="reader", Description="reads much")
    iam.update_assume_role_policy(RoleName="reader", PolicyDocument=TRUST)
    iam.put_role_policy(RoleName="reader", PolicyName="read", PolicyDocument=READ)
    assert iam.get_role_policy(RoleName="reader", PolicyName="read")["PolicyDocument"]["Statement"]
    assert iam.list_role_policies(RoleName="reader")["PolicyNames"] == ["read"]
    iam.attach_role_policy(RoleName="reader", PolicyArn=MANAGED)
    assert iam.list_attached_role_policies(RoleName="reader")["AttachedPolicies"][0]["PolicyArn"] == MANAGED
    lists.leaves_out(iam, "list_attached_role_policies", "AttachedPolicies", RoleName="reader", PathPrefix="/none/",
                     empty=True)
    iam.tag_role(RoleName="reader", Tags=[{"Key": "cost", "Value": "7"}])
    assert len(iam.list_role_tags(RoleName="reader")["Tags"]) == 2
    iam.untag_role(RoleName="reader", TagKeys=["cost"])
    assert iam.list_instance_profiles_for_role(RoleName="reader")["InstanceProfiles"] == []
    lists.leaves_out(iam, "list_roles", "Roles", PathPrefix="/teams/")
    served.advance(minutes=1)
    served.client("sts").assume_role(RoleArn=f"{ROOT}:role/teams/reader", RoleSessionName="a-look")
    served.advance(hours=5)
    assert iam.get_role(RoleName="reader")["Role"]["Description"] == "reads much"
    linked = iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com", Description="scales",
                                            CustomSuffix="ours")["Role"]
    task = iam.delete_service_linked_role(RoleName=linked["RoleName"])["DeletionTaskId"]
    served.advance(minutes=5)
    assert iam.get_service_linked_role_deletion_status(DeletionTaskId=task)["Status"] == "SUCCEEDED"
    busy = iam.delete_service_linked_role(RoleName="AWSServiceRoleForBackup")["DeletionTaskId"]
    served.advance(minutes=5)
    state = iam.get_service_linked_role_deletion_status(DeletionTaskId=busy)
    assert state["Status"] == "FAILED", state
    iam.detach_role_policy(RoleName="reader", PolicyArn=MANAGED)
    iam.delete_role_policy(RoleName="reader", PolicyName="read")
    iam.delete_role_permissions_boundary(RoleName="reader")
    iam.delete_role(RoleName="reader")
    iam.delete_policy(PolicyArn=arn)


def users(served, iam, lists):
    arn = iam.create_policy(PolicyName="edge", PolicyDocument=READ)["Policy"]["Arn"]
    iam.create_user(UserName="alice", Path="/teams/", PermissionsBoundary=arn, Tags=[{"Key": "team", "Value": "dba"}])
    iam.put_user_policy(UserName="alice", PolicyName="read", PolicyDocument=READ)
    iam.get_user_policy(UserName="alice", PolicyName="read")
    assert iam.list_user_policies(UserName="alice")["PolicyNames"] == ["read"]
    iam.attach_user_policy(UserName="alice", PolicyArn=MANAGED)
    iam.list_attached_user_policies(UserName="alice")
    lists.leaves_out(iam, "list_attached_user_policies", "AttachedPolicies", UserName="alice", PathPrefix="/none/",
                     empty=True)
    assert iam.list_groups_for_user(UserName="alice")["Groups"] == []
    iam.tag_user(UserName="alice", Tags=[{"Key": "cost", "Value": "7"}])
    assert len(iam.list_user_tags(UserName="alice")["Tags"]) == 2
    iam.untag_user(UserName="alice", TagKeys=["cost"])
    lists.leaves_out(iam, "list_users", "Users", PathPrefix="/teams/")
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    served.advance(minutes=1)
    alice = served.client("sts", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    assert alice.get_caller_identity()["Arn"] == f"{ROOT}:user/teams/alice"
    assert [row["UserName"] for row in iam.list_access_keys(UserName="alice")["AccessKeyMetadata"]] == ["alice"]
    assert "alice" not in [row["UserName"] for row in iam.list_access_keys()["AccessKeyMetadata"]]
    lists.cases.add(("iam", "ListAccessKeys", "UserName"))
    iam.get_user(UserName="alice")
    iam.delete_access_key(UserName="alice", AccessKeyId=key["AccessKeyId"])
    iam.detach_user_policy(UserName="alice", PolicyArn=MANAGED)
    iam.delete_user_policy(UserName="alice", PolicyName="read")
    iam.delete_user(UserName="alice")
