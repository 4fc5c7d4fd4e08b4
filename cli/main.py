"""`custody`: the root command. It knows every command's name and one line about it, and imports none of them.

A command's module is imported when it is called; what opens the ledger is imported later still, by `home.opened`. So
help, completion, keys and the verifier start without the database's libraries.
"""

import importlib
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.core import ParameterSource

from .options import Once, example, for_whole_program
from .session import Session

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


class Place(NamedTuple):
    """Where a command is, and what the help says of it."""

    module: str
    short: str
    function: str | None = None
    """Its name in the module, where that is not the command's."""


SECTIONS: dict[str, dict[str, Place]] = {
    "Setting up": {
        "init": Place("init", "Begin an agency's ledger."),
        "key": Place("key", "Make a person's key, or ask to be enrolled elsewhere."),
        "person": Place("person", "Enrol, revoke and list persons."),
        "rekey": Place("rekey", "Give the ledger a new key."),
        "policy": Place("policy", "Write the policy by which others verify this ledger."),
        "migrate": Place("migrate", "Bring the database to this program's schema."),
        "grants": Place("migrate", "Print the SQL that lets a role append, and no more."),
        "completion": Place("completion", "Print the completion script of a shell."),
    },
    "Items": {
        "case": Place("case", "Open, amend, close and list cases."),
        "seize": Place("seize", "Record an item, or a list of items, as taken."),
        "derive": Place("derive", "Record an item made from others: image, copy, sample …"),
        "seal": Place("seal", "Put on a seal."),
        "open": Place("seal", "Open seals.", "open_"),
        "store": Place("keep", "Put items into storage."),
        "examine": Place("keep", "Record an examination."),
        "inspect": Place("inspecting", "Look at an item, or at all in a room, and measure it again.", "inspect_"),
        "correct": Place("notes", "Correct an entry; both values stay readable."),
        "confirm": Place("notes", "Confirm an entry whose signer's key is in doubt."),
        "report": Place("notes", "Record afterwards what was not recorded when it happened."),
        "authority": Place("notes", "Record the legal authority afterwards."),
        "copy": Place("copy", "Record a working or defence copy.", "copy_"),
        "void": Place("ending", "Withdraw an item that was entered in error."),
        "present": Place("ending", "Record that items were put before a court."),
        "return": Place("ending", "Give an item back.", "return_"),
        "destroy": Place("ending", "Record an item's destruction."),
        "erase": Place("erase", "Destroy what opens a case's sealed values, for ever."),
    },
    "Handovers": {
        "handover": Place("handover", "Hand items over at one table: release and receipt."),
        "release": Place("release", "Release items to one or more addressees."),
        "receive": Place("receive", "Receive items that were released to you."),
        "refuse": Place("refuse", "Refuse to receive, or report as missing."),
        "withdraw": Place("refuse", "Take a release back."),
        "lend": Place("lend", "Lend an item on a paper receipt."),
        "recover": Place("lend", "Take back what was lent."),
        "assume": Place("assume", "Take custody without a release, as supervisor."),
    },
    "Seeing": {
        "items": Place("items", "List items: where they are, who answers for them."),
        "history": Place("history", "Show everything recorded of an item."),
        "show": Place("entries", "Show one entry."),
        "log": Place("entries", "Show the newest entries."),
    },
    "Proving": {
        "checkpoint": Place("checkpoint", "Sign the ledger's size and root."),
        "timestamp": Place("timestamp", "Have the ledger time-stamped by an authority."),
        "bundle": Place("bundle", "Write a file that proves items' histories on its own."),
        "verify": Place("verify", "Check a bundle; needs no ledger and no network."),
        "audit": Place("audit", "Check the own ledger, whole."),
        "rebuild": Place("audit", "Derive the lists anew from the log."),
    },
    "For the court": {
        "certificate": Place("certificate", "Write the document for the court: a PDF that proves itself."),
        "labels": Place("labels", "Print labels for items."),
    },
    "Across borders": {
        "card": Place("partner", "Write the agency's public card, for its partners."),
        "partner": Place("partner", "Trust, distrust and list partner agencies."),
        "request": Place("request", "Send, receive and answer requests for mutual legal assistance."),
        "import": Place("importing", "Take in a partner's reply, receipt or bundle.", "import_"),
        "cosign": Place("cosign", "Cosign a partner's checkpoint."),
        "profile": Place("profile", "Adopt and show the jurisdiction's rules of evidence."),
    },
    "Running a service": {
        "backup": Place("backup", "Write the ledger to one file, while others go on working."),
        "restore": Place("backup", "Put a backup back into an empty database."),
    },
}
COMMANDS = {name: place for section in SECTIONS.values() for name, place in section.items()}


class Program(Once, click.Group):
    """Finds commands by name and loads only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, in the order of the sections."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        del ctx
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module = importlib.import_module(f".commands.{place.module}", __package__)
        command: click.Command = getattr(module, place.function or cmd_name)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Says which command may have been meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, n=3)
            meant = f"; did you mean {' or '.join(near)}?" if near else ""
            ctx.fail(f"there is no command {args[0]!r}{meant}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The sections, from the table alone."""
        del ctx
        for title, commands in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl([(name, place.short) for name, place in commands.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Names and their lines, from the table alone."""
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        from click.shell_completion import CompletionItem

        named = ((name, place.short) for name, place in COMMANDS.items() if name.startswith(incomplete))
        return [CompletionItem(name, help=short) for name, short in named]


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=example("custody items --in-transit"),
    no_args_is_help=True,
)
@click.version_option(package_name="custody", message="%(prog)s %(version)s")
@for_whole_program
@click.pass_context
def custody(context: click.Context, /, **given: Any) -> None:
    """A ledger of evidence and its handovers, and the proof that the chain is unbroken."""
    session = context.ensure_object(Session)
    session.defaults = {
        name: value
        for name, value in given.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
