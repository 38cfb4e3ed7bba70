//! What those may do who have no part in the pipeline.

use std::collections::BTreeSet;

use chrono::SecondsFormat;

use super::situation::{ANYTHING_OF_MINE, Situation, everything, row_principal};
use crate::pipeline::environment::EnvironmentName::{self, Destination, Intermediate, Source};
use crate::pipeline::finding::Evidence;
use crate::pipeline::settings::Allow;
use crate::policy::context::Context;
use crate::policy::evaluate::{Caller, Principal, Request, Resource, Verdict, evaluate};
use crate::policy::names::Arn;

/// An account that has no part in any pipeline.
const STRANGER: &str = "000000000000";
const STRANGERS_ORGANIZATION: &str = "o-0000000000";

impl Situation<'_> {
    /// By which statement somebody who has no part in the pipeline may copy into a vault.
    pub(crate) fn stranger_may_copy_into(&self, name: EnvironmentName) -> Option<Evidence> {
        let what = self.in_vault(name, self.pipeline.vault_arn(name).to_string())?;
        let mut strangers = vec![self.stranger(STRANGER, STRANGERS_ORGANIZATION, "stranger", name)];
        if name == Destination && self.pipeline.allow == Allow::CopyRoles {
            let organization = self.organization().unwrap_or_default();
            strangers.push(self.stranger(self.account(Source).as_str(), &organization, "stranger", name));
        }
        let action = "backup:CopyIntoBackupVault";
        strangers.into_iter().flatten().find_map(|(principal, context)| may(&principal, action, &what.value, &context))
    }

    /// Whether a copy out of the intermediate vault to a stranger's vault would be let through.
    pub(crate) fn is_copy_target_open(&self) -> bool {
        let Some(what) = self.in_vault(Intermediate, self.snapshot(Intermediate, "copyjob")) else { return false };
        let organization = self.organization().unwrap_or_default();
        let Some((principal, context)) =
            self.stranger(self.account(Source).as_str(), &organization, "backup", Intermediate)
        else {
            return false;
        };
        let strange = format!("arn:aws:backup:{}:{STRANGER}:backup-vault:strange", self.region(Intermediate));
        let named = context.clone().with_all("backup:CopyTargets", [strange]);
        [named, context]
            .iter()
            .any(|context| may(&principal, "backup:CopyFromBackupVault", &what.value, context).is_some())
    }

    /// By which statement who may do what with a key that he has no part in.
    pub(crate) fn stranger_may_use_key(&self, name: EnvironmentName) -> Option<(Evidence, String, &'static str)> {
        let what = self.key(name)?;
        let organization = self.organization().unwrap_or_default();
        let mut accounts = BTreeSet::from([(STRANGER.to_owned(), STRANGERS_ORGANIZATION.to_owned())]);
        for other in [Source, Destination] {
            if *self.account(other) != what.value.owner {
                accounts.insert((self.account(other).to_string(), organization.clone()));
            }
        }
        for (account, organization) in accounts {
            let Some((principal, context)) = self.stranger(&account, &organization, "stranger", name) else { continue };
            // What administers a key does not cross accounts (AWS KMS Developer Guide,
            // key-policy-modifying-external-accounts).
            for action in ["kms:Decrypt", "kms:CreateGrant"] {
                let context = context
                    .clone()
                    .with("kms:CallerAccount", account.as_str())
                    .with("kms:GrantIsForAWSResource", "true")
                    .with("kms:ViaService", format!("rds.{}.amazonaws.com", self.region(name)));
                if let Some(by) = may(&principal, action, &what.value, &context) {
                    let of = if account == STRANGER { "any account".to_owned() } else { format!("account {account}") };
                    return Some((by, format!("any role of {of}"), action));
                }
            }
        }
        None
    }

    /// Somebody with a role of that name, who asks for what lies in an environment.
    fn stranger(
        &self,
        account: &str,
        organization: &str,
        role: &str,
        at: EnvironmentName,
    ) -> Option<(Principal, Context)> {
        let role: Arn = format!("arn:{}:iam::{account}:role/{role}", self.pipeline.partition()).parse().ok()?;
        let principal = Principal::Session { role, role_id: "AROASTRANGER".to_owned(), name: "any".to_owned() };
        let context = Context::new()
            .with("aws:SecureTransport", "true")
            .with("aws:CurrentTime", self.observed.now.to_rfc3339_opts(SecondsFormat::Secs, true))
            .with("aws:EpochTime", self.observed.now.timestamp().to_string())
            .with("aws:RequestedRegion", self.region(at))
            .with("aws:ViaAWSService", "false")
            .with("aws:PrincipalOrgID", organization)
            .with_all("aws:PrincipalOrgPaths", [format!("{organization}/r-0000/ou-0000-00000000/")])
            .with("aws:ResourceAccount", self.account(at).as_str());
        let context = self.member_of(context, self.account(at), "aws:ResourceOrgID", "aws:ResourceOrgPaths");
        Some((principal, context))
    }
}

/// The statement that lets somebody with every permission of his own do this.
fn may(principal: &Principal, action: &'static str, resource: &Resource, context: &Context) -> Option<Evidence> {
    let caller = Caller { identity: everything("own", ANYTHING_OF_MINE), ..Caller::default() };
    match evaluate(&Request { principal, action, resource, context }, &caller) {
        Verdict::Allowed(by) => {
            let by = by.into_iter().find(|by| by.document != "own");
            Some(Evidence {
                document: by.as_ref().map(|by| by.document.clone()).unwrap_or_default(),
                layer: None,
                statement: by.map(|by| by.statement),
                action: Some(action.to_owned()),
                principal: Some(row_principal(principal)),
            })
        }
        Verdict::Denied { .. } | Verdict::NotAllowed(_) | Verdict::Undecided(_) => None,
    }
}
