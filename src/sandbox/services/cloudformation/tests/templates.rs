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
