"""The page: nothing of the file acts in it, nothing is fetched, and a judge finds what was asked."""

import base64
import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest

from custody.protocol.findings import SENTENCES, Finding
from custody.protocol.policy_file import parse_policy
from custody.verifier.answers import QUESTIONS
from custody.verifier.report import events_table, findings_table
from custody.verifier.report import page as report_page
from custody.verifier.report.markup import LONG, code, prose
from custody.verifier.report.meanings import MEANINGS, say_effect
from custody.verifier.report.model import LIMITS, ItemReport, Report
from custody.verifier.report.page import render_page
from custody.verifier.report.style import STYLE
from custody.verifier.report.text import render_text
from fixtures.judge import folders, read_expected
from tests.verifier.report.parsed import Page, check_harmless
from tests.verifier.report.stories import (
    EVIL,
    STORIES,
    broken,
    derived,
    hostile,
    many,
    phone,
    report_on,
    travelling,
    untrusted,
)

KEPT = {"verdict", "severity", "key", "sealed", "type", "status", "questions"}
"""Members that take one of a few values, which the verifier chooses."""
TIMES = {"occurred_at", "as_of"}


def poisoned(value: Any, kept: set[str]) -> Any:
    """The same report with every other string of it replaced."""
    if isinstance(value, str):
        return EVIL
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        members = {name: member if name in kept else poisoned(member, kept) for name, member in value._asdict().items()}
        if isinstance(value, Finding):
            members["facts"] = tuple((name, EVIL) for name, _ in value.facts)
        return type(value)(**members)
    return tuple(poisoned(one, kept) for one in value) if isinstance(value, tuple) else value


def check_links(html: str) -> Page:
    """Nothing acts, no anchor twice, and no link leads nowhere."""
    page = check_harmless(html)
    anchors = page.values("id")
    assert len(anchors) == len(set(anchors))
    pointed = {one.removeprefix("#") for one in page.values("href")}
    pointed |= {one for value in page.values("aria-labelledby", "aria-describedby") for one in value.split()}
    pointed |= {one[5:-1] for one in page.values("fill") if one.startswith("url(")}
    assert pointed <= set(anchors)
    return page


@pytest.mark.parametrize("story", STORIES)
def test_stands_alone_and_is_well_formed(story: Callable[[], Report]) -> None:
    html = render_page(story())
    check_links(html)
    if story is not hostile:
        assert not re.search(r"https?:|//|@import|javascript:", html.replace("sha256-", ""))


@pytest.mark.parametrize("kept", [KEPT, KEPT | TIMES], ids=["all", "all but times"])
@pytest.mark.parametrize("story", [phone, broken, travelling, derived])
def test_hostile_strings_in_every_field_are_shown_as_text(story: Callable[[], Report], kept: set[str]) -> None:
    page = check_harmless(render_page(poisoned(story(), kept)))
    assert "<script>document.title='owned'</script>" in page.text
    assert r"\u202egnp.exe \u200bzero \u001b[31mred\u0007 \U000e0041" in page.text


def test_hostile_file() -> None:
    report = hostile()
    page = check_harmless(render_page(report))
    assert "<b>&'x" in page.text and "seal read: <i>&' broken" in page.text
    assert page.text.count("<script>document.title='owned'</script>") > 10
    assert "sealed; not disclosed to this reader" in page.text and "sealed; disclosed to this reader" in page.text
    assert page.values("tabindex"), "long texts scroll, and can be reached without a mouse"


def test_the_policy_names_the_style_and_nothing_else() -> None:
    html = render_page(phone())
    policy = next(one for one in Page(html).values("content") if one.startswith("default-src"))
    style = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
    assert len(style) == 1
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@pytest.mark.parametrize("story", STORIES)
def test_the_same_report_gives_the_same_bytes(story: Callable[[], Report]) -> None:
    assert render_page(story()).encode() == render_page(story()).encode()


def test_verdict_is_never_bare() -> None:
    for story in STORIES:
        report = story()
        words = Page(render_page(report)).text
        assert words.startswith(f"Custody report: {report.verdict_line}")
        assert f"Report on a chain of custody {report.verdict_line}" in words
        assert "whether evidence is admitted is for the court to say" in words


def test_what_decided_it_stands_beside_the_verdict() -> None:
    report = broken()
    words = Page(render_page(report)).text
    head = words[: words.index("It speaks of this file")]
    assert all(one.message in head for one in report.findings if one.severity == "B")
    assert not any(one.message in head for one in report.findings if one.severity == "R")


def test_answers_findings_keys_limits_are_all_there() -> None:
    for report in (phone(), broken(), travelling()):
        words = Page(render_page(report)).text
        wanted = [
            *QUESTIONS.values(),
            *LIMITS,
            *(key for _, key in report.policy),
            *(one.root for one in report.ledgers),
        ]
        wanted += [one.message for one in report.findings]
        assert [one for one in wanted if one not in words] == []
    assert "None was given: whose record this is can't be established." in Page(render_page(untrusted())).text


def test_the_profile_that_the_reader_brought_is_named() -> None:
    words = Page(render_page(phone()._replace(profile="rules of Ruritania"))).text
    assert "by the findings below and by rules of evidence that the reader brought: rules of Ruritania." in words
    assert "rules of evidence asked for on top of each ledger's own rules of Ruritania" in words
    assert "custody verify FILE --policy POLICY --evidence FILE --profile FILE" in words
    assert "rules of evidence" not in Page(render_page(phone())).text


def test_people_answer_for_things_and_do_not_hold_them() -> None:
    for story in (phone, broken, travelling, derived, many):
        page = Page(render_page(story()))
        said = page.text.replace("that a person named held the key alone", "").replace("had no role", "")
        assert not re.search(r"\b(held|had|holds|has it)\b", said)


def test_names_with_their_ledgers_and_states() -> None:
    words = Page(render_page(travelling())).text
    assert "Officer JMjm@ocrteh.police.example/custody (RO)" in words
    assert "Officer LABlab@tribunal.example/custody (FR)" in words


def test_gaps_are_in_the_list_and_between_the_events() -> None:
    html = render_page(travelling())
    words = Page(html).text
    for title in (
        "lent on a paper receipt, 9 days",
        "no statement, 400 days",
        "in transit, 7 days",
        "in transit, 2 days",
    ):
        assert words.count(f"{title}: from ") == 1
        assert words.count(f"{title}, from ") == 1
    assert words.index("Lent on a paper receipt Evidence room") < words.index("Gap 1: lent")
    assert (
        words.index("Gap 1: lent") < words.index("Back from a loan Evidence room") < words.index("Gap 2: no statement")
    )
    assert html.count('<tr class="gap">') == 4
    assert "no end on record. Released to px@tribunal.example/custody; nobody signed for it in that time" in words


def test_digests_in_groups_of_four_that_copy_as_one() -> None:
    digest = "0123456789abcdef" * 4
    assert code(digest).count("<i>") == 16
    assert "".join(Page(code(digest)).words) == digest
    assert prose(f"SHA-256 {digest}, 3 bytes").startswith('SHA-256 <code class="digest"><i>0123</i><i>4567</i>')
    assert "<i>" not in prose("f" * 65) and "<i>" not in prose("F" * 64)
    assert 'class="digest"' in render_page(derived())


def test_long_statements_scroll_and_short_ones_do_not() -> None:
    assert "tabindex" in prose("x" * (LONG + 1)) and "tabindex" in prose("\n" * 20)
    assert prose("two\nlines") == '<span class="said">two\nlines</span>'
    assert prose("one") == "one"


def test_documents_of_one_kind_are_all_shown() -> None:
    details = phone().items[0].steps[0].facts
    warrants = [fact for fact in details if fact.name == "document (warrant)"]
    assert len(warrants) == 1 and len(warrants[0].values) == 2
    assert all(prose(value) in render_page(phone()) for value in warrants[0].values)


def test_of_many_items_the_broken_one_comes_first_and_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_page, "ITEMS_SHOWN", 50)
    report = many()
    page = Page(render_page(report))
    assert f"{len(report.items)} items: 1 BROKEN, 59 UNBROKEN; the worst first" in page.text
    assert sum(one.startswith("item") and "-" not in one for one in page.values("id")) == 50
    assert page.text.index("JM/50 BROKEN") < page.text.index("JM/0 UNBROKEN")
    assert "Item JM/50: a phone" in page.text and "Item JM/59: a phone" not in page.text


def test_of_items_with_long_histories_fewer_stand_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as make a page that a browser opens; the first always, however long."""
    for most, shown in ((5, ["item1"]), (9, ["item1"]), (18, ["item1", "item2"]), (27, ["item1", "item2", "item3"])):
        monkeypatch.setattr(report_page, "STEPS_SHOWN", most)
        item = phone().items[0]
        items = tuple(item._replace(uuid=str(number), label=f"JM/{number}") for number in range(3))
        html = render_page(phone()._replace(items=items))
        assert re.findall(r'<section class="item" id="(\w+)"', html) == shown
        assert ("the worst first" in html) == (len(shown) < 3)


def test_each_finding_says_what_it_means_and_leads_to_its_events() -> None:
    report = broken()
    html = render_page(report)
    words = Page(html).text
    assert html.count("<details>") == len(report.findings)
    for one in report.findings:
        assert MEANINGS[one.code] in words and say_effect(one) in words
    assert "It makes the answer to “Is custody continuous from the start?”: no." in words
    assert "It makes the answer to “Is this the item: seals and condition?”: differ." in words
    assert "Examined, 2026-05-04 12:40:00 +03:00, stated by lab@ocrteh.police.example/custody" in words
    [entry] = (one.entries[0] for one in report.findings if one.key == "C03")
    place = next(number for number, step in enumerate(report.items[0].steps, 1) if step.entry == entry)
    assert html.count(f'<a href="#item1-e{place}">') >= 2 and f'<tbody id="item1-e{place}"' in html
    assert '<li><a href="#item1-f1"><code>C03</code></a> Item JM/1: ' in html, "the verdict's reasons lead to them"


def test_every_code_has_a_meaning_and_no_other() -> None:
    assert set(MEANINGS) == {key[:3] for key in SENTENCES}
    assert list(MEANINGS) == sorted(MEANINGS)
    assert all(words.endswith(".") and len(words) < 250 for words in MEANINGS.values())


def test_a_finding_whose_events_are_not_on_the_page_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events_table, "EVENTS_SHOWN", 2)
    check_links(render_page(broken()))
    check_links(render_page(travelling()))


def test_an_item_can_be_chosen_where_there_are_several_and_only_there() -> None:
    html = render_page(many(12))
    for number in (1, 2, 12):
        assert f'<a href="#item{number}">JM/{number - 1}</a>' in html
    assert '<a href="#item1">Previous: JM/0</a></li><li><a href="#item3">Next: JM/2</a>' in html
    assert html.count('class="alone"') == 12 and html.count('class="extract"') == 1
    assert "<input" not in html and "<script" not in html
    one = render_page(phone())
    assert 'class="alone"' not in one and 'class="extract"' not in one and "Choose one" not in one


def luminance(colour: str) -> float:
    """Of `#rgb` or `#rrggbb`, as WCAG 2.2 defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_contrast_in_light_in_the_dark_and_on_paper() -> None:
    """4.5 to 1 for text, 3 to 1 for lines (WCAG 2.2, AA: 1.4.3 and 1.4.11)."""
    looks = [dict(re.findall(r"--(\w+): (#\w+);", look)) for look in re.findall(r":root \{([^}]*#[^}]*)\}", STYLE)]
    assert [sorted(look) for look in looks] == [["bad", "ink", "line", "paper", "soft", "unsure"]] * 3
    for look in looks:
        for front, back, least in [
            *((front, back, 4.5) for front in ("ink", "bad", "unsure") for back in ("paper", "soft")),
            *(("line", back, 3.0) for back in ("paper", "soft")),
        ]:
            light, dark = sorted((luminance(look[front]), luminance(look[back])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= least, (front, back, look)


def test_ten_thousand_items_make_a_page_of_bearable_size() -> None:
    report = many(3)
    items: tuple[ItemReport, ...] = tuple(
        report.items[number % 3]._replace(uuid=str(number), label=f"JM/{number}") for number in range(10_000)
    )
    html = render_page(report._replace(items=items))
    assert len(html) < 5_000_000
    assert "… and 9000 more items." in html


def test_long_histories_and_lists_are_cut_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events_table, "EVENTS_SHOWN", 4)
    monkeypatch.setattr(findings_table, "FINDINGS_SHOWN", 2)
    words = Page(render_page(broken())).text
    assert "2 events in between are not shown here" in words
    assert "… and 5 more findings" in words
    cut = phone()
    cut = cut._replace(items=(cut.items[0]._replace(more_steps=7),))
    assert "… and 7 more events of this item" in Page(render_page(cut)).text


def test_fixtures_have_their_page_and_their_text() -> None:
    count = 0
    for folder in folders()[::3]:
        if read_expected(folder)["exit"] not in (2, 4):
            policy = parse_policy((folder / "policy").read_bytes())
            report = report_on((folder / "bundle.custody").read_bytes(), policy)
            check_harmless(render_page(report))
            assert all(len(line) <= 80 for line in render_text(report).splitlines()), folder.name
            count += 1
    assert count > 30
