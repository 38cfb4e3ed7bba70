"""Asks one server the same signed question over and over, from one or more processes, and counts.

    client.py ENDPOINT CALLS CLIENTS

The question is DescribeBackupVault, authorized like any call; the vault is made first. A signature is made once: what
is measured is the server, as far as a client on the same machine lets it show. Needs nothing but Python.
"""

import hashlib
import hmac
import json
import multiprocessing
import socket
import sys
import time
from urllib.parse import urlsplit

ACCOUNT, REGION, INSTANT = "111111111111", "us-east-1", "20260105T060000Z"


def signed(method, path, host, body=b""):
    """IAM User Guide, "Create a signed AWS API request"."""
    date = INSTANT[:8]
    scope = f"{date}/{REGION}/backup/aws4_request"
    names = "host;x-amz-date"
    payload = hashlib.sha256(body).hexdigest()
    canonical = f"{method}\n{path}\n\nhost:{host}\nx-amz-date:{INSTANT}\n\n{names}\n{payload}"
    to_sign = f"AWS4-HMAC-SHA256\n{INSTANT}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = b"AWS4sandbox"
    for part in (date, REGION, "backup", "aws4_request", to_sign):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    authorization = f"AWS4-HMAC-SHA256 Credential=AKIA{ACCOUNT}SAND/{scope}, SignedHeaders={names}, Signature={key.hex()}"
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nX-Amz-Date: {INSTANT}\r\nAuthorization: {authorization}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Connection:
    def __init__(self, address):
        self.address = address
        self.socket = None
        self.rest = b""

    def ask(self, request):
        """The status of the answer, read to its end."""
        if self.socket is None:
            self.socket = socket.create_connection(self.address, timeout=60)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.rest = b""
        self.socket.sendall(request)
        buffer = self.rest
        while b"\r\n\r\n" not in buffer:
            buffer += self.more()
        head, _, body = buffer.partition(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
        while len(body) < length:
            body += self.more()
        self.rest = body[length:]
        if b"connection: close" in lines:
            self.socket.close()
            self.socket = None
        return int(head.split(b" ", 2)[1])

    def more(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("closed in the middle of an answer")
        return piece


def ask_often(address, host, calls, begin, results):
    request = signed("GET", "/backup-vaults/bench", host)
    connection = Connection(address)
    begin.wait()
    started = time.monotonic()
    answered = sum(connection.ask(request) == 200 for _ in range(calls))
    results.put((answered, started, time.monotonic()))


def main():
    endpoint, calls, clients = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    place = urlsplit(endpoint)
    address, host = (place.hostname, place.port), place.netloc
    # It may be there already.
    Connection(address).ask(signed("PUT", "/backup-vaults/bench", host, b"{}"))
    context = multiprocessing.get_context("fork")
    begin, results = context.Barrier(clients), context.Queue()
    arguments = (address, host, calls // clients, begin, results)
    workers = [context.Process(target=ask_often, args=arguments) for _ in range(clients)]
    for worker in workers:
        worker.start()
    ended = [results.get(timeout=600) for _ in workers]
    for worker in workers:
        worker.join()
    seconds = max(end for _, _, end in ended) - min(start for _, start, _ in ended)
    asked = calls // clients * clients
    print(json.dumps({"asked": asked, "answered": sum(count for count, _, _ in ended), "seconds": seconds}))


main()
