//! `init`: writes `backupctl.toml` from flags, from questions, and from what there is.

use std::fs;
use std::io::ErrorKind;
use std::str::FromStr;

use serde_json::json;

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
use crate::policy::names::REGIONS;

/// Write backupctl.toml from flags, from questions on a terminal, and from what there is
///
/// It finds the account ids behind the profiles, the organization, and the databases that are encrypted with aws/rds.
/// The file goes to ./backupctl.toml, or where --config says.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Account A, where the databases run; found behind its profile or role
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
    /// Region B [default: one that goes with Region A]
    #[arg(long, value_name = "REGION")]
    intermediate_region: Option<Region>,
    /// Account B, which holds the destination vault; found behind its profile or role
    #[arg(long, value_name = "ID")]
    destination_account: Option<AccountId>,
    /// The AWS profile of account B
    #[arg(long, value_name = "NAME")]
    destination_profile: Option<String>,
    /// The role to assume in account B
    #[arg(long, value_name = "ARN")]
    destination_role_arn: Option<Arn>,
    /// The organization's id; found where account B may read it
    #[arg(long, value_name = "ID")]
    organization: Option<String>,
    /// A database to back up; repeat for more [default: all that are encrypted with aws/rds]
    #[arg(long, value_name = "ARN")]
    resource: Vec<String>,
    /// Choose databases by this tag
    #[arg(long, value_name = "KEY=VALUE", value_parser = tag)]
    tag: Option<(String, String)>,
    /// Who is told of failures
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// Overwrite a file that is there
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

    fn draft(&self, account: &AccountId) -> DraftAccount {
        DraftAccount {
            id: account.clone(),
            profile: self.credentials.profile.clone(),
            role_arn: self.credentials.role_arn.clone(),
        }
    }
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<Outcome, Outcome> {
    let file = context.global.config(context.io).unwrap_or(config::FILE_NAME).to_owned();
    let path = context.io.directory.join(&file);
    if path.exists() && !args.force {
        let problem = Problem::new(format!("`{file}` is there already"), "add `--force` to overwrite it");
        return Err(Outcome::failed(ExitStatus::Refused, problem));
    }
    let mut sides = sides(args);
    complete(&mut sides, context)?;
    let [source, destination] = sides;
    let source_region =
        region(args.source_region.as_ref(), "us-east-1", "Region A, where the databases run", context.io)?;
    let proposal = partner(&source_region);
    let question = "Region B, where the intermediate and the destination vault lie";
    let intermediate_region = region(args.intermediate_region.as_ref(), proposal, question, context.io)?;

    let reach = context.reach_without_pipeline()?;
    let mut notes = Vec::new();
    let source_reached = reached(&source, &source_region, &reach, context)?;
    let destination_reached = reached(&destination, &intermediate_region, &reach, context)?;
    let found = match &source_reached {
        Reached::No(_, why) => Err(why.clone()),
        Reached::Yes(account) => context.work(&reach, async |sink| {
            databases(account, &source_region, &source.credentials, &reach.outside, &sink).await
        })?,
    };
    let found = found.unwrap_or_else(|why| {
        notes.push(format!("the databases could not be looked for: {why}"));
        Vec::new()
    });
    let organization = match (&args.organization, &destination_reached) {
        (Some(id), _) => Some(id.clone()),
        (None, Reached::No(_, why)) => {
            notes.push(format!("the organization could not be read: {why}"));
            None
        }
        (None, Reached::Yes(account)) => {
            let looked = context.work(&reach, async |_| {
                organization(account, &intermediate_region, &destination.credentials, &reach.outside).await
            })?;
            looked.unwrap_or_else(|why| {
                notes.push(format!("the organization could not be read: {why}"));
                None
            })
        }
    };
    let chosen = chosen(args, &found, context.io)?;
    if chosen.is_empty() && args.tag.is_none() {
        notes.push("nothing is selected yet: name databases or tags under [selection]".to_owned());
    }
    let email = email(args, context.io);
    let draft = Draft {
        source: source.draft(source_reached.account()),
        source_region,
        intermediate_region,
        destination: destination.draft(destination_reached.account()),
        organization,
        databases: chosen,
        tag: args.tag.clone(),
        email,
    };
    let text = draft.text();
    // What the flags said is held to the same rules as a file that a person wrote.
    config::read(&format!("{file} (not written)"), &text, Selected::Optional)?;
    write(&path, &file, &text, args.force)?;
    let shown = json!({
        "file": file,
        "source": {"account": draft.source.id, "region": draft.source_region},
        "intermediate": {"account": draft.source.id, "region": draft.intermediate_region},
        "destination": {"account": draft.destination.id, "region": draft.intermediate_region},
        "organization": draft.organization,
        "databases": found.iter().map(|database| json!({
            "arn": database.arn, "engine": database.engine, "key": database.key,
            "selected": draft.databases.iter().any(|one| one.arn == database.arn),
        })).collect::<Vec<_>>(),
        "selected": draft.databases.iter().map(|database| &database.arn).collect::<Vec<_>>(),
        "notes": notes,
    });
    let text = render::init::result(&shown, &context.page());
    Ok(Outcome::done(Text::Result(text)).with_body(shown))
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

fn can_ask(io: &Io) -> bool {
    io.terminals.stdin && io.terminals.stderr
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

/// A Region from its flag, from an answer, or the proposal where nobody can be asked.
fn region(given: Option<&Region>, proposal: &str, question: &str, io: &mut Io) -> Result<Region, Outcome> {
    if let Some(region) = given {
        return Ok(region.clone());
    }
    let parse = |text: &str| Region::from_str(text).map_err(|error| error.to_string());
    if can_ask(io) {
        return ask(io, question, proposal, parse);
    }
    parse(proposal).map_err(|error| Outcome::usage(error, "name the Region with its flag"))
}

/// A Region that goes with another one: far away on the same continent, where there is one.
fn partner(region: &Region) -> &'static str {
    // Pairs that AWS's own disaster recovery examples name; others follow from the list of Regions.
    const PAIRS: [(&str, &str); 4] = [
        ("us-east-1", "us-west-2"),
        ("us-west-2", "us-east-1"),
        ("eu-west-1", "eu-central-1"),
        ("eu-central-1", "eu-west-1"),
    ];
    if let Some((_, partner)) = PAIRS.iter().find(|(one, _)| *one == region.as_str()) {
        return partner;
    }
    let continent = |code: &str| code.split('-').next().unwrap_or_default().to_owned();
    let others = || {
        let same_partition =
            |code: &&&str| code.parse::<Region>().is_ok_and(|one| one.partition() == region.partition());
        REGIONS.iter().filter(|code| **code != region.as_str()).filter(same_partition)
    };
    let near = others().find(|code| continent(code) == continent(region.as_str()));
    near.or_else(|| others().next()).copied().unwrap_or("us-west-2")
}

/// The databases that the file will name.
fn chosen(args: &Args, found: &[FoundDatabase], io: &mut Io) -> Result<Vec<DraftDatabase>, Outcome> {
    if !args.resource.is_empty() {
        let note = |arn: &String| {
            found.iter().find(|database| database.arn == *arn).map_or_else(|| "named by hand".to_owned(), in_words)
        };
        return Ok(args.resource.iter().map(|arn| DraftDatabase { arn: arn.clone(), note: note(arn) }).collect());
    }
    if args.tag.is_some() {
        return Ok(Vec::new());
    }
    let wanted: Vec<&FoundDatabase> = found.iter().filter(|database| database.key == KeyManager::AwsManaged).collect();
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

/// The indices that an answer picks.
fn pick(text: &str, count: usize) -> Result<Vec<usize>, String> {
    match text {
        "all" => return Ok((0..count).collect()),
        "none" => return Ok(Vec::new()),
        _ => {}
    }
    let number = |part: &str| match part.parse::<usize>() {
        Ok(number) if (1..=count).contains(&number) => Ok(number - 1),
        _ => Err(format!("`{part}` is not a number from 1 to {count}")),
    };
    text.split([',', ' ']).filter(|part| !part.is_empty()).map(number).collect()
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

fn email(args: &Args, io: &mut Io) -> Option<String> {
    if args.email.is_some() || !can_ask(io) {
        return args.email.clone();
    }
    let answer = ask(io, "E-mail address that is told of failures", "none", |text| Ok(text.to_owned())).ok();
    answer.filter(|text| text != "none")
}

/// Asks until the answer is one; an empty answer is the default.
fn ask<T>(io: &mut Io, question: &str, default: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<T, Outcome> {
    loop {
        io.err(&format!("{question} [{default}]: "));
        let Some(answer) = io.read_line() else {
            io.err("\n");
            return Err(Outcome::usage(
                "the questions were not answered",
                "run it again, or give the flags of `--help`",
            ));
        };
        let answer = answer.trim();
        match read(if answer.is_empty() { default } else { answer }) {
            Ok(value) => return Ok(value),
            Err(wrong) => io.err_line(&wrong),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn partner_of(code: &str) -> &'static str {
        partner(&code.parse().expect("a Region"))
    }

    #[test]
    fn every_region_has_a_partner_in_its_partition_that_is_another_one() {
        for code in REGIONS {
            let region: Region = code.parse().expect("a Region");
            let other: Region = partner_of(code).parse().expect("a Region");
            assert_ne!(region, other);
            assert_eq!(region.partition(), other.partition(), "{code}");
        }
        assert_eq!(partner_of("us-east-1"), "us-west-2");
        assert_eq!(partner_of("cn-north-1"), "cn-northwest-1");
        assert_eq!(partner_of("ap-south-1"), "ap-east-1");
    }

    #[test]
    fn an_answer_picks_all_none_or_numbers() {
        assert_eq!(pick("all", 3), Ok(vec![0, 1, 2]));
        assert_eq!(pick("none", 3), Ok(vec![]));
        assert_eq!(pick("1, 3", 3), Ok(vec![0, 2]));
        assert!(pick("4", 3).is_err_and(|wrong| wrong.contains("1 to 3")));
        assert!(pick("x", 3).is_err());
    }
}
