//! A policy document, read from its JSON text.
