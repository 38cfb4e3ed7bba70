//! Stacks of wait condition handles: the one resource type that needs no other service.

use serde_json::json;

use super::Test;

const TWO: &str = "
Parameters:
  Suffix: { Type: String, Default: one }
Resources:
  First:
    Type: AWS::CloudFormation::WaitConditionHandle
  Second:
    Type: AWS::CloudFormation::WaitConditionHandle
    DependsOn: First
Outputs:
  Handle:
    Value: !Sub '${AWS::StackName}-${Suffix}'
    Export: { Name: !Sub '${AWS::StackName}-handle' }
";

#[test]
fn a_stack_is_created_in_the_order_of_its_dependencies() {
    let mut test = Test::new();
    test.good("CreateStack", json!({ "StackName": "two", "TemplateBody": TWO, "ClientRequestToken": "t1" }));
    assert_eq!(test.status("two"), "CREATE_IN_PROGRESS");
    test.wait(60);
    let stack = test.stack("two");
    assert_eq!(stack["StackStatus"], "CREATE_COMPLETE");
    assert_eq!(stack["Outputs"][0]["OutputValue"], "two-one");
    assert_eq!(stack["Outputs"][0]["ExportName"], "two-handle");
    // CloudFormation User Guide, "Stack creation events".
    let expected = [
        "two: CREATE_IN_PROGRESS",
        "First: CREATE_IN_PROGRESS",
        "First: CREATE_IN_PROGRESS",
        "First: CREATE_COMPLETE",
        "Second: CREATE_IN_PROGRESS",
        "Second: CREATE_IN_PROGRESS",
        "Second: CREATE_COMPLETE",
        "two: CREATE_COMPLETE",
    ];
    assert_eq!(test.history("two"), expected);
    let events = test.good("DescribeStackEvents", json!({ "StackName": "two" }));
    assert_eq!(events["StackEvents"][2]["ResourceStatusReason"], "Resource creation Initiated");
    assert_eq!(events["StackEvents"][2]["ClientRequestToken"], "t1");
}

#[test]
fn a_name_is_taken_until_its_stack_is_deleted() {
    let mut test = Test::new();
    let input = json!({ "StackName": "two", "TemplateBody": TWO });
    let id = test.good("CreateStack", input.clone())["StackId"].clone();
    assert_eq!(test.refused("CreateStack", input.clone()), "AlreadyExistsException: Stack [two] already exists");
    test.wait(60);
    test.good("DeleteStack", json!({ "StackName": "two" }));
    test.wait(60);
    assert_eq!(
        test.refused("DescribeStacks", json!({ "StackName": "two" })),
        "ValidationError: Stack with id two does not exist"
    );
    let deleted = test.stack(id.as_str().unwrap_or_default());
    assert_eq!(deleted["StackStatus"], "DELETE_COMPLETE");
    // A stack that is not there is deleted already.
    test.good("DeleteStack", json!({ "StackName": "two" }));
    test.good("CreateStack", input);
}

#[test]
fn an_update_says_when_there_is_nothing_to_do() {
    let mut test = Test::new();
    test.good("CreateStack", json!({ "StackName": "two", "TemplateBody": TWO }));
    let busy = test.refused("UpdateStack", json!({ "StackName": "two", "TemplateBody": TWO }));
    assert!(busy.ends_with("is in CREATE_IN_PROGRESS state and can not be updated."), "{busy}");
    test.wait(60);
    let same = test.refused("UpdateStack", json!({ "StackName": "two", "UsePreviousTemplate": true }));
    assert_eq!(same, "ValidationError: No updates are to be performed.");
    let parameters = json!([{ "ParameterKey": "Suffix", "ParameterValue": "two" }]);
    test.good("UpdateStack", json!({ "StackName": "two", "UsePreviousTemplate": true, "Parameters": parameters }));
    test.wait(60);
    let stack = test.stack("two");
    assert_eq!(stack["StackStatus"], "UPDATE_COMPLETE");
    assert_eq!(stack["Outputs"][0]["OutputValue"], "two-two");
}

#[test]
fn a_resource_that_leaves_the_template_is_deleted_in_the_cleanup() {
    let mut test = Test::new();
    test.good("CreateStack", json!({ "StackName": "two", "TemplateBody": TWO }));
    test.wait(60);
    let less = TWO.replace("  Second:\n    Type: AWS::CloudFormation::WaitConditionHandle\n    DependsOn: First\n", "");
    test.good("UpdateStack", json!({ "StackName": "two", "TemplateBody": less }));
    test.wait(60);
    let history = test.history("two");
    let expected = [
        "two: UPDATE_IN_PROGRESS",
        "two: UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "Second: DELETE_IN_PROGRESS",
        "Second: DELETE_COMPLETE",
        "two: UPDATE_COMPLETE",
    ];
    assert_eq!(history[8..], expected);
    let resources = test.good("ListStackResources", json!({ "StackName": "two" }));
    assert_eq!(resources["StackResourceSummaries"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_kept_resource_is_skipped() {
    let mut test = Test::new();
    let kept = TWO.replace("    DependsOn: First", "    DependsOn: First\n    DeletionPolicy: RetainExceptOnCreate");
    test.good("CreateStack", json!({ "StackName": "two", "TemplateBody": kept }));
    test.wait(60);
    let id = test.stack("two")["StackId"].as_str().unwrap_or_default().to_owned();
    test.good("DeleteStack", json!({ "StackName": "two" }));
    test.wait(60);
    let history = test.history(&id);
    assert!(history.contains(&"Second: DELETE_SKIPPED".to_owned()), "{history:?}");
    assert_eq!(history.last().map(String::as_str), Some("two: DELETE_COMPLETE"));
}

#[test]
fn a_protected_stack_is_not_deleted() {
    let mut test = Test::new();
    let input = json!({ "StackName": "two", "TemplateBody": TWO, "EnableTerminationProtection": true });
    test.good("CreateStack", input);
    test.wait(60);
    assert_eq!(
        test.refused("DeleteStack", json!({ "StackName": "two" })),
        "ValidationError: Stack [two] cannot be deleted while TerminationProtection is enabled"
    );
    test.good("UpdateTerminationProtection", json!({ "StackName": "two", "EnableTerminationProtection": false }));
    test.good("DeleteStack", json!({ "StackName": "two" }));
}

#[test]
fn an_export_in_use_keeps_its_stack() {
    let mut test = Test::new();
    test.good("CreateStack", json!({ "StackName": "two", "TemplateBody": TWO }));
    test.wait(60);
    let user = "
Resources:
  Only: { Type: AWS::CloudFormation::WaitConditionHandle }
Outputs:
  Taken: { Value: !ImportValue two-handle }
";
    test.good("CreateStack", json!({ "StackName": "user", "TemplateBody": user }));
    test.wait(60);
    assert_eq!(test.stack("user")["Outputs"][0]["OutputValue"], "two-one");
    assert_eq!(test.good("ListImports", json!({ "ExportName": "two-handle" }))["Imports"], json!(["user"]));
    test.good("DeleteStack", json!({ "StackName": "two" }));
    let stack = test.stack("two");
    assert_eq!(stack["StackStatus"], "DELETE_FAILED");
    assert_eq!(stack["StackStatusReason"], "Export two-handle cannot be deleted as it is in use by user");
}

#[test]
fn a_failed_creation_is_rolled_back_and_only_deletable() {
    let mut test = Test::new();
    let broken = TWO.replace("    DependsOn: First", "    DependsOn: First\n    Properties: { Foo: bar }");
    test.good("CreateStack", json!({ "StackName": "two", "TemplateBody": broken }));
    test.wait(60);
    let stack = test.stack("two");
    assert_eq!(stack["StackStatus"], "ROLLBACK_COMPLETE");
    let events = test.good("DescribeStackEvents", json!({ "StackName": "two" }));
    let events = events["StackEvents"].as_array().cloned().unwrap_or_default();
    let failed = events.iter().find(|one| one["ResourceStatus"] == "CREATE_FAILED").cloned().unwrap_or_default();
    assert_eq!(
        failed["ResourceStatusReason"],
        "Properties validation failed for resource Second with message:\n[#: extraneous key [Foo] is not permitted]"
    );
    let turned = events.iter().find(|one| one["ResourceStatus"] == "ROLLBACK_IN_PROGRESS").cloned().unwrap_or_default();
    assert_eq!(
        turned["ResourceStatusReason"],
        "The following resource(s) failed to create: [Second]. Rollback requested by user."
    );
    let refused = test.refused("UpdateStack", json!({ "StackName": "two", "TemplateBody": TWO }));
    assert!(refused.ends_with("is in ROLLBACK_COMPLETE state and can not be updated."), "{refused}");
    test.good("DeleteStack", json!({ "StackName": "two" }));
    test.wait(60);
    assert!(test.refused("DescribeStacks", json!({ "StackName": "two" })).contains("does not exist"));
}

#[test]
fn on_failure_decides_what_becomes_of_a_failed_stack() {
    for (on_failure, status) in [("DO_NOTHING", "CREATE_FAILED"), ("DELETE", "DELETE_COMPLETE")] {
        let mut test = Test::new();
        let broken = TWO.replace("    DependsOn: First", "    DependsOn: First\n    Properties: { Foo: bar }");
        let input = json!({ "StackName": "two", "TemplateBody": broken, "OnFailure": on_failure });
        let id = test.good("CreateStack", input)["StackId"].as_str().unwrap_or_default().to_owned();
        test.wait(60);
        assert_eq!(test.status(&id), status);
    }
}

#[test]
fn a_failed_update_goes_back_to_what_was() {
    let mut test = Test::new();
    test.good("CreateStack", json!({ "StackName": "two", "TemplateBody": TWO }));
    test.wait(60);
    let broken = TWO.replace(
        "Resources:",
        "Resources:\n  Third:\n    Type: AWS::CloudFormation::WaitConditionHandle\n    Properties: { Foo: bar }",
    );
    test.good("UpdateStack", json!({ "StackName": "two", "TemplateBody": broken }));
    test.wait(60);
    assert_eq!(test.status("two"), "UPDATE_ROLLBACK_COMPLETE");
    let template = test.good("GetTemplate", json!({ "StackName": "two" }));
    assert_eq!(template["TemplateBody"], TWO);
    let resources = test.good("DescribeStackResources", json!({ "StackName": "two" }));
    assert_eq!(resources["StackResources"].as_array().map(Vec::len), Some(2));
}

#[test]
fn change_sets_are_looked_at_before_they_are_executed() {
    let mut test = Test::new();
    let input = json!({ "StackName": "two", "ChangeSetName": "first", "ChangeSetType": "CREATE", "TemplateBody": TWO });
    test.good("CreateChangeSet", input);
    assert_eq!(test.status("two"), "REVIEW_IN_PROGRESS");
    let named = json!({ "StackName": "two", "ChangeSetName": "first" });
    assert!(test.refused("ExecuteChangeSet", named.clone()).starts_with("InvalidChangeSetStatus: "));
    test.wait(10);
    let shown = test.good("DescribeChangeSet", named.clone());
    assert_eq!(shown["Status"], "CREATE_COMPLETE");
    assert_eq!(shown["ExecutionStatus"], "AVAILABLE");
    assert_eq!(shown["Changes"][0]["ResourceChange"]["Action"], "Add");
    test.good("ExecuteChangeSet", named);
    test.wait(60);
    assert_eq!(test.status("two"), "CREATE_COMPLETE");
    let again = json!({ "StackName": "two", "ChangeSetName": "again", "TemplateBody": TWO });
    test.good("CreateChangeSet", again);
    test.wait(10);
    let shown = test.good("DescribeChangeSet", json!({ "StackName": "two", "ChangeSetName": "again" }));
    assert_eq!(shown["Status"], "FAILED");
    assert_eq!(shown["ExecutionStatus"], "UNAVAILABLE");
    assert_eq!(
        shown["StatusReason"],
        "The submitted information didn't contain changes. Submit different information to create a change set."
    );
    test.good("DeleteChangeSet", json!({ "StackName": "two", "ChangeSetName": "again" }));
    let gone = test.refused("DescribeChangeSet", json!({ "StackName": "two", "ChangeSetName": "again" }));
    assert_eq!(gone, "ChangeSetNotFound: ChangeSet [again] does not exist");
    let missing = json!({ "StackName": "none", "ChangeSetName": "one", "TemplateBody": TWO });
    assert_eq!(test.refused("CreateChangeSet", missing), "ValidationError: Stack [none] does not exist");
}

#[test]
fn a_stack_policy_keeps_a_resource_from_deletion() {
    let mut test = Test::new();
    let policy = r#"{"Statement":[
        {"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*"},
        {"Effect":"Deny","Action":["Update:Replace","Update:Delete"],"Principal":"*","Resource":"LogicalResourceId/Second"}]}"#;
    test.good("CreateStack", json!({ "StackName": "two", "TemplateBody": TWO, "StackPolicyBody": policy }));
    test.wait(60);
    let less = TWO.replace("  Second:\n    Type: AWS::CloudFormation::WaitConditionHandle\n    DependsOn: First\n", "");
    test.good("UpdateStack", json!({ "StackName": "two", "TemplateBody": less }));
    test.wait(60);
    assert_eq!(test.status("two"), "UPDATE_ROLLBACK_COMPLETE");
    let events = test.good("DescribeStackEvents", json!({ "StackName": "two" }));
    let reasons: Vec<&str> = events["StackEvents"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|event| event["ResourceStatusReason"].as_str())
        .collect();
    let reason = "Action denied by stack policy: Statement [#2] does not allow [Update:Replace, Update:Delete] for \
                  resource [LogicalResourceId/Second]";
    assert!(reasons.contains(&reason), "{reasons:?}");
}

#[test]
fn templates_are_refused_in_aws_words() {
    let mut test = Test::new();
    let cases = [
        ("Resources: {}", "Template format error: At least one Resources member must be defined."),
        (
            "Resources: { A: { Type: AWS::CloudFormation::WaitConditionHandle, DependsOn: B } }",
            "Template format error: Unresolved resource dependencies [B] in the Resources block of the template",
        ),
        (
            "Resources: { A: { Type: AWS::KMS::Key, Properties: { Description: !Ref X } } }",
            "Template format error: Unresolved resource dependencies [X] in the Resources block of the template",
        ),
        (
            "Resources: { A: { Type: AWS::KMS::Key, DependsOn: B }, B: { Type: AWS::KMS::Key, DependsOn: A } }",
            "Circular dependency between resources: [A, B]",
        ),
        ("Foo: 1\nResources: { A: { Type: AWS::KMS::Key } }", "Invalid template property or properties [Foo]"),
        (
            "Resources: { A: { Type: AWS::Foo::Bar } }",
            "Template format error: Unrecognized resource types: [AWS::Foo::Bar]",
        ),
        (
            "Parameters: { P: { Type: String } }\nResources: { A: { Type: AWS::KMS::Key } }",
            "Parameters: [P] must have values",
        ),
    ];
    for (template, text) in cases {
        let refused = test.refused("CreateStack", json!({ "StackName": "one", "TemplateBody": template }));
        assert_eq!(refused, format!("ValidationError: {text}"));
    }
    let role = "Resources: { R: { Type: AWS::IAM::Role, Properties: { RoleName: x, AssumeRolePolicyDocument: {} } } }";
    assert_eq!(
        test.refused("CreateStack", json!({ "StackName": "one", "TemplateBody": role })),
        "InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_NAMED_IAM]"
    );
}
