//! Stacks of IAM roles: real calls, real permissions.

use serde_json::{Value, json};

use super::Test;
use crate::services::{Service, iam};
use crate::world::ServiceError;
use aws_policy::context::Context;

const ROLE: &str = "
Parameters:
  RoleName: { Type: String, Default: copier }
  Text: { Type: String, Default: first }
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Ref RoleName
      Description: !Ref Text
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }]
      Policies:
        - PolicyName: read
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{ Effect: Allow, Action: rds:DescribeDBSnapshots, Resource: '*' }]
  Handle:
    Type: AWS::CloudFormation::WaitConditionHandle
    DependsOn: Role
Outputs:
  Arn: { Value: !GetAtt Role.Arn }
  Name: { Value: !Ref Role }
";

impl Test {
    pub(super) fn administrator() -> Self {
        let mut test = Self::new();
        let account = test.caller.account();
        iam::create_administrator(&mut test.world, &account);
        test.caller = iam::administrator(&test.world, &account).expect("the administrator");
        test.wait(10);
        test
    }

    fn iam(&mut self, operation: &str, input: Value) -> Result<Value, ServiceError> {
        let (caller, region) = (self.caller.clone(), self.region.clone());
        self.world.call(&caller, &region, Service::Iam, operation, input, &Context::new())
    }

    fn create_role_stack(&mut self) {
        let input = json!({
            "StackName": "roles",
            "TemplateBody": ROLE,
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "Tags": [{ "Key": "team", "Value": "dba" }],
        });
        self.good("CreateStack", input);
        self.wait(120);
    }

    /// Another stack, of a handle alone.
    fn create_again(&mut self) {
        let template = "Resources: { A: { Type: AWS::CloudFormation::WaitConditionHandle } }";
        self.good("CreateStack", json!({ "StackName": "two", "TemplateBody": template }));
        self.wait(60);
    }

    fn update(&mut self, key: &str, value: &str) {
        let input = json!({
            "StackName": "roles",
            "UsePreviousTemplate": true,
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "Parameters": [{ "ParameterKey": key, "ParameterValue": value }],
        });
        self.good("UpdateStack", input);
    }
}

#[test]
fn a_role_is_made_with_its_policies_and_the_stacks_tags() {
    let mut test = Test::administrator();
    test.create_role_stack();
    assert_eq!(test.status("roles"), "CREATE_COMPLETE", "{:#?}", test.history("roles"));
    let outputs = test.stack("roles")["Outputs"].clone();
    assert_eq!(outputs[0]["OutputValue"], "arn:aws:iam::111111111111:role/copier");
    assert_eq!(outputs[1]["OutputValue"], "copier");
    let policies = test.iam("ListRolePolicies", json!({ "RoleName": "copier" })).expect("policies");
    assert_eq!(policies["PolicyNames"], json!(["read"]));
    let role = test.iam("GetRole", json!({ "RoleName": "copier" })).expect("the role");
    assert_eq!(role["Role"]["Tags"], json!([{ "Key": "team", "Value": "dba" }]));
    test.good("DeleteStack", json!({ "StackName": "roles" }));
    test.wait(120);
    let error = test.iam("GetRole", json!({ "RoleName": "copier" })).expect_err("gone");
    assert_eq!(error.code, "NoSuchEntity");
}

#[test]
fn a_property_is_changed_in_place_or_by_replacement() {
    let mut test = Test::administrator();
    test.create_role_stack();
    test.update("Text", "second");
    test.wait(120);
    let role = test.iam("GetRole", json!({ "RoleName": "copier" })).expect("the role");
    assert_eq!(role["Role"]["Description"], "second");
    let before = test.history("roles").len();
    // Template Reference: `RoleName` has "Update requires: Replacement".
    let input = json!({
        "StackName": "roles",
        "ChangeSetName": "rename",
        "UsePreviousTemplate": true,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "Parameters": [
            { "ParameterKey": "RoleName", "ParameterValue": "mover" },
            { "ParameterKey": "Text", "UsePreviousValue": true },
        ],
    });
    test.good("CreateChangeSet", input);
    test.wait(10);
    let named = json!({ "StackName": "roles", "ChangeSetName": "rename", "IncludePropertyValues": true });
    let change = test.good("DescribeChangeSet", named.clone())["Changes"][0]["ResourceChange"].clone();
    assert_eq!(change["Action"], "Modify");
    assert_eq!(change["Replacement"], "True");
    assert_eq!(change["PhysicalResourceId"], "copier");
    let target = json!({
        "Attribute": "Properties",
        "RequiresRecreation": "Always",
        "Name": "RoleName",
        "Path": "/Properties/RoleName",
        "AttributeChangeType": "Modify",
        "BeforeValue": "copier",
        "AfterValue": "mover",
    });
    assert_eq!(change["Details"][0]["Target"], target);
    assert_eq!(change["Details"][0]["ChangeSource"], "ParameterReference");
    assert_eq!(change["Details"][0]["CausingEntity"], "RoleName");
    test.good("ExecuteChangeSet", json!({ "StackName": "roles", "ChangeSetName": "rename" }));
    test.wait(180);
    let history = test.history("roles");
    let expected = [
        "roles: UPDATE_IN_PROGRESS",
        "Role: UPDATE_IN_PROGRESS",
        "Role: UPDATE_IN_PROGRESS",
        "Role: UPDATE_COMPLETE",
        "roles: UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "Role: DELETE_IN_PROGRESS",
        "Role: DELETE_COMPLETE",
        "roles: UPDATE_COMPLETE",
    ];
    assert_eq!(history[before..], expected);
    assert!(test.iam("GetRole", json!({ "RoleName": "copier" })).is_err());
    assert_eq!(test.stack("roles")["Outputs"][1]["OutputValue"], "mover");
}

#[test]
fn a_failed_update_puts_back_what_it_changed() {
    let mut test = Test::administrator();
    test.create_role_stack();
    let broken = ROLE.replace("    DependsOn: Role", "    DependsOn: Role\n  Later:\n    Type: AWS::IAM::RolePolicy\n    DependsOn: Role\n    Properties: { RoleName: nobody, PolicyName: x, PolicyDocument: { Version: '2012-10-17', Statement: [] } }");
    let input = json!({
        "StackName": "roles",
        "TemplateBody": broken,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "Parameters": [{ "ParameterKey": "Text", "ParameterValue": "second" }],
    });
    test.good("UpdateStack", input);
    test.wait(240);
    assert_eq!(test.status("roles"), "UPDATE_ROLLBACK_COMPLETE", "{:#?}", test.history("roles"));
    let role = test.iam("GetRole", json!({ "RoleName": "copier" })).expect("the role");
    assert_eq!(role["Role"]["Description"], "first");
    assert_eq!(test.stack("roles")["Parameters"][1]["ParameterValue"], "first");
}

#[test]
fn a_rollback_that_fails_is_continued_or_skipped() {
    let mut test = Test::administrator();
    test.create_role_stack();
    let broken = ROLE.replace("    DependsOn: Role", "    DependsOn: Role\n  Later:\n    Type: AWS::IAM::RolePolicy\n    DependsOn: Role\n    Properties: { RoleName: nobody, PolicyName: x, PolicyDocument: { Version: '2012-10-17', Statement: [] } }");
    let input = json!({
        "StackName": "roles",
        "TemplateBody": broken,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "Parameters": [{ "ParameterKey": "Text", "ParameterValue": "second" }],
    });
    test.good("UpdateStack", input);
    while test.status("roles") == "UPDATE_IN_PROGRESS" {
        test.wait(1);
    }
    // Somebody deletes the role before the rollback reaches it.
    test.iam("DeleteRolePolicy", json!({ "RoleName": "copier", "PolicyName": "read" })).expect("the policy goes");
    test.iam("DeleteRole", json!({ "RoleName": "copier" })).expect("the role goes");
    test.wait(120);
    let stack = test.stack("roles");
    assert_eq!(stack["StackStatus"], "UPDATE_ROLLBACK_FAILED", "{:#?}", test.history("roles"));
    assert_eq!(stack["StackStatusReason"], "The following resource(s) failed to update: [Role]. ");
    test.good("ContinueUpdateRollback", json!({ "StackName": "roles" }));
    test.wait(120);
    assert_eq!(test.status("roles"), "UPDATE_ROLLBACK_FAILED");
    test.good("ContinueUpdateRollback", json!({ "StackName": "roles", "ResourcesToSkip": ["Role"] }));
    test.wait(120);
    assert_eq!(test.status("roles"), "UPDATE_ROLLBACK_COMPLETE");
}

#[test]
fn a_name_that_is_taken_fails_with_the_handlers_words() {
    let mut test = Test::administrator();
    test.create_role_stack();
    let input = json!({ "StackName": "again", "TemplateBody": ROLE, "Capabilities": ["CAPABILITY_NAMED_IAM"] });
    test.good("CreateStack", input);
    test.wait(120);
    assert_eq!(test.status("again"), "ROLLBACK_COMPLETE");
    let events = test.good("DescribeStackEvents", json!({ "StackName": "again" }));
    let failed = events["StackEvents"]
        .as_array()
        .and_then(|events| events.iter().find(|event| event["ResourceStatus"] == "CREATE_FAILED").cloned())
        .unwrap_or_default();
    let reason = failed["ResourceStatusReason"].as_str().unwrap_or_default();
    let head = "Resource handler returned message: \"Role with name copier already exists. (Service: Iam, Status Code: 409, Request ID: ";
    assert!(reason.starts_with(head), "{reason}");
    assert!(reason.ends_with(", HandlerErrorCode: AlreadyExists)"), "{reason}");
    // What the stack did not make it does not delete.
    assert!(test.iam("GetRole", json!({ "RoleName": "copier" })).is_ok());
}

/// A stack whose role somebody gave a policy of their own: IAM does not delete it.
fn undeletable() -> Test {
    let mut test = Test::administrator();
    test.create_role_stack();
    let policy =
        json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Action": "*", "Resource": "*" }] });
    let input = json!({ "RoleName": "copier", "PolicyName": "by-hand", "PolicyDocument": policy.to_string() });
    test.iam("PutRolePolicy", input).expect("a policy by hand");
    test.good("DeleteStack", json!({ "StackName": "roles" }));
    test.wait(120);
    test
}

#[test]
fn a_deletion_that_fails_can_leave_the_resource_standing() {
    let mut test = undeletable();
    let stack = test.stack("roles");
    assert_eq!(stack["StackStatus"], "DELETE_FAILED");
    assert_eq!(stack["StackStatusReason"], "The following resource(s) failed to delete: [Role]. ");
    let events = test.good("DescribeStackEvents", json!({ "StackName": "roles" })).to_string();
    assert!(
        events.contains("Cannot delete entity, must delete policies first. (Service: Iam, Status Code: "),
        "{events}"
    );
    let id = stack["StackId"].as_str().unwrap_or_default().to_owned();
    test.good("DeleteStack", json!({ "StackName": "roles", "RetainResources": ["Role"] }));
    test.wait(120);
    assert_eq!(test.status(&id), "DELETE_COMPLETE");
    assert!(test.iam("GetRole", json!({ "RoleName": "copier" })).is_ok());
}

#[test]
fn a_forced_deletion_goes_on_over_failures() {
    let mut test = undeletable();
    let id = test.stack("roles")["StackId"].as_str().unwrap_or_default().to_owned();
    test.good("DeleteStack", json!({ "StackName": "roles", "DeletionMode": "FORCE_DELETE_STACK" }));
    test.wait(120);
    assert_eq!(test.status(&id), "DELETE_COMPLETE");
    test.create_again();
    let forced = test.refused("DeleteStack", json!({ "StackName": "two", "DeletionMode": "FORCE_DELETE_STACK" }));
    assert!(forced.ends_with("FORCE_DELETE_STACK can only be specified for stacks in the DELETE_FAILED state."));
}

#[test]
fn a_role_without_its_stack_is_taken_over() {
    let mut test = Test::administrator();
    let trust = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" }] });
    let input = json!({ "RoleName": "copier", "AssumeRolePolicyDocument": trust.to_string() });
    test.iam("CreateRole", input).expect("a role");
    let template = ROLE
        .replace("    Type: AWS::IAM::Role\n", "    Type: AWS::IAM::Role\n    DeletionPolicy: Retain\n")
        .replace("  Handle:\n    Type: AWS::CloudFormation::WaitConditionHandle\n    DependsOn: Role\n", "");
    let template = &template[..template.find("Outputs:").expect("outputs")];
    let mut import = json!({
        "StackName": "adopted",
        "ChangeSetName": "import",
        "ChangeSetType": "IMPORT",
        "TemplateBody": template,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "ResourcesToImport": [{
            "ResourceType": "AWS::IAM::Role",
            "LogicalResourceId": "Role",
            "ResourceIdentifier": { "RoleName": "copier" },
        }],
    });
    test.good("CreateChangeSet", import.clone());
    test.wait(10);
    let named = json!({ "StackName": "adopted", "ChangeSetName": "import" });
    let shown = test.good("DescribeChangeSet", named.clone());
    assert_eq!(shown["Status"], "CREATE_COMPLETE", "{shown}");
    assert_eq!(shown["Changes"][0]["ResourceChange"]["Action"], "Import");
    assert_eq!(shown["Changes"][0]["ResourceChange"]["PhysicalResourceId"], "copier");
    test.good("ExecuteChangeSet", named);
    test.wait(60);
    assert_eq!(test.status("adopted"), "IMPORT_COMPLETE", "{:#?}", test.history("adopted"));
    let expected = [
        "adopted: REVIEW_IN_PROGRESS",
        "adopted: IMPORT_IN_PROGRESS",
        "Role: IMPORT_IN_PROGRESS",
        "Role: IMPORT_COMPLETE",
        "adopted: IMPORT_COMPLETE",
    ];
    assert_eq!(test.history("adopted"), expected);
    let detail = test.good("DescribeStackResource", json!({ "StackName": "adopted", "LogicalResourceId": "Role" }));
    assert_eq!(detail["StackResourceDetail"]["PhysicalResourceId"], "copier");
    import["StackName"] = "second".into();
    test.good("CreateChangeSet", import);
    test.wait(10);
    let shown = test.good("DescribeChangeSet", json!({ "StackName": "second", "ChangeSetName": "import" }));
    assert_eq!(shown["Status"], "FAILED");
    let reason = "Resources [Role] passed in ResourceToImport are already in a stack and cannot be imported.";
    assert_eq!(shown["StatusReason"], reason);
}

#[test]
fn a_world_that_is_saved_in_the_middle_goes_on_alike() {
    let mut through = Test::administrator();
    let input = json!({ "StackName": "roles", "TemplateBody": ROLE, "Capabilities": ["CAPABILITY_NAMED_IAM"] });
    through.good("CreateStack", input);
    through.wait(9);
    let text = serde_json::to_string(&through.world).expect("a world as text");
    let mut again = Test { world: serde_json::from_str(&text).expect("the world again"), ..Test::new() };
    again.caller = through.caller.clone();
    through.wait(200);
    again.wait(200);
    assert_eq!(through.stack("roles"), again.stack("roles"));
    assert_eq!(through.history("roles"), again.history("roles"));
    assert_eq!(through.status("roles"), "CREATE_COMPLETE");
}

#[test]
fn drift_is_seen_and_reverted() {
    let mut test = Test::administrator();
    test.create_role_stack();
    let detect = |test: &mut Test| {
        let id = test.good("DetectStackDrift", json!({ "StackName": "roles" }));
        let running = test.good("DescribeStackDriftDetectionStatus", id.clone());
        assert_eq!(running["DetectionStatus"], "DETECTION_IN_PROGRESS");
        test.wait(10);
        test.good("DescribeStackDriftDetectionStatus", id)
    };
    let before = detect(&mut test);
    let drifts = test.good("DescribeStackResourceDrifts", json!({ "StackName": "roles" }));
    assert_eq!(before["StackDriftStatus"], "IN_SYNC", "{drifts}");
    test.iam("UpdateRole", json!({ "RoleName": "copier", "Description": "by hand" })).expect("a change by hand");
    test.wait(10);
    let after = detect(&mut test);
    assert_eq!(after["StackDriftStatus"], "DRIFTED");
    assert_eq!(after["DriftedStackResourceCount"], 1);
    let drifts = test.good("DescribeStackResourceDrifts", json!({ "StackName": "roles" }));
    let difference = json!([{
        "PropertyPath": "/Description",
        "ExpectedValue": "first",
        "ActualValue": "by hand",
        "DifferenceType": "NOT_EQUAL",
    }]);
    assert_eq!(drifts["StackResourceDrifts"][0]["PropertyDifferences"], difference);
    let input = json!({
        "StackName": "roles",
        "ChangeSetName": "mend",
        "UsePreviousTemplate": true,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "DeploymentMode": "REVERT_DRIFT",
    });
    test.good("CreateChangeSet", input);
    test.wait(10);
    let named = json!({ "StackName": "roles", "ChangeSetName": "mend", "IncludePropertyValues": true });
    let shown = test.good("DescribeChangeSet", named.clone());
    let target = &shown["Changes"][0]["ResourceChange"]["Details"][0]["Target"];
    assert_eq!((&target["BeforeValue"], &target["AfterValue"]), (&json!("by hand"), &json!("first")));
    test.good("ExecuteChangeSet", named);
    test.wait(120);
    assert_eq!(test.status("roles"), "UPDATE_COMPLETE");
    let role = test.iam("GetRole", json!({ "RoleName": "copier" })).expect("the role");
    assert_eq!(role["Role"]["Description"], "first");
}

#[test]
fn a_stack_does_only_what_its_role_may_do() {
    let mut test = Test::administrator();
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": "cloudformation.amazonaws.com" },
            "Action": "sts:AssumeRole",
        }],
    });
    let input = json!({ "RoleName": "deployer", "AssumeRolePolicyDocument": trust.to_string() });
    test.iam("CreateRole", input).expect("a role");
    test.wait(10);
    let input = json!({
        "StackName": "roles",
        "TemplateBody": ROLE,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "RoleARN": "arn:aws:iam::111111111111:role/deployer",
    });
    test.good("CreateStack", input);
    test.wait(120);
    assert_eq!(test.status("roles"), "ROLLBACK_COMPLETE");
    let events = test.good("DescribeStackEvents", json!({ "StackName": "roles" })).to_string();
    assert!(events.contains("HandlerErrorCode: AccessDenied"), "{events}");
    assert!(events.contains("arn:aws:sts::111111111111:assumed-role/deployer/AWSCloudFormation is not authorized to perform: iam:CreateRole"), "{events}");
    let nobody = test.refused(
        "CreateStack",
        json!({
            "StackName": "more",
            "TemplateBody": ROLE,
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "RoleARN": "arn:aws:iam::111111111111:role/nobody",
        }),
    );
    assert_eq!(nobody, "ValidationError: Role arn:aws:iam::111111111111:role/nobody is invalid or cannot be assumed");
}
