//! `AWS::CloudFormation::WaitConditionHandle`: a name for nothing, as stacks without resources use it.

use serde_json::Value;

use super::{Made, ResourceType};

pub const TYPES: &[ResourceType] = &[ResourceType {
    name: "AWS::CloudFormation::WaitConditionHandle",
    properties: &[],
    seconds: (1, 1),
    tags: None,
    custom_name: None,
    identifier: None,
    create: |hand, _| {
        let (stack, logical) = (hand.stack_name, hand.logical_id);
        let region = &hand.place.region;
        let url = format!("https://cloudformation-waitcondition-{region}.s3.{region}.amazonaws.com/{stack}/{logical}");
        Ok(Made::new(url, Value::Null))
    },
    update: |_, id, _, _| Ok(Made::new(id, Value::Null)),
    delete: |_, _, _| Ok(()),
    read: None,
}];
