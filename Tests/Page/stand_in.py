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

FILES = pathlib.Path(__file__).resolve().parents[2] / "Sources/PageFiles/Resources"
ROUTES = FILES.parents[1] / "Web/Page/PageRoutes.swift"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
STATES = ["healed", "healed", "unhealed", "blocked", "observed", "healed", "inconclusive", "refused"]


def policy():
    """The policy that the real server sends, out of its source."""
    text = re.search(r'policy = """\n(.*?)"""', ROUTES.read_text(), re.S).group(1)
    return " ".join(text.replace("\\\n", "").split())


def moment(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds % 1 * 1000):03d}Z"


class World:
    """Everything that is told, made up from a place in a list."""

    def __init__(self, arguments):
        self.began = time.time()
        self.calm = arguments.calm
        self.alerts = {a["fingerprint"]: a for a in (self.alert(n) for n in range(0 if self.calm else arguments.alerts))}
        self.units = [self.unit(n) for n in range(arguments.units)]
        self.record_count = arguments.records
        self.runs = [self.run(n) for n in range(60)]

    def alert(self, n):
        firing = n % 5 != 4
        name = ["ServiceDown", "HighMemory", "DiskFilling", "HighLatency", "QueueBacklog"][n % 5]
        return {
            "fingerprint": f"{n * 2654435761 % 2**64:016x}", "name": name, "state": "firing" if firing else "pending",
            "labels": {"alertname": name, "instance": f"host-{n // 5:03d}:9100", "name": f"app-{n:03d}.service",
                       "severity": ["critical", "warning", "info"][n % 3]},
            "annotations": {"summary": f"app-{n:03d} has not answered for a while; {n % 17} requests wait"},
            "value": str(n * 1.37), "activeAt": moment(self.began - 60 * (n + 3)),
            **({"firesSince": moment(self.began - 60 * n)} if firing else {}),
            "forSeconds": 120, "group": "services", "file": "rules/service.yml",
        }

    def unit(self, n):
        state = "failed" if not self.calm and n % 40 == 7 else "inactive" if n % 9 == 3 else "active"
        return {"name": f"app-{n:03d}.service", "description": f"Application number {n}", "state": state,
                "sub": {"active": "running", "failed": "failed", "inactive": "dead"}[state], "isIll": state == "failed",
                "since": moment(self.began - 977 * n - 60), "restarts": n % 4, "memoryBytes": 1e6 * (n * 37 % 900 + 4),
                "tasks": n % 30 + 1, "alerts": 1 if state == "failed" else 0}

    def run(self, n):
        opened = self.began - 45 - 1900 * n
        state = ["waiting", "running", "verifying"][n] if n < 3 and not self.calm else STATES[n % len(STATES)]
        is_open = state in ("waiting", "running", "verifying")
        alert = self.alert(n)
        run = {"id": f"run-{n:04d}", "playbook": ["restart-service", "roll-back-config", "clean-disk"][n % 3],
               "subject": f'{{name="app-{n:03d}.service"}}', "alert": alert["name"], "fingerprint": alert["fingerprint"],
               "unit": f"app-{n:03d}.service", "state": state, "isOpen": is_open, "opened": moment(opened),
               "text": {"waiting": "an operator must approve it",
                        "running": "step 2 of 3: systemd.restart", "verifying": "healthy 1 of 3",
                        "healed": "the alert stopped being true, three times in a row",
                        "blocked": "cooldown: 4m 12s are left of 10m"}.get(state, f"ended {state}"), "mode": "approve"}
        if is_open:
            run["progress"] = {"step": n % 3, "of": 3, "name": "restart the service", "action": "systemd.restart"}
        else:
            run |= {"ended": moment(opened + 74.2), "durationSeconds": 74.2}
        if state == "waiting":
            run |= {"waitingFor": "an operator's word", "digest": "d41d8cd98f00b204"}
        return run

    def detail(self, run):
        opened = self.began - 45
        at = lambda seconds: moment(opened + seconds)
        begun = run["state"] != "waiting"
        step = lambda index, name, action, sentence, begin, end, **more: {
            "index": index, "part": "steps", "name": name, "action": action, "sentence": sentence,
            "arguments": {"unit": run["unit"]}, "timeoutSeconds": 60, "isRepeatable": True, "isTreatment": index > 0,
            "state": "succeeded" if begun else "not_begun",
            "attempts": [{"attempt": 1, "began": at(begin), "ended": at(end), "durationSeconds": end - begin,
                          "result": "succeeded", "message": f"{action} did what it was asked", **more}] if begun else []}
        return {**run, "subjectLabels": {"name": run["unit"]}, "variables": {"unit": run["unit"]},
                "trigger": {"labels": self.alert(0)["labels"], "annotations": self.alert(0)["annotations"], "value": "0",
                            "startsAt": at(-120), "origin": "rule", "expression": 'up{job="api"} == 0'},
                "joined": [], "units": [run["unit"]], "locks": [f"unit/{run['unit']}"],
                "guards": [
                    {"guard": "cooldown", "allowed": True, "sentence": "the last run ended 3h ago, 10m are asked for", "facts": {"elapsedSeconds": 10800}},
                    {"guard": "limit", "allowed": True, "sentence": "1 of 3 runs within 1h", "facts": {"runs": 1, "limit": 3}},
                    {"guard": "breaker", "allowed": True, "sentence": "the breaker is closed", "facts": {}},
                    {"guard": "min_uptime", "allowed": False, "sentence": "the unit has been up for 48s of 2m", "facts": {"uptimeSeconds": 48}, "retryAfterSeconds": 72}],
                "steps": [
                    step(0, "keep evidence", "diagnostics.collect", f"collects the journal of {run['unit']}", 1, 3.4, output="journal: 200 lines\nsockets: 14", evidence=["evidence/run-0001/journal.txt"]),
                    step(1, "restart the service", "systemd.restart", f"restarts {run['unit']}", 3.5, 9.1,
                         before={"active": "failed", "pid": 0}, after={"active": "active", "pid": 4711}),
                    step(2, "put the configuration back", "config.rollback", "puts /etc/api/api.yaml back to the version of yesterday", 9.2, 11,
                         diff="--- now\n+++ candidate\n@@ -3,4 +3,4 @@\n listen: 80\n-workers: 4000\n+workers: 40\n")],
                "verification": {"expression": 'up{job="api"} == 0', "everySeconds": 15, "healthy": 3, "withinSeconds": 300,
                                 "samples": [{"at": at(15 + 15 * n), "result": "ill" if n < 1 else "healthy", "reason": "the expression returns nothing"} for n in range(4)] if begun else []},
                "notifications": [], "rollbacks": [],
                "records": [self.record(n) for n in range(5)]}

    def record(self, n):
        kind = ["transition", "run", "step", "notification", "verdict", "act", "medic", "config"][n * 7 % 8]
        unit = f"app-{n % 200:03d}.service"
        return {"id": self.record_count - n, "at": moment(self.began - n * 97), "kind": kind, "name": "fired",
                "alert": "ServiceDown", "fingerprint": f"{n % 500 * 2654435761 % 2**64:016x}", "unit": unit,
                **({"run": f"run-{n % 60:04d}", "playbook": "restart-service"} if kind in ("run", "step", "verdict") else {}),
                "text": f"record {n} of {unit}: what happened, in one sentence of the usual length", "details": {"value": n}}


def answer(world, path, ask):
    """What the API answers; None where there is nothing."""
    limit = int(ask.get("limit", 100))
    start = int(ask.get("after") or 0)
    parts = path.strip("/").split("/")
    if path == "/medic/v1/alerts":
        return {"alerts": list(world.alerts.values())[:limit]}
    if parts[:3] == ["medic", "v1", "alerts"]:
        alert = world.alerts.get(parts[3]) or world.alert(0)
        now = time.time()
        curve = [[now - 3600 + 15 * n, 40 + 30 * math.sin(n / 23) + (35 if n > 180 else 0)] for n in range(240)]
        return {**alert, "expression": "sum by (name) (rate(requests_waiting[5m])) > 70",
                "conditions": [{"text": "sum by (name) (rate(requests_waiting[5m])) > 70", "subject": "sum by (name) (rate(requests_waiting[5m]))", "operation": ">", "threshold": 70}],
                "curve": {"start": now - 3600, "end": now, "stepSeconds": 15, "series": [{"labels": {"name": alert["labels"]["name"]}, "values": curve}]},
                "runs": world.runs[:3], "transitions": [{**world.record(n), "kind": "transition", "name": name, "at": at} for n, (name, at) in enumerate([("firing", alert.get("firesSince")), ("pending", alert["activeAt"])]) if at], "unit": alert["labels"]["name"],
                "route": ["default", "oncall"], "silences": [],
                "journal": [{"at": moment(now - 60 + n), "priority": ["info", "warning", "err"][n % 3], "program": "api", "text": f"line {n}: connection refused"} for n in range(12)],
                "playbooks": [{"playbook": "restart-service", "matches": True, "sentence": "it would run now", "mode": "approve", "guards": world.detail(world.runs[0])["guards"], "run": world.runs[0]["id"]}]}
    if path == "/medic/v1/runs":
        wanted = [r for r in world.runs if ask.get("state") != "open" or r["isOpen"]]
        return {"runs": wanted[:limit]}
    if parts[:3] == ["medic", "v1", "runs"]:
        return world.detail(next((r for r in world.runs if r["id"] == parts[3]), world.runs[0]))
    if path == "/medic/v1/healing":
        return {"ceiling": "auto"}
    if path == "/medic/v1/health":
        return {"status": "healthy", "checks": [{"name": "history", "status": "healthy", "message": "", "latencySeconds": 0.0004}]}
    if path == "/medic/v1/units":
        return {"units": world.units[:limit]}
    if parts[:3] == ["medic", "v1", "units"]:
        unit = next(u for u in world.units if u["name"] == parts[3])
        return {**unit, "load": "loaded", "result": "success", "mainPID": 4711, "uptimeSeconds": 977, "cpuSeconds": 31.5,
                "needs": ["network.target"], "alerts": list(world.alerts.values())[:2], "runs": world.runs[:4],
                "playbooks": [{"playbook": "restart-service", "lastRun": world.runs[4]["opened"], "sentence": "it may run again", "guards": world.detail(world.runs[0])["guards"][:2]}],
                "journal": [{"at": moment(time.time() - n), "priority": "info", "program": "app", "text": f"served request {n}"} for n in range(30)]}
    if path == "/medic/v1/history":
        end = min(start + limit, world.record_count)
        return {"records": [world.record(n) for n in range(start, end)], **({"next": str(end)} if end < world.record_count else {})}
    if path == "/medic/v1/calendar":
        hour = int(world.began // 3600) * 3600
        hours = [(n, int(9 * max(0, math.sin(n / 5) * math.sin(n / 37)) ** 3 * 12)) for n in range(28 * 24)]
        return {"hours": [{"at": moment(hour - 3600 * n), "fired": fired, "resolved": fired, "runs": fired // 2, "healed": fired // 3, "failed": 0, "notifications": fired // 4, "acts": 0} for n, fired in hours if fired]}
    if path == "/medic/v1/playbooks":
        return {"healing": {"ceiling": "auto"}, "playbooks": [playbook(world, n) for n in range(13)]}
    if parts[:3] == ["medic", "v1", "playbooks"]:
        return {**playbook(world, 0), "name": parts[3], "source": "playbooks:\n  - name: restart-service\n    mode: approve\n", "steps": [{"part": "steps", "name": "restart", "action": "systemd.restart"}],
                "guards": {"cooldownSeconds": 600, "limit": {"runs": 3, "withinSeconds": 3600}, "minUptimeSeconds": 120}, "verification": {"everySeconds": 15, "healthy": 3, "withinSeconds": 300}, "runs": world.runs[:10]}
    if path == "/api/v1/targets":
        return {"activeTargets": [{"discoveredLabels": {}, "labels": {"instance": f"host-{n}:9100", "job": "node"}, "scrapePool": "node", "scrapeUrl": f"http://host-{n}:9100/metrics", "globalUrl": "",
                "lastError": "connection refused" if n == 3 and not world.calm else "", "lastScrape": moment(time.time() - 3), "lastScrapeDuration": 0.012, "health": "down" if n == 3 and not world.calm else "up", "scrapeInterval": "15s", "scrapeTimeout": "10s"} for n in range(8)], "droppedTargets": [], "droppedTargetCounts": {}}
    if path == "/api/v1/rules":
        rule = lambda n: {"name": f"Rule{n}", "type": "alerting", "state": ["inactive", "firing", "pending"][n % 3], "query": f'sum by (name) (rate(requests_total{{code=~"5.."}}[5m])) > {n}', "duration": 120, "keepFiringFor": 0, "labels": {"severity": "page"}, "annotations": {}, "alerts": [], "health": "ok", "evaluationTime": 0.0003 * (n + 1), "lastEvaluation": moment(time.time() - 4)}
        return {"groups": [{"name": f"group-{g}", "file": "rules/service.yml", "interval": 15, "limit": 0, "evaluationTime": 0.004, "lastEvaluation": moment(time.time() - 4), "rules": [rule(n) for n in range(6)]} for g in range(6)]}
    if path == "/api/v1/query_range":
        first, last, step = float(ask["start"]), float(ask["end"]), float(ask["step"])
        count = int((last - first) / step) + 1
        wanted = ask.get("query", "").strip()
        amount = int(wanted) if wanted.isdigit() else 5
        scale = 0.02 if "1 - " in wanted else 1
        return {"resultType": "matrix", "result": [{"metric": {"instance": f"host-{s:03d}", "job": "node"}, "values": [[first + step * n, str(round(scale * (10 + s + 8 * math.sin(n / (20 + s % 7) + s)), 3))] for n in range(count)]} for s in range(amount)]}
    if path == "/api/v1/query":
        return {"resultType": "vector", "result": [{"metric": {"nodename": "stand-in", "instance": "here"}, "value": [time.time(), "1"]}]}
    if path == "/api/v1/label/__name__/values":
        return ["up", "node_cpu_seconds_total", "node_filesystem_avail_bytes", "node_memory_MemAvailable_bytes", "requests_total"]
    if path == "/api/v1/labels":
        return ["instance", "job", "mode", "name"]
    if parts[:3] == ["api", "v1", "label"]:
        return ["one", "two", "three"]
    if path == "/api/v1/metadata":
        return {"up": [{"type": "gauge", "help": "Whether the target answered", "unit": ""}]}
    if path == "/api/v1/status/config":
        return {"yaml": "global:\n  scrape_interval: 15s\nweb:\n  auth:\n    operators:\n      tokens: [<secret>]\n"}
    if path == "/api/v1/status/flags":
        return {"config.file": "/etc/medic/medic.yml", "web.listen": "127.0.0.1:9120"}
    if path == "/api/v1/status/runtimeinfo":
        return {"startTime": moment(world.began - 9000), "serverTime": moment(time.time()), "reloadConfigSuccess": True, "lastConfigTime": moment(world.began - 9000), "storageRetention": "15d", "CWD": "/var/lib/medic"}
    if path == "/api/v1/status/buildinfo":
        return {"version": "3.5.0", "revision": "medic 0.1"}
    return None


def playbook(world, n):
    return {"name": ["restart-service", "roll-back-config", "clean-disk"][n % 3] + ("" if n < 3 else f"-{n}"), "summary": "Restart the service when it stops answering, keeping evidence first", "file": "playbooks/service-down.yml", "line": 3, "mode": "approve", "effectiveMode": "approve",
            "when": [{"matchers": ['alertname="ServiceDown"'], "firingForSeconds": 30}], "subject": ["name"], "acceptsWebhooks": False, "missingPermits": [] if n else ["unit api.service is not permitted"], "openRuns": [],
            "scorecard": {"runs": 20 + n, "healed": 17, "open": 0, "healedShare": 17 / (20 + n), "medianTimeToHealSeconds": 41 + n, "longestTimeToHealSeconds": 200, "lastRun": moment(world.began - 4000 * n - 50), "baseline": {"cleared": 5, "medianSeconds": 400}},
            "breaker": {"state": "open" if n == 4 else "closed", "subjects": [{"subject": '{name="app-001.service"}', "subjectLabels": {"name": "app-001.service"}, "state": "open", "failures": 2, "openings": 1, "since": moment(world.began - 300), "until": moment(world.began + 3300), "reason": "2 unhealed runs in a row"}] if n == 4 else []}}


class Quiet(ThreadingHTTPServer):
    """A browser that goes on to another page leaves answers behind; that is no news."""

    def handle_error(self, request, client_address):
        pass


def serve(arguments):
    world = World(arguments)
    allowed = policy()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def reply(self, status, kind, body):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Security-Policy", allowed)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            url = urllib.parse.urlparse(self.path)
            ask = dict(urllib.parse.parse_qsl(url.query))
            length = int(self.headers.get("Content-Length") or 0)
            ask |= dict(urllib.parse.parse_qsl(self.rfile.read(length).decode()))
            if url.path == "/medic/v1/events":
                return self.stream()
            name = "index.html" if url.path == "/" else url.path.removeprefix("/page/")
            file = (FILES / name).resolve()
            if file.is_file() and FILES in file.parents and (url.path == "/" or url.path.startswith("/page/")):
                return self.reply(200, TYPES[file.suffix] + "; charset=utf-8", file.read_bytes())
            if url.path == "/api/v2/silences":
                return self.reply(200, "application/json", b"[]")
            data = answer(world, url.path, ask)
            if data is None:
                return self.reply(404, "application/json", json.dumps({"status": "error", "error": f"there is nothing at {url.path}"}).encode())
            self.reply(200, "application/json", json.dumps({"status": "success", "data": data}).encode())

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
                    self.tell(*self.event(number), number)
                    time.sleep(1 / arguments.events_per_second)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def event(self, number):
            if not world.alerts:
                return "health", answer(world, "/medic/v1/health", {})
            now = moment(time.time())
            if number % 4 == 0:
                run = world.runs[1]
                return "step", {"at": now, "run": run["id"], "index": number // 4 % 3, "attempt": 1, "action": "systemd.restart", "state": "running"}
            alert = list(world.alerts.values())[number * 7 % len(world.alerts)]
            return "alert", {"at": now, "change": "value", **alert, "value": str(number)}

        def tell(self, kind, value, number):
            self.wfile.write(f"id: {number}\nevent: {kind}\ndata: {json.dumps(value)}\n\n".encode())
            self.wfile.flush()

    server = Quiet(("127.0.0.1", arguments.port), Handler)
    server.daemon_threads = True
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
