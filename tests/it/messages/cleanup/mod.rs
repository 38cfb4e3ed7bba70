//! `cleanup`: what it shows, keeps, refuses and fails with.

mod failed;
mod kept;
mod late;
mod runs;
mod safety;
pub mod unlisted;
