//! The three templates that the product ships, as this CloudFormation sees them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Test;
use crate::sandbox::services::cloudformation::functions::Scope;
use crate::sandbox::services::cloudformation::parameters::{Given, bind};
use crate::sandbox::services::cloudformation::resources;
use crate::sandbox::services::cloudformation::template::Template;
use crate::sandbox::world::Place;
use crate::templates;

/// Each template with the parameters that it demands.
fn shipped() -> [(&'static str, &'static str, Vec<(&'static str, &'static str)>); 3] {
    let central = ("CentralBackupAccountId", "222222222222");
    [
        ("source", templates::source(), vec![central, ("IntermediateRegion", "us-west-2")]),
        ("intermediate", templates::intermediate(), vec![central]),
        (
            "destination",
            templates::destination(),
            vec![("OrganizationId", "o-sandboxorg1"), ("SourceAccountIds", "111111111111")],
        ),
    ]
}

#[test]
fn every_property_of_the_shipped_templates_is_known() {
    let place: Place = "111111111111/us-west-2".parse().expect("a place");
    for (name, text, given) in shipped() {
        let template = Template::read(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let given: Vec<Given> = given
            .into_iter()
            .filter(|(key, _)| template.parameter(key).is_some())
            .map(|(key, value)| Given {
                parameter_key: Some(key.to_owned()),
                parameter_value: Some(value.to_owned()),
                use_previous_value: None,
            })
            .collect();
        let parameters = bind(&template, &given, &[]).unwrap_or_else(|error| panic!("{name}: {error}"));
        let scope = Scope {
            template: &template,
            parameters: &parameters,
            place: &place,
            stack_name: name,
            stack_id: "arn:aws:cloudformation:us-west-2:111111111111:stack/one/id",
            notification_arns: &[],
            exports: &BTreeMap::new(),
            references: &BTreeMap::new(),
            attributes: &BTreeMap::new(),
            foreseen: true,
            imported: Default::default(),
        };
        for (logical_id, resource) in &template.resources {
            let kind = resources::by_name(&resource.kind).unwrap_or_else(|| panic!("{}", resource.kind));
            let properties = scope.resolve(&resource.properties).expect("values").unwrap_or(Value::Null);
            resources::apply_schema(logical_id, kind.properties, properties)
                .unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}

#[test]
fn a_change_set_shows_what_a_shipped_template_would_make() {
    let mut test = Test::new();
    let parameters = json!([{ "ParameterKey": "CentralBackupAccountId", "ParameterValue": "222222222222" }]);
    let input = json!({
        "StackName": "middle",
        "ChangeSetName": "look",
        "ChangeSetType": "CREATE",
        "TemplateBody": templates::intermediate(),
        "Parameters": parameters,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
    });
    test.good("CreateChangeSet", input);
    test.wait(10);
    let shown = test.good("DescribeChangeSet", json!({ "StackName": "middle", "ChangeSetName": "look" }));
    assert_eq!(shown["Status"], "CREATE_COMPLETE", "{}", shown["StatusReason"]);
    let vault = shown["Changes"]
        .as_array()
        .and_then(|changes| changes.iter().find(|one| one["ResourceChange"]["LogicalResourceId"] == "Vault"));
    assert_eq!(vault.map(|one| one["ResourceChange"]["Action"].clone()), Some(json!("Add")));
}

/// Deploys one shipped template in its own account and Region, and deletes it again.
fn deploy(test: &mut Test, name: &str, region: &str, account: &str, given: &[(&str, &str)], text: &str) {
    test.region = region.parse().expect("a Region");
    let account = account.parse().expect("an account");
    test.caller = crate::sandbox::services::iam::administrator(&test.world, &account).expect("the administrator");
    let parameters: Vec<Value> =
        given.iter().map(|(key, value)| json!({ "ParameterKey": key, "ParameterValue": value })).collect();
    let input = json!({
        "StackName": name,
        "TemplateBody": text,
        "Parameters": parameters,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "Tags": [{ "Key": "backupctl:pipeline", "Value": "aws-backup-rds-source-stack" }],
    });
    test.good("CreateStack", input);
    test.wait(600);
    let events = test.good("DescribeStackEvents", json!({ "StackName": name }));
    assert_eq!(test.status(name), "CREATE_COMPLETE", "{events:#}");
    let outputs = test.stack(name)["Outputs"].to_string();
    for output in ["VaultArn", "VaultName", "KeyArn", "TemplateVersion"] {
        assert!(outputs.contains(output), "{name}: {outputs}");
    }
    let same = json!({
        "StackName": name,
        "UsePreviousTemplate": true,
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "Parameters": parameters,
    });
    assert_eq!(test.refused("UpdateStack", same), "ValidationError: No updates are to be performed.");
}

#[test]
fn the_three_shipped_stacks_are_created_and_deleted() {
    let mut test = Test::administrator();
    let central = "222222222222".parse().expect("an account");
    crate::sandbox::services::iam::create_administrator(&mut test.world, &central);
    test.wait(10);
    let places = [
        ("source", "us-east-1", "111111111111"),
        ("intermediate", "us-west-2", "111111111111"),
        ("destination", "us-west-2", "222222222222"),
    ];
    for ((name, text, given), (_, region, account)) in shipped().into_iter().zip(places) {
        deploy(&mut test, name, region, account, &given, text);
    }
    for (name, region, account) in places {
        test.region = region.parse().expect("a Region");
        let account = account.parse().expect("an account");
        test.caller = crate::sandbox::services::iam::administrator(&test.world, &account).expect("the administrator");
        let id = test.stack(name)["StackId"].as_str().unwrap_or_default().to_owned();
        test.good("DeleteStack", json!({ "StackName": name }));
        test.wait(600);
        assert_eq!(test.status(&id), "DELETE_COMPLETE", "{:#?}", test.history(&id));
        // A stack that somebody deletes takes no vault and no key with it.
        let history = test.history(&id);
        assert!(history.contains(&"Vault: DELETE_SKIPPED".to_owned()), "{history:?}");
        assert!(history.contains(&"Key: DELETE_SKIPPED".to_owned()), "{history:?}");
    }
}
