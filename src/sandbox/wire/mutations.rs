//! Requests bent at random, from a fixed seed: whatever arrives is read or refused, never a panic.

use super::decode;
use super::http::Request;

fn request(service: &str, method: &str, path: &str, query: &str, target: &str, body: &[u8]) -> Request {
    let scope = format!("AKIA111111111111SAND/20260105/us-west-2/{service}/aws4_request");
    let authorization = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature=00");
    Request {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: vec![
            ("authorization".to_owned(), authorization),
            ("x-amz-target".to_owned(), target.to_owned()),
            ("x-amz-date".to_owned(), "20260105T060000Z".to_owned()),
        ],
        body: body.to_vec(),
    }
}

/// Reads the request; a refusal must be an answer that a client can read.
fn feed(request: &Request) {
    if let Err(refusal) = decode(request) {
        let answer = refusal.into_response("r");
        assert!((400..600).contains(&answer.status), "{request:?} gave {answer:?}");
    }
}

fn rest_json_body(bytes: &[u8]) {
    feed(&request("backup", "PUT", "/copy-jobs", "", "", bytes));
    feed(&request("lambda", "POST", "/2015-03-31/functions", "", "", bytes));
}

fn rest_json_address(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (path, query) = text.split_once('?').unwrap_or((&text, ""));
    feed(&request("backup", "GET", path, query, "", b""));
}

fn aws_json_body(bytes: &[u8]) {
    feed(&request("events", "POST", "/", "", "AWSEvents.PutTargets", bytes));
    feed(&request("sqs", "POST", "/", "", "AmazonSQS.SendMessage", bytes));
}

fn query_body(bytes: &[u8]) {
    feed(&request("cloudformation", "POST", "/", "", "", bytes));
    feed(&request("rds", "POST", "/", "", "", bytes));
}

fn authorization_header(bytes: &[u8]) {
    let mut bent = request("kms", "POST", "/", "", "TrentService.ListKeys", b"{}");
    bent.headers[0].1 = String::from_utf8_lossy(bytes).into_owned();
    feed(&bent);
    let _ = super::signature::verify(&bent, "sandbox");
}

/// A step of splitmix64.
fn step(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Bends a few bytes: replaced, removed, doubled, cut off, or a character that means something put in.
fn bend(seed: &[u8], state: &mut u64) -> Vec<u8> {
    const MEANING: &[u8] = b"%&=.{}[]\":,/?+\\0\xff\x00e-";
    let mut bytes = seed.to_vec();
    for _ in 0..=step(state) % 4 {
        let at = step(state) as usize % (bytes.len() + 1);
        let some = step(state);
        match some % 5 {
            0 if at < bytes.len() => bytes[at] = (some >> 8) as u8,
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 => bytes.extend_from_within(at..),
            3 if some.is_multiple_of(3) => bytes.truncate(at),
            _ => bytes.insert(at, MEANING[(some >> 8) as usize % MEANING.len()]),
        }
        bytes.truncate(4096);
    }
    bytes
}

#[test]
fn bent_requests_are_read_or_refused() {
    let corpus: &[(fn(&[u8]), &[u8])] = &[
        (rest_json_body, br#"{"RecoveryPointArn":"arn:aws:rds:us-west-2:111111111111:snapshot:awsbackup:job-1","SourceBackupVaultName":"v","DestinationBackupVaultArn":"a","IamRoleArn":"r","Lifecycle":{"DeleteAfterDays":3.5E1}}"#),
        (rest_json_address, b"/backup-vaults/v/recovery-points/arn%3Aaws%3Ards%3Aus-west-2%3A111111111111%3Asnapshot%3Ax?maxResults=5&createdAfter=2026-01-05T06%3A00%3A00Z&nextToken=a%20b"),
        (rest_json_address, b"/copy-jobs/?state=COMPLETED&createdBefore=2026-01-05T06:00:00.123Z&maxResults=1000"),
        (aws_json_body, br#"{"Rule":"r","Targets":[{"Id":"1","Arn":"a","RetryPolicy":{"MaximumRetryAttempts":3},"Input":"{}"}],"QueueUrl":"u","MessageBody":"m","MessageAttributes":{"k":{"DataType":"String","StringValue":"v"}}}"#),
        (query_body, b"Action=CreateStack&Version=2010-05-15&StackName=foo&Parameters.member.1.ParameterKey=A&Parameters.member.1.ParameterValue=x%20y&EnableTerminationProtection=true&Tags="),
        (query_body, b"Action=CreateDBSnapshot&DBSnapshotIdentifier=s&DBInstanceIdentifier=i&Tags.Tag.1.Key=k&Tags.Tag.1.Value=v"),
        (authorization_header, b"AWS4-HMAC-SHA256 Credential=AKIA111111111111SAND/20260105/us-west-2/kms/aws4_request, SignedHeaders=host;x-amz-date, Signature=00"),
    ];
    let mut state = 7;
    for (target, seed) in corpus {
        target(seed);
        for _ in 0..3000 {
            target(&bend(seed, &mut state));
        }
    }
}
