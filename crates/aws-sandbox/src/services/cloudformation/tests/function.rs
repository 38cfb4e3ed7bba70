//! A function, who may invoke it, and the rule that does.

use serde_json::{Value, json};

use super::Test;
use crate::services::Service;
use aws_policy::context::Context;

const PATH: &str = r#"
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: sts:AssumeRole }]
  Function:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: copier
      Handler: index.handler
      Runtime: python3.13
      Role: !GetAtt Role.Arn
      Timeout: '60'
      Environment: { Variables: { DAYS: 7 } }
      Code:
        ZipFile: |
          def handler(event, context):
              return event
  Rule:
    Type: AWS::Events::Rule
    Properties:
      Description: first
      EventPattern: { source: [aws.backup], detail: { state: [COMPLETED] } }
      Targets: [{ Id: function, Arn: !GetAtt Function.Arn }]
  Permission:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Function
      Principal: events.amazonaws.com
      SourceArn: !GetAtt Rule.Arn
Outputs:
  RuleArn: { Value: !GetAtt Rule.Arn }
  FunctionArn: { Value: !GetAtt Function.Arn }
"#;

impl Test {
    pub(super) fn ask(&mut self, service: Service, operation: &str, input: Value) -> Value {
        let (caller, region) = (self.caller.clone(), self.region.clone());
        let answer = self.world.call(&caller, &region, service, operation, input, &Context::new());
        answer.unwrap_or_else(|error| panic!("{operation}: {error}"))
    }
}

#[test]
fn a_rule_reaches_its_function() {
    let mut test = Test::administrator();
    let input = json!({ "StackName": "path", "TemplateBody": PATH, "Capabilities": ["CAPABILITY_IAM"] });
    test.good("CreateStack", input.clone());
    test.wait(300);
    let events = test.good("DescribeStackEvents", json!({ "StackName": "path" }));
    assert_eq!(test.status("path"), "CREATE_COMPLETE", "{events:#}");
    let function = test.ask(Service::Lambda, "GetFunctionConfiguration", json!({ "FunctionName": "copier" }));
    assert_eq!(function["Timeout"], 60);
    assert_eq!(function["Environment"]["Variables"]["DAYS"], "7");
    let policy = test.ask(Service::Lambda, "GetPolicy", json!({ "FunctionName": "copier" }));
    assert!(policy["Policy"].as_str().is_some_and(|text| text.contains("events.amazonaws.com")), "{policy}");
    let rule = test.stack("path")["Outputs"][0]["OutputValue"].as_str().unwrap_or_default().to_owned();
    let name = rule.rsplit('/').next().unwrap_or_default().to_owned();
    assert!(name.starts_with("path-Rule-"), "{name}");
    let targets = test.ask(Service::Events, "ListTargetsByRule", json!({ "Rule": name }));
    assert_eq!(targets["Targets"][0]["Arn"], function["FunctionArn"]);
    let tags = test.ask(Service::Events, "ListTagsForResource", json!({ "ResourceARN": rule }));
    assert!(tags.to_string().contains("aws:cloudformation:stack-name"), "{tags}");
    let changed = PATH.replace("Description: first", "Description: second").replace("return event", "return None");
    let update = json!({ "StackName": "path", "TemplateBody": changed, "Capabilities": ["CAPABILITY_IAM"] });
    test.good("UpdateStack", update);
    test.wait(300);
    assert_eq!(test.status("path"), "UPDATE_COMPLETE", "{:#?}", test.history("path"));
    let described = test.ask(Service::Events, "DescribeRule", json!({ "Name": name }));
    assert_eq!(described["Description"], "second");
    test.good("DetectStackDrift", json!({ "StackName": "path" }));
    test.wait(20);
    let drifts = test.good("DescribeStackResourceDrifts", json!({ "StackName": "path" }));
    for drift in drifts["StackResourceDrifts"].as_array().into_iter().flatten() {
        assert_eq!(drift["StackResourceDriftStatus"], "IN_SYNC", "{drift}");
    }
    let id = test.stack("path")["StackId"].as_str().unwrap_or_default().to_owned();
    test.good("DeleteStack", json!({ "StackName": "path" }));
    test.wait(300);
    assert_eq!(test.status(&id), "DELETE_COMPLETE", "{:#?}", test.history(&id));
}
