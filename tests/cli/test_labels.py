"""`custody labels`: what goes on paper for items of this ledger, and nothing that is sealed."""

import io
from pathlib import Path

import pypdf
import pytest

from tests.certificate.test_labels import scanned
from tests.cli.station import Station


def text_of(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


def test_labels_are_written_for_items(station: Station) -> None:
    done = station("labels", "JM/1", "OP-17:JM/2", "--copies", "2", "-o", "l.pdf")
    assert (done.code, done.out) == (0, "")
    assert done.err == "4 labels on 1 page\n"
    text = text_of((station.folder / "l.pdf").read_bytes())
    assert text.count("JM/1") == text.count("JM/2") == text.count("A-1001") == 2
    assert text.count(station.item("JM/1")["item"][:8]) == 2
    assert "phone" not in text


def test_each_item_once_however_it_is_named(station: Station) -> None:
    uuid = station.item("JM/1")["item"]
    done = station("labels", "JM/1", uuid, "--sheet", "DYMO-89x36", "--json", "-o", "l.pdf")
    assert done.json == {"items": [{"item": uuid}], "sheet": "dymo-89x36", "labels": 1, "pages": 1}


def test_to_stdout(station: Station) -> None:
    assert station("labels", "JM/1", "-o", "-").data.startswith(b"%PDF-")
    done = station("labels", "JM/1", "-o", "-", "--json")
    assert (done.code, done.json["error"]["message"]) == (2, "-o - and --json both want stdout")


def test_nothing_is_overwritten_or_recorded(station: Station) -> None:
    before = station.size()
    assert station("labels", "JM/1", "-o", "chat.json").code == 2
    assert (station.folder / "chat.json").read_bytes() == b'{"chat":[]}\n'
    assert station("labels", "JM/1", "-o", "chat.json", "--force").code == 0
    assert station.size() == before


def test_a_folder_of_fonts_from_the_environment(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTODY_FONTS", "nowhere")
    done = station("labels", "JM/1", "-o", "l.pdf")
    assert (done.code, done.err) == (2, "error: --fonts: there is no folder nowhere\n")


def test_what_is_scanned_names_the_item_to_other_commands(station: Station) -> None:
    station.must("labels", "JM/1", "--sheet", "brother-62x29", "-o", "l.pdf")
    (text,) = scanned((station.folder / "l.pdf").read_bytes(), 203)
    assert text == station.item("JM/1")["item"]
    assert station("history", text).out == station("history", "JM/1").out
    words = ("--to", "ak", "--reason", "storage", "--condition", "bag intact", "--seal", "A-1001")
    station.must("release", text, *words)
    assert "released" in station("history", "JM/1").out


@pytest.mark.parametrize("folder", ["none", "/proc"])
def test_a_folder_that_is_not_there_or_can_t_be_written(folder: str, station: Station) -> None:
    if folder == "/proc" and not Path(folder).is_dir():
        pytest.skip("there is no /proc, where nobody can write")
    done = station("labels", "JM/1", "-o", f"{folder}/l.pdf")
    assert done.code == (2 if folder == "none" else 1)
    assert done.err.startswith("error: ")
    assert folder in done.err


@pytest.mark.parametrize("label", ["$x$*[a]`<script>", "Гарда/12"])
def test_a_label_that_is_markup_or_of_another_script_is_what_was_typed(label: str, station: Station) -> None:
    station.seize(label, "thing")
    station.must("labels", label, "--sheet", "dymo-89x36", "-o", "l.pdf")
    assert label in text_of((station.folder / "l.pdf").read_bytes()).splitlines()


def test_what_is_described_or_sealed_is_on_no_label(station: Station) -> None:
    station.must("labels", "JM/1", "--sheet", "brother-62x100", "-o", "l.pdf")
    text = text_of((station.folder / "l.pdf").read_bytes())
    for kept in ("phone", "353918052341243", "kitchen table", "Strada", "trafficking"):
        assert kept not in text
