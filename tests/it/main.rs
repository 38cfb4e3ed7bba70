//! The one integration binary.

mod fences;
mod interruption;
mod sandbox;
mod scenario;
mod support;
mod walk;
