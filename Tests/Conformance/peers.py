"""The two that are asked: a Prometheus of our own on a free port, and medic in one batch."""
import http.client
import json
import shutil
import socket
import subprocess
import time
import urllib.parse
from pathlib import Path

from differences import peer_text


class Prometheus:
    """Runs on loopback over blocks made from the sample file, as long as the `with` lasts."""

    def __init__(self, samples, folder):
        self.folder = Path(folder)
        blocks = self.folder / "blocks"
        subprocess.run(["promtool", "tsdb", "create-blocks-from", "openmetrics", samples, str(blocks)],
                       check=True, stdout=subprocess.DEVNULL, timeout=600)
        (self.folder / "prometheus.yml").write_text("scrape_configs: []\n")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def __enter__(self):
        self.log = open(self.folder / "prometheus.log", "w")
        self.process = subprocess.Popen(
            ["prometheus", f"--config.file={self.folder}/prometheus.yml", f"--storage.tsdb.path={self.folder}/blocks",
             f"--web.listen-address=127.0.0.1:{self.port}", "--storage.tsdb.retention.time=100y", "--log.level=warn"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        deadline = time.monotonic() + 60
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"Prometheus did not start:\n{(self.folder / 'prometheus.log').read_text()}")
            time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.connection.close()
        self.process.terminate()
        self.process.wait(timeout=60)
        self.log.close()

    def is_ready(self):
        try:
            self.connection.request("GET", "/-/ready")
            answer = self.connection.getresponse()
            answer.read()
            return answer.status == 200
        except OSError:
            self.connection.close()
            return False

    def ask(self, question):
        path = "/api/v1/query" if "time" in question else "/api/v1/query_range"
        fields = {key: value for key, value in question.items() if key not in ("id", "expr")}
        fields["query"] = peer_text(question["expr"])
        self.connection.request("POST", path, urllib.parse.urlencode(fields),
                                {"Content-Type": "application/x-www-form-urlencoded"})
        return json.loads(self.connection.getresponse().read())


def find_prometheus():
    """What is missing of Prometheus, or None."""
    missing = [name for name in ("prometheus", "promtool") if shutil.which(name) is None]
    return " and ".join(missing) if missing else None


class Medic:
    """Answers a whole batch in one process."""

    def __init__(self, program, samples, questions, folder):
        batch = Path(folder) / "questions.jsonl"
        batch.write_text("".join(json.dumps(question) + "\n" for question in questions))
        self.answers = open(Path(folder) / "answers.jsonl", "w+")
        self.errors = open(Path(folder) / "medic.errors", "w+")
        self.process = subprocess.Popen([program, "query", "--openmetrics", samples, "--batch", str(batch)],
                                        stdin=subprocess.DEVNULL, stdout=self.answers, stderr=self.errors)

    def wait(self):
        """The answers by id, and what it said when it failed."""
        status = self.process.wait(timeout=3600)
        self.answers.seek(0)
        self.errors.seek(0)
        answers = {answer["id"]: answer for answer in map(json.loads, self.answers)}
        return answers, None if status == 0 else f"medic ended with status {status}\n{self.errors.read()[-4000:]}"
