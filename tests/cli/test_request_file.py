"""Request files with every kind of mistake: what is wrong, where, and what belongs there; nothing is recorded."""

import pytest

from custody_cli.borders.request_file import TEMPLATE
from tests.cli.abroad import DE, Abroad

ASK = ("--to", DE, "--case", "OP-17", "--reference", "RO-9", "--as", "ca", "-o", "out")
REQUIRED = ("authority", "subject", "conducting", "assistance", "purpose", "purpose_text", "use_limitation")


def without(name: str) -> str:
    return "".join(line for line in TEMPLATE.splitlines(keepends=True) if not line.startswith(f"{name} ="))


def with_(old: str, new: str) -> str:
    assert old in TEMPLATE
    return TEMPLATE.replace(old, new, 1)


LANGUAGE = 'language = "German, with a Romanian translation"'
DEADLINE = "deadline = 2026-12-31"
PURPOSE = 'purpose = "prosecution"'

FILES: dict[str, tuple[str | bytes, str, str]] = {
    "empty": ("", "is missing", "request template"),
    "not TOML": ("reference: RO-9", "it is not TOML", "request template"),
    "not text": (b"\xff\xfe\x00", "it is not TOML", "request template"),
    "an unknown key": (with_("purpose =", "porpose ="), "porpose is not a member", "did you mean purpose"),
    "a key nobody knows": (with_("[scope]", "[frobnicate]\n[scope]"), "frobnicate is not a member", "members: "),
    **{f"without {name}": (without(name), f"{name} is missing", "request template") for name in REQUIRED},
    "a number for a text": (with_(LANGUAGE, "language = 7"), "language is to be a text", "request template"),
    "an empty text": (with_(LANGUAGE, 'language = "  "'), "language is to be a text", "request template"),
    "a text for a date": (with_(DEADLINE, 'deadline = "soon"'), "deadline", "request template"),
    "a time for a date": (with_(DEADLINE, "deadline = 2026-12-31T10:00:00Z"), "deadline", "request template"),
    "urgent as a text": (with_("# urgent = true", 'urgent = "yes"'), "urgent is true, or is left out", ""),
    "urgent false": (with_("# urgent = true", "urgent = false"), "urgent is true, or is left out", ""),
    "an instrument nobody knows": (with_('"convention-1959"\n', '"treaty"\n'), "treaty", "an instrument is one of"),
    "a basis that is no table": (TEMPLATE.split("[[basis]]")[0] + 'basis = "untoc"\n', "basis", ""),
    "no basis": (TEMPLATE.split("# On what it rests")[0], "basis is missing", "request template"),
    "an empty scope": (with_('kinds = ["physical", "digital"]', ""), "scope", "request template"),
    "a kind nobody knows": (with_('["physical", "digital"]', '["liquid"]'), "liquid", "request template"),
    "a purpose of two words": (with_(PURPOSE, 'purpose = "the trial"'), "purpose", "request template"),
    "a supplement that is no UUID": (
        with_("# supplements =", "supplements = 'x' #"),
        "supplements is to be the UUID",
        "",
    ),
    "onward without the State": (with_(PURPOSE, 'purpose = "onward"'), "onward_to is missing", 'onward_to = "FR"'),
    "onward to nowhere": (with_(PURPOSE, 'purpose = "onward"\nonward_to = "France"'), "onward_to", ""),
    "a key twice": (with_("language =", 'language = "x"\nlanguage ='), "it is not TOML", "request template"),
    "a reference with a space": (with_('"DE-2026-044"', '"DE 44"'), "reference", "request template"),
}


@pytest.mark.parametrize("defect", FILES)
def test_a_request_file_with_a_mistake(abroad: Abroad, defect: str) -> None:
    content, said, hint = FILES[defect]
    (abroad.folder / "r.toml").write_bytes(content.encode() if isinstance(content, str) else content)
    size = abroad.ro.size()
    words = ASK if "reference" not in defect else (*ASK[:4], *ASK[6:])
    done = abroad.ro("request", "send", "r.toml", *words)
    assert done.code == 4, done
    assert done.err.startswith("error: r.toml: ")
    assert said in done.err.partition("hint: ")[0]
    assert hint in done.err.partition("hint: ")[2]
    assert "hint: " in done.err
    assert (abroad.ro.size(), (abroad.folder / "out").exists()) == (size, False)


def test_onward_on_the_command_line_needs_the_state_in_the_file(abroad: Abroad) -> None:
    (abroad.folder / "r.toml").write_text(TEMPLATE)
    done = abroad.ro("request", "send", "r.toml", *ASK, "--purpose", "onward")
    assert (done.code, "onward_to is missing" in done.err) == (4, True)
    (abroad.folder / "r.toml").write_text(with_(PURPOSE, f'{PURPOSE}\nonward_to = "FR"'))
    abroad.ro.must("request", "send", "r.toml", *ASK, "--purpose", "onward")


def test_the_template_is_sent_as_it_stands(abroad: Abroad) -> None:
    abroad.ro.must("request", "template", "-o", "r.toml")
    sent = abroad.ro.must(
        "request", "send", "r.toml", "--to", DE, "--case", "OP-17", "--as", "ca", "-o", "out", "--json"
    )
    assert sent.json["reference"] == "DE-2026-044"
    abroad.de.must("request", "receive", "out", "--case", "K-12", "--as", "ca")


def test_without_a_reference_it_is_called_after_its_case(abroad: Abroad) -> None:
    words = ("request", "send", "mla.toml", "--to", DE, "--case", "OP-17", "--as", "ca", "--json", "-o")
    assert abroad.ro.must(*words, "a").json["reference"] == "OP-17-R2"
    assert abroad.ro.must(*words, "b").json["reference"] == "OP-17-R3"
