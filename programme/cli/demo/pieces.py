"""The files of demonstration pieces: small real PDFs, and one that replaced another."""

from datetime import datetime, timedelta

from programme.accounts.models import Account
from programme.applications import services
from programme.applications.models import Application, Piece
from programme.applications.rules import reopening
from programme.applications.states import PieceState
from programme.core import storage
from programme.core.clock import local_day
from programme.core.identifiers import slugify


def provide(piece: Piece, at: datetime) -> None:
    """Put a small PDF in its place."""
    name = slugify(piece.label)
    written = storage.write_bytes(tiny_pdf(f"{piece.application.reference} {name}"), f"{name}.pdf", "application/pdf")
    piece.file, piece.state, piece.provided_at = storage.keep(written, by=None, at=at), PieceState.PROVIDED, at
    piece.dated_on = local_day(at) - timedelta(days=20) if piece.valid_months else None


def replace_first(application: Application, carrier: Account, officer: Account, deposit: datetime) -> None:
    """The letter was not signed: the Region asked, the carrier replaced it, both still read the former one. Before the admission."""
    piece, asked_at = application.asked_pieces[0], deposit + timedelta(days=2)
    answered_at = asked_at + timedelta(days=3)
    piece.state, piece.note = PieceState.REFUSED, "La lettre n’est pas signée."
    services.request_info(
        application, f"La pièce « {piece.label} » n’est pas signée. Déposez-la de nouveau, signée.", [reopening.piece(piece.id)],
        local_day(asked_at) + timedelta(days=15), by=officer, at=asked_at,
    )  # fmt: skip
    body = tiny_pdf(f"{application.reference} lettre signee")
    written = storage.write_bytes(body, "lettre-de-demande-signee.pdf", "application/pdf")
    services.provide_piece(piece, written, by=carrier, at=answered_at)
    services.answer_info(application, "La lettre signée est jointe.", by=carrier, at=answered_at)
    piece.state = PieceState.ACCEPTED


def tiny_pdf(text: str) -> bytes:
    """A one-page PDF of a few hundred bytes with one line of ASCII text."""
    stream = f"BT /F1 14 Tf 72 760 Td ({text} - document de demonstration) Tj ET".encode("ascii", "replace")
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return body + b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        table, len(body),
    )  # fmt: skip
