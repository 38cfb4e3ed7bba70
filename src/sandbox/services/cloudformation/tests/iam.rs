//! Stacks of IAM roles: real calls, real permissions.

use serde_json::{Value, json};

use super::Test;
use crate::policy::context::Context;
use crate::sandbox::services::{Service, iam};
use crate::sandbox::world::ServiceError;

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
    fn administrator() -> Self {
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
