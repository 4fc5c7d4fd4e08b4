"""Stories told to the report: what the verifier makes of them, as readers see it.

`python -m tests.verifier.report.stories` writes the golden files again.
"""

import io
import json
from pathlib import Path
from typing import Any

from custody.protocol.disclosure import Disclosure, digest_disclosure, format_disclosure
from custody.protocol.events.ledger import Profile
from custody.protocol.policy import Policy, trust
from custody.protocol.times import DAY
from custody.verifier.report.build import build_report
from custody.verifier.report.json_form import report_as_json
from custody.verifier.report.model import Report
from custody.verifier.report.text import render_text
from custody.verifier.timestamps import read_authorities
from custody.verifier.verify import Request, verify
from fixtures.authority import TimeStamper
from fixtures.crossing import Abroad, Third
from fixtures.forge import fixed_uuid, whole
from fixtures.story import INTACT, PHONE, Story, digests_of, document

GOLDEN = Path(__file__).parent / "golden"

EVIL = (
    "<script>document.title='owned'</script></title></style>\"><img src=http://evil.example/x onerror=alert(1)>"
    "' onmouseover='alert(1)' &lt;b&gt; \u202egnp.exe \u200bzero \x1b[31mred\x07 \U000e0041"
)
"""Markup, attributes, entities, and every kind of character that deceives the eye."""

IMAGE = fixed_uuid("image")


def report_on(data: bytes, policy: Policy, **asked: Any) -> Report:
    """The report of a check made forty-one days after the newest entry."""
    verified = verify(io.BytesIO(data), Request(policy=policy, cores=1, **asked))
    about = [("file", "JM-1.custody"), ("size", f"{len(data)} bytes")]
    return build_report(verified, policy, checked=verified.now + 41 * DAY, file=about)


def phone() -> Report:
    """Seized, handed over, opened, examined, resealed, handed over, presented."""
    case = Story()
    case.seize(documents=[document("warrant", "one"), document("warrant", "two")])
    case.release()
    case.receive()
    case.open_seal("lab")
    case.examine("lab")
    case.seal("A-2", "lab")
    reading = {"seal": "A-2", "state": "intact"}
    case.release("lab", "px", seals=[reading])
    case.receive("px", seals=[reading])
    case.present()
    return report_on(case.cut(), case.policy)


def broken() -> Report:
    """Received by somebody else, examined by a third, found with another seal, then absent."""
    case = Story()
    case.seize()
    case.release()
    case.receive("ab")
    case.act("item.examined", {"purpose": "search"}, "lab")
    case.inspect("ab", seals=[{"seal": "A-9", "state": "broken"}])
    case.inspect("ab", outcome="absent", advance=50 * DAY)
    return report_on(case.cut(), case.policy)


def untrusted() -> Report:
    """Nobody's key is trusted."""
    case = Story()
    case.seize()
    return report_on(case.cut(), trust([]))


def travelling() -> Report:
    """Lent for nine days, silent for 400, sent to another State, and released there: no receipt yet."""
    case = Abroad()
    here, there = case.here, case.there
    case.agree()
    here.seize()
    here.lend(advance=3 * DAY)
    here.forge.now += 9 * DAY
    here.recover()
    here.store(advance=400 * DAY)
    case.release(courier="the post")
    case.send()
    there.forge.now += 7 * DAY
    there.receive(previous=here.head)
    there.release("lab", "px", seals=[INTACT])
    there.forge.now += 2 * DAY
    return report_on(case.cut(), there.policy)


def derived() -> Report:
    """A disk's image and its image; no file supplied."""
    case = Story()
    case.seize_image("the disk")
    content = {"md5": "0123456789abcdef" * 2, "sha256": digests_of("the disk")["sha256"]}
    case.derive(IMAGE, "an E01 file", method="image", acquisition={"content": content, "tool": "ewfacquire"})
    return report_on(case.cut(items=[IMAGE, PHONE]), case.policy)


def ten_years() -> Report:
    """Twelve handovers of ten minutes in ten years."""
    case = Story()
    case.seize()
    for giver, taker in [("jm", "lab"), ("lab", "jm")] * 6:
        case.release(giver, taker, advance=290 * DAY)
        case.receive(taker)
    return report_on(case.cut(), case.policy)


def many(count: int = 60) -> Report:
    """A whole ledger of items, the last but nine of them broken."""
    case = Story()
    for number in range(count):
        case.item = fixed_uuid(f"item {number}")
        case.seize(label=f"JM/{number}")
        if number == count - 10:
            case.act("item.examined", {"purpose": "search"}, "lab")
    return report_on(whole(case.forge), case.policy)


def three_states() -> Report:
    """Two hundred events in three States: handovers, the way on with consent, a silence, a loan, a court."""
    case = Third()
    here, there, third = case.here, case.there, case.third
    here.seize()
    here.store(advance=2 * DAY)
    _work(here, "jm", ("jm", "ab", "sv"), 60)
    case.agree()
    case.release(courier="liaison officer")
    here.forge.now += 4 * DAY
    case.deliver()
    _work(there, "lab", ("lab", "jm", "px"), 60)
    case.consent()
    there.forge.now += 45 * DAY
    case.send_on()
    _work(third, "ab", ("ab", "jm", "px"), 70)
    third.lend("ab", advance=3 * DAY)
    third.forge.now += 12 * DAY
    third.recover("ab")
    third.release("ab", "px")
    third.receive("px")
    third.present()
    return report_on(case.cut(), case.reader.policy)


def _work(story: Story, holder: str, persons: tuple[str, ...], count: int) -> None:
    """Inspections and handovers in turn; the one who begins has it at the end."""
    for turn in range(count // 5):
        taker = persons[1 + turn % 2]
        story.inspect(holder, seals=[INTACT], advance=5 * DAY)
        story.release(holder, taker, advance=2 * DAY)
        story.receive(taker)
        story.release(taker, holder, advance=DAY)
        story.receive(holder)


def hostile() -> Report:
    """A file whose every free text attacks the reader, one of them sealed and disclosed, one ten thousand long.

    So does the name of the profile that the reader was given.
    """
    source = format_disclosure(Disclosure(b"sixteen bytes ok", "/details/source", EVIL))
    case = Story()
    case.enrol("lab", "examiner", office=EVIL)
    case.forge.enrol("ab", "custodian", name=EVIL)
    reading = [{"seal": "<i>&'", "state": "broken"}]
    case.seize(
        **dict.fromkeys(("authority", "condition", "make", "model"), EVIL),
        description=f"{EVIL} " * 50,
        label="<b>&'x",
        place={"country": "RO", "name": EVIL},
        seals=("<i>&'",),
        sealed={"/details/source": digest_disclosure(source), "/details/serial": "1" * 64},
        source=None,
    )
    case.release(to="ab", seals=reading, condition=EVIL, reason="one\n" * 40 + EVIL, courier=EVIL)
    case.receive("ab", seals=reading, condition=EVIL, discrepancies=EVIL)
    case.act("report.late", {"text": EVIL}, "jm")
    return report_on(case.cut(disclosures=(source,)), case.policy, profile=Profile(name=EVIL))


def stamped() -> Report:
    """Time-stamped by an authority with an evil name, after the seizure and the first inspection, not the second."""
    authority = TimeStamper(EVIL[:60], root=EVIL[-50:])
    case = Story()
    case.seize()
    early, first = len(case.forge.entries), case.forge.now + 60
    case.inspect()
    late, second = len(case.forge.entries), case.forge.now + 60
    case.inspect()
    stamps = (
        (early, lambda text: authority.stamp(text, first)),
        (late, lambda text: authority.stamp(text, second, accuracy=90)),
    )
    return report_on(case.cut(stamps=stamps), case.policy, authorities=read_authorities(authority.pem))


STORIES = (phone, broken, untrusted, travelling, derived, ten_years, many, three_states, hostile, stamped)


def write_golden() -> None:
    """After a change that was meant; read the difference."""
    for story in (phone, broken, travelling, stamped):
        (GOLDEN / f"{story.__name__}.txt").write_text(render_text(story()), encoding="utf-8")
    shown = json.dumps(report_as_json(phone()), indent=1, ensure_ascii=False)
    (GOLDEN / "phone.json").write_text(f"{shown}\n", encoding="utf-8")


if __name__ == "__main__":
    write_golden()
