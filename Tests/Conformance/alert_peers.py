"""Programs that tell and are told, each as long as its `with` lasts: Alertmanager, Prometheus, medic, and a sink for webhooks."""
import json
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait(what, condition, seconds=60):
    """The first answer of the condition that is not false."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {what}")


class Program:
    """Runs with its output in a file, and is ready when it answers at a path."""

    def __init__(self, name, folder, ready):
        self.name, self.folder, self.ready = name, Path(folder) / name, ready
        self.folder.mkdir()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        self.log = open(self.folder / "log", "w")
        self.process = subprocess.Popen(self.command(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        wait(f"{self.name}:\n{self.folder}/log", self.is_ready)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def is_ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.name} ended:\n{(self.folder / 'log').read_text()[-4000:]}")
        try:
            return self.ask(self.ready)[0] == 200
        except OSError:
            return False

    def ask(self, path, method="GET", body=None, **headers):
        """The status and the body of an answer."""
        data = json.dumps(body).encode() if body is not None else None
        if data is not None:
            headers.setdefault("Content-Type", "application/json")
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def alerts(self, query=""):
        return json.loads(self.ask("/api/v2/alerts" + query)[1])


class Alertmanager(Program):
    def __init__(self, folder, text, name="alertmanager"):
        super().__init__(name, folder, "/api/v2/status")
        (self.folder / "alertmanager.yml").write_text(text)

    def command(self):
        return ["prometheus-alertmanager", "--config.file=alertmanager.yml", "--storage.path=data",
                f"--web.listen-address=127.0.0.1:{self.port}", "--cluster.listen-address="]


class Prometheus(Program):
    def __init__(self, folder, text, rules):
        super().__init__("prometheus", folder, "/-/ready")
        (self.folder / "prometheus.yml").write_text(text)
        (self.folder / "rules.yml").write_text(rules)

    def command(self):
        return ["prometheus", "--config.file=prometheus.yml", "--storage.tsdb.path=data",
                f"--web.listen-address=127.0.0.1:{self.port}", "--log.level=warn", "--rules.alert.resend-delay=2s"]


class Medic(Program):
    def __init__(self, folder, program, text, **files):
        super().__init__("medic", folder, "/readyz")
        self.program = program
        (self.folder / "medic.yml").write_text(text)
        for name, content in files.items():
            (self.folder / f"{name}.yml").write_text(content)

    def command(self):
        return [self.program, "run", "--config", "medic.yml", "--data", "data", "--socket", "medic.sock",
                "--listen", f"127.0.0.1:{self.port}"]

    def say(self, *words):
        """Runs a command against it: the status and what was printed."""
        return self.run(*words, "--socket", "medic.sock")

    def run(self, *words):
        """Runs a command of its own where it stands."""
        done = subprocess.run([self.program, *words], cwd=self.folder, capture_output=True, text=True, timeout=60)
        return done.returncode, done.stdout + done.stderr


class Sink:
    """Takes webhooks, and shows a number that Prometheus can scrape."""

    def __init__(self):
        self.messages, self.level = [], 1
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                sink.messages.append((self.path, body.decode()))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self):
                text = f"level {sink.level}\n".encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def told(self, name, status):
        """The notifications at which an alert of this name has this status."""
        found = []
        for path, body in list(self.messages):
            if path != "/notify":
                continue
            message = json.loads(body)
            found += [alert for alert in message["alerts"] if alert["labels"].get("alertname") == name and alert["status"] == status]
        return found
