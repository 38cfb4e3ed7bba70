//! Tests of the whole service through its operations.

mod drift;
mod function;
mod iam;
mod language;
mod machine;
mod vault;

use serde_json::{Value, json};

use crate::services::Service;
use crate::world::{Caller, Moment, ServiceError, World};
use aws_policy::context::Context;
use aws_policy::evaluate::Principal;
use aws_policy::names::Region;

pub(super) struct Test {
    pub(super) world: World,
    pub(super) caller: Caller,
    pub(super) region: Region,
}

impl Test {
    /// An empty account with its administrator.
    pub(super) fn new() -> Self {
        let region: Region = "us-west-2".parse().expect("a Region");
        let account = "111111111111".parse().expect("an account");
        let caller = Caller {
            principal: Principal::Root(account),
            account: "111111111111".parse().expect("an account"),
            session_policies: Vec::new(),
            expires: None,
            clock: None,
            issued: None,
            held_by: None,
        };
        let world = World::empty(7, Moment::from_millis(1_767_592_800_000), vec![region.clone()]);
        Self { world, caller, region }
    }

    pub(super) fn call(&mut self, operation: &str, input: Value) -> Result<Value, ServiceError> {
        let (caller, region) = (self.caller.clone(), self.region.clone());
        self.world.call(&caller, &region, Service::CloudFormation, operation, input, &Context::new())
    }

    pub(super) fn good(&mut self, operation: &str, input: Value) -> Value {
        self.call(operation, input).unwrap_or_else(|error| panic!("{operation}: {error}"))
    }

    pub(super) fn refused(&mut self, operation: &str, input: Value) -> String {
        let error = self.call(operation, input).expect_err("a refusal");
        format!("{}: {}", error.code, error.message)
    }

    pub(super) fn wait(&mut self, seconds: i64) {
        let until = self.world.now.plus_seconds(seconds);
        self.world.advance_to(until);
    }

    pub(super) fn stack(&mut self, name: &str) -> Value {
        self.good("DescribeStacks", json!({ "StackName": name }))["Stacks"][0].clone()
    }

    pub(super) fn status(&mut self, name: &str) -> String {
        self.stack(name)["StackStatus"].as_str().unwrap_or_default().to_owned()
    }

    /// `logical id: status` of every event, oldest first.
    pub(super) fn history(&mut self, name: &str) -> Vec<String> {
        let events = self.good("DescribeStackEvents", json!({ "StackName": name }));
        let mut lines: Vec<String> = events["StackEvents"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|event| {
                let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
                format!("{}: {}", text("LogicalResourceId"), text("ResourceStatus"))
            })
            .collect();
        lines.reverse();
        lines
    }
}
