//! The one integration binary.

mod fences;
