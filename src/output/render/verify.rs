//! `verify`: every recovery point over the three vaults, then what is wrong and how to mend it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Page, View, fold, why_skipped};
use crate::output::table::{Table, short};
use crate::output::{plural, time};

/// What was seen.
pub fn result(document: &Value, page: &Page) -> String {
    let document = View(document);
    let mut text = headline(document, page) + &environments(document, page);
    let table = lineages(document, page);
    if !table.is_empty() {
        text += &format!("\n{table}");
    }
    for finding in document.items("findings") {
        text += &format!("\n{}", one_finding(finding, page));
    }
    let skipped = skipped(document, page);
    if !skipped.is_empty() {
        text += &format!("\nNot looked at:\n{skipped}");
    }
    text + "\n" + &summary(document, page)
}

/// The verdict, and how each database is protected: what comes first is what matters.
fn headline(document: View<'_>, page: &Page) -> String {
    let headline = fold(document.text("headline"), 0, page.width);
    let headline = headline.trim_end();
    let mut text = match headline {
        "" => String::new(),
        good if good.starts_with("PROTECTED") => format!("{}\n", page.style.good(good)),
        early if early.starts_with("NOT YET") => format!("{}\n", page.style.warn(early)),
        bad => format!("{}\n", page.style.bad(bad)),
    };
    let left_out = left_out(document.at("left_out"), page);
    if !left_out.is_empty() {
        text += &format!("{}\n", page.style.warn(left_out.trim_end()));
    }
    let header = ["database", "state", "newest copy", "expires", "newest backup"];
    let mut table = Table::new(page.width, header);
    for one in document.items("resources") {
        let date = |field: &str| match one.text(field) {
            "" => "none".to_owned(),
            at => time::in_table(at, page.now),
        };
        let expires = match (one.text("newest_copy_at"), one.text("copy_delete_at")) {
            ("", _) => String::new(),
            (_, "") => "never".to_owned(),
            (_, at) => time::in_table(at, page.now),
        };
        let copy = if one.text("state") == "unknown" { "could not look".to_owned() } else { date("newest_copy_at") };
        table.row([
            short(one.text("resource_arn")).to_owned(),
            one.text("state").to_owned(),
            copy,
            expires,
            date("newest_backup_at"),
        ]);
    }
    let table = table.render();
    if !table.is_empty() {
        text += &format!("\n{table}");
    }
    if text.is_empty() { text } else { text + "\n" }
}

/// What was not asked about: no verdict, and nothing of it in the exit code.
fn left_out(left_out: View<'_>, page: &Page) -> String {
    if left_out.is_null() {
        return String::new();
    }
    let names = |field: &str| -> Vec<String> {
        left_out.items(field).filter_map(|one| one.0.as_str().map(str::to_owned)).collect()
    };
    let all: Vec<String> = names("environments").into_iter().chain(names("areas")).collect();
    if all.is_empty() {
        return String::new();
    }
    let counts = [("errors", "error", "errors"), ("warnings", "warning", "warnings")];
    let mut told: Vec<String> = counts
        .into_iter()
        .filter(|(field, ..)| left_out.number(field) > 0)
        .map(|(field, one, many)| plural::count(left_out.number(field), one, many))
        .collect();
    let blind = left_out.number("could_not_look");
    if blind > 0 {
        told.push(format!("{} that could not look", plural::count(blind, "check", "checks")));
    }
    let told =
        if told.is_empty() { "nothing was found there".to_owned() } else { format!("{} there", plural::list(&told)) };
    fold(&format!("NOT ASKED ABOUT: {}; {told}. The exit code says nothing of it.", plural::list(&all)), 0, page.width)
}

/// The checks that could not look, by what kept each of them. What does not apply here is no lack.
fn skipped(document: View<'_>, page: &Page) -> String {
    let mut lacking: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for check in document.items("checks").filter(|check| check.text("result") == "skipped") {
        let Some(why) = why_skipped(check) else { continue };
        let place = check.text("environment").to_owned();
        lacking.entry((place, why)).or_default().insert(check.text("check").to_owned());
    }
    let told = lacking.into_iter().map(|((place, why), checks)| {
        let checks: Vec<String> = checks.into_iter().collect();
        fold(&format!("{place}: {why}: {}", checks.join(", ")), 2, page.width)
    });
    told.collect()
}

fn environments(document: View<'_>, page: &Page) -> String {
    let mut text = String::new();
    for environment in document.items("environments") {
        let place = format!(
            "{}: account {}, {}",
            environment.text("environment"),
            environment.text("account"),
            environment.text("region")
        );
        let vault = environment.at("vault");
        text += &if environment.is("seen") && !vault.is_null() {
            let count = plural::count(vault.number("recovery_points"), "recovery point", "recovery points");
            format!("{place}\n  vault {} with {count}\n", vault.text("name"))
        } else if environment.is("seen") {
            format!("{place}\n  no vault\n")
        } else {
            format!("{place}\n  could not be looked at\n")
        };
        text += &unseen(environment, page);
    }
    text
}

/// What could not be looked at: the calls that brought the same answer together.
fn unseen(environment: View<'_>, page: &Page) -> String {
    let mut told: Vec<(&str, Vec<String>)> = Vec::new();
    for item in environment.items("unseen").filter_map(|item| item.0.as_str()) {
        let (operation, answer) = item.split_once(": ").unwrap_or((item, ""));
        match told.iter_mut().find(|(known, _)| *known == answer) {
            Some((_, operations)) => operations.push(operation.to_owned()),
            None => told.push((answer, vec![operation.to_owned()])),
        }
    }
    let told = told
        .into_iter()
        .map(|(answer, operations)| fold(&format!("not seen: {}: {answer}", plural::list(&operations)), 2, page.width));
    told.collect()
}

fn lineages(document: View<'_>, page: &Page) -> String {
    let header = ["resource", "created", "state", "source", "intermediate", "destination"];
    let mut table = Table::new(page.width, header);
    for point in document.items("recovery_points") {
        table.row([
            short(point.text("resource_arn")).to_owned(),
            time::in_table(point.text("created_at"), page.now),
            point.text("state").to_owned(),
            in_vault(point.at("source")),
            in_vault(point.at("intermediate")),
            in_vault(point.at("destination")),
        ]);
    }
    table.render()
}

/// What a vault holds of a lineage, in words.
fn in_vault(point: View<'_>) -> String {
    if point.is_null() {
        return "absent".to_owned();
    }
    if point.at("seen").0.as_bool() == Some(false) {
        return "could not look".to_owned();
    }
    let key = match point.text("key") {
        "aws-managed" => "aws/rds",
        "expected" => "the vault's key",
        "other" => "ANOTHER KEY",
        "none" => "UNENCRYPTED",
        _ => "key not seen",
    };
    match point.text("status") {
        "COMPLETED" | "AVAILABLE" | "" => key.to_owned(),
        status => format!("{status}, {key}"),
    }
}

fn one_finding(finding: View<'_>, page: &Page) -> String {
    let severity = match finding.text("severity") {
        severity @ "error" => page.style.bad(severity),
        severity @ "warning" => page.style.warn(severity),
        severity => page.style.faint(severity),
    };
    let mut text = format!("{severity}: {} ({})\n", finding.text("check"), finding.text("environment"));
    let acknowledged = finding.at("acknowledged");
    if !acknowledged.is_null() {
        let (until, reason) = (acknowledged.text("until"), acknowledged.text("reason"));
        text += &fold(&format!("acknowledged until {until}: {reason}"), 2, page.width);
    }
    text += &fold(finding.text("subject"), 2, page.width);
    text += &fold(finding.text("message"), 2, page.width);
    let evidence = finding.at("evidence");
    if !evidence.text("document").is_empty() {
        let statement = evidence.text("statement");
        let document = evidence.text("document");
        let by = match statement {
            "" => String::new(),
            // A job has no statement, but AWS's words; a statement without a name is called by its number.
            words if document.contains(" job ") => format!(": {words}"),
            numbered if numbered.starts_with("statement ") => format!(", {numbered}"),
            named => format!(", statement {named}"),
        };
        text += &fold(&format!("decided by: {document}{by}"), 2, page.width);
    }
    if !finding.text("remedy").is_empty() {
        text += &fold(&format!("remedy: {}", finding.text("remedy")), 2, page.width);
    }
    for command in finding.items("commands") {
        text += &format!("    {}\n", command.0.as_str().unwrap_or_default());
    }
    text
}

fn summary(document: View<'_>, page: &Page) -> String {
    let summary = document.at("summary");
    let states = ["protected", "copying", "waiting", "incomplete", "broken", "expiring", "unknown"];
    let parts: Vec<String> = states
        .iter()
        .filter(|state| summary.number(state) > 0)
        .map(|state| format!("{} {state}", summary.number(state)))
        .collect();
    // `doctor` looks at no recovery point and says nothing of any.
    let is_blind = document.items("environments").any(|environment| !environment.is("seen"));
    let points = match document.0.get("recovery_points") {
        None => String::new(),
        Some(_) if parts.is_empty() && is_blind => "No recovery points were seen. ".to_owned(),
        Some(_) if parts.is_empty() => "No recovery points. ".to_owned(),
        Some(_) => format!("{}. ", plural::list(&parts)),
    };
    let told = document.items("findings").filter(|finding| finding.text("severity") == "info").count();
    let told = (told > 0).then(|| format!("For information: {told}."));
    let acknowledged = Some(summary.number("acknowledged")).filter(|number| *number > 0);
    let acknowledged = acknowledged.map(|number| format!("Acknowledged: {number}."));
    let checks = format!(
        "{points}Checks: {} passed, {} failed, {} warned, {} skipped.",
        summary.number("checks_passed"),
        summary.number("checks_failed"),
        summary.number("checks_warned"),
        summary.number("checks_skipped"),
    );
    // Each of the counts stays whole.
    let mut lines = vec![checks];
    for more in told.into_iter().chain(acknowledged) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + more.chars().count() <= page.width => *line += &format!(" {more}"),
            _ => lines.push(more),
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::output::render::tests_page;

    #[test]
    fn absent_and_not_seen_are_told_apart() {
        assert_eq!(in_vault(View(&Value::Null)), "absent");
        assert_eq!(in_vault(View(&json!({"seen": false}))), "could not look");
        assert_eq!(in_vault(View(&json!({"status": "COMPLETED", "key": "expected"}))), "the vault's key");
        assert_eq!(in_vault(View(&json!({"status": "EXPIRED", "key": "other"}))), "EXPIRED, ANOTHER KEY");
    }

    #[test]
    fn the_report_fits_eighty_columns_and_names_the_remedy() {
        let point = json!({"status": "COMPLETED", "key": "expected"});
        let document = json!({
            "environments": [{"environment": "source", "account": "111111111111", "region": "us-east-1", "seen": true, "unseen": [],
                "vault": {"name": "source-vault-account-a-region-a", "recovery_points": 1}}],
            "recovery_points": [{"resource_arn": "arn:aws:rds:us-east-1:111111111111:db:orders", "created_at": "2026-01-05T05:00:00Z",
                "state": "incomplete", "source": {"status": "COMPLETED", "key": "aws-managed"}, "intermediate": point, "destination": null}],
            "findings": [{"check": "destination-copy-missing", "severity": "error", "environment": "destination",
                "subject": "arn:aws:rds:us-east-1:111111111111:db:orders", "message": "no copy arrived", "remedy": "copy it by hand",
                "commands": ["backupctl copy --recovery-point arn:x"], "evidence": null}],
            "summary": {"incomplete": 1, "checks_passed": 4, "checks_failed": 1, "checks_warned": 0, "checks_skipped": 0}
        });
        let text = result(&document, &tests_page());
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        for part in [
            "db:orders",
            "aws/rds",
            "absent",
            "error: destination-copy-missing (destination)",
            "remedy: copy it by hand",
            "    backupctl copy --recovery-point arn:x",
        ] {
            assert!(text.contains(part), "{part}:\n{text}");
        }
        assert!(text.ends_with("1 incomplete. Checks: 4 passed, 1 failed, 0 warned, 0 skipped.\n"), "{text}");
    }

    #[test]
    fn what_could_not_be_looked_at_is_told_by_what_was_lacking() {
        let check = |check: &str, reason: &str, permission: Value| {
            json!({"check": check, "environment": "source", "subject": "x", "result": "skipped", "reason": reason,
                "missing_permission": permission})
        };
        let document = json!({
            "checks": [
                check("wrong-key", "access-denied", json!("kms:DescribeKey")),
                check("key-disabled", "access-denied", json!("kms:DescribeKey")),
                check("plan-missing", "depends-on:stack-missing", Value::Null),
                check("key-policy-denies", "call-failed:kms:GetKeyPolicy", Value::Null),
                check("sweep-off", "not-applicable", Value::Null),
            ],
            "summary": {"checks_skipped": 5}
        });
        let text = result(&document, &tests_page());
        let told = "Not looked at:\n  source: depends on stack-missing: plan-missing\n  \
                    source: kms:DescribeKey is denied: key-disabled, wrong-key\n  source: kms:GetKeyPolicy failed: key-policy-denies\n";
        assert!(text.contains(told), "{text}");
        assert!(text.ends_with("\nChecks: 0 passed, 0 failed, 0 warned, 5 skipped.\n"), "{text}");
    }
}
