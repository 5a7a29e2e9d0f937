"""The system bus is started again, and so is systemd."""
import subprocess

from common import Agent


def harm(claims, folder, medic, options):
    systemctl = lambda *words: subprocess.run(["systemctl", *words], capture_output=True, text=True)
    subprocess.run(["systemd-run", "--quiet", "--unit=patient.service", "--property=Restart=no", "sleep", "1000"], check=True)
    agent = Agent(folder, "global: {scrape_interval: 1s}\ncollectors: {systemd: {interval: 1s}, host: {interval: 1s}}\n", medic)
    state = 'node_systemd_unit_state{name="patient.service",state="%s"}'
    claims.come("the unit is seen", lambda: agent.value(state % "active") == 1)
    before = agent.metric("medic_system_bus_connections_total")
    systemctl("kill", "--signal=KILL", "dbus.service")
    claims.come("the bus goes: it is said in the log", lambda: "bus" in agent.said())
    systemctl("reset-failed", "dbus.service")
    systemctl("start", "dbus.service", "dbus.socket")
    claims.come("the bus comes back: so does the connection", lambda: agent.metric("medic_system_bus_connections_total") > before, 30)
    claims.come("and the unit is seen again", lambda: agent.value(state % "active") == 1, 30)
    claims.check("the host is seen all the time", agent.value("node_load1") is not None)
    systemctl("daemon-reexec")
    systemctl("kill", "--signal=KILL", "patient.service")
    claims.come("after systemd was started again, what happens to a unit is seen", lambda: agent.value(state % "failed") == 1, 30)
    agent.stop(claims)
