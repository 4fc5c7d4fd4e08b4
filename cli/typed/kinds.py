"""What a file is by its first bytes, for the person who named the wrong one."""

from typing import NamedTuple


class Known(NamedTuple):
    """A kind of file that this program reads or writes."""

    begins: bytes
    name: str
    use: str
    """The command that takes it."""


SQLITE = b"SQLite format 3\0"

_KNOWN = (
    Known(b'{"bundle":', "a bundle", "`custody verify FILE`"),
    Known(b'{"card":', "a partner's card", "`custody partner add FILE --fingerprint F`"),
    Known(b'{"id":', "an enrolment request", "`custody person enrol ID --request FILE`"),
    Known(b"-----BEGIN OPENSSH PRIVATE KEY", "a private key", "--key ID=FILE"),
    Known(b"ssh-ed25519 ", "a public key", "`custody person enrol ID --public-key FILE`"),
    Known(b"log ", "a policy", "`custody verify BUNDLE --policy FILE`"),
    Known(b"# custody policy", "a policy", "`custody verify BUNDLE --policy FILE`"),
    Known(b"old ", "a checkpoint with its consistency proof", "`custody verify BUNDLE --seen FILE`"),
    Known(
        SQLITE,
        "a database",
        "`custody restore FILE` or `custody audit --backup FILE`, where it is a backup",
    ),
    Known(b"PK\x03\x04", "a workbook (xlsx, ods) or an archive", "a spreadsheet program, to be saved as CSV UTF-8"),
    Known(b"%PDF", "a PDF", "`custody verify FILE`, where it is a certificate"),
    Known(b"-----BEGIN CERTIFICATE", "a certificate", "`custody verify BUNDLE --tsa FILE`"),
    Known(b"AGE-SECRET-KEY", "an age identity", "`age -d -i FILE`"),
    Known(b"age-encryption.org/", "an encrypted file", "`custody receive --package FILE`, where it is for this agency"),
)


def described(data: bytes) -> Known | None:
    """The kind of the file that begins with `data`; None for one we do not know."""
    found = next((one for one in _KNOWN if data.startswith(one.begins)), None)
    if found is None and "\n\n— ".encode() in data[:4096]:
        return Known(b"", "a checkpoint", "`custody verify BUNDLE --seen FILE`")
    return found


def not_this(path: object, wanted: str, data: bytes) -> tuple[str, str | None]:
    """Message and hint for a file that is not `wanted` (`a bundle`)."""
    found = described(data)
    if found is None:
        return f"{path} is not {wanted}", None
    return f"{path} is {found.name}, not {wanted}", f"it goes to {found.use}"
