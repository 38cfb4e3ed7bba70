//! What a dry run of `copy` says of the hop that is left, and what the copy then comes to: it is held against the caller's
//! own rights, the settings and the state of the keys, as `doctor` holds the pipeline against them.

use backupctl::sandbox::Sandbox;
use serde_json::{Value, json};

use crate::green::{BILLING, DESTINATION_VAULT, pass, stop_second_hops};
use crate::mutations::guardrails::{forbid, in_intermediate_vault};
use crate::support::command::backupctl;
use crate::support::operator::{REGION_A, acting, in_destination, in_source};
use crate::support::worlds;

const MANAGEMENT: &str = "999999999999";
const USERS: &str = "arn:aws:iam::*:user/*";

/// Both databases are in the intermediate vault, and nothing carries them on.
fn half_way() -> Sandbox {
    let sandbox = worlds::bootstrapped();
    stop_second_hops(&sandbox);
    pass(&sandbox, 26);
    sandbox
}

fn cross_account_off(sandbox: &Sandbox) {
    acting(sandbox, MANAGEMENT, REGION_A, async |config| {
        let update = aws_sdk_backup::Client::new(&config).update_global_settings();
        let update = update.global_settings("isCrossAccountBackupEnabled", "false");
        update.send().await.expect("UpdateGlobalSettings");
    });
    pass(sandbox, 1);
}

fn disable_key(sandbox: &Sandbox) {
    in_destination(sandbox, async |config| {
        let vault = aws_sdk_backup::Client::new(&config).describe_backup_vault().backup_vault_name(DESTINATION_VAULT);
        let key = vault.send().await.expect("DescribeBackupVault").encryption_key_arn.expect("a key");
        aws_sdk_kms::Client::new(&config).disable_key().key_id(key).send().await.expect("DisableKey");
    });
}

fn own_policy(sandbox: &Sandbox, statement: Value) {
    let text = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    in_source(sandbox, async |config| {
        let put = aws_sdk_iam::Client::new(&config).put_user_policy().user_name("administrator").policy_name("own");
        put.policy_document(text).send().await.expect("PutUserPolicy");
    });
    pass(sandbox, 1);
}

fn deny(sid: &str, action: &str, condition: Value) -> Value {
    json!({"Sid": sid, "Effect": "Deny", "Action": action, "Resource": "*", "Condition": condition})
}

fn to_everybody(mut statement: Value) -> Value {
    statement["Principal"] = json!("*");
    statement
}

/// What makes the copy fail, or hang on what nobody knows; what the dry run says of the second hop, by which check, and
/// with which words; how the copy itself ends.
struct Row {
    id: &'static str,
    change: fn(&Sandbox),
    allowed: Option<bool>,
    check: &'static str,
    words: &'static str,
    ends: i32,
}

/// Service Authorization Reference, AWS Backup: StartCopyJob is asked on the recovery point, iam:PassRole on the role.
/// KMS Developer Guide, "Key states": a disabled key makes no grant. AWS Backup Developer Guide,
/// create-cross-account-backup: without the organization's setting no copy crosses accounts.
fn rows() -> Vec<Row> {
    let row = |id, change: fn(&Sandbox), allowed, check, words, ends| Row { id, change, allowed, check, words, ends };
    vec![
        row("nothing is wrong", |_| {}, Some(true), "", "", 0),
        row("the destination key is disabled", disable_key, Some(false), "key-disabled", "Disabled", 1),
        row(
            "cross-account backup is off",
            cross_account_off,
            Some(false),
            "cross-account-backup-disabled",
            "the management account says",
            1,
        ),
        row(
            "an SCP keeps users from starting copy jobs",
            |sandbox| {
                let who = json!({"ArnLike": {"aws:PrincipalArn": USERS}});
                forbid(sandbox, &json!([deny("NoCopies", "backup:StartCopyJob", who)]));
            },
            Some(false),
            "guardrail-denies",
            "statement NoCopies",
            1,
        ),
        row(
            "an SCP keeps users from passing roles",
            |sandbox| {
                let who = json!({"ArnLike": {"aws:PrincipalArn": USERS}});
                forbid(sandbox, &json!([deny("NoRoles", "iam:PassRole", who)]));
            },
            Some(false),
            "guardrail-denies",
            "statement NoRoles",
            1,
        ),
        row(
            "the intermediate vault's policy denies it",
            |sandbox| {
                let statement = to_everybody(deny("Keep", "backup:StartCopyJob", json!({})));
                in_intermediate_vault(sandbox, &json!([statement]));
            },
            Some(false),
            "vault-policy-denies",
            "statement Keep",
            1,
        ),
        row(
            "the intermediate vault's policy denies it to some tools",
            |sandbox| {
                let tools = json!({"StringLike": {"aws:UserAgent": "*console*"}});
                let statement = to_everybody(deny("Tools", "backup:StartCopyJob", tools));
                in_intermediate_vault(sandbox, &json!([statement]));
            },
            None,
            "vault-policy-denies",
            "undecided:aws:UserAgent",
            0,
        ),
        row(
            "the intermediate vault's policy wants a device",
            |sandbox| {
                let device = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
                let statement = to_everybody(deny("Device", "backup:StartCopyJob", device));
                in_intermediate_vault(sandbox, &json!([statement]));
            },
            None,
            "vault-policy-denies",
            "undecided:aws:MultiFactorAuthPresent",
            0,
        ),
        row(
            "the caller's own policy denies it",
            |sandbox| own_policy(sandbox, deny("Not", "backup:StartCopyJob", json!({}))),
            Some(false),
            "caller-denied",
            "statement Not",
            1,
        ),
        row(
            "the caller's own policy lets it pass no role",
            |sandbox| own_policy(sandbox, deny("NoRole", "iam:PassRole", json!({}))),
            Some(false),
            "caller-denied",
            "statement NoRole",
            1,
        ),
    ]
}

/// The second hops that would be started.
fn second_hops(document: &Value) -> Vec<Value> {
    let copies = document["copies"].as_array().expect("copies").iter();
    let hops = copies.flat_map(|copy| copy["hops"].as_array().expect("hops"));
    hops.filter(|hop| hop["to"] == "destination" && hop["action"] == "start").cloned().collect()
}

#[test]
fn a_dry_run_says_of_a_hop_what_the_copy_comes_to() {
    let world = half_way().world();
    for Row { id, change, allowed, check, words, ends } in rows() {
        let sandbox = Sandbox::in_memory(world.clone());
        change(&sandbox);
        let dry = backupctl(&sandbox, "copy --all-missing --dry-run -o json").expect(4).json();
        let hops = second_hops(&dry);
        assert_eq!(hops.len(), 2, "{id}: {dry:#}");
        for hop in hops {
            let prediction = &hop["prediction"];
            assert_eq!(prediction["allowed"], json!(allowed), "{id}: {prediction:#}");
            let said = match allowed {
                Some(_) => &prediction["reasons"],
                None => &prediction["skipped"],
            };
            let of_check = said.as_array().expect("a list").iter().filter(|one| one["check"] == check);
            let named = of_check.filter(|one| one.to_string().contains(words)).count();
            assert!(named > 0 || check.is_empty(), "{id}: {prediction:#}");
            // Which document and statement it hangs on.
            if allowed.is_none() {
                let evidence = &prediction["skipped"][0]["evidence"];
                assert!(evidence["document"].as_str().is_some_and(|text| text.contains("intermediate-vault")), "{id}");
                assert!(evidence["statement"].is_string(), "{id}: {prediction:#}");
            }
        }
        let copied = backupctl(&sandbox, "copy --all-missing --quiet -o json");
        assert_eq!(copied.code, ends, "{id}: {}", copied.stdout);
    }
}

/// What nobody may look at is neither allowed nor refused.
#[test]
fn a_caller_whose_policies_may_not_be_read_is_not_called_allowed() {
    for operation in ["iam:GetUser", "iam:ListUserPolicies", "iam:ListGroupsForUser", "backup:DescribeGlobalSettings"] {
        let sandbox = half_way();
        crate::support::command::deny(&sandbox, operation, "");
        let dry = backupctl(&sandbox, "copy --all-missing --dry-run -o json").expect(4).json();
        for hop in second_hops(&dry) {
            let prediction = &hop["prediction"];
            assert!(prediction["allowed"].is_null(), "{operation}: {prediction:#}");
            let lacks = prediction["skipped"].as_array().expect("a list").iter();
            assert_eq!(lacks.filter(|one| one["missing_permission"] == operation).count(), 1, "{prediction:#}");
        }
    }
}

/// The diagnosis of a copy job that failed: what the same run sees refuse, before what the message can mean.
#[test]
fn a_failed_copy_is_told_what_was_seen_to_refuse_it() {
    let world = half_way().world();
    let by_scp: fn(&Sandbox) = |sandbox| {
        let into = json!({"Sid": "Fence", "Effect": "Deny", "Action": "backup:CopyIntoBackupVault",
            "Resource": "arn:aws:backup:*:222222222222:*"});
        forbid(sandbox, &json!([into]));
    };
    let by_key: fn(&Sandbox) = disable_key;
    let rows = [
        ("guardrail-denies", "statement Fence", by_scp),
        ("key-disabled", "Disabled", by_key),
        ("cross-account-backup-disabled", "cross-account backup is off", cross_account_off),
    ];
    for (check, words, change) in rows {
        let sandbox = Sandbox::in_memory(world.clone());
        change(&sandbox);
        let copied = backupctl(&sandbox, &format!("copy --resource {BILLING} --quiet -o json")).expect(1).json();
        let hops = copied["copies"][0]["hops"].as_array().expect("hops").clone();
        let diagnosis = &hops.last().expect("a hop")["diagnosis"];
        assert_eq!(diagnosis["check"], check, "{copied:#}");
        assert!(diagnosis["message"].as_str().is_some_and(|text| text.contains(words)), "{diagnosis:#}");
        let remedy = diagnosis["remedy"].as_str().expect("a remedy");
        assert!(!remedy.contains("KEY`") && !remedy.contains("It can also be"), "{remedy}");
    }
}
