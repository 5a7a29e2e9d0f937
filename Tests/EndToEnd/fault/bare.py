"""There is no configuration at all; the service manager is told how it goes all the same."""
import ctypes
import json
import os
import socket
import threading
import time
import urllib.request
from pathlib import Path

from common import Agent


class Frozen:
    """One thread of a process that goes on otherwise, stopped by the means of a debugger."""

    SEIZE, INTERRUPT, DETACH = 0x4206, 0x4207, 17
    ALL_THREADS = 0x40000000

    def __init__(self, process, name):
        self.library = ctypes.CDLL(None, use_errno=True)
        self.library.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        self.library.ptrace.restype = ctypes.c_long
        self.thread = next(int(task.name) for task in Path(f"/proc/{process}/task").iterdir()
                           if (task / "comm").read_text().strip() == name)

    def trace(self, request):
        if self.library.ptrace(request, self.thread, None, None) != 0:
            raise OSError(ctypes.get_errno(), "ptrace")

    def __enter__(self):
        self.trace(self.SEIZE)
        self.trace(self.INTERRUPT)
        os.waitpid(self.thread, self.ALL_THREADS)

    def __exit__(self, *_):
        self.trace(self.DETACH)


def harm(claims, folder, medic, options):
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(str(folder / "notify"))
    heard = []

    def hear():
        while word := manager.recv(4096):
            heard.append((time.monotonic(), word.decode()))

    threading.Thread(target=hear, daemon=True).start()
    words = lambda: "\n".join(word for _, word in heard)
    agent = Agent(folder, None, medic, environment={"NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": "900000"})
    claims.come("the host is seen", lambda: agent.value("node_load1") is not None and agent.value("count(node_cpu_seconds_total)") > 0)
    claims.come("so are its units", lambda: agent.value("count(node_systemd_unit_state)") > 5)
    groups = json.loads(agent.get("/api/v1/rules"))["data"]["groups"]
    claims.check("the shipped rules are watched", sum(len(group["rules"]) for group in groups) > 20, len(groups))
    claims.come("all of them can be evaluated", lambda: not [
        rule["name"] for group in json.loads(agent.get("/api/v1/rules"))["data"]["groups"] for rule in group["rules"] if rule["health"] == "err"])
    playbooks = json.loads(agent.get("/medic/v1/playbooks"))["data"]["playbooks"]
    modes = {playbook["effectiveMode"] for playbook in playbooks}
    claims.check("the shipped playbooks are there", len(playbooks) > 10, len(playbooks))
    claims.check("and none does more than observe", modes <= {"observe", "off"}, modes)
    claims.check("the record is kept", any(folder.glob("data/*.db*")) or any(folder.glob("data/*.sqlite*")), list(folder.glob("data/*")))
    with urllib.request.urlopen(f"http://127.0.0.1:{agent.port}/", timeout=5) as page:
        claims.check("the page is served", page.status == 200 and b"<html" in page.read().lower())

    claims.come("the manager is told that it is ready, and how it stands", lambda: "READY=1" in words() and "STATUS=" in words())
    since = time.monotonic()
    time.sleep(3)
    alive = sum(1 for moment, word in heard if moment > since and "WATCHDOG=1" in word)
    claims.check("the watchdog hears of it twice in each of its intervals", alive >= 6, alive)
    with Frozen(agent.process.pid, "medic-core"):
        time.sleep(1)
        since = time.monotonic()
        time.sleep(2)
        fed = [word for moment, word in heard if moment > since and "WATCHDOG=1" in word]
        claims.check("it hears no more when nothing but the core hangs", not fed, len(fed))
    since = time.monotonic()
    claims.come("and again when that goes on", lambda: any(moment > since and "WATCHDOG=1" in word for moment, word in heard))
    before = len(heard)
    agent.reload()
    claims.come("of a reload it is told when it begins and when it is over", lambda: [
        word.split("\n")[0] for _, word in heard[before:] if word.startswith(("RELOADING=1", "READY=1"))] == ["RELOADING=1", "READY=1"])
    agent.stop(claims)
    claims.come("and of the end", lambda: "STOPPING=1" in words())
