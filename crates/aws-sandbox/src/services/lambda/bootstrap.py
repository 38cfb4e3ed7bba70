"""Runs one Lambda function once, in the sandbox's time and against the sandbox's endpoint.

Its one argument names the invocation (JSON); the result is written beside it. What the function prints goes to the
process's own streams, which are its log.

The clock stands still at the invocation's instant, as it does for every call that the world answers meanwhile; only
`time.sleep` moves it. A function that reaches for another machine is kept from it, so that a mistake stays here; code
that means to get round this can.
"""

import datetime
import json
import os
import sys
import time
import traceback
from importlib import import_module, metadata, util

HERE = os.path.dirname(os.path.abspath(__file__))
# Python's own modules stay importable, this file's folder is the function's.
# The first boto3 that reads AWS_ENDPOINT_URL.
OLDEST_BOTO3 = (1, 28)


class TimedOut(BaseException):
    """The function slept longer than its timeout."""


class Clock:
    def __init__(self, now_ms, timeout_seconds):
        self.now_ns = now_ms * 1_000_000
        self.end_ns = self.now_ns + timeout_seconds * 1_000_000_000

    def sleep(self, seconds):
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        self.now_ns += int(seconds * 1_000_000_000)
        if self.now_ns > self.end_ns:
            raise TimedOut

    def remaining_ms(self):
        return max(0, (self.end_ns - self.now_ns) // 1_000_000)


def install(clock):
    """Puts the clock behind `time` and `datetime`, before anybody imports from them."""
    real, real_date = datetime.datetime, datetime.date
    gmtime, strftime = time.gmtime, time.strftime

    class Meta(type):
        def __instancecheck__(cls, value):
            return isinstance(value, real) if cls is Datetime else type.__instancecheck__(cls, value)

        def __subclasscheck__(cls, other):
            return issubclass(other, real) if cls is Datetime else type.__subclasscheck__(cls, other)

    class Datetime(real, metaclass=Meta):
        @classmethod
        def now(cls, tz=None):
            moment = cls.fromtimestamp(0, datetime.timezone.utc)
            moment += datetime.timedelta(microseconds=clock.now_ns // 1000)
            return moment.replace(tzinfo=None) if tz is None else moment.astimezone(tz)

        @classmethod
        def utcnow(cls):
            return cls.now()

        @classmethod
        def today(cls):
            return cls.now()

    class DateMeta(type):
        def __instancecheck__(cls, value):
            return isinstance(value, real_date) if cls is Date else type.__instancecheck__(cls, value)

        def __subclasscheck__(cls, other):
            return issubclass(other, real_date) if cls is Date else type.__subclasscheck__(cls, other)

    class Date(real_date, metaclass=DateMeta):
        @classmethod
        def today(cls):
            now = Datetime.now()
            return cls(now.year, now.month, now.day)

    for shown, name in ((Datetime, "datetime"), (Date, "date")):
        shown.__name__ = shown.__qualname__ = name
        shown.__module__ = "datetime"
        setattr(datetime, name, shown)
    time.time_ns = lambda: clock.now_ns
    time.time = lambda: clock.now_ns / 1_000_000_000
    time.sleep = clock.sleep
    time.gmtime = lambda seconds=None: gmtime(time.time() if seconds is None else seconds)
    # A function's time zone is UTC.
    time.localtime = time.gmtime
    time.strftime = lambda layout, moment=None: strftime(layout, time.gmtime() if moment is None else moment)


def keep_inside(event, arguments):
    loopback = ("127.0.0.1", "::1", "localhost")
    if event == "socket.connect":
        address = arguments[1]
        reached = address[0] if isinstance(address, tuple) else address
    elif event == "socket.getaddrinfo":
        reached = arguments[0] or loopback[0]
    else:
        return
    if isinstance(reached, bytes):
        reached = reached.decode("ascii", "replace")
    if reached not in loopback:
        raise PermissionError("the sandbox keeps a function from reaching " + str(reached))


def version(package):
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def point_at(endpoint):
    """Every client without an endpoint of its own gets the sandbox's, the services with old names too."""
    if util.find_spec("botocore") is None:
        return
    session = import_module("botocore.session").Session
    create_client = session.create_client

    def at_endpoint(self, *arguments, **options):
        options["endpoint_url"] = options.get("endpoint_url") or endpoint
        return create_client(self, *arguments, **options)

    session.create_client = at_endpoint


class Context:
    function_version = "$LATEST"
    identity = None
    client_context = None

    def __init__(self, given, clock):
        self.__dict__.update(given)
        self._clock = clock

    def get_remaining_time_in_millis(self):
        return self._clock.remaining_ms()


def log_as_lambda(request_id):
    logging = import_module("logging")
    handler = logging.StreamHandler(sys.stdout)
    layout = "[%(levelname)s]\t%(asctime)s.%(msecs)dZ\t" + request_id + "\t%(message)s"
    formatter = logging.Formatter(layout, "%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.getLogger().addHandler(handler)


def failure(kind, message, request_id, frames=()):
    payload = {"errorMessage": message, "errorType": kind, "requestId": request_id, "stackTrace": list(frames)}
    log = "[ERROR] " + kind + (": " + message if message else "")
    if frames:
        log += "\nTraceback (most recent call last):\n" + "".join(frames)
    return {"failed": True, "payload": payload, "log": log.rstrip("\n")}


def raised(error, request_id):
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if frame.filename != os.path.abspath(__file__)]
    return failure(type(error).__name__, str(error), request_id, traceback.format_list(inside))


def load(invocation):
    module, name = invocation["handler"].rsplit(".", 1)
    request_id = invocation["context"]["aws_request_id"]
    try:
        return getattr(import_module(module), name), None
    except ImportError as error:
        result = failure("Runtime.ImportModuleError", f"Unable to import module '{module}': {error}", request_id)
        if error.name in ("boto3", "botocore"):
            result["lacks"] = error.name
        return None, result
    except AttributeError:
        message = f"Handler '{name}' missing on module '{module}'"
        return None, failure("Runtime.HandlerNotFound", message, request_id)
    except SyntaxError as error:
        message = f"Syntax error in module '{module}': {error}"
        return None, failure("Runtime.UserCodeSyntaxError", message, request_id)
    except Exception as error:
        return None, raised(error, request_id)


def invoke(invocation, clock):
    request_id = invocation["context"]["aws_request_id"]
    found = version("boto3")
    if found and tuple(int(part) for part in found.split(".")[:2]) < OLDEST_BOTO3:
        message = f"the machine's boto3 {found} cannot be pointed at the sandbox: it takes 1.28 or later"
        return {**failure("Runtime.SandboxNeedsPython", message, request_id), "lacks": "a newer boto3"}
    point_at(invocation["endpoint"])
    log_as_lambda(request_id)
    try:
        handler, result = load(invocation)
        if handler is None:
            return result
        # From here on the function's own time counts.
        open(os.path.join(HERE, ".begun"), "w").close()
        answer = handler(invocation["event"], Context(invocation["context"], clock))
    except TimedOut:
        return {"timed_out": True}
    except Exception as error:
        return raised(error, request_id)
    try:
        return {"failed": False, "payload": json.loads(json.dumps(answer))}
    except (TypeError, ValueError) as error:
        return failure("Runtime.MarshalError", f"Unable to marshal response: {error}", request_id)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        invocation = json.load(file)
    clock = Clock(invocation["now_ms"], invocation["timeout_seconds"])
    install(clock)
    sys.addaudithook(keep_inside)
    result = invoke(invocation, clock)
    boto3 = version("boto3")
    result["runtime"] = "python-" + ".".join(map(str, sys.version_info[:3])) + (f".boto3-{boto3}" if boto3 else "")
    draft = os.path.join(HERE, ".result.new")
    with open(draft, "w", encoding="utf-8") as file:
        json.dump(result, file)
    os.replace(draft, os.path.join(HERE, ".result"))


main()
