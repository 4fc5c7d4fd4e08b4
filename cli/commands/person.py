"""`custody person`: who may sign. Enrolment and revocation are acts of the ledger key."""

from pathlib import Path

import click

from custody.errors import MalformedError, UsageError
from custody.protocol.ed25519 import fingerprint
from custody.protocol.encodings import decode_base64
from custody.protocol.events.people import RoleTerm
from custody.protocol.names import split_person
from custody.protocol.possession import parse_request
from custody.protocol.rules.people import PersonState

from ..desk.desk import at_desk
from ..desk.files import read_small
from ..desk.home import opened, read_home
from ..desk.signing import Keys
from ..options import KEY_OPTION, Acting, Common, Group, example, keeping, reading
from ..shown import showing
from ..typed import moments
from ..typed.kinds import not_this
from ..typed.parsing import FROM_DAY, ID, PATH, TEXT, UNTIL_DAY, Named

ROLES = ("investigator", "custodian", "supervisor", "examiner", "prosecutor", "central-authority", "court")


@click.group(cls=Group, epilog=example("custody person list"))
def person() -> None:
    """Enrol, revoke and list persons."""


@person.command(
    epilog=example("custody key new nt --no-passphrase", 'custody person enrol nt --name "Nadia Toma" --role examiner')
)
@click.argument("identity", metavar="ID", type=ID)
@keeping
@click.option("--name", type=TEXT, required=True, help="Name, as it stands in the record.")
@click.option("--role", "roles", type=click.Choice(ROLES), multiple=True, required=True, help="Repeatable.")
@click.option("--office", type=TEXT, help="Office or unit.")
@click.option("--public-key", "public", type=PATH, help="Public half; the private one must be at hand for the proof.")
@click.option("--request", type=PATH, help="What `custody key request` wrote.")
@KEY_OPTION
@click.option("--from", "start", type=FROM_DAY, help="From when the roles hold. Default: no start.")
@click.option("--until", "end", type=UNTIL_DAY, help="Until when the roles hold. Default: no end.")
def enrol(
    acting: Acting,
    identity: str,
    name: str,
    roles: tuple[str, ...],
    office: str | None,
    public: Path | None,
    request: Path | None,
    keys: tuple[Named, ...],
    start: str | None,
    end: str | None,
) -> None:
    """Enrol a person with a public key, or again with another key or other roles.

    Without --public-key and --request the pair in the person's own folder is taken (custody key new).
    """
    if public is not None and request is not None:
        raise click.UsageError("--public-key and --request are two ways of saying whose key it is: give one")
    terms = [RoleTerm(role=role, from_=start, until=end) for role in dict.fromkeys(roles)]  # type: ignore[arg-type]
    with at_desk(acting) as desk:
        from custody.ledger.people import enrol as enrol_person
        from custody.ledger.people import prove_possession

        origin = desk.ledger.origin
        if request is not None:
            key, proof = _requested(origin, identity, request)
        else:
            signer = Keys(keys, identity).own(identity, public)
            key, proof = signer.public_key, prove_possession(identity, origin, signer)
        act = enrol_person(desk.by_ledger, identity, key=key, proof=proof, roles=terms, name=name, office=office)
        if desk.record(act) is not None:
            showing.say(f"The key of {identity} is {fingerprint(key)}")


def _requested(origin: str, identity: str, path: Path) -> tuple[bytes, bytes]:
    data = read_small(path)
    try:
        request = parse_request(data)
    except MalformedError as error:
        message, hint = not_this(path, "an enrolment request", data)
        if hint is None or data.startswith(b'{"id":'):
            message, hint = f"{path}: {error.message}", "`custody key request ID --ledger ORIGIN -o FILE` writes one"
        raise MalformedError(message, hint=hint) from error
    if (request.id, request.ledger) != (identity, origin):
        raise UsageError(
            f"{path} asks to be {request.id} of {request.ledger}, not {identity} of {origin}",
            hint=f"custody key request {identity} --ledger {origin} -o FILE",
        )
    return decode_base64(request.public_key), decode_base64(request.proof)


@person.command(epilog=example('custody person revoke dr --reason "left the service"'))
@click.argument("identity", metavar="ID", type=ID)
@keeping
@click.option("--reason", type=TEXT, required=True, help="Why.")
@click.option("--effective", type=FROM_DAY, metavar="TIME", help="Since when the key is in doubt. Default: now.")
def revoke(acting: Acting, identity: str, reason: str, effective: str | None) -> None:
    """Revoke a person: from here on the key signs no more.

    What it signed since --effective is in doubt. Items the person answers for have to be assumed.
    """
    with at_desk(acting) as desk:
        from custody.ledger.people import revoke as revoke_person

        desk.person(identity)
        since = effective or acting.occurred_at
        if desk.record(revoke_person(desk.by_ledger, identity, reason=reason, effective_from=since)) is None:
            return
        held = list(desk.ledger.items(holder=f"{identity}@{desk.ledger.origin}"))
        if held:
            labels = ", ".join(item.label for item in held[:10]) + (" …" if len(held) > 10 else "")
            text = f"{identity} still answers for {labels}: a supervisor has to take over with `custody assume`"
            showing.message("warning", text)


@person.command("list", epilog=example("custody person list"))
@reading
def list_(common: Common) -> None:
    """List everybody ever enrolled."""
    with opened(read_home(common)) as ledger:
        persons = ledger.persons()
    if common.json:
        showing.answer(common.session, {"persons": [_as_json(one) for one in persons]})
        return
    rows = [
        [
            split_person(one.reference)[0],
            one.name or "",
            one.office or "",
            ", ".join(_term(term) for term in one.roles),
            "revoked" if one.revoked else "",
            fingerprint(one.key) if one.key else "",
        ]
        for one in persons
    ]
    for line in showing.table(["id", "name", "office", "roles", "", "key"], rows, narrow=3):
        showing.tell(line)


def _term(term: RoleTerm) -> str:
    bounds = [f"from {moments.readable(term.from_)}"] if term.from_ else []
    bounds += [f"until {moments.readable(term.until)}"] if term.until else []
    return " ".join([term.role, *bounds])


def _as_json(one: PersonState) -> dict[str, object]:
    roles = [
        {key: value for key, value in (("role", term.role), ("from", term.from_), ("until", term.until)) if value}
        for term in one.roles
    ]
    return {
        "id": split_person(one.reference)[0],
        "person": one.reference,
        "name": one.name,
        "office": one.office,
        "roles": roles,
        "revoked": one.revoked,
        "fingerprint": fingerprint(one.key) if one.key else None,
    }
