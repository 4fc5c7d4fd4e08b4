"""A request for mutual legal assistance as its author writes it: a commented TOML file, one key for each member.

The names are those of `request.sent` (docs/format.md); the contents are UNTOC art. 18(15)'s.
"""

import difflib
import re
import tomllib
from typing import Any, get_args

import msgspec

from custody.errors import MalformedError
from custody.protocol.events.requests import ONWARD, Instrument, RequestSentDetails

TEMPLATE = '''\
# A request for mutual legal assistance. Every value here is an example: put your own in its place.
# What stands after # is a comment. Texts in """ may have several lines.
# The letters are those of article 18(15) of the United Nations Convention against Transnational Organized Crime.

# What you call it. The other side, and your own commands, find it by this.
reference = "DE-2026-044"

# (a) Who makes the request.
authority = "Staatsanwaltschaft Köln, Zentralstelle Menschenhandel"

# (b) What the investigation is about, its nature, and who conducts it.
subject = "Trafficking in human beings for sexual exploitation, pre-trial investigation 44 Js 117/26"
conducting = "Kriminalpolizei Köln, Kommissariat 12: investigation under the direction of the public prosecutor"

# (c) The relevant facts. Kept out of the record's clear text: the partner and the court can read them.
facts = """
Between January and April 2026 at least three persons were brought from Iași to Köln and exploited there.
A telephone seized in Iași on 3 May 2026 was used to control them.
"""

# (d) What is asked for, and a procedure to be followed, if any.
assistance = "Hand over the telephone, sealed, for examination; return it after the trial."
procedure = "The seal is to be read and recorded at both ends; a record signed by both sides."

# (e) Identity, location and nationality of the persons concerned, where that matters. Kept out of the clear text, too.
persons = "A. P., born 1994, Iași, Romanian (suspect)"

# (f) What the evidence is sought for: a word that the releases will repeat, and the same in a sentence.
# The word "onward" asks the first State for its consent to a transfer to a third: then add onward_to = "FR".
purpose = "prosecution"
purpose_text = "Use as evidence in the trial before the Landgericht Köln"

# What it may be used for, and how it is to be kept.
use_limitation = "Only in these proceedings (UNTOC art. 18(19))"
confidentiality = "The request and its contents are to be kept confidential (UNTOC art. 18(20))"

# How it travels, in which language.
channel = "Central authorities, directly"
language = "German, with a Romanian translation"

# By when an answer is needed. Take the # away from the next line where it is urgent.
deadline = 2026-12-31
# urgent = true

# Another request of yours that this one adds to, by its UUID.
# supplements = "00000000-0000-4000-8000-000000000000"

# On what it rests; repeat the block for each instrument. One of:
#   untoc, palermo-protocol, convention-1959, eio (Directive 2014/41), budapest-protocol-2, bilateral-treaty,
#   joint-investigation
[[basis]]
instrument = "untoc"
article = "18"

[[basis]]
instrument = "convention-1959"
article = "3"
title = "European Convention on Mutual Assistance in Criminal Matters, with its protocols"

# Which items: each line that is there narrows it. Labels are those of the other side.
[scope]
kinds = ["physical", "digital"]
# categories = ["phone"]
# items = ["JM/1"]
'''

_TEXTS = (
    "reference",
    "authority",
    "subject",
    "conducting",
    "facts",
    "assistance",
    "procedure",
    "persons",
    "purpose",
    "purpose_text",
    "use_limitation",
    "confidentiality",
    "channel",
    "language",
    "onward_to",
    "supplements",
)
_KNOWN = (*_TEXTS, "deadline", "urgent", "basis", "scope")
_FORMS = {
    "basis": "one or more instruments, each in a [[basis]] of its own",
    "deadline": "a date, as 2026-12-31",
    "onward_to": "a country's two letters (ISO 3166), as FR",
    "purpose": "one word in small letters, as prosecution",
    "reference": "letters, digits, . _ / - without spaces",
    "scope": "kinds (physical, digital), categories or items, each a list",
    "supplements": "the UUID of another request",
}
_SEE = "`custody request template` says what belongs there"
_REQUIRED = (
    "authority",
    "subject",
    "conducting",
    "facts",
    "assistance",
    "purpose",
    "purpose_text",
    "use_limitation",
    "basis",
)


def parse_request_file(data: bytes, to: str, said: dict[str, Any]) -> RequestSentDetails:
    """The request in a file, addressed to the ledger `to`. `said`: members from the command line, which go before.

    Raises MalformedError, with the member concerned.
    """
    try:
        values = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MalformedError(
            f"it is not TOML: {error}", hint="`custody request template -o FILE` writes one"
        ) from error
    for name in values:
        if name not in _KNOWN:
            near = difflib.get_close_matches(name, _KNOWN, n=1)
            hint = f"did you mean {near[0]}?" if near else f"members: {', '.join(_KNOWN)}"
            raise MalformedError(f"{name} is not a member of a request", hint=hint)
    stated = {name: _member(name, value) for name, value in values.items()} | said
    for name in _REQUIRED:
        if name not in stated:
            raise MalformedError(f"{name} is missing", hint=_SEE)
    if stated["purpose"] == ONWARD and "onward_to" not in stated:
        # An entry may leave it out (docs/format.md, request.sent): consent to any State, which nobody means to ask for.
        hint = 'a line of its own names the third State: onward_to = "FR"'
        raise MalformedError("onward_to is missing: the purpose is onward", hint=hint)
    stated.setdefault("scope", {"kinds": ["physical", "digital"]})
    try:
        return msgspec.convert(stated | {"to": to}, RequestSentDetails)
    except msgspec.ValidationError as error:
        raise _refused(str(error)) from error


def _member(name: str, value: Any) -> Any:
    if name in _TEXTS:
        if not isinstance(value, str) or not value.strip():
            raise MalformedError(f"{name} is to be a text that says something", hint=_SEE)
        return value.strip()
    if name == "deadline":
        return value.isoformat() if hasattr(value, "isoformat") else value
    if name == "urgent" and value is not True:
        raise MalformedError("urgent is true, or is left out", hint="urgent = true")
    return value


def _refused(said: str) -> MalformedError:
    """The member and the form it is to have, in the place of the pattern that it did not match."""
    at = re.search(r"`\$\.(\w+)", said)
    name = at[1] if at else ""
    hint = f"an instrument is one of {', '.join(get_args(Instrument))}" if name == "basis" else _SEE
    if name not in _FORMS:
        return MalformedError(f"it can't be sent: {said}", hint=hint)
    why = "" if "regex" in said else f" ({said})"
    return MalformedError(f"{name} is to be {_FORMS[name]}{why}", hint=hint)
