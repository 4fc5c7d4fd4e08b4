"""Time-stamps by the byte: what each defect of a token, a reply and a file of certificates is called; T03 and T01."""

import hashlib
import io
import random
import subprocess
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from freezegun import freeze_time

from custody.errors import CustodyError, MalformedError
from custody.protocol.bundle import MAX_TOKEN
from custody.protocol.times import CLOCK_TOLERANCE
from custody.protocol.unverified import BadSignatureError, UnknownSignerError
from custody.verifier.der import sort_certificates
from custody.verifier.report.build import build_report
from custody.verifier.stamp import Stamp
from custody.verifier.timestamps import check_token, make_query, read_authorities, read_reply
from custody.verifier.verify import Request, Verified, verify
from fixtures.authority import SHA512, TIME_STAMPING, VALID, TimeStamper, certify, reply
from fixtures.crossing import REQUEST, Crossing, ask
from fixtures.forge import Bundle, Stamping, whole
from fixtures.story import Story

ROOT = Path(__file__).parents[2]

TEXT = b"log.example/a\n3\nNmQuc8JUCrEh46a/lUWwokmCzYMOsT080Z3jzmwCHsE=\n"
NOW = 1_780_000_000
MINE = TimeStamper()
TRUSTED = read_authorities(MINE.pem)
GOOD = MINE.stamp(TEXT, NOW)


def test_a_token_that_holds() -> None:
    assert check_token(GOOD, TEXT, TRUSTED) == Stamp("CN=Time Authority", NOW, 0, 0)


MIDDLE = certify("Middle", MINE.root_name, serial=9, ca=True)
UNDER_IT = certify(MINE.name, "Middle", serial=10)
MISUSED = MINE.other(usage=(ExtendedKeyUsageOID.CODE_SIGNING,))
FORGED = certify(MINE.name, MINE.root_name, serial=2, forger="a forger")

HOLDS: dict[str, dict[str, Any]] = {
    "with an intermediate": {"certificate": UNDER_IT, "brought": (UNDER_IT, MIDDLE)},
    "with what is not needed": {"brought": (MIDDLE, MINE.certificate, MINE.root)},
    "a certificate that expired since": {"certificate": MINE.other(valid=(VALID[0], NOW + 1))},
    "fractions of a second": {"fraction": ".25"},
    "an accuracy": {"accuracy": 70},
}


@pytest.mark.parametrize("choices", HOLDS.values(), ids=HOLDS.keys())
@pytest.mark.parametrize("today", ["2020-01-01", "2099-01-01"])
def test_what_holds_does_so_for_ever(choices: dict[str, Any], today: str) -> None:
    token = MINE.stamp(TEXT, NOW, **choices)
    with freeze_time(today):
        stamp = check_token(token, TEXT, TRUSTED)
    assert stamp == Stamp("CN=Time Authority", stamp.time, choices.get("accuracy", 0), 0)
    assert stamp.time == NOW


FAILS: dict[str, tuple[dict[str, Any], type[CustodyError], str]] = {
    "another digest": ({"digest": SHA512}, BadSignatureError, "another digest"),
    "expired": ({"certificate": MINE.other(valid=(VALID[0], NOW - 1))}, BadSignatureError, "not valid at the time"),
    "not valid yet": ({"certificate": MINE.other(valid=(NOW + 1, VALID[1]))}, BadSignatureError, "not valid at the"),
    "no purpose": ({"certificate": MINE.other(usage=())}, BadSignatureError, "time-stamping alone"),
    "another purpose": ({"certificate": MISUSED}, BadSignatureError, "time-stamping alone"),
    "not critical": ({"certificate": MINE.other(critical=False)}, BadSignatureError, "time-stamping alone"),
    "two purposes": (
        {"certificate": MINE.other(usage=(TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING))},
        BadSignatureError,
        "time-stamping alone",
    ),
    "a forged twin first": ({"certificate": MISUSED, "brought": (FORGED, MISUSED)}, BadSignatureError, "the one cert"),
    "a forged twin last": ({"certificate": MISUSED, "brought": (MISUSED, FORGED)}, BadSignatureError, "the one cert"),
    "no certificate": ({"brought": ()}, BadSignatureError, "the one certificate"),
    "another's certificate": ({"brought": (MINE.root,)}, BadSignatureError, "the one certificate"),
    "two signatures": ({"signatures": 2}, BadSignatureError, "2 signatures"),
    "no signature": ({"signatures": 0}, BadSignatureError, "0 signatures"),
    "another key": ({"signer": "a forger"}, UnknownSignerError, "no valid signature"),
    "a forged certificate": ({"certificate": FORGED, "signer": "a forger"}, UnknownSignerError, "no valid signature"),
    "no intermediate": ({"certificate": UNDER_IT}, UnknownSignerError, "no valid signature"),
    "an intermediate that may not": (
        {"certificate": UNDER_IT, "brought": (UNDER_IT, certify("Middle", MINE.root_name, serial=9))},
        UnknownSignerError,
        "no valid signature",
    ),
    "signed data of another kind": ({"content": "1.2.840.113549.1.7.1"}, MalformedError, "not a time-stamp"),
    "no such time": ({"fraction": "."}, MalformedError, "not a time-stamp"),
}


@pytest.mark.parametrize(("choices", "error", "why"), FAILS.values(), ids=FAILS.keys())
def test_what_fails(choices: dict[str, Any], error: type[CustodyError], why: str) -> None:
    with pytest.raises(error, match=why):
        check_token(MINE.stamp(TEXT, NOW, **choices), TEXT, TRUSTED)


def test_over_something_else() -> None:
    with pytest.raises(BadSignatureError, match="over something else"):
        check_token(GOOD, TEXT + b"\n", TRUSTED)


@pytest.mark.parametrize(
    "trusted", [(), read_authorities(TimeStamper(root="Another").pem), read_authorities(TimeStamper(root="X").pem)[:0]]
)
def test_nobody_trusted_vouches(trusted: Any) -> None:
    with pytest.raises(UnknownSignerError):
        check_token(GOOD, TEXT, trusted)


def test_one_of_several_trusted_suffices() -> None:
    others = read_authorities(TimeStamper(root="Another").pem)
    assert check_token(GOOD, TEXT, (*others, *TRUSTED)) == check_token(GOOD, TEXT, TRUSTED)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x30", b"\x30\x00", GOOD[:-1], GOOD[:100], GOOD + b"\0", b"\0" + GOOD, bytes(200), bytes(MAX_TOKEN + 1)],
)
def test_no_token(data: bytes) -> None:
    with pytest.raises(MalformedError):
        check_token(data, TEXT, TRUSTED)


def mutated(data: bytes, chance: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        place, kind = chance.randrange(len(found)), chance.random()
        if kind < 0.7:
            found[place] = chance.randrange(256)
        elif kind < 0.85:
            del found[place : place + chance.randrange(1, 9)]
        else:
            found[place:place] = chance.randbytes(chance.randrange(1, 5))
    return bytes(found)


def test_no_mutation_says_another_thing_or_crashes() -> None:
    """What still holds says the same: the parts of a token that nobody signs say nothing that is shown."""
    chance = random.Random(3161)
    said = check_token(GOOD, TEXT, TRUSTED)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(3_000):
            token = mutated(GOOD, chance)
            with suppress(MalformedError, BadSignatureError, UnknownSignerError):
                assert check_token(token, TEXT, TRUSTED) == said
            with suppress(MalformedError, BadSignatureError):
                read_reply(reply(token))
            with suppress(ValueError):
                sort_certificates(reply(token))


# -- queries and replies


def test_a_query_names_the_digest_and_asks_for_the_certificate() -> None:
    one, other = make_query(TEXT), make_query(TEXT)
    assert hashlib.sha256(TEXT).digest() in one
    assert one.endswith(b"\x01\x01\xff"), "certReq"
    assert one != other, "a nonce"


@pytest.mark.parametrize("status", [0, 1])
def test_a_reply(status: int) -> None:
    read = read_reply(reply(GOOD, status))
    assert (read.token, read.stamp) == (GOOD, Stamp("CN=Time Authority", NOW, 0, 0))


NO_REPLY: dict[str, tuple[bytes, type[CustodyError], str]] = {
    "nothing": (b"", MalformedError, "not a time-stamp reply"),
    "an error page": (b"<html>503</html>", MalformedError, "not a time-stamp reply"),
    "the query": (make_query(TEXT), MalformedError, "not a time-stamp reply"),
    "a token alone": (GOOD, MalformedError, "not a time-stamp reply"),
    "cut off": (reply(GOOD)[:-1], MalformedError, "not a time-stamp reply"),
    "a line feed at the end": (reply(GOOD) + b"\n", MalformedError, "not a time-stamp reply"),
    "granted, without a token": (reply(b""), MalformedError, "not a time-stamp"),
    "rejected": (reply(GOOD, 2, "unsupported digest"), CustodyError, "rejection, unsupported digest"),
    "waiting": (reply(b"", 3), CustodyError, "waiting"),
    "an unknown status": (reply(b"", 77), CustodyError, "status 77"),
    "without certificate": (reply(MINE.stamp(TEXT, NOW, brought=())), BadSignatureError, "the one certificate"),
    "over another digest": (reply(MINE.stamp(TEXT, NOW, digest=SHA512)), BadSignatureError, "another digest"),
    "huge": (reply(bytes(MAX_TOKEN + 5000)), MalformedError, "exceeds"),
    "a huge token": (reply(MINE.stamp(TEXT, NOW, brought=[MINE.root] * 57)), MalformedError, "a time-stamp of"),
}


@pytest.mark.parametrize(("data", "error", "why"), NO_REPLY.values(), ids=NO_REPLY.keys())
def test_no_reply(data: bytes, error: type[CustodyError], why: str) -> None:
    with pytest.raises(error, match=why):
        read_reply(data)


def test_certificates_in_the_order_of_the_chain_are_sorted() -> None:
    """As OpenSSL writes them. Nothing else is mended."""
    token = MINE.stamp(TEXT, NOW, certificate=UNDER_IT, brought=(UNDER_IT, MIDDLE))
    pair = [one.public_bytes(Encoding.DER) for one in (UNDER_IT, MIDDLE)]
    ordered = b"".join(sorted(pair))
    loose = reply(token).replace(ordered, b"".join(sorted(pair, reverse=True)))
    assert loose != reply(token)
    assert read_reply(loose).token == token
    for data in (loose[:-1], loose + b"\0", loose.replace(b"Time Authority", b"Time Authorit")):
        with pytest.raises(MalformedError):
            read_reply(data)
    with pytest.raises(MalformedError):
        check_token(token.replace(ordered, b"".join(sorted(pair, reverse=True))), TEXT, TRUSTED)


# -- certificates


def test_certificates_with_words_between_them_each_once() -> None:
    other = TimeStamper(root="Another")
    data = b"subject=CN = Time Root\n" + MINE.pem + b"\r\n" + other.pem.replace(b"\n", b"\r\n") + MINE.pem
    found = read_authorities(data)
    assert [one.name for one in found] == ["CN=Time Root", "CN=Another"]
    assert found[0].certificate == MINE.root.public_bytes(Encoding.DER)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no certificate"),
        (MINE.root.public_bytes(Encoding.DER), "no certificate"),
        (MINE.pem[:-10], "no certificate"),
        (MINE.pem.replace(b"CERTIFICATE", b"PRIVATE KEY"), "a private key beside"),
        (b"-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n", "not a certificate"),
        (b"-----BEGIN CERTIFICATE-----\nQU!JD\n-----END CERTIFICATE-----\n", "not base64"),
        (
            b"".join(certify(f"R{one}", "R", serial=one + 1, ca=True).public_bytes(Encoding.PEM) for one in range(65)),
            "more than 64",
        ),
    ],
)
def test_no_certificates(data: bytes, why: str) -> None:
    with pytest.raises(MalformedError, match=why):
        read_authorities(data)


# -- what a bundle says


def by(authority: TimeStamper, time: int, **choices: Any) -> Callable[[bytes], bytes]:
    return lambda text: authority.stamp(text, time, **choices)


def judged(data: bytes, case: Story, trusted: bool = True) -> tuple[Verified, list[str]]:
    """The verification, and its T in the report."""
    asked = Request(policy=case.policy, cores=1, authorities=TRUSTED if trusted else ())
    verified = verify(io.BytesIO(data), asked)
    report = build_report(verified, case.policy, checked=verified.now)
    return verified, [f"{one.key} {one.severity}" for one in report.findings if one.code[0] == "T"]


def inspected() -> tuple[Story, int]:
    """Seized, then inspected; the size between."""
    case = Story()
    case.seize()
    size = len(case.forge.entries)
    case.inspect()
    return case, size


def test_what_covers_the_item_s_last_entry_takes_t03_away() -> None:
    case, between = inspected()
    size, now = len(case.forge.entries), case.forge.now
    verified, found = judged(case.cut(stamps=((between, by(MINE, now)), (size, by(MINE, now + 60)))), case)
    assert found == []
    assert [(one.size, one.time) for one in verified.stamps[case.forge.origin]] == [(between, now), (size, now + 60)]


def test_one_short_of_it_does_not() -> None:
    case, between = inspected()
    assert judged(case.cut(stamps=((between, by(MINE, case.forge.now)),)), case)[1] == ["T03.after R"]


@pytest.mark.parametrize("early", [True, False])
def test_a_whole_ledger(early: bool) -> None:
    case, between = inspected()
    size = between if early else len(case.forge.entries)
    data = whole(case.forge, stamps=((size, by(MINE, case.forge.now)),))
    assert judged(data, case)[1] == (["T03.after R"] if early else [])


def test_over_the_part_s_own_checkpoint() -> None:
    """Nobody cuts such a bundle, for the checkpoint is made with it; a service could add the time-stamp later."""
    case, _ = inspected()
    size = len(case.forge.entries) + 2  # a prosecutor is enrolled already: the disclosure alone comes after
    size = size - 1
    data = case.cut(stamps=((size, by(MINE, case.forge.now + 3600)),))
    assert judged(data, case)[1] == []
    assert data.count(b'{"consistency"') == 0


def test_one_that_fails_beside_one_that_covers_all_is_not_worth_a_word() -> None:
    case, between = inspected()
    size = len(case.forge.entries)
    stamps = ((between, by(MINE, case.forge.now, signer="a forger")), (size, by(MINE, case.forge.now)))
    assert judged(case.cut(stamps=stamps), case)[1] == []


def test_one_that_fails_above_one_that_holds() -> None:
    case, between = inspected()
    size = len(case.forge.entries)
    stamps: tuple[Stamping, ...] = ((between, by(MINE, NOW)), (size, by(MINE, NOW, signer="a forger")))
    assert judged(case.cut(stamps=stamps), case)[1] == ["T03.after R", "T03.unproven R"]


def test_one_that_fails_below_one_that_holds_is_not_worth_a_word_either() -> None:
    case, between = inspected()
    size = len(case.forge.entries)
    case.inspect()
    stamps = ((between, by(MINE, case.forge.now, signer="a forger")), (size, by(MINE, case.forge.now)))
    assert judged(case.cut(stamps=stamps), case)[1] == ["T03.after R"]


@pytest.mark.parametrize("late", [False, True])
def test_of_a_request(late: bool) -> None:
    crossing = Crossing()
    size = len(crossing.there.forge.entries)
    ask(crossing.there, crossing.here)
    if late:
        size = len(crossing.there.forge.entries)
    stamps = ((size, by(MINE, crossing.there.forge.now)),)
    data = crossing.there.cut(items=[], requests=(REQUEST,), stamps=stamps)
    assert judged(data, crossing.there)[1] == ([] if late else ["T03.after R"])


def test_without_an_authority_nothing_is_looked_at() -> None:
    case, _ = inspected()
    data = case.cut(stamps=((len(case.forge.entries), lambda _: b"no token at all"),))
    assert judged(data, case, trusted=False)[1] == ["T03.unchecked R"]
    assert judged(data, case)[1] == ["T03.unproven R"]


def test_no_time_stamp_at_all() -> None:
    case, _ = inspected()
    assert judged(case.cut(), case)[1] == judged(case.cut(), case, trusted=False)[1] == ["T03 R"]


@pytest.mark.parametrize(("late", "accuracy", "said"), [(0, None, []), (1, None, ["T01.stamp N"]), (1, 1, [])])
def test_the_ledger_s_clock(late: int, accuracy: int | None, said: list[str]) -> None:
    """Fifteen minutes are what clocks differ by; the authority's own accuracy counts on top."""
    case, _ = inspected()
    stamp = by(MINE, case.forge.now - CLOCK_TOLERANCE - late, accuracy=accuracy)
    verified, found = judged(case.cut(stamps=((len(case.forge.entries), stamp),)), case)
    assert found == said
    report = build_report(verified, case.policy, checked=verified.now)
    assert (report.answers.verdict, report.answers.custody) == (
        ("NOT ESTABLISHED", "not established") if said else ("UNBROKEN", "yes")
    )


def test_two_authorities_that_say_the_same_of_the_clock_are_told_once() -> None:
    case, _ = inspected()
    size, time = len(case.forge.entries), case.forge.now - CLOCK_TOLERANCE - 1
    other = TimeStamper("Another Authority")  # under the same root
    verified, found = judged(case.cut(stamps=((size, by(MINE, time)), (size, by(other, time)))), case)
    assert found == ["T01.stamp N"]
    assert len(verified.stamps[case.forge.origin]) == 2


def test_the_clock_is_judged_by_what_the_time_stamp_covers() -> None:
    case, between = inspected()
    seized, stamps = case.forge.now - 600, ((len(case.forge.entries) - 1, by(MINE, case.forge.now - 600)),)
    case.forge.now += 24 * 3600
    case.inspect()
    assert stamps[0][0] == between
    assert judged(case.cut(stamps=stamps), case)[1] == ["T03.after R"]
    assert seized < case.forge.now


def test_each_ledger_for_itself_and_a_later_part_for_the_earlier() -> None:
    crossing = Crossing()
    crossing.here.seize()
    crossing.here.release(to=crossing.addressee)
    crossing.send()
    there = crossing.there
    there.receive(previous=crossing.here.head)
    stamp = by(MINE, there.forge.now + 60)
    _, found = judged(crossing.cut(stamps=((len(there.forge.entries), stamp),)), crossing.reader)
    assert found == ["T03 R"], "the sender's ledger has none"


def test_of_two_parts_the_later_s_time_stamp_covers_the_earlier_and_judges_its_clock() -> None:
    case, _ = inspected()
    made = Bundle([case.item], case.forge.origin)
    case.cut(into=made)
    now, size = case.forge.now, len(case.forge.entries)
    good, bad = ((size, by(MINE, now + 60)),), ((size, by(MINE, now - 24 * 3600)),)
    lines = list(made.lines)
    assert judged(case.cut(into=made, stamps=good), case)[1] == []
    again = Bundle([case.item], case.forge.origin)
    again.lines, again.sizes, again.cited, again._shown = lines, {case.forge.origin: size}, made.cited, made._shown
    assert "T01.stamp N" in judged(case.cut(into=again, stamps=bad), case)[1]


def test_the_libraries_are_loaded_for_a_time_stamp_and_an_authority_only(tmp_path: Path) -> None:
    code = (
        "import io, sys; from pathlib import Path; from custody.protocol.policy_file import parse_policy\n"
        "from custody.verifier.verify import Request, verify\n"
        "folder = Path(sys.argv[1]); policy = parse_policy((folder / 'policy').read_bytes())\n"
        "verify(io.BytesIO((folder / 'bundle.custody').read_bytes()), Request(policy=policy, cores=1))\n"
        "print(sorted({'cryptography', 'rfc3161_client'} & sys.modules.keys()))"
    )
    folder = ROOT / "fixtures/valid/time-stamped"
    ran = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, cwd=ROOT)
    assert (ran.stdout, ran.stderr) == ("[]\n", "")
