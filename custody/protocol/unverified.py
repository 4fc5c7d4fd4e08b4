"""Bytes that are well formed but do not prove what they claim: leaves of CustodyError for signed structures.

A reader of files answers MalformedError; these say that the file was read and its claim failed. The verifier turns
them into findings (L01, L03, L04, L05); the command line exits with their code.
"""

from custody.errors import CustodyError


class BadSignatureError(CustodyError):
    """A key we know is named by a signature that it did not make. Exit 3."""

    exit_code = 3


class BadProofError(CustodyError):
    """A Merkle proof does not lead to the signed root. Exit 3."""

    exit_code = 3


class UnknownSignerError(CustodyError):
    """No signature by a key we know: nothing was shown to be wrong, nothing was established. Exit 5."""

    exit_code = 5


class QuorumError(CustodyError):
    """Fewer cosignatures than the policy asks for. Exit 5."""

    exit_code = 5
