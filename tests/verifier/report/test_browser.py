"""A real browser shows the page: in light, in the dark, on paper; and nothing in it runs."""

import os
import re
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import pytest

from custody.verifier.report.page import render_page
from tests.verifier.report.stories import hostile, phone

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--window-size=1200,1600",
)


@pytest.fixture(scope="module")
def browser() -> str:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("the page was not looked at: no Chromium is installed")
    return found


def run(browser: str, folder: Path, page: str, *options: str) -> str:
    """What the browser prints about the page, shown from a file, with a profile of its own."""
    source = folder / "page.html"
    source.write_text(page, encoding="utf-8")
    environment = os.environ | {"HOME": str(folder)}
    command = [browser, *OPTIONS, f"--user-data-dir={folder / 'profile'}", *options, source.as_uri()]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


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


@pytest.mark.parametrize(("scheme", "paper"), [(1, (255, 255, 255)), (0, (0x16, 0x16, 0x16))], ids=["light", "dark"])
def test_the_style_is_applied(browser: str, tmp_path: Path, scheme: int, paper: tuple[int, ...]) -> None:
    """Its hash is the one that the page's own policy allows."""
    target = tmp_path / "page.png"
    scheme_option = f"--blink-settings=preferredColorScheme={scheme}"
    run(browser, tmp_path, render_page(phone()), scheme_option, f"--screenshot={target}")
    assert first_pixel(target.read_bytes()) == paper


def test_nothing_from_a_hostile_file_runs_or_becomes_markup(browser: str, tmp_path: Path) -> None:
    page = render_page(hostile())
    seen = run(browser, tmp_path, page, "--dump-dom")
    assert re.findall(r"<title>(.*?)</title>", seen)[0].startswith("Custody report: BROKEN")
    for tag in ("tr", "td", "svg", "li", "dd", "section"):
        assert seen.count(f"<{tag}") == page.count(f"<{tag}"), tag
    assert "<img" not in seen and "<script" not in seen


def test_it_prints(browser: str, tmp_path: Path) -> None:
    target = tmp_path / "page.pdf"
    run(browser, tmp_path, render_page(phone()), "--no-pdf-header-footer", f"--print-to-pdf={target}")
    data = target.read_bytes()
    assert data.startswith(b"%PDF-") and 2 <= len(re.findall(rb"/Type\s*/Page\b", data)) <= 10
