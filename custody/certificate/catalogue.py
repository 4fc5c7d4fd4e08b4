"""The words of a certificate in one language: plain TOML files (languages/*.toml) that an interpreter can correct.

A catalogue is flat: `item.label` is the word `label` of the table `[item]`. The English file leaves to the verifier
what the verifier says; the others have all of it. Every catalogue has every key, with the same words in braces.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from custody.errors import UsageError
from custody.protocol.findings import SENTENCES
from custody.verifier.answers import QUESTIONS
from custody.verifier.report.model import LIMITS
from custody.verifier.report.words import EVENTS

AUTHENTIC = "en"
"""The language that the verifier speaks, which every other catalogue translates."""

RTL = frozenset({"ar"})

DETAILS = (
    "acquisition content blake3",
    "acquisition content md5",
    "acquisition content sha1",
    "acquisition content sha256",
    "acquisition format",
    "acquisition tool",
    "acquisition version",
    "acquisition write blocker",
    "addressees",
    "authority",
    "basis agreement",
    "basis head",
    "basis purpose",
    "basis request",
    "basis return",
    "basis spontaneous",
    "because",
    "category",
    "changes",
    "checkpoint",
    "child",
    "condition",
    "consignment",
    "consumed",
    "container",
    "courier",
    "court",
    "description",
    "digests",
    "discrepancies",
    "document",
    "entry",
    "exhibit",
    "facility",
    "field",
    "formerly",
    "from",
    "hearing",
    "kind",
    "label",
    "left",
    "make",
    "manner",
    "may open",
    "medium",
    "method",
    "model",
    "old",
    "organisation",
    "outcome",
    "outer seal",
    "parents",
    "place name",
    "purpose",
    "put on",
    "quantity",
    "reason",
    "receipt",
    "refusal",
    "release",
    "removed",
    "request",
    "return by",
    "seal",
    "seals",
    "serial",
    "shelf",
    "source",
    "state",
    "taken",
    "temperature",
    "text",
    "to",
    "tool",
    "use limits",
    "value",
    "waybill",
    "why",
)
"""What the details of an item's events are called in a report (custody.verifier.report.describe)."""

PHRASES = (
    "a third State",
    "an unknown State",
    "another root at that size",
    "another root at the same size",
    "assumed by {person} on {date}",
    "assumed from {place}",
    "before {entry}",
    "cited",
    "enrolled again on {date}",
    "it was not taken there",
    "it was released to a partner in {state}",
    "no reason given",
    "no stated purpose",
    "nobody",
    "none",
    "not shown",
    "nothing that would allow it",
    "received by {person} on {date}",
    "request {reference}",
    "request {reference} is not that State's",
    "request {reference} was made to another State",
    "since",
    "the consistency proof does not join them",
    "the request cited",
)
"""Words of the rules' own that stand as facts in their sentences."""

_FILLED = re.compile(r"\{(\w+)\}")


class Catalogue(NamedTuple):
    """One language."""

    code: str
    """ISO 639-1."""
    name: str
    """What the language calls itself."""
    words: dict[str, str]

    @property
    def rtl(self) -> bool:
        """Whether it is written from right to left."""
        return self.code in RTL


def list_languages() -> list[str]:
    """Codes of the languages there are catalogues for, the authentic one first."""
    found = {one.name.removesuffix(".toml") for one in _folder().iterdir() if one.name.endswith(".toml")}
    return sorted(found, key=lambda code: (code != AUTHENTIC, code))


@cache
def load_catalogue(code: str) -> Catalogue:
    """The catalogue of a language. Raises UsageError where there is none."""
    known = list_languages()
    if code not in known:
        raise UsageError(f"there is no catalogue for the language {code}", hint=f"there are: {', '.join(known)}")
    words = dict(_spoken()) if code == AUTHENTIC else {}
    words |= _flat(tomllib.loads((_folder() / f"{code}.toml").read_text(encoding="utf-8")))
    return Catalogue(code, words["language.name"], words)


def filled_in(words: str) -> frozenset[str]:
    """The names in braces."""
    return frozenset(_FILLED.findall(words))


def fill(words: str, facts: dict[str, str]) -> str:
    """The sentence with its facts; braces in a fact stay what they are."""
    return _FILLED.sub(lambda match: facts.get(match[1], match[0]), words)


def _spoken() -> dict[str, str]:
    """What the verifier says, by the keys of the tables that a translation has for it."""
    return {
        **{f"findings.{key}": sentence for key, (_, sentence) in SENTENCES.items()},
        **{f"events.{kind}": words for kind, words in EVENTS.items()},
        **{f"questions.{key}": words for key, words in QUESTIONS.items()},
        **{f"limits.{number}": words for number, words in enumerate(LIMITS, 1)},
        **{f"details.{name}": name for name in DETAILS},
        **{f"phrases.{words}": words for words in PHRASES},
    }


def _flat(table: dict[str, Any], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            found |= {f"{prefix}{key}.{number}": words for number, words in enumerate(value, 1)}
        else:
            found[f"{prefix}{key}"] = value
    return found


def _folder() -> Any:
    return files("custody.certificate") / "languages"
