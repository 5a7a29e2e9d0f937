"""An agent with much to tell: alerts by the hundred, of which some change all the time, units by the hundred, a long history.

Everything is real: a target that this process serves, a rule on it, units of this host, and what the agent has recorded of the alerts.
"""

import http.server
import json
import pathlib
import subprocess
import threading
import time
import urllib.parse
import urllib.request

import load

RULES = """
groups:
- name: crowd
  interval: 1s
  rules:
  - alert: PatientIll
    expr: patient_illness == 1
    labels: {severity: warning}
    annotations: {summary: 'patient {{ $labels.patient }} is ill'}
"""
CONFIGURATION = """
global: {scrape_interval: 1s, scrape_timeout: 1s}
rule_files: [rules.yml]
scrape_configs:
- job_name: crowd
  static_configs: [{targets: ['127.0.0.1:%d']}]
collectors: {systemd: {interval: 5s}}
"""
UNIT = "[Unit]\nDescription=One of many\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n"
# So many alerts change each second: as they resolve others fire, so that the page hears of twice as many.
CHANGING = load.EVENTS // 2


class Crowd:
    """The target: alerts that stay, and some that come and go. `spread` says how many change at once."""

    def __init__(self):
        self.spread, self.round = load.ALERTS, 0
        crowd = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = crowd.text().encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def text(self):
        self.round += 1
        stay = "".join(f'patient_illness{{patient="{n:03d}",site="north"}} 1\n' for n in range(load.ALERTS))
        come_and_go = "".join(f'patient_illness{{patient="{n:03d}",site="south"}} {(n + self.round) % 2}\n' for n in range(self.spread))
        return "# TYPE patient_illness gauge\n" + stay + come_and_go


def make_units(count):
    folder = pathlib.Path("/run/systemd/system")
    names = [f"crowd-{n:03d}.service" for n in range(count)]
    for name in names:
        (folder / name).write_text(UNIT)
    subprocess.run(["systemctl", "daemon-reload"], check=True)
    subprocess.run(["systemctl", "start", *names], check=True)


def fill(start, work, address):
    """An agent at work, with all of it; its process and what it scrapes."""
    crowd = Crowd()
    work = pathlib.Path(work)
    (work / "rules.yml").write_text(RULES)
    (work / "medic.yml").write_text(CONFIGURATION % crowd.server.server_port)
    make_units(load.UNITS)
    agent = start(work / "medic.yml")
    end = time.monotonic() + 120
    while time.monotonic() < end and recorded(address) < load.RECORDS:
        time.sleep(0.5)
    crowd.spread = CHANGING
    return agent, crowd


def recorded(address):
    """How many records there are: the number of the newest."""
    try:
        with urllib.request.urlopen(f"http://{address}/medic/v1/history?limit=1") as answer:
            return json.load(answer)["data"].get("newest", 0)
    except OSError:
        return 0


def firing(address):
    query = urllib.parse.quote('count(ALERTS{alertstate="firing"})')
    with urllib.request.urlopen(f"http://{address}/api/v1/query?query={query}") as answer:
        result = json.load(answer)["data"]["result"]
        return int(result[0]["value"][1]) if result else 0
