"""From whatever happens to an exit code, and to two lines on stderr that a person can act on.

    error: refused (C03): JM/1: ak@… acted on the item, for which jm@… answers
    hint: let the person who answers for it act, or have it handed over first

With `--json` a failure is one JSON object too: `{"error":{"exit","rule","message","hint"}}`.
"""

import errno
import io
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from custody.errors import CustodyError, RuleRefusedError

from .interrupts import held_back
from .session import Session
from .shown import showing

_STOPPED = 1
_INTERNAL_HINT = "CUSTODY_DEBUG=1 shows where; nothing that was recorded is harmed"


def run(command: click.Command, arguments: Sequence[str] | None = None, *, name: str = "custody") -> int:
    """Runs a command line and returns its exit code (docs/format.md, "Exit codes"). Nothing escapes it."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that is not UTF-8 still gets every message
    session = Session(wants_json="--json" in words)
    try:
        code = command.main(words, prog_name=name, standalone_mode=False, obj=session)
        sys.stdout.flush()
    except click.UsageError as error:
        if error.ctx is not None and type(error).__name__ == "NoArgsIsHelpError":
            click.echo(error.ctx.get_help(), err=True)
            return 2
        return _fail(session, 2, error.format_message().rstrip("."), _usage_hint(error))
    except click.ClickException as error:
        return _fail(session, 1, error.format_message(), None)
    except CustodyError as error:
        faults = getattr(error, "faults", None)
        for fault in faults or ():
            showing.message("error", fault)
        rule = error.code if isinstance(error, RuleRefusedError) else None
        message = f"refused ({rule}): {error.message}" if rule else error.message
        return _fail(session, error.exit_code, message, error.hint, rule, faults=faults)
    except (click.Abort, KeyboardInterrupt):
        with held_back():  # pressed again, it would cut the message short
            if sys.stderr.isatty():
                click.echo(err=True)  # the terminal's ^C stands at the end of a question
            return _fail(session, _STOPPED, f"stopped; {session.outcome}", session.remedy)
    except OSError as error:
        return _fail_system(session, error)
    except SystemExit:  # how click leaves when nobody reads what it writes
        return _fail_unread(session)
    except Exception as error:  # a crash must never read as "tampered", nor as a traceback
        if os.environ.get("CUSTODY_DEBUG"):
            raise
        return _fail(session, 1, f"internal error: {type(error).__name__}: {error}", _INTERNAL_HINT)
    return code if isinstance(code, int) else 0


def _usage_hint(error: click.UsageError) -> str | None:
    return f"{error.ctx.command_path} --help" if error.ctx else None


def _fail_system(session: Session, error: OSError) -> int:
    """A disk, a pipe, a permission. After an append the entries stand, and the message says so."""
    if error.errno == errno.EPIPE:
        return _fail_unread(session)
    where = f"{error.filename}: " if error.filename else "the output could not be written: "
    code = _fail(session, 1, f"{where}{error.strerror or error}; {session.outcome}", session.remedy)
    _silence()
    return code


def _fail_unread(session: Session) -> int:
    """As `| head` does: no mistake of a command that only looks, but whoever recorded wants to know what stands."""
    if session.acts or session.done:
        _fail(session, 1, f"nobody reads the output any more; {session.outcome}", session.remedy)
    _silence()
    return 1


def _silence() -> None:
    """What is still buffered can't be written; the interpreter would complain about it at exit."""
    sink = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(sink, stream.fileno())
        except ValueError:
            pass  # closed already: nothing is buffered
    os.close(sink)


def _fail(session: Session, code: int, message: str, hint: str | None, rule: str | None = None, **more: Any) -> int:
    try:
        showing.message("error", message)
        if hint:
            showing.message("hint", hint)
        if session.wants_json and not session.answered:
            told = {"exit": code, "rule": rule, "message": message, "hint": hint, **more}
            showing.answer(session, {"error": {key: value for key, value in told.items() if value is not None}})
            sys.stdout.flush()
    except OSError:
        _silence()
    return code
