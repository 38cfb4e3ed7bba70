//! `explain`: what a check means, and what a message of AWS can mean. It calls nobody.

use serde_json::{Value, json};

use super::context::Context;
use super::outcome::{Outcome, Text};
use crate::config::nearest;
use crate::output::render;
use crate::pipeline::check::{Area, Check};
use crate::pipeline::remedy::Remedy;
use crate::pipeline::requirements::failures::{Failure, meanings, texts_of};

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
    let body = match (&args.message, &args.check) {
        (Some(message), _) => {
            json!({"message": message, "causes": meanings(message).into_iter().map(cause).collect::<Vec<_>>()})
        }
        (None, Some(id)) => json!({"check": page(known(id)?)}),
        (None, None) => json!({"checks": Check::ALL.iter().copied().map(head).collect::<Vec<_>>()}),
    };
    let text = render::explain::result(&body, &context.page());
    Ok(Outcome::done(Text::Bare(text)).with_body(body))
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

fn cause(failure: &Failure) -> Value {
    json!({
        "text": failure.text(),
        "category": (!failure.category.is_empty()).then_some(failure.category),
        "cause": failure.cause,
        "checks": failure.checks.iter().copied().map(head).collect::<Vec<_>>(),
        "remedy": (!failure.remedy.is_empty()).then(|| Remedy::from(failure.remedy).in_line()),
        "source": failure.source,
    })
}

fn head(check: Check) -> Value {
    let row = check.row();
    json!({"id": row.id, "area": row.area, "severity": row.severity, "meaning": row.meaning,
        "remedy": Remedy::from(row.remedy).in_line()})
}

fn page(check: Check) -> Value {
    let row = check.row();
    let remedy = Remedy::from(row.remedy);
    let texts: Vec<Value> =
        texts_of(check).map(|failure| json!({"text": failure.text(), "source": failure.source})).collect();
    json!({
        "id": row.id,
        "area": row.area,
        "severity": row.severity,
        "softer_where_it_arrives": is_softened(row.area),
        "meaning": row.meaning,
        "why": row.why,
        "aws_says": texts,
        "remedy": remedy.prose(),
        "commands": remedy.commands(),
        "source": row.source,
    })
}

/// In these areas an error is a warning where a recovery point still arrives.
fn is_softened(area: Area) -> bool {
    matches!(area, Area::Stacks | Area::Vaults | Area::Keys | Area::Plan | Area::Events)
}

#[cfg(test)]
mod tests {
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
