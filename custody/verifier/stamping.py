"""What independent time-stamps say of a ledger (T03, T01.stamp), by the authorities that the reader trusts.

A token over a checkpoint of n entries proves that these existed when it was made, and nothing of those that came
later. It never spoils a bundle: one that proves nothing leaves the remark that there would be without it. But one that
holds can contradict the ledger's clock.
"""

from collections.abc import Sequence

from custody.errors import CustodyError
from custody.protocol.bundle import Timestamp
from custody.protocol.checkpoint import parse_checkpoint
from custody.protocol.encodings import decode_base64
from custody.protocol.findings import finding
from custody.protocol.note import parse_note
from custody.protocol.rules.docket import Docket
from custody.protocol.rules.fact import Recorded
from custody.protocol.rules.world import World
from custody.protocol.times import CLOCK_TOLERANCE, format_duration, format_utc
from custody.verifier.joining import contradiction
from custody.verifier.part import Part
from custody.verifier.stamp import Authority, Stamp


def judge_stamps(parts: Sequence[Part], authorities: tuple[Authority, ...], world: World) -> dict[str, list[Stamp]]:
    """T03 for each ledger whose items' and requests' entries no time-stamp covers whole; T01.stamp. Returns those that
    hold, for each ledger, smallest size first."""
    held: dict[str, list[Stamp]] = {}
    for origin in sorted({part.origin for part in parts}):
        own = [part for part in parts if part.origin == origin]
        failed: dict[int, str] = {}
        stamps = _stamps(own, authorities, failed)
        held[origin] = sorted(stamps, key=lambda one: (one.size, one.time, one.authority, one.accuracy))
        for stamp in held[origin]:
            _judge_clock(stamp, own, world.record)
        _judge_cover(origin, own, held[origin], failed, world.record, asked=bool(authorities))
    return held


def _stamps(parts: Sequence[Part], authorities: tuple[Authority, ...], failed: dict[int, str]) -> set[Stamp]:
    found = set()
    for part in parts if authorities else ():
        for one in part.timestamps:
            try:
                found.add(_check(part, one, authorities))
            except CustodyError as error:
                failed.setdefault(one.size, error.message)
    return found


def _check(part: Part, one: Timestamp, authorities: tuple[Authority, ...]) -> Stamp:
    """What a token proves. Raises CustodyError, with the reason, where that is nothing."""
    from custody.verifier.timestamps import check_token  # its libraries are for this alone

    text = parse_note(part.stamped_note(one.size)).text
    if contradiction(parse_checkpoint(text), part) != "":
        raise CustodyError("nothing shows that the checkpoint it is over begins the ledger shown")
    stamp = check_token(decode_base64(one.token, "a time-stamp"), text, authorities)
    return stamp._replace(size=one.size)


def _judge_cover(
    origin: str, parts: Sequence[Part], stamps: Sequence[Stamp], failed: dict[int, str], docket: Docket, *, asked: bool
) -> None:
    """T03, as the entries of items and requests are covered; what persons and the ledger itself state beside them
    comes with every bundle that is cut, and after every time-stamp."""
    covered = max((one.size for one in stamps), default=0)
    if covered and covered > max(part.about_index for part in parts):
        return
    if covered:
        docket.put(finding("T03.after", origin=origin, size=str(covered)))
    for size, why in sorted(failed.items()):
        if size > covered:
            docket.put(finding("T03.unproven", origin=origin, size=str(size), why=why))
    if not covered and not failed:
        brought = any(part.timestamps for part in parts)
        docket.put(finding("T03.unchecked" if brought and not asked else "T03", origin=origin))


def _judge_clock(stamp: Stamp, parts: Sequence[Part], docket: Docket) -> None:
    """T01: what a time-stamp covers was not recorded after it, beyond what clocks differ."""
    latest = _latest_under(stamp, parts)
    if latest is None:
        return
    ahead = latest.recorded - stamp.time - stamp.accuracy
    if ahead > CLOCK_TOLERANCE:
        stated = {"entry": latest.name, "late": format_duration(ahead), "time": format_utc(stamp.time)}
        one = finding("T01.stamp", (latest.name,), **stated)
        if one not in docket.found:  # two authorities may say the same
            docket.put(one)


def _latest_under(stamp: Stamp, parts: Sequence[Part]) -> Recorded | None:
    """Of the entries shown that it covers, the one recorded last."""
    under = [
        part.covered.get(stamp.size, part.latest)
        for part in parts
        if stamp.size in part.covered or part.checkpoint.size <= stamp.size
    ]
    return max((one for one in under if one is not None), key=lambda one: one.recorded, default=None)
