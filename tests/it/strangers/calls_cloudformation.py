"""CloudFormation: every operation, on small stacks by hand."""

import json

from clients import PRODUCTION, document, refused

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {
    "QueueName": {"Fn::Sub": "${AWS::StackName}-queue"}, "VisibilityTimeout": {"Ref": "Timeout"}}}
TEMPLATE = {
    "AWSTemplateFormatVersion": "2010-09-09", "Description": "a queue by hand",
    "Metadata": {"made": "by hand"},
    "Parameters": {"Timeout": {"Type": "Number", "Default": 30, "Description": "in seconds", "AllowedValues": [30, 40, 50, 60]},
                   "Word": {"Type": "String", "Default": "x", "NoEcho": True}},
    "Resources": {"Queue": QUEUE, "Group": {"Type": "AWS::Logs::LogGroup", "Metadata": {"made": "by hand"},
                                             "Properties": {"LogGroupName": "/by/hand/stack", "RetentionInDays": 30}}},
    "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}, "Description": "its ARN",
                        "Export": {"Name": {"Fn::Sub": "${AWS::StackName}-arn"}}}}}
USER = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {
    "Tags": [{"Key": "of", "Value": {"Fn::ImportValue": "by-hand-arn"}}]}}}}
ROLE = {"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": {
    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}]}}}},
    "Outputs": {"Name": {"Value": {"Ref": "Role"}}}}


def settle(served, cloudformation, name, status):
    served.advance(minutes=20)
    shown = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    assert shown["StackStatus"] == status, shown
    return shown


def calls(served, lists):
    cloudformation = served.client("cloudformation")
    body = json.dumps(TEMPLATE)
    cloudformation.validate_template(TemplateBody=json.dumps({**TEMPLATE, "Resources": {**TEMPLATE["Resources"], **ROLE["Resources"]}}))
    iam = served.client("iam")
    iam.create_role(RoleName="deploys", AssumeRolePolicyDocument=document(
        {"Effect": "Allow", "Principal": {"Service": "cloudformation.amazonaws.com"}, "Action": "sts:AssumeRole"}))
    iam.put_role_policy(RoleName="deploys", PolicyName="all", PolicyDocument=document(
        {"Effect": "Allow", "Action": "*", "Resource": "*"}))
    served.advance(minutes=1)
    role = f"arn:aws:iam::{PRODUCTION}:role/deploys"
    made = cloudformation.create_stack(
        StackName="by-hand", TemplateBody=body, Tags=[{"Key": "team", "Value": "dba"}], ClientRequestToken="made-once",
        RoleARN=role, TimeoutInMinutes=30, EnableTerminationProtection=True,
        NotificationARNs=[f"arn:aws:sns:us-east-1:{PRODUCTION}:news"],
        Parameters=[{"ParameterKey": "Timeout", "ParameterValue": "40"}])
    stack = made["StackId"]
    settle(served, cloudformation, "by-hand", "CREATE_COMPLETE")
    lists_by_stack(cloudformation, lists)
    cloudformation.update_termination_protection(StackName="by-hand", EnableTerminationProtection=False)
    looks(cloudformation, lists)
    imports(served, cloudformation)
    change_sets(served, cloudformation, body)
    updated = cloudformation.update_stack(StackName="by-hand", UsePreviousTemplate=True, Parameters=[
        {"ParameterKey": "Timeout", "ParameterValue": "60"}])
    assert updated["StackId"] == stack
    settle(served, cloudformation, "by-hand", "UPDATE_COMPLETE")
    refused("ValidationError", "No updates are to be performed", cloudformation.update_stack, StackName="by-hand",
            UsePreviousTemplate=True, Parameters=[{"ParameterKey": "Timeout", "UsePreviousValue": True}])
    drift(served, cloudformation, lists)
    failures(served, cloudformation)
    cloudformation.delete_stack(StackName="by-hand")
    served.advance(minutes=20)
    refused("ValidationError", "by-hand does not exist", cloudformation.describe_stacks, StackName="by-hand")
    assert cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["DeletionTime"]
    cloudformation.list_stacks()
    lists.leaves_out(cloudformation, "list_stacks", "StackSummaries", StackStatusFilter=["DELETE_COMPLETE"])


def lists_by_stack(cloudformation, lists):
    """A stack's resources are asked for by its name; another stack's are left out."""
    assert len(cloudformation.describe_stack_resources(StackName="by-hand")["StackResources"]) == 2
    lists.cases.add(("cloudformation", "DescribeStackResources", "StackName"))


def looks(cloudformation, lists):
    name = {"StackName": "by-hand"}
    cloudformation.describe_stack_events(**name)
    cloudformation.describe_stack_resources(**name)
    lists.leaves_out(cloudformation, "describe_stack_resources", "StackResources", base=name, LogicalResourceId="Queue")
    queue = cloudformation.describe_stack_resource(**name, LogicalResourceId="Queue")["StackResourceDetail"]
    found = cloudformation.describe_stack_resources(PhysicalResourceId=queue["PhysicalResourceId"])["StackResources"]
    assert found[0]["StackName"] == "by-hand", found
    lists.cases.add(("cloudformation", "DescribeStackResources", "PhysicalResourceId"))
    cloudformation.list_stack_resources(**name)
    cloudformation.get_template(**name)
    cloudformation.get_template_summary(**name)
    cloudformation.get_template_summary(TemplateBody=json.dumps({**TEMPLATE, "Resources": {
        **TEMPLATE["Resources"], **ROLE["Resources"]}}))
    lists.leaves_out(cloudformation, "describe_stacks", "Stacks", StackName="by-hand")
    lists.leaves_out(cloudformation, "list_stacks", "StackSummaries", StackStatusFilter=["CREATE_FAILED"], empty=True)
    assert [row["Name"] for row in cloudformation.list_exports()["Exports"]] == ["by-hand-arn"]
    keep = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "Update:*", "Resource": "*"}]})
    cloudformation.set_stack_policy(**name, StackPolicyBody=keep)
    assert cloudformation.get_stack_policy(**name)["StackPolicyBody"] == keep


def imports(served, cloudformation):
    cloudformation.create_stack(StackName="user", TemplateBody=json.dumps(USER))
    settle(served, cloudformation, "user", "CREATE_COMPLETE")
    assert cloudformation.list_imports(ExportName="by-hand-arn")["Imports"] == ["user"]
    cloudformation.delete_stack(StackName="user")
    served.advance(minutes=20)


def change_sets(served, cloudformation, body):
    asked = {"StackName": "by-hand", "TemplateBody": body, "ChangeSetType": "UPDATE", "IncludeNestedStacks": False,
             "Parameters": [{"ParameterKey": "Timeout", "ParameterValue": "50"}], "Description": "slower"}
    cloudformation.create_change_set(**asked, ChangeSetName="slower")
    cloudformation.create_change_set(**asked, ChangeSetName="unwanted")
    served.advance(minutes=1)
    shown = cloudformation.describe_change_set(StackName="by-hand", ChangeSetName="slower", IncludePropertyValues=True)
    assert shown["Status"] == "CREATE_COMPLETE" and shown["Changes"], shown
    cloudformation.get_template(StackName="by-hand", ChangeSetName="slower", TemplateStage="Original")
    cloudformation.list_change_sets(StackName="by-hand")
    cloudformation.delete_change_set(StackName="by-hand", ChangeSetName="unwanted")
    cloudformation.execute_change_set(StackName="by-hand", ChangeSetName="slower")
    settle(served, cloudformation, "by-hand", "UPDATE_COMPLETE")
    cloudformation.create_change_set(**asked, ChangeSetName="same")
    served.advance(minutes=1)
    same = cloudformation.describe_change_set(StackName="by-hand", ChangeSetName="same")
    assert same["Status"] == "FAILED" and "didn't contain changes" in same["StatusReason"], same
    cloudformation.list_change_sets(StackName="by-hand")
    cloudformation.delete_change_set(StackName="by-hand", ChangeSetName="same")


def drift(served, cloudformation, lists):
    logs = served.client("logs")
    logs.put_retention_policy(logGroupName="/by/hand/stack", retentionInDays=60)
    found = cloudformation.detect_stack_drift(StackName="by-hand")["StackDriftDetectionId"]
    served.advance(minutes=2)
    state = cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=found)
    assert state["StackDriftStatus"] == "DRIFTED", state
    cloudformation.detect_stack_resource_drift(StackName="by-hand", LogicalResourceId="Group")
    cloudformation.describe_stack_resource_drifts(StackName="by-hand")
    lists.leaves_out(cloudformation, "describe_stack_resource_drifts", "StackResourceDrifts", StackName="by-hand",
                     StackResourceDriftStatusFilters=["MODIFIED"])
    cloudformation.describe_stacks(StackName="by-hand")
    cloudformation.describe_stack_resource(StackName="by-hand", LogicalResourceId="Group")
    cloudformation.list_stacks()
    cloudformation.list_stack_resources(StackName="by-hand")
    cloudformation.describe_stack_resources(StackName="by-hand")
    logs.put_retention_policy(logGroupName="/by/hand/stack", retentionInDays=30)


def failures(served, cloudformation):
    refused("InsufficientCapabilitiesException", "CAPABILITY_IAM", cloudformation.create_stack, StackName="role",
            TemplateBody=json.dumps(ROLE))
    refused("AlreadyExistsException", "by-hand", cloudformation.create_stack, StackName="by-hand",
            TemplateBody=json.dumps(TEMPLATE))
    refused("ValidationError", "resources", cloudformation.validate_template, TemplateBody="{}")
    # A queue of that name is there already: the stack rolls back and says why.
    broken = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 99999}}}}
    cloudformation.create_stack(StackName="broken", TemplateBody=json.dumps(broken))
    settle(served, cloudformation, "broken", "ROLLBACK_COMPLETE")
    cloudformation.describe_stack_events(StackName="broken")
    cloudformation.describe_stacks(StackName="broken")
    cloudformation.list_stacks()
    cloudformation.describe_stack_resources(StackName="broken")
    cloudformation.describe_stack_resource(StackName="broken", LogicalResourceId="Queue")
    cloudformation.list_stack_resources(StackName="broken")
    refused("ValidationError", "ROLLBACK_COMPLETE", cloudformation.continue_update_rollback, StackName="broken")
    cloudformation.delete_stack(StackName="broken")
    served.advance(minutes=20)
