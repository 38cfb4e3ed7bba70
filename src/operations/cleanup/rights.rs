//! The policies that decide over each deletion, as far as they can be read, and what they say of it before anything is
//! deleted.

use crate::aws::backup::{self, Vault};
use crate::aws::kms::{self, Key};
use crate::aws::{AwsError, Session};
use crate::operations::caller;
use crate::pipeline::seen::GuardrailsSeen;
use crate::policy::context::Context;
use crate::policy::evaluate::{Caller, Layer, Named, Principal, Request, Resource, ResourceRule, Verdict, evaluate};
use crate::policy::names::AccountId;

/// What was read of the policies of one environment.
#[derive(Debug, Clone)]
pub struct Rights {
    arn: String,
    principal: Principal,
    caller: Caller,
    account: AccountId,
    region: String,
    partition: String,
    vault_policy: Vec<Named>,
    key_policies: Option<Vec<Named>>,
    /// What was not read, in words.
    unseen: Vec<String>,
}

/// Reads who acts in an environment, with which policies, and what vault and key say themselves. What may not be read
/// refuses nothing, and is said.
pub(super) async fn read(session: &Session, vault: Option<&Vault>, key: Option<&Key>) -> Result<Rights, AwsError> {
    let mut unseen = Vec::new();
    let seen = caller::look(session).await?;
    if let Some(error) = &seen.unseen {
        unseen.push(format!("the policies of {} ({})", seen.arn, why(error)));
    }
    let vault_policy = match vault {
        Some(vault) => noted(backup::vault_policy(session, &vault.name).await, &mut unseen)?.flatten(),
        None => None,
    };
    let key_policies = match key {
        Some(key) => noted(kms::key_policies(session, key.arn.as_str()).await, &mut unseen)?,
        None => None,
    };
    Ok(Rights {
        arn: seen.arn,
        principal: seen.principal,
        caller: seen.caller,
        account: session.account().clone(),
        region: session.region().to_string(),
        partition: session.region().partition().to_string(),
        vault_policy: vault_policy.into_iter().collect(),
        key_policies,
        unseen,
    })
}

/// Why something was not read, in a few words where a permission is missing.
fn why(error: &AwsError) -> String {
    error.missing_permission().map_or_else(|| error.in_a_note(), |permission| format!("{permission} is denied"))
}

/// What was read; what may not be read is noted.
fn noted<T>(read: Result<T, AwsError>, unseen: &mut Vec<String>) -> Result<Option<T>, AwsError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if error.is_access_denied() => {
            unseen.push(format!("what {} would show", error.missing_permission().unwrap_or(error.operation)));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// What the policies say of a deletion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing that was read refuses it.
    Nothing,
    /// Refused: by which statement of which document, or for lack of one; and whose policy that is.
    Refused(String, Layer),
    /// It depends on a condition key that only AWS knows.
    Open(String),
}

/// On what a deletion is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum On {
    /// A vault, or a recovery point in it: the vault's policy speaks.
    Vault,
    /// The key: its policies speak.
    Key,
    /// What has no policy of its own.
    Other,
}

impl Rights {
    /// What was not looked at, in words.
    pub(super) fn unseen(&self) -> &[String] {
        &self.unseen
    }

    /// The same with what the organization sets over the account, as far as that could be read.
    pub(super) fn bind(&mut self, guardrails: &GuardrailsSeen) {
        let Some(bounds) = guardrails.of(&self.account) else { return };
        if let Some(error) = bounds.unread() {
            self.unseen.push(format!("the organization's policies over account {} ({})", self.account, why(error)));
        }
        self.caller.service_control = bounds.service_control.clone().unwrap_or_default();
        self.caller.resource_control = bounds.resource_control.clone().unwrap_or_default();
    }

    /// The ARN of what `action` is made on; what has none yet is named in this account and Region.
    pub(super) fn full(&self, action: &str, arn: &str) -> String {
        if arn.starts_with("arn:") {
            return arn.to_owned();
        }
        let service = action.split(':').next().unwrap_or_default();
        let name = arn.replace('|', "/");
        format!("arn:{}:{service}:{}:{}:{name}", self.partition, self.region, self.account)
    }

    /// What the policies say of `action` on `arn`.
    pub(super) fn say(&self, action: &str, arn: &str, on: On) -> Said {
        let (policies, rule) = match on {
            On::Vault => (self.vault_policy.clone(), ResourceRule::Ordinary),
            On::Key => match &self.key_policies {
                Some(policies) => (policies.clone(), ResourceRule::Key),
                None => return Said::Nothing,
            },
            On::Other => (Vec::new(), ResourceRule::Ordinary),
        };
        let resource =
            Resource { arn: arn.to_owned(), owner: self.account.clone(), policies, rule, grants: Vec::new() };
        let context = Context::partial()
            .with("aws:RequestedRegion", &self.region)
            .with("aws:SecureTransport", "true")
            .with("aws:ViaAWSService", "false")
            .without("aws:CalledVia");
        let request = Request { principal: &self.principal, action, resource: &resource, context: &context };
        match evaluate(&request, &self.caller) {
            Verdict::Allowed(_) => Said::Nothing,
            Verdict::Denied { by, layer } => {
                Said::Refused(format!("statement {} of {} denies {action}", by.statement, by.document), layer)
            }
            Verdict::NotAllowed(layer) => Said::Refused(format!("{} allows {action}", self.nothing(layer, arn)), layer),
            Verdict::Undecided(doubts) => {
                let told = doubts.iter().map(|doubt| {
                    let by = &doubt.by;
                    format!(
                        "whether AWS allows {action} depends on {} in statement {} of {}",
                        doubt.key, by.statement, by.document
                    )
                });
                Said::Open(told.collect::<Vec<_>>().join("; "))
            }
        }
    }

    fn nothing(&self, layer: Layer, arn: &str) -> String {
        match layer {
            Layer::Boundary => format!("nothing in the permissions boundary of {}", self.arn),
            Layer::Resource => format!("nothing in the policy of {arn}"),
            Layer::ServiceControl => format!("no service control policy at some level over account {}", self.account),
            Layer::ResourceControl => format!("no resource control policy at some level over account {}", self.account),
            Layer::Identity | Layer::Session => format!("nothing in the policies of {}", self.arn),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VAULT: &str = "arn:aws:backup:us-west-2:222222222222:backup-vault:v";
    const KEY: &str = "arn:aws:kms:us-west-2:222222222222:key/k";

    fn document(name: &str, statement: &str) -> Named {
        Named { name: name.to_owned(), text: format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#) }
    }

    fn rights(identity: &str, boundary: Option<&str>, vault: &str) -> Rights {
        let arn = "arn:aws:sts::222222222222:assumed-role/operator/me";
        let role = "arn:aws:iam::222222222222:role/operator".parse().expect("an ARN");
        Rights {
            arn: arn.to_owned(),
            principal: Principal::Session { role, role_id: "AROA".to_owned(), name: "me".to_owned() },
            caller: Caller {
                identity: vec![document("inline policy own of role operator", identity)],
                boundary: boundary.map(|text| document("permissions boundary limits", text)),
                ..Caller::default()
            },
            account: "222222222222".parse().expect("an account"),
            region: "us-west-2".to_owned(),
            partition: "aws".to_owned(),
            vault_policy: vec![document("access policy of vault v", vault)],
            key_policies: Some(vec![document("key policy default of k", vault)]),
            unseen: Vec::new(),
        }
    }

    /// IAM User Guide, "Policy evaluation logic": a deny anywhere refuses; without one the caller's policies and the
    /// boundary must allow, and a key's policy too.
    #[test]
    fn what_refuses_a_deletion_is_said_with_its_statement() {
        let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
        let reads = r#"{"Effect":"Allow","Action":"backup:List*","Resource":"*"}"#;
        let keeps =
            r#"{"Sid":"Keep","Effect":"Deny","Principal":"*","Action":"backup:DeleteBackupVault","Resource":"*"}"#;
        let nobody = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::333333333333:root"},"Action":"kms:*","Resource":"*"}"#;
        let tagged = r#"{"Sid":"Tagged","Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"x"}}}"#;
        let everybody = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#;
        let nothing = r#"{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}"#;
        let bound = |service: &str, resource: &str| {
            let mut rights = rights(all, None, everybody);
            rights.caller.service_control = vec![vec![document("service control policy p at r-1", service)]];
            rights.caller.resource_control = vec![vec![document("resource control policy p at r-1", resource)]];
            rights
        };
        let asked = [
            ("all", rights(all, None, nobody), On::Vault),
            ("a vault's deny", rights(all, None, keeps), On::Vault),
            ("nothing of the caller's", rights(reads, None, nobody), On::Vault),
            ("nothing in the boundary", rights(all, Some(reads), nobody), On::Vault),
            ("a tag", rights(tagged, None, nobody), On::Other),
            ("a key that knows nobody", rights(all, None, nobody), On::Key),
            ("a level that allows reads only", bound(reads, everybody), On::Vault),
        ];
        let mut said = asked
            .map(|(about, rights, on)| {
                let said = rights.say("backup:DeleteBackupVault", VAULT, on);
                format!("{about}: {said:?}")
            })
            .to_vec();
        // AWS Backup is beyond resource control policies, KMS is not (AWS Organizations User Guide,
        // orgs_manage_policies_rcps).
        let of_a_key = bound(all, nothing).say("kms:ScheduleKeyDeletion", KEY, On::Key);
        said.push(format!("a level over the key that allows nothing of it: {of_a_key:?}"));
        assert!(said[0].ends_with("Nothing"), "{said:?}");
        assert!(said[4].contains("Open("), "{said:?}");
        assert!([1, 2, 3, 5, 6, 7].iter().all(|at| said[*at].contains("Refused(")), "{said:?}");
        insta::assert_snapshot!(said.join("\n"));
    }
}
