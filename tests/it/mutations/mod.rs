//! Every part of a deployed pipeline, taken away, widened, turned round or swapped, one at a time.

mod change;
mod day;
mod denials;
mod expected;
pub mod guardrails;
mod pass;
mod plans;
mod variants;
mod walk;

use std::sync::LazyLock;

use backupctl::config::Selected;
use backupctl::pipeline::Pipeline;
use backupctl::sandbox::Sandbox;
use backupctl::sandbox::scenario::Scenario;
use backupctl::sandbox::world::World;

pub use self::change::{ApiRefusal, Change};
pub use self::day::{Outcome, Stage, a_day_passes};
use self::expected::Table;
pub use self::expected::is_like;
pub use self::pass::{Case, TABLE, each, looking, observe, pass};
pub use self::plans::as_input;
use self::walk::Walk;
use crate::support::command;
use crate::support::operator::{CENTRAL, PRODUCTION, REGION_A, REGION_B, acting};

const MANAGEMENT: &str = "999999999999";

/// Where a mutation is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    Source,
    Intermediate,
    Destination,
    /// The management account, which has none of the vaults.
    Management,
}

impl Environment {
    fn name(self) -> &'static str {
        match self {
            Environment::Source => "source",
            Environment::Intermediate => "intermediate",
            Environment::Destination => "destination",
            Environment::Management => "management",
        }
    }

    fn place(self) -> (&'static str, &'static str) {
        match self {
            Environment::Source => (PRODUCTION, REGION_A),
            Environment::Intermediate => (PRODUCTION, REGION_B),
            Environment::Destination => (CENTRAL, REGION_B),
            Environment::Management => (MANAGEMENT, REGION_A),
        }
    }
}

/// One change that an operator could make, under a name that stays.
#[derive(Debug, Clone)]
pub struct Mutation {
    /// `intermediate key policy: CentralBackupServiceUse: without action kms:Decrypt`.
    pub id: String,
    pub environment: Environment,
    pub change: Change,
}

/// What the worlds are deployed from.
const CONFIGURATION: &str = "[source]\naccount = \"111111111111\"\nregion = \"us-east-1\"\n\
    [intermediate]\nregion = \"us-west-2\"\n[destination]\naccount = \"222222222222\"\n\
    [selection]\nresources = [\"arn:aws:rds:us-east-1:111111111111:db:orders\"]\n";
/// Nothing sweeps.
const WITHOUT_SWEEP: &str = "[events]\nsweep_schedule = \"\"\n";

static WORLD: LazyLock<World> = LazyLock::new(|| deployed(&configuration()));
static SWEPT_WORLD: LazyLock<World> = LazyLock::new(|| deployed(CONFIGURATION));

fn deployed(text: &str) -> World {
    let mut scenario = Scenario::built_in();
    scenario.databases.retain(|database| database.name == "orders");
    let sandbox = Sandbox::in_memory(scenario.build().expect("a world"));
    command::configured(&sandbox, text, "bootstrap --yes").expect(0);
    sandbox.world()
}

fn configured(text: &str) -> Pipeline {
    backupctl::config::read("the configuration of the worlds", text, Selected::Required).expect("a pipeline")
}

/// The pipeline of [`world`].
pub fn pipeline() -> Pipeline {
    configured(&configuration())
}

/// The configuration of [`world`].
pub fn configuration() -> String {
    format!("{CONFIGURATION}{WITHOUT_SWEEP}")
}

/// The configuration of [`swept_world`].
pub fn swept_configuration() -> String {
    CONFIGURATION.to_owned()
}

/// The pipeline of [`swept_world`].
pub fn swept_pipeline() -> Pipeline {
    configured(CONFIGURATION)
}

/// A bootstrapped world with the one database `orders`, in which only the event starts the second hop.
pub fn world() -> Sandbox {
    Sandbox::in_memory(WORLD.clone())
}

/// The same, in which the sweep starts second hops as well.
pub fn swept_world() -> Sandbox {
    Sandbox::in_memory(SWEPT_WORLD.clone())
}

/// Every mutation of what is deployed in a world of [`world`].
pub fn mutations(sandbox: &Sandbox) -> Vec<Mutation> {
    let mut found = Vec::new();
    for environment in [Environment::Source, Environment::Intermediate, Environment::Destination] {
        let (account, region) = environment.place();
        found.extend(acting(sandbox, account, region, async |config| Walk::through(environment, &config).await));
    }
    let management = [
        ("management cross-account backup disabled", Change::CrossAccountBackupOff),
        ("management trusted access disabled", Change::TrustedAccessOff),
    ];
    found.extend(management.map(|(id, change)| Mutation {
        id: id.to_owned(),
        environment: Environment::Management,
        change,
    }));
    found
}

/// Makes the change as the administrator of its account.
///
/// # Errors
/// What the API said when it refused.
pub fn apply(sandbox: &Sandbox, mutation: &Mutation) -> Result<(), ApiRefusal> {
    let (account, region) = mutation.environment.place();
    acting(sandbox, account, region, async |config| mutation.change.apply(&config).await)
}

/// Makes the mutation of that name in a deployed world.
#[track_caller]
pub fn make(sandbox: &Sandbox, id: &str) {
    let all = mutations(sandbox);
    let one = all.iter().find(|mutation| mutation.id == id).unwrap_or_else(|| panic!("no mutation `{id}`"));
    apply(sandbox, one).unwrap_or_else(|refusal| panic!("{id}: {refusal:?}"));
}

#[test]
fn the_names_of_the_mutations_are_all_different_and_stay() {
    let names = |sandbox: &Sandbox| mutations(sandbox).into_iter().map(|mutation| mutation.id).collect::<Vec<_>>();
    let found = names(&world());
    assert!(found.len() > 300, "{} mutations", found.len());
    let different: std::collections::BTreeSet<&String> = found.iter().collect();
    assert_eq!(different.len(), found.len());
    let sandbox = world();
    sandbox.advance_to(sandbox.now().plus_seconds(3600)).expect("an in-memory world");
    assert_eq!(names(&sandbox), found);
}

/// What stands in AWS's texts and differs from world to world.
fn names(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    let key = |environment: Environment, vault: &'static str| {
        let (account, region) = environment.place();
        acting(sandbox, account, region, async |config| {
            let describe = aws_sdk_backup::Client::new(&config).describe_backup_vault().backup_vault_name(vault);
            describe.send().await.expect("DescribeBackupVault").encryption_key_arn.expect("a key")
        })
    };
    vec![
        ("intermediate key", key(Environment::Intermediate, day::INTERMEDIATE_VAULT)),
        ("destination key", key(Environment::Destination, day::DESTINATION_VAULT)),
    ]
}

#[test]
#[expect(clippy::print_stderr, reason = "how much of the table has a source is for whoever runs it to see")]
fn every_mutation_ends_as_aws_says() {
    let table = Table::read();
    let names = names(&world());
    let mut used = vec![0_usize; table.row.len()];
    let mut wrong = Vec::new();
    for Case { mutation, happened, .. } in TABLE.iter() {
        let Some(index) = table.judge(&mutation.id) else {
            wrong.push(format!("{}: no row", mutation.id));
            continue;
        };
        used[index] += 1;
        let happened = happened.as_ref().map(|(_, outcome)| outcome);
        let row = &table.row[index];
        if !row.allows(happened, &names) {
            wrong.push(format!("{}\n    row {row:?}\n    but {happened:?}", mutation.id));
        }
    }
    for (row, _) in table.row.iter().zip(&used).filter(|(_, used)| **used == 0) {
        wrong.push(format!("{}: no mutation", row.name()));
    }
    let judged: usize = used.iter().sum();
    eprintln!("{judged} mutations by {} rows, {} of them unsourced", table.row.len(), table.unsourced());
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn without_a_mutation_the_backup_arrives() {
    assert_eq!(a_day_passes(&world()), Outcome::Arrives);
}

// AWS KMS Developer Guide, "Changing a key policy": a policy under which its writer could not change it
// again is refused.
#[test]
fn an_api_may_refuse_a_mutation() {
    let sandbox = world();
    let found = mutations(&sandbox);
    let id = "destination key policy: Owner: principal in another account";
    let locked_out = found.iter().find(|mutation| mutation.id == id).expect("the mutation");
    let refusal = apply(&sandbox, locked_out).expect_err("a refusal");
    assert_eq!(refusal.code, "MalformedPolicyDocumentException");
    assert_eq!(refusal.message, "The new key policy will not allow you to update the key policy in the future.");
}
