"""Under what authority it was taken and sent, and on which conditions it may be used."""

from collections.abc import Iterator

from custody.certificate.blocks import Block, Cell, Code, Digest, Facts, Line, Paragraph, Section, Stated, Texts
from custody.certificate.sections.moments import stated_time
from custody.certificate.setting import Setting, said, stated
from custody.protocol.events.items import ItemSeized
from custody.protocol.events.requests import LegalBasis, RequestSentDetails
from custody.protocol.eye import show
from custody.protocol.rules.item import ItemState
from custody.protocol.rules.requests import RequestState
from custody.verifier.report.model import ItemReport


def authority(setting: Setting, report: ItemReport) -> Section:
    """The authority for taking it, the documents cited, the requests, conditions and limits of use."""
    words, world = setting.words, setting.verified.world
    item = world.items[report.uuid]
    rows = [(name, value) for name, value in _taking(setting, item) if value]
    blocks: list[Block] = [Facts(rows=tuple(rows))] if rows else [Paragraph(cell=said(words.say("authority.none")))]
    for uuid in sorted(world.borders.cited.get(report.uuid, ())):
        request = world.requests.get(uuid)
        if request is not None and request.sent is not None:
            blocks.append(Facts(rows=tuple(_request(setting, request, request.sent))))
    return Section(heading=words.say("authority.heading"), blocks=tuple(blocks), level=2)


def _taking(setting: Setting, item: ItemState) -> Iterator[tuple[Texts, Cell]]:
    words = setting.words
    if isinstance(item.begun, ItemSeized) and item.begun.details.authority:
        yield words.say("authority.seizure"), stated(item.begun.details.authority)
    documents: list[Line] = []
    for step in setting.verified.steps.get(item.uuid, ()):
        for place, one in enumerate(step.fact.event.documents):
            title = one.title or setting.verified.values.get((step.fact.name, f"/documents/{place}/title"), "")
            named = (Stated(show(title)),) if title else ()
            documents.append((*named, words.said("authority.document", kind=show(one.kind), size=str(one.size))))
            documents.append((Digest(one.sha256),))
    yield words.say("authority.documents"), tuple(documents)


def _request(setting: Setting, request: RequestState, sent: RequestSentDetails) -> Iterator[tuple[Texts, Cell]]:
    words = setting.words
    reference = words.say("authority.request", reference=show(sent.reference))
    parties = words.say(
        "authority.from_to",
        requesting=show(setting.agency(request.requesting or "")),
        requested=show(setting.agency(sent.to)),
    )
    yield reference, (*said(parties), (Code(request.uuid),))
    yield words.say("authority.instrument"), tuple(_instrument(setting, one) for one in sent.basis)
    yield words.say("authority.purpose"), stated(f"{sent.purpose}: {sent.purpose_text}")
    yield words.say("authority.use_limitation"), stated(sent.use_limitation)
    granted = request.granted
    if granted is not None and granted.conditions:
        yield words.say("authority.conditions"), tuple((Stated(show(one)),) for one in granted.conditions)
    if granted is not None and granted.until:
        yield words.say("authority.until"), stated(stated_time(granted.until))
    yield words.say("authority.status"), said(words.say(f"authority.{request.status}"))


def _instrument(setting: Setting, one: LegalBasis) -> Line:
    words = setting.words
    line: list[Code | Stated] = []
    if one.title:
        line.append(Stated(show(one.title)))
    article = (words.said("authority.article", article=show(one.article)),) if one.article else ()
    return (words.said(f"authority.{one.instrument}"), *line, *article)
