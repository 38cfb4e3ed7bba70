//! What was changed by hand beside a stack.

use serde_json::json;

use super::Test;

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
