"""What all faults need: claims that are counted, awkward servers, agents."""
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent.parent


class Claims:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, words, holds, more=""):
        self.passed, self.failed = self.passed + bool(holds), self.failed + (not holds)
        print(f"{'ok  ' if holds else 'FAIL'} {words}{'' if holds else ': ' + str(more)[:600]}", flush=True)
        return holds

    def come(self, words, holds, within=15):
        """Waits until it holds."""
        end, seen = time.monotonic() + within, None
        while time.monotonic() < end:
            try:
                seen = holds()
            except (OSError, ValueError, KeyError, TypeError) as error:
                seen = None
                error_text = repr(error)
            if seen:
                return self.check(words, True)
            time.sleep(0.1)
        return self.check(words, False, seen if seen is not None else locals().get("error_text", "it never held"))


class Server:
    """An awkward server."""

    def __init__(self):
        program = ROOT / "Tests/Conformance/awkward-server"
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def stop(self):
        self.process.kill()
        self.process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Agent:
    def __init__(self, folder, text, medic, data=None, tls=False, environment=None):
        self.folder, self.port, self.tls = folder, free_port(), tls
        self.data = data or folder / "data"
        what = ["--rules", ROOT / "rules/*.yml", "--playbooks", ROOT / "playbooks/*.yml"]
        if text is not None:
            self.write(text)
            what = ["--config", folder / "medic.yml"]
        self.log = folder / "log"
        self.process = subprocess.Popen(
            [medic, "run", *what, "--data", self.data, "--socket", folder / "medic.sock", "--listen", f"127.0.0.1:{self.port}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=open(self.log, "a"),
            env={**os.environ, **(environment or {})})
        for _ in range(300):
            try:
                if self.get("/-/ready"):
                    return
            except OSError:
                time.sleep(0.1)
        sys.exit(f"the agent is not ready: {self.said()[-2000:]}")

    def write(self, text):
        (self.folder / "medic.yml").write_text(text)

    def get(self, path, timeout=10):
        """Over the unix socket, as operators on the host do."""
        with socket.socket(socket.AF_UNIX) as stream:
            stream.settimeout(timeout)
            stream.connect(str(self.folder / "medic.sock"))
            stream.sendall(f"GET {path} HTTP/1.0\r\nHost: medic\r\n\r\n".encode())
            answer = b"".join(iter(lambda: stream.recv(65536), b""))
        return answer.partition(b"\r\n\r\n")[2].decode()

    def post(self, path, value, timeout=30):
        """The status of the answer."""
        body = json.dumps(value).encode()
        head = f"POST {path} HTTP/1.0\r\nHost: medic\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        with socket.socket(socket.AF_UNIX) as stream:
            stream.settimeout(timeout)
            stream.connect(str(self.folder / "medic.sock"))
            stream.sendall(head.encode() + body)
            return int(b"".join(iter(lambda: stream.recv(65536), b"")).split()[1])

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    def query(self, expression):
        """The value of each series of an instant query, by what tells them apart."""
        found = json.loads(self.get("/api/v1/query?query=" + urllib.parse.quote(expression)))["data"]["result"]
        return [(item["metric"], float(item["value"][1])) for item in found]

    def value(self, expression):
        found = self.query(expression)
        return found[0][1] if found else None

    def metric(self, name):
        """The sum of a metric of medic's own, as it is now."""
        lines = [line for line in self.get("/metrics").splitlines() if line.startswith((name + " ", name + "{"))]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines)

    def health(self):
        report = json.loads(self.get("/health"))
        return report["status"], {check["name"]: check for check in report["checks"]}

    def said(self):
        return self.log.read_text(errors="replace")

    def memory(self):
        """Resident, in megabytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def stop(self, claims):
        self.process.terminate()
        try:
            status = self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        claims.check("it ends well when it is told to", status == 0, f"status {status}: {self.said()[-1500:]}")
