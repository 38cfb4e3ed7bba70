//! Identifiers, drawn from (seed, account, Region, kind, counter) and never from one global stream,
//! so that an id does not depend on what else happened in the world.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Place;

/// Counters behind every identifier.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ids {
    seed: u64,
    requests: u64,
    counters: BTreeMap<String, u64>,
}

impl Ids {
    /// No id drawn yet.
    pub fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    /// 32 bytes for the next `kind` of thing in `place`.
    pub fn draw(&mut self, place: &Place, kind: &str) -> [u8; 32] {
        let key = format!("{place}/{kind}");
        let counter = self.counters.entry(key.clone()).or_default();
        *counter += 1;
        Sha256::digest(format!("{}/{key}/{counter}", self.seed)).into()
    }

    /// A lower-case UUID of version 4's form.
    pub fn uuid(&mut self, place: &Place, kind: &str) -> String {
        format_uuid(&self.draw(place, kind))
    }

    /// `length` characters of `[A-Z0-9]`, as in IAM's unique ids and CloudFormation's suffixes.
    pub fn letters(&mut self, place: &Place, kind: &str, length: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        self.draw(place, kind).iter().cycle().take(length).map(|byte| LETTERS[usize::from(byte % 32)] as char).collect()
    }

    /// A whole number in `0..below`, drawn for `kind`; 0 where `below` is not positive.
    pub fn number(&mut self, place: &Place, kind: &str, below: i64) -> i64 {
        let bytes = self.draw(place, kind);
        let mut word = [0u8; 8];
        word.copy_from_slice(&bytes[..8]);
        if below <= 0 { 0 } else { (u64::from_le_bytes(word) % below as u64) as i64 }
    }

    /// The next request id. Reads draw them too, so the number drawn is part of every log record.
    pub fn request_id(&mut self) -> String {
        self.requests += 1;
        request_id(self.seed, self.requests)
    }

    /// The request id that will be drawn next.
    pub fn next_request_id(&self) -> String {
        request_id(self.seed, self.requests + 1)
    }

    /// How many request ids were drawn.
    pub fn requests(&self) -> u64 {
        self.requests
    }

    /// Puts the request counter where a log record says that it was.
    pub fn set_requests(&mut self, requests: u64) {
        self.requests = requests;
    }
}

fn request_id(seed: u64, number: u64) -> String {
    format_uuid(&Sha256::digest(format!("{seed}/request/{number}")).into())
}

fn format_uuid(bytes: &[u8; 32]) -> String {
    let mut id: [u8; 16] = [0; 16];
    id.copy_from_slice(&bytes[..16]);
    id[6] = (id[6] & 0x0f) | 0x40;
    id[8] = (id[8] & 0x3f) | 0x80;
    let text = hex::encode(id);
    format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}
