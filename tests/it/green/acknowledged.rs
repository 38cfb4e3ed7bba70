//! `[[acknowledge]]` takes a finding out of the exit code, never one about whether a copy exists.

use super::{DESTINATION_VAULT, configuration, delete_points, of_check, pass};
use crate::support::command::{configured, deny};
use crate::support::operator::in_source;
use crate::support::worlds;

const BOTH: &str = "resources = [\"arn:aws:rds:us-east-1:111111111111:db:orders\", \
                    \"arn:aws:rds:us-east-1:111111111111:db:billing\"]";

fn acknowledged(check: &str, subject: &str, until: &str) -> String {
    let rest = format!("subject = \"{subject}\"\nreason = \"sold in May\"\nuntil = {until}\n");
    format!("{}[[acknowledge]]\ncheck = \"{check}\"\n{rest}", configuration(BOTH))
}

// The world's clock says 6 January 2026 when a night has passed.
#[test]
fn an_error_about_a_resource_counts_no_more_and_is_counted() {
    let sandbox = worlds::after_a_night();
    in_source(&sandbox, async |config| {
        let rds = aws_sdk_rds::Client::new(&config);
        rds.stop_db_instance().db_instance_identifier("billing").send().await.expect("StopDBInstance");
    });
    pass(&sandbox, 1);
    configured(&sandbox, &configuration(BOTH), "verify --quiet").expect(3);
    let text = acknowledged("resource-unavailable", "db:billing", "2026-01-31");
    for command in ["verify", "doctor"] {
        let ran = configured(&sandbox, &text, &format!("{command} -o json")).expect(0);
        let finding = &of_check(&ran, "resource-unavailable")[0];
        assert_eq!(finding["severity"], "error");
        let mark = serde_json::json!({"reason": "sold in May", "until": "2026-01-31"});
        assert_eq!(finding["acknowledged"], mark, "{finding:#}");
        let summary = &ran.json()["summary"];
        assert_eq!((&summary["acknowledged"], &summary["checks_failed"]), (&1.into(), &0.into()), "{summary:#}");
    }
    let shown = configured(&sandbox, &text, "verify --quiet").expect(0).stdout;
    assert!(shown.contains("1 finding is acknowledged."), "{shown}");
    assert!(shown.contains("acknowledged until 2026-01-31: sold in May"), "{shown}");
    // Once its day is over it counts again, and says why.
    let ran = configured(&sandbox, &acknowledged("resource-unavailable", "db:billing", "2026-01-05"), "verify -o json");
    let finding = &of_check(&ran.expect(3), "resource-unavailable")[0];
    assert!(finding["acknowledged"].is_null());
    let message = finding["message"].as_str().expect("a message");
    assert!(message.ends_with("(its acknowledgement ended on 2026-01-05)"), "{message}");
}

#[test]
fn a_warning_is_acknowledged_for_its_own_subject_only() {
    let sandbox = worlds::after_a_night();
    let one = configuration("resources = [\"arn:aws:rds:us-east-1:111111111111:db:orders\"]");
    configured(&sandbox, &one, "bootstrap --yes --quiet --timeout 2d").expect(0);
    configured(&sandbox, &one, "verify --fail-on warning --only plan --quiet").expect(3);
    let rest = |subject: &str| format!("subject = \"{subject}\"\nreason = \"test data\"\nuntil = 2026-02-01\n");
    let text = |subject: &str| format!("{one}[[acknowledge]]\ncheck = \"database-unprotected\"\n{}", rest(subject));
    configured(&sandbox, &text("db:billing"), "verify --fail-on warning --only plan --quiet").expect(0);
    configured(&sandbox, &text("db:payments"), "verify --fail-on warning --only plan --quiet").expect(3);
    // Another one that comes later is told all the same.
    in_source(&sandbox, async |config| {
        let create = aws_sdk_rds::Client::new(&config).create_db_instance().db_instance_identifier("payments");
        let create = create.db_instance_class("db.t3.medium").engine("postgres").allocated_storage(20);
        let create = create.storage_encrypted(true).master_username("admin1").master_user_password("a-password-1");
        create.send().await.expect("CreateDBInstance");
    });
    pass(&sandbox, 1);
    let ran = configured(&sandbox, &text("db:billing"), "verify --fail-on warning --only plan -o json").expect(3);
    let open: Vec<bool> =
        of_check(&ran, "database-unprotected").iter().map(|finding| finding["acknowledged"].is_null()).collect();
    assert_eq!(open, [true, false]);
}

#[test]
fn that_no_copy_exists_cannot_be_acknowledged() {
    let sandbox = worlds::after_a_night();
    delete_points(&sandbox, DESTINATION_VAULT, "");
    for check in ["no-usable-copy", "destination-copy-deleted", "destination-copy-missing", "copy-stale", "wrong-key"] {
        let ran = configured(&sandbox, &acknowledged(check, "db:orders", "2026-12-31"), "verify --quiet");
        assert_eq!(ran.code, 2, "{check}");
        assert!(ran.stderr.contains("cannot be acknowledged"), "{}", ran.stderr);
    }
    // Not by way of what is acknowledged beside it, either.
    let text = acknowledged("resource-missing", "db:orders", "2026-12-31");
    configured(&sandbox, &text, "verify --quiet").expect(3);
}

// Nothing in this world is wrong with the key, and there is no `db:billling`.
#[test]
fn an_acknowledgement_that_matches_nothing_is_named_and_changes_no_exit_code() {
    let sandbox = worlds::after_a_night();
    let unused = |text: &str, command: &str, code: i32| {
        let ran = configured(&sandbox, text, &format!("{command} -o json")).expect(code);
        let found = of_check(&ran, "acknowledgement-unused");
        let told = found.iter().map(|one| format!("{}: {}", one["severity"], one["message"]));
        told.collect::<Vec<_>>().join("\n")
    };
    for command in ["doctor", "verify"] {
        let misspelt = unused(&acknowledged("resource-missing", "db:billling", "2026-01-31"), command, 0);
        assert_eq!(
            misspelt, "\"info\": \"the acknowledgement of resource-missing for db:billling matches no finding\"",
            "{command}"
        );
        let over = unused(&acknowledged("resource-missing", "db:billing", "2026-01-05"), command, 0);
        assert_eq!(
            over,
            "\"info\": \"the acknowledgement of resource-missing for db:billing ended on 2026-01-05 and matches no \
             finding\"",
            "{command}"
        );
        // Drift was not looked for: nothing is known of it.
        assert_eq!(unused(&acknowledged("stack-drifted", "a-stack", "2026-01-31"), command, 0), "", "{command}");
    }
    // What only `verify` looks at, `doctor` says nothing about.
    let of_a_copy = acknowledged("duplicate-copy", "arn:aws:rds:us-west-2:222222222222:snapshot:x", "2026-01-31");
    assert_eq!(unused(&of_a_copy, "doctor", 0), "");
    assert_ne!(unused(&of_a_copy, "verify", 0), "");
    assert_eq!(unused(&of_a_copy, "verify --resource orders", 0), "");
    // What may not be looked at is not called mended.
    deny(&sandbox, "rds:DescribeDBInstances", "");
    assert_eq!(unused(&acknowledged("resource-missing", "db:billing", "2026-01-31"), "verify", 3), "");
}
