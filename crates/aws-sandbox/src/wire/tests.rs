//! Requests and answers by hand, as AWS's documentation and public logs show them.

use serde_json::json;

use super::*;

fn request(service: &str, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Request {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let scope = format!(
        "AWS4-HMAC-SHA256 Credential=AKIA111111111111SAND/20260105/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=00"
    );
    let mut all = vec![("authorization".to_owned(), scope)];
    all.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Request { method: method.into(), path: path.into(), query: query.into(), headers: all, body: body.into() }
}

/// As botocore sends it (raw log in boto/boto3 issue 2260): the ARN is one segment.
#[test]
fn an_arn_in_a_path_is_one_segment() {
    let target = "/resources/arn%3Aaws%3Aec2%3Aus-east-1%3A377150092117%3Avolume%2Fvol-06054ef8318d617c0/recovery-points/?maxResults=20";
    let decoded = decode(&request("backup", "GET", target, &[], "")).expect("decoded");
    assert_eq!(decoded.operation, "ListRecoveryPointsByResource");
    assert_eq!(
        decoded.input,
        json!({"ResourceArn": "arn:aws:ec2:us-east-1:377150092117:volume/vol-06054ef8318d617c0", "MaxResults": 20})
    );
}

#[test]
fn a_slash_at_the_end_of_a_path_counts_neither_way() {
    for target in ["/backup-vaults", "/backup-vaults/"] {
        assert_eq!(decode(&request("backup", "GET", target, &[], "")).expect("decoded").operation, "ListBackupVaults");
    }
}

/// restJson1: a query string's timestamp is ISO 8601, a body's epoch seconds.
#[test]
fn timestamps_have_the_form_of_their_place() {
    let decoded =
        decode(&request("backup", "GET", "/copy-jobs/?createdAfter=2024-01-02T03:04:05Z", &[], "")).expect("decoded");
    assert_eq!(decoded.input, json!({"ByCreatedAfter": 1_704_164_645.0}));
    let answer = encode(
        Service::Backup,
        "StartCopyJob",
        &json!({"CopyJobId": "A", "CreationDate": 1_516_925_490.087, "IsParent": false}),
        "r",
    );
    assert_eq!(
        String::from_utf8(answer.body).expect("text"),
        r#"{"CopyJobId":"A","CreationDate":1516925490.087,"IsParent":false}"#
    );
}

/// AWS Backup's body carries an internal number as `Code`; the exception's name is in the header
/// (dump in terraform-provider-aws issue 13247).
#[test]
fn an_error_of_backup_names_itself_in_the_header() {
    let error = ServiceError::new(
        "InvalidRequestException",
        "Backup vault cannot be deleted because it contains recovery points.",
    )
    .with("Code", "ERROR_9101")
    .with("Context", "1");
    let answer = encode_error(Service::Backup, Some("DeleteBackupVault"), &error, "r");
    assert_eq!(answer.status, 400);
    assert!(answer.headers.contains(&("x-amzn-errortype".into(), "InvalidRequestException".into())));
    let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
    assert_eq!(body["Code"], "ERROR_9101");
    assert_eq!(body["Message"], "Backup vault cannot be deleted because it contains recovery points.");
    assert_eq!(body["Type"], Value::Null);
}

#[test]
fn an_error_of_kms_is_named_by_its_type_member() {
    let error =
        ServiceError::new("NotFoundException", "Alias arn:aws:kms:us-west-2:111122223333:alias/x is not found.");
    let answer = encode_error(Service::Kms, Some("DescribeKey"), &error, "r");
    assert_eq!(answer.status, 400);
    let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
    assert_eq!(
        body,
        json!({"__type": "NotFoundException", "message": "Alias arn:aws:kms:us-west-2:111122223333:alias/x is not found."})
    );
}

#[test]
fn an_error_of_cloudformation_is_xml() {
    let error = ServiceError::new("ValidationError", "Stack with id <foo> does not exist");
    let answer = encode_error(Service::CloudFormation, Some("DescribeStacks"), &error, "0f5b");
    assert_eq!(answer.status, 400);
    assert_eq!(
        String::from_utf8(answer.body).expect("text"),
        "<ErrorResponse xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\"><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id &lt;foo&gt; does not exist</Message></Error><RequestId>0f5b</RequestId></ErrorResponse>"
    );
}

#[test]
fn a_form_becomes_a_document() {
    let body = "Action=CreateStack&Version=2010-05-15&StackName=foo&Parameters.member.2.ParameterKey=B&Parameters.member.1.ParameterKey=A&Parameters.member.1.ParameterValue=x%20y&Capabilities.member.1=CAPABILITY_IAM&EnableTerminationProtection=true&Tags=";
    let decoded = decode(&request("cloudformation", "POST", "/", &[], body)).expect("decoded");
    assert_eq!(decoded.operation, "CreateStack");
    assert_eq!(
        decoded.input,
        json!({"StackName": "foo", "Parameters": [{"ParameterKey": "A", "ParameterValue": "x y"}, {"ParameterKey": "B"}],
            "Capabilities": ["CAPABILITY_IAM"], "EnableTerminationProtection": true, "Tags": []})
    );
}

/// RDS names the elements of some lists (`Tags.Tag.1.Key`, `<DBSnapshots><DBSnapshot>`).
#[test]
fn rds_names_its_list_elements() {
    let body = "Action=AddTagsToResource&Version=2014-10-31&ResourceName=arn&Tags.Tag.1.Key=k&Tags.Tag.1.Value=v";
    let decoded = decode(&request("rds", "POST", "/", &[], body)).expect("decoded");
    assert_eq!(decoded.input, json!({"ResourceName": "arn", "Tags": [{"Key": "k", "Value": "v"}]}));
    let answer =
        encode(Service::Rds, "DescribeDBSnapshots", &json!({"DBSnapshots": [{"DBSnapshotIdentifier": "a&b"}]}), "r");
    let xml = String::from_utf8(answer.body).expect("text");
    assert!(
        xml.contains(
            "<DBSnapshots><DBSnapshot><DBSnapshotIdentifier>a&amp;b</DBSnapshotIdentifier></DBSnapshot></DBSnapshots>"
        ),
        "{xml}"
    );
}

#[test]
fn what_the_model_demands_is_demanded_in_the_services_words() {
    let headers = [("x-amz-target", "TrentService.DescribeKey")];
    let refusal = decode(&request("kms", "POST", "/", &headers, "{}")).expect_err("refused");
    assert_eq!(refusal.error.code, "ValidationException");
    assert_eq!(
        refusal.error.message,
        "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null"
    );
}

#[test]
fn what_cannot_be_read_is_refused_and_never_a_panic() {
    let cases = [
        request("kms", "POST", "/", &[("x-amz-target", "TrentService.DescribeKey")], "{"),
        request("kms", "POST", "/", &[("x-amz-target", "Other.DescribeKey")], "{}"),
        request("backup", "GET", "/backup-vaults/%zz", &[], ""),
        request("backup", "GET", "/no/such/path", &[], ""),
        request("backup", "PUT", "/copy-jobs", &[], "[1]"),
        request("sts", "POST", "/", &[], "Action=%ff"),
        request("sts", "POST", "/", &[], "Action=NoSuchThing"),
        request("nosuch", "POST", "/", &[], ""),
        Request::default(),
    ];
    for case in cases {
        let refusal = decode(&case).expect_err("refused");
        let answer = refusal.into_response("r");
        assert!((400..500).contains(&answer.status), "{case:?} {answer:?}");
    }
}

/// The worked example "GET Object"-style test of the AWS General Reference's signature suite
/// (get-vanilla-query-order-key): key AKIDEXAMPLE, service `service`.
#[test]
fn a_signature_of_the_published_suite_is_accepted_and_another_secret_is_not() {
    let request = Request {
        method: "GET".into(),
        path: "/".into(),
        query: "Param2=value2&Param1=value1".into(),
        headers: vec![
            ("Host".into(), "example.amazonaws.com".into()),
            ("X-Amz-Date".into(), "20150830T123600Z".into()),
            (
                "Authorization".into(),
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500".into(),
            ),
        ],
        body: Vec::new(),
    };
    signature::verify(&request, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY").expect("the suite's signature");
    let error = signature::verify(&request, "another").expect_err("another secret");
    assert_eq!(error.code, "SignatureDoesNotMatch");
}
