"""Holds what a client parsed against botocore's service model: types, enums, required members, and
which members ever came with a value."""

import collections
import datetime
import fnmatch

SCALARS = {
    "string": str, "character": str, "integer": int, "long": int, "float": (int, float), "double": (int, float),
    "boolean": bool, "timestamp": datetime.datetime,
}

# Texts that botocore itself reads as JSON before it hands them out.
DECODED = {"policyDocumentType", "TemplateBody"}

# Values that AWS sends and its own model does not list: IAM's documentation and its answers say `Policy`.
UNLISTED = {("PermissionsBoundaryAttachmentType", "Policy")}


def members_of(shape, path, above=()):
    """The paths of all members below a shape that hold no structure themselves."""
    if shape.type_name == "structure":
        if shape.name in above:
            return
        for name, member in shape.members.items():
            yield from members_of(member, f"{path}.{name}", (*above, shape.name))
    elif shape.type_name == "list":
        yield from members_of(shape.member, f"{path}[]", above)
    elif shape.type_name == "map" and shape.value.type_name in ("structure", "list", "map"):
        yield from members_of(shape.value, f"{path}{{}}", above)
    else:
        yield path


def has_value(value):
    return value is not None and value != "" and value != [] and value != {}


class Judge:
    """Collects what was wrong and what was seen."""

    def __init__(self):
        self.wrong = []
        self.called = collections.Counter()
        self.outputs = {}
        self.seen = set()
        self.used = collections.defaultdict(set)

    def see(self, service, model, parsed, status):
        """One answer."""
        operation = f"{service}.{model.name}"
        self.called[operation] += 1
        self.outputs[operation] = model.output_shape
        if not parsed.get("ResponseMetadata", {}).get("RequestId"):
            self.wrong.append(f"{operation}: no request id")
        if status >= 300:
            if not parsed.get("Error", {}).get("Code"):
                self.wrong.append(f"{operation}: status {status} without a code")
            return
        answer = {key: value for key, value in parsed.items() if key != "ResponseMetadata"}
        if model.output_shape is not None:
            self._walk(model.output_shape, answer, operation)

    def _walk(self, shape, value, path):
        kind = shape.type_name
        if kind == "structure":
            if not isinstance(value, dict):
                self.wrong.append(f"{path}: {value!r} is no structure")
                return
            for name in shape.required_members:
                if value.get(name) is None:
                    self.wrong.append(f"{path}.{name}: required, and not there")
            for name, item in value.items():
                if item is not None:
                    self._walk(shape.members[name], item, f"{path}.{name}")
        elif kind == "list":
            if not isinstance(value, list):
                self.wrong.append(f"{path}: {value!r} is no list")
                return
            for item in value:
                self._walk(shape.member, item, f"{path}[]")
        elif kind == "map":
            if not isinstance(value, dict):
                self.wrong.append(f"{path}: {value!r} is no map")
                return
            if shape.value.type_name in ("structure", "list", "map"):
                for item in value.values():
                    self._walk(shape.value, item, f"{path}{{}}")
            elif has_value(value):
                self.seen.add(path)
                for key, item in value.items():
                    self._scalar(shape.key, key, path)
                    self._scalar(shape.value, item, path)
        else:
            self._scalar(shape, value, path)
            if has_value(value):
                self.seen.add(path)

    def _scalar(self, shape, value, path):
        kind = shape.type_name
        if isinstance(value, dict) and shape.name in DECODED:
            return
        if kind == "blob":
            fits = isinstance(value, bytes) or hasattr(value, "read")
        else:
            fits = isinstance(value, SCALARS[kind]) and not (isinstance(value, bool) and kind != "boolean")
        if not fits:
            self.wrong.append(f"{path}: {value!r} is no {kind}")
        elif kind == "string" and shape.enum and value not in shape.enum and (shape.name, value) not in UNLISTED:
            self.wrong.append(f"{path}: {value!r} is none of {shape.enum}")

    def not_seen(self, lists):
        """Judges the members that were never seen against the committed list.

        `lists` maps `elsewhere` (AWS fills them for what this world cannot hold) and `absent` (AWS
        fills them, the sandbox does not) to entries with a reason and patterns. Returns the lines to
        print, and what is wrong.
        """
        wrong, lines = [], []
        patterns = [(kind, pattern) for kind in ("elsewhere", "absent") for entry in lists.get(kind, [])
                    for pattern in entry["members"]]
        for kind in ("elsewhere", "absent", "below", "must", "no_filter"):
            for entry in lists.get(kind, []):
                if len(entry.get("reason", "")) < 10:
                    wrong.append(f"{kind} {entry}: no reason")
        matched = collections.defaultdict(set)
        whole = collections.Counter()
        below = {operation for entry in lists.get("below", []) for operation in entry["operations"]}
        for member in (member for entry in lists.get("must", []) for member in entry["members"]):
            if member not in self.seen and member.split(".")[0] in {name.split(".")[0] for name in self.outputs}:
                wrong.append(f"{member}: must be seen with a value")
        for operation, shape in sorted(self.outputs.items()):
            paths = list(dict.fromkeys(members_of(shape, operation))) if shape is not None else []
            held = collections.Counter()
            for path in paths:
                kinds = {kind for kind, pattern in patterns if covers(pattern, path) and not matched[pattern].add(path)}
                if path in self.seen:
                    held["seen"] += 1
                    if kinds:
                        wrong.append(f"{path}: listed as {'/'.join(kinds)}, and seen with a value")
                elif not kinds:
                    wrong.append(f"{path}: never seen with a value, and not listed")
                elif len(kinds) == 2:
                    wrong.append(f"{path}: listed twice, as elsewhere and as absent")
                else:
                    held[kinds.pop()] += 1
            due = held["seen"] + held["absent"]
            few = bool(due) and held["seen"] < 0.8 * due
            if few and operation not in below:
                wrong.append(f"{operation}: {held['seen']} of {due} members seen, less than 80 %")
            if operation in below and not few:
                wrong.append(f"{operation}: listed as below 80 %, and is not")
            lines.append(f"{operation}: {held['seen']} of {due} members, {held['elsewhere']} of what is not here")
            whole.update(held)
        for _, pattern in patterns:
            if not matched[pattern]:
                wrong.append(f"{pattern}: listed, and no member of any answer")
        due = whole["seen"] + whole["absent"]
        lines.append(f"{len(self.outputs)} operations: {whole['seen']} of {due} members seen with a value, "
                     f"{whole['elsewhere']} belong to what this world does not hold")
        return lines, wrong


def covers(pattern, path):
    """A pattern covers the members that it matches and all below them."""
    pattern = pattern.replace("[]", "[[][]]")
    return fnmatch.fnmatchcase(path, pattern) or any(
        fnmatch.fnmatchcase(path, pattern + tail) for tail in (".*", "[[][]]*", "{}*"))
