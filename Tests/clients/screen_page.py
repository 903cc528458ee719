"""The first screen in a browser: what tests do with it and what must be true of it wherever it is looked at."""
import base64
import json
import urllib.parse
import urllib.request

# Everything that is wider than the window makes it scroll sideways; what scrolls by itself (chips, the row of cards) does not.
SIDEWAYS = "Math.max(document.scrollingElement.scrollWidth, document.body.scrollWidth) - innerWidth"
VISIBLE = """const visible = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  && !element.closest(".visually-hidden, .skip, [inert], noscript") && element.getBoundingClientRect().width > 0;
  const scope = document.querySelector("dialog[open]") ?? document.body;
  const all = (selector) => [...scope.querySelectorAll(selector)].filter(visible);
  const own = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
  const name = (element) => element.outerHTML.slice(0, 140);"""
# A text that is larger than its box is cut or lies over its neighbour.
CUT = "(() => {" + VISIBLE + """
  return all("*").filter((element) => own(element) && !element.closest(".map"))
    .filter((element) => getComputedStyle(element).display !== "inline")
    .filter((element) => element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 2)
    .filter((element) => element.clientWidth > 0).map(name);
})()"""
# The parts of a card side by side, and the cards below one another.
OVERLAPS = "(() => {" + VISIBLE + """
  const found = [];
  const check = (elements) => {
    const boxes = elements.filter(visible).map((element) => [element, element.getBoundingClientRect()]);
    boxes.forEach(([one, a], i) => boxes.slice(i + 1).forEach(([two, b]) => {
      if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1) found.push(name(one) + " / " + name(two));
    }));
  };
  for (const card of all(".card").slice(0, 12)) check([...card.children]);
  check(all(".card").slice(0, 12));
  for (const row of all(".facts, .service, .sheet-foot, .sheet-head, .results-head, .search, .top")) check([...row.children].filter((child) => child.id !== "suggestions"));
  return found;
})()"""
TARGETS = "(() => {" + VISIBLE + """
  return all("button, select, input:not([type=range]), a.primary, [role=option], .choice").filter((element) => !element.closest(".map, .choice > *, .search"))
    .map((element) => [element.closest("label") ?? element, element]).map(([target, element]) => [target.getBoundingClientRect(), element])
    .filter(([box]) => box.height < 43.5 || box.width < 43.5).map(([box, element]) => [box.width, box.height, name(element)]);
})()"""
# WCAG's contrast of a text with what is behind it.
CONTRASTS = "(() => {" + VISIBLE + """
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
  const luminance = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => { for (let e = element; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c; } return [255, 255, 255]; };
  return all("*").filter((e) => own(e) && !e.closest(".map, :disabled, .choice:has(:disabled), option")).map((e) => {
    const [a, b] = [luminance(rgb(getComputedStyle(e).color)), luminance(behind(e))].sort((x, y) => y - x);
    return { ratio: (a + 0.05) / (b + 0.05), element: name(e) };
  }).filter((found) => found.ratio < 4.5);
})()"""
READY = "document.querySelector('#list .card') && document.getElementById('rail').getAttribute('aria-busy') === 'false'"
SETTLED = "document.getAnimations().every((animation) => animation.playState !== 'running' || animation.effect.getTiming().iterations === Infinity)"
IDS = "[...document.querySelectorAll('#list .card')].map((card) => card.dataset.id)"
KEYS = {"Enter": ("Enter", 13, "\r"), "Escape": ("Escape", 27, None), "ArrowDown": ("ArrowDown", 40, None), "ArrowUp": ("ArrowUp", 38, None), "Tab": ("Tab", 9, None), " ": ("Space", 32, " ")}


class ScreenPage:
    def __init__(self, browser, base, folder, language, width, height, scheme="light"):
        self.page = browser.page()
        self.base, self.folder = base, folder
        self.language, self.width, self.scheme = language, width, scheme
        self.is_phone = width < 960
        self.page.show(width, height, scheme)
        self.evaluate, self.wait_for = self.page.evaluate, self.page.wait_for

    @property
    def name(self):
        return f"{self.language}-{self.width}" + ("" if self.scheme == "light" else f"-{self.scheme}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.page.close()

    def open(self, query="", until=READY):
        self.page.open(f"{self.base}/?{query}{'&' if query else ''}lang={self.language}")
        self.wait_for(until)

    def api(self, path):
        request = urllib.request.Request(f"{self.base}/api/v1/{path}", headers={"Accept-Language": self.language})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    # What must be true wherever one looks

    def check(self, name):
        self.wait_for(SETTLED)
        self.screenshot(name)
        for what, script in [("cut", CUT), ("overlaps", OVERLAPS), ("small targets", TARGETS), ("contrast", CONTRASTS)]:
            found = self.evaluate(script)
            assert found == [], f"{name} ({self.name}), {what}: " + "\n".join(map(str, found))
        assert self.evaluate(SIDEWAYS) <= 0, f"{name} ({self.name}) scrolls sideways by {self.evaluate(SIDEWAYS)}"
        direction = "rtl" if self.language == "ar" else "ltr"
        assert self.evaluate("[document.documentElement.lang, getComputedStyle(document.body).direction]") == [self.language, direction]

    def screenshot(self, name):
        if self.folder:
            data = self.page.command("Page.captureScreenshot")["data"]
            with open(f"{self.folder}/{self.name}-{name}.png", "wb") as file:
                file.write(base64.b64decode(data))

    def expect_no_problems(self, *expected):
        """`expected`: parts of addresses whose failures the test itself has made."""
        problems = [problem for problem in self.page.problems if not any(part in problem for part in expected)]
        assert problems == [], problems
        self.page.problems.clear()

    # Hands

    def click(self, selector):
        self.wait_for(f"document.querySelector({json.dumps(selector)})?.checkVisibility()")
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    def type(self, text):
        self.page.command("Input.insertText", text=text)

    def press(self, key):
        code, number, text = KEYS[key]
        details = {"key": key, "code": code, "windowsVirtualKeyCode": number, **({"text": text} if text else {})}
        self.page.command("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **details)
        self.page.command("Input.dispatchKeyEvent", type="keyUp", **{k: v for k, v in details.items() if k != "text"})

    def drag(self, start, end):
        mouse = lambda kind, x, y: self.page.command("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        mouse("mousePressed", *start)
        for step in range(1, 11):
            mouse("mouseMoved", *(a + (b - a) * step / 10 for a, b in zip(start, end)))
        mouse("mouseReleased", *end)

    def focus_words(self):
        self.evaluate("document.getElementById('words').focus()")

    # What it shows

    @property
    def ids(self):
        return self.evaluate(IDS)

    @property
    def address(self):
        return urllib.parse.parse_qs(urllib.parse.urlparse(self.evaluate("location.href")).query)

    def text(self, selector):
        return self.evaluate(f"document.querySelector({json.dumps(selector)}).textContent")

    def count(self, selector):
        return self.evaluate(f"document.querySelectorAll({json.dumps(selector)}).length")
