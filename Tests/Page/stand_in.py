#!/usr/bin/env python3
"""An agent that is not there: the page's own files and answers as the API gives them, in any amount.

    Tests/Page/stand_in.py [--port PORT] [--alerts N] [--units N] [--records N] [--events-per-second N] [--calm]

What the page does with a loaded agent can be measured against it without a host on which five hundred things are broken, and
the page can be worked on without building anything: files come from the folder of their sources at each request. Prints the
address once it listens. The same numbers each time: nothing is random.
"""

import argparse
import json
import math
import pathlib
import re
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from world import World, moment

FILES = pathlib.Path(__file__).resolve().parents[2] / "Sources/PageFiles/Resources"
ROUTES = FILES.parents[1] / "Web/Page/PageRoutes.swift"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
METRICS = ["up", "node_cpu_seconds_total", "node_filesystem_avail_bytes", "node_memory_MemAvailable_bytes", "requests_total"]


def policy():
    """The policy that the real server sends, out of its source."""
    text = re.search(r'policy = """\n(.*?)"""', ROUTES.read_text(), re.S).group(1)
    return " ".join(text.replace("\\\n", "").split())


def matrix(ask):
    """As many series as the expression says, where it is a number; five otherwise."""
    first, last, step = (float(ask[name]) for name in ("start", "end", "step"))
    wanted = ask.get("query", "").strip()
    scale = 0.02 if "1 - " in wanted else 1

    def values(series):
        return [[first + step * n, str(round(scale * (10 + series + 8 * math.sin(n / (20 + series % 7) + series)), 3))]
                for n in range(int((last - first) / step) + 1)]

    amount = int(wanted) if wanted.isdigit() else 5
    return {"resultType": "matrix",
            "result": [{"metric": {"instance": f"host-{n:03d}", "job": "node"}, "values": values(n)} for n in range(amount)]}


def own(world, parts, ask):
    """Answers of medic's own API."""
    limit, start = int(ask.get("limit", 100)), int(ask.get("after") or 0)
    match parts:
        case ["alerts"]:
            return {"alerts": list(world.alerts.values())[:limit]}
        case ["alerts", name]:
            return world.alert_details(name)
        case ["runs"]:
            return {"runs": [run for run in world.runs if ask.get("state") != "open" or run["isOpen"]][:limit]}
        case ["runs", name]:
            return world.run_details(name)
        case ["healing"]:
            return {"ceiling": "auto"}
        case ["health"]:
            return {"status": "healthy", "checks": [{"name": "history", "status": "healthy", "latencySeconds": 0.0004}]}
        case ["units"]:
            return {"units": world.units[:limit]}
        case ["units", name]:
            return world.unit_details(name)
        case ["history"]:
            end = min(start + limit, world.record_count)
            more = {"next": str(end)} if end < world.record_count else {}
            return {"records": [world.record(n) for n in range(start, end)], **more}
        case ["calendar"]:
            return {"hours": world.calendar()}
        case ["playbooks"]:
            return {"healing": {"ceiling": "auto"}, "playbooks": [world.playbook(n) for n in range(13)]}
        case ["playbooks", name]:
            return world.playbook_details(name)


def prometheus(world, parts, ask):
    """Answers of Prometheus's API."""
    match parts:
        case ["targets"]:
            return {"activeTargets": [world.target(n) for n in range(8)], "droppedTargets": [], "droppedTargetCounts": {}}
        case ["rules"]:
            return {"groups": [world.group(n) for n in range(6)]}
        case ["query_range"]:
            return matrix(ask)
        case ["query"]:
            labels = {"nodename": "stand-in", "instance": "here"}
            return {"resultType": "vector", "result": [{"metric": labels, "value": [time.time(), "1"]}]}
        case ["label", "__name__", "values"]:
            return METRICS
        case ["label", _, "values"]:
            return ["one", "two", "three"]
        case ["labels"]:
            return ["instance", "job", "mode", "name"]
        case ["metadata"]:
            return {"up": [{"type": "gauge", "help": "Whether the target answered", "unit": ""}]}
        case ["status", "config"]:
            return {"yaml": "global:\n  scrape_interval: 15s\nweb:\n  auth:\n    operators:\n      tokens: [<secret>]\n"}
        case ["status", "flags"]:
            return {"config.file": "/etc/medic/medic.yml", "web.listen": "127.0.0.1:9120"}
        case ["status", "runtimeinfo"]:
            return {"startTime": world.before(9000), "lastConfigTime": world.before(9000), "reloadConfigSuccess": True,
                    "storageRetention": "15d", "CWD": "/var/lib/medic"}
        case ["status", "buildinfo"]:
            return {"version": "3.5.0", "revision": "medic 0.1"}


def answer(world, path, ask):
    """What is answered; None where there is nothing."""
    match path.strip("/").split("/"):
        case ["medic", "v1", *parts]:
            return own(world, parts, ask)
        case ["api", "v1", *parts]:
            return prometheus(world, parts, ask)


def event(world, number):
    """What happens next, as a kind and what is told of it."""
    now = moment(time.time())
    if not world.alerts:
        return "health", own(world, ["health"], {})
    if number % 4 == 0:
        return "step", {"at": now, "run": world.runs[1]["id"], "index": number // 4 % 3, "attempt": 1, "action": "systemd.restart",
                        "state": "running"}
    alert = list(world.alerts.values())[number * 7 % len(world.alerts)]
    return "alert", {"at": now, "change": "kept", **alert, "value": str(number)}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", self.server.policy)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        url = urllib.parse.urlparse(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        ask = dict(urllib.parse.parse_qsl(url.query)) | dict(urllib.parse.parse_qsl(self.rfile.read(length).decode()))
        if url.path == "/medic/v1/events":
            return self.stream()
        name = "index.html" if url.path == "/" else url.path.removeprefix("/page/")
        file = (FILES / name).resolve()
        if file.is_file() and FILES in file.parents and (url.path == "/" or url.path.startswith("/page/")):
            return self.reply(200, TYPES[file.suffix] + "; charset=utf-8", file.read_bytes())
        if url.path == "/api/v2/silences":
            return self.reply(200, "application/json", b"[]")
        data = answer(self.server.world, url.path, ask)
        if data is None:
            tree, status = {"status": "error", "error": f"there is nothing at {url.path}"}, 404
        else:
            tree, status = {"status": "success", "data": data}, 200
        self.reply(status, "application/json", json.dumps(tree).encode())

    do_POST = do_GET

    def stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        number = 0
        try:
            self.tell("hello", {"version": "stand-in"}, number)
            while True:
                number += 1
                self.tell(*event(self.server.world, number), number)
                time.sleep(1 / self.server.pace)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def tell(self, kind, value, number):
        self.wfile.write(f"id: {number}\nevent: {kind}\ndata: {json.dumps(value)}\n\n".encode())
        self.wfile.flush()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A browser that goes on to another page leaves answers behind; that is no news."""


def serve(asked):
    """Serves in threads of its own, and answers with the address."""
    server = Server(("127.0.0.1", asked.port), Handler)
    server.world = World(asked.alerts, asked.units, asked.records, asked.calm)
    server.policy, server.pace = policy(), asked.events_per_second
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}"


def settings(words=(), **more):
    """What is served when nothing else is asked for, and what is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--alerts", type=int, default=500)
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--events-per-second", type=float, default=50)
    parser.add_argument("--calm", action="store_true", help="nothing is ill")
    return parser.parse_args(words, argparse.Namespace(**more))


if __name__ == "__main__":
    print(serve(settings(sys.argv[1:])), flush=True)
    threading.Event().wait()
