"""`custody certificate`: the document for the court, a PDF that carries its own proof.

    foreseen bundle -> verified -> letters at hand -> bundle cut -> verified -> pages -> certificate.issued -> file

What can go wrong is found on what nobody was given yet; then the bundle is cut, and the pages are made from the report
on that, never from the database.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.errors import UsageError

from ..desk.desk import at_desk
from ..desk.files import check_output
from ..options import Acting, Command, acting, example, fonts, output
from ..proving import asking, certifying
from ..typed.parsing import PATH, TEXT, Typed

if TYPE_CHECKING:
    from custody.certificate.catalogue import Catalogue

    from ..proving.p12 import PdfSigner

DECLARATIONS = ("us", "uk", "in", "mlat", "plain")


def _languages(text: str) -> "tuple[Catalogue, ...]":
    """`fr,ro`: one language or two, the authentic one first."""
    from custody.certificate.catalogue import load_catalogue

    codes = [one.strip().lower() for one in text.split(",")]
    if not 1 <= len(codes) <= 2 or len(set(codes)) < len(codes):
        raise UsageError(f"{text!r}: one language, or two different ones", hint="fr, or fr,ro: the authentic one first")
    return tuple(load_catalogue(one) for one in codes)


def _signer(path: Path) -> "PdfSigner":
    from ..proving.p12 import open_p12

    return open_p12(path)


@click.command(
    cls=Command,
    epilog=example(
        'custody certificate JM/1 --court "Landgericht Köln" --as px -o JM-1.pdf',
        'custody certificate JM-1.custody --court "Tribunalul Iași" --lang ro,de --as px -o JM-1-ro.pdf',
    ),
)
@click.argument("what", nargs=-1, required=True, metavar="ITEM...|FILE.custody")
@acting
@click.option("--court", type=TEXT, required=True, help="Which court it is for.")
@click.option(
    "--lang",
    "languages",
    type=Typed("LANG[,LANG]", _languages),
    default="en",
    show_default=True,
    help="Language: ar, de, en, es, fr, it, pt, ro, ru, zh. Or two, side by side: the authentic one first.",
)
@click.option(
    "--declaration", type=click.Choice(DECLARATIONS), default="plain", show_default=True, help="By which court's law."
)
@click.option("--knowledge", type=TEXT, help="From what the certifier knows it. Default: the agency's records.")
@click.option("--paper", type=click.Choice(("a4", "letter")), default="a4", show_default=True, help="Size of the page.")
@click.option(
    "--sign-with",
    "p12",
    type=PATH,
    metavar="FILE.p12",
    help="Sign the PDF as well, visibly (PAdES): the certifier's key and certificate.",
)
@click.option("--draft", is_flag=True, help="Watermarked; nothing is disclosed or recorded.")
@click.option(
    "--policy", "policy_file", type=PATH, metavar="FILE", help="Whom to trust. Default: this ledger's partners."
)
@click.option(
    "--tsa", type=PATH, multiple=True, metavar="FILE.pem", help="Whose time-stamps to check and state. Repeatable."
)
@fonts
@output(required=True)
def certificate(acting: Acting, what: tuple[str, ...], output: Path, force: bool, **given: Any) -> int:
    """Write the document for the court: a PDF made from a verified bundle, which it carries.

    Only of an unbroken chain: of a broken one, or one that is not established, it prints the report instead (exit code
    3 or 5). If nothing but a cosignature that the policy asks for is missing, page 1 says so. Whoever has the PDF
    checks it with custody verify.
    """
    check_output(acting.session.wants_json, output, force=force)
    if given["p12"] and given["draft"]:
        raise UsageError("a draft is not signed", hint="leave out --draft or --sign-with")
    wanted = certifying.Wanted(
        court=given["court"],
        catalogues=given["languages"],
        declaration=given["declaration"],
        knowledge=given["knowledge"],
        paper=given["paper"],
        draft=given["draft"],
        signer=_signer(given["p12"]) if given["p12"] else None,
        fonts=given["fonts"],
        output=output,
        force=force,
    )
    policy = asking.read_policy(given["policy_file"], ()) if given["policy_file"] else None
    authorities = asking.read_authorities(given["tsa"])
    with at_desk(acting) as desk:
        maker = certifying.Certifying(desk, wanted, policy, authorities)
        if len(what) == 1 and asking.is_bundle(Path(what[0])):
            return maker.of_bundle(Path(what[0]))
        return maker.of_items(what)
