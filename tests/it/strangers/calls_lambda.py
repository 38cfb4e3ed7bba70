"""Lambda: every operation."""

import io
import json
import zipfile

from clients import PRODUCTION, REGION_B, document, refused

ROLE = f"arn:aws:iam::{PRODUCTION}:role/runs"


def packed(source):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("index.py", source)
    return body.getvalue()


def calls(served, lists):
    iam, functions = served.client("iam"), served.client("lambda")
    iam.create_role(RoleName="runs", AssumeRolePolicyDocument=document(
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}))
    iam.put_role_policy(RoleName="runs", PolicyName="all", PolicyDocument=document(
        {"Effect": "Allow", "Action": "*", "Resource": "*"}))
    served.advance(minutes=1)
    queue = served.client("sqs").create_queue(QueueName="failures")["QueueUrl"]
    arn = served.client("sqs").get_queue_attributes(
        QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    made = functions.create_function(
        FunctionName="by-hand", Runtime="python3.13", Role=ROLE, Handler="index.handler", Timeout=5, MemorySize=256,
        Code={"ZipFile": packed("def handler(event, context):\n    return event\n")}, Description="by hand",
        Environment={"Variables": {"WHO": "you"}}, Tags={"team": "dba"}, DeadLetterConfig={"TargetArn": arn},
        LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "WARN",
                       "LogGroup": "/by/hand"})
    assert made["State"] == "Pending", made
    served.advance(minutes=1)
    assert functions.get_function_configuration(FunctionName="by-hand")["State"] == "Active"
    functions.get_function(FunctionName="by-hand")
    functions.update_function_configuration(FunctionName="by-hand", Timeout=6, Description="by hand, again")
    served.advance(minutes=1)
    functions.update_function_code(FunctionName="by-hand", ZipFile=packed("def handler(event, context):\n    raise ValueError(event)\n"))
    served.advance(minutes=1)
    # It raises, and where no Python is at hand it cannot run: either way the function failed, and not the call.
    failed = functions.invoke(FunctionName="by-hand", Payload=b"{}")
    assert failed["FunctionError"] == "Unhandled" and b"errorType" in failed["Payload"].read(), failed
    functions.list_functions()
    functions.get_function(FunctionName="by-hand")
    functions.get_function_configuration(FunctionName="by-hand")
    functions.put_function_concurrency(FunctionName="by-hand", ReservedConcurrentExecutions=2)
    assert functions.get_function_concurrency(FunctionName="by-hand")["ReservedConcurrentExecutions"] == 2
    functions.get_function(FunctionName="by-hand")
    functions.delete_function_concurrency(FunctionName="by-hand")
    functions.add_permission(FunctionName="by-hand", StatementId="events", Action="lambda:InvokeFunction",
                             Principal="events.amazonaws.com", SourceAccount=PRODUCTION)
    assert json.loads(functions.get_policy(FunctionName="by-hand")["Policy"])["Statement"][0]["Sid"] == "events"
    functions.remove_permission(FunctionName="by-hand", StatementId="events")
    refused("ResourceNotFoundException", "", functions.get_policy, FunctionName="by-hand")
    invoke_configs(functions, arn, lists)
    tags = made["FunctionArn"]
    functions.tag_resource(Resource=tags, Tags={"cost": "7"})
    assert functions.list_tags(Resource=tags)["Tags"] == {"team": "dba", "cost": "7"}
    functions.untag_resource(Resource=tags, TagKeys=["cost"])
    functions.delete_function(FunctionName="by-hand")
    refused("ResourceNotFoundException", "Function not found", functions.get_function, FunctionName="by-hand")
    refused("ValidationException", "maxItems", functions.list_functions, MaxItems=10001)

    # The pipeline's own function, which runs in the sandbox by its equivalent.
    there = served.client("lambda", region=REGION_B)
    copies = there.list_functions()["Functions"][0]["FunctionName"]
    there.get_function(FunctionName=copies)
    there.get_function_configuration(FunctionName=copies)
    ran = there.invoke(FunctionName=copies, Payload=json.dumps({"source": "by.hand"}), LogType="Tail")
    assert ran["StatusCode"] == 200 and ran["LogResult"], ran
    assert there.invoke(FunctionName=copies, Payload=b"{}", InvocationType="Event")["StatusCode"] == 202
    assert there.invoke(FunctionName=copies, Payload=b"{}", InvocationType="DryRun")["StatusCode"] == 204
    refused("InvalidRequestContentException", "", there.invoke, FunctionName=copies, Payload=b"{")


def invoke_configs(functions, queue, lists):
    functions.put_function_event_invoke_config(FunctionName="by-hand", MaximumRetryAttempts=1,
                                               MaximumEventAgeInSeconds=300,
                                               DestinationConfig={"OnFailure": {"Destination": queue},
                                                                  "OnSuccess": {"Destination": queue}})
    functions.update_function_event_invoke_config(FunctionName="by-hand", MaximumRetryAttempts=2)
    assert functions.get_function_event_invoke_config(FunctionName="by-hand")["MaximumRetryAttempts"] == 2
    assert len(functions.list_function_event_invoke_configs(
        FunctionName="by-hand")["FunctionEventInvokeConfigs"]) == 1
    functions.delete_function_event_invoke_config(FunctionName="by-hand")
    refused("ResourceNotFoundException", "", functions.get_function_event_invoke_config, FunctionName="by-hand")
