"""Organizations: every operation, as the management account, and what a member may see."""

from clients import CENTRAL, MANAGEMENT, OUTSIDE, PRODUCTION, document, refused

DENY = document({"Effect": "Deny", "Action": "backup:DeleteBackupVault", "Resource": "*"})


def calls(served, lists):
    chief, member = served.client("organizations", MANAGEMENT), served.client("organizations")
    chief.describe_organization()
    assert member.describe_organization()["Organization"]["MasterAccountId"] == MANAGEMENT
    assert len(chief.list_accounts()["Accounts"]) == 3
    chief.describe_account(AccountId=PRODUCTION)
    root = chief.list_roots()["Roots"][0]["Id"]
    unit = chief.create_organizational_unit(ParentId=root, Name="databases",
                                            Tags=[{"Key": "team", "Value": "dba"}])["OrganizationalUnit"]["Id"]
    chief.list_organizational_units_for_parent(ParentId=root)
    chief.move_account(AccountId=CENTRAL, SourceParentId=root, DestinationParentId=unit)
    assert chief.list_parents(ChildId=CENTRAL)["Parents"][0]["Id"] == unit
    assert chief.list_children(ParentId=unit, ChildType="ACCOUNT")["Children"] == [{"Id": CENTRAL, "Type": "ACCOUNT"}]
    assert [row["Id"] for row in chief.list_accounts_for_parent(ParentId=unit)["Accounts"]] == [CENTRAL]
    chief.enable_aws_service_access(ServicePrincipal="ram.amazonaws.com")
    assert len(chief.list_aws_service_access_for_organization()["EnabledServicePrincipals"]) == 2
    chief.disable_aws_service_access(ServicePrincipal="ram.amazonaws.com")
    assert chief.list_delegated_administrators()["DelegatedAdministrators"] == []
    refused("AccessDeniedException", "", member.list_parents, ChildId=CENTRAL)
    chief.register_delegated_administrator(AccountId=PRODUCTION, ServicePrincipal="backup.amazonaws.com")
    listed = chief.list_delegated_administrators(ServicePrincipal="backup.amazonaws.com")["DelegatedAdministrators"]
    assert [row["Id"] for row in listed] == [PRODUCTION]
    lists.leaves_out(chief, "list_delegated_administrators", "DelegatedAdministrators", empty=True,
                     ServicePrincipal="ram.amazonaws.com")
    assert member.list_parents(ChildId=CENTRAL)["Parents"][0]["Id"] == unit
    assert len(member.list_accounts()["Accounts"]) == 3
    refused("AccountAlreadyRegisteredException", "", chief.register_delegated_administrator, AccountId=PRODUCTION,
            ServicePrincipal="backup.amazonaws.com")
    refused("ConstraintViolationException", "", chief.register_delegated_administrator, AccountId=MANAGEMENT,
            ServicePrincipal="backup.amazonaws.com")
    refused("ConstraintViolationException", "", chief.register_delegated_administrator, AccountId=PRODUCTION,
            ServicePrincipal="ram.amazonaws.com")
    refused("AccessDeniedException", "", member.register_delegated_administrator, AccountId=CENTRAL,
            ServicePrincipal="backup.amazonaws.com")
    chief.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    policy = chief.create_policy(Name="keep", Description="vaults stay", Type="SERVICE_CONTROL_POLICY", Content=DENY,
                                 Tags=[{"Key": "team", "Value": "dba"}])["Policy"]["PolicySummary"]["Id"]
    chief.update_policy(PolicyId=policy, Description="vaults stay here")
    chief.describe_policy(PolicyId=policy)
    assert len(chief.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]) == 2
    assert chief.list_policies(Filter="TAG_POLICY")["Policies"] == []
    chief.attach_policy(PolicyId=policy, TargetId=unit)
    assert len(chief.list_policies_for_target(TargetId=unit, Filter="SERVICE_CONTROL_POLICY")["Policies"]) == 2
    assert chief.list_targets_for_policy(PolicyId=policy)["Targets"][0]["TargetId"] == unit
    backup = served.client("backup", CENTRAL)
    backup.create_backup_vault(BackupVaultName="guarded")
    refused("AccessDeniedException", "service control policy", backup.delete_backup_vault, BackupVaultName="guarded")
    refused("PolicyInUseException", "", chief.delete_policy, PolicyId=policy)
    chief.detach_policy(PolicyId=policy, TargetId=unit)
    chief.delete_policy(PolicyId=policy)
    chief.enable_policy_type(RootId=root, PolicyType="RESOURCE_CONTROL_POLICY")
    chief.list_roots()
    chief.disable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    chief.disable_policy_type(RootId=root, PolicyType="RESOURCE_CONTROL_POLICY")
    chief.move_account(AccountId=CENTRAL, SourceParentId=unit, DestinationParentId=root)
    refused("AccessDeniedException", "", served.client("organizations", CENTRAL).list_accounts)
    refused("AlreadyInOrganizationException", "", chief.create_organization, FeatureSet="ALL")
    served.client("organizations", OUTSIDE).create_organization(FeatureSet="ALL")
    refused("AccountNotFoundException", "", chief.describe_account, AccountId="000000000001")
    refused("InvalidInputException", "", chief.list_accounts, MaxResults=21)
