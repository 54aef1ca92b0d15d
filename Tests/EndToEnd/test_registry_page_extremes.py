"""The registry's page with more than a screen holds, and with names that addresses cannot hold as they are."""

import base64

import pytest
from playwright.sync_api import expect

from registry_page import Registry, quiet

STEPS = ["dots/../limits", "dots/.", "dots/..", "dots/~..", "dots/~/%2e%2e//x", ".."]


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    with Registry(tmp_path_factory.mktemp("extremes")) as running:
        for start in range(0, 450, 50):
            running.put("/v1/txn", [
                {"Service": {"Verb": "set", "Node": "weft", "Service": {
                    "ID": f"many-{number}", "Service": "many", "Address": f"10.0.{number // 256}.{number % 256}", "Port": 80,
                    "Tags": ["odd" if number % 2 else "even"]}}} for number in range(start, start + 50)])
        for key in STEPS:
            running.put("/v1/txn", [{"KV": {"Verb": "set", "Key": key, "Value": base64.b64encode(key.encode()).decode()}}])
        yield running


@pytest.mark.parametrize("path,name", [("services/many", "Instances"), ("nodes/weft", "Instances on this node")])
def test_long_lists_are_searched_and_shown_in_part(page, registry, path, name):
    page.goto(f"{registry.url}/ui/{path}")
    items = page.get_by_role("list", name=name, exact=True).get_by_role("listitem")
    more = page.get_by_role("button", name="Show more")
    expect(items).to_have_count(200)
    expect(more).to_have_text("Show more (250 left)")
    page.get_by_role("searchbox").fill("many-33")
    # many-33 and many-330 to many-339.
    expect(items).to_have_count(11)
    expect(more).to_have_count(0)
    page.get_by_role("searchbox").fill("nobody")
    expect(page.get_by_text("No instance fits.")).to_be_visible()
    page.get_by_role("searchbox").fill("")
    more.focus()
    page.keyboard.press("Enter")
    expect(items).to_have_count(400)
    more.click()
    expect(items).to_have_count(450)
    expect(more).to_have_count(0)
    quiet(page)


def test_what_is_critical_is_among_the_first(page, registry):
    registry.put("/v1/agent/service/maintenance/many-444?enable=true&reason=new%20disk")
    page.goto(registry.url + "/ui/services/many")
    items = page.get_by_role("list", name="Instances", exact=True).get_by_role("listitem")
    expect(items.first).to_contain_text("many-444")
    registry.put("/v1/agent/service/maintenance/many-444?enable=false")
    expect(items.first).to_contain_text("many-0")
    quiet(page)


@pytest.mark.parametrize("key", STEPS)
def test_a_key_that_looks_like_steps_in_a_path_is_itself(page, registry, key):
    page.goto(registry.url + "/ui/keys")
    parts = key.split("/")
    for part in [part + "/" for part in parts[:-1]] + parts[-1:]:
        page.get_by_role("list", name="Keys").get_by_role("link", name=part, exact=True).click()
    expect(page.get_by_label("Value")).to_have_value(key)
    # Also for who comes by its address.
    page.reload()
    expect(page.get_by_label("Value")).to_have_value(key)
    quiet(page)
