"""profile_file.py: the TOML of a profile, and what people mistype in it."""

import pytest

from custody.errors import MalformedError
from custody.protocol import profile_file as module
from custody.protocol.events.codec import EVENT_TYPES
from custody.protocol.events.ledger import Deadlines, Profile
from custody.protocol.events.members import has_member
from custody.protocol.profile_file import MAX_PROFILE, parse_profile


def test_the_worked_example_is_exact() -> None:
    assert module.__doc__ is not None
    lines = [line[4:] for line in module.__doc__.split("\n") if line.startswith("    ") or not line]
    assert parse_profile("\n".join(lines).encode()) == Profile(
        name="Two co-signers at seizure",
        deadlines=Deadlines(receipt=7),
        late_hours=12,
        required={"item.seized": ("/details/seals", "/documents")},
        roles={"court.presented": ("prosecutor",)},
        spontaneous=True,
        witnesses={"item.seized": 2},
    )


def test_a_name_is_enough() -> None:
    assert parse_profile(b'name = "nothing beyond the base rules"\r\n') == Profile(name="nothing beyond the base rules")


def test_every_member_has_a_reader() -> None:
    assert set(module._READERS) == set(Profile.__struct_fields__)


def rules(text: str) -> str:
    return f'name = "x"\n{text}\n'


BAD: dict[str, tuple[str, str, str]] = {
    "nothing": ("", "has no name", "name ="),
    "no name": ("late_hours = 1", "has no name", "name ="),
    "an empty name": ('name = " "', "name is empty", ""),
    "a name that is a number": ("name = 7", "name is not a text", ""),
    "not TOML": ("name: x", "is not TOML: ", ""),
    "a key twice": (rules("late_hours = 1\nlate_hours = 2"), "is not TOML: ", ""),
    "a mistyped key": (rules("late_hour = 1"), "'late_hour' is not a member of a profile", "did you mean late_hours?"),
    "a key like none": (rules("x = 1"), "'x' is not a member", "known: name, deadlines, late_hours"),
    "a long key": (rules(f"{'k' * 70} = 1"), f"'{'k' * 64}' is not a member", ""),
    "a limit in quotes": (rules('late_hours = "12"'), "late_hours is not a whole number from 0", ""),
    "a limit below 0": (rules("transit_days = -1"), "transit_days is not a whole number", ""),
    "a limit too large": (rules("transit_days = 100001"), "transit_days is not a whole number", ""),
    "a limit with a fraction": (rules("late_hours = 1.0"), "late_hours is not a whole number", ""),
    "a limit that is true": (rules("late_hours = true"), "late_hours is not a whole number", ""),
    "a limit of 5000 digits": (rules(f"late_hours = {'9' * 5000}"), "is not TOML: ", ""),
    "not allowed, said so": (rules("urgent = false"), "urgent is not true", "leave it out"),
    "allowed, in quotes": (rules('spontaneous = "true"'), "spontaneous is not true", "leave it out"),
    "allowed, as 1": (rules("spontaneous = 1"), "spontaneous is not true", "leave it out"),
    "no deadlines": (rules("[deadlines]"), "[deadlines] is empty", "leave it out"),
    "deadlines as a number": (rules("deadlines = 7"), "deadlines is not a table", "[deadlines] on a line"),
    "a mistyped deadline": (
        rules("[deadlines]\nreciept = 7"),
        "'reciept' is not a member of [deadlines]",
        "did you mean receipt?",
    ),
    "a deadline in words": (rules('[deadlines]\nreceipt = "a week"'), "deadlines.receipt is not a whole number", ""),
    "witnesses for all types": (rules("witnesses = 2"), "witnesses is not a table", "[witnesses]"),
    "a mistyped type": (
        rules('[witnesses]\n"item.siezed" = 1'),
        "'item.siezed' is not a type of event ([witnesses])",
        "did you mean item.seized?",
    ),
    "a type without quotes": (
        rules("[witnesses]\nitem.seized = 1"),
        "[witnesses] has a table 'item'",
        '"item.seized" = …',
    ),
    "no witnesses": (rules('[witnesses]\n"item.seized" = 0'), '[witnesses] "item.seized" is not a whole number', ""),
    "16 witnesses": (rules('[witnesses]\n"item.seized" = 16'), "from 1 to 15", ""),
    "witnesses of the ledger key": (rules('[witnesses]\n"profile.adopted" = 1'), "the ledger key alone signs it", ""),
    "a role of the ledger key": (rules('[roles]\n"person.enrolled" = ["court"]'), "the ledger key alone signs it", ""),
    "a mistyped role": (
        rules('[roles]\n"court.presented" = ["proscutor"]'),
        "'proscutor' is not a role ([roles] \"court.presented\")",
        "did you mean prosecutor?",
    ),
    "a role that the base rules refuse": (
        rules('[roles]\n"court.presented" = ["examiner"]'),
        '[roles] "court.presented": examiner may not sign it',
        "of these: court, prosecutor",
    ),
    "a role twice": (rules('[roles]\n"court.presented" = ["court", "court"]'), "names something twice", ""),
    "no roles": (rules('[roles]\n"court.presented" = []'), "is not a list of texts", '["one", "two"]'),
    "one role, not a list": (rules('[roles]\n"court.presented" = "court"'), "is not a list of texts", ""),
    "a list of numbers": (rules('[roles]\n"court.presented" = [1]'), "is not a list of texts", ""),
    "a pointer that is none": (
        rules('[required]\n"item.seized" = ["details/seals"]'),
        "[required] \"item.seized\": 'details/seals' is not a JSON Pointer",
        "",
    ),
    "a pointer to nothing": (
        rules('[required]\n"item.seized" = ["/details/seal"]'),
        "item.seized has no /details/seal",
        "docs/format.md",
    ),
    "a pointer of another type": (rules('[required]\n"item.opened" = ["/details/category"]'), "item.opened has no", ""),
    "a pointer twice": (rules('[required]\n"item.seized" = ["/place", "/place"]'), "names something twice", ""),
    "a deep nesting": (f"x = {'[' * 5000}", "nested too deeply", ""),
    "too large": (f"# {'x' * MAX_PROFILE}", "more than 65536 bytes", ""),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_profile_is_refused(name: str) -> None:
    text, message, hint = BAD[name]
    with pytest.raises(MalformedError) as caught:
        parse_profile(text.encode())
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(MalformedError, match="is not TOML"):
        parse_profile(b'name = "\xff"\n')


@pytest.mark.parametrize(
    ("kind", "pointer", "has"),
    [
        ("item.seized", "/place", True),
        ("item.seized", "/place/name", True),
        ("item.seized", "/documents/0/title", True),
        ("item.seized", "/details/acquisition/content/sha256", True),
        ("item.seized", "/details/seals/0", True),
        ("item.seized", "/details/seals/00", False),
        ("item.seized", "/details/seals/0/seal", False),
        ("item.opened", "/details/seals/0/seal", True),
        ("item.assumed", "/details/from", True),
        ("item.assumed", "/details/from_", False),
        ("item.seized", "/subject/kind", False),
        ("item.seized", "/sealed/details", False),
        ("handover.released", "/details/basis/return", True),
    ],
)
def test_members_that_a_type_can_have(kind: str, pointer: str, has: bool) -> None:
    assert has_member(EVENT_TYPES[kind], tuple(pointer.split("/")[1:])) is has
