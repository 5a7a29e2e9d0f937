"""A Chromium of the test's own, spoken to over a pipe in the DevTools protocol. Nothing but Python's own library."""

import base64
import json
import os
import pathlib
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
import time

PROGRAMS = ["chromium", "chromium-browser", "google-chrome"]
# How long anything may take on a machine that is busy with other tests.
PATIENCE = 30
KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowDown": 40, "ArrowLeft": 37, "ArrowUp": 38, "End": 35}


class Browser:
    """The program. Its profile, and everything else it writes, is gone when it is closed."""

    def __init__(self):
        program = next((found for found in map(shutil.which, PROGRAMS) if found), None)
        if program is None:
            raise SystemExit("there is no chromium (deploy/setup --tests)")
        self.home = tempfile.mkdtemp(prefix="medic-page-")
        to_browser, ours = os.pipe()
        self.input, from_browser = os.pipe()
        self.output = ours

        def place_pipes():
            # The program reads its commands from 3 and answers on 4. Both are duplicated first: they may be in each other's place.
            read, write = os.dup(to_browser), os.dup(from_browser)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-default-apps", "--mute-audio",
             "--remote-debugging-pipe", f"--user-data-dir={self.home}/profile", "about:blank"],
            close_fds=False, preexec_fn=place_pipes, env={**os.environ, "HOME": self.home},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(to_browser)
        os.close(from_browser)
        self.number = 0
        self.lock = threading.Lock()
        self.waiting = {}
        self.listeners = {}
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        rest = b""
        while chunk := os.read(self.input, 1 << 16):
            *messages, rest = (rest + chunk).split(b"\0")
            for message in map(json.loads, messages):
                if "id" in message:
                    self.waiting.pop(message["id"]).put(message)
                elif listener := self.listeners.get(message.get("sessionId")):
                    listener(message["method"], message["params"])

    def call(self, method, session=None, **parameters):
        answer = queue.Queue()
        with self.lock:
            self.number += 1
            self.waiting[self.number] = answer
            message = {"id": self.number, "method": method, "params": parameters}
            if session:
                message["sessionId"] = session
            os.write(self.output, json.dumps(message).encode() + b"\0")
        result = answer.get(timeout=PATIENCE)
        if "error" in result:
            raise RuntimeError(f"{method}: {result['error']['message']}")
        return result["result"]

    def tab(self, **settings):
        return Tab(self, **settings)

    def close(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)


class Tab:
    """One page, with a note of every request it made and everything it complained about."""

    def __init__(self, browser, width=1400, height=900, theme="light"):
        self.browser = browser
        context = browser.call("Target.createBrowserContext")["browserContextId"]
        target = browser.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.context = context
        self.requests, self.complaints = [], []
        browser.listeners[self.session] = self._hear
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility", "Performance"):
            self.call(f"{domain}.enable")
        self.resize(width, height)
        self.theme(theme)

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def _hear(self, method, parameters):
        if method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
            self.complaints.append(" ".join(str(one.get("value", one.get("description"))) for one in parameters["args"]))
        elif method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            entry = parameters["entry"]
            self.complaints.append(f"{entry['text']} {entry.get('url', '')}")

    def resize(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def phone(self, width, height):
        """As wide as a phone, and touched by fingers."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=True)
        self.call("Emulation.setTouchEmulationEnabled", enabled=True)

    def theme(self, theme):
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])

    def go(self, address):
        self.call("Page.navigate", url=address)

    def evaluate(self, expression):
        """The value of an expression, which may be a promise."""
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"].get("exception", {}).get("description", expression))
        return result["result"].get("value")

    def wait(self, expression, patience=PATIENCE):
        """Waits until the expression is true. False when it never was."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            try:
                # An element has no value that could be sent.
                if value := self.evaluate(f"(value => value instanceof Node ? true : value)({expression})"):
                    return value
            except RuntimeError:
                # The document of before is going away.
                pass
            time.sleep(0.05)
        return False

    def click(self, expression):
        """Clicks, as a mouse does, into the middle of the element that the expression names."""
        # What is drawn anew in this moment is there in the next.
        if not self.wait(expression):
            raise RuntimeError(f"there is nothing to click: {expression}\n" + self.evaluate("location.hash + document.body.innerText"))
        place = self.wait(f"(() => {{ const e = {expression}; e.scrollIntoView({{block: 'center'}});"
                          " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=place[0], y=place[1], button="left", clickCount=1)

    def move(self, x, y):
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def press(self, key):
        text = {"Enter": "\r"}.get(key)
        code = {"key": key, "code": key, "windowsVirtualKeyCode": KEYS[key]}
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **code, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **code)

    def type(self, text):
        self.call("Input.insertText", text=text)

    def screenshot(self, path):
        data = self.call("Page.captureScreenshot", format="png")["data"]
        pathlib.Path(path).write_bytes(base64.b64decode(data))

    def names(self):
        """What a screen reader is told: `(role, name)` of everything that is not ignored."""
        nodes = self.call("Accessibility.getFullAXTree")["nodes"]
        return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]

    def close(self):
        self.browser.listeners.pop(self.session, None)
        self.browser.call("Target.disposeBrowserContext", browserContextId=self.context)
