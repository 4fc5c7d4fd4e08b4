"""Keys with fixed seeds. (Not in conftest.py: every folder has one, and tests cannot import it by name.)"""

from collections.abc import Callable
from typing import NamedTuple

from nacl import bindings

from custody.protocol.vkey import Vkey, make_vkey


class Signer(NamedTuple):
    """A verifier key, and the raw Ed25519 signature that goes with it."""

    vkey: Vkey
    sign: Callable[[bytes], bytes]


def make_signer(name: str, kind: int, seed: int) -> Signer:
    public, secret = bindings.crypto_sign_seed_keypair(bytes([seed]) * 32)
    return Signer(make_vkey(name, kind, public), lambda message: bindings.crypto_sign(message, secret)[:64])
