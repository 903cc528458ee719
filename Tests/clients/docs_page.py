"""Looks at /docs as people do; prints one line for each way of looking that went well.

    docs_page.py BASE_URL [FOLDER_FOR_SCREENSHOTS]
"""
import base64
import json
import sys
import urllib.request

from browser import Browser

WAYS = [(1280, 900, "light"), (1280, 900, "dark"), (400, 800, "light"), (400, 800, "dark")]
LISTED = """[...document.querySelectorAll("#routes .card > summary")].map(card =>
  card.querySelector(".method").textContent.toLowerCase() + " " + card.querySelector(".path").textContent)"""
TOO_WIDE = """[...document.querySelectorAll("body *")].filter(element => !element.closest("pre, .visually-hidden"))
  .filter(element => element.getBoundingClientRect().right > innerWidth + 1).map(element => element.outerHTML.slice(0, 120))"""
# WCAG's contrast of a text with what is behind it.
CONTRASTS = """(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = color => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
  const luminance = ([r, g, b]) => [r, g, b].map(c => (c /= 255) <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = element => { for (let e = element; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c; } return [255, 255, 255]; };
  return [...document.querySelectorAll("main *")].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())
    && e.checkVisibility()).map(e => {
      const [a, b] = [luminance(rgb(getComputedStyle(e).color)), luminance(behind(e))].sort((x, y) => y - x);
      return { ratio: (a + 0.05) / (b + 0.05), text: e.textContent.slice(0, 40), class: e.className };
    }).filter(found => found.ratio < 4.5);
})()"""


def routes(base):
    with urllib.request.urlopen(f"{base}/api/v1/openapi.json") as answer:
        document = json.load(answer)
    return sorted(f"{method} {path}" for path, operations in document["paths"].items() for method in operations)


def screenshot(page, folder, name):
    if folder:
        data = page.command("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        with open(f"{folder}/{name}.png", "wb") as file:
            file.write(base64.b64decode(data))


def look(page, base, expected, width, height, scheme, folder):
    page.show(width, height, scheme)
    page.open(f"{base}/docs")
    page.wait_for("document.querySelector('#schemas .card')")
    assert sorted(page.evaluate(LISTED)) == expected
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    red = int(ground.split("(")[1].split(",")[0])
    assert (red > 200) == (scheme == "light"), ground
    screenshot(page, folder, f"{scheme}-{width}")
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
    assert page.evaluate(TOO_WIDE) == []
    assert page.evaluate(CONTRASTS) == []
    screenshot(page, folder, f"{scheme}-{width}-open")
    assert page.problems == [], page.problems


def use(page, base):
    """A click in the list opens the route, typing narrows the list, the button turns the light off."""
    page.show(1280, 900, "light")
    page.open(f"{base}/docs")
    page.wait_for("document.querySelector('#schemas .card')")
    page.evaluate("document.querySelector('nav a[href*=categories]').click()")
    page.wait_for("document.querySelector('#routes details[open] .path')?.textContent === '/api/v1/services/categories'")
    page.evaluate("""(() => { const box = document.getElementById("search"); box.value = "no such route";
      box.dispatchEvent(new Event("input")); })()""")
    assert page.evaluate("document.getElementById('none').checkVisibility()")
    page.evaluate("""(() => { const box = document.getElementById("search"); box.value = "services/CATEGORIES";
      box.dispatchEvent(new Event("input")); })()""")
    shown = page.evaluate("[...document.querySelectorAll('#routes .card')].filter(card => card.checkVisibility()).length")
    assert shown == 1, shown
    page.evaluate("document.getElementById('theme').click()")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.problems == [], page.problems


def guard(page, base):
    """Inline scripts do not run; and if the page complained, we would know."""
    page.open(f"{base}/docs")
    page.evaluate("""(() => { const script = document.createElement("script"); script.textContent = "window.ran = true";
      document.head.append(script); })()""")
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))")
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in problem for problem in page.problems), page.problems


def main():
    base, folder = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    expected = routes(base)
    with Browser() as browser:
        for width, height, scheme in WAYS:
            look(browser.page(), base, expected, width, height, scheme, folder)
            print(f"{scheme} {width}", flush=True)
        use(browser.page(), base)
        print("use", flush=True)
        guard(browser.page(), base)
        print("guard", flush=True)


main()
