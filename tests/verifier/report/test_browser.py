"""A real browser shows the page, opened from a file: light, dark, by keyboard, on paper; nothing in it runs."""

import re
import struct
import zlib
from collections.abc import Iterator

import pytest

from custody.verifier.report.meanings import MEANINGS
from custody.verifier.report.page import render_page
from tests.verifier.report.chromium import Chromium, find_browser
from tests.verifier.report.stories import broken, hostile, many, phone, three_states

ITEMS = "[...document.querySelectorAll('section.item')].filter(one => one.checkVisibility()).map(one => one.id)"
SUMMARY = "#item1-f1 summary"
OPENED = "document.querySelector('#item1-f1 details p').checkVisibility({contentVisibilityAuto: true})"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    program = find_browser()
    if program is None:
        pytest.skip("the page was not looked at: no Chromium is installed")
    with Chromium(program, tmp_path_factory.mktemp("browser")) as found:
        yield found


@pytest.fixture(autouse=True)
def light(browser: Chromium) -> None:
    browser.prefer("light")


def first_pixel(png: bytes) -> tuple[int, ...]:
    """Red, green, blue of the upper left corner: there no PNG filter has a neighbour to add."""
    assert png.startswith(b"\x89PNG")
    data, place = b"", 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += length + 12
    return tuple(zlib.decompress(data)[1:4])


def sheets(browser: Chromium) -> int:
    """How many pages the printed PDF has."""
    data = browser.paper()
    assert data.startswith(b"%PDF-")
    return len(re.findall(rb"/Type\s*/Page\b", data))


def test_a_reader_opens_it_and_reads_the_verdict(browser: Chromium) -> None:
    """The style's hash is the one that the page's own policy allows, or the browser would complain."""
    report = broken()
    address = browser.open(render_page(report))
    assert browser.value("document.title") == f"Custody report: {report.verdict_line}"
    assert browser.value("document.querySelector('.verdict strong').innerText") == report.verdict_line
    assert browser.value("getComputedStyle(document.querySelector('.verdict')).borderStyle") == "double"
    assert browser.requested == [address] and browser.complaints == []


def test_a_screen_reader_is_told_the_verdict_the_pictures_and_the_findings(browser: Chromium) -> None:
    report = broken()
    browser.open(render_page(report))
    tree = browser.ask("Accessibility.getFullAXTree")["nodes"]
    told = [(one["role"]["value"], one.get("name", {}).get("value", "")) for one in tree if not one["ignored"]]
    assert ("StaticText", report.verdict_line) in told
    assert ("image", "Who answered for item JM/1, and when") in told
    assert ("DisclosureTriangle", "What it means, and the events concerned (C03)") in told
    assert ("region", "Item JM/1: a phone") in told and ("navigation", "Contents") in told


def test_a_finding_is_opened_by_keyboard_and_leads_to_its_event(browser: Chromium) -> None:
    browser.open(render_page(broken()))
    assert not browser.value(OPENED)
    browser.value(f"document.querySelector('{SUMMARY}').focus()")
    browser.press("Enter", 13)
    assert browser.value(OPENED)
    assert MEANINGS["C03"] in browser.value("document.querySelector('#item1-f1').innerText")
    browser.press("Tab", 9)
    browser.press("Enter", 13)
    assert browser.value("location.hash") == "#item1-e4"
    assert browser.value("document.querySelector('tbody:target').innerText").splitlines()[0].startswith("2026-05-04")
    assert "Examined" in browser.value("document.querySelector('tbody:target').innerText")
    assert browser.value("getComputedStyle(document.querySelector('tbody:target')).outlineStyle") == "solid"
    browser.click(SUMMARY)
    assert not browser.value(OPENED)


def test_an_item_is_chosen_and_seen_alone(browser: Chromium) -> None:
    browser.open(render_page(many(50)))
    everything = [f"item{number}" for number in range(1, 51)]
    assert browser.value(ITEMS) == everything
    assert not browser.value("document.querySelector('.extract').checkVisibility()")
    whole = sheets(browser)
    browser.click("#questions a[href='#item3']")
    assert browser.value(ITEMS) == ["item3"]
    assert browser.value("document.querySelector('.extract').checkVisibility()")
    seen = browser.value("document.querySelector('main').innerText")
    assert "Of 50 items, this one alone is shown." in seen and "Not proved by this check" in seen
    assert sheets(browser) < 10 < 50 < whole
    browser.click("#item3 .alone a[href='#item4']")
    assert browser.value(ITEMS) == ["item4"]
    browser.value("location.hash = 'item41-f1'")
    assert browser.value(ITEMS) == ["item41"], "a place in an item shows that item"
    browser.click("#item41 .alone a[href='#questions']")
    assert browser.value(ITEMS) == everything


@pytest.mark.parametrize(("scheme", "paper"), [("light", (255, 255, 255)), ("dark", (0x16, 0x16, 0x16))])
def test_in_light_and_in_the_dark_the_picture_is_seen(browser: Chromium, scheme: str, paper: tuple[int, ...]) -> None:
    browser.prefer(scheme)
    browser.open(render_page(three_states()))
    assert first_pixel(browser.picture()) == paper
    ink = browser.value("getComputedStyle(document.body).color")
    for part in ("rect.ink", "pattern[id$=transit] rect", "pattern[id$=lent] circle", "svg text.who", ".tick"):
        assert browser.value(f"getComputedStyle(document.querySelector('{part}')).fill") == ink, part
    for part in ("path.border", "pattern[id$=nobody] path", "rect.hollow", "rect.filled"):
        assert browser.value(f"getComputedStyle(document.querySelector('{part}')).stroke") == ink, part


def test_on_paper_it_is_light_whole_and_open(browser: Chromium) -> None:
    browser.prefer("dark")
    browser.open(render_page(broken()))
    assert 3 <= sheets(browser) <= 10
    browser.prefer("dark", media="print")
    assert browser.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.value("getComputedStyle(document.querySelector('.no')).color") == "rgb(0, 0, 0)"
    assert browser.value(OPENED) and not browser.value("document.querySelector('details').open")
    assert not browser.value("document.querySelector('nav').checkVisibility()")
    heads = "[...document.querySelectorAll('thead')].map(one => getComputedStyle(one).display)"
    assert set(browser.value(heads)) == {"table-header-group"}, "repeated on every sheet"


def test_a_small_screen_does_not_scroll_sideways(browser: Chromium) -> None:
    browser.open(render_page(hostile()))
    browser.ask("Emulation.setDeviceMetricsOverride", width=400, height=800, deviceScaleFactor=1, mobile=False)
    assert browser.value("document.documentElement.scrollWidth") == 400
    browser.ask("Emulation.clearDeviceMetricsOverride")


def test_nothing_from_a_hostile_file_runs_or_becomes_markup(browser: Chromium) -> None:
    page = render_page(hostile())
    address = browser.open(page)
    assert browser.value("document.title").startswith("Custody report: BROKEN")
    for tag in ("tr", "td", "svg", "li", "dd", "section", "details", "a"):
        assert browser.value(f"document.querySelectorAll('{tag}').length") == len(re.findall(rf"<{tag}\b", page)), tag
    assert browser.value("document.querySelectorAll('img, script, iframe, object, form, link').length") == 0
    assert browser.requested == [address] and browser.complaints == []


def test_the_page_of_a_sound_chain_prints(browser: Chromium) -> None:
    browser.open(render_page(phone()))
    assert 2 <= sheets(browser) <= 10
