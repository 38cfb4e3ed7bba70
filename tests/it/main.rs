//! The one integration binary.

mod fences;
mod function;
