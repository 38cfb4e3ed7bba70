//! What the event path could not deliver, beside what is missing for it.

use super::super::support::command::backupctl;
use super::super::support::operator::in_intermediate;
use super::super::support::worlds;
use super::findings;

const STACK: &str = "aws-backup-rds-intermediate-stack";

/// No instance of the function may run: Lambda tries for six hours and hands the events to the queue
/// (AWS Lambda Developer Guide, invocation-async-error-handling), and the sweep's own as well.
#[test]
fn dead_letters_are_an_error_while_copies_are_missing_and_a_warning_after() {
    let sandbox = worlds::bootstrapped();
    let function = in_intermediate(&sandbox, async |config| {
        let name = super::super::support::operator::made(&config, STACK, "CopyFunction").await;
        let lambda = aws_sdk_lambda::Client::new(&config);
        let call = lambda.put_function_concurrency().function_name(&name).reserved_concurrent_executions(0);
        call.send().await.expect("PutFunctionConcurrency");
        name
    });
    backupctl(&sandbox, "sandbox advance 55h").expect(0);
    let document = backupctl(&sandbox, "verify -o json").expect(3).json();
    assert!(findings(&document).contains(&"error dead-letters".to_owned()), "{:?}", findings(&document));
    let letters = document["findings"].as_array().expect("findings").iter();
    let said: Vec<&str> = letters
        .filter(|finding| finding["check"] == "dead-letters")
        .filter_map(|finding| finding["message"].as_str())
        .collect();
    assert!(said.iter().all(|message| message.contains("missing")), "{said:?}");
    in_intermediate(&sandbox, async |config| {
        let lambda = aws_sdk_lambda::Client::new(&config);
        let call = lambda.delete_function_concurrency().function_name(&function);
        call.send().await.expect("DeleteFunctionConcurrency");
    });
    backupctl(&sandbox, "copy --all-missing").expect(0);
    let document = backupctl(&sandbox, "verify -o json").json();
    assert!(findings(&document).contains(&"warning dead-letters".to_owned()), "{:?}", findings(&document));
    assert!(!findings(&document).contains(&"error dead-letters".to_owned()), "{:?}", findings(&document));
}
