"""A Prometheus and a medic that live: each on a port of its own, with a configuration, for as long as a test lasts."""
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Peer:
    """One of the two: its process, and what can be asked of it."""

    def __init__(self, name, port, command, log):
        self.name, self.port, self.log = name, port, log
        self.url = f"http://127.0.0.1:{port}"
        with open(log, "w") as output:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)

    def text(self, path, **fields):
        query = f"?{urllib.parse.urlencode(fields)}" if fields else ""
        with urllib.request.urlopen(f"{self.url}{path}{query}", timeout=300) as answer:
            return answer.read().decode()

    def get(self, path, **fields):
        return json.loads(self.text(path, **fields))["data"]

    def query(self, expression, **fields):
        return self.get("/api/v1/query", query=expression, **fields)["result"]

    def metric(self, prefix):
        """The sum of its own metrics whose line begins so."""
        lines = (line for line in self.text("/metrics").splitlines() if line.startswith(prefix))
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines)

    def await_ready(self, seconds=60):
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.text("/-/ready")
                return
            except (OSError, urllib.error.URLError):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    sys.exit(f"{self.name} did not start:\n{Path(self.log).read_text()[-4000:]}")
                time.sleep(0.05)

    def processor_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Living:
    """Starts peers in a folder that is gone afterwards, and ends them."""

    def __init__(self, name, keep=False):
        missing = [program for program in ("prometheus", "promtool") if shutil.which(program) is None]
        if missing:
            sys.exit(f"{' and '.join(missing)} not found: nothing was compared. deploy/setup --tests installs what is needed.")
        self.keep, self.peers = keep, []
        self.folder = Path(tempfile.mkdtemp(prefix=f"medic-{name}-"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for peer in self.peers:
            peer.stop()
        if self.keep:
            print(f"logs and configuration: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def prometheus(self, configuration, *flags, name="prometheus"):
        port, file = free_port(), self.folder / f"{name}.yml"
        file.write_text(configuration)
        command = ["prometheus", f"--config.file={file}", f"--storage.tsdb.path={self.folder}/{name}.data",
                   f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn", *flags]
        return self.started(Peer("Prometheus", port, command, self.folder / f"{name}.log"))

    def medic(self, program, configuration, name="medic"):
        port, file = free_port(), self.folder / f"{name}.yml"
        file.write_text(configuration + f"\nweb: {{listen: ['127.0.0.1:{port}']}}\n")
        command = [program, "run", "--config", str(file), "--data", f"{self.folder}/{name}.data", "--socket", ""]
        return self.started(Peer("medic", port, command, self.folder / f"{name}.log"))

    def started(self, peer):
        self.peers.append(peer)
        return peer
