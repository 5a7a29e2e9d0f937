"""What the scripts beside this file stand on: a target with gauges, a sink for notifications, and an agent."""
import json
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Failure(Exception):
    pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, condition, seconds=30):
    """Waits until the condition holds, and returns what it returned."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.02)
    raise Failure(f"{what}: not within {seconds} s")


class Server:
    """An HTTP server on a free port, in a thread of its own."""

    def __init__(self, handler):
        class Http(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 512

        self.http = Http(("127.0.0.1", 0), handler)
        self.port = self.http.server_address[1]
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()


class Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body go out in two pieces: the second would wait 40 ms for word of the first.
    disable_nagle_algorithm = True

    def answer(self, body=b"", kind="text/plain; version=0.0.4", status=200):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def log_message(self, *arguments):
        pass


class Target(Server):
    """Exposes whatever text it was given last, and remembers when that was first fetched."""

    def __init__(self):
        target = self

        class Handler(Quiet):
            def do_GET(self):
                text, isNew = target.text, target.fetched is None
                self.answer(text.encode())
                if isNew and text == target.text:
                    target.fetched = time.time()

        self.text, self.fetched = "", 0.0
        super().__init__(Handler)

    def show(self, text):
        self.text, self.fetched = text, None


class Sink(Server):
    """Takes webhooks and Alertmanager's requests, and remembers them with their times. `delay` is how long each answer takes."""

    def __init__(self, delay=0.0):
        sink = self

        class Handler(Quiet):
            def do_POST(self):
                body = json.loads(self.body())
                if sink.delay:
                    time.sleep(sink.delay)
                with sink.lock:
                    sink.messages.append((time.time(), self.path, body))
                self.answer(b"ok")

        self.delay, self.messages, self.lock = delay, [], threading.Lock()
        super().__init__(Handler)

    def taken(self):
        with self.lock:
            return list(self.messages)


class Agent:
    """A medic with a folder of its own."""

    def __init__(self, program, folder, configuration, rules="groups: []\n", templates={}):
        self.program, self.folder = program, Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "medic.yml").write_text(configuration)
        (self.folder / "rules.yml").write_text(rules)
        for name, text in templates.items():
            (self.folder / name).write_text(text)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self):
        self.log = open(self.folder / "medic.log", "a")
        self.process = subprocess.Popen(
            [self.program, "run", "--config", self.folder / "medic.yml", "--data", self.folder / "data",
             "--socket", self.folder / "medic.sock", "--listen", f"127.0.0.1:{self.port}"],
            stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL)
        wait_for("the agent answers", self.is_ready)
        return self

    def is_ready(self):
        if self.process.poll() is not None:
            raise Failure(f"the agent ended: {(self.folder / 'medic.log').read_text()[-2000:]}")
        try:
            return urllib.request.urlopen(self.url + "/-/ready", timeout=5).status == 200
        except OSError:
            return False

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise Failure("the agent did not end within 30 s")

    def get(self, path):
        return urllib.request.urlopen(self.url + path, timeout=30).read().decode()

    def metric(self, name):
        """The value of a metric of medic's own, summed over its labels."""
        lines = [line for line in self.get("/metrics").splitlines() if line.split("{")[0].split(" ")[0] == name]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines)

    def memory(self):
        """The most memory the process ever had resident, in MB."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in text.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
