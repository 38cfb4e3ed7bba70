//! `sandbox show`, and the keys of every recovery point for `rehearse`.

use serde_json::Value;

use super::{Page, View, fold, hanging};
use crate::output::table::{Table, short};
use crate::output::{plural, time};

/// The whole world.
pub fn result(document: &Value, page: &Page) -> String {
    let document = View(document);
    let mut text = String::new();
    for account in document.items("accounts") {
        let organization = account.text("organization");
        let of = if organization.is_empty() { String::new() } else { format!(" ({organization})") };
        let name = format!("account {}{of}", account.text("account"));
        for region in account.items("regions") {
            let place = format!("{name}, {}", region.text("region"));
            text += &format!("{}\n{}\n", page.style.strong(&place), one_place(region, page));
        }
        if account.items("regions").next().is_none() {
            text += &format!("{}\n  nothing in any Region\n\n", page.style.strong(&name));
        }
    }
    let faults: String = document.items("faults").map(|fault| one_fault(fault, page)).collect();
    if !faults.is_empty() {
        text += &format!("{}\n{faults}", page.style.strong("ordered to go wrong"));
    }
    let denials = denials(document, page);
    if !denials.is_empty() {
        text += &format!("{}\n{denials}", page.style.strong("last denials"));
    }
    text
}

fn one_place(region: View<'_>, page: &Page) -> String {
    let mut text = String::new();
    for database in region.items("databases") {
        let (arn, key) = (short(database.text("arn")), database.text("encryption_key"));
        let told = format!("{arn} ({}, {}), key {key}", database.text("engine"), database.text("status"));
        text += &entry(&told, page);
    }
    for vault in region.items("vaults") {
        text += &entry(&format!("vault {}, key {}", vault.text("name"), vault.text("encryption_key")), page);
        let mut table = Table::new(page.width.saturating_sub(4), ["recovery point", "of", "created", "status", "key"]);
        for point in vault.items("recovery_points") {
            table.row([
                short(point.text("recovery_point_arn")).to_owned(),
                short(point.text("resource_arn")).to_owned(),
                time::in_table(point.text("created_at"), page.now),
                point.text("status").to_owned(),
                point.text("encryption_key").to_owned(),
            ]);
        }
        text += &indented(&table.render());
    }
    for (list, noun) in [("backup_jobs", "backup job"), ("copy_jobs", "copy job")] {
        for job in region.items(list) {
            let (id, resource) = (job.text("id"), short(job.text("resource_arn")));
            text += &entry(&format!("{noun} {id} of {resource}: {}", job.text("state")), page);
            if !job.text("status_message").is_empty() {
                text += &fold(job.text("status_message"), 4, page.width);
            }
        }
    }
    for rule in region.items("rules") {
        text += &entry(&format!("rule {}: {}", rule.text("name"), rule.text("state")), page);
        if !rule.text("schedule").is_empty() {
            text += &format!("    {}\n", rule.text("schedule"));
        }
        for target in rule.items("targets") {
            text += &named("to", target.0.as_str().unwrap_or_default());
        }
    }
    for queue in region.items("queues") {
        text += &one_queue(queue, page);
    }
    let events: String = region.items("events").map(|event| one_event(event, page)).collect();
    if !events.is_empty() {
        text += &format!("  last events\n{events}");
    }
    text
}

fn one_queue(queue: View<'_>, page: &Page) -> String {
    let count = plural::count(queue.number("messages_in_queue"), "message", "messages");
    let mut text = entry(&format!("queue {}: {count}", queue.text("name")), page);
    for message in queue.items("messages") {
        let told = undelivered(message);
        let mut shown: String = told.chars().take(LONGEST_MESSAGE).collect();
        if shown.len() < told.len() {
            shown += " …";
        }
        text += &hanging(&shown, 4, page);
    }
    text
}

/// Why a message lies in its queue, in the words of EventBridge or Lambda; else what it says.
fn undelivered(message: View<'_>) -> String {
    let body: Value = serde_json::from_str(message.text("body")).unwrap_or_default();
    let (ended, answer) = (View(&body).at("requestContext"), View(&body).at("responsePayload"));
    let by_events = [message.text("error_code"), message.text("error_message")];
    let by_lambda = [ended.text("condition"), answer.text("errorType"), answer.text("errorMessage")];
    let words: Vec<&str> = by_events.into_iter().chain(by_lambda).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { message.text("body").to_owned() } else { words.join(": ") }
}

/// How much of a message is shown; the JSON document has all of it.
const LONGEST_MESSAGE: usize = 700;

fn one_event(event: View<'_>, page: &Page) -> String {
    let rules: Vec<&str> = event.items("rules").filter_map(|rule| rule.0.as_str()).collect();
    let taken = if rules.is_empty() { "no rule took it".to_owned() } else { format!("to rule {}", rules.join(", ")) };
    let resources: Vec<&str> = event.items("resources").filter_map(|arn| arn.0.as_str()).map(short).collect();
    let head = format!(
        "    {} {} {}: {}\n",
        time::in_table(event.text("at"), page.now),
        event.text("detail_type"),
        event.text("state"),
        event.text("region")
    );
    head + &fold(&format!("{}; {taken}", resources.join(", ")), 6, page.width)
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

/// Each denial once, at the place and with the time of its last.
fn denials(document: View<'_>, page: &Page) -> String {
    let mut seen: Vec<(View<'_>, u64)> = Vec::new();
    let is_same = |one: View<'_>, other: View<'_>| {
        ["action", "code", "principal", "resource", "decided_by"]
            .iter()
            .all(|field| one.text(field) == other.text(field))
    };
    for denial in document.items("denials") {
        match seen.iter_mut().find(|(other, _)| is_same(*other, denial)) {
            Some((_, times)) => *times += 1,
            None => seen.push((denial, 1)),
        }
    }
    seen.into_iter().map(|(denial, times)| one_denial(denial, times, page)).collect()
}

fn one_denial(denial: View<'_>, times: u64, page: &Page) -> String {
    let at = time::in_table(denial.text("at"), page.now);
    let often = if times == 1 { String::new() } else { format!(", {times} times") };
    let mut text = entry(&format!("{at} {}: {}{often}", denial.text("action"), denial.text("code")), page);
    text += &named("by", denial.text("principal"));
    text += &named("on", denial.text("resource"));
    if !denial.text("decided_by").is_empty() {
        text += &hanging(&format!("why: {}", denial.text("decided_by")), 4, page);
    }
    text
}

/// A name in a line of its own, which is never broken: so it can be copied.
fn named(word: &str, name: &str) -> String {
    format!("    {word} {name}\n")
}

/// What `sandbox inject` did.
pub fn injected(document: &Value, page: &Page) -> String {
    let document = View(document);
    let cleared = document.number("cleared");
    let faults: String = document.items("faults").map(|fault| one_fault(fault, page)).collect();
    match (faults.is_empty(), cleared) {
        (true, 0) => "nothing was ordered to go wrong\n".to_owned(),
        (true, number) => format!("cleared {}\n", plural::count(number, "fault", "faults")),
        (false, _) => format!("ordered to go wrong:\n{faults}"),
    }
}

/// A fault: what, on what, where, how often.
fn one_fault(fault: View<'_>, page: &Page) -> String {
    let mut text = fault.text("fault").to_owned();
    if !fault.text("side").is_empty() {
        text += &format!(" {} the call", fault.text("side"));
    }
    if fault.number("seconds") > 0 {
        text += &format!(" by {}", time::span(std::time::Duration::from_secs(fault.number("seconds"))));
    }
    for (field, word) in [("operation", "of"), ("resource", "on"), ("account", "in account"), ("region", "in")] {
        if !fault.text(field).is_empty() {
            text += &format!(" {word} {}", fault.text(field));
        }
    }
    let passed = match fault.number("after") {
        0 => String::new(),
        1 => " after one has passed".to_owned(),
        after => format!(" after {after} have passed"),
    };
    let often = fault.at("often");
    text += &match (often.0.as_str(), often.number("percent"), often.number("times")) {
        (Some("each-once"), ..) => format!(", each one once{passed}"),
        (Some(_), ..) => format!(", every one{passed}, until it is cleared"),
        (None, 0, 1) => format!(", the next one{passed}"),
        (None, 0, times) => format!(", the next {times}{passed}"),
        (None, percent, _) => format!(", {percent} of a hundred{passed}"),
    };
    if !fault.text("message").is_empty() {
        text += &format!(": {}", fault.text("message"));
    }
    entry(&text, page)
}

/// What stands below an account and Region.
fn entry(text: &str, page: &Page) -> String {
    hanging(text, 2, page)
}

/// The steps of a rehearsal: when each ended, and how.
pub fn steps(steps: &[Value], page: &Page) -> String {
    let mut table = Table::new(page.width, ["step", "ended at", "result"]);
    for step in steps.iter().map(View) {
        table.row([step.text("step").to_owned(), step.text("at").to_owned(), step.text("message").to_owned()]);
    }
    table.render()
}

/// Every recovery point with the key that encrypts it in each of three vaults, in words.
pub fn three_vaults(lineages: &Value, page: &Page) -> String {
    let mut table = Table::new(page.width, ["database", "vault", "key"]);
    for lineage in lineages.as_array().into_iter().flatten().map(View) {
        let mut database = short(lineage.text("resource_arn")).to_owned();
        for vault in ["source", "intermediate", "destination"] {
            let point = lineage.at(vault);
            let key = if point.is_null() { "absent" } else { point.text("encryption_key") };
            // The database stands once, on the first of its three lines.
            table.row([std::mem::take(&mut database), vault.to_owned(), key.to_owned()]);
        }
    }
    table.render()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::output::render::tests_page;

    #[test]
    fn the_three_vaults_show_each_key_in_words_within_eighty_columns() {
        let lineages = json!([{
            "resource_arn": "arn:aws:rds:us-east-1:111111111111:db:orders", "created_at": "2026-01-05T05:00:00Z",
            "source": {"encryption_key": "aws/rds"},
            "intermediate": {"encryption_key": "cmk-intermediate-vault-account-a-region-b"},
            "destination": null
        }]);
        let text = three_vaults(&lineages, &tests_page());
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        for part in ["db:orders", "aws/rds", "cmk-intermediate-vault-account-a-region-b", "absent"] {
            assert!(text.contains(part), "{part}:\n{text}");
        }
    }

    #[test]
    fn a_denial_names_who_what_and_the_deciding_statement() {
        let document = json!({"accounts": [], "denials": [{"at": "2026-01-05T06:00:00Z", "principal": "arn:aws:iam::111111111111:role/x",
            "action": "kms:CreateGrant", "resource": "arn:aws:kms:us-west-2:111111111111:key/1", "code": "AccessDeniedException",
            "decided_by": "key policy, statement 2"}]});
        let text = result(&document, &tests_page());
        assert!(text.contains("kms:CreateGrant: AccessDeniedException"), "{text}");
        assert!(text.contains("why: key policy, statement 2"), "{text}");
    }
}
