"""`custody key`: a person's own key. Nothing here touches a ledger."""

import os
from pathlib import Path

import click

from custody.keys.folder import key_path
from custody.keys.openssh import create_pair
from custody.protocol.ed25519 import fingerprint, format_openssh_public
from custody.protocol.possession import format_request, possession_message

from ..desk.files import refuse_existing, write_output
from ..desk.passphrases import choose
from ..desk.signing import Keys
from ..options import KEY_OPTION, Common, Group, aside, example, output
from ..shown import showing
from ..typed.parsing import ID, ORIGIN, Named


@click.group(cls=Group, epilog=example("custody key new nt --no-passphrase"))
def key() -> None:
    """Make a person's key, or ask to be enrolled elsewhere."""


@key.command(epilog=example("custody key new nt --no-passphrase"))
@click.argument("identity", metavar="ID", type=ID)
@aside
@click.option("--no-passphrase", is_flag=True, help="Leave the private key unprotected.")
def new(common: Common, identity: str, no_passphrase: bool) -> None:
    """Make an OpenSSH Ed25519 pair in the person's own folder.

    That is CUSTODY_KEYS, or the folder for keys in the person's own configuration: never the agency's. A pair made by
    ssh-keygen -t ed25519 serves as well.
    """
    path = key_path(identity)
    for one in (path, path.with_name(path.name + ".pub")):
        if os.path.lexists(one):
            raise click.UsageError(f"{one} exists; a key is never overwritten")
    public = create_pair(path, identity, None if no_passphrase else choose(f"the key of {identity}"))
    common.session.done.append(f"the key {path}")
    told = {
        "id": identity,
        "private": str(path),
        "public": str(path) + ".pub",
        "public_key": format_openssh_public(public, identity),
        "fingerprint": fingerprint(public),
    }
    if common.json:
        showing.answer(common.session, told)
        return
    for line in showing.aligned(told):
        showing.tell(line)
    showing.say("The private key is the person's alone; without it nothing can be signed.")


@key.command(epilog=example("custody key request lee --ledger ocrteh.police.example/custody -o lee.request"))
@click.argument("identity", metavar="ID", type=ID)
@aside
@click.option("--ledger", "origin", type=ORIGIN, required=True, help="The ledger in which to be enrolled.")
@KEY_OPTION
@output(required=True)
def request(common: Common, identity: str, origin: str, keys: tuple[Named, ...], output: Path, force: bool) -> None:
    """Prove possession of the key, to be enrolled elsewhere.

    The agency enrols the person with `custody person enrol ID --request FILE`.
    """
    refuse_existing(output, force=force)
    signer = Keys(keys, identity).own(identity)
    proof = signer.sign(possession_message(identity, origin, signer.public_key))
    write_output(output, format_request(identity, origin, signer.public_key, proof), force=force)
    told = {"id": identity, "ledger": origin, "fingerprint": fingerprint(signer.public_key), "file": str(output)}
    if common.json and str(output) != "-":
        showing.answer(common.session, told)
    else:
        showing.say(f"The key of {identity} is {told['fingerprint']}: read it out to whoever enrols you.")
