//! Shows events while an operation runs: live on a terminal, as lines elsewhere, as JSON for machines.

use std::time::{Duration, SystemTime};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::io::Io;
use super::style::Style;
use super::{lines, time};
use crate::operations::Event;

/// How events are shown.
#[derive(Debug)]
pub enum Display {
    /// Not at all.
    Quiet,
    /// One plain line each.
    Lines(Style),
    /// One JSON object a line.
    Ndjson,
    /// Lines above a live one that says what is waited for.
    Live(Style, ProgressBar),
}

impl Display {
    /// A live display on the process's stderr. Its beat is given by [`Display::beat`], never by a
    /// clock of its own.
    pub fn live(style: Style) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(form) = ProgressStyle::with_template("{spinner} {prefix} {msg}") {
            bar.set_style(form);
        }
        Self::Live(style, bar)
    }

    /// Shows one event that happened at `at`, in a run that began at `started`.
    pub fn show(&self, io: &mut Io, event: &Event, at: SystemTime, started: SystemTime) {
        match self {
            Self::Quiet => {}
            Self::Lines(style) => io.err_line(&lines::line(event, at, *style)),
            Self::Ndjson => io.err_line(&lines::ndjson(event, at, started)),
            Self::Live(style, bar) => {
                bar.println(lines::line(event, at, *style));
                if matches!(event, Event::Step { .. } | Event::Waiting { .. }) {
                    bar.set_message(lines::text(event, *style));
                }
            }
        }
    }

    /// The run goes on without an event.
    pub fn beat(&self, elapsed: Duration) {
        if let Self::Live(_, bar) = self {
            bar.set_prefix(time::span(elapsed));
            bar.tick();
        }
    }

    /// Nothing more will happen.
    pub fn end(&self) {
        if let Self::Live(_, bar) = self {
            bar.finish_and_clear();
        }
    }
}
