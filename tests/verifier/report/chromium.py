"""A Chromium without a window, driven over two pipes by its own DevTools protocol: no driver, no port, no network.

Each message is JSON and a zero byte (`--remote-debugging-pipe`: the browser reads descriptor 3 and writes 4).
"""

import base64
import fcntl
import json
import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

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
    "--remote-debugging-pipe",
)
PATIENCE = 120.0
"""Seconds until an answer; a machine under load starts slowly."""

_START = "import os, sys; _, r, w, *run = sys.argv; os.dup2(int(r), 3); os.dup2(int(w), 4); os.execvp(run[0], run)"
"""Puts the pipes where the browser looks for them, and becomes it."""


def find_browser() -> str | None:
    """Its path, where one is installed."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Chromium:
    """One browser with one tab."""

    def __init__(self, program: str, folder: Path) -> None:
        self.folder = folder
        self._last = 0
        self._data = b""
        self.requested: list[str] = []
        """Every address the tab has asked for since it was opened."""
        self.complaints: list[str] = []
        """What the browser had to say of the page: refused styles and scripts, errors."""
        theirs, self._write = _pipe()
        self._read, mine = _pipe()
        command = [program, *OPTIONS, f"--user-data-dir={folder / 'profile'}", "about:blank"]
        with (folder / "stderr").open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-S", "-c", _START, str(theirs), str(mine), *command],
                env=os.environ | {"HOME": str(folder)},
                pass_fds=(theirs, mine),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )
        os.close(theirs)
        os.close(mine)
        self._session: str | None = None

    def __enter__(self) -> Self:
        try:
            targets = self.ask("Target.getTargets")["targetInfos"]
            target = next(one["targetId"] for one in targets if one["type"] == "page")
            self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Network", "Log"):
                self.ask(f"{domain}.enable")
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the browser that was started here, and only that."""
        self._session = None
        try:
            self.ask("Browser.close")
            self._process.wait(10)
        except (OSError, AssertionError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        os.close(self._read)
        os.close(self._write)

    def ask(self, method: str, **given: Any) -> Any:
        """The result of one command."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": given}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._last:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self._note(answer)

    def _next(self) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE
        while b"\0" not in self._data:
            ready, _, _ = select.select([self._read], [], [], max(0.0, until - time.monotonic()))
            chunk = os.read(self._read, 1 << 20) if ready else b""
            assert chunk, (self.folder / "stderr").read_text(errors="replace")[-2000:] or "no answer in time"
            self._data += chunk
        message, _, self._data = self._data.partition(b"\0")
        read: dict[str, Any] = json.loads(message)
        return read

    def _note(self, message: dict[str, Any]) -> None:
        if message.get("method") == "Network.requestWillBeSent":
            self.requested.append(message["params"]["request"]["url"])
        elif message.get("method") == "Log.entryAdded":
            self.complaints.append(message["params"]["entry"]["text"])

    # -- what a reader does

    def open(self, html: str, name: str = "page.html") -> str:
        """Shows a page from a file, as its reader does; its address."""
        source = self.folder / name
        source.write_text(html, encoding="utf-8")
        self.requested, self.complaints = [], []
        self.ask("Page.navigate", url=source.as_uri())
        while self.value("document.readyState") != "complete":
            pass
        return source.as_uri()

    def value(self, expression: str) -> Any:
        """What an expression is worth in the page; the debugger's own, which no policy of the page forbids."""
        result = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def press(self, key: str, code: int) -> None:
        """A key of the keyboard, on what has the focus."""
        text = {"Enter": "\r", " ": " "}.get(key, "")
        self.ask("Input.dispatchKeyEvent", type="keyDown", key=key, windowsVirtualKeyCode=code, text=text)
        self.ask("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)

    def click(self, selector: str) -> None:
        """The mouse, in the middle of the first element that a selector finds."""
        self.value(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center'}})")
        box = self.value(f"document.querySelector({json.dumps(selector)}).getBoundingClientRect().toJSON()")
        place = {"x": box["x"] + min(box["width"] / 2, 20), "y": box["y"] + box["height"] / 2}
        for kind in ("mousePressed", "mouseReleased"):
            self.ask("Input.dispatchMouseEvent", type=kind, button="left", clickCount=1, **place)

    def prefer(self, scheme: str, *, media: str = "") -> None:
        """`light` or `dark`, as the reader's system asks for it; `media` as if on `print`."""
        wishes = [{"name": "prefers-color-scheme", "value": scheme}]
        self.ask("Emulation.setEmulatedMedia", media=media, features=wishes)

    def picture(self, **options: Any) -> bytes:
        """A PNG of what is seen."""
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png", **options)["data"])

    def paper(self) -> bytes:
        """The PDF of printing it, on the page size that it asks for."""
        options = {"preferCSSPageSize": True, "printBackground": False, "displayHeaderFooter": False}
        return base64.b64decode(self.ask("Page.printToPDF", **options)["data"])


def _pipe() -> tuple[int, int]:
    """With high numbers, so that 3 and 4 are free for the child."""
    found = []
    for end in os.pipe():
        found.append(fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 20))
        os.close(end)
    return found[0], found[1]
