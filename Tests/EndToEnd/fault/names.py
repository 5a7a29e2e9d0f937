"""The name server does not answer."""
import json
import re
import socket
import threading
import time

from common import Agent, Server


def harm(claims, folder, medic, options):
    good = Server()
    deaf = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    deaf.bind(("127.53.53.54", 53))
    (folder / "resolv.conf").write_text("nameserver 127.53.53.54\n")
    (folder / "hosts").write_text("127.0.0.1 localhost known.test\n")
    (folder / "medic").write_text(f"""#!/bin/bash
exec unshare --mount bash -c 'for one in resolv.conf hosts; do mount --bind {folder}/$one "$(readlink -f /etc/$one)"; done
exec {medic} "$@"' medic "$@"
""")
    (folder / "medic").chmod(0o755)
    count = 1000 if options.long else 200
    hosts = ", ".join(f"host{number}.test:{good.port}" for number in range(count))
    agent = Agent(folder, f"""global: {{scrape_interval: 1s, scrape_timeout: 900ms}}
scrape_configs:
- {{job_name: nowhere, static_configs: [{{targets: [{hosts}]}}]}}
- {{job_name: good, static_configs: [{{targets: ['127.0.0.1:{good.port}', 'known.test:{good.port}']}}]}}
""", folder / "medic")
    threads, isOver = [], threading.Event()

    def count_threads():
        while not isOver.wait(0.2):
            threads.append(agent.threads())

    threading.Thread(target=count_threads).start()
    claims.come("the good targets are scraped", lambda: agent.value('sum(up{job="good"})') == 2)
    claims.come("those without an address are down", lambda: agent.value('count(up{job="nowhere"} == 0)') == count)
    time.sleep(12)
    took = agent.value('max(min_over_time(scrape_duration_seconds{job="nowhere"}[10s]))')
    claims.check("looking for a name counts for the timeout", took is not None and took < 1.2, took)
    said = {re.sub("host[0-9]+", "host", target["lastError"]) for target in json.loads(agent.get("/api/v1/targets"))["data"]["activeTargets"]
            if target["scrapePool"] == "nowhere"}
    claims.check("it is said why", said and all("context deadline exceeded" in words or "does the name server answer?" in words for words in said), said)
    isOver.set()
    claims.check(f"there is no thread for each of them (at most {max(threads)})", max(threads) < 64 + 40)
    share = agent.value('sum(sum_over_time(up{job="good"}[10s]))')
    claims.check("the good targets are scraped all the time", share and share >= 18, share)
    with open(folder / "hosts", "a") as file:
        file.writelines(f"127.0.0.1 host{number}.test\n" for number in range(count))
    claims.come("once their names are found all are up", lambda: agent.value('sum(up{job="nowhere"})') == count, 60)
    agent.stop(claims)
    good.stop()
    deaf.close()
