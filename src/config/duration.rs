//! Durations as people write them: `500ms`, `90s`, `45m`, `2h`, `1d`, `1h30m`.

use std::time::Duration;

/// The units and their length in milliseconds, the longest names first where one begins another.
const UNITS: &[(&str, u64)] = &[("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// Reads a duration: one or more whole numbers, each with its unit.
///
/// # Errors
/// A sentence that names the text and the form that is expected.
pub fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is not a duration: write a number and a unit, such as 500ms, 90s, 45m, 2h or 1d");
    let mut rest = text;
    let mut millis: u64 = 0;
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number: u64 = rest[..digits].parse().map_err(|_| wrong())?;
        rest = &rest[digits..];
        let letters = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        let unit = UNITS.iter().find(|(name, _)| *name == &rest[..letters]).ok_or_else(wrong)?;
        rest = &rest[letters..];
        millis = number.checked_mul(unit.1).and_then(|part| millis.checked_add(part)).ok_or_else(wrong)?;
    }
    Ok(Duration::from_millis(millis))
}

/// A duration as [`parse`] reads it, in the fewest units.
pub fn shown(span: Duration) -> String {
    let mut millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    let mut text = String::new();
    for (unit, length) in UNITS.iter().rev() {
        if millis >= *length {
            text += &format!("{}{unit}", millis / length);
            millis %= length;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::{parse, shown};
    use std::time::Duration;

    #[test]
    fn every_unit_of_the_contract_is_read() {
        for (text, millis) in [
            ("500ms", 500),
            ("90s", 90_000),
            ("45m", 2_700_000),
            ("2h", 7_200_000),
            ("1d", 86_400_000),
            ("1h30m", 5_400_000),
            ("0s", 0),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn what_is_shown_is_read_again() {
        for (text, expected) in [("7d", "7d"), ("90m", "1h30m"), ("36h", "1d12h"), ("0s", "0s"), ("1500ms", "1s500ms")]
        {
            let span = parse(text).expect("a duration");
            assert_eq!(shown(span), expected);
            assert_eq!(parse(&shown(span)), Ok(span));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "h", "5", "5 h", "-1h", "1.5h", "1y", "é", "99999999999999999999s", "9999999999999999d"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
