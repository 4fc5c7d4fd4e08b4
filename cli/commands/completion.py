"""`custody completion`: the script by which a shell completes commands and options."""

import click
from click.shell_completion import get_completion_class

from ..options import Command, example


@click.command(cls=Command, epilog=example("custody completion bash > custody.bash", "source ./custody.bash"))
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell.

    Source it from the shell's start-up file.
    """
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"there is no completion for {shell}")
    names = {"complete_func": "_custody_completion", "complete_var": "_CUSTODY_COMPLETE", "prog_name": "custody"}
    click.echo(found.source_template % names)
