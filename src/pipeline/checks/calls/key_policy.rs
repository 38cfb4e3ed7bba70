//! What mends a key's policy that `bootstrap` cannot mend: it may not look at the key either, or the key is a database's
//! own.

use serde_json::{Value, json};

use crate::pipeline::finding::Evidence;
use crate::pipeline::plural::list;
use crate::pipeline::remedy::{Command, Remedy};
use crate::pipeline::seen::key::own_policy;
use crate::pipeline::seen::{DatabaseKeySeen, EnvironmentSeen};
use crate::policy::context::Context;
use crate::policy::document::{Chosen, Document, Effect, Statement};
use crate::policy::evaluate::{Caller, Named, Principal, Request, Resource, ResourceRule, Verdict, evaluate};
use crate::policy::names::Arn;
use crate::policy::wildcard::action_matches;

const DESCRIBE: &str = "kms:DescribeKey";
const PUT: &str = "kms:PutKeyPolicy";

/// The remedy where the key's own policy denies the caller `kms:DescribeKey`; none where it does not.
pub(crate) fn remedy(seen: &EnvironmentSeen, key: &str, by: &Evidence) -> Option<Remedy> {
    let denied = seen.vault_key.as_ref().err()?;
    if denied.missing_permission() != Some(DESCRIBE) || denied.denied_in() != Some("resource-based policy") {
        return None;
    }
    let own = own_policy(key);
    let policies = seen.key_policies.as_ref().ok()?;
    let policy = policies.iter().find(|policy| policy.name == own)?;
    let document = Document::parse(&policy.text).ok()?;
    let mut out = taken_out(&document, by.statement.as_deref().filter(|_| by.document == own));
    let named = |index: &usize| document.statements[*index].called(*index);
    let names: Vec<String> = out.iter().map(|index| named(index).trim_start_matches("statement ").to_owned()).collect();
    let statements = match names.as_slice() {
        [] => return None,
        [one] => format!("statement {one}"),
        several => format!("statements {}", list(several)),
    };
    let who = match root_may_put(policies, key) {
        true => "the account's root user may",
        false => "the account's root user may not, and where nobody may, ask AWS Support",
    };
    let text = format!(
        "`bootstrap` cannot restore it as long as the caller may not look at the key. With the credentials of a principal \
         that may {PUT} ({who}), remove {statements} from the key's policy."
    );
    let mut value: Value = serde_json::from_str(&policy.text).ok()?;
    out.reverse();
    let left = value.get_mut("Statement")?.as_array_mut()?;
    out.into_iter().for_each(|index| drop(left.remove(index)));
    Some(Remedy::default().then(text, vec![put(key, &value)]))
}

/// What lets AWS Backup's role use a database's own key, which no stack of the pipeline made: the policy as it must be,
/// for whoever may put it.
pub(crate) fn of_database(seen: &DatabaseKeySeen, key: &str, by: &Evidence) -> Option<Remedy> {
    let who = by.principal.as_deref()?;
    let text = match &by.statement {
        Some(statement) => format!(
            "Have a principal that may {PUT} on the database's key exempt {who} from statement {statement} of its policy, \
             or remove that statement."
        ),
        None => format!("Have a principal that may {PUT} on the database's key allow {who} to use it through RDS."),
    };
    let own = own_policy(key);
    let policy = seen.policies.as_ref().ok()?.iter().find(|policy| policy.name == own)?;
    let mut value: Value = serde_json::from_str(&policy.text).ok()?;
    let statements = value.get_mut("Statement")?;
    if !statements.is_array() {
        *statements = Value::Array(vec![statements.take()]);
    }
    let statements = statements.as_array_mut()?;
    match by.statement.as_deref() {
        Some(refusing) => {
            let document = Document::parse(&policy.text).ok()?;
            let of = |index: &usize| document.statements[*index].called(*index) == refusing;
            let at = (0..document.statements.len()).find(of).filter(|_| by.document == own)?;
            statements.remove(at);
        }
        None => statements.extend([
            json!({"Sid": "LookForBackups", "Effect": "Allow", "Principal": {"AWS": who},
                "Action": "kms:DescribeKey", "Resource": "*"}),
            json!({"Sid": "GrantsForBackups", "Effect": "Allow", "Principal": {"AWS": who},
                "Action": "kms:CreateGrant", "Resource": "*",
                "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}}),
        ]),
    }
    Some(Remedy::default().then(text, vec![put(key, &value)]))
}

/// A quote would end the shell's word.
fn put(key: &str, policy: &Value) -> Command {
    let policy = policy.to_string().replace('\'', "\\u0027");
    Command::whole(format!("aws kms put-key-policy --key-id {key} --policy-name default --policy '{policy}'"))
}

/// The statement that refuses and those that deny the look, in their order; where one does both, only that.
fn taken_out(document: &Document, refusing: Option<&str>) -> Vec<usize> {
    let denies = |index: &usize| document.statements[*index].effect == Effect::Deny;
    let refuses = |index: &usize| refusing == Some(document.statements[*index].called(*index).as_str());
    let all: Vec<usize> = (0..document.statements.len()).filter(denies).collect();
    match all.iter().copied().find(|index| refuses(index) && hides_key(&document.statements[*index])) {
        Some(both) => vec![both],
        None => all.into_iter().filter(|index| refuses(index) || hides_key(&document.statements[*index])).collect(),
    }
}

fn hides_key(statement: &Statement) -> bool {
    let is_look = |pattern: &String| action_matches(pattern, DESCRIBE);
    match &statement.action {
        Chosen::Of(actions) => actions.iter().any(is_look),
        Chosen::Except(actions) => !actions.iter().any(is_look),
    }
}

/// Whether the key's account itself may change the policy: nobody else is sure to.
fn root_may_put(policies: &[Named], key: &str) -> bool {
    let Some(owner) = key.parse::<Arn>().ok().and_then(|arn| arn.account_id()) else { return false };
    let principal = Principal::Root(owner.clone());
    let resource = Resource {
        arn: key.to_owned(),
        owner,
        policies: policies.to_vec(),
        rule: ResourceRule::Key,
        grants: Vec::new(),
    };
    let request = Request { principal: &principal, action: PUT, resource: &resource, context: &Context::new() };
    matches!(evaluate(&request, &Caller::default()), Verdict::Allowed(_))
}
