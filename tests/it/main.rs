//! The one integration binary.

mod fences;
mod walk;
