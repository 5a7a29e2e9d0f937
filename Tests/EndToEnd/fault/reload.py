"""Collectors change, a certificate is renewed: alerts of what stays the same do not flap."""
import json
import os
import shutil
import socket
import ssl
import subprocess
import time

from common import Agent, Server


def certificate(folder, name, kind="server"):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-keyout", folder / "new.key", "-out", folder / "new.pem"],
                   check=True, stderr=subprocess.DEVNULL)
    for ending in ("key", "pem"):
        os.rename(folder / f"new.{ending}", folder / f"{kind}.{ending}")


def shown(port):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(socket.create_connection(("127.0.0.1", port), timeout=5)) as stream:
        text = subprocess.run(["openssl", "x509", "-inform", "DER", "-noout", "-subject"], input=stream.getpeercert(True),
                              capture_output=True, check=True)
    return text.stdout.decode()


def may_operate(folder, port, name):
    """Whether whoever shows this certificate may give a command."""
    answer = subprocess.run(["curl", "-sk", "--cert", folder / f"{name}.pem", "--key", folder / f"{name}.key", "-X", "POST", "-o", os.devnull,
                             "-w", "%{http_code}", f"https://127.0.0.1:{port}/-/reload"], capture_output=True, text=True)
    return answer.stdout == "200"


def harm(claims, folder, medic, options):
    certificate(folder, "first")
    for name in ("ann", "bob"):
        certificate(folder, name, name)
    shutil.copy(folder / "ann.pem", folder / "clients.pem")
    server = Server()
    (folder / "rules.yml").write_text("""groups:
- name: changes
  evaluate: on_change
  rules:
  - {alert: Failing, expr: 'probe_success{probe="shut"} == 0'}
  - {alert: Loaded, expr: 'node_load1 >= 0'}
  - {alert: Absent, expr: 'absent(probe_success{probe="open"}) or absent(node_load1)'}
- name: times
  interval: 100ms
  rules:
  - {alert: Often, expr: 'probe_success{probe="shut"} == 0'}
  - {alert: Gone, expr: 'absent(probe_success{probe="open"}) or absent(node_load1)'}
""")

    def text(probes="", collectors=""):
        return f"""rule_files: ['{folder}/rules.yml']
web:
  tls: {{cert_file: '{folder}/server.pem', key_file: '{folder}/server.key', client_ca_file: '{folder}/clients.pem'}}
  auth: {{operators: {{client_certificates: [ann, bob]}}}}
collectors:
  host: {{interval: 1s}}
  probes:
  - {{name: open, tcp: '127.0.0.1:{server.port}', interval: 1s}}
  - {{name: shut, tcp: '127.0.0.1:1', interval: 1s}}
{probes}
{collectors}
"""

    agent = Agent(folder, text(), medic, tls=True)
    fires = lambda: {labels["alertname"] for labels, _ in agent.query('ALERTS{alertstate="firing"}')}
    claims.come("the alerts fire", lambda: fires() == {"Failing", "Loaded", "Often"})
    time.sleep(2)
    since = time.time()
    changes = [text(f"  - {{name: third, tcp: '127.0.0.1:{server.port}', interval: 1s}}"),
               text(f"  - {{name: third, tcp: '127.0.0.1:{server.port}', interval: 2s}}"),
               text(collectors="  journal: {}"), text(collectors="  redis: [{name: none, port: 1, interval: 1s}]"), text()]
    for number, changed in enumerate(changes, 1):
        agent.write(changed)
        agent.reload()
        claims.come(f"reload {number} is taken up", lambda: agent.metric("medic_config_reloads_total") >= number)
        time.sleep(2)

    def transitions(since):
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(since))
        return json.loads(agent.get(f"/medic/v1/history?since={moment}&kind=transition"))["data"]["records"]

    claims.check("the history tells of alerts", len(transitions(since - 60)) >= 3, transitions(since - 60))
    claims.check("no alert has changed since", not transitions(since), transitions(since)[:3])
    claims.check("all fire as before", fires() == {"Failing", "Loaded", "Often"}, fires())
    claims.check("a collector that is new has come and gone", not agent.query("redis_up"), agent.query("redis_up"))

    claims.check("clients are shown the certificate", "first" in shown(agent.port))
    certificate(folder, "second")
    claims.come("another certificate in the file is shown without a restart", lambda: "second" in shown(agent.port))
    (folder / "server.key").write_text("nonsense")
    claims.come("one that cannot be used is told", lambda: agent.metric("medic_http_certificate_failures_total") == 1)
    claims.check("and the former one stays", "second" in shown(agent.port))
    certificate(folder, "third")
    claims.come("until there is a good one", lambda: "third" in shown(agent.port))
    claims.check("renewals are counted", agent.metric("medic_http_certificate_renewals_total") == 2)
    claims.check("whose certificate is signed by an authority may operate", may_operate(folder, agent.port, "ann"))
    claims.check("whose is not may not", not may_operate(folder, agent.port, "bob"))
    shutil.copy(folder / "bob.pem", folder / "clients.pem")
    claims.come("another authority in the file counts without a restart", lambda: may_operate(folder, agent.port, "bob"))
    claims.check("and the former one no more", not may_operate(folder, agent.port, "ann"))
    agent.write("nonsense: [")
    agent.reload()
    claims.come("a broken configuration changes nothing", lambda: agent.metric("medic_config_reload_failures_total") == 1)
    claims.check("and the alerts fire as before", fires() == {"Failing", "Loaded", "Often"}, fires())
    agent.stop(claims)
    server.stop()
