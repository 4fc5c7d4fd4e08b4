"""Saying things in the languages of a certificate: labels, findings, dates, countries, lengths of time.

Identifiers, digests, names and what people stated are never translated. Dates and countries come from the Unicode CLDR
by way of Babel; everything else from the catalogues.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from babel import Locale
from babel.dates import format_date
from babel.units import format_unit

from custody.certificate.blocks import Said, Texts
from custody.certificate.catalogue import AUTHENTIC, PHRASES, Catalogue, fill
from custody.protocol.eye import show
from custody.protocol.findings import Finding

_DURATION = re.compile(r"(\d+) (second|minute|hour|day)s?")

_LOCALES = {"en": "en_GB", "pt": "pt_PT"}
"""Whose dates are meant, where the language alone would mean those of another State."""

_OURS = frozenset({"act", "end", "how", "late", "purpose", "request", "state", "status", "until"})
"""Facts of a finding that may be the rules' own words."""

_ALSO_OURS = frozenset({("A03.state", "why")})

_ABSENT = {
    "custodian": "nobody",
    "expected": "none",
    "person": "nobody",
    "roles": "nobody",
    "why": "no reason given",
}
"""What the rules say where a fact that others state is missing."""


class Words:
    """The languages of one certificate, the authentic one first."""

    def __init__(self, catalogues: Sequence[Catalogue]) -> None:
        self.catalogues = tuple(catalogues)
        self._locales = [Locale.parse(_LOCALES.get(one.code, one.code)) for one in catalogues]
        self._phrases = [(_pattern(one), one) for one in sorted(PHRASES, key=len, reverse=True)]

    def say(self, key: str, /, **facts: str | Texts) -> Texts:
        """The sentence under a key, its facts filled in: each the same everywhere, or one for each language."""
        return tuple(
            fill(
                one.words[key],
                {name: value if isinstance(value, str) else value[place] for name, value in facts.items()},
            )
            for place, one in enumerate(self.catalogues)
        )

    def said(self, key: str, /, *, strong: bool = False, **facts: str | Texts) -> Said:
        """The same, as a piece of a line."""
        return Said(self.say(key, **facts), strong=strong)

    def knows(self, key: str) -> bool:
        """Whether there are words for it."""
        return key in self.catalogues[0].words

    def paragraphs(self, key: str, /, **facts: str | Texts) -> list[Texts]:
        """The sentences of a list, in order."""
        return [self.say(one, **facts) for one in self._numbered(key)]

    def either(self, key: str, otherwise: str) -> Texts:
        """The words under a key; where there are none, what stands in the record."""
        return self.say(key) if self.knows(key) else self.same(otherwise)

    def same(self, stated: str) -> Texts:
        """What stands in the record, in every language."""
        return (show(stated),) * len(self.catalogues)

    def finding(self, one: Finding) -> Texts:
        """A finding's sentence. In English it is the report's, letter for letter."""
        facts: dict[str, str | Texts] = {}
        for name, value in one.facts:
            ours = name in _OURS or (one.key, name) in _ALSO_OURS or value == _ABSENT.get(name)
            facts[name] = self.phrase(value) if ours else show(value)
        return self.say(f"findings.{one.key}", **facts)

    def phrase(self, words: str) -> Texts:
        """A fact in the rules' own words, in each language; otherwise as it stands."""
        shown = show(words)
        for pattern, template in self._phrases:
            found = pattern.fullmatch(shown)
            if found is not None:
                return self.say(f"phrases.{template}", **found.groupdict())
        for table in ("events", "authority", "seals", "item"):
            if self.knows(f"{table}.{words}"):
                return tuple(
                    words if one.code == AUTHENTIC and table == "events" else one.words[f"{table}.{words}"]
                    for one in self.catalogues
                )
        duration = _DURATION.fullmatch(words)
        return self.length(int(duration[1]), duration[2]) if duration else self.same(words)

    def length(self, count: int, unit: str) -> Texts:
        """`3 days`; `unit`: day, hour, minute or second."""
        return tuple(_length(count, f"duration-{unit}", locale) for locale in self._locales)

    def duration(self, words: str) -> Texts:
        """A length of time that the report says in English."""
        found = _DURATION.fullmatch(words)
        return self.length(int(found[1]), found[2]) if found else self.same(words)

    def date(self, stated: str) -> Texts:
        """`2026-05-04…` as people write it."""
        day = datetime.fromisoformat(stated[:10]).date()
        return tuple(format_date(day, "long", locale=locale) for locale in self._locales)

    def time(self, moment: int) -> Texts:
        """A moment, in UTC."""
        when = datetime.fromtimestamp(moment, UTC)
        clock = f"{when:%H:%M} UTC"
        return tuple(f"{format_date(when, 'long', locale=locale)}, {clock}" for locale in self._locales)

    def country(self, code: str) -> Texts:
        """A State by its ISO 3166-1 code; the code where it is none."""
        return tuple(str(locale.territories.get(code, code)) for locale in self._locales)

    def _numbered(self, key: str) -> Iterator[str]:
        number = 1
        while self.knows(f"{key}.{number}"):
            yield f"{key}.{number}"
            number += 1


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\})", template)
    named = (f"(?P<{part[1:-1]}>.+)" if part.startswith("{") else re.escape(part) for part in parts)
    return re.compile("".join(named), re.DOTALL)


def _length(count: int, unit: str, locale: Locale) -> str:
    """The long form. Where the CLDR leaves that to the short one, Babel gives the unit's name."""
    said = format_unit(count, unit, length="long", locale=locale, format="0")
    return format_unit(count, unit, length="short", locale=locale, format="0") if unit in said else said
