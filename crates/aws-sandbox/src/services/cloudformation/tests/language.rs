//! The template language: functions, conditions, parameters (Template Reference).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::services::cloudformation::functions::Scope;
use crate::services::cloudformation::parameters::{Given, bind};
use crate::services::cloudformation::template::{Node, Template, TemplateError};
use crate::world::Place;

/// The description of the one key of a template, resolved.
fn resolved(head: &str, value: &str) -> Result<Option<Value>, TemplateError> {
    let text =
        format!("{head}\nResources:\n  Key:\n    Type: AWS::KMS::Key\n    Properties:\n      Description: {value}\n");
    let template = Template::read(&text)?;
    let parameters = bind(&template, &[], &[])?;
    let place: Place = "012345678901/us-west-2".parse().expect("a place");
    let exports = BTreeMap::from([("shared-vault".to_owned(), "v1".to_owned())]);
    let (references, attributes) = (BTreeMap::new(), BTreeMap::new());
    let scope = Scope {
        template: &template,
        parameters: &parameters,
        place: &place,
        stack_name: "one",
        stack_id: "arn:aws:cloudformation:us-west-2:012345678901:stack/one/id",
        notification_arns: &[],
        exports: &exports,
        references: &references,
        attributes: &attributes,
        foreseen: false,
        imported: Default::default(),
    };
    let (_, key) = &template.resources[0];
    scope.resolve(key.properties.get("Description").unwrap_or(&Node::Null))
}

#[test]
fn functions_give_what_the_reference_says() {
    let head = "
Parameters:
  Name: { Type: String, Default: x }
  List: { Type: CommaDelimitedList, Default: 'a, b' }
Mappings:
  Sizes: { us-west-2: { small: 10 } }
Conditions:
  IsX: !Equals [!Ref Name, x]
  Neither: !Not [!Or [!Condition IsX, !Equals [!Ref Name, y]]]
  Both: !And [!Condition IsX, { Condition: IsX }]";
    let cases = [
        ("!Ref Name", json!("x")),
        ("!Ref List", json!(["a", "b"])),
        ("!Ref AWS::AccountId", json!("012345678901")),
        ("!Sub '${AWS::Partition}/${Name}/${!Literal}'", json!("aws/x/${Literal}")),
        ("!Sub ['${A}-${Name}', { A: !Ref AWS::Region }]", json!("us-west-2-x")),
        ("!Join ['|', !Ref List]", json!("a|b")),
        ("!Split ['|', 'a|b|c']", json!(["a", "b", "c"])),
        ("!Select [1, !Ref List]", json!("b")),
        ("!FindInMap [Sizes, !Ref AWS::Region, small]", json!(10)),
        ("!If [IsX, yes-it-is, no-it-is-not]", json!("yes-it-is")),
        ("!If [Neither, 1, !Ref AWS::NoValue]", Value::Null),
        ("!If [Both, both, one]", json!("both")),
        ("!Base64 text", json!("dGV4dA==")),
        ("!ImportValue shared-vault", json!("v1")),
        ("{ 'Fn::Join': ['', [a, { Ref: Name }]] }", json!("ax")),
        ("012345678901", json!("012345678901")),
        ("[1, true, 'text']", json!([1, true, "text"])),
    ];
    for (value, expected) in cases {
        let got = resolved(head, value).unwrap_or_else(|error| panic!("{value}: {error}"));
        assert_eq!(got.unwrap_or(Value::Null), expected, "{value}");
    }
}

#[test]
fn functions_fail_in_aws_words() {
    let cases = [
        ("!ImportValue nothing", "No export named nothing found."),
        ("!FindInMap [A, b, c]", "Template error: Unable to get mapping for A::b::c"),
        ("!Select [5, [a]]", "Template error: Fn::Select cannot select nonexistent value at index 5"),
        ("!GetAtt Other.Arn", "Template error: instance of Fn::GetAtt references undefined resource Other"),
        (
            "!If [Nope, a, b]",
            "Template format error: Unresolved condition dependency Nope in the Resources block of the template",
        ),
    ];
    for (value, text) in cases {
        assert_eq!(resolved("", value).map_err(|error| error.0), Err(text.to_owned()), "{value}");
    }
}

#[test]
fn json_and_yaml_are_one_language() {
    let yaml = "Resources:\n  A:\n    Type: AWS::KMS::Key\n    Properties:\n      Description: !Sub '${AWS::Region}'\n";
    let json =
        r#"{"Resources":{"A":{"Type":"AWS::KMS::Key","Properties":{"Description":{"Fn::Sub":"${AWS::Region}"}}}}}"#;
    assert_eq!(Template::read(yaml), Template::read(json));
    let broken = Template::read(r#"{"Resources": }"#).map_err(|error| error.0);
    assert_eq!(broken, Err("Template format error: JSON not well-formed. (line 1, column 15)".to_owned()));
}

#[test]
fn a_template_over_the_limit_is_refused() {
    let text = format!("Description: {}\nResources: {{ A: {{ Type: AWS::KMS::Key }} }}", "x".repeat(51_200));
    let error = Template::read(&text).map_err(|error| error.0).expect_err("too long");
    assert!(error.ends_with("failed to satisfy constraint: Member must have length less than or equal to 51200"));
}

#[test]
fn parameters_are_held_to_their_constraints() {
    let text = "
Parameters:
  Name: { Type: String, AllowedPattern: '^[a-z]{2,4}$', Default: abc }
  Kind: { Type: String, AllowedValues: [a, b], Default: a, ConstraintDescription: a or b }
  Days: { Type: Number, MinValue: 1, MaxValue: 9, Default: 7 }
  Short: { Type: String, MinLength: 2, MaxLength: 3, Default: ab }
Resources: { A: { Type: AWS::KMS::Key } }";
    let template = Template::read(text).expect("a template");
    let cases = [
        ("Name", "ABC", "Parameter 'Name' must match pattern ^[a-z]{2,4}$"),
        ("Kind", "c", "Parameter Kind failed to satisfy constraint: a or b"),
        ("Days", "0", "Parameter 'Days' must be a number not less than 1"),
        ("Days", "10", "Parameter 'Days' must be a number not greater than 9"),
        ("Days", "x", "Parameter 'Days' must be a number"),
        ("Short", "a", "Parameter 'Short' must contain at least 2 characters"),
        ("Short", "abcd", "Parameter 'Short' must contain at most 3 characters"),
        ("Other", "x", "Parameters: [Other] do not exist in the template"),
    ];
    for (key, value, expected) in cases {
        let given = Given {
            parameter_key: Some(key.to_owned()),
            parameter_value: Some(value.to_owned()),
            use_previous_value: None,
        };
        assert_eq!(bind(&template, &[given], &[]).map_err(|error| error.0), Err(expected.to_owned()));
    }
}
