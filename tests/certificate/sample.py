"""Sample pages: every kind of block, a short custody or a long one, in one language or two."""

from custody.certificate.blocks import (
    Band,
    Block,
    Cell,
    Code,
    Code2d,
    Digest,
    Facts,
    Items,
    Language,
    Line,
    Mark,
    Pages,
    Paragraph,
    Picture,
    Row,
    Said,
    Section,
    Signatures,
    Stated,
    Table,
    Texts,
)
from tests.certificate.phrases import PHRASES

HEX = "3f2a91bc0d4e77aa95c1e6f00b1d2c3e4f5061728394a5b6c7d8e9fa0b1c2d3e"
ENTRY = "politia.ro/iasi#17"
PEOPLE = (
    *("Ana Ionescu (RO)", "Ștefan Țîrlea (RO)", "Gerichtsvollzieherin Hannelore Müller-Lüdenscheidt (DE)"),
    *("Dr. Élodie Lefèvre-Beaumont, Laboratoire central (FR)", "Siobhán Ní Bhriain (FR)", "Гарда Олена Шевченко (DE)"),
)
RTL = ("ar", "he", "fa", "ur")


class Sample:
    """Builds pages in `languages`, with `events` rows in the table of custody."""

    def __init__(self, *languages: str, events: int = 12, paper: str = "a4", watermark: str = "") -> None:
        self.languages, self.events, self.paper, self.watermark = languages, events, paper, watermark

    def say(self, phrase: str) -> Texts:
        return tuple(PHRASES[phrase].get(code, PHRASES[phrase]["en"]) for code in self.languages)

    def said(self, phrase: str, *, strong: bool = False) -> Said:
        return Said(self.say(phrase), strong)

    def line(self, phrase: str) -> Line:
        return (self.said(phrase),)

    def pages(self, *more: Section) -> Pages:
        """The whole document; `more` sections come last."""
        return Pages(
            title=self.say("title"),
            subtitle=self.say("subtitle"),
            languages=tuple(Language(code=code, rtl=code in RTL) for code in self.languages),
            paper="letter" if self.paper == "letter" else "a4",
            footer=("C-2026-0001", "OP-17 · JM/1", "politia.ro/iasi 214 3f2a91bc…", "2026-03-02 10:00:00 UTC"),
            page_of=self.say("page"),
            watermark=self.watermark,
            signed=False,
            sections=(*self._sections(), *more),
        )

    def _sections(self) -> tuple[Section, ...]:
        return (
            self._section("issue", self._issue(), Paragraph(cell=(self.line("audience"),), notice=True)),
            self._section("item", self._item(), self._digests()),
            self._section("timeline", self.picture(), Paragraph(cell=(self.line("timeline_note"),))),
            self._section("custody", self.table()),
            self._section("gaps", Items(cells=((self.line("gap"),), (self.line("none"),)), numbered=True), level=2),
            self._section("limits", Items(cells=tuple((self.line(one),) for one in ("limit1", "limit2", "limit3")))),
            self._section("verify", self._how(), self.qr()),
            self._section(
                "declaration",
                Paragraph(cell=(self.line("declare"), self.line("declare2"))),
                self.signatures(),
                keep=True,
            ),
        )

    def _section(self, heading: str, *blocks: Block, level: int = 1, keep: bool = False) -> Section:
        return Section(heading=self.say(heading), blocks=blocks, level=level, keep=keep)

    def _issue(self) -> Facts:
        return Facts(
            rows=(
                (self.say("authority"), (((Stated("Inspectoratul de Poliție Județean Iași"),)),)),
                (self.say("court"), ((Stated("Landgericht Köln, 4. große Strafkammer"),), (Stated("112 KLs 7/26"),))),
                (
                    self.say("issued"),
                    (self.line("issued_at"), (Code("politia.ro/iasi"), self.said("head"), Digest(HEX))),
                ),
                (self.say("seen"), ((Code("justiz.nrw.de/koeln"), self.said("seen_at")), self.line("pinned"))),
            )
        )

    def _item(self) -> Facts:
        return Facts(
            rows=(
                (self.say("exhibit"), ((Stated("JM/1", strong=True),), (Stated("K-2026/44"), self.said("abroad")))),
                (
                    self.say("description"),
                    ((Stated("Telefon Samsung SM-G991B, negru, ecran spart, IMEI 356789104523781"),),),
                ),
                (
                    self.say("seals"),
                    ((Stated("IS-000123"), self.said("intact")), (Stated("DE-7781"), self.said("not_read"))),
                ),
                (self.say("entry"), ((Code(ENTRY), Digest(HEX)),)),
            )
        )

    def _digests(self) -> Table:
        row = lambda name, tool: Row(
            cells=(((Stated(name),),), ((Code("SHA-256"),),), ((Digest(HEX),),), ((Stated(tool),),))
        )
        return Table(
            caption=self.say("digests"),
            head=tuple(self.say(one) for one in ("file", "algorithm", "digest", "tool")),
            widths=(2, 1.2, 4, 2),
            rows=(
                row("image.E01", "FTK Imager 4.7"),
                row("un-nume-de-fișier-foarte-lung-fără-spații.tar.gz", "custody 0.1"),
            ),
        )

    def table(self) -> Table:
        """The table of custody, with a gap after every tenth event."""
        rows: list[Row] = []
        for number in range(1, self.events + 1):
            gave, received = PEOPLE[number % len(PEOPLE)], PEOPLE[(number + 1) % len(PEOPLE)]
            when: Cell = (
                (Stated(f"2026-03-{number % 28 + 1:02d} 12:{number % 60:02d} +01:00"),),
                (Stated(f"2026-03-{number % 28 + 1:02d} 11:{number % 60:02d} UTC"),),
            )
            seals: Cell = ((Stated("IS-000123"), self.said("intact")), (Stated("DE-7781"), self.said("not_read")))
            rows.append(
                Row(
                    cells=(
                        ((Stated(str(number)),),),
                        ((self.said("handover", strong=True),), (Code(f"{ENTRY[:-2]}{number}"),)),
                        when,
                        ((Stated(gave),),),
                        ((Stated(received),),),
                        ((Stated("Iași, str. Palat 12 (RO)"),),),
                        seals,
                    )
                )
            )
            if number % 10 == 5:
                rows.append(Row(cells=((self.line("gap"),),), across=True))
        heads = ("number", "event", "time", "gave", "received", "place", "seals")
        return Table(
            caption=self.say("custody"),
            head=tuple(self.say(one) for one in heads),
            widths=(0.5, 1.7, 1.8, 1.8, 1.8, 1.4, 1.6),
            rows=tuple(rows),
        )

    def picture(self, lanes: int | None = None) -> Picture:
        """A lane for each person: twice the events' bands, three borders, a day in court."""
        count = lanes or min(len(PEOPLE), 3 + self.events // 12)
        names = tuple(
            PEOPLE[n % len(PEOPLE)] if n < len(PEOPLE) else f"{n}. {PEOPLE[n % len(PEOPLE)]}" for n in range(count)
        )
        bands: list[Band] = []
        step = 1 / self.events
        for number in range(self.events):
            lane, start = number * count // self.events if lanes else number % count, number * step
            kind = ("held", "held", "lent", "held", "silent")[number % 5]
            gap = number % 10 == 5
            bands.append(Band(kind=kind, lane=lane, start=start, stop=start + step * (0.5 if gap else 0.8)))
            if gap:
                bands.append(
                    Band(kind="nobody", lane=lane, start=start + step / 2, stop=start + step, number=number // 10 + 1)
                )
            else:
                bands.append(Band(kind="transit", lane=lane, start=start + step * 0.8, stop=start + step))
        events = [Mark(kind="event", at=n * step) for n in range(self.events + 1)]
        borders = [
            Mark(kind="border", at=at, text=text)
            for at, text in ((0.33, "RO → DE"), (0.36, "DE → FR"), (0.8, "FR → DE"))
        ]
        kinds = ("held", "transit", "lent", "silent", "nobody", "event", "border", "court")
        return Picture(
            lanes=names,
            bands=tuple(bands),
            marks=(*events, *borders, Mark(kind="court", at=0.97, text="Landgericht Köln")),
            ticks=tuple((n / 12, f"2026-{n + 1:02d}-01") for n in range(12)),
            legend=tuple((kind, self.say(f"kind_{kind}")) for kind in kinds),
            axis=self.say("axis"),
            alternative="Who held it when: Ana Ionescu, then in transit to Germany, then nobody for two days.",
            caption=self.say("timeline"),
        )

    def _how(self) -> Paragraph:
        return Paragraph(
            cell=(self.line("how"), (Code(f'custody verify certificate.pdf --head "politia.ro/iasi 214 {HEX}"'),))
        )

    def qr(self) -> Code2d:
        """A QR code of the head."""
        import segno

        text = f"politia.ro/iasi 214 {HEX}"
        modules = tuple("".join(str(int(dark)) for dark in row) for row in segno.make(text, micro=False).matrix)
        return Code2d(modules=modules, text=text, alternative="QR code: the head of the ledger, as printed beside it")

    def signatures(self) -> Signatures:
        """Certifier, interpreter."""
        fields = tuple(self.say(one) for one in ("name", "office", "place_date", "signature"))
        return Signatures(boxes=((self.say("certifier"), fields), (self.say("interpreter"), fields)))
