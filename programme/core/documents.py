"""Issued documents: numbered, frozen when issued, rendered once by the worker, their bytes kept for good."""

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ForeignKey, Index, Select, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from programme.core import jobs, pdf, storage
from programme.core.clock import now
from programme.core.columns import UTCDateTime
from programme.core.identifiers import random_code
from programme.core.storage import StoredFile
from programme.core.theme import palettes
from programme.core.trame import printed_trame
from programme.core.unit_of_work import unit_of_work
from programme.extensions import Base, db

_PLACE = "<!--drawing:%s-->"
THREAD = "fil"
"""The drawing of a letter or a receipt: the thread alone, along the left edge."""
_DATA = re.compile(r'<script type="application/json" id="data"[^>]*>(.*?)</script>', re.DOTALL)
_PLACED = re.compile(r"<!--drawing:(\w+)-->")
PROCESSES = max(1, min(2, os.cpu_count() or 1))
"""Print processes of a batch."""
NICENESS = 15
"""A batch gives way to the people who wait for a page."""
CAUSES = {
    pdf.Cause.TIME: _l("sa mise en page dépasse le temps permis"),
    pdf.Cause.MEMORY: _l("sa mise en page dépasse la mémoire permise"),
    pdf.Cause.REFUSED: _l("il demande un fichier ou une adresse hors de l’application"),
    pdf.Cause.ENGINE: _l("le moteur de mise en page s’est arrêté"),
}
"""Why a document stays to be made, after « Le document … reste à produire : »."""


class IssuedDocument(Base):
    """A receipt, letter or agreement (« document émis »). Its HTML is frozen at the act; its PDF is made once."""

    __tablename__ = "issued_document"
    __table_args__ = (Index("ix_issued_document_subject", "subject_type", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    code: Mapped[str] = mapped_column(String(20), unique=True)
    html: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(UTCDateTime)
    subject_type: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    file: Mapped[StoredFile | None] = relationship(lazy="joined")

    @property
    def ready(self) -> bool:
        """Whether the PDF exists."""
        return self.file_id is not None

    @property
    def data(self) -> dict[str, Any]:
        """What the document says to machines, as it was frozen."""
        found = _DATA.search(self.html)
        data: dict[str, Any] = json.loads(found[1]) if found else {}
        return data


def issue(
    kind: str, *, label: str, number: str, title: str, template: str, on: Any, at: datetime, context: dict[str, Any],
    data: dict[str, Any], data_name: str, drawing: str = THREAD, in_batch: bool = False,
) -> IssuedDocument:  # fmt: skip
    """Freeze a document in the caller's transaction and ask the worker for its PDF.

    `template` is a page of `templates/pdf/` that extends `layouts/pdf.html`; it receives `context` besides what the
    layout needs. `label` is the kind in French (« Convention »), `drawing` the family of the drawing in its margin.
    `data` is what the PDF carries for machines, as the file `data_name` (« receipt.json »); amounts are texts, in euros with
    two decimals. With `in_batch` the caller asks for the PDF itself, by `ask_for`. A document is in French whatever the
    language of the screen.
    """
    if on.id is None:
        db.session.flush()  # The document names the row it is about.
    code = random_code()
    with force_locale("fr"):
        html = page(
            template, document={"kind": label, "number": number}, title=title, issued_at=at, check_code=code,
            drawing=drawing, data={"format": 1, "number": number, "issued_at": instant(at), "check_code": code, **data},
            data_name=data_name, **context,
        )  # fmt: skip
    document = IssuedDocument(
        kind=kind, number=number, title=title, code=code, html=html, issued_at=at,
        subject_type=on.__tablename__, subject_id=on.id,
    )  # fmt: skip
    db.session.add(document)
    db.session.flush()  # The job names the row.
    if not in_batch:
        jobs.enqueue("documents.render", {"document": document.id}, at=at)
    return document


def ask_for(documents: Sequence[IssuedDocument], *, by: Any | None, at: datetime) -> None:
    """Ask the worker for the PDFs of many documents, in one job that shows how far it is and can be taken up again."""
    job = jobs.enqueue("documents.render_batch", {}, at=at, by=by)
    db.session.flush()  # The job says how far it is under its own number.
    job.payload = {"job": job.id, "documents": [each.id for each in documents]}


def instant(at: datetime) -> str:
    """An instant as the data of a document and its metadata write it: « 2026-11-25T11:00:00Z »."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def page(template: str, *, drawing: str = THREAD, **context: Any) -> str:
    """The page of a document in the Region's colours; its drawing is left to the worker, since it is slow."""
    region = current_app.config["REGION"]
    made_at = instant(context["issued_at"]) if "issued_at" in context else None
    return render_template(
        f"pdf/{template}", made_at=made_at, colours=palettes(region.brand, region.accent, region.neutral_hue)["light"],
        check_url=f"{current_app.config['PUBLIC_URL'].partition('://')[2]}/verifier", margin_trame=_PLACE % drawing,
        **context,
    )  # fmt: skip


def _thread_alone(key: str, thread: str, casing: str) -> str:
    """One calm curve from top to bottom of a strip of 12 × 297 mm and its knot, drawn from the document's number."""
    seed = hashlib.sha256(f"thread:{key}".encode()).digest()
    top, high, low, end = (12 + byte % 25 for byte in seed[:4])
    first, second = 300 + seed[4] // 2, 700 + seed[5] // 2
    pull = (second - first) // 2
    curve = f"M{top} -4C{top} {first // 2} {high} {first - pull} {high} {first}S{low} {second - pull} {low} {second}"
    curve += f"S{end} {1192 - pull // 2} {end} 1192"
    stroke = f'<path fill="none" stroke="%s" stroke-width="%s" d="{curve}"/>'
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 1188" preserveAspectRatio="xMidYMid slice" '
        f'aria-hidden="true">{stroke % (casing, 7)}{stroke % (thread, 4.4)}'
        f'<circle cx="{high}" cy="{first}" r="7" fill="{thread}" stroke="{casing}" stroke-width="2.4"/></svg>'
    )


def _with_drawing(html: str, key: str) -> str:
    """The document with the drawing of its left margin, in the Region's colours: made by the worker, since it is slow."""
    place = _PLACED.search(html)
    if place is None:
        return html
    region = current_app.config["REGION"]
    colours = palettes(region.brand, region.accent, region.neutral_hue)["light"]
    # Mimosa alone does not show on white paper: on print the thread keeps its ink outline.
    thread, casing = colours["accent"], colours["ink"]
    if place[1] == THREAD:
        return html.replace(place[0], _thread_alone(key, thread, casing))
    return html.replace(place[0], printed_trame(key, place[1], line=colours["brand"], thread=thread, casing=casing))


class StaysToMake(RuntimeError):
    """A document could not be printed; the message is a sentence for the staff, and the document stays to be made."""

    def __init__(self, number: str, failure: pdf.RenderFailed) -> None:
        why = CAUSES[failure.cause]
        sentence = _("Le document %(number)s reste à produire : %(why)s.", number=number, why=why)
        super().__init__(f"{sentence} ({failure.args[0][:300]})")


@jobs.handler("documents.render", heavy=True)
def render(payload: dict[str, Any]) -> None:
    """Make the PDF of a document that has none; run twice, the second time does nothing.

    Raises:
        StaysToMake: it cannot be printed; the job is tried again, later and later.
    """
    document = db.session.get(IssuedDocument, payload["document"])
    if document is None or document.ready:
        return
    html, number = _with_drawing(document.html, document.number), document.number
    db.session.rollback()  # No transaction stays open while the PDF is made.
    try:
        made = pdf.render(html)
    except pdf.RenderFailed as failure:
        raise StaysToMake(number, failure) from failure
    _keep(payload["document"], number, html, made)


@jobs.handler("documents.render_batch", heavy=True)
def render_batch(payload: dict[str, Any]) -> None:
    """Make the PDFs of many documents, in their order; killed in the middle and run again, it makes those that lack.

    One that cannot be printed gets a job of its own, and holds back none of the others.
    """
    wanted = payload["documents"]
    db.session.rollback()  # The pages are read again below, one at a time.
    lacking = list(db.session.scalars(_lacking(wanted)))
    jobs.progress(payload["job"], len(wanted) - len(lacking), len(wanted))
    frozen: dict[int, tuple[str, str]] = {}
    with closing(pdf.print_all(_pages(lacking, frozen), processes=PROCESSES, niceness=NICENESS)) as printed:
        for done, (document_id, made) in enumerate(printed, len(wanted) - len(lacking) + 1):
            if isinstance(made, bytes):
                _keep(document_id, *frozen.pop(document_id), made)
            else:
                with unit_of_work():
                    jobs.enqueue("documents.render", {"document": document_id}, at=now())
            jobs.progress(payload["job"], done, len(wanted))


def _lacking(wanted: Sequence[int]) -> Select[int]:
    return (
        select(IssuedDocument.id)
        .where(IssuedDocument.id.in_(wanted), IssuedDocument.file_id.is_(None))
        .order_by(IssuedDocument.id)
    )


def _pages(wanted: Iterable[int], frozen: dict[int, tuple[str, str]]) -> Iterator[tuple[int, str]]:
    """The pages to print, drawn one at a time; `frozen` keeps the number and page of those that are on their way."""
    for document_id in wanted:
        document = db.session.get_one(IssuedDocument, document_id)
        html, number = document.html, document.number
        db.session.rollback()  # No transaction stays open while PDFs are made.
        frozen[document_id] = number, _with_drawing(html, number)
        yield document_id, frozen[document_id][1]


def _keep(document_id: int, number: str, html: str, made: bytes) -> None:
    """Keep the PDF of a document, unless another worker kept one meanwhile: there is never a second."""
    written = storage.write_bytes(made, f"{number}.pdf", "application/pdf")
    with unit_of_work() as session:
        fresh = session.get_one(IssuedDocument, document_id, with_for_update={"of": IssuedDocument})
        if not fresh.ready:
            fresh.html = html
            fresh.file = storage.keep(written, by=None, at=now())
            fresh.file.scan = storage.ScanState.OURS
