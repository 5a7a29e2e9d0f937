"""The file system of the data folder is full."""
import json
import subprocess
import time

from common import Agent, Server


def harm(claims, folder, medic, options):
    data = folder / "small"
    data.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m,mode=755", "tmpfs", data], check=True)
    good = Server()
    (folder / "rules.yml").write_text("""groups:
- name: g
  interval: 1s
  rules:
  - {alert: Down, expr: 'up{job="good"} == 0'}
""")
    agent = Agent(folder, f"""global: {{scrape_interval: 1s}}
rule_files: ['{folder}/rules.yml']
scrape_configs:
- {{job_name: good, static_configs: [{{targets: ['127.0.0.1:{good.port}']}}]}}
""", medic, data=data / "data")
    claims.come("the target is scraped", lambda: agent.value('up{job="good"}') == 1)
    ballast = data / "ballast"
    try:
        with open(ballast, "wb", buffering=0) as file:
            while True:
                file.write(bytes(65536))
    except OSError:
        pass
    claims.come("a full disk is an illness that is told", lambda: agent.health()[1]["disk"]["status"] == "unhealthy")
    taken = []

    def tell(number):
        """Alerts from outside, with much to say; the log of the database has some room of its own."""
        alerts = [{"status": "firing", "labels": {"alertname": "Outside", "number": f"{number}-{one}"}, "startsAt": "2026-01-01T00:00:00Z",
                   "annotations": {"text": "x" * 4000}} for one in range(50)]
        status = agent.post("/webhook", {"version": "4", "alerts": alerts})
        if status == 200:
            taken.extend(alert["labels"]["number"] for alert in alerts)
        return status

    statuses = [200]
    while statuses[-1] == 200 and len(statuses) < 100:
        statuses.append(tell(len(statuses)))
    claims.check("alerts from outside that cannot be kept are refused with 503", statuses[-1] == 503, statuses)
    # So long that much is to be written meanwhile.
    time.sleep(25 if options.long else 8)
    claims.check("samples come in all the same", agent.value('sum(sum_over_time(up{job="good"}[5s]))') >= 3)
    good.stop()
    claims.come("rules are evaluated and alerts fire", lambda: agent.value('ALERTS{alertname="Down",alertstate="firing"}') == 1)
    claims.come("what cannot be written is counted",
                lambda: agent.metric("medic_samplelog_failures_total") + agent.metric("medic_history_commit_failures_total") > 0, 90)
    words = ("no room", "No space", "disk is full", "cannot be written")
    claims.come("and said in the log", lambda: any(word in agent.said() for word in words))
    ballast.unlink()
    claims.come("with room again the disk is well", lambda: agent.health()[1]["disk"]["status"] == "healthy")
    claims.come("and what was kept back is written", lambda: agent.health()[0] == "healthy", 60)
    claims.check("and the same alerts are taken when they come again", tell(len(statuses) - 1) == 200)
    agent.process.kill()
    agent.process.wait()
    agent = Agent(folder, (folder / "medic.yml").read_text(), medic, data=data / "data")
    known = {alert["labels"].get("number") for alert in json.loads(agent.get("/api/v2/alerts"))}
    claims.check("what was taken is known after a kill -9 that follows the answer", set(taken) <= known, sorted(set(taken) - known)[:5])
    agent.stop(claims)
    history = subprocess.run([medic, "history", "--database", data / "data/history.db", "--json"], capture_output=True, text=True)
    claims.check("the alert of that time is in the history", "Down" in history.stdout, history.stdout[-500:] + history.stderr[-500:])
    subprocess.run(["umount", "-l", data], check=True)
