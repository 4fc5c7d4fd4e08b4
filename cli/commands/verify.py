"""`custody verify`: check a bundle, or a certificate, with no ledger, home or network. `custody-verify` is it alone.

What it needs is imported when it runs (proving/judging.py), so that its help and its questions come at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from custody.errors import UsageError

from ..options import example
from ..proving import asking
from ..session import Session
from ..shown import showing
from ..typed.parsing import PATH, TIME, Typed

if TYPE_CHECKING:
    from custody.verifier.report.model import Report

VKEY = Typed("VKEY", asking.read_key)
HEAD = Typed("HEAD", asking.read_head)
FORMS = (".html", ".json", ".txt")
"""Reports, by the ending of their name."""


@click.command("verify", epilog=example("custody verify JM-1.custody --policy agency.policy --report JM-1.html"))
@click.argument("file", type=PATH)
@click.option("--policy", "policy_file", type=PATH, metavar="FILE", help="Whom you trust: a tlog-policy file.")
@click.option("--trust", "trusted", type=VKEY, multiple=True, help="A ledger key you trust. Repeatable.")
@click.option("--evidence", type=PATH, multiple=True, metavar="FILE|FOLDER", help="To be measured. Repeatable.")
@click.option("--item", metavar="ITEM", help="Judge one item of the bundle.")
@click.option("--seen", type=PATH, multiple=True, metavar="FILE", help="A checkpoint seen before. Repeatable.")
@click.option("--head", "heads", type=HEAD, multiple=True, metavar='"ORIGIN SIZE ROOT"', help="A head read off paper.")
@click.option("--tsa", type=PATH, multiple=True, metavar="FILE.pem", help="Whose time-stamps you trust. Repeatable.")
@click.option("--profile", "profile_file", type=PATH, metavar="FILE", help="A court's rules of evidence, asked on top.")
@click.option("--to-court", is_flag=True, help="Judge the way from seizure to presentation in court.")
@click.option("--as-of", type=TIME, metavar="TIME", help="The time by which deadlines are judged.")
@click.option("--report", "report_file", type=PATH, metavar="FILE", help="Write the report: .html, .json or .txt.")
@click.option("--force", is_flag=True, help="Overwrite the report.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object on stdout.")
@click.pass_context
def verify(context: click.Context, /, file: Path, **given: Any) -> int:
    """Check a bundle or a certificate: is the record unaltered, custody continuous, every step covered, and this the
    item?

    Of a certificate (PDF), the bundle inside is checked, and that the pages are those its ledger recorded; compare what
    they say with the report. Trusted keys come from you, never from the file. Exit code 0: unbroken; 3: broken; 5: not
    established; 4: neither a bundle nor a certificate.
    """
    session = context.ensure_object(Session)
    session.wants_json = session.wants_json or given["as_json"] or session.defaults.get("json", False)
    target: Path | None = given["report_file"]
    if target is not None:
        _check_target(target, force=given["force"])
    asking.check_bundle(file)
    policy = asking.read_policy(given["policy_file"], given["trusted"])
    asked = asking.Asked(
        policy=policy,
        seen=(*(asking.read_seen(path, policy) for path in given["seen"]), *given["heads"]),
        supplied=asking.measure(given["evidence"]),
        to_court=given["to_court"],
        as_of=asking.read_moment(given["as_of"]),
        profile=asking.read_profile(given["profile_file"]) if given["profile_file"] else None,
        authorities=asking.read_authorities(given["tsa"]),
    )
    from ..proving import judging

    report = judging.judge(file, asked, given["item"])
    _tell(session, report)
    if target is not None:
        _write(report, target, force=given["force"])
    return judging.exit_code(report)


def _check_target(path: Path, *, force: bool) -> None:
    """Before the work is done, which may take minutes."""
    from ..desk.files import refuse_existing

    if path.suffix not in FORMS:
        raise UsageError(f"--report {path}: its name ends in .html, .json or .txt")
    refuse_existing(path, force=force)


def _tell(session: Session, report: "Report") -> None:
    if session.wants_json:
        from custody.verifier.report.json_form import report_as_json

        showing.answer(session, report_as_json(report))
    else:
        from custody.verifier.report.text import render_text

        click.echo(render_text(report), nl=False)


def _write(report: "Report", path: Path, *, force: bool) -> None:
    from custody.durable import write_file

    write_file(path, _rendered(report, path.suffix), overwrite=force, mode=0o644)
    showing.say(f"report written to {path}")


def _rendered(report: "Report", form: str) -> bytes:
    if form == ".html":
        from custody.verifier.report.page import render_page

        return render_page(report).encode()
    if form == ".txt":
        from custody.verifier.report.text import render_text

        return render_text(report).encode()
    import json

    from custody.verifier.report.json_form import report_as_json

    return (json.dumps(report_as_json(report), indent=2, sort_keys=True) + "\n").encode()
