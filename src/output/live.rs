//! The live display of a terminal: what happened scrolls by, and below it stands what is going on, one line a stack.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::style::Style;
use super::time;
use crate::operations::Event;

/// The type of a stack's own events.
const STACK: &str = "AWS::CloudFormation::Stack";

/// Lines that are drawn again and again. Its beat is given by [`Live::beat`], never by a clock of its own.
#[derive(Debug)]
pub struct Live {
    style: Style,
    all: MultiProgress,
    /// What the command does, and for how long.
    step: ProgressBar,
    stacks: RefCell<BTreeMap<String, (ProgressBar, Stack)>>,
}

/// What is going on in one stack.
#[derive(Debug, Default)]
struct Stack {
    status: String,
    running: Vec<String>,
    done: BTreeSet<String>,
}

impl Stack {
    /// A resource of it has a new status.
    fn take(&mut self, logical_id: &str, status: &str) {
        self.running.retain(|one| one != logical_id);
        if status.ends_with("_IN_PROGRESS") {
            self.done.remove(logical_id);
            self.running.push(logical_id.to_owned());
        } else {
            self.done.insert(logical_id.to_owned());
        }
    }

    fn text(&self) -> String {
        let done = format!("{}  {} done", self.status, self.done.len());
        if self.running.is_empty() { done } else { format!("{done}, now {}", self.running.join(", ")) }
    }
}

impl Live {
    /// A display on the process's stderr.
    pub fn new(style: Style) -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        let step = all.add(ProgressBar::no_length());
        if let Ok(form) = ProgressStyle::with_template("{spinner} {prefix} {wide_msg}") {
            step.set_style(form);
        }
        Self { style, all, step, stacks: RefCell::default() }
    }

    /// Takes an event in; what it returns scrolls by above the live lines.
    pub fn show(&self, event: &Event, line: String) {
        let scrolls = match event {
            Event::Stack { environment, logical_id, resource_type, status, .. } => {
                self.stack(environment.as_str(), logical_id, resource_type, status)
            }
            Event::Step { message } => {
                self.step.set_message(format!("{message} …"));
                false
            }
            Event::Waiting { what, .. } => {
                self.step.set_message(format!("waiting for {what}"));
                true
            }
            _ => true,
        };
        if scrolls {
            // Where the terminal is gone there is nobody to tell.
            let _ = self.all.println(line);
        }
        self.step.tick();
    }

    /// Whether the event is worth a line of its own: a stack's end, and every failure.
    fn stack(&self, environment: &str, logical_id: &str, resource_type: &str, status: &str) -> bool {
        let mut stacks = self.stacks.borrow_mut();
        let failed = status.contains("FAILED") || status.contains("ROLLBACK");
        if resource_type == STACK && !status.ends_with("_IN_PROGRESS") {
            if let Some((bar, _)) = stacks.remove(environment) {
                bar.finish_and_clear();
                self.all.remove(&bar);
            }
            return true;
        }
        let (bar, stack) =
            stacks.entry(environment.to_owned()).or_insert_with(|| (self.line(environment), Stack::default()));
        if resource_type == STACK {
            stack.status = status.to_owned();
        } else {
            stack.take(logical_id, status);
        }
        bar.set_message(if failed { self.style.bad(&stack.text()) } else { stack.text() });
        bar.tick();
        failed
    }

    fn line(&self, environment: &str) -> ProgressBar {
        let bar = self.all.insert_before(&self.step, ProgressBar::no_length());
        if let Ok(form) = ProgressStyle::with_template("{spinner} {prefix:<13} {wide_msg}") {
            bar.set_style(form);
        }
        bar.set_prefix(environment.to_owned());
        bar
    }

    /// The run goes on without an event.
    pub fn beat(&self, elapsed: Duration) {
        self.step.set_prefix(time::span(elapsed));
        self.step.tick();
        for (bar, _) in self.stacks.borrow().values() {
            bar.tick();
        }
    }

    /// Nothing more will happen.
    pub fn end(&self) {
        for (bar, _) in self.stacks.borrow().values() {
            bar.finish_and_clear();
        }
        self.step.finish_and_clear();
        // Where the terminal is gone there is nothing to clear.
        let _ = self.all.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stacks_line_counts_what_is_done_and_names_what_is_in_progress() {
        let mut stack = Stack { status: "CREATE_IN_PROGRESS".to_owned(), ..Stack::default() };
        stack.take("Key", "CREATE_IN_PROGRESS");
        stack.take("Role", "CREATE_IN_PROGRESS");
        assert_eq!(stack.text(), "CREATE_IN_PROGRESS  0 done, now Key, Role");
        stack.take("Key", "CREATE_COMPLETE");
        assert_eq!(stack.text(), "CREATE_IN_PROGRESS  1 done, now Role");
        stack.take("Role", "CREATE_FAILED");
        assert_eq!(stack.text(), "CREATE_IN_PROGRESS  2 done");
    }
}
