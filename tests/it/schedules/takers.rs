//! Who takes which expression: the configuration, AWS Backup, EventBridge and a stack's rule.

use std::fmt::Write as _;

use aws_config::SdkConfig;
use aws_sdk_backup::types::{BackupPlanInput, BackupRuleInput};
use aws_sdk_cloudformation::types::{OnFailure, Parameter};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use backupctl::config::{self, Mistake, Selected};

use super::{Taker, table};
use crate::bootstrap::states::pause;
use crate::support::operator::in_source;
use crate::support::worlds;

/// An expression, its time zone, and who refuses it.
struct Row {
    expression: String,
    timezone: Option<String>,
    refused: Vec<Taker>,
}

impl Row {
    fn takes(&self, taker: Taker) -> bool {
        !self.refused.contains(&taker)
    }
}

fn rows() -> Vec<Row> {
    const ALL: [Taker; 4] = [Taker::Backup, Taker::Events, Taker::Plan, Taker::Sweep];
    let table = table();
    let valid = table.valid.into_iter().map(|row| Row {
        expression: row.expression,
        timezone: row.timezone,
        refused: row.refused,
    });
    let invalid =
        table.invalid.into_iter().map(|row| Row { expression: row.expression, timezone: None, refused: ALL.to_vec() });
    valid.chain(invalid).collect()
}

/// What a configuration with this line says.
fn mistakes(added: &str) -> Vec<Mistake> {
    let accounts = "[source]\naccount = \"111111111111\"\n[destination]\naccount = \"222222222222\"\n";
    let read = config::read("backupctl.toml", &format!("{accounts}{added}"), Selected::Optional);
    read.err().map(|error| error.mistakes).unwrap_or_default()
}

fn plan(expression: &str, timezone: Option<&str>) -> String {
    let timezone = timezone.unwrap_or("Etc/UTC");
    format!("[plan]\nschedule = \"{expression}\"\ntimezone = \"{timezone}\"\n")
}

fn sweep(expression: &str) -> String {
    format!("[events]\nsweep_schedule = \"{expression}\"\n")
}

#[test]
fn the_configuration_takes_what_the_table_says() {
    for row in rows() {
        let found = mistakes(&plan(&row.expression, row.timezone.as_deref()));
        assert_eq!(found.is_empty(), row.takes(Taker::Plan), "schedule = {}", row.expression);
        let found = mistakes(&sweep(&row.expression));
        assert_eq!(found.is_empty(), row.takes(Taker::Sweep), "sweep_schedule = {}", row.expression);
    }
}

#[test]
fn the_configuration_says_what_is_wrong_and_what_to_write() {
    for row in table().invalid {
        for (written, is_plan) in [(plan(&row.expression, None), true), (sweep(&row.expression), false)] {
            let found = mistakes(&written);
            let [mistake] = found.as_slice() else { panic!("{written}: {found:?}") };
            let (says, hint) = match row.expression.starts_with("rate(") && is_plan {
                true => ("AWS Backup takes no rate(…)", "cron(0 5 ? * * *)"),
                false => (row.says.as_str(), row.hint.as_str()),
            };
            assert!(mistake.message.contains(says), "{written}: {}", mistake.message);
            assert!(mistake.hint.contains(hint), "{written}: {}", mistake.hint);
        }
    }
}

fn with_schedule(expression: &str, timezone: Option<&str>) -> BackupPlanInput {
    let rule = BackupRuleInput::builder().rule_name("r").target_backup_vault_name("vault");
    let rule = rule.schedule_expression(expression).set_schedule_expression_timezone(timezone.map(str::to_owned));
    let rule = rule.build().expect("a rule");
    BackupPlanInput::builder().backup_plan_name("p").rules(rule).build().expect("a plan")
}

#[test]
fn aws_backup_takes_what_the_table_says() {
    let sandbox = worlds::built_in();
    in_source(&sandbox, async |config| {
        let backup = aws_sdk_backup::Client::new(&config);
        backup.create_backup_vault().backup_vault_name("vault").send().await.expect("CreateBackupVault");
        for row in rows() {
            let daily = backup.create_backup_plan().backup_plan(with_schedule("cron(0 5 ? * * *)", None));
            let standing = daily.send().await.expect("CreateBackupPlan").backup_plan_id.expect("an id");
            let plan = with_schedule(&row.expression, row.timezone.as_deref());
            let update = backup.update_backup_plan().backup_plan_id(&standing).backup_plan(plan.clone());
            let updated = update.send().await.map(drop).map_err(|error| said(error.code(), error.message()));
            backup.delete_backup_plan().backup_plan_id(standing).send().await.expect("DeleteBackupPlan");
            let created = backup.create_backup_plan().backup_plan(plan).send().await;
            let created = match created {
                Ok(made) => {
                    let id = made.backup_plan_id.expect("an id");
                    backup.delete_backup_plan().backup_plan_id(id).send().await.expect("DeleteBackupPlan");
                    Ok(())
                }
                Err(error) => Err(said(error.code(), error.message())),
            };
            assert_eq!(created, updated, "{}", row.expression);
            assert_eq!(created.is_ok(), row.takes(Taker::Backup), "{}: {created:?}", row.expression);
            if let Err(said) = created {
                assert!(said.starts_with("InvalidParameterValueException: "), "{said}");
            }
        }
        // Its own sentence for what is too frequent.
        let often = with_schedule("cron(0/15 * * * ? *)", None);
        let refused = backup.create_backup_plan().backup_plan(often).send().await.expect_err("too often");
        let said = refused.message().unwrap_or_default();
        assert!(said.ends_with("The interval between backup jobs shouldn't be less than 60 minutes."), "{said}");
    });
}

fn said(code: Option<&str>, message: Option<&str>) -> String {
    format!("{}: {}", code.unwrap_or_default(), message.unwrap_or_default())
}

#[test]
fn eventbridge_takes_what_the_table_says() {
    let sandbox = worlds::built_in();
    in_source(&sandbox, async |config| {
        let events = aws_sdk_eventbridge::Client::new(&config);
        for row in rows() {
            let put = events.put_rule().name("r").schedule_expression(&row.expression).send().await;
            assert_eq!(put.is_ok(), row.takes(Taker::Events), "{}: {put:?}", row.expression);
            if let Err(error) = put {
                let said = said(error.code(), error.message());
                assert_eq!(said, "ValidationException: Parameter ScheduleExpression is not valid.");
            }
        }
    });
}

/// A stack with one rule for each expression, in parameters; whether it was made.
async fn stands(config: &SdkConfig, stack: &str, expressions: &[&str]) -> bool {
    let mut template = "Parameters:\n".to_owned();
    for at in 0..expressions.len() {
        let _ = writeln!(template, "  Schedule{at}: {{ Type: String }}");
    }
    template.push_str("Resources:\n");
    for at in 0..expressions.len() {
        let properties = format!("{{ ScheduleExpression: !Ref Schedule{at} }}");
        let _ = writeln!(template, "  Rule{at}: {{ Type: AWS::Events::Rule, Properties: {properties} }}");
    }
    let parameters = expressions.iter().enumerate().map(|(at, expression)| {
        Parameter::builder().parameter_key(format!("Schedule{at}")).parameter_value(*expression).build()
    });
    let client = aws_sdk_cloudformation::Client::new(config);
    let create = client.create_stack().stack_name(stack).template_body(template).on_failure(OnFailure::Rollback);
    create.set_parameters(Some(parameters.collect())).send().await.expect("CreateStack");
    loop {
        let found = client.describe_stacks().stack_name(stack).send().await.expect("DescribeStacks");
        let status = found.stacks()[0].stack_status().map_or("", |status| status.as_str()).to_owned();
        if !status.ends_with("_IN_PROGRESS") {
            assert!(["CREATE_COMPLETE", "ROLLBACK_COMPLETE"].contains(&status.as_str()), "{status}");
            return status == "CREATE_COMPLETE";
        }
        pause(60).await;
    }
}

#[test]
fn a_stack_takes_what_eventbridge_takes() {
    let sandbox = worlds::built_in();
    let rows = rows();
    let (taken, refused): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.takes(Taker::Events));
    in_source(&sandbox, async |config| {
        let taken: Vec<&str> = taken.iter().map(|row| row.expression.as_str()).collect();
        assert!(stands(&config, "taken", &taken).await);
        for (at, row) in refused.iter().enumerate() {
            assert!(!stands(&config, &format!("refused-{at}"), &[&row.expression]).await, "{}", row.expression);
        }
    });
}
