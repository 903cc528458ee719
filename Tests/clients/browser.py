"""Headless Chromium, driven through its DevTools protocol.

    with Browser() as browser:
        page = browser.page()
        page.open("http://127.0.0.1:8080/docs")
        page.evaluate("document.title")
        page.problems    # whatever the console, the security policy or the network complained about
"""
import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading

from websockets.sync.client import connect

PATIENCE_SECONDS = 120


class Browser:
    def __enter__(self):
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        if program is None:
            raise SystemExit("chromium is missing: run make test, which installs it")
        self.profile = tempfile.TemporaryDirectory(prefix="qareeb-chromium-", ignore_cleanup_errors=True)
        # Chromium's sandbox does not run as root; the only pages it sees are ours.
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        self.process = subprocess.Popen(
            [program, "--headless=new", *sandbox, "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--no-proxy-server",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
             "--remote-debugging-port=0", f"--user-data-dir={self.profile.name}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "HOME": self.profile.name})
        try:
            self.socket = connect(self._address(), max_size=None, open_timeout=PATIENCE_SECONDS)
        except BaseException:
            self._end()
            raise
        self.number = 0
        self.sessions = {}
        return self

    def _address(self):
        said = []
        for line in self.process.stderr:
            said.append(line)
            if found := re.search(r"DevTools listening on (ws://\S+)", line):
                # Emptied from now on, so that Chromium never waits for a reader.
                threading.Thread(target=self.process.stderr.read, daemon=True).start()
                return found.group(1)
        raise SystemExit("chromium did not start:\n" + "".join(said[-20:]))

    def __exit__(self, *_):
        self.socket.close()
        self._end()

    def _end(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.profile.cleanup()

    def page(self):
        target = self.command("Target.createTarget", url="about:blank")["targetId"]
        session = self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session, target)
        self.sessions[session] = page
        for domain in ["Page", "Runtime", "Log", "Network"]:
            page.command(f"{domain}.enable")
        return page

    def command(self, method, session=None, **parameters):
        number = self.tell(method, session, **parameters)
        while True:
            answer = self.receive()
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def tell(self, method, session=None, **parameters):
        """As `command`, without waiting for the answer: what may be done while another answer is awaited."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        self.socket.send(json.dumps(message))
        return self.number

    def receive(self):
        message = json.loads(self.socket.recv(timeout=PATIENCE_SECONDS))
        if "method" in message and message.get("sessionId") in self.sessions:
            self.sessions[message["sessionId"]].happened(message["method"], message["params"])
        return message


class Page:
    def __init__(self, browser, session, target):
        self.browser = browser
        self.session = session
        self.target = target
        self.problems = []
        self.is_loaded = False
        self.answers = {}

    def command(self, method, **parameters):
        return self.browser.command(method, session=self.session, **parameters)

    def happened(self, event, details):
        if event == "Page.loadEventFired":
            self.is_loaded = True
        elif event == "Runtime.exceptionThrown":
            self.problems.append(details["exceptionDetails"].get("exception", {}).get("description", str(details)))
        elif event == "Runtime.consoleAPICalled" and details["type"] in ("error", "warning", "assert"):
            self.problems.append(f"console.{details['type']}: {details['args']}")
        elif event == "Log.entryAdded" and details["entry"]["level"] in ("error", "warning"):
            self.problems.append(" ".join([details["entry"]["source"] + ":", details["entry"]["text"], details["entry"].get("url", "")]))
        elif event == "Network.loadingFailed" and not details.get("canceled"):
            self.problems.append(f"network: {details}")
        elif event == "Fetch.requestPaused":
            self._answer(details["requestId"], details["request"]["url"])

    def close(self):
        """With its connections, of which a browser has few."""
        self.browser.command("Target.closeTarget", targetId=self.target)
        del self.browser.sessions[self.session]

    def answer(self, part, status=200, body="", headers=None):
        """Requests whose address has this part are answered here and never reach the server; None for the status lets them go on."""
        self.answers[part] = (status, body, headers or {})
        self.command("Fetch.enable", patterns=[{"urlPattern": f"*{part}*"} for part in self.answers])

    def answer_no_more(self):
        self.answers = {}
        self.command("Fetch.disable")

    def _answer(self, request, url):
        status, body, headers = next((answer for part, answer in self.answers.items() if part.strip("*") in url), (None, "", {}))
        if status is None:
            self.browser.tell("Fetch.continueRequest", self.session, requestId=request)
            return
        data = body if isinstance(body, bytes) else body.encode()
        self.browser.tell(
            "Fetch.fulfillRequest", self.session, requestId=request, responseCode=status, body=base64.b64encode(data).decode(),
            responseHeaders=[{"name": name, "value": value} for name, value in headers.items()])

    def show(self, width, height, scheme):
        """How wide the window is, and whether its owner likes it light or dark."""
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, url):
        self.is_loaded = False
        result = self.command("Page.navigate", url=url)
        if "errorText" in result:
            raise RuntimeError(f"{url}: {result['errorText']}")
        while not self.is_loaded:
            self.browser.receive()

    def evaluate(self, script):
        """The value of an expression; of what a promise promises."""
        result = self.command("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{script}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def wait_for(self, condition):
        """Until an expression is true in the page; a page that goes on living without it becoming so is given up."""
        happened = self.evaluate(f"""new Promise(done => {{ const end = performance.now() + {PATIENCE_SECONDS * 1000};
          const look = () => ({condition}) ? done(true) : performance.now() > end ? done(false) : setTimeout(look, 20); look(); }})""")
        if not happened:
            raise AssertionError(f"never so: {condition}\n{self.problems}")
