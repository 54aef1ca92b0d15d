"""The registry's page, driven in a real browser: Debian's Chromium without a head."""

import pytest
import requests
from playwright.sync_api import expect

from mesh import ROOT
from registry_page import HOSTILE, SECRET, Registry, quiet, ttl

SHOTS = ROOT / ".build" / "screenshots"


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    with Registry(tmp_path_factory.mktemp("page")) as running:
        for number in range(1, 4):
            running.register("matching", number, Tags=["v3", "gpu"], Meta={"commit": "9f31c2e"},
                             checks=[ttl(f"load-{number}", "load"), ttl(f"disk-{number}", "disk space")])
        running.register("auth", Tags=["v1"], checks=[ttl("auth-up", "up")])
        running.register("billing", 1, Tags=["v2", "internal"], checks=[ttl("queue", "queue length")])
        running.register("vector")
        running.put("/v1/agent/check/warn/queue?note=1%20200%20waiting")
        running.set_key("limits/requests", '{\n  "requests": 1000\n}\n')
        running.set_key("limits/burst", "200")
        running.set_key("motd", "hello")
        running.set_key("picture", bytes(range(256)))
        yield running


def test_services_are_listed_with_their_states_and_found_by_words(page, registry):
    page.goto(registry.url + "/")
    rows = page.get_by_role("list", name="Services").get_by_role("listitem")
    expect(rows).to_have_count(4)
    expect(rows.filter(has_text="billing")).to_contain_text("1 warning")
    expect(page.get_by_role("status")).to_have_text("Live")
    page.get_by_role("searchbox").fill("gpu")
    expect(rows).to_have_count(1)
    page.get_by_role("searchbox").fill("")
    page.get_by_role("button", name="Warning 1").click()
    expect(rows).to_have_count(1)
    assert page.title() == "Services · Weft registry"
    quiet(page)


def test_a_change_shows_by_itself_and_says_why(page, registry):
    page.goto(registry.url + "/ui/services/matching")
    card = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="matching-2"))
    expect(card.get_by_text("Passing").first).to_be_visible()
    # What the reader has opened stays open.
    card.get_by_text("disk space").click()
    registry.put("/v1/agent/check/fail/load-2?note=load%20is%2093")
    expect(card.get_by_text("load: load is 93")).to_be_visible()
    assert card.locator("details").filter(has_text="disk space").get_attribute("open") is not None
    registry.put("/v1/agent/service/maintenance/matching-3?enable=true&reason=new%20disk")
    other = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="matching-3"))
    expect(other.get_by_text("new disk").first).to_be_visible()
    registry.put("/v1/agent/service/maintenance/matching-3?enable=false")
    registry.put("/v1/agent/check/pass/load-2")
    expect(card.get_by_text("load: load is 93")).to_have_count(0)
    quiet(page)


def test_everything_can_be_done_with_the_keyboard(page, registry):
    page.goto(registry.url + "/ui/services")
    expect(page.get_by_role("link", name="auth")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to content")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="auth")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="billing", exact=True)).to_be_visible()
    # Whoever listens to the page is taken to what is new.
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("navigation", name="You are here").get_by_role("link")).to_be_focused()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.go_back()
    expect(page.get_by_role("heading", name="Services")).to_be_visible()
    quiet(page)


def test_names_and_outputs_that_look_like_html_stay_text(page, registry):
    registry.register("hostile", 1, Tags=[HOSTILE], Meta={"note": HOSTILE},
                      checks=[ttl("hostile", HOSTILE, Notes=HOSTILE)])
    registry.put("/v1/agent/check/fail/hostile?note=" + requests.utils.quote(HOSTILE))
    registry.set_key(HOSTILE, HOSTILE)
    try:
        for path in ("services", "services/hostile", "nodes", "nodes/weft", "keys"):
            page.goto(f"{registry.url}/ui/{path}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            if path != "nodes":
                expect(page.get_by_text("onerror" if path in ("services", "services/hostile", "keys") else "hostile").first).to_be_visible()
            assert page.locator("main img").count() == 0
        page.get_by_text("onerror").first.click()
        expect(page.get_by_label("Value")).to_have_value(HOSTILE)
        assert page.title() != "broken"
        quiet(page)
    finally:
        registry.put("/v1/agent/service/deregister/hostile-1")


def test_keys_are_browsed_changed_added_and_deleted(page, registry):
    page.goto(registry.url + "/ui/keys")
    page.get_by_role("link", name="limits/").click()
    page.get_by_role("link", name="burst").click()
    value = page.get_by_label("Value")
    expect(value).to_have_value("200")
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    value.fill("400")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert registry.value("limits/burst") == b"400"

    # Somebody else is faster: neither value is lost.
    value.fill("500")
    registry.set_key("limits/burst", "600")
    expect(page.get_by_text("Somebody changed this key")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    expect(value).to_have_value("500")
    page.get_by_role("button", name="Take their value").click()
    expect(value).to_have_value("600")

    page.get_by_role("navigation", name="You are here").get_by_role("link", name="limits").click()
    page.get_by_role("textbox").fill("new/深圳")
    page.get_by_role("button", name="Open or add").click()
    page.get_by_label("Value").fill("a\nb")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert registry.value("limits/new/深圳") == b"a\nb"
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="limits/new/")).to_be_visible()
    assert not registry.key("limits/new/深圳")["exists"]

    # Bytes that are no text cannot be spoiled by an editor.
    page.goto(registry.url + "/ui/keys/picture")
    expect(page.get_by_text("00 01 02 03")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    quiet(page)


def test_the_registry_may_go_and_come_back(page, tmp_path):
    with Registry(tmp_path) as first:
        first.register("web")
        port = first.url.rsplit(":", 1)[1]
        page.goto(first.url + "/ui/services")
        expect(page.get_by_role("status")).to_have_text("Live")
    expect(page.get_by_role("status")).to_have_text("Reconnecting")
    # What was known stays there to be read.
    expect(page.get_by_role("link", name="web")).to_be_visible()
    with Registry(tmp_path, "--http-port", port) as second:
        second.register("second")
        expect(page.get_by_role("status")).to_have_text("Live")
        expect(page.get_by_role("link", name="second")).to_be_visible()


def test_a_token_opens_what_it_may_see(page, tmp_path):
    with Registry(tmp_path, "--initial-management-token", SECRET, "--default-policy", "deny") as registry:
        registry.set_key("app/a", "1", **{"X-Consul-Token": SECRET})
        page.goto(registry.url + "/ui/keys/app/a")
        expect(page.get_by_role("alert")).to_contain_text("has no read access")
        expect(page.get_by_role("status")).to_have_text("No access")
        page.get_by_role("button", name="Enter a token").click()
        page.get_by_label("Secret").fill("wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("not known")
        page.get_by_role("button", name="Enter a token").click()
        page.get_by_label("Secret").fill(SECRET)
        page.keyboard.press("Enter")
        expect(page.get_by_label("Value")).to_have_value("1")
        # In the address bar, or anywhere that outlives the tab, a secret would be found.
        assert SECRET not in page.url and page.evaluate("localStorage.length + document.cookie.length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_read_in_light_and_dark_and_on_a_phone(browser, registry, scheme):
    SHOTS.mkdir(parents=True, exist_ok=True)
    registry.put("/v1/agent/check/fail/load-2?note=load%20is%2093%20of%2032")
    registry.put("/v1/agent/service/maintenance/matching-3?enable=true&reason=new%20disk,%20back%20at%2015:00")
    for width in (1280, 390):
        with browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 860}) as context:
            page = context.new_page()
            for name, path in (("services", "services"), ("service", "services/matching"), ("nodes", "nodes/weft"),
                               ("keys", "keys"), ("key", "keys/limits/requests")):
                page.goto(f"{registry.url}/ui/{path}")
                expect(page.get_by_role("heading", level=1)).to_be_visible()
                page.screenshot(path=SHOTS / f"{name}-{scheme}-{width}.png", full_page=True)
                assert page.evaluate("document.documentElement.scrollWidth") <= width, name
                assert page.evaluate(CONTRAST) == [], name
    registry.put("/v1/agent/check/pass/load-2")
    registry.put("/v1/agent/service/maintenance/matching-3?enable=false")


# Texts whose contrast with what lies behind them is below 4.5 (WCAG 2.1, 1.4.3).
CONTRAST = """() => {
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = parse(getComputedStyle(each).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const bad = [];
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.nodeValue.trim()).join("");
    if (!text || !element.checkVisibility() || element.closest("[disabled], svg, [aria-hidden]")) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) bad.push(`${text}: ${ratio.toFixed(2)}`);
  }
  return bad;
}"""
