"""The first page: what is certified, by whom, for which court, and what the record rests on."""

from custody.certificate.blocks import Block, Cell, Code, Facts, Line, Paragraph, Row, Section, Stated, Table, Texts
from custody.certificate.sections.moments import plain_time
from custody.certificate.setting import Setting, exhibit, said, stated
from custody.protocol.eye import show
from custody.protocol.findings import Finding
from custody.protocol.times import parse_utc
from custody.verifier.report.model import Stamped
from custody.verifier.report.model import Stated as Ledger

_COSIGNATURE = "L05.quorum"


def front(setting: Setting) -> Section:
    """Title, authority, case, request and court; the certifier and what he or she knows."""
    words, report, particulars = setting.words, setting.report, setting.particulars
    origin = particulars.certifier.partition("@")[2]
    rows: list[tuple[Texts, Cell]] = [
        (words.say("front.verdict"), _verdict(setting)),
        (words.say("front.items"), tuple(_item_line(setting, place) for place in range(len(report.items)))),
        (words.say("front.court"), stated(particulars.court)),
        (words.say("front.authority"), (*_authority(setting, origin),)),
        (words.say("front.case"), _cases(setting)),
        (words.say("front.request"), _requests(setting)),
        (words.say("front.certifier"), setting.person(particulars.certifier)),
        (words.say("front.office"), said(setting.office(particulars.certifier))),
        (words.say("front.knowledge"), said(knowledge(setting))),
        (words.say("front.audience"), said(words.say("front.audience_court"))),
        (words.say("front.issued"), said(words.time(particulars.issued))),
    ]
    blocks: list[Block] = [Facts(rows=tuple(rows))]
    if needs_cosignature(setting):
        blocks.append(Paragraph(cell=said(words.say("basis.no_cosignature")), notice=True))
    return Section(heading=words.say("front.heading"), blocks=tuple(blocks))


def needs_cosignature(setting: Setting) -> bool:
    """Whether a cosignature that the issuing agency asks for is missing: nothing else may be, and page 1 says so."""
    return any(one.key == _COSIGNATURE for one in setting.report.findings)


def only_cosignature(findings: tuple[Finding, ...]) -> bool:
    """Whether nothing but a cosignature is missing."""
    return {one.key for one in findings if one.severity != "R"} <= {_COSIGNATURE}


def basis(setting: Setting) -> Section:
    """For each ledger: until when it speaks, who outside saw or time-stamped it, how its key came to be trusted."""
    words = setting.words
    rows = tuple(Row(cells=_ledger(setting, one)) for one in setting.report.ledgers)
    table = Table(
        caption=words.say("basis.caption"),
        head=tuple(words.say(f"basis.{name}") for name in ("ledger", "stated", "seen", "trusted")),
        widths=(1.3, 0.8, 1.2, 1.4),
        rows=rows,
    )
    return Section(heading=words.say("basis.heading"), blocks=(Paragraph(cell=said(words.say("basis.intro"))), table))


def knowledge(setting: Setting) -> Texts:
    """What the certifier knows it from: as stated, else from the agency's records."""
    given = setting.particulars.knowledge
    if given is not None:
        return setting.words.same(given)
    agency = show(setting.agency(setting.particulars.certifier.partition("@")[2]))
    return setting.words.say("front.knowledge_default", agency=agency)


def _verdict(setting: Setting) -> Cell:
    words, verdict = setting.words, setting.report.answers.verdict
    lines: list[Line] = [(words.said(f"verdict.{verdict}", strong=True),)]
    dates = [one.stated_at for one in setting.report.ledgers if one.stated_at]
    if dates:
        lines.append((words.said("verdict.as_of", date=words.date(min(dates))),))
    return tuple(lines)


def _item_line(setting: Setting, place: int) -> Line:
    item = setting.report.items[place]
    description = show(item.description)[:200]
    return (
        (Stated(exhibit(item), strong=True), Stated(description))
        if description
        else (Stated(exhibit(item), strong=True),)
    )


def _authority(setting: Setting, origin: str) -> Cell:
    state = setting.state(origin)
    country = (setting.words.country(state) if state else (),)
    lines: list[Line] = [(Stated(show(setting.agency(origin)), strong=True),)]
    lines += [said(texts)[0] for texts in country if texts]
    return (*lines, (Code(origin),))


def _cases(setting: Setting) -> Cell:
    """The case in each ledger that has the items under one; the agency that certifies first."""
    words, world = setting.words, setting.verified.world
    own = setting.particulars.certifier.partition("@")[2]
    found: dict[tuple[str, str], None] = {}
    for uuid in setting.verified.items:
        item = world.items[uuid]
        for ledger in sorted(setting.report.ledgers, key=lambda one: one.origin != own):
            case = item.case_in(ledger.origin)
            if case is not None:
                found[case, ledger.origin] = None
    lines: dict[Line, None] = {}
    for case, origin in found:
        agency, country = show(setting.agency(origin)), setting.state(origin)
        lines[words.said("front.case_of", case=show(case), agency=f"{agency} ({country})" if country else agency),] = (
            None
        )
    for case, origin in found:
        state = world.ledger(origin).cases.get(case)
        if state is not None and state.title:
            lines[Stated(show(state.title)),] = None
        if state is not None and state.offence:
            lines[setting.named(words.say("front.offence")), Stated(show(state.offence))] = None
    return tuple(lines) or said(words.say("front.not_stated"))


def requests_of(setting: Setting) -> list[str]:
    """UUIDs of the requests on which something about the items rests, or that the bundle is about."""
    world = setting.verified.world
    cited = {uuid for item in setting.verified.items for uuid in world.borders.cited.get(item, ())}
    return sorted({*cited, *(setting.verified.header.requests or ())} & world.requests.keys())


def _requests(setting: Setting) -> Cell:
    words, world = setting.words, setting.verified.world
    lines: list[Line] = []
    for uuid in requests_of(setting):
        one = world.requests[uuid]
        if one.sent is not None and one.requesting is not None:
            lines.append(
                (
                    words.said(
                        "front.request_of",
                        reference=show(one.sent.reference),
                        requesting=show(setting.agency(one.requesting)),
                        requested=show(setting.agency(one.sent.to)),
                    ),
                )
            )
    return tuple(lines) or said(words.say("front.none"))


def _ledger(setting: Setting, one: Ledger) -> tuple[Cell, ...]:
    words, trust = setting.words, setting.particulars.trust.get(one.origin)
    named: list[Line] = [(Stated(show(one.agency or one.origin), strong=True),), (Code(one.origin),)]
    if one.jurisdiction:
        named.insert(1, (*said(words.country(one.jurisdiction))[0],))
    when = parse_utc(one.stated_at) if one.stated_at else None
    until = said(words.time(when) if when is not None else words.say("front.not_stated"))
    size: Line = (words.said("basis.entries", size=str(one.size)),)
    seen = tuple(
        (words.said("basis.seen_by", witness=show(name), time=words.time(parse_utc(time))),)
        for name, time in one.cosigned
    )
    trusted: list[Line] = []
    if one.trusted_key is None:
        trusted.append((words.said("basis.not_trusted"),))
    else:
        trusted.append((Code(one.trusted_key),))
        if trust is not None and trust.own:
            trusted.append((words.said("basis.own_key"),))
        elif trust is not None and trust.how:
            trusted.append((Stated(show(trust.how)),))
    return (
        tuple(named),
        (*until, size),
        (
            *(seen or said(words.say("basis.nobody"))),
            *(line for stamp in one.stamped for line in _stamp(setting, stamp)),
        ),
        tuple(trusted),
    )


def _stamp(setting: Setting, one: Stamped) -> Cell:
    """A time-stamp that was checked, to the second: it bounds from above, and a minute rounded down would say more."""
    words = setting.words
    time = words.say("custody.utc", time=plain_time(one.time))
    lines = said(words.say("basis.stamped_by", authority=show(one.authority), time=time, size=str(one.size)))
    if one.accuracy > 1:
        lines = (*lines, *said(words.say("basis.stamped_off", length=words.length(one.accuracy, "second"))))
    return lines
