"""Finding each signer's key.

    --key [ID=]FILE  ->  CUSTODY_KEYS/ID, by default in the person's own configuration folder  ->  ssh-agent

A key is used only if it is the one enrolled: another one is refused before anybody types a passphrase, where its
public half lies beside it.
"""

from collections.abc import Iterable
from pathlib import Path

from custody.errors import MalformedError, RuleRefusedError, UsageError
from custody.keys.agent import agent_signer
from custody.keys.folder import key_path
from custody.keys.openssh import load_private, load_public
from custody.protocol.ed25519 import Signer, fingerprint
from custody.protocol.names import split_person

from ..typed.parsing import Named
from .passphrases import asking


class Keys:
    """The keys at hand in one run: what `--key` names, and where else to look."""

    def __init__(self, named: Iterable[Named], actor: str | None) -> None:
        """`actor`: the id to which a `--key FILE` without `ID=` belongs."""
        self._files: dict[str, Path] = {}
        for identity, path in named:
            owner = identity or actor
            if owner is None:
                raise UsageError(f"--key {path} does not say whose key it is", hint="--key ID=FILE")
            if owner in self._files:
                raise UsageError(f"--key names two keys for {owner}", hint="for another signer: --key ID=FILE")
            self._files[owner] = path

    def signer(self, person: str, enrolled: bytes | None, name: str | None = None) -> Signer:
        """The signer for `id@origin`, whose enrolled raw public key is `enrolled` (None: revoked; any key will do).

        Raises UsageError when no key is at hand, RuleRefusedError (S01) when it is another than the enrolled one.
        """
        identity = split_person(person)[0]
        path = self._file(identity)
        if path is None or self._differs(path, enrolled):
            held = agent_signer(enrolled) if enrolled is not None else None
            if held is not None and identity not in self._files:
                return held
        if path is None:
            raise UsageError(
                f"no key of {identity} is at hand: neither {key_path(identity)} nor the ssh-agent has it",
                hint=f"--key {identity}=FILE names it",
            )
        if self._differs(path, enrolled):
            raise _another(identity, path, load_public(public_half(path)), enrolled)
        signer = load_private(path, asking(f"{identity} ({name})" if name else identity))
        if enrolled is not None and signer.public_key != enrolled:
            raise _another(identity, path, signer.public_key, enrolled)
        return signer

    def own(self, identity: str, public: Path | None = None) -> Signer:
        """A key that is not enrolled yet: to prove that it is held. `public`: its public half, if it was named."""
        wanted = load_public(public) if public is not None else None
        path = self._file(identity)
        beside = public.with_name(public.name.removesuffix(".pub")) if public and public.suffix == ".pub" else None
        for candidate in (path, beside):
            if candidate is not None and candidate.exists() and not self._differs(candidate, wanted):
                signer = load_private(candidate, asking(identity))
                if wanted is None or signer.public_key == wanted:
                    return signer
        held = agent_signer(wanted) if wanted is not None else None
        if held is not None:
            return held
        raise UsageError(
            f"the private half of {identity}'s key is not at hand, and the proof that it is held needs it",
            hint=f"--key {identity}=FILE names it; from elsewhere: `custody key request`, then --request FILE",
        )

    def _file(self, identity: str) -> Path | None:
        named = self._files.get(identity)
        if named is not None:
            return named
        own = key_path(identity)
        return own if own.exists() else None

    def _differs(self, path: Path, enrolled: bytes | None) -> bool:
        """Whether the public half beside the file says already that it is another key."""
        if enrolled is None or not public_half(path).is_file():
            return False
        try:
            return load_public(public_half(path)) != enrolled
        except MalformedError:
            return False


def public_half(path: Path) -> Path:
    """The `.pub` beside a private key file."""
    return Path(f"{path}.pub")


def _another(identity: str, path: Path, found: bytes, enrolled: bytes | None) -> RuleRefusedError:
    expected = fingerprint(enrolled) if enrolled is not None else "none"
    return RuleRefusedError(
        "S01",
        f"the key at {path} ({fingerprint(found)}) is not the one enrolled for {identity} ({expected})",
        hint="sign with the enrolled key, or enrol the person again with the new one",
    )
