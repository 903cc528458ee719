"""Uses the first screen as people do; prints a line for each way of using it that went well.

    screen.py BASE_URL BASE_URL_WITH_TILES PSQL DATABASE [FOLDER_FOR_SCREENSHOTS]

The second server is set up for pictures of a map from http://tiles.example.
"""
import json
import subprocess
import sys
import urllib.error

from browser import Browser
from screen_page import READY, ScreenPage

PHONE, DESK = (390, 844), (1440, 900)
WORDS = {"ar": ("سويد", "شعر"), "en": ("swed", "hair")}
BOX = "document.getElementById('words')"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8ffff3f0300080001ff1f3a0e4a0000000049454e44ae426082")


def looks(screen):
    """Every part, in this language and at this size."""
    screen.open()
    if not screen.is_phone:
        screen.wait_for("document.querySelector('.pin, .cluster')")
    screen.wait_for("document.querySelectorAll('.chip.category .count').length > 3")
    screen.check("home")
    for sheet in ["where", "when", "filters"]:
        screen.click(f"[data-open={sheet}]")
        screen.wait_for("document.querySelector('dialog[open]')")
        screen.check(sheet)
        screen.press("Escape")
        screen.wait_for("!document.querySelector('dialog[open]')")
    screen.open(f"q={WORDS[screen.language][1]}")
    screen.check("words")
    screen.open("category=spa&rating_min=5&price_max=10", "document.querySelector('.message')")
    screen.check("nobody")
    if screen.is_phone:
        screen.open("view=map", "document.querySelector('.pin, .cluster')")
        screen.check("map")
    screen.expect_no_problems()


def types_and_chooses(screen):
    """Typing brings suggestions; keys walk them; a service becomes the search, marked in what it finds."""
    screen.open()
    screen.focus_words()
    screen.type(WORDS[screen.language][0])
    screen.wait_for("document.querySelector('.suggestion[data-kind=service]')")
    screen.check("suggestions")
    assert screen.evaluate(f"{BOX}.getAttribute('aria-expanded')") == "true"
    assert screen.evaluate(f"{BOX}.hasAttribute('aria-activedescendant')") is False
    place = screen.evaluate("[...document.querySelectorAll('.suggestion')].findIndex((option) => option.dataset.kind === 'service')")
    for _ in range(place + 1):
        screen.press("ArrowDown")
    active = f"document.getElementById({BOX}.getAttribute('aria-activedescendant'))"
    assert screen.evaluate(f"{active}.dataset.kind") == "service"
    assert screen.evaluate(f"{active}.getAttribute('aria-selected')") == "true"
    wanted = screen.evaluate(f"{active}.querySelector('.suggestion-text').textContent")
    screen.press("Enter")
    screen.wait_for(READY + " && document.querySelector('.card mark')")
    assert screen.address["q"] == [wanted] and screen.evaluate(f"{BOX}.value") == wanted
    assert screen.count(".suggestions:not([hidden])") == 0
    # What was searched for is offered again; Escape closes it, and once more empties the box.
    screen.click("#clear")
    screen.wait_for(f"document.querySelector('.suggestion[data-kind=recent]') && {BOX}.value === ''")
    assert "q" not in screen.address
    screen.press("Escape")
    assert screen.count(".suggestions:not([hidden])") == 0
    screen.type("zz")
    screen.wait_for("document.querySelector('.suggestion[data-kind=words]')")
    screen.press("Escape")
    screen.press("Escape")
    assert screen.evaluate(f"{BOX}.value") == ""
    screen.expect_no_problems()


def answers_in_order(screen):
    """A slow answer to what was typed before never replaces the newer one."""
    screen.open()
    screen.evaluate("""(() => { const real = window.fetch; window.held = [];
      window.fetch = (input, options) => String(input).includes("q=ha&")
        ? new Promise((done, failed) => { window.held.push(() => real(input).then(done, failed));
            options.signal.addEventListener("abort", () => { window.wasAborted = true; }); })
        : real(input, options); })()""")
    screen.focus_words()
    screen.type("ha")
    screen.wait_for("window.held.length === 1")
    screen.type("ircut")
    screen.wait_for("document.querySelector('.suggestion[data-kind=service]')")
    shown = screen.text("#suggestions")
    assert screen.evaluate("window.wasAborted") is True
    screen.evaluate("Promise.all(window.held.map((go) => go())).then(() => new Promise((done) => setTimeout(done, 0)))")
    assert screen.text("#suggestions") == shown
    screen.expect_no_problems()


def filters(screen):
    """A choice says what it would find, finds it, and can be taken back; the address has it all."""
    screen.open("category=barber&radius=20000")
    screen.click("[data-open=filters]")
    count = "document.querySelector('dialog[open] input[value=gold]').closest('label').querySelector('.count')"
    screen.wait_for(count)
    total = screen.api("search/providers?lat=31.9539&lon=35.9106&radius_m=20000&category=barber&tier=gold&facets=tier")["data"]["total"]
    digits = screen.evaluate(f"new Intl.NumberFormat('{screen.language}-JO').format({total})")
    assert screen.evaluate(f"{count}.textContent") == digits, (total, screen.evaluate(f"{count}.textContent"))
    screen.evaluate("document.querySelector('dialog[open] input[value=gold]').focus()")
    screen.press(" ")
    screen.wait_for(f"document.querySelector('dialog[open] .sheet-foot .primary').textContent.includes('{digits}')")
    assert screen.evaluate("document.activeElement.value") == "gold"
    screen.check("filters-set")
    screen.click("dialog[open] .sheet-foot .primary")
    screen.wait_for("!document.querySelector('dialog[open]')")
    assert screen.address["tier"] == ["gold"] and screen.address["category"] == ["barber"]
    assert screen.count(".tier[data-tier=gold]") == screen.count("#list .card") > 0
    screen.click(".chip.category[data-category=barber]")
    screen.wait_for("document.querySelector('.chip.category[data-category=barber][aria-pressed=false]')")
    screen.wait_for("document.querySelector('.glyph:not([data-category=barber])') && " + READY)
    assert "category" not in screen.address
    # Nobody: the filter that is to blame is offered.
    screen.open("category=spa&price_max=10", "document.querySelector('.offer')")
    assert screen.count("#list .card") == 0
    screen.click(".offer")
    screen.wait_for(READY)
    assert "price_max" not in screen.address or "category" not in screen.address
    screen.evaluate("(() => { const sort = document.getElementById('sort'); sort.value = 'distance'; sort.dispatchEvent(new Event('change')); })()")
    first = screen.api("search/providers?lat=31.9539&lon=35.9106&sort=distance&limit=1" + ("&category=spa" if "category" in screen.address else ""))
    screen.wait_for(f"document.querySelector('#list .card')?.dataset.id === '{first['data']['providers'][0]['id']}'")
    screen.expect_no_problems()


def scrolls_to_the_end(screen):
    """Every match once, in the API's order."""
    query = "lat=31.9539&lon=35.9106&radius_m=5000&category=cleaning"
    wanted, cursor = [], None
    while True:
        answer = screen.api(f"search/providers?{query}&limit=100" + (f"&cursor={cursor}" if cursor else ""))
        wanted += [hit["id"] for hit in answer["data"]["providers"]]
        cursor = answer["meta"].get("next_cursor")
        if not cursor:
            break
    assert len(wanted) > 60, len(wanted)
    screen.open("category=cleaning&radius=5000")
    while screen.count(".end") == 0:
        before = screen.count("#list .card")
        screen.evaluate("document.getElementById('tail').scrollIntoView()")
        screen.wait_for(f"document.querySelectorAll('#list .card').length > {before} || document.querySelector('.end')")
    assert screen.ids == wanted
    screen.check("end")
    screen.expect_no_problems()


def switches_language(screen):
    """In place: the same page, the same providers, the same place in the list, in other words."""
    other = "en" if screen.language == "ar" else "ar"
    screen.open("q=hair")
    screen.evaluate("window.isTheSamePage = true")
    screen.evaluate("document.querySelectorAll('#list .card')[12].scrollIntoView({ block: 'center' })")
    screen.wait_for("document.querySelectorAll('#list .card').length > 20 && !document.querySelector('.skeleton') || document.querySelectorAll('#list .card').length > 30")
    ids, names = screen.ids, screen.evaluate("[...document.querySelectorAll('.card-link')].map((link) => link.textContent)")
    first = "[...document.querySelectorAll('#list .card')].find((card) => card.getBoundingClientRect().bottom > document.getElementById('bar').getBoundingClientRect().bottom + 1)"
    seen = screen.evaluate(first + ".dataset.id")
    screen.click("#language")
    screen.wait_for(f"document.documentElement.lang === '{other}' && document.querySelector('.card-link').textContent !== {json.dumps(names[0])}")
    assert screen.evaluate("window.isTheSamePage") is True
    assert screen.ids[:len(ids)] == ids
    assert screen.evaluate(first + ".dataset.id") == seen
    assert screen.evaluate("getComputedStyle(document.body).direction") == ("rtl" if other == "ar" else "ltr")
    assert screen.text("#language") == {"ar": "English", "en": "العربية"}[other]
    # Remembered, where the address does not say otherwise.
    screen.page.open(screen.base + "/")
    screen.wait_for(READY)
    assert screen.evaluate("document.documentElement.lang") == other
    screen.evaluate("localStorage.clear()")
    screen.expect_no_problems()


def opens_details(screen):
    """A card opens its provider, the back button closes it, and its address opens it anywhere."""
    screen.open("q=hair")
    provider = screen.ids[2]
    screen.evaluate("document.querySelectorAll('.card-link')[2].click()")
    screen.wait_for("document.querySelector('dialog[open] .service')")
    data = screen.api(f"providers/{provider}")["data"]
    assert screen.text("dialog[open] .sheet-title") == data["name"]
    assert screen.count("dialog[open] .service") == len(data["services"])
    assert screen.address["provider"] == [provider]
    screen.check("details")
    screen.evaluate("history.back()")
    screen.wait_for("!document.querySelector('dialog[open]')")
    assert "provider" not in screen.address and screen.address["q"] == ["hair"]
    screen.evaluate("history.forward()")
    screen.wait_for("document.querySelector('dialog[open] .service')")
    screen.open(f"provider={provider}", "document.querySelector('dialog[open] .service')")
    screen.click("dialog[open] .sheet-head .icon-button")
    screen.wait_for("!document.querySelector('dialog[open]')")
    assert "provider" not in screen.address
    screen.open("provider=00000000-0000-7000-8000-000000000000", "document.querySelector('dialog[open] .message')")
    screen.check("gone")
    screen.expect_no_problems("/providers/00000000")


def uses_keys_alone(screen):
    """From the address bar to a provider and back without a pointer."""
    screen.open()
    for _ in range(8):
        screen.press("Tab")
        if screen.evaluate("document.activeElement.id") == "words":
            break
    assert screen.evaluate("document.activeElement.id") == "words"
    screen.type(WORDS[screen.language][1])
    screen.press("Enter")
    screen.wait_for("document.querySelector('.card mark') && " + READY)
    for _ in range(30):
        screen.press("Tab")
        if screen.evaluate("document.activeElement.className") == "card-link":
            break
    card = screen.evaluate("document.activeElement.closest('.card').dataset.id")
    screen.press("Enter")
    screen.wait_for("document.querySelector('dialog[open] .service')")
    assert screen.evaluate("document.activeElement.closest('dialog') !== null")
    screen.press("Escape")
    screen.wait_for("!document.querySelector('dialog[open]')")
    assert screen.evaluate("document.activeElement.closest('.card')?.dataset.id") == card
    screen.expect_no_problems()


def keeps_map_in_step(screen):
    """Pins for what is listed; each shows the other; a moved map can be searched."""
    screen.open("view=map", "document.querySelector('.pin, .cluster') && " + READY)
    chosen = screen.evaluate("""document.querySelector('.leaflet-marker-pane .pin')?.closest('.pin-holder').click() ?? true""")
    assert chosen
    screen.wait_for("document.querySelector('.card.selected') && document.querySelector('.chosen')")
    if not screen.is_phone:
        screen.evaluate("document.querySelectorAll('.card-link')[1].focus()")
        screen.wait_for("document.querySelectorAll('.chosen').length > 0")
    box = screen.evaluate("(() => { const { left, top, width, height } = document.getElementById('map').getBoundingClientRect(); return [left, top, width, height]; })()")
    middle = (box[0] + box[2] * 0.6, box[1] + box[3] * 0.25)
    screen.drag(middle, (middle[0] - 120, middle[1] + 60))
    screen.click("#here")
    screen.wait_for("location.search.includes('bbox=') && " + READY)
    west, south, east, north = map(float, screen.address["bbox"][0].split(","))
    for provider in screen.ids[:3]:
        place = screen.api(f"providers/{provider}")["data"]["location"]
        assert west <= place["lon"] <= east and south <= place["lat"] <= north, place
    screen.check("here")
    screen.evaluate("history.back()")
    screen.wait_for("!location.search.includes('bbox=') && " + READY)
    screen.expect_no_problems()


def finds_me(screen):
    """Near me: the browser's position, or a neighbourhood where it has none."""
    screen.open("open=where")
    screen.page.command("Emulation.setGeolocationOverride", latitude=31.9573, longitude=35.862, accuracy=20)
    screen.page.browser.command("Browser.grantPermissions", origin=screen.base, permissions=["geolocation"])
    screen.click(".near")
    screen.wait_for("!document.querySelector('dialog[open]') && location.search.includes('me=1') && " + READY)
    assert screen.address["lat"] == ["31.9573"]
    screen.page.command("Emulation.setGeolocationOverride")
    screen.page.browser.command("Browser.resetPermissions")
    screen.page.browser.command(
        "Browser.setPermission", origin=screen.base, permission={"name": "geolocation"}, setting="denied")
    screen.open("open=where")
    screen.click(".near")
    screen.wait_for("document.querySelector('.sheet-notice').textContent.length > 20")
    screen.click("dialog[open] input[value=sweifieh]")
    screen.wait_for("location.search.includes('area=sweifieh') && " + READY)
    screen.page.browser.command("Browser.resetPermissions")
    screen.expect_no_problems()


def asks_for_times(screen):
    """Tomorrow morning: an answer where calendars are known, else what the API says of it, and the way back."""
    screen.open("open=when")
    screen.click("dialog[open] input[value=tomorrow]")
    screen.click("dialog[open] input[value=morning]")
    screen.click("dialog[open] .sheet-foot .primary")
    screen.wait_for("!document.querySelector('dialog[open]') && document.getElementById('rail').getAttribute('aria-busy') === 'false'")
    assert screen.address["when"] == ["tomorrow"] and screen.address["part"] == ["morning"]
    window = screen.evaluate("""(async () => { const { windowOf } = await import("/screen/core/times.js");
      return windowOf({ day: "tomorrow", part: "morning" }, Date.now(), "Asia/Amman"); })()""")
    query = f"search/providers?lat=31.9539&lon=35.9106&available_from={window['from']}&available_to={window['to']}&duration_min=30"
    try:
        total = screen.api(query)["data"]["total"]
        screen.wait_for("document.querySelector('#list .card, .message')")
        assert (screen.count("#list .card") > 0) == (total > 0)
    except urllib.error.HTTPError as refusal:
        fields = json.load(refusal)["error"]["details"]["fields"]
        assert fields[0]["message"] in screen.text(".message"), screen.text(".message")
        screen.check("times-unknown")
        screen.click(".message .primary")
        screen.wait_for(READY)
    screen.expect_no_problems("available_from", "search/providers")


def counts_time_there():
    """Hours are the market's, over changes of clocks too; checked against Python's own time zones."""
    return """(async () => { const { windowOf, dateThere } = await import("/screen/core/times.js");
      const now = Date.parse("2026-03-28T20:30:00Z");
      return [windowOf({ day: "2026-03-29", part: "" }, now, "Europe/Berlin"), windowOf({ day: "today", part: "evening" }, now, "Asia/Amman"),
        windowOf({ day: "today", part: "morning" }, now, "Asia/Amman"), windowOf({ day: "now", part: "" }, now, "Asia/Amman"),
        dateThere(now, "Pacific/Auckland"), windowOf({ day: "tomorrow", part: "morning" }, now, "America/New_York")]; })()"""


def tells_time(screen):
    screen.open()
    assert screen.evaluate(counts_time_there()) == [
        {"from": "2026-03-28T23:00:00Z", "to": "2026-03-29T22:00:00Z"}, {"from": "2026-03-28T20:30:00Z", "to": "2026-03-28T21:00:00Z"},
        None, {"from": "2026-03-28T20:30:00Z", "to": "2026-03-28T22:30:00Z"}, "2026-03-29",
        {"from": "2026-03-29T10:00:00Z", "to": "2026-03-29T16:00:00Z"},
    ]
    missing = screen.evaluate("""(async () => { const [ar, en] = await Promise.all([import("/screen/core/texts-ar.js"), import("/screen/core/texts-en.js")]);
      const plural = new Set(["zero", "one", "two", "few", "many", "other"]);
      const keys = (table, path = "") => Object.entries(table).flatMap(([key, value]) => typeof value === "object" && !("other" in value)
        ? keys(value, `${path}${key}.`) : [path + key]);
      const [a, e] = [new Set(keys(ar.texts)), new Set(keys(en.texts))];
      return [...a.symmetricDifference(e)]; })()""")
    assert missing == [], missing
    screen.expect_no_problems()


def does_without_a_map(screen):
    """No Leaflet, whether the server knows it or not: the list has everything."""
    screen.page.answer("/screen/settings.json", body='{"map":false}', headers={"Content-Type": "application/json"})
    screen.open("view=map")
    assert screen.count(".map-pane:not([hidden])") == 0 and screen.count(".switch:not([hidden])") == 0
    screen.check("no-map")
    screen.page.answer_no_more()
    screen.page.answer("/vendor/leaflet/leaflet.min.js", status=404)
    screen.open("view=map")
    screen.wait_for("document.getElementById('map-pane').hidden && document.getElementById('switch').hidden")
    screen.page.answer_no_more()
    screen.expect_no_problems("/vendor/leaflet/leaflet.min.js")


def shows_pictures_of_a_map(screen):
    """From where the setting says, which the security policy allows; where they cannot be had, our own ground with names."""
    screen.page.answer("tiles.example", body=PNG, headers={"Content-Type": "image/png"})
    screen.open("view=map", "document.querySelector('img.leaflet-tile-loaded')")
    # Moving away empties pictures that are no longer needed.
    screen.evaluate("document.querySelector('.leaflet-control-zoom-out').click()")
    screen.wait_for("!document.getElementById('here').hidden")
    assert screen.count(".ground-name") == 0 and screen.text(".leaflet-control-attribution") == "Tiles by <someone>"
    screen.expect_no_problems()
    screen.page.answer("tiles.example", status=404)
    screen.open("view=map", "document.querySelector('.ground-name')")
    screen.page.answer_no_more()
    screen.expect_no_problems("tiles.example")


def outlasts_an_outage(screen):
    """Without a network it says so and keeps what it had; when the network is back, so are the answers."""
    offline = lambda is_offline: screen.page.command(
        "Network.emulateNetworkConditions", offline=is_offline, latency=0, downloadThroughput=-1, uploadThroughput=-1)
    screen.open()
    offline(True)
    screen.click(".chip.category[data-category=barber]")
    screen.wait_for("document.querySelector('.message .primary')")
    pictures = "[...document.querySelectorAll('.icon use')].filter((use) => use.checkVisibility()).map((use) => use.getBoundingClientRect().width)"
    assert all(screen.evaluate(pictures)), "a picture is gone with the network"
    screen.check("offline")
    offline(False)
    screen.wait_for(READY + " && !document.querySelector('.message, .notice.warning')")
    assert set(screen.evaluate("[...document.querySelectorAll('#list .glyph')].map((glyph) => glyph.dataset.category)")) == {"barber"}
    # A list that is being read stays; a page that failed comes when asked for again.
    offline(True)
    screen.evaluate("document.getElementById('tail').scrollIntoView()")
    screen.wait_for("document.querySelector('.notice.warning')")
    before = screen.count("#list .card")
    assert before >= 20
    offline(False)
    screen.wait_for("!document.querySelector('.notice.warning')")
    screen.evaluate("scrollTo(0, 0); document.getElementById('tail').scrollIntoView()")
    screen.wait_for(f"document.querySelectorAll('#list .card').length > {before}")
    # A server that is too busy is asked again by itself.
    screen.page.answer("/api/v1/search/providers", status=503, body='{"success":false,"error":{"code":"UNAVAILABLE","message":"busy"}}')
    screen.click(".chip.category[data-category=spa]")
    screen.wait_for("document.querySelector('.message')")
    screen.page.answer_no_more()
    screen.wait_for(READY + " && !document.querySelector('.message')")
    screen.expect_no_problems("ERR_INTERNET_DISCONNECTED", "/api/v1/")


def starts_when_the_server_does(screen):
    """Opened while nobody answers, it begins as soon as somebody does."""
    screen.page.answer("/api/v1/markets", status=502, body="gone")
    screen.open(until="document.querySelector('.message .primary')")
    screen.check("no-server")
    screen.page.answer_no_more()
    screen.click(".message .primary")
    screen.wait_for(READY)
    screen.expect_no_problems("/api/v1/markets")


def follows_the_database(screen, psql, database):
    """A committed change shows by itself: where it was, without a reload, and the list stays where it was."""
    screen.open("category=spa&radius=5000&sort=distance")
    screen.evaluate("window.isTheSamePage = true; document.querySelectorAll('#list .card')[9].scrollIntoView({ block: 'start' })")
    provider = screen.ids[10]
    seen = screen.evaluate(f"document.querySelector('[data-id=\"{provider}\"]').getBoundingClientRect().top")
    gone = screen.ids[3]
    for sql in [
        f"UPDATE catalogue.provider SET name_ar = 'واحة الاختبار', name_en = 'Oasis of Tests' WHERE id = '{provider}'",
        f"UPDATE catalogue.provider SET is_active = false WHERE id = '{gone}'",
    ]:
        subprocess.run([psql, "--no-psqlrc", "-q", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql], check=True, capture_output=True)
    name = {"ar": "واحة الاختبار", "en": "Oasis of Tests"}[screen.language]
    screen.wait_for(f"document.querySelector('[data-id=\"{provider}\"] .card-link')?.textContent === '{name}' && !document.querySelector('[data-id=\"{gone}\"]')")
    assert screen.evaluate("window.isTheSamePage") is True
    moved = screen.evaluate(f"document.querySelector('[data-id=\"{provider}\"]').getBoundingClientRect().top") - seen
    assert abs(moved) < 3, moved
    screen.expect_no_problems()


def notices_faults(screen):
    """What `check` looks for it also finds: each fault is made once."""
    faults = {
        "cut": "card.querySelector('.card-kind').style.cssText = 'inline-size: 30px; overflow: hidden; white-space: nowrap; display: block'",
        "overlaps": "card.querySelector('.card-kind').style.translate = '0 -14px'",
        "small targets": "document.getElementById('language').style.cssText = 'min-block-size: 0; block-size: 20px; padding: 0; overflow: visible; line-height: 1'",
        "contrast": "card.querySelector('.card-kind').style.color = '#bbb'",
        "sideways": "card.style.inlineSize = '3000px'",
    }
    for what, fault in faults.items():
        screen.open()
        screen.evaluate(f"(() => {{ const card = document.querySelector('#list .card'); {fault}; }})()")
        try:
            screen.check("fault")
        except AssertionError as found:
            assert what in str(found), (what, str(found))
        else:
            raise AssertionError(f"{what} was not noticed")
    screen.evaluate("document.head.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = true' }))")
    screen.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))")
    assert screen.evaluate("window.ran") is None
    assert any("Content Security Policy" in problem for problem in screen.page.problems), screen.page.problems


USES = [
    looks, types_and_chooses, filters, scrolls_to_the_end, opens_details, uses_keys_alone, keeps_map_in_step, switches_language,
]
HARDSHIPS = [
    answers_in_order, finds_me, asks_for_times, tells_time, does_without_a_map, outlasts_an_outage, starts_when_the_server_does,
]


def main():
    base, tiled_base, psql, database, *rest = sys.argv[1:]
    folder = rest[0] if rest else None
    with Browser() as browser:
        def page(*size, at=base, into=folder):
            return ScreenPage(browser, at, into, *size)

        for language in ["ar", "en"]:
            for size in [PHONE, DESK]:
                with page(language, *size) as screen:
                    for use in USES:
                        use(screen)
                    print(screen.name, flush=True)
        for size, scheme in [(PHONE, "dark"), (DESK, "dark"), ((360, 640), "light")]:
            for language in ["ar", "en"]:
                with page(language, *size, scheme) as screen:
                    looks(screen)
                    opens_details(screen)
                    print(screen.name, flush=True)
        with page("en", *PHONE, into=None) as screen:
            notices_faults(screen)
            print("faults", flush=True)
        for language, size in [("ar", PHONE), ("en", DESK)]:
            for use in HARDSHIPS:
                with page(language, *size) as screen:
                    use(screen)
            with page(language, *size, at=tiled_base) as screen:
                shows_pictures_of_a_map(screen)
            with page(language, *size) as screen:
                follows_the_database(screen, psql, database)
            print(f"{language} through thick and thin", flush=True)


if __name__ == "__main__":
    main()
