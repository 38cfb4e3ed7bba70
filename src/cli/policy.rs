//! `policy`: the least-privilege IAM policy of a command in an environment.

use clap::builder::PossibleValuesParser;
use serde_json::json;

use super::context::Context;
use super::outcome::{Outcome, Text};
use crate::config::Selected;
use crate::operations::privilege::{Command, MANAGED_POLICY_CHARACTERS, Place, characters, document};
use crate::output::render;

/// Print the least-privilege IAM policy that a command needs in an environment
///
/// The document is made from what the command declares that it calls and from the names in the configuration; nothing
/// is called. Attach it to the role or user that the environment's credentials belong to. The source and the
/// intermediate environment share theirs: attach both. A command that lacks one of these rights says which one.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The command
    #[arg(long = "for", value_name = "COMMAND", value_parser = PossibleValuesParser::new(Command::ALL.map(Command::as_str)))]
    command: String,
    /// Where: source, intermediate, destination, or management (what bootstrap turns on in the organization)
    #[arg(long, value_name = "ENVIRONMENT")]
    environment: Place,
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<Outcome, Outcome> {
    let pipeline = context.pipeline(Selected::Optional)?;
    let named = Command::ALL.into_iter().find(|command| command.as_str() == args.command);
    let Some(document) = named.and_then(|command| document(&pipeline, command, args.environment)) else {
        let what = format!("`{}` calls nothing in the {} account", args.command, args.environment);
        return Err(Outcome::usage(what, "it needs no policy there: name source, intermediate or destination"));
    };
    let length = characters(&document);
    if length > MANAGED_POLICY_CHARACTERS {
        let note = format!(
            "{length} characters are more than one managed policy takes ({MANAGED_POLICY_CHARACTERS}): share the \
             statements out over two, or set `cloudformation_role_arn`"
        );
        context.io.err(&render::note(&note, &context.page_err()));
    }
    let body = json!({"command": args.command, "environment": args.environment.to_string(), "document": document});
    Ok(Outcome::done(Text::Bare(format!("{document:#}\n"))).with_body(body))
}
