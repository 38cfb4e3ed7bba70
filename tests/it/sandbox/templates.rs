//! The three templates that `backupctl` ships, as the simulated CloudFormation sees them.

use aws_config::SdkConfig;
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{Capability, ChangeAction, ChangeSetType, Parameter, StackStatus};
use backupctl::sandbox::Sandbox;
use backupctl::sandbox::services::cloudformation;
use backupctl::templates;
use serde_yaml_ng::Value;

use crate::support::operator::{self, CENTRAL, PRODUCTION, REGION_A, REGION_B};
use crate::support::worlds;

/// A shipped template, where it is deployed, and the parameters that it demands.
struct Shipped {
    name: &'static str,
    account: &'static str,
    region: &'static str,
    text: &'static str,
    given: &'static [(&'static str, &'static str)],
}

fn shipped() -> [Shipped; 3] {
    [
        Shipped {
            name: "source",
            account: PRODUCTION,
            region: REGION_A,
            text: templates::source(),
            given: &[("CentralBackupAccountId", CENTRAL), ("IntermediateRegion", REGION_B)],
        },
        Shipped {
            name: "intermediate",
            account: PRODUCTION,
            region: REGION_B,
            text: templates::intermediate(),
            given: &[("CentralBackupAccountId", CENTRAL)],
        },
        Shipped {
            name: "destination",
            account: CENTRAL,
            region: REGION_B,
            text: templates::destination(),
            given: &[("OrganizationId", "o-sandboxorg1"), ("SourceAccountIds", PRODUCTION)],
        },
    ]
}

impl Shipped {
    fn parameters(&self) -> Option<Vec<Parameter>> {
        let one =
            |(key, value): &(&str, &str)| Parameter::builder().parameter_key(*key).parameter_value(*value).build();
        Some(self.given.iter().map(one).collect())
    }

    fn acting<T, F: Future<Output = T>>(&self, sandbox: &Sandbox, work: impl FnOnce(Client) -> F) -> T {
        operator::acting(sandbox, self.account, self.region, |config: SdkConfig| work(Client::new(&config)))
    }
}

fn wait(sandbox: &Sandbox, seconds: i64) {
    sandbox.advance_to(sandbox.now().plus_seconds(seconds)).expect("an in-memory world");
}

#[test]
fn every_property_of_the_shipped_templates_is_known() {
    let mut seen = 0;
    for Shipped { name, text, .. } in shipped() {
        let template: Value = serde_yaml_ng::from_str(text).expect("YAML");
        for (id, resource) in template["Resources"].as_mapping().expect("resources") {
            let kind = resource["Type"].as_str().expect("a type");
            let known = cloudformation::property_names(kind).unwrap_or_else(|| panic!("{name}: {kind}"));
            for property in resource["Properties"].as_mapping().into_iter().flat_map(|properties| properties.keys()) {
                let property = property.as_str().expect("a name");
                assert!(known.contains(&property), "{name}: {id:?} has {property}, {kind} has {known:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "{seen} properties");
}

#[test]
fn a_change_set_shows_what_a_shipped_template_would_make() {
    let sandbox = worlds::bare();
    let [_, intermediate, _] = shipped();
    intermediate.acting(&sandbox, async |client| {
        let make = client.create_change_set().stack_name("middle").change_set_name("look");
        let make = make.change_set_type(ChangeSetType::Create).template_body(intermediate.text);
        let make = make.set_parameters(intermediate.parameters()).capabilities(Capability::CapabilityNamedIam);
        make.send().await.expect("CreateChangeSet");
    });
    wait(&sandbox, 10);
    let changes = intermediate.acting(&sandbox, async |client| {
        let shown = client.describe_change_set().stack_name("middle").change_set_name("look").send().await;
        shown.expect("DescribeChangeSet").changes.expect("changes")
    });
    let actions: Vec<ChangeAction> = changes
        .iter()
        .filter_map(|change| change.resource_change.as_ref())
        .filter(|change| change.logical_resource_id() == Some("Vault"))
        .filter_map(|change| change.action.clone())
        .collect();
    assert_eq!(actions, [ChangeAction::Add]);
}

#[test]
fn the_three_shipped_stacks_are_created_and_deleted() {
    let sandbox = worlds::bare();
    for stack in shipped() {
        stack.acting(&sandbox, async |client| {
            let make = client.create_stack().stack_name(stack.name).template_body(stack.text);
            let make = make.set_parameters(stack.parameters()).capabilities(Capability::CapabilityNamedIam);
            make.send().await.expect("CreateStack");
        });
        wait(&sandbox, 600);
        stack.acting(&sandbox, async |client| {
            let found = client.describe_stacks().stack_name(stack.name).send().await.expect("DescribeStacks");
            let [found] = &found.stacks.expect("stacks")[..] else { panic!("one stack") };
            assert_eq!(found.stack_status, Some(StackStatus::CreateComplete), "{}", stack.name);
            let outputs: Vec<&str> = found.outputs().iter().filter_map(|output| output.output_key()).collect();
            for output in ["VaultArn", "VaultName", "KeyArn", "TemplateVersion"] {
                assert!(outputs.contains(&output), "{}: {outputs:?}", stack.name);
            }
            let update = client.update_stack().stack_name(stack.name).use_previous_template(true);
            let update = update.set_parameters(stack.parameters()).capabilities(Capability::CapabilityNamedIam);
            let refused = update.send().await.expect_err("nothing to update");
            // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
            let refused = refused.into_service_error();
            assert_eq!(refused.meta().message(), Some("No updates are to be performed."));
        });
    }
    for stack in shipped() {
        stack.acting(&sandbox, async |client| {
            client.delete_stack().stack_name(stack.name).send().await.expect("DeleteStack");
        });
        wait(&sandbox, 600);
        let id = stack.acting(&sandbox, async |client| {
            let all = client.list_stacks().send().await.expect("ListStacks").stack_summaries.expect("stacks");
            let gone = all.iter().find(|one| one.stack_status == Some(StackStatus::DeleteComplete)).expect("deleted");
            gone.stack_id.clone().expect("an id")
        });
        let events = stack.acting(&sandbox, async |client| {
            client.describe_stack_events().stack_name(id).send().await.expect("events").stack_events.expect("events")
        });
        // A stack that somebody deletes takes no vault and no key with it.
        for kept in ["Vault", "Key"] {
            let kept = events.iter().any(|event| {
                event.logical_resource_id() == Some(kept)
                    && event.resource_status.as_ref().is_some_and(|status| status.as_str() == "DELETE_SKIPPED")
            });
            assert!(kept, "{}: {events:#?}", stack.name);
        }
    }
}
