"""The agency's age identity: files for the agency are encrypted to its recipient."""


def new_identity() -> tuple[str, str]:
    """`(identity, recipient)`: `AGE-SECRET-KEY-1…` and `age1…` (age-encryption.org/v1, X25519)."""
    from pyrage import x25519

    identity = x25519.Identity.generate()
    return str(identity), str(identity.to_public())
