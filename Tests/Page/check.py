"""The page in a real browser: against a real agent whose alert is healed in the page, and against one that is not there but has much to tell."""

import argparse
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import accessibility
import crowd as crowd_of
import load
import stand_in
from browser import Browser
from claims import claim, total
from operate import operate

HERE = pathlib.Path(__file__).resolve().parent
ALERT = "0000000000000000"
VIEWS = {
    "now": ".alert-line", f"alerts/{ALERT}": "medic-chart", "runs/run-0000": ".will-do", "runs/run-0001": ".timeline", "history": ".list-row",
    "playbooks": "tbody tr", "playbooks/restart-service": ".output", "rules": ".rule", "targets": "tbody tr", "units": "tbody tr",
    "units/app-001.service": ".journal", "silences": ".nothing", "query?expr=3": "medic-chart", "query?expr=up&tab=table": "tbody tr", "configuration": ".output",
}

# What the agent that healed its patient can tell of, and what shows that it did.
TOLD = {
    "history": ".list-row", "playbooks": "tbody tr", "playbooks/restart-patient": ".run-line", "rules": ".rule", "targets": ".nothing",
    "units": "tbody tr", "units/patient.service": ".run-line", "silences": "form", "configuration": ".output", "query?expr=up": "medic-chart",
}

# A line whose newest sample is within the chart, and the mark of the run beside it.
CURVE = """(() => {
  const chart = document.querySelector('medic-chart'), model = chart?.model
  return model?.series.length == 1 && model.marks.length == 1
    && chart.x(model.series[0].points.times.at(-1)) <= chart.plot.right && chart.x(model.marks[0].at) > chart.plot.left
})()"""


def heal(browser, medic, pictures):
    """A unit of this host is killed; its alert fires, its run is approved in the page, and the page tells how it heals."""
    work = tempfile.mkdtemp(prefix="medic-page-")
    subprocess.run(["systemd-run", "--quiet", "--unit=patient.service", "--property=Restart=no", "sleep", "1000"], check=True)
    log = pathlib.Path(work, "log")
    address = f"127.0.0.1:{free_port()}"
    agent = start(medic, work, address, log)
    tab = browser.tab()
    try:
        if not claim("the agent is ready", is_ready(f"http://{address}/-/ready"), log.read_text().splitlines()):
            return
        tab.go(f"http://{address}/")
        claim("who is not known is asked", tab.wait("document.querySelector('dialog.sign-in')?.open"))
        tab.click("document.querySelector('input[name=token]')")
        tab.type("wrong")
        tab.press("Enter")
        claim("a wrong token is refused in words", tab.wait("document.querySelector('dialog .trouble:not([hidden])')?.textContent.includes('does not know')"))
        tab.evaluate("document.querySelector('input[name=token]').value = ''")
        tab.click("document.querySelector('input[name=token]')")
        tab.type("the-operator-of-this-host")
        tab.press("Enter")
        claim("signed in, the host is well", tab.wait("document.querySelector('h1')?.textContent == 'This host is well'"), [tab.evaluate("document.body.innerText")])
        claim("and events are heard", tab.wait("document.getElementById('pulse').textContent == 'live'"))
        # That it was not known and then wrong is what the browser noted before.
        tab.complaints.clear()

        first = unit("MainPID")
        kill()
        claim("the alert fires in the page", tab.wait("document.querySelector('.alert-line .alert-name')?.textContent == 'PatientDown'"))
        claim("its run waits for whoever looks", tab.wait("document.querySelector('h1').textContent == 'medic waits for you' && document.querySelector('.card.is-waits button.primary')"))
        claim("it says what it would do", tab.wait("/restart/i.test(document.querySelector('.card.is-waits .will-do').innerText)"))
        tab.screenshot(pictures / "waiting.png")
        claim("nothing is done before", unit("MainPID") == "0")
        tab.evaluate("window.run = document.querySelector('.card.is-waits a').hash; window.alert = document.querySelector('.alert-name').hash; 0")
        tab.click("document.querySelector('.card.is-waits button.primary')")
        claim("approved, the run goes on", tab.wait("!document.querySelector('.card.is-waits')"), [tab.evaluate("document.querySelector('.card')?.innerText")])
        claim("it heals, and the page says so", tab.wait("document.querySelector('h1').textContent == 'This host is well'"), [tab.evaluate("document.body.innerText")])
        claim("the unit runs again", unit("ActiveState") == "active" and unit("MainPID") not in ("0", first))
        tab.evaluate("location.hash = window.alert; 0")
        claim("its alert is told, with its curve", tab.wait(CURVE), [tab.evaluate("document.querySelector('main').innerText")])
        tab.screenshot(pictures / "told-alert.png")
        tab.evaluate("location.hash = window.run; 0")
        claim("the run is told as healed", tab.wait("document.querySelector('.title .badge')?.textContent == 'healed'"), [tab.evaluate("document.body.innerText")])
        claim("with its step", tab.wait("document.querySelector('.step .badge')?.textContent == 'succeeded' && document.querySelector('.bar-succeeded')"))
        claim("with the curve of its verification", tab.wait("document.querySelector('medic-chart')?.model.marks.length >= 2"), [tab.evaluate("document.querySelector('main').innerText")])
        claim("and who approved it", tab.wait("/granted by/.test(document.querySelector('main').innerText)"), [tab.evaluate("document.querySelector('main').innerText")])
        tab.screenshot(pictures / "healed.png")
        for view, shows in TOLD.items():
            tab.evaluate(f"location.hash = '#/{view}'; 0")
            shown = tab.wait(f"document.querySelector('{place(view, shows)}') && !document.querySelector('main .trouble')", 10)
            claim(f"#/{view} is told by the real agent", shown, [tab.evaluate("document.querySelector('main').innerText.slice(0, 300)")])
            tab.screenshot(pictures / f"told-{view.split('?')[0].replace('/', '-')}.png")
        query(tab)
        operate(tab, kill)
        claim("no complaint of the browser", not tab.complaints, tab.complaints)
        strangers = [url for url in tab.requests if not url.startswith((f"http://{address}/", "data:"))]
        agent.terminate()
        agent.wait()
        claim("an agent that is gone is told", tab.wait("document.getElementById('pulse').textContent == 'reconnecting'"))
        agent = start(medic, work, address, log)
        claim("and heard again when it is back", tab.wait("document.getElementById('pulse').textContent == 'live'"), log.read_text().splitlines())
        claim(f"{len(tab.requests)} requests, none to a foreign origin", not strangers, strangers)
    finally:
        tab.close()
        agent.terminate()
        agent.wait()
        subprocess.run(["systemctl", "stop", "patient.service"], stderr=subprocess.DEVNULL)


def kill():
    subprocess.run(["systemctl", "kill", "--signal=KILL", "patient.service"], check=True)


def start(medic, work, address, log, configuration=HERE / "heals/medic.yml"):
    return subprocess.Popen([medic, "run", "--config", configuration, "--data", f"{work}/data", "--socket", f"{work}/medic.sock",
                             "--listen", address], stderr=log.open("ab"))


def query(tab):
    """An expression written with completion and asked."""
    tab.evaluate("location.hash = '#/query'; 0")
    tab.wait("document.querySelector('.expression-input')")
    tab.click("document.querySelector('.expression-input')")
    tab.evaluate("document.querySelector('.expression-input').value = ''")
    tab.type("node_systemd_unit_st")
    claim("metrics are completed", tab.wait("[...document.querySelectorAll('.suggestion')].some((one) => one.textContent == 'node_systemd_unit_state')"))
    tab.press("Tab")
    claim("and taken", tab.evaluate("document.querySelector('.expression-input').value").startswith("node_systemd_unit_sta"))
    tab.evaluate("document.querySelector('.expression-input').value = 'node_systemd_unit_state'")
    tab.type("{na")
    claim("labels are completed", tab.wait("document.querySelector('.suggestion')?.textContent == 'name'"))
    tab.press("Tab")
    tab.type("=\"patient")
    claim("and values", tab.wait("document.querySelector('.suggestion')?.textContent == 'patient.service'"))
    tab.press("Tab")
    tab.type("}")
    tab.press("Escape")
    tab.press("Enter")
    claim("the answer is drawn", tab.wait("document.querySelector('medic-chart')?.model.series.length == 5"), [tab.evaluate("document.querySelector('main').innerText")])


def place(view, shows):
    """A selector of what a view shows, in that view and not in the one before."""
    return f"main.view-{re.split('[/?]', view)[0]} {shows}"


def unit(name):
    return subprocess.run(["systemctl", "show", "--property", name, "--value", "patient.service"], capture_output=True, text=True).stdout.strip()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def is_ready(address):
    for _ in range(300):
        try:
            return urllib.request.urlopen(address).status == 200
        except OSError:
            time.sleep(0.1)
    return False


def looks(browser, address, pictures):
    """Every view in both themes, wide and narrow: named, ordered, legible, and complained about by nobody."""
    for theme in ("light", "dark"):
        for width in (1400, 390):
            tab = browser.tab(width=width, height=900, theme=theme)
            findings, checked = [], 0
            if width < 800:
                tab.phone(width, 844)
            tab.go(address)
            for view, shows in VIEWS.items():
                tab.evaluate(f"location.hash = '#/{view}'; 0")
                if not tab.wait(f"document.querySelector('{place(view, shows)}')", 10):
                    findings.append(f"#/{view} shows no {shows}")
                unread, texts = accessibility.contrast(tab)
                checked += texts
                findings += [f"#/{view}: {one}" for one in unread + accessibility.structure(tab) + accessibility.nameless(tab)]
                if width < 800:
                    findings += [f"#/{view}: {one}" for one in accessibility.touch(tab)]
                if width == 1400 and theme == "light":
                    order, stops = accessibility.focus_order(tab)
                    findings += [f"#/{view}: {one}" for one in order] + ([] if stops > 10 else [f"#/{view}: only {stops} stops for the tabulator"])
                tab.screenshot(pictures / f"{view.split('?')[0].replace('/', '-')}-{theme}-{width}.png")
            claim(f"{theme}, {width} wide: {len(VIEWS)} views, {checked} texts and borders legible, all named and in order", not findings, findings)
            claim(f"{theme}, {width} wide: no complaint of the browser", not tab.complaints, tab.complaints)
            unnoticed = accessibility.unnoticed(tab)
            unnoticed += accessibility.untouched(tab) if width < 800 else []
            claim(f"{theme}, {width} wide: mistakes would be noticed", not unnoticed, unnoticed)
            tab.close()


def crowded(browser, medic):
    """The page of a real agent with much to tell."""
    work, address = tempfile.mkdtemp(prefix="medic-page-"), f"127.0.0.1:{free_port()}"
    log = pathlib.Path(work, "log")
    agent, crowd = crowd_of.fill(lambda file: start(medic, work, address, log, file), work, address)
    try:
        records, alerts = crowd_of.recorded(address), crowd_of.firing(address)
        full = records >= load.RECORDS and alerts >= load.ALERTS
        if claim(f"a real agent tells of {alerts} alerts and {records} records", full, log.read_text().splitlines()[-20:]):
            load.measure_agent(browser, f"http://{address}")
    finally:
        agent.terminate()
        agent.wait()
        crowd.server.shutdown()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("medic", nargs="?")
    parser.add_argument("--only", choices=["heal", "looks", "load"])
    parser.add_argument("--pictures", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "medic-page-pictures")
    arguments = parser.parse_args()
    arguments.pictures.mkdir(parents=True, exist_ok=True)
    # Not to be asked of a proxy.
    os.environ["no_proxy"] = "*"
    browser = Browser()
    try:
        if arguments.only in (None, "heal"):
            heal(browser, arguments.medic, arguments.pictures)
        if arguments.only in (None, "looks"):
            few = stand_in.serve(stand_in.settings(alerts=14, events_per_second=1))
            looks(browser, few, arguments.pictures)
        if arguments.only in (None, "load"):
            many = stand_in.serve(stand_in.settings(alerts=load.ALERTS, units=load.UNITS, records=load.RECORDS, events_per_second=load.EVENTS))
            load.measure(browser, many)
            crowded(browser, arguments.medic)
    finally:
        browser.close()
    sys.exit(0 if total() else 1)


if __name__ == "__main__":
    main()
