//! The wire as data: one compact model a service, one codec a protocol.
