"""Signing a certificate: a third revision with a PAdES signature (B-B), by pyHanko (`custody[pades]`).

    signed = sign(pdf, Path("me.p12").read_bytes(), passphrase, block=Block(...), reason="…")

The block is set by Typst and laid in as it is: fonts embedded, every script, PDF/A kept. PDF/UA wants the field in the
structure tree, as a /Form. Nothing else is touched, so that changes.py finds a signature and no more.
"""

import io
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from custody.certificate import fonts
from custody.certificate.typeset import render
from custody.errors import CustodyError, MalformedError, UsageError

_FIELD = "Signature"
_ALT = "Signature"
"""What a screen reader says where it stands."""


class Block(NamedTuple):
    """What a signature shows on the last page, and where: in points, from the lower left corner.

    The place is the one that page/page.typ keeps free: above the margin at the foot.
    """

    lines: tuple[str, ...]
    left: int = 62
    bottom: int = 72
    width: int = 240
    height: int = 56
    lang: str = "en"
    right_to_left: bool = False


def is_locked(p12: bytes) -> bool:
    """Whether a `.p12` asks for a passphrase, or is none. Raises CustodyError where pyHanko is not installed."""
    try:
        _load(p12, None)
    except UsageError:
        return True
    return False


def read_signer(p12: bytes, passphrase: str | None) -> str:
    """The name in the certificate of a `.p12`, for the block. Raises as `sign` does, and where it is not valid now."""
    certificate = _load(p12, passphrase).signing_cert
    now = datetime.now(UTC)
    if not certificate.not_valid_before <= now <= certificate.not_valid_after:
        valid = f"{certificate.not_valid_before:%Y-%m-%d} until {certificate.not_valid_after:%Y-%m-%d}"
        raise UsageError(f"the certificate in it is valid from {valid}", hint="ask who issued it for a new one")
    return str(certificate.subject.native.get("common_name", ""))


def sign(
    pdf: bytes,
    p12: bytes,
    passphrase: str | None,
    *,
    block: Block | None,
    reason: str,
    fonts_in: Path | None = None,
) -> bytes:
    """The certificate with one more revision, which signs all of it. `pdf` is its beginning, byte for byte.

    `block` None: a signature that can't be seen. `fonts_in`: as for `typeset`. The time is this machine's.
    Raises CustodyError where pyHanko is not installed, UsageError for a key that can't be used, MalformedError for a
    document that can't be signed.
    """
    signer = _load(p12, passphrase)
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign import fields, signers
    from pyhanko.sign.general import SigningError

    class Writer(IncrementalPdfFileWriter):  # type: ignore[misc]
        """Leaves title, producer and version as they were rendered."""

        def _update_meta(self) -> None:
            return

        def ensure_output_version(self, version: object) -> None:  # noqa: ARG002
            return

    kind = "sha512" if signer.signing_cert.public_key.algorithm == "ed25519" else "sha256"
    out = io.BytesIO()
    try:
        writer = Writer(io.BytesIO(pdf), strict=True)
        name = f"{_FIELD} {1 + sum(1 for _ in fields.enumerate_sig_fields(writer))}"
        meta = signers.PdfSignatureMetadata(
            field_name=name, md_algorithm=kind, subfilter=fields.SigSeedSubFilter.PADES, reason=reason
        )
        _add_field(writer, name, block)
        with tempfile.TemporaryDirectory() as folder:
            stamp = _stamp(set_block(block, fonts_in=fonts_in), Path(folder) / "block.pdf") if block else None
            signers.PdfSigner(meta, signer=signer, stamp_style=stamp).sign_pdf(writer, output=out)
    except (PdfError, SigningError, LookupError, ValueError) as error:
        raise MalformedError(f"the document can't be signed: {error}") from error
    return out.getvalue()


def _load(p12: bytes, passphrase: str | None) -> Any:
    try:
        from pyhanko.sign.signers import SimpleSigner
    except ImportError:
        raise CustodyError(
            "a signature needs pyHanko, which is not installed", hint="`pip install custody[pades]` brings it"
        ) from None
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import pkcs12

    secret = passphrase.encode() if passphrase else None
    try:
        key, certificate, _ = pkcs12.load_key_and_certificates(p12, secret)
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise UsageError("the .p12 does not open", hint="is the passphrase right, is it PKCS #12?") from error
    if key is None or certificate is None:
        raise UsageError("the .p12 does not hold a key with its certificate")
    return SimpleSigner.load_pkcs12_data(p12, other_certs=[], passphrase=secret)


def _stamp(block: bytes, page: Path) -> Any:
    from pyhanko.stamp import StaticStampStyle

    page.write_bytes(block)
    return StaticStampStyle.from_pdf_file(str(page), border_width=0, background_opacity=1.0)


def set_block(block: Block, *, fonts_in: Path | None = None) -> bytes:
    """The block as a page of its own, untagged: the field is what stands in the structure tree.

    Raises CustodyError where Typst is missing, or a face for a script that the lines are written in.
    """
    said, faces = fonts.fit({"lines": list(block.lines)}, (block.lang,), folder=fonts_in)
    look = {"width": block.width, "height": block.height, "lang": block.lang, "right": block.right_to_left}
    data = said | look | {"fonts": fonts.for_language(faces.families, block.lang)}
    return render("signature", data, faces, moment=0, standards=("a-3b",), tagged=False)


def _add_field(writer: Any, name: str, block: Block | None) -> None:
    """The field, on the last page, in the structure tree."""
    from pyhanko.pdf_utils.generic import IndirectObject, NumberObject, pdf_name
    from pyhanko.sign import fields

    box = (block.left, block.bottom, block.left + block.width, block.bottom + block.height) if block else (0, 0, 0, 0)
    fields.append_signature_field(writer, fields.SigFieldSpec(name, on_page=-1, box=box, readable_field_name=_ALT))
    _, _, found = next(fields.enumerate_sig_fields(writer, with_name=name))
    field = IndirectObject(found.idnum, found.generation, writer)
    widget, tree = field.get_object(), writer.root["/StructTreeRoot"]
    if "/AP" in widget:  # an empty one, which the block replaces
        empty = widget.pop("/AP").raw_get("/N")
        del writer.objects[(empty.generation, empty.idnum)]
    nums = tree["/ParentTree"]["/Nums"]
    key = int(tree["/ParentTreeNextKey"])
    element = _add_element(writer, tree, field, widget)
    nums += [NumberObject(key), element]
    widget[pdf_name("/StructParent")] = NumberObject(key)
    tree[pdf_name("/ParentTreeNextKey")] = NumberObject(key + 1)
    writer.update_container(nums)
    writer.update_container(tree)
    page = widget["/P"]
    page[pdf_name("/Tabs")] = pdf_name("/S")
    writer.update_container(page)


def _add_element(writer: Any, tree: Any, field: Any, widget: Any) -> Any:
    from pyhanko.pdf_utils.generic import DictionaryObject, pdf_name, pdf_string

    document = tree["/K"].raw_get(0)
    leads = {pdf_name("/Type"): pdf_name("/OBJR"), pdf_name("/Obj"): field, pdf_name("/Pg"): widget.raw_get("/P")}
    element = writer.add_object(
        DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/StructElem"),
                pdf_name("/S"): pdf_name("/Form"),
                pdf_name("/P"): document,
                pdf_name("/Alt"): pdf_string(_ALT),
                pdf_name("/K"): DictionaryObject(leads),
            }
        )
    )
    children = document.get_object()["/K"]
    children.append(element)
    writer.update_container(children)
    return element
