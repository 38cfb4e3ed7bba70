//! `doctor`: what it says of whole worlds, and whether what it says comes true.

mod gallery;
mod prediction;
mod worlds;
