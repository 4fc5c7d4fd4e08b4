"""How ledgers, persons, subjects and entries are named.

    origin      ocrteh.police.example/custody                  one ledger; also its name in signed notes
    person      jm@ocrteh.police.example/custody               a person of that ledger
    subject     item:6f1c…  person:jm  case:OP-17  ledger      what an event is about

An origin begins with a lower-case letter or digit, so that no checkpoint (which begins with its origin) can be a
DSSE pre-authentication encoding (which begins `DSSEv1`): the ledger key signs both.
"""

import re
from functools import lru_cache

from custody.errors import MalformedError

ORIGIN = r"[a-z0-9](?:[a-z0-9.-]{0,126}[a-z0-9])?(?:/[A-Za-z0-9._~-]{1,64}){0,4}"
ID = r"[a-z0-9._-]{1,64}"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
CASE = r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}"
MARK = r'[^\x00-\x20\x7f-\xa0"#,:;=@\\]'
"""A character of a label, seal number or unit: any script, but no space, control or mark that commands use."""
LABEL = rf"(?!-){MARK}{{1,64}}"
SEAL = rf"(?!-){MARK}{{1,64}}"
COUNTRY = r"[A-Z]{2}"
WORD = r"[a-z][a-z0-9-]{0,31}"

ORIGIN_PATTERN = rf"\A{ORIGIN}\Z"
PERSON_PATTERN = rf"\A{ID}@{ORIGIN}\Z"
ACTOR_PATTERN = rf"\A(?:{ID}@)?{ORIGIN}\Z"
ID_PATTERN = rf"\A{ID}\Z"
UUID_PATTERN = rf"\A{UUID}\Z"
CASE_PATTERN = rf"\A{CASE}\Z"
LABEL_PATTERN = rf"\A{LABEL}\Z"
AUDIENCE_PATTERN = r"\A[a-z0-9][a-z0-9._-]{0,63}\Z"
SEAL_PATTERN = rf"\A{SEAL}\Z"
COUNTRY_PATTERN = rf"\A{COUNTRY}\Z"
WORD_PATTERN = rf"\A{WORD}\Z"
SUBJECT_PATTERN = rf"\A(?:(?:item|notes|request|disclosure):{UUID}|person:{ID}|partner:{ORIGIN}|case:{CASE}|ledger)\Z"

_ORIGIN = re.compile(ORIGIN_PATTERN)
_ID = re.compile(ID_PATTERN)
_ACTOR = re.compile(ACTOR_PATTERN)
_CASE = re.compile(CASE_PATTERN)
_SUBJECT = re.compile(SUBJECT_PATTERN)

_recurring = lru_cache(maxsize=4096)
"""For names that entry after entry repeats: each is matched once, while it is among the last few thousand."""


@_recurring
def check_origin(text: str) -> str:
    """`text`, when it is an origin."""
    if not _ORIGIN.match(text):
        raise MalformedError(
            f"{text[:80]!r} is not an origin: lower-case host and path without scheme, as ocrteh.police.example/custody"
        )
    return text


def check_id(text: str) -> str:
    """`text`, when it is a person's id."""
    if not _ID.match(text):
        raise MalformedError(f"{text!r} is not an id: 1 to 64 of a-z, 0-9, '.', '_', '-'")
    return text


@_recurring
def check_actor(text: str) -> str:
    """`text`, when it is a person or an origin."""
    if not _ACTOR.match(text):
        raise MalformedError(f"{text[:80]!r} is neither a person nor a ledger")
    return text


@_recurring
def check_case(text: str) -> str:
    """`text`, when it can name a case."""
    if not _CASE.match(text):
        raise MalformedError(f"{text[:80]!r} is not the name of a case")
    return text


@_recurring
def check_subject(text: str) -> str:
    """`text`, when it is something that an event can be about."""
    if not _SUBJECT.match(text):
        raise MalformedError(f"{text[:80]!r} is nothing that an event can be about")
    return text


def split_person(person: str) -> tuple[str, str]:
    """`("jm", "ocrteh.police.example/custody")`."""
    identity, _, origin = person.partition("@")
    return identity, origin


def kind_of(subject: str) -> str:
    """`item` of `item:6f1c…`; `ledger` of `ledger`."""
    return subject.partition(":")[0]


def name_of(subject: str) -> str:
    """`6f1c…` of `item:6f1c…`; empty for `ledger`."""
    return subject.partition(":")[2]


def notes_of(subject: str) -> str:
    """The subject that holds the notes on an item or request: `notes:UUID`."""
    return f"notes:{name_of(subject)}"
