"""What the stand-in tells: answers in the shapes of the API, made up from numbers, the same each time."""

import math
import time

STATES = ["healed", "healed", "unhealed", "blocked", "observed", "healed", "inconclusive", "refused"]
OPEN = {"waiting", "running", "verifying"}
PLAYBOOKS = ["restart-service", "roll-back-config", "clean-disk"]
KINDS = ["transition", "run", "step", "notification", "verdict", "act", "medic", "config"]
SENTENCES = {
    "waiting": "an operator must approve it", "running": "step 2 of 3: systemd.restart", "verifying": "healthy 1 of 3",
    "healed": "the alert stopped being true, three times in a row", "blocked": "cooldown: 4m 12s are left of 10m",
}
GUARDS = [
    {"guard": "cooldown", "allowed": True, "sentence": "the last run ended 3h ago, 10m are asked for", "facts": {"elapsedSeconds": 10800}},
    {"guard": "limit", "allowed": True, "sentence": "1 of 3 runs within 1h", "facts": {"runs": 1, "limit": 3}},
    {"guard": "breaker", "allowed": True, "sentence": "the breaker is closed", "facts": {}},
    {"guard": "min_uptime", "allowed": False, "sentence": "the unit has been up for 48s of 2m", "facts": {"uptimeSeconds": 48},
     "retryAfterSeconds": 72},
]
DIFFERENCE = "--- now\n+++ candidate\n@@ -3,4 +3,4 @@\n listen: 80\n-workers: 4000\n+workers: 40\n"
CONDITION = {"text": "sum by (name) (rate(requests_waiting[5m])) > 70", "subject": "sum by (name) (rate(requests_waiting[5m]))",
             "operation": ">", "threshold": 70}


def moment(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds % 1 * 1000):03d}Z"


def fingerprint(n):
    return f"{n * 2654435761 % 2**64:016x}"


def unit_name(n):
    return f"app-{n:03d}.service"


class World:
    """Everything that is told, made up from a place in a list."""

    def __init__(self, alerts, units, records, calm):
        self.began = time.time()
        self.calm = calm
        self.alerts = {} if calm else {fingerprint(n): self.alert(n) for n in range(alerts)}
        self.units = [self.unit(n) for n in range(units)]
        self.record_count = records
        self.runs = [self.run(n) for n in range(60)]

    def before(self, seconds):
        return moment(self.began - seconds)

    def alert(self, n):
        firing = n % 5 != 4
        name = ["ServiceDown", "HighMemory", "DiskFilling", "HighLatency", "QueueBacklog"][n % 5]
        return {
            "fingerprint": fingerprint(n), "name": name, "state": "firing" if firing else "pending",
            "labels": {"alertname": name, "instance": f"host-{n // 5:03d}:9100", "name": unit_name(n),
                       "severity": ["critical", "warning", "info"][n % 3]},
            "annotations": {"summary": f"app-{n:03d} has not answered for a while; {n % 17} requests wait"},
            "value": str(n * 1.37), "activeAt": self.before(60 * (n + 3)),
            **({"firesSince": self.before(60 * n)} if firing else {}),
            "forSeconds": 120, "group": "services", "file": "rules/service.yml", "unit": unit_name(n),
        }

    def alert_details(self, name):
        alert = self.alerts.get(name) or self.alert(0)
        now = time.time()
        values = [[now - 3600 + 15 * n, 40 + 30 * math.sin(n / 23) + (35 if n > 180 else 0)] for n in range(240)]
        changes = [("firing", alert.get("firesSince")), ("pending", alert["activeAt"])]
        return {
            **alert, "expression": CONDITION["text"], "conditions": [CONDITION],
            "curve": {"start": moment(now - 3600), "end": moment(now), "stepSeconds": 15,
                      "series": [{"labels": {"name": alert["unit"]}, "values": values}]},
            "runs": self.runs[:3], "route": ["default", "oncall"], "silences": [],
            "transitions": [{**self.record(n), "kind": "transition", "name": change, "at": at}
                            for n, (change, at) in enumerate(changes) if at],
            "journal": [{"at": moment(now - 60 + n), "priority": ["info", "warning", "err"][n % 3], "program": "api",
                         "text": f"line {n}: connection refused"} for n in range(12)],
            "playbooks": [{"playbook": PLAYBOOKS[0], "matches": True, "sentence": "it would run now", "mode": "approve",
                           "guards": GUARDS, "run": self.runs[0]["id"]}],
        }

    def unit(self, n):
        state = "failed" if not self.calm and n % 40 == 7 else "inactive" if n % 9 == 3 else "active"
        return {
            "name": unit_name(n), "description": f"Application number {n}", "state": state,
            "sub": {"active": "running", "failed": "failed", "inactive": "dead"}[state], "isIll": state == "failed",
            "since": self.before(977 * n + 60), "restarts": n % 4, "memoryBytes": 1e6 * (n * 37 % 900 + 4),
            "tasks": n % 30 + 1, "alerts": 1 if state == "failed" else 0,
        }

    def unit_details(self, name):
        return {
            **next(unit for unit in self.units if unit["name"] == name),
            "load": "loaded", "result": "success", "mainPID": 4711, "uptimeSeconds": 977, "cpuSeconds": 31.5,
            "needs": ["network.target"], "alerts": list(self.alerts.values())[:2], "runs": self.runs[:4],
            "playbooks": [{"playbook": PLAYBOOKS[0], "lastRun": self.runs[4]["opened"], "sentence": "it may run again",
                           "guards": GUARDS[:2]}],
            "journal": [{"at": self.before(n), "priority": "info", "program": "app", "text": f"served request {n}"}
                        for n in range(30)],
        }

    def run(self, n):
        opened = self.began - 45 - 1900 * n
        state = ["waiting", "running", "verifying"][n] if n < 3 and not self.calm else STATES[n % len(STATES)]
        run = {
            "id": f"run-{n:04d}", "playbook": PLAYBOOKS[n % 3], "subject": f'{{name="{unit_name(n)}"}}',
            "alert": self.alert(n)["name"], "fingerprint": fingerprint(n), "unit": unit_name(n), "state": state,
            "isOpen": state in OPEN, "opened": moment(opened), "text": SENTENCES.get(state, f"ended {state}"), "mode": "approve",
        }
        if state in OPEN:
            run["progress"] = {"step": n % 3, "of": 3, "name": "restart the service", "action": "systemd.restart"}
        else:
            run |= {"ended": moment(opened + 74.2), "durationSeconds": 74.2}
        if state == "waiting":
            run |= {"waitingFor": "an operator's word", "digest": "d41d8cd98f00b204"}
        return run

    def step(self, run, index, name, action, sentence, begin, end, **more):
        begun = run["state"] != "waiting"
        opened = self.began - 45
        attempt = {"attempt": 1, "began": moment(opened + begin), "ended": moment(opened + end), "durationSeconds": end - begin,
                   "result": "succeeded", "message": f"{action} did what it was asked", **more}
        return {
            "index": index, "part": "steps", "name": name, "action": action, "sentence": sentence,
            "arguments": {"unit": run["unit"]}, "timeoutSeconds": 60, "isRepeatable": True, "isTreatment": index > 0,
            "state": "succeeded" if begun else "not_begun", "attempts": [attempt] if begun else [],
        }

    def run_details(self, name):
        run = next((run for run in self.runs if run["id"] == name), self.runs[0])
        unit = run["unit"]
        alert = self.alert(0)
        samples = [{"at": self.before(30 - 15 * n), "result": "ill" if n < 1 else "healthy", "reason": "the expression returns nothing"}
                   for n in range(4)]
        return {
            **run, "subjectLabels": {"name": unit}, "variables": {"unit": unit}, "joined": [], "units": [unit],
            "locks": [f"unit/{unit}"], "guards": GUARDS, "notifications": [], "rollbacks": [],
            "trigger": {"labels": alert["labels"], "annotations": alert["annotations"], "value": "0", "startsAt": self.before(165),
                        "origin": "rule", "expression": 'up{job="api"} == 0'},
            "steps": [
                self.step(run, 0, "keep evidence", "diagnostics.collect", f"collects the journal of {unit}", 1, 3.4,
                          output="journal: 200 lines\nsockets: 14", evidence=["evidence/run-0001/journal.txt"]),
                self.step(run, 1, "restart the service", "systemd.restart", f"restarts {unit}", 3.5, 9.1,
                          before={"active": "failed", "pid": 0}, after={"active": "active", "pid": 4711}),
                self.step(run, 2, "put the configuration back", "config.rollback",
                          "puts /etc/api/api.yaml back to the version of yesterday", 9.2, 11, diff=DIFFERENCE),
            ],
            "verification": {"expression": 'up{job="api"} == 0', "everySeconds": 15, "healthy": 3, "withinSeconds": 300,
                             "samples": [] if run["state"] == "waiting" else samples},
            "records": [self.record(n) for n in range(5)],
        }

    def record(self, n):
        kind = KINDS[n * 7 % 8]
        unit = unit_name(n % 200)
        of_run = {"run": f"run-{n % 60:04d}", "playbook": PLAYBOOKS[0]} if kind in ("run", "step", "verdict") else {}
        return {
            "id": self.record_count - n, "at": self.before(n * 97), "kind": kind, "name": "firing", "alert": "ServiceDown",
            "fingerprint": fingerprint(n % 500), "unit": unit, **of_run,
            "text": f"record {n} of {unit}: what happened, in one sentence of the usual length", "details": {"value": n},
        }

    def calendar(self):
        hour = int(self.began // 3600) * 3600
        loud = [(n, int(108 * max(0, math.sin(n / 5) * math.sin(n / 37)) ** 3)) for n in range(28 * 24)]
        return [{"at": moment(hour - 3600 * n), "fired": fired, "resolved": fired, "runs": fired // 2, "healed": fired // 3,
                 "failed": 0, "notifications": fired // 4, "acts": 0} for n, fired in loud if fired]

    def playbook(self, n):
        breaker = {"subject": '{name="app-001.service"}', "subjectLabels": {"name": unit_name(1)}, "state": "open", "failures": 2,
                   "openings": 1, "since": self.before(300), "until": self.before(-3300), "reason": "2 unhealed runs in a row"}
        return {
            "name": PLAYBOOKS[n % 3] + ("" if n < 3 else f"-{n}"),
            "summary": "Restart the service when it stops answering, keeping evidence first",
            "file": "playbooks/service-down.yml", "line": 3, "mode": "approve", "effectiveMode": "approve", "subject": ["name"],
            "when": [{"matchers": ['alertname="ServiceDown"'], "firingForSeconds": 30}], "acceptsWebhooks": False,
            "missingPermits": [] if n else ["unit api.service is not permitted"], "openRuns": [],
            "scorecard": {"runs": 20 + n, "healed": 17, "open": 0, "healedShare": 17 / (20 + n), "medianTimeToHealSeconds": 41 + n,
                          "longestTimeToHealSeconds": 200, "lastRun": self.before(4000 * n + 50),
                          "baseline": {"cleared": 5, "medianSeconds": 400}},
            "breaker": {"state": "open", "subjects": [breaker]} if n == 4 else {"state": "closed", "subjects": []},
        }

    def playbook_details(self, name):
        return {
            **self.playbook(4), "name": name, "source": "name: restart-service\nmode: approve\n",
            "steps": [{"part": "steps", "name": "restart", "action": "systemd.restart"}],
            "guards": {"cooldownSeconds": 600, "limit": {"runs": 3, "withinSeconds": 3600}, "minUptimeSeconds": 120},
            "verification": {"everySeconds": 15, "healthy": 3, "withinSeconds": 300}, "runs": self.runs[:10],
        }

    def target(self, n):
        is_down = n == 3 and not self.calm
        return {
            "discoveredLabels": {}, "labels": {"instance": f"host-{n}:9100", "job": "node"}, "scrapePool": "node",
            "scrapeUrl": f"http://host-{n}:9100/metrics", "globalUrl": "", "lastError": "connection refused" if is_down else "",
            "lastScrape": moment(time.time() - 3), "lastScrapeDuration": 0.012, "health": "down" if is_down else "up",
            "scrapeInterval": "15s", "scrapeTimeout": "10s",
        }

    def rule(self, n):
        return {
            "name": f"Rule{n}", "type": "alerting", "state": ["inactive", "firing", "pending"][n % 3], "duration": 120,
            "query": f'sum by (name) (rate(requests_total{{code=~"5.."}}[5m])) > {n}', "keepFiringFor": 0,
            "labels": {"severity": "page"}, "annotations": {}, "alerts": [], "health": "ok",
            "evaluationTime": 0.0003 * (n + 1), "lastEvaluation": moment(time.time() - 4),
        }

    def group(self, n):
        return {"name": f"group-{n}", "file": "rules/service.yml", "interval": 15, "limit": 0, "evaluationTime": 0.004,
                "lastEvaluation": moment(time.time() - 4), "rules": [self.rule(place) for place in range(6)]}
