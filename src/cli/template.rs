//! `template`: the CloudFormation templates as they are deployed.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use super::context::Context;
use super::exit::ExitStatus;
use super::outcome::{Outcome, Text};
use crate::output::Problem;
use crate::pipeline::EnvironmentName;
use crate::templates;

/// Print a CloudFormation template, or write all three
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Whose template: source, intermediate or destination
    #[arg(conflicts_with = "write")]
    environment: Option<EnvironmentName>,
    /// Write all three into this directory
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
}

/// A template and the name of its file.
fn of(environment: EnvironmentName) -> (&'static str, &'static str) {
    match environment {
        EnvironmentName::Source => (templates::SOURCE_FILE, templates::source()),
        EnvironmentName::Intermediate => (templates::INTERMEDIATE_FILE, templates::intermediate()),
        EnvironmentName::Destination => (templates::DESTINATION_FILE, templates::destination()),
    }
}

pub(super) fn run(args: &Args, context: &mut Context<'_>) -> Result<Outcome, Outcome> {
    if let Some(directory) = &args.write {
        return write_all(directory, context);
    }
    let Some(environment) = args.environment else {
        let hint = "name source, intermediate or destination, or write all three with `--write DIR`";
        return Err(Outcome::usage("no environment is named", hint));
    };
    let (_, text) = of(environment);
    let body = json!({"environment": environment.as_str(), "document": text});
    Ok(Outcome::done(Text::Bare(text.to_owned())).with_body(body))
}

fn write_all(directory: &std::path::Path, context: &Context<'_>) -> Result<Outcome, Outcome> {
    let place = context.io.directory.join(directory);
    let mut written = Vec::new();
    let mut text = String::new();
    for environment in EnvironmentName::ALL {
        let (file, template) = of(environment);
        let result = fs::create_dir_all(&place).and_then(|()| fs::write(place.join(file), template));
        if let Err(error) = result {
            let what = format!("cannot write `{}`: {error}", directory.join(file).display());
            return Err(Outcome::failed(
                ExitStatus::Failed,
                Problem::new(what, "name a directory that you may write to"),
            ));
        }
        let shown = directory.join(file).display().to_string();
        text += &format!("{environment}: {shown}\n");
        written.push(json!({"environment": environment.as_str(), "file": shown}));
    }
    Ok(Outcome::done(Text::Bare(text)).with_body(json!({"templates": written})))
}

#[cfg(test)]
mod tests {
    use crate::cli::tests::run_plain;

    #[test]
    fn a_template_is_printed_bare_and_wrapped_with_json() {
        let (code, stdout, _) = run_plain("template intermediate");
        assert_eq!((code, stdout.as_str()), (0, crate::templates::intermediate()));
        let (code, stdout, _) = run_plain("template intermediate -o json");
        let document: serde_json::Value = serde_json::from_str(&stdout).expect("one document");
        assert_eq!(code, 0);
        assert_eq!(document["document"], crate::templates::intermediate());
    }

    #[test]
    fn all_three_are_written() {
        let directory = tempfile::tempdir().expect("a directory");
        let (code, _, stderr) = run_plain(&format!("template --write {}", directory.path().display()));
        assert_eq!((code, stderr.as_str()), (0, ""));
        let source = std::fs::read_to_string(directory.path().join(crate::templates::SOURCE_FILE)).expect("a file");
        assert_eq!(source, crate::templates::source());
        assert_eq!(std::fs::read_dir(directory.path()).expect("a directory").count(), 3);
    }

    #[test]
    fn nothing_named_is_a_mistake() {
        assert_eq!(run_plain("template").0, 2);
        assert_eq!(run_plain("template elsewhere").0, 2);
    }
}
