//! `[[acknowledge]]`: findings that somebody has taken note of.

use super::file::Section;
use super::resolve::Resolver;
use super::rules::Wrong;
use crate::pipeline::check::Check;
use crate::pipeline::settings::Acknowledgement;
use crate::pipeline::suggest;

/// One acknowledgement; `None` where it is not one, which has been noted.
pub(super) fn read<'r, 'i>(resolver: &Resolver<'r, 'i>, section: &Section<'r, 'i>) -> Option<Acknowledgement> {
    let check = resolver.ruled(section.text("check"), check);
    let subject = resolver.ruled(section.text("subject"), |text| filled(text, "subject"));
    let reason = resolver.ruled(section.text("reason"), |text| filled(text, "reason"));
    let until = section.date("until").map(|written| written.value);
    for key in ["check", "subject", "reason", "until"] {
        if !section.has(key) {
            let message = format!("[[acknowledge]] lacks `{key}`");
            let hint =
                "write check, subject and reason as strings, and the last day on which it counts: until = 2027-01-31";
            resolver.reader.mistake(section.span.as_ref(), message, hint);
        }
    }
    section.end();
    Some(Acknowledgement { check: check?, subject: subject?, reason: reason?, until: until? })
}

fn filled(text: &str, key: &str) -> Result<String, Wrong> {
    match text.trim() {
        "" => {
            Err(Wrong::new(format!("`{key}` of [[acknowledge]] is empty"), "say it for whoever reads the report next"))
        }
        text => Ok(text.to_owned()),
    }
}

fn check(text: &str) -> Result<Check, Wrong> {
    let check: Check = text.parse().map_err(|_| {
        let hint = match suggest::nearest(text, Check::ALL.iter().map(|check| check.id())) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`backupctl explain` lists the checks".to_owned(),
        };
        Wrong::new(format!("`{text}` is not a check"), hint)
    })?;
    if check.may_be_acknowledged() {
        return Ok(check);
    }
    Err(Wrong::new(
        format!("`{check}` cannot be acknowledged: it says that the pipeline does not protect a database"),
        "warnings can be acknowledged, and errors about a database that is missing, stopped or cannot be copied",
    ))
}

#[cfg(test)]
mod tests {
    use super::super::{Selected, read};
    use crate::pipeline::check::Check;
    use crate::pipeline::settings::Acknowledgement;

    const START: &str = "[source]\naccount = \"111111111111\"\nregion = \"us-east-1\"\n[intermediate]\n\
                         region = \"us-west-2\"\n[destination]\naccount = \"222222222222\"\n";

    fn mistake(acknowledge: &str) -> String {
        let text = format!("{START}[[acknowledge]]\n{acknowledge}");
        read("f.toml", &text, Selected::Optional).expect_err(acknowledge).in_one_line()
    }

    #[test]
    fn an_acknowledgement_says_what_why_and_until_when() {
        let one = "[[acknowledge]]\ncheck = \"resource-missing\"\nsubject = \"db:orders\"\nreason = \"sold\"\n";
        for until in ["2026-02-01", "\"2026-02-01\""] {
            let text = format!("{START}{one}until = {until}\n");
            let read = read("f.toml", &text, Selected::Optional).unwrap_or_else(|error| panic!("{}", error.render()));
            let [found] = read.acknowledgements.as_slice() else { panic!("{:?}", read.acknowledgements) };
            assert_eq!((found.check.id(), found.reason.as_str()), ("resource-missing", "sold"));
            let orders = "arn:aws:rds:us-east-1:111111111111:db:orders";
            assert!(found.is_about(found.check, orders) && !found.is_about(found.check, "arn:aws:rds:r:a:db:x-orders"));
            for (now, counts) in [("2026-02-01T23:59:59Z", true), ("2026-02-02T00:00:00Z", false)] {
                assert_eq!(found.is_in_force(now.parse().expect("a date")), counts, "{now}");
            }
        }
    }

    #[test]
    fn a_database_is_meant_by_its_name_its_short_form_or_its_arn() {
        let arn = "arn:aws:rds:us-east-1:111111111111:db:billing";
        let about = |subject: &str| Acknowledgement {
            check: Check::ResourceUnavailable,
            subject: subject.to_owned(),
            reason: "known".to_owned(),
            until: "2036-01-01".parse().expect("a date"),
        };
        for subject in ["billing", "db:billing", arn] {
            assert!(about(subject).is_about(Check::ResourceUnavailable, arn), "{subject}");
        }
        for subject in ["illing", "db", "orders", "111111111111"] {
            assert!(!about(subject).is_about(Check::ResourceUnavailable, arn), "{subject}");
        }
    }

    #[test]
    fn what_is_lacking_or_may_not_be_acknowledged_is_named() {
        let whole = |check: &str| format!("check = \"{check}\"\nsubject = \"x\"\nreason = \"r\"\nuntil = 2026-02-01\n");
        let wrong = mistake(&whole("resource-mising"));
        assert!(wrong.contains("`resource-mising` is not a check"), "{wrong}");
        for check in
            ["destination-copy-missing", "wrong-key", "no-usable-copy", "copy-stale", "destination-copy-deleted"]
        {
            let wrong = mistake(&whole(check));
            assert!(wrong.contains(&format!("`{check}` cannot be acknowledged")), "{wrong}");
        }
        for lacking in ["check", "subject", "reason", "until"] {
            let text = whole("key-rotation-disabled");
            let text: Vec<&str> = text.lines().filter(|line| !line.starts_with(lacking)).collect();
            let wrong = mistake(&text.join("\n"));
            assert!(wrong.contains(&format!("lacks `{lacking}`")), "{wrong}");
        }
        let wrong = mistake(&whole("dead-letters").replace("\"r\"", "\" \""));
        assert!(wrong.contains("`reason` of [[acknowledge]] is empty"), "{wrong}");
        let wrong = mistake(&whole("dead-letters").replace("2026-02-01", "\"soon\""));
        assert!(wrong.contains("`until` is a string, but must be a day"), "{wrong}");
    }
}
