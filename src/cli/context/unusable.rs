//! Sandboxes that a command cannot work with.

use crate::cli::exit::ExitStatus;
use crate::cli::outcome::Outcome;
use crate::output::Problem;
use crate::pipeline::Pipeline;
use crate::sandbox::Sandbox;
use crate::sandbox::services::iam;
use crate::sandbox::store::{Owner, StoreError};

/// Why a sandbox's directory cannot be used.
pub(in crate::cli) fn store_failure(error: &StoreError) -> Outcome {
    let hint = match error {
        StoreError::InUse { owner: Owner { endpoint: Some(endpoint), .. }, .. } => format!(
            "it is served there; point any AWS client at it, `backupctl` without `--sandbox` too:\nAWS_ENDPOINT_URL={endpoint}"
        ),
        StoreError::InUse { .. } => {
            "wait for the other command to end, or name another directory with `--sandbox=DIR`".to_owned()
        }
        StoreError::Foreign { .. } => {
            "name another directory with `--sandbox=DIR`; one that is empty or missing becomes a sandbox".to_owned()
        }
        StoreError::Unreadable { file, .. } => format!(
            "throw the world away with `backupctl sandbox reset --sandbox={}`, or name another directory",
            file.parent().unwrap_or(file).display()
        ),
        StoreError::Io { .. } => {
            "make it readable and writable, with free space, or name another directory with `--sandbox=DIR`".to_owned()
        }
    };
    Outcome::failed(ExitStatus::Failed, Problem::new(error.to_string(), hint))
}

/// What the configuration names and the world has not.
pub(super) fn lacks(sandbox: &Sandbox, pipeline: &Pipeline) -> Option<Outcome> {
    let missing = sandbox.look(|world| {
        let places = [&pipeline.source, &pipeline.intermediate, &pipeline.destination];
        places.into_iter().find_map(|place| {
            if iam::administrator(world, &place.account).is_none() {
                return Some(format!("account {}", place.account));
            }
            (!world.regions.contains(&place.region)).then(|| format!("Region {}", place.region))
        })
    })?;
    let what = format!("the sandbox has no {missing}, which the configuration names");
    let hint =
        "`backupctl rehearse` makes a world from your configuration; `backupctl sandbox show` lists what this one has";
    Some(Outcome::usage(what, hint))
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::output::Style;

    #[test]
    fn a_sandbox_that_cannot_be_used_says_why_and_what_to_do() {
        let owner = |endpoint: Option<&str>| Owner {
            pid: 4711,
            command: "backupctl sandbox serve".to_owned(),
            endpoint: endpoint.map(str::to_owned),
        };
        let directory = || "world".into();
        let errors = [
            StoreError::InUse { directory: directory(), owner: owner(None) },
            StoreError::InUse { directory: directory(), owner: owner(Some("http://127.0.0.1:4566")) },
            StoreError::Foreign { directory: directory(), found: "thesis.odt".to_owned() },
            StoreError::Unreadable { file: "world/world.json".into(), why: "it is no JSON".to_owned() },
            StoreError::Io { path: directory(), source: io::Error::from(io::ErrorKind::PermissionDenied) },
        ];
        let shown = errors.iter().map(|error| {
            let outcome = store_failure(error);
            assert_eq!(outcome.status, ExitStatus::Failed);
            outcome.failure.map(|failure| failure.problem().render(Style::PLAIN)).unwrap_or_default()
        });
        insta::assert_snapshot!(shown.collect::<Vec<_>>().join("\n"));
    }
}
