//! What goes on in AWS when a command is interrupted, and how to come back to it.

use std::collections::BTreeMap;

use crate::operations::Event;
use crate::operations::error::COMMAND;
use crate::output::Problem;

/// What goes on in AWS when a command stops, told by its own events.
#[derive(Debug, Default)]
pub(super) struct InFlight {
    jobs: BTreeMap<String, String>,
    /// By environment: what CloudFormation is doing to its stack.
    stacks: BTreeMap<String, String>,
    waiting: Option<(String, String)>,
    unselected: bool,
    paused: bool,
}

/// The type of a stack's own events.
const STACK: &str = "AWS::CloudFormation::Stack";

impl InFlight {
    pub(super) fn note(&mut self, event: &Event) {
        match event {
            Event::CopyJob { copy_job_id, resource_arn, state, environment } => {
                if matches!(state.as_str(), "CREATED" | "RUNNING") {
                    let what = format!("copy job {copy_job_id} of {resource_arn} into {environment}");
                    self.jobs.insert(copy_job_id.clone(), what);
                } else {
                    self.jobs.remove(copy_job_id);
                }
            }
            Event::Stack { environment, logical_id, resource_type, status, .. } if resource_type == STACK => {
                if status.ends_with("_IN_PROGRESS") {
                    let what = format!("stack {logical_id} of {environment} is in {status}");
                    self.stacks.insert(environment.to_string(), what);
                } else {
                    self.stacks.remove(environment.as_str());
                }
            }
            Event::Waiting { what, resume, .. } => self.waiting = Some((what.clone(), resume.clone())),
            Event::StepDone { .. } => self.waiting = None,
            Event::Unselected { .. } => self.unselected = true,
            Event::Paused { .. } => self.paused = true,
            _ => {}
        }
    }

    /// The last lines of an interrupted command.
    pub(super) fn message(self) -> Problem {
        let resume = self.waiting.as_ref().map(|(_, resume)| resume.clone()).filter(|resume| !resume.is_empty());
        let resume = resume.or_else(|| (!self.stacks.is_empty()).then(|| format!("backupctl {COMMAND}")));
        let going: Vec<String> = self.stacks.into_values().chain(self.jobs.into_values()).collect();
        let what = match (&self.waiting, going.is_empty()) {
            (_, false) => format!("interrupted; still running in AWS:\n{}", going.join("\n")),
            (Some((what, _)), true) => format!("interrupted while waiting for {what}, which keeps running in AWS"),
            (None, true) => "interrupted".to_owned(),
        };
        let hint = match resume {
            Some(resume) => format!("resume with `{resume}`"),
            None => "run the command again; it resumes where it stopped".to_owned(),
        };
        let broken = match (self.unselected, self.paused) {
            (false, false) => "",
            (true, false) => "; nothing is backed up until `backupctl bootstrap` puts plan and selection back",
            (false, true) => "; the event path is paused, and `backupctl bootstrap` puts it back",
            (true, true) => {
                "; nothing is backed up and the event path is paused until `backupctl bootstrap` puts both back"
            }
        };
        let hint = hint + broken;
        Problem { retryable: true, ..Problem::new(what, hint) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Style;
    use crate::pipeline::EnvironmentName;

    fn stack(status: &str) -> Event {
        Event::Stack {
            environment: EnvironmentName::Source,
            logical_id: "aws-backup-rds-source-stack".to_owned(),
            resource_type: STACK.to_owned(),
            status: status.to_owned(),
            reason: None,
        }
    }

    fn job(state: &str) -> Event {
        Event::CopyJob {
            environment: EnvironmentName::Destination,
            copy_job_id: "0A1B".to_owned(),
            resource_arn: "arn:aws:rds:us-east-1:111111111111:db:orders".to_owned(),
            state: state.to_owned(),
        }
    }

    fn waiting(resume: &str) -> Event {
        Event::Waiting { what: "copy job 0A1B".to_owned(), until: None, resume: resume.to_owned() }
    }

    /// What was going on when Ctrl-C came, and what the last lines say of it.
    #[test]
    fn whoever_is_interrupted_says_what_goes_on_and_how_to_come_back() {
        let copy = "backupctl copy --all-missing";
        let paused = || Event::Paused { environment: EnvironmentName::Intermediate };
        let unselected = || Event::Unselected { environment: EnvironmentName::Source };
        let scenes: [(&str, Vec<Event>); 10] = [
            ("Nothing was begun", vec![]),
            ("A stack is deployed", vec![stack("CREATE_IN_PROGRESS")]),
            ("A stack was deployed", vec![stack("CREATE_IN_PROGRESS"), stack("CREATE_COMPLETE")]),
            ("A copy job runs", vec![job("RUNNING"), waiting(copy)]),
            ("A stack and a copy job", vec![stack("UPDATE_IN_PROGRESS"), job("CREATED")]),
            ("A copy job ended, and is still waited for", vec![job("RUNNING"), job("COMPLETED"), waiting(copy)]),
            ("What is waited for cannot be resumed by name", vec![waiting("")]),
            ("The event path is paused", vec![paused(), waiting("backupctl cleanup")]),
            ("The plan selects nothing", vec![unselected()]),
            ("Both", vec![unselected(), paused(), waiting("backupctl cleanup")]),
        ];
        let shown = scenes.map(|(about, events)| {
            let mut in_flight = InFlight::default();
            events.iter().for_each(|event| in_flight.note(event));
            format!("## {about}\n{}", in_flight.message().render(Style::PLAIN).replace(COMMAND, "bootstrap"))
        });
        insta::assert_snapshot!(shown.join("\n"));
    }
}
