"""Targets that hang, reset, trickle, never end, send garbage, headers without end, bombs, new series each time."""
import json
import os
import time

from common import Agent, Server

BAD = {"hang": "/hang", "reset": "/reset", "close": "/close", "partial": "/partial", "garbage": "/garbage", "trickle": "/trickle",
       "endless": "/endless", "headers": "/headers", "badgzip": "/badgzip", "bomb": "/gzip?lines=30000000", "loop": "/loop"}


def harm(claims, folder, medic, options):
    server, good, churning = Server(), Server(), Server()
    jobs = [f"- {{job_name: good, static_configs: [{{targets: ['127.0.0.1:{good.port}']}}]}}"]
    groups = []
    for name, path in BAD.items():
        path, _, query = path.partition("?")
        parameter = {"__param_lines": query.partition("=")[2]} if query else {}
        groups.append({"targets": [f"127.0.0.1:{server.port}"], "labels": {"__metrics_path__": path, "kind": name, "instance": name, **parameter}})
    (folder / "targets.json").write_text(json.dumps(groups))
    jobs.append(f"- {{job_name: bad, scrape_timeout: 900ms, file_sd_configs: [{{files: ['{folder}/targets.json']}}]}}")
    jobs.append(f"- {{job_name: churn, metrics_path: /churn, static_configs: [{{targets: ['127.0.0.1:{churning.port}']}}]}}")
    agent = Agent(folder, "global: {scrape_interval: 1s}\nstorage: {max_series: 2000}\nlog: {level: info}\nscrape_configs:\n"
                  + "\n".join(jobs) + "\n", medic)
    claims.come("the good target is scraped", lambda: agent.value('up{job="good"}') == 1)
    start = agent.memory()
    seconds = 120 if options.long else 20
    time.sleep(seconds)
    share = agent.value(f'sum(sum_over_time(up{{job="good"}}[{seconds - 5}s]))')
    claims.check(f"beside {len(BAD)} bad targets no scrape of the good one is missed", share and share >= seconds - 8, share)
    up = {labels["kind"]: value for labels, value in agent.query('up{job="bad"}')}
    claims.check("all bad ones are down", up == dict.fromkeys(BAD, 0.0), up)
    said = json.loads(agent.get("/api/v1/targets"))["data"]["activeTargets"]
    silent = [target["labels"] for target in said if target["scrapePool"] == "bad" and not target["lastError"]]
    claims.check("of each it is said why", not silent, silent)
    # The quickest of each: on a busy host any scrape may wait for a processor.
    took = agent.value('max(min_over_time(scrape_duration_seconds{job="bad"}[15s]))')
    claims.check("none takes longer than its timeout", took is not None and took < 1.2, took)
    claims.check("the failures are counted", agent.metric("medic_scraping_failures_total") >= seconds * len(BAD) / 2)
    claims.check("and said in the log", agent.said().count("a scrape failed") >= len(BAD), agent.said()[-1000:])
    lines = agent.said().count("a scrape failed")
    claims.check("once and not each time", lines < len(BAD) * 4, lines)
    grown = agent.memory() - start
    claims.check(f"memory stays within bounds ({start:.0f} MB and {grown:.0f} MB more)", grown < 120)
    claims.check("so do descriptors and threads", agent.descriptors() < 100 and agent.threads() < 40,
                 f"{agent.descriptors()} descriptors, {agent.threads()} threads")
    claims.come("series beyond the limit are refused, and counted",
                lambda: agent.metric("medic_scraping_refused_series_total") > 0, 40)
    claims.check("there are no more than the limit", agent.metric("medic_storage_series") <= 2000)
    claims.check("the health says so", agent.health()[1]["series"]["status"] != "healthy", agent.health())
    claims.check("the good target is still seen", agent.value('sum(sum_over_time(up{job="good"}[5s]))') >= 3)
    # At another server: the one they come from still packs its bombs.
    for group in groups:
        group["targets"] = [f"127.0.0.1:{good.port}"]
        group["labels"] = {"__metrics_path__": "/metrics", **{name: group["labels"][name] for name in ("kind", "instance")}}
    (folder / "targets.json.new").write_text(json.dumps(groups))
    os.rename(folder / "targets.json.new", folder / "targets.json")
    claims.come("bad targets that mend their ways are up", lambda: agent.value('sum(up{job="bad"})') == len(BAD), 40)
    claims.check("what is refused is said, and not each time", 0 < agent.said().count("series of a target are not stored") < 30)
    agent.stop(claims)
    for one in (server, good, churning):
        one.stop()
