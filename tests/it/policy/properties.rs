//! What holds for every document.

use backupctl::policy::context::Context;
use backupctl::policy::document::Document;
use backupctl::policy::evaluate::{Caller, Named, Request, Verdict, evaluate};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{VAULT, plain_resource, principal};

fn any_json() -> impl Strategy<Value = Value> {
    let words = prop_oneof![
        Just("Statement"),
        Just("Effect"),
        Just("Allow"),
        Just("Deny"),
        Just("Action"),
        Just("Principal"),
        Just("AWS"),
        Just("Condition"),
        Just("StringLike"),
        Just("Version"),
        Just("2012-10-17"),
        Just("*"),
        Just("${"),
        Just("Resource"),
    ];
    let text = prop_oneof![words.prop_map(str::to_owned), ".{0,12}"];
    let leaf = prop_oneof![
        text.clone().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 32, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((text.clone(), inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

fn any_statement() -> impl Strategy<Value = Value> {
    let action = prop_oneof![Just("*"), Just("backup:*"), Just("backup:StartCopyJob"), Just("s3:Get*")];
    let resource =
        prop_oneof![Just("*"), Just(VAULT), Just("arn:aws:backup:*:*:backup-vault:*"), Just("arn:aws:s3:::b")];
    let value = prop_oneof![Just("o-a"), Just("o-b"), Just("o-*"), Just("${aws:username}")];
    let operator =
        prop_oneof![Just("StringEquals"), Just("StringNotLike"), Just("ForAllValues:StringLike"), Just("Null")];
    (any::<bool>(), action, resource, operator, value, any::<bool>()).prop_map(
        |(allow, action, resource, operator, value, conditional)| {
            let mut statement =
                json!({ "Effect": if allow { "Allow" } else { "Deny" }, "Action": action, "Resource": resource });
            if conditional {
                statement["Condition"] = json!({ operator: { "aws:PrincipalOrgID": value } });
            }
            statement
        },
    )
}

fn decide(identity: &[Value], policy: &[Value]) -> Verdict {
    decide_with(identity, policy, &Context::new().with("aws:PrincipalOrgID", "o-a"))
}

fn decide_with(identity: &[Value], policy: &[Value], context: &Context) -> Verdict {
    let named = |name: &str, statements: &[Value]| {
        let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
        vec![Named { name: name.into(), text }]
    };
    let resource = plain_resource(named("policy", policy));
    let caller = Caller { identity: named("identity", identity), ..Default::default() };
    let principal = principal("alice");
    evaluate(&Request { principal: &principal, action: "backup:StartCopyJob", resource: &resource, context }, &caller)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_json_makes_it_panic(value in any_json()) {
        let _ = Document::from_value(&value);
        decide(std::slice::from_ref(&value), std::slice::from_ref(&value));
    }

    #[test]
    fn a_deny_of_everything_wins(statements in prop::collection::vec(any_statement(), 0..6), position in 0usize..6) {
        let mut identity = statements;
        identity.insert(position.min(identity.len()), json!({ "Effect": "Deny", "Action": "*", "Resource": "*" }));
        let is_denied = matches!(decide(&identity, &[]), Verdict::Denied { .. });
        prop_assert!(is_denied);
    }

    #[test]
    fn one_deny_more_never_allows(
        statements in prop::collection::vec(any_statement(), 0..6),
        mut more in any_statement(),
    ) {
        let before = decide(&statements, &[]).is_allowed();
        more["Effect"] = json!("Deny");
        let mut identity = statements;
        identity.push(more);
        prop_assert!(before || !decide(&identity, &[]).is_allowed());
    }

    #[test]
    fn one_allow_less_never_allows(statements in prop::collection::vec(any_statement(), 1..6), index in 0usize..6) {
        let before = decide(&statements, &[]).is_allowed();
        let mut fewer = statements;
        let index = index.min(fewer.len() - 1);
        if fewer[index]["Effect"] == "Allow" {
            fewer.remove(index);
            prop_assert!(before || !decide(&fewer, &[]).is_allowed());
        }
    }

    #[test]
    fn the_order_of_statements_does_not_matter(statements in prop::collection::vec(any_statement(), 0..6)) {
        let mut reversed = statements.clone();
        reversed.reverse();
        prop_assert_eq!(decide(&statements, &[]).is_allowed(), decide(&reversed, &[]).is_allowed());
    }

    /// Whatever an unknown key turns out to be, the answer given without it holds.
    #[test]
    fn what_is_decided_without_a_key_holds_for_each_of_its_values(
        identity in prop::collection::vec(any_statement(), 0..6),
        policy in prop::collection::vec(any_statement(), 0..3),
    ) {
        let policy: Vec<Value> = policy.into_iter().map(|mut one| { one["Principal"] = json!("*"); one }).collect();
        let with = |context: &Context| decide_with(&identity, &policy, context);
        let values = ["o-a", "o-b", "o-c", "alice", ""];
        let mut known: Vec<Context> = values.iter().map(|one| Context::new().with("aws:PrincipalOrgID", *one)).collect();
        known.push(Context::new());
        match with(&Context::partial()) {
            Verdict::Allowed(_) => prop_assert!(known.iter().all(|context| with(context).is_allowed())),
            Verdict::Denied { .. } | Verdict::NotAllowed(_) => {
                prop_assert!(known.iter().all(|context| with(context).is_refused()));
            }
            Verdict::Undecided(doubts) => prop_assert!(doubts.iter().all(|one| one.key == "aws:PrincipalOrgID")),
        }
    }
}
