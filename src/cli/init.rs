//! `init`: writes `backupctl.toml` from flags, from questions, and from what there is.

mod questions;

use std::fs;
use std::io::ErrorKind;

use serde_json::{Value, json};

use self::questions::{ask, can_ask, partner, pick, region};
use super::context::Context;
use super::exit::ExitStatus;
use super::outcome::{Outcome, Text};
use super::reach::Reach;
use crate::config::{self, Draft, DraftAccount, DraftDatabase, Selected};
use crate::operations::init::{FoundDatabase, Named, Reached, databases, identify, organization};
use crate::output::{Io, Problem, plural, render};
use crate::pipeline::EnvironmentName;
use crate::pipeline::arn::{AccountId, Arn, Region};
use crate::pipeline::route::KeyManager;
use crate::pipeline::settings::CredentialHints;

/// Write backupctl.toml from flags, prompts and what it finds in AWS
///
/// Finds the account ids behind the profiles, the organization, and the databases that are encrypted with aws/rds.
/// The file goes to ./backupctl.toml, or where --config says.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Account A, where the databases run [default: the account of its profile or role]
    #[arg(long, value_name = "ID")]
    source_account: Option<AccountId>,
    /// The AWS profile of account A
    #[arg(long, value_name = "NAME")]
    source_profile: Option<String>,
    /// The role to assume in account A
    #[arg(long, value_name = "ARN")]
    source_role_arn: Option<Arn>,
    /// Region A, where the databases run [default: us-east-1]
    #[arg(long, value_name = "REGION")]
    source_region: Option<Region>,
    /// Region B [default: a Region that fits Region A]
    #[arg(long, value_name = "REGION")]
    intermediate_region: Option<Region>,
    /// Account B, which holds the destination vault [default: the account of its profile or role]
    #[arg(long, value_name = "ID")]
    destination_account: Option<AccountId>,
    /// The AWS profile of account B
    #[arg(long, value_name = "NAME")]
    destination_profile: Option<String>,
    /// The role to assume in account B
    #[arg(long, value_name = "ARN")]
    destination_role_arn: Option<Arn>,
    /// The organization's id [default: read from AWS Organizations, if account B may]
    #[arg(long, value_name = "ID")]
    organization: Option<String>,
    /// ARN of a database to back up; can be repeated [default: every database encrypted with aws/rds]
    #[arg(long, value_name = "ARN")]
    resource: Vec<String>,
    /// Select databases by this tag
    #[arg(long, value_name = "KEY=VALUE", value_parser = tag)]
    tag: Option<(String, String)>,
    /// E-mail address to notify of failures
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// The lock of the destination vault: `none`, or `governance`, under which nobody deletes a copy before its time
    #[arg(long, value_name = "MODE", value_parser = ["none", "governance"])]
    lock: Option<String>,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
}

fn tag(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write it as key=value")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// An account as far as the flags and the answers say.
struct Side {
    environment: EnvironmentName,
    account: Option<AccountId>,
    credentials: CredentialHints,
}

impl Side {
    fn is_named(&self) -> bool {
        self.account.is_some() || self.credentials != CredentialHints::default()
    }

    /// The account, where a flag, an answer or the role says which.
    fn known(&self) -> Option<AccountId> {
        self.account.clone().or_else(|| self.credentials.role_arn.as_ref().and_then(Arn::account_id))
    }

    fn draft(&self, account: AccountId) -> DraftAccount {
        DraftAccount {
            id: account,
            profile: self.credentials.profile.clone(),
            role_arn: self.credentials.role_arn.clone(),
        }
    }
}

/// What flags and answers say.
struct Asked {
    source: Side,
    source_region: Region,
    intermediate_region: Region,
    destination: Side,
}

impl Asked {
    fn draft(&self, args: &Args, source: AccountId, destination: AccountId) -> Draft {
        Draft {
            source: self.source.draft(source),
            source_region: self.source_region.clone(),
            intermediate_region: self.intermediate_region.clone(),
            destination: self.destination.draft(destination),
            organization: args.organization.clone(),
            databases: Vec::new(),
            tag: args.tag.clone(),
            email: args.email.clone(),
            lock: args.lock.as_deref().and_then(questions::lock_mode),
        }
    }

    /// The file as far as it is known before anything is called. Accounts that STS has still to tell are stood in for.
    fn foreseen(&self, args: &Args) -> Option<Draft> {
        let (source, destination) = (self.source.known(), self.destination.known());
        // Whose a database is, is only known with its account.
        let by_hand = |arn: &String| DraftDatabase { arn: arn.clone(), note: BY_HAND.to_owned() };
        let databases = source.iter().flat_map(|_| args.resource.iter().map(by_hand)).collect();
        let source = source.or_else(|| "000000000000".parse().ok())?;
        let destination = destination.or_else(|| "000000000001".parse().ok())?;
        Some(Draft { databases, ..self.draft(args, source, destination) })
    }
}

/// What stands behind a database that a flag names.
const BY_HAND: &str = "named by hand";

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<Outcome, Outcome> {
    let file = context.global.config(context.io).unwrap_or(config::FILE_NAME).to_owned();
    let path = context.io.directory.join(&file);
    if path.exists() && !args.force {
        let problem = Problem::new(format!("`{file}` is there already"), "add `--force` to overwrite it");
        return Err(Outcome::failed(ExitStatus::Refused, problem));
    }
    let asked = asked(args, context)?;
    // What flags and answers say is held to the same rules as a file that a person wrote, before anything is called.
    let check = |draft: &Draft| config::read(&format!("{file} (not written)"), &draft.text(), Selected::Optional);
    asked.foreseen(args).as_ref().map(check).transpose()?;
    let mut looked = look(args, &asked, context)?;
    looked.draft.databases = chosen(args, &mut looked, context.io)?;
    if looked.draft.databases.is_empty() && args.tag.is_none() {
        looked.notes.push("nothing is selected yet: name databases or tags under [selection]".to_owned());
    }
    if looked.draft.email.is_none() && can_ask(context.io) {
        looked.draft.email = questions::email(context.io);
    }
    if args.lock.is_none() && can_ask(context.io) {
        looked.draft.lock = questions::lock(context.io);
    }
    // The default stays a comment.
    looked.draft.lock = looked.draft.lock.filter(|mode| *mode != "none");
    check(&looked.draft)?;
    write(&path, &file, &looked.draft.text(), args.force)?;
    let shown = body(&file, &looked);
    let text = render::init::result(&shown, &context.page());
    Ok(Outcome::done(Text::Result(text)).with_body(shown))
}

fn body(file: &str, looked: &Looked) -> Value {
    let draft = &looked.draft;
    json!({
        "file": file,
        "source": {"account": draft.source.id, "region": draft.source_region},
        "intermediate": {"account": draft.source.id, "region": draft.intermediate_region},
        "destination": {"account": draft.destination.id, "region": draft.intermediate_region},
        "organization": draft.organization,
        "databases": looked.found.iter().flatten().map(|database| json!({
            "arn": database.arn, "engine": database.engine, "key": database.key,
            "selected": draft.databases.iter().any(|one| one.arn == database.arn),
        })).collect::<Vec<_>>(),
        "selected": draft.databases.iter().map(|database| &database.arn).collect::<Vec<_>>(),
        "notes": looked.notes,
    })
}

fn asked(args: &Args, context: &mut Context<'_>) -> Result<Asked, Outcome> {
    let mut sides = sides(args);
    complete(&mut sides, context)?;
    let [source, destination] = sides;
    let question = "Region A, where the databases run";
    let source_region = region(args.source_region.as_ref(), "us-east-1", question, None, context.io)?;
    let question = "Region B, where the intermediate and the destination vault lie";
    let (given, proposal) = (args.intermediate_region.as_ref(), partner(&source_region));
    let intermediate_region = region(given, proposal, question, Some(&source_region), context.io)?;
    Ok(Asked { source, source_region, intermediate_region, destination })
}

/// What there is.
struct Looked {
    draft: Draft,
    /// The databases of account A in Region A; none where they could not be looked for.
    found: Option<Vec<FoundDatabase>>,
    notes: Vec<String>,
}

fn look(args: &Args, asked: &Asked, context: &mut Context<'_>) -> Result<Looked, Outcome> {
    let reach = context.reach_without_pipeline()?;
    let (source, destination) = (&asked.source.credentials, &asked.destination.credentials);
    let source_reached = reached(&asked.source, &asked.source_region, &reach, context)?;
    let destination_reached = reached(&asked.destination, &asked.intermediate_region, &reach, context)?;
    let mut notes = Vec::new();
    let found = match &source_reached {
        Reached::No(_, why) => Err(why.clone()),
        Reached::Yes(account) => context
            .work(&reach, async |sink| databases(account, &asked.source_region, source, &reach.outside, &sink).await)?,
    };
    let found = found.map_err(|why| notes.push(format!("the databases could not be looked for: {why}"))).ok();
    let organization = match (&args.organization, &destination_reached) {
        (Some(id), _) => Ok(Some(id.clone())),
        (None, Reached::No(_, why)) => Err(why.clone()),
        (None, Reached::Yes(account)) => context.work(&reach, async |_| {
            organization(account, &asked.intermediate_region, destination, &reach.outside).await
        })?,
    };
    let organization = organization.unwrap_or_else(|why| {
        notes.push(format!("the organization could not be read: {why}"));
        None
    });
    let accounts = (source_reached.account().clone(), destination_reached.account().clone());
    Ok(Looked { draft: Draft { organization, ..asked.draft(args, accounts.0, accounts.1) }, found, notes })
}

fn sides(args: &Args) -> [Side; 2] {
    let side = |environment, account: &Option<AccountId>, profile: &Option<String>, role_arn: &Option<Arn>| Side {
        environment,
        account: account.clone(),
        credentials: CredentialHints { profile: profile.clone(), role_arn: role_arn.clone(), external_id: None },
    };
    [
        side(EnvironmentName::Source, &args.source_account, &args.source_profile, &args.source_role_arn),
        side(
            EnvironmentName::Destination,
            &args.destination_account,
            &args.destination_profile,
            &args.destination_role_arn,
        ),
    ]
}

/// Accounts that no flag names are those of the built-in sandbox, or are asked for.
fn complete(sides: &mut [Side; 2], context: &mut Context<'_>) -> Result<(), Outcome> {
    if context.in_sandbox() {
        let pipeline = config::built_in()?;
        for side in sides.iter_mut().filter(|side| side.account.is_none()) {
            let role = side.credentials.role_arn.as_ref().and_then(Arn::account_id);
            let built_in = &pipeline.environment(side.environment).account;
            side.account = Some(role.unwrap_or_else(|| built_in.clone()));
        }
        return Ok(());
    }
    for side in sides.iter_mut().filter(|side| !side.is_named()) {
        if !can_ask(context.io) {
            let environment = side.environment;
            let what = format!("the {environment} account is not named, and there is no terminal to ask on");
            let hint = format!(
                "add `--{environment}-account ID`, `--{environment}-profile NAME` or `--{environment}-role-arn ARN`"
            );
            return Err(Outcome::usage(what, hint));
        }
        let letter = if side.environment == EnvironmentName::Source { 'A' } else { 'B' };
        let question = format!("AWS profile of the {} account (account {letter}), or its id", side.environment);
        let answer = ask(context.io, &question, "default", |text| Ok(text.to_owned()))?;
        match answer.parse() {
            Ok(account) => side.account = Some(account),
            Err(_) => side.credentials.profile = Some(answer),
        }
    }
    Ok(())
}

fn reached(side: &Side, region: &Region, reach: &Reach, context: &mut Context<'_>) -> Result<Reached, Outcome> {
    let named =
        Named { environment: side.environment, account: side.account.as_ref(), credentials: &side.credentials, region };
    let found = context.work(reach, async |_| identify(&named, &reach.outside).await)?;
    found.map_err(|error| Outcome::from(&error))
}

/// The databases that the file will name.
fn chosen(args: &Args, looked: &mut Looked, io: &mut Io) -> Result<Vec<DraftDatabase>, Outcome> {
    if !args.resource.is_empty() {
        return Ok(args.resource.iter().map(|arn| by_hand(arn, looked)).collect());
    }
    if args.tag.is_some() {
        return Ok(Vec::new());
    }
    let found = looked.found.iter().flatten();
    let wanted: Vec<&FoundDatabase> = found.filter(|database| database.key == KeyManager::AwsManaged).collect();
    let draft = |database: &FoundDatabase| DraftDatabase { arn: database.arn.clone(), note: in_words(database) };
    if wanted.is_empty() || !can_ask(io) {
        return Ok(wanted.into_iter().map(draft).collect());
    }
    io.err_line(&format!("{} encrypted with aws/rds:", plural::count(wanted.len() as u64, "database", "databases")));
    for (number, database) in (1..).zip(&wanted) {
        io.err_line(&format!("  {number}  {} ({})", database.arn, database.engine));
    }
    let picked = ask(io, "Back up all of them, none, or numbers such as 1,3", "all", |text| pick(text, wanted.len()))?;
    Ok(picked.into_iter().filter_map(|index| wanted.get(index).copied()).map(draft).collect())
}

/// A database that a flag names, which need not be there yet.
fn by_hand(arn: &str, looked: &mut Looked) -> DraftDatabase {
    let found = looked.found.iter().flatten().find(|database| database.arn == arn);
    let note = found.map_or_else(|| BY_HAND.to_owned(), in_words);
    // Clusters and patterns are not among the instances that were looked for.
    let is_instance = arn.split(':').nth(5) == Some("db") && !arn.contains('*');
    if found.is_none() && looked.found.is_some() && is_instance {
        let region = &looked.draft.source_region;
        looked.notes.push(format!("{arn} is selected, and no such database was found in {region}"));
    }
    DraftDatabase { arn: arn.to_owned(), note }
}

fn in_words(database: &FoundDatabase) -> String {
    let key = match database.key {
        KeyManager::AwsManaged => "aws/rds",
        KeyManager::Customer => "customer managed key",
        KeyManager::Unencrypted => "not encrypted",
        KeyManager::Unknown => "key unknown",
    };
    format!("{}, {key}", database.engine)
}

/// Writes the file; without `force` only where none came in the meantime.
fn write(path: &std::path::Path, file: &str, text: &str, force: bool) -> Result<(), Outcome> {
    let mut options = fs::OpenOptions::new();
    options.write(true);
    if force {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    let written = options.open(path).and_then(|mut opened| std::io::Write::write_all(&mut opened, text.as_bytes()));
    written.map_err(|error| {
        if error.kind() == ErrorKind::AlreadyExists {
            let problem = Problem::new(format!("`{file}` is there already"), "add `--force` to overwrite it");
            return Outcome::failed(ExitStatus::Refused, problem);
        }
        let problem = Problem::new(format!("cannot write `{file}`: {error}"), "name another one with `--config PATH`");
        Outcome::failed(ExitStatus::Failed, problem)
    })
}
