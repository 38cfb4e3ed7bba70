//! `explain`: what a check means, and what a message of AWS can mean. It calls nobody.

use serde_json::json;

use super::context::Context;
use super::outcome::{Outcome, Text};
use crate::config::nearest;
use crate::output::render;
use crate::pipeline::check::Check;
use crate::pipeline::explained::Explained;

/// Explain a check: what it means, why it matters and how to fix it
///
/// Without an id it lists the checks. A message that AWS showed (a job's StatusMessage, an error) names the causes and
/// the checks that it can come from.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The check
    #[arg(value_name = "CHECK-ID")]
    check: Option<String>,
    /// A message from AWS
    #[arg(long, value_name = "TEXT", conflicts_with = "check")]
    message: Option<String>,
}

pub(super) fn run(args: &Args, context: &Context<'_>) -> Result<Outcome, Outcome> {
    let explained = match (&args.message, &args.check) {
        (Some(message), _) => Explained::message(message),
        (None, Some(id)) => Explained::check(known(id)?),
        (None, None) => Explained::list(),
    };
    let text = render::explain::result(&explained, &context.page());
    Ok(Outcome::done(Text::Bare(text)).with_body(json!(explained)))
}

fn known(id: &str) -> Result<Check, Outcome> {
    id.parse().map_err(|_| {
        let hint = match nearest(id, Check::ALL.iter().map(|check| check.id())) {
            Some(near) => format!("did you mean `backupctl explain {near}`?"),
            None => "`backupctl explain` lists the checks".to_owned(),
        };
        Outcome::usage(format!("there is no check `{id}`"), hint)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::cli::tests::run_plain;

    #[test]
    fn every_check_has_a_page_and_a_mistyped_one_its_neighbour() {
        for check in Check::ALL {
            assert_eq!(run_plain(&format!("explain {check}")).0, 0, "{check}");
        }
        let (code, _, stderr) = run_plain("explain key-policy-denied");
        assert_eq!(code, 2);
        assert!(stderr.contains("key-policy-denies"), "{stderr}");
    }

    #[test]
    fn what_a_page_lists_as_commands_are_commands() {
        let mut seen = 0;
        for check in Check::ALL {
            let (_, stdout, _) = run_plain(&format!("explain {check} -o json"));
            let document: Value = serde_json::from_str(&stdout).expect("JSON");
            for command in document["check"]["commands"].as_array().expect("a list") {
                let command = command.as_str().expect("a text");
                assert!(command.starts_with("aws ") || command.starts_with("backupctl "), "{check}: {command}");
                seen += 1;
            }
        }
        assert!(seen > 20, "{seen}");
    }

    #[test]
    fn an_unknown_message_is_said_to_be_unknown() {
        let (code, stdout, _) = run_plain("explain --message strange");
        assert_eq!(code, 0);
        assert!(stdout.contains("is not known"), "{stdout}");
        let (_, stdout, _) = run_plain("explain --message cryopod");
        assert!(stdout.contains("check: vault-missing"), "{stdout}");
    }
}
