//! A small world: production with a database under `aws/rds`, a central backup account, and the
//! three vaults of the two hops.

use std::collections::BTreeMap;

use super::*;
use crate::services::{iam, kms, organizations, rds};
use aws_policy::evaluate::Principal;

pub(super) const PRODUCTION: &str = "111111111111";
pub(super) const CENTRAL: &str = "222222222222";
pub(super) const STRANGER: &str = "333333333333";
pub(super) const MANAGEMENT: &str = "999999999999";
pub(super) const EAST: &str = "us-east-1";
pub(super) const WEST: &str = "us-west-2";
pub(super) const ORDERS: &str = "arn:aws:rds:us-east-1:111111111111:db:orders";
pub(super) const ROLE: &str = "arn:aws:iam::111111111111:role/service-role/AWSBackupDefaultServiceRole";
pub(super) const SOURCE: &str = "source-vault";
pub(super) const INTERMEDIATE: &str = "intermediate-vault";
pub(super) const DESTINATION: &str = "destination-vault";
/// Monday.
pub(super) const BEGINNING: i64 = 1_767_592_800_000; // 2026-01-05T06:00:00Z

pub(super) struct Sim {
    pub(super) world: World,
    /// The vaults' keys, by account and Region.
    keys: BTreeMap<(String, String), String>,
}

pub(super) fn account(id: &str) -> AccountId {
    id.parse().expect("an account")
}

pub(super) fn place(account_id: &str, region: &str) -> Place {
    Place::new(account(account_id), region.parse().expect("a Region"))
}

pub(super) fn vault_arn(account: &str, region: &str, name: &str) -> String {
    format!("arn:aws:backup:{region}:{account}:backup-vault:{name}")
}

/// The root user of an account.
pub(super) fn root(id: &str) -> Caller {
    Caller {
        principal: Principal::Root(account(id)),
        account: account(id),
        session_policies: Vec::new(),
        expires: None,
        clock: None,
        issued: None,
        held_by: None,
    }
}

impl Sim {
    /// Databases, roles, keys, organization and settings, but no vault.
    pub(super) fn new() -> Self {
        let regions: Vec<Region> = [EAST, WEST].iter().map(|code| code.parse().expect("a Region")).collect();
        let mut world = World::empty(7, Moment::from_millis(BEGINNING), regions);
        neighbours(&mut world);
        let mut sim = Self { world, keys: BTreeMap::new() };
        sim.ok(
            MANAGEMENT,
            EAST,
            "UpdateGlobalSettings",
            json!({ "GlobalSettings": { "isCrossAccountBackupEnabled": "true" } }),
        );
        sim
    }

    /// With the three vaults, each under a key of its own, and the destination open to production.
    pub(super) fn with_vaults() -> Self {
        let mut sim = Self::new();
        sim.make_vaults(&[CENTRAL]);
        sim
    }

    /// Makes the three vaults; the readers' accounts may use the intermediate key.
    pub(super) fn make_vaults(&mut self, readers: &[&str]) {
        for (account, region, name) in
            [(PRODUCTION, EAST, SOURCE), (PRODUCTION, WEST, INTERMEDIATE), (CENTRAL, WEST, DESTINATION)]
        {
            let key = new_key(&mut self.world, account, region, if name == INTERMEDIATE { readers } else { &[] });
            self.keys.insert((account.to_owned(), region.to_owned()), key.clone());
            self.ok(account, region, "CreateBackupVault", json!({ "BackupVaultName": name, "EncryptionKeyArn": key }));
        }
        self.open_destination();
    }

    /// The key of the vault there.
    pub(super) fn key(&self, account: &str, region: &str) -> String {
        self.keys[&(account.to_owned(), region.to_owned())].clone()
    }

    pub(super) fn open_destination(&mut self) {
        let policy = json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": { "AWS": format!("arn:aws:iam::{PRODUCTION}:root") },
            "Action": "backup:CopyIntoBackupVault",
            "Resource": "*",
        }] });
        let input = json!({ "BackupVaultName": DESTINATION, "Policy": policy.to_string() });
        self.ok(CENTRAL, WEST, "PutBackupVaultAccessPolicy", input);
    }

    /// A call by the account's root user.
    pub(super) fn call(
        &mut self,
        by: &str,
        region: &str,
        operation: &str,
        input: Value,
    ) -> Result<Value, ServiceError> {
        let region = region.parse().expect("a Region");
        self.world.call(&root(by), &region, Service::Backup, operation, input, &Context::new())
    }

    pub(super) fn ok(&mut self, by: &str, region: &str, operation: &str, input: Value) -> Value {
        self.call(by, region, operation, input).unwrap_or_else(|error| panic!("{operation}: {error}"))
    }

    pub(super) fn refused(&mut self, by: &str, region: &str, operation: &str, input: Value) -> ServiceError {
        match self.call(by, region, operation, input) {
            Err(error) => error,
            Ok(answer) => panic!("{operation} was answered: {answer}"),
        }
    }

    pub(super) fn advance(&mut self, seconds: i64) {
        let until = self.world.now.plus_seconds(seconds);
        self.world.advance_to(until);
    }

    /// Deletes the role of jobs, copies and selections.
    pub(super) fn remove_role(&mut self) {
        let name = "AWSBackupDefaultServiceRole";
        let policy = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup";
        iam(&mut self.world, "DetachRolePolicy", json!({ "RoleName": name, "PolicyArn": policy }));
        iam(&mut self.world, "DeleteRole", json!({ "RoleName": name }));
        self.advance(60);
    }

    /// Backs `orders` up on demand; the recovery point's ARN.
    pub(super) fn backed_up(&mut self) -> String {
        let input = json!({
            "BackupVaultName": SOURCE,
            "ResourceArn": ORDERS,
            "IamRoleArn": ROLE,
            "Lifecycle": { "DeleteAfterDays": 7 },
        });
        let job = self.ok(PRODUCTION, EAST, "StartBackupJob", input)["BackupJobId"].clone();
        self.advance(3600);
        let job = self.ok(PRODUCTION, EAST, "DescribeBackupJob", json!({ "BackupJobId": job }));
        assert_eq!(job["State"], "COMPLETED", "{job}");
        job["RecoveryPointArn"].as_str().expect("a recovery point").to_owned()
    }

    pub(super) fn start_copy(&mut self, region: &str, vault: &str, point: &str, to: &str) -> String {
        let input = json!({
            "RecoveryPointArn": point,
            "SourceBackupVaultName": vault,
            "DestinationBackupVaultArn": to,
            "IamRoleArn": ROLE,
        });
        let job = self.ok(PRODUCTION, region, "StartCopyJob", input);
        job["CopyJobId"].as_str().expect("a job").to_owned()
    }

    pub(super) fn copy_job(&mut self, region: &str, id: &str) -> Value {
        self.ok(PRODUCTION, region, "DescribeCopyJob", json!({ "CopyJobId": id }))["CopyJob"].clone()
    }

    /// Copies and waits; the job as it ended.
    pub(super) fn copied(&mut self, region: &str, vault: &str, point: &str, to: &str) -> Value {
        let id = self.start_copy(region, vault, point, to);
        self.advance(2 * 3600);
        self.copy_job(region, &id)
    }

    /// Backs up and makes the first hop; the intermediate recovery point's ARN.
    pub(super) fn first_hop(&mut self) -> String {
        let point = self.backed_up();
        let job = self.copied(EAST, SOURCE, &point, &vault_arn(PRODUCTION, WEST, INTERMEDIATE));
        assert_eq!(job["State"], "COMPLETED", "{job}");
        job["DestinationRecoveryPointArn"].as_str().expect("a recovery point").to_owned()
    }
}

/// A customer managed key that the readers' accounts may use through AWS services.
fn new_key(world: &mut World, owner: &str, region: &str, readers: &[&str]) -> String {
    let root_of = |id: &str| format!("arn:aws:iam::{id}:root");
    let mut statements = vec![json!({
        "Effect": "Allow", "Principal": { "AWS": root_of(owner) }, "Action": "kms:*", "Resource": "*",
    })];
    for reader in readers {
        let principal = json!({ "AWS": root_of(reader) });
        statements.push(json!({
            "Effect": "Allow", "Principal": principal, "Resource": "*",
            "Action": ["kms:DescribeKey", "kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"],
        }));
        statements.push(json!({
            "Effect": "Allow", "Principal": principal, "Resource": "*",
            "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
            "Condition": { "Bool": { "kms:GrantIsForAWSResource": "true" } },
        }));
    }
    let policy = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let region = region.parse().expect("a Region");
    let input = json!({ "Policy": policy });
    let answer = world.call(&root(owner), &region, Service::Kms, "CreateKey", input, &Context::new());
    let answer = answer.unwrap_or_else(|error| panic!("CreateKey: {error}"));
    answer["KeyMetadata"]["Arn"].as_str().expect("a key").to_owned()
}

fn iam(world: &mut World, operation: &str, input: Value) {
    let region = EAST.parse().expect("a Region");
    let answer = world.call(&root(PRODUCTION), &region, Service::Iam, operation, input, &Context::new());
    answer.unwrap_or_else(|error| panic!("{operation}: {error}"));
}

fn neighbours(world: &mut World) {
    let members = [account(PRODUCTION), account(CENTRAL)];
    organizations::create(world, "o-sandboxorg1", &account(MANAGEMENT), &members);
    for member in &members {
        iam::ensure_service_linked_role(world, member, "backup.amazonaws.com");
        iam::ensure_service_linked_role(world, member, "rds.amazonaws.com");
    }
    let trust = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "Service": "backup.amazonaws.com" }, "Action": "sts:AssumeRole",
    }] });
    let name = "AWSBackupDefaultServiceRole";
    let role = json!({ "RoleName": name, "Path": "/service-role/", "AssumeRolePolicyDocument": trust.to_string() });
    iam(world, "CreateRole", role);
    let policy = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup";
    iam(world, "AttachRolePolicy", json!({ "RoleName": name, "PolicyArn": policy }));
    // IAM shows its changes after a few seconds.
    world.advance_to(Moment::from_millis(BEGINNING + 60_000));
    database(world);
}

fn database(world: &mut World) {
    let key = kms::aws_managed_key(world, &place(PRODUCTION, EAST), "rds");
    let orders = rds::NewInstance {
        identifier: "orders".to_owned(),
        engine: "postgres".to_owned(),
        engine_version: "16.4".to_owned(),
        allocated_gib: 100,
        kms_key: Some(key),
        tags: vec![("team".to_owned(), "core".to_owned())],
        ..rds::NewInstance::default()
    };
    rds::add_instance(world, &place(PRODUCTION, EAST), orders);
}
