//! `cleanup`: what it shows, keeps, refuses and fails with.
