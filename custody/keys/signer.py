"""A private key in memory."""

import nacl.bindings as sodium


class SeedSigner:
    """A signer with its private key in memory."""

    __slots__ = ("_secret", "public_key")

    def __init__(self, seed: bytes) -> None:
        """`seed`: the 32-byte private key of RFC 8032 §5.1.5."""
        self.public_key, self._secret = sodium.crypto_sign_seed_keypair(seed)

    def sign(self, message: bytes) -> bytes:
        """A raw Ed25519 signature, 64 bytes."""
        return sodium.crypto_sign(message, self._secret)[:64]
