"""The key of an electronic signature, in a `.p12` file (PKCS #12) as authorities of certificates hand them out."""

from pathlib import Path
from typing import NamedTuple

from custody.certificate.signing import Block, is_locked, read_signer, sign
from custody.errors import UsageError

from ..desk.files import read_small
from ..desk.passphrases import asking


class PdfSigner(NamedTuple):
    """A key that opened."""

    data: bytes
    passphrase: str | None
    name: str
    """As its certificate states it."""

    def sign(self, document: bytes, block: Block, *, reason: str, fonts_in: Path | None) -> bytes:
        """The document with one more revision. Raises as `custody.certificate.signing.sign`."""
        return sign(document, self.data, self.passphrase, block=block, reason=reason, fonts_in=fonts_in)


def open_p12(path: Path) -> PdfSigner:
    """The key, opened with its passphrase, which is asked for if it has one. Raises CustodyError."""
    data = read_small(path)
    passphrase = asking(str(path))() if is_locked(data) else None
    try:
        return PdfSigner(data, passphrase, read_signer(data, passphrase))
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}", hint=error.hint) from error
