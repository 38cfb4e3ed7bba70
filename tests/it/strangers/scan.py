"""Holds the three templates against checkov and against AWS Control Tower's rules for cfn-guard.

Prints, for each scanner, one JSON line of what it found: `failed` and `skipped`, each as `template/resource/rule`.
checkov reads the `checkov` metadata of a resource itself. Control Tower's rules know no such thing: what a resource
lists under `cfn-guard` with a comment is taken out of the failures here, and listed without failing it is a failure.
"""

import importlib.metadata
import io
import json
import pathlib
import platform
import re
import subprocess
import sys
import tarfile

import yaml


class Template(yaml.SafeLoader):
    """YAML whose short intrinsic functions are left as what they are applied to."""


def _plain(loader, _, node):
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


Template.add_multi_constructor("!", _plain)


def explained(template):
    """The rules that a template lists as skipped by cfn-guard, each with a reason."""
    for resource, definition in yaml.load(template.read_text(), Template)["Resources"].items():
        for skip in definition.get("Metadata", {}).get("cfn-guard", {}).get("skip", []):
            assert len(skip["comment"]) > 20, f"{resource} skips {skip['id']} without a reason"
            yield f"{template.stem}/{resource}/{skip['id']}"


def checkov(folder):
    """What checkov finds, by its own program."""
    program = pathlib.Path(sys.executable).with_name("checkov")
    run = subprocess.run(
        [program, "--directory", folder, "--framework", "cloudformation", "--output", "json", "--skip-download",
         "--compact"], capture_output=True, text=True)
    assert run.stdout, run.stderr
    found = json.loads(run.stdout)
    results = found["results"]

    def named(check):
        return f"{pathlib.Path(check['file_path']).stem}/{check['resource'].split('.')[-1]}/{check['check_id']}"

    for check in results["skipped_checks"]:
        assert len(check["check_result"]["suppress_comment"]) > 20, f"{named(check)} is skipped without a reason"
    assert not results["parsing_errors"], results["parsing_errors"]
    return {
        "passed": found["summary"]["passed"],
        "failed": sorted(named(check) for check in results["failed_checks"]),
        "skipped": sorted(named(check) for check in results["skipped_checks"]),
    }


def unpacked(folder):
    """Unpacks cfn-guard and its rules out of the package that carries them; the program and the rules."""
    files = importlib.metadata.files("cdklabs.cdk-validator-cfnguard")
    archive = next(file for file in files if file.name.endswith(".jsii.tgz"))
    with tarfile.open(fileobj=io.BytesIO(archive.locate().read_bytes())) as packed:
        packed.extractall(folder, filter="data")
    system = "macos" if platform.system() == "Darwin" else "ubuntu"
    machine = "aarch64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    program = folder / "package" / "bin" / system / machine / "cfn-guard"
    program.chmod(0o755)
    return program, folder / "package" / "rules" / "control-tower" / "cfn-guard"


def cfn_guard(folder, work):
    """What cfn-guard finds that no template explains, and what a template explains that it does not find."""
    program, rules = unpacked(work)
    failing, skips, passed = set(), set(), 0
    for template in sorted(folder.glob("*.yml")):
        run = subprocess.run(
            [program, "validate", "--data", template, "--rules", rules, "--structured", "--output-format", "json",
             "--show-summary", "none"], capture_output=True, text=True)
        assert run.stdout, run.stderr
        [result] = json.loads(run.stdout)
        passed += len(result["compliant"])
        for rule in result["not_compliant"]:
            said = json.dumps(rule)
            [identifier] = set(re.findall(r"\[(CT\.[A-Z0-9.]+)\]", said))
            resources = set(re.findall(r"/Resources/(\w+)", said))
            assert resources, said
            failing |= {f"{template.stem}/{resource}/{identifier}" for resource in resources}
        skips |= set(explained(template))
    return {
        "passed": passed,
        "failed": sorted(failing - skips) + sorted(f"{skip} does not fail" for skip in skips - failing),
        "skipped": sorted(skips & failing),
    }


if __name__ == "__main__":
    templates, work = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    print(json.dumps({"scanner": "checkov", **checkov(templates)}))
    print(json.dumps({"scanner": "cfn-guard", **cfn_guard(templates, work)}))
