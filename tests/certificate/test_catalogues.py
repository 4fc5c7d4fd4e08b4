"""Every language says everything, with the same facts; in English the findings are the report's, letter for letter."""

import pytest

from custody.certificate.catalogue import (
    AUTHENTIC,
    DETAILS,
    PHRASES,
    Catalogue,
    fill,
    filled_in,
    list_languages,
    load_catalogue,
)
from custody.certificate.words import Words
from custody.errors import UsageError
from custody.protocol.findings import SENTENCES, finding
from tests.cli.station import call

LANGUAGES = list_languages()
SOURCE = load_catalogue(AUTHENTIC)


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_catalogue_has_every_word(code: str) -> None:
    words = load_catalogue(code).words
    assert sorted(SOURCE.words.keys() - words.keys()) == []
    assert sorted(words.keys() - SOURCE.words.keys()) == []
    assert [key for key, text in words.items() if not text.strip()] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_translation_is_filled_with_the_same_facts(code: str) -> None:
    words = load_catalogue(code).words
    assert [key for key in SOURCE.words if filled_in(words[key]) != filled_in(SOURCE.words[key])] == []


@pytest.mark.parametrize("code", [one for one in LANGUAGES if one != AUTHENTIC])
def test_a_translation_translates(code: str) -> None:
    """Few words are the same in two languages; sentences never are."""
    words = load_catalogue(code).words
    same = [key for key, text in SOURCE.words.items() if words[key] == text and len(text.split()) > 3]
    assert same == []


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_every_length_of_time_has_words(code: str) -> None:
    words = Words([load_catalogue(code)])
    for unit in ("day", "hour", "minute", "second"):
        for count in (1, 2, 3, 11):
            assert "duration" not in words.length(count, unit)[0]


def test_the_languages_of_the_united_nations_and_more() -> None:
    assert {"ar", "zh", "en", "fr", "ru", "es", "de", "it", "pt", "ro"} <= set(LANGUAGES)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(UsageError, match="no catalogue for the language xx") as refused:
        load_catalogue("xx")
    assert "en" in (refused.value.hint or "")


def test_a_fact_is_filled_in_as_it_stands() -> None:
    assert fill("{a} and {b}", {"a": "{b}", "b": "x"}) == "{b} and x"


@pytest.mark.parametrize("key", SENTENCES)
def test_english_says_what_the_report_says(key: str) -> None:
    names = filled_in(SENTENCES[key][1])
    one = finding(key, (), **{name: f"<{name}>" for name in names})
    assert Words([SOURCE]).finding(one) == (one.message,)


def test_a_finding_is_said_in_every_language() -> None:
    words = Words([load_catalogue(code) for code in LANGUAGES])
    for key, (_, sentence) in SENTENCES.items():
        facts = {name: f"#{name}#" for name in filled_in(sentence)}
        for text in words.finding(finding(key, (), **facts)):
            assert all(value in text for value in facts.values()), key


@pytest.mark.parametrize("phrase", PHRASES)
def test_a_phrase_of_the_rules_is_translated_with_its_fact(phrase: str) -> None:
    stated = fill(phrase, dict.fromkeys(filled_in(phrase), "X-1"))
    english, *others = Words([load_catalogue(code) for code in LANGUAGES]).phrase(stated)
    assert english == stated
    assert all(text != stated and ("X-1" in text) == ("X-1" in stated) for text in others)


def test_what_the_rules_say_in_place_of_a_name_is_translated() -> None:
    words = Words([load_catalogue("fr")])
    said = words.finding(finding("C03", (), person="jm@a.example/c", custodian="nobody"))[0]
    assert "personne" in said and "nobody" not in said
    assert "aucune raison" in words.finding(finding("P03", (), date="x", old="A", new="B", why="no reason given"))[0]


def test_what_somebody_stated_is_not_translated() -> None:
    """An officer's own `none` stays what it is."""
    words = Words([SOURCE, Catalogue("fr", "français", {**SOURCE.words, "phrases.none": "aucun"})])
    one = finding("P03", (), date="2026-05-04", old="A", new="B", why="none")
    assert words.finding(one)[1].endswith("none")


def test_lengths_of_time_and_dates_are_said_as_people_do() -> None:
    words = Words([load_catalogue("en"), load_catalogue("fr")])
    assert words.duration("3 days") == ("3 days", "3\u00a0jours")
    assert words.date("2026-05-04") == ("4 May 2026", "4 mai 2026")
    assert words.country("RO") == ("Romania", "Roumanie")


def test_details_are_those_of_reports() -> None:
    assert list(DETAILS) == sorted(DETAILS)


def test_the_help_names_them_all() -> None:
    told = call("certificate", "--help").out
    assert f"Language: {', '.join(sorted(LANGUAGES))}." in " ".join(told.split())
