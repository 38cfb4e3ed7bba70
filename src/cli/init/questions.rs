//! What `init` asks on a terminal.

use std::str::FromStr;

use crate::cli::outcome::Outcome;
use crate::config;
use crate::output::Io;
use crate::pipeline::arn::Region;
use crate::policy::names::REGIONS;

pub(super) fn can_ask(io: &Io) -> bool {
    io.terminals.stdin && io.terminals.stderr
}

/// A Region from its flag, from an answer, or the proposal where nobody can be asked. An answer is never `other`.
pub(super) fn region(
    given: Option<&Region>,
    proposal: &str,
    question: &str,
    other: Option<&Region>,
    io: &mut Io,
) -> Result<Region, Outcome> {
    if let Some(region) = given {
        return Ok(region.clone());
    }
    let parse = |text: &str| match Region::from_str(text) {
        Ok(region) if Some(&region) == other => Err(format!("`{text}` is Region A: name another one")),
        parsed => parsed.map_err(|error| error.to_string()),
    };
    if can_ask(io) {
        return ask(io, question, proposal, parse);
    }
    parse(proposal).map_err(|error| Outcome::usage(error, "name the Region with its flag"))
}

/// A Region that goes with another one: far away on the same continent, where there is one.
pub(super) fn partner(region: &Region) -> &'static str {
    // Pairs that AWS's own disaster recovery examples name; others follow from the list of Regions.
    const PAIRS: [(&str, &str); 4] = [
        ("us-east-1", "us-west-2"),
        ("us-west-2", "us-east-1"),
        ("eu-west-1", "eu-central-1"),
        ("eu-central-1", "eu-west-1"),
    ];
    if let Some((_, partner)) = PAIRS.iter().find(|(one, _)| *one == region.as_str()) {
        return partner;
    }
    let continent = |code: &str| code.split('-').next().unwrap_or_default().to_owned();
    let others = || {
        let same_partition =
            |code: &&&str| code.parse::<Region>().is_ok_and(|one| one.partition() == region.partition());
        REGIONS.iter().filter(|code| **code != region.as_str()).filter(same_partition)
    };
    let near = others().find(|code| continent(code) == continent(region.as_str()));
    near.or_else(|| others().next()).copied().unwrap_or("us-west-2")
}

/// The indices that an answer picks.
pub(super) fn pick(text: &str, count: usize) -> Result<Vec<usize>, String> {
    match text {
        "all" => return Ok((0..count).collect()),
        "none" => return Ok(Vec::new()),
        _ => {}
    }
    let number = |part: &str| match part.parse::<usize>() {
        Ok(number) if (1..=count).contains(&number) => Ok(number - 1),
        _ => Err(format!("`{part}` is not a number from 1 to {count}")),
    };
    text.split([',', ' ']).filter(|part| !part.is_empty()).map(number).collect()
}

/// E-mail address to notify of failures: an address, or nobody.
pub(super) fn email(io: &mut Io) -> Option<String> {
    let read = |text: &str| match text {
        "none" => Ok(None),
        address => config::email(address).map(Some),
    };
    ask(io, "E-mail address that is told of failures", "none", read).ok().flatten()
}

/// A lock's mode, as the file spells it.
pub(super) fn lock_mode(text: &str) -> Option<&'static str> {
    ["none", "governance"].into_iter().find(|mode| *mode == text)
}

/// Whether nobody may delete a copy in account B before its time.
pub(super) fn lock(io: &mut Io) -> Option<&'static str> {
    let question = "Vault lock, under which nobody deletes a copy in account B before its time: governance or none";
    let read = |text: &str| lock_mode(text).ok_or_else(|| format!("`{text}` is neither governance nor none"));
    ask(io, question, "none", read).ok()
}

/// Asks until the answer is one; an empty answer is the default.
pub(super) fn ask<T>(
    io: &mut Io,
    question: &str,
    default: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<T, Outcome> {
    loop {
        io.err(&format!("{question} [{default}]: "));
        let Some(answer) = io.read_line() else {
            io.err("\n");
            return Err(Outcome::usage(
                "the questions were not answered",
                "run it again, or give the flags of `--help`",
            ));
        };
        let answer = answer.trim();
        match read(if answer.is_empty() { default } else { answer }) {
            Ok(value) => return Ok(value),
            Err(wrong) => io.err_line(&wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partner_of(code: &str) -> &'static str {
        partner(&code.parse().expect("a Region"))
    }

    #[test]
    fn every_region_has_a_partner_in_its_partition_that_is_another_one() {
        for code in REGIONS {
            let region: Region = code.parse().expect("a Region");
            let other: Region = partner_of(code).parse().expect("a Region");
            assert_ne!(region, other);
            assert_eq!(region.partition(), other.partition(), "{code}");
        }
        assert_eq!(partner_of("us-east-1"), "us-west-2");
        assert_eq!(partner_of("cn-north-1"), "cn-northwest-1");
        assert_eq!(partner_of("ap-south-1"), "ap-east-1");
    }

    #[test]
    fn an_answer_picks_all_none_or_numbers() {
        assert_eq!(pick("all", 3), Ok(vec![0, 1, 2]));
        assert_eq!(pick("none", 3), Ok(vec![]));
        assert_eq!(pick("1, 3", 3), Ok(vec![0, 2]));
        assert!(pick("4", 3).is_err_and(|wrong| wrong.contains("1 to 3")));
        assert!(pick("x", 3).is_err());
    }
}
