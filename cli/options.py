"""The options that CLI.md calls "Everywhere", as decorators.

`reading` for commands that look into the ledger, `acting` for those that append, `keeping` for acts of the ledger key,
which no person signs. Each hands its options over as one value, first argument of the command.
"""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec
from click.core import ParameterSource

from .sealed_words import take_apart
from .session import Session
from .typed import moments
from .typed.parsing import AUDIENCES, COUNTRY, DOCUMENT, FOLDER, ID, KEY, PATH, PLACE, TIME, Named

Function = TypeVar("Function", bound=Callable[..., Any])


class Common(msgspec.Struct, frozen=True, kw_only=True):
    """Which ledger, and in which form the answer is wanted."""

    session: Session
    home: Path | None
    json: bool


class Acting(Common, frozen=True, kw_only=True, dict=True):
    """Who states what the command records, when and where, and how much is asked before it is."""

    actor: str | None
    keys: tuple[Named, ...]
    witnesses: tuple[str, ...]
    at: str | None
    place: str | None
    country: str | None
    documents: tuple[Named, ...]
    sealed: tuple[str, ...]
    """Names of what does not stand in the record in clear (sealed_words.py)."""
    sealed_for: tuple[str, ...] | None
    """The audiences that may see it; None: those of the field."""
    yes: bool
    dry_run: bool

    @functools.cached_property
    def occurred_at(self) -> str:
        """When it happened: as stated, else now."""
        return self.at or moments.stated_now()


_HOME = click.option("--home", type=PATH, envvar="CUSTODY_HOME", show_envvar=True, metavar="DIR", help="Agency folder.")
_JSON = click.option("--json", is_flag=True, help="Answer with one JSON object on stdout.")
_ACTOR = click.option("--as", "actor", type=ID, envvar="CUSTODY_AS", show_envvar=True, help="The person acting.")
KEY_OPTION = click.option("--key", "keys", type=KEY, multiple=True, help="A signer's private key file. Repeatable.")

_READING = (_HOME, _JSON)
_BEGINNING = (
    click.option("--at", type=TIME, help="When it happened, with offset. Default: now."),
    click.option("--place", type=PLACE, help="Where it happened."),
    click.option("--country", type=COUNTRY, help="Country of the place. Default: the agency's."),
    click.option("--document", "documents", type=DOCUMENT, multiple=True, help="Cited: warrant, letter … Repeatable."),
    click.option("-y", "--yes", is_flag=True, help="Sign without asking."),
    click.option("-n", "--dry-run", is_flag=True, help="Show what would be signed, and stop."),
)
_SEALING = (
    click.option("--sealed", multiple=True, metavar="NAME[=TEXT]", help="--NAME TEXT, but kept secret. Repeatable."),
    click.option("--sealed-for", type=AUDIENCES, help="Who may see it: court,defence … Default: by field."),
)
_SIGNING = (
    _ACTOR,
    KEY_OPTION,
    click.option("--witness", "witnesses", type=ID, multiple=True, help="Co-signs. Repeatable."),
)


_EVERYWHERE = frozenset(
    (
        *("actor", "keys", "witnesses", "at", "place", "country", "documents", "sealed", "sealed_for"),
        *("yes", "dry_run", "home", "json"),
    )
)


class Once(click.Command):
    """A command that refuses two answers to one question: click takes the last, and drops those before it."""

    def make_parser(self, ctx: click.Context) -> Any:
        """A parser that looks at the options in the order in which they were given."""
        parser: Any = super().make_parser(ctx)
        parse = parser.parse_args

        def parse_once(args: list[str]) -> Any:
            parsed = parse(args)
            if not ctx.resilient_parsing:
                _check_once(parsed[2])
            return parsed

        parser.parse_args = parse_once
        return parser


def _check_once(order: list[click.Parameter]) -> None:
    given: dict[str | None, click.Parameter] = {}
    for one in order:
        if not isinstance(one, click.Option) or one.multiple:
            continue
        before = given.setdefault(one.name, one)
        if before is not one:
            raise click.UsageError(f"{before.opts[0]} and {one.opts[0]} exclude each other")
        if not one.is_flag and order.count(one) > 1:
            raise click.UsageError(f"{one.opts[0]} is given twice")


class Command(Once):
    """A command whose help shows its own options first, and apart those that most commands have."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads `--sealed NAME=TEXT` as the option it is about."""
        return super().parse_args(ctx, take_apart(self, ctx, args))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Two sections."""
        sections: dict[str, list[tuple[str, str]]] = {"Options": [], "Everywhere": []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx) if isinstance(parameter, click.Option) else None
            if record is not None:
                common = parameter.name in _EVERYWHERE or "--help" in parameter.opts
                sections["Everywhere" if common else "Options"].append(record)
        for title, records in sections.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


class Group(click.Group):
    """A command with commands of its own."""

    command_class = Command


def reading(command: Function) -> Function:
    """For commands that look into the ledger: the first argument is a `Common`."""
    return _collect(command, Common, _READING)


def aside(command: Function) -> Function:
    """For commands that need no ledger: the first argument is a `Common` that names none."""
    return _collect(command, Common, (_JSON,), home=None)


def acting(command: Function) -> Function:
    """For commands in which a person states something: the first argument is an `Acting`."""
    return _collect(command, Acting, (*_SIGNING, *_SEALING, *_BEGINNING, *_READING))


def keeping(command: Function) -> Function:
    """For acts of the ledger key: an `Acting` whose actor and witnesses are nobody."""
    return _collect(command, Acting, (*_SEALING, *_BEGINNING, *_READING), actor=None, keys=(), witnesses=())


def beginning(command: Function) -> Function:
    """For the act with which a ledger begins: as `keeping`, and nothing can be sealed yet."""
    nobody: dict[str, Any] = {"actor": None, "keys": (), "witnesses": (), "sealed": (), "sealed_for": None}
    return _collect(command, Acting, (*_BEGINNING, *_READING), **nobody)


def output(*, required: bool = False) -> Callable[[Function], Function]:
    """`-o FILE` and `--force`: parameters `output` and `force`."""

    def add(command: Function) -> Function:
        command = click.option("--force", is_flag=True, help="Overwrite FILE.")(command)
        help_text = "Where to write; - is stdout."
        return click.option("-o", "--output", type=PATH, metavar="FILE", required=required, help=help_text)(command)

    return add


def fonts(command: Function) -> Function:
    """`--fonts DIR`: the parameter `fonts`."""
    return click.option(
        "--fonts",
        type=FOLDER,
        envvar="CUSTODY_FONTS",
        show_envvar=True,
        metavar="DIR",
        help="Fonts for scripts that the built-in ones lack.",
    )(command)


def example(*lines: str) -> str:
    """An epilog that click leaves as it is: the runnable example that ends every help."""
    return "\n".join(("\b", "Example:", *(f"  {line}" for line in lines)))


def for_whole_program(command: Function) -> Function:
    """Those that may stand before the command's name, too: `custody --home DIR items`."""
    return _HOME(_ACTOR(_JSON(command)))


def _check_same(context: click.Context, name: str, before: Any, after: Any) -> None:
    """What was said before the command's name is not said otherwise after it."""
    if after != before and context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
        option = next(one.opts[0] for one in context.command.params if one.name == name)
        where = f"before {context.command.name} and after it"
        raise click.UsageError(f"{option} is given twice, {where}, and not the same", context)


def _collect(command: Function, kind: type[Common], options: tuple[Any, ...], **fixed: Any) -> Function:
    names = [name for name in kind.__struct_fields__ if name not in ("session", *fixed)]

    @click.pass_context
    @functools.wraps(command)
    def call(context: click.Context, /, **parameters: Any) -> Any:
        session = context.ensure_object(Session)
        own = {name: parameters.pop(name) for name in names}
        for name in session.defaults.keys() & own.keys():
            _check_same(context, name, session.defaults[name], own[name])
            own[name] = session.defaults[name]
        session.wants_json = session.wants_json or own["json"]
        session.acts = kind is Acting and not own["dry_run"]
        return command(kind(session=session, **fixed, **own), **parameters)

    for option in reversed(options):
        call = option(call)
    return call  # type: ignore[return-value]
