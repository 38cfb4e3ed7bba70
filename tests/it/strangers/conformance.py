"""Calls every operation of a served sandbox and judges the answers: endpoint, operations as JSON, service…"""

import importlib
import json
import pathlib
import sys
import tomllib
import traceback

from clients import Served
from judge import Judge

NOT_FILTERS = {"NextToken", "MaxResults", "MaxRecords", "Marker", "MaxItems", "Limit", "limit", "nextToken"}


class Lists:
    """Every filter of a list has a case that leaves something out."""

    def __init__(self):
        self.cases = set()
        self.wrong = []

    def leaves_out(self, client, name, key, base=None, among=None, empty=False, equal=None, **arguments):
        """With these arguments beside those of `base` the list is shorter than with `base` (and `among`) alone, and not
        empty unless `empty`; `equal` says why it may be as long."""
        operation = getattr(client, name)
        model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[name])
        required = set(model.input_shape.required_members)
        filters = {argument for argument in arguments if argument not in required}
        plain = {argument: value for argument, value in arguments.items() if argument in required} | (base or {})
        every = operation(**plain, **(among or {}))[key]
        some = operation(**(base or {}), **arguments)[key]
        if equal is None and len(some) >= len(every) or empty != (not some):
            self.wrong.append(f"{name} {arguments}: {len(some)} of {len(every)}")
        self.cases.update((model.service_model.signing_name, model.name, argument) for argument in filters)


def is_list(model):
    """Whether an operation answers with a list."""
    if model.name.startswith(("List", "Filter")):
        return True
    members = model.output_shape.members.values() if model.output_shape is not None else []
    return model.name.startswith("Describe") and any(member.type_name == "list" for member in members)


def uncovered_filters(served_models, cases, listed):
    """The optional inputs of lists for which there is no case, and the entries that are stale."""
    wrong = []
    known = {tuple(member.split(".")): entry for entry in listed for member in entry["members"]}
    for service, model in served_models:
        if model.input_shape is None or not is_list(model):
            continue
        for member in model.input_shape.members:
            if member in NOT_FILTERS or member in model.input_shape.required_members:
                continue
            case = (service, model.name, member)
            if case in cases and case in known:
                wrong.append(f"{'.'.join(case)}: listed as without a case, and has one")
            if case not in cases and case not in known:
                wrong.append(f"{'.'.join(case)}: an input of a list without a case that leaves something out")
    return wrong


def main(endpoint, operations, *only):
    served, lists, judge = Served(endpoint), Lists(), Judge()
    wanted = json.loads(pathlib.Path(operations).read_text())
    wrong = []
    for service in only or sorted(wanted):
        try:
            importlib.import_module(f"calls_{service}").calls(served, lists)
        except Exception as error:
            ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "strangers" in frame.filename]
            wrong.append(f"{service}: {pathlib.Path(ours[-1].filename).name} line {ours[-1].lineno}: {error!r}")
    pages = served.pages.most
    wrong += served.pages.wrong
    models = {}
    for service, model, parsed, status in served.answers:
        judge.see(service, model, parsed, status)
        models[(service, model.name)] = model
    listed = tomllib.loads((pathlib.Path(__file__).parent / "not_seen.toml").read_text())
    if only:
        for kind in ("elsewhere", "absent"):
            for entry in listed.get(kind, []):
                entry["members"] = [m for m in entry["members"] if m.split(".")[0] in only]
        listed["below"] = [e for e in listed.get("below", []) if any(o.split(".")[0] in only for o in e["operations"])]
        listed["no_filter"] = [e for e in listed.get("no_filter", [])
                               if any(m.split(".")[0] in only for m in e["members"])]
        for operation in list(judge.outputs):
            if operation.split(".")[0] not in only:
                del judge.outputs[operation]
        models = {key: model for key, model in models.items() if key[0] in only}
    lines, differences = judge.not_seen(listed)
    wrong += lists.wrong + judge.wrong + differences
    wrong += uncovered_filters([(key[0], model) for key, model in models.items()], lists.cases,
                               listed.get("no_filter", []))
    for service in only or sorted(wanted):
        for operation in wanted[service]:
            if f"{service}.{operation}" not in judge.called:
                wrong.append(f"{service}.{operation}: the sandbox has it, and nobody called it")
    lines.append(f"{sum(judge.called.values())} calls; {sum(count > 1 for count in pages.values())} of {len(pages)} lists "
                 f"that page came in more than one page")
    print("\n".join(lines))
    if wrong:
        print("\n".join(dict.fromkeys(wrong)))
        sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
