"""Each mistake at a border gets its exit code and says what to do; nothing of ours changes."""

import pytest

from tests.cli.abroad import DE, FR, PHONE, Abroad, Elsewhere, files, fingerprint
from tests.cli.border_mistakes import BORDER_MISTAKES
from tests.cli.station import ORIGIN, joined


@pytest.fixture(scope="session")
def ready_mistakes(ready_abroad, tmp_path_factory, bare_environment):  # type: ignore[no-untyped-def]
    """The stations' folder with files that are not what they should be."""
    from tests.cli.abroad import at_border
    from tests.cli.conftest import AFTERWARDS

    folder = tmp_path_factory.mktemp("mistakes")
    with pytest.MonkeyPatch.context() as patch, at_border(folder, patch, ready_abroad, AFTERWARDS) as abroad:
        prepare(abroad)
    return folder


def prepare(abroad: Abroad) -> None:
    ro, de = abroad.ro, abroad.de
    fr = Elsewhere(abroad.folder, abroad.clock, "fr", "km")
    fr.found(FR, "OCRTEH-FR", "FR", "P-5")
    de.must("partner", "add", "fr.card", "--fingerprint", fingerprint(fr, "fr.card"))
    fr.must("partner", "add", "bka.card", "--fingerprint", fingerprint(de, "bka.card"))
    found = ("--description", "disk", "--source", "a desk", "--condition", "good", "--authority", "order 3/2026")
    fr.must("seize", "--case", "P-5", "--label", "FR/1", *found)
    fr.must("bundle", "FR/1", "--audience", "partner", "--as", "ca", "-o", "fr.custody")
    fr.must("checkpoint", "-o", "fr.checkpoint")
    abroad.send(fr, "FR-1", DE, "P-5")
    (abroad.folder / "FR-1.custody").rename(abroad.folder / "fr-request.custody")
    de.must("request", "receive", "fr-request.custody", "--case", "K-12", "--as", "ca")
    de.must("request", "accept", "FR-1", "--as", "ca")
    de.must("seize", "--case", "K-12", "--label", "DE/2", "--category", "disk", *found)
    de.must("release", "DE/2", "--to", f"km@{FR}", "--request", "FR-1", *PHONE[:4], "-o", "for-fr.custody")
    abroad.send(de, "DE-FR", FR, "K-12")
    (abroad.folder / "DE-FR.custody").rename(abroad.folder / "to-fr.custody")
    de.must("checkpoint", "-o", "alone.checkpoint")
    ro.must("policy", "-o", "ro.policy")
    ro.must("bundle", "JM/1", "--as", "px", "-o", "own.custody")
    de.must("bundle", "--all", "--as", "ca", "--audience", "partner", "-o", "whole.custody")
    found = ("--description", "chat", "--source", "provider", "--condition", "good", "--authority", "order 3/2026")
    de.must("seize", "chat.json", "--case", "K-12", "--label", "DE/3", *found)
    words = ("--to", f"jm@{ORIGIN}", "--request", "RO-7", *PHONE[:4], "--evidence", "chat.json")
    de.must("release", "DE/3", *words, "-o", "encrypted.custody")

    def data(name: str) -> bytes:
        return (abroad.folder / name).read_bytes()

    made = {
        "cut.custody": data("DE-1.custody")[:-500],
        "cut.receipt": data("receipt.custody")[:-20],
        "short.custody": b"".join(data("DE-7.custody").splitlines(keepends=True)[:-1]),
        "cut-request.custody": data("DE-7.custody")[:-1],
        "cut.card": data("bka.card")[:-9],
        "empty": b"",
        "edited.checkpoint": data("bka.checkpoint").replace(b"\n\xe2\x80\x94 ", b"\n\xe2\x80\x94 ")[:-6] + b"AAA==\n",
    }
    for name, content in made.items():
        (abroad.folder / name).write_bytes(content)


@pytest.fixture
def mistaken(ready_mistakes, tmp_path, monkeypatch):  # type: ignore[no-untyped-def]
    from tests.cli.abroad import at_border

    with at_border(tmp_path, monkeypatch, ready_mistakes, "2026-05-03T16:00:00Z") as made:
        yield made


@pytest.mark.parametrize("name", BORDER_MISTAKES)
def test_a_mistake_at_a_border_is_told_and_changes_nothing(name: str, mistaken: Abroad) -> None:
    made = BORDER_MISTAKES[name]
    before = files(mistaken.folder)
    words = [fingerprint_of(mistaken) if word == "RO" else word for word in made.words]
    done = mistaken.ro(*words)
    assert done.code == made.code, f"{joined(words)}\n{done.out}{done.err}"
    assert "internal error" not in done.err
    assert made.error in done.err
    assert made.hint in done.err.partition("hint: ")[2]
    if made.code:
        assert done.err.startswith("error: ")
        assert done.data == b""
        assert "hint: " in done.err or made.code == 2
        assert files(mistaken.folder) == before


def fingerprint_of(abroad: Abroad) -> str:
    return fingerprint(abroad.ro, "ro.card")
