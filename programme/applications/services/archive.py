"""The whole file as a ZIP: what it holds for each side, told in its README, and streamed one file of the store at a time."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from io import BytesIO
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from flask_babel import gettext as _

from programme.applications import documents
from programme.applications.labels import PUBLIC_STATES
from programme.applications.models import Application, Message, PieceVersion
from programme.applications.queries import messages as thread
from programme.applications.queries.pieces import piece_versions
from programme.applications.rules import archive as rules
from programme.applications.services import printing
from programme.applications.services.reading import answered_questions
from programme.applications.states import MessageSide
from programme.core import documents as issued
from programme.core import storage
from programme.core.clock import local
from programme.core.documents import IssuedDocument
from programme.core.i18n import datetime_short, file_size, money
from programme.extensions import db
from programme.organisations.rules import siret
from programme.questionnaires import documents as answers

README = "LISEZ-MOI.txt"


@dataclass(frozen=True)
class Entry:
    """One file of the archive: bytes of our own, or the key of a stored file with its size and digest; `at` in local time."""

    name: str
    at: datetime
    size: int
    sha256: str
    data: bytes = b""
    key: str = ""


@dataclass
class Contents:
    """What the archive holds, README first, and what was left out of it: (name, why)."""

    entries: list[Entry] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)

    @property
    def size(self) -> int | None:
        """Bytes of the archive, None when they are not told beforehand."""
        return rules.zip_size((each.name, each.size) for each in self.entries)

    def write(self, name: str, text: str, at: datetime) -> None:
        """Add a text of ours, to be read by people: the mark at its beginning tells every system its encoding."""
        self.put(name, text.replace("\n", "\r\n").encode("utf-8-sig"), at)

    def put(self, name: str, data: bytes, at: datetime) -> None:
        """Add bytes of ours."""
        self.entries.append(Entry(name, local(at), len(data), sha256(data).hexdigest(), data=data))

    def add(self, name: str, file: storage.StoredFile | None) -> None:
        """Add a stored file, unless it is infected or not analysed yet: then the README says so."""
        if file is None:
            return
        if file.is_infected:
            self.left_out.append((name, _("fichier infecté, retiré")))
        elif file.is_withheld:
            self.left_out.append(
                (name, _("analyse par l’antivirus en cours : redemandez le dossier dans quelques minutes"))
            )
        else:
            self.entries.append(Entry(name, local(file.uploaded_at), file.size, file.sha256, key=file.key))


def contents(
    application: Application, side: MessageSide, further: Sequence[tuple[str, IssuedDocument]], *, at: datetime
) -> Contents:
    """The archive of an application loaded whole, as this side may read it: the notes of the Region are for the Region.

    `further`: the documents that came after the deposit and that this person may read, with the names they get.
    """
    made = Contents()
    _summary(made, application)
    for name, document in further:
        made.add(name, document.file)
    _pieces(made, application)
    written = list(db.session.scalars(thread.all_of(application.id, side)))
    _messages(made, application, written, at)
    made.put("donnees.json", json.dumps(data(application), ensure_ascii=False, indent=2).encode(), at)
    readme = Contents()
    readme.write(README, _readme(application, made, at), at)
    made.entries.insert(0, readme.entries[0])
    return made


def _summary(made: Contents, application: Application) -> None:
    printed = printing.printed(application)
    if printed is not None and printed.file is not None:
        made.add("dossier.pdf", printed.file)
    else:
        made.left_out.append(("dossier.pdf", _("impression à préparer sur la page de téléchargement")))
    if application.receipt is not None:
        made.add("accuse-de-reception.pdf", application.receipt.file)
        made.put("accuse-de-reception.json", documents.sealed(application.receipt), application.receipt.issued_at)


def _pieces(made: Contents, application: Application) -> None:
    """The pieces in their order, then those that others replaced after the deposit."""
    for number, piece in enumerate(application.asked_pieces, start=1):
        if piece.file is not None:
            name = storage.safe_name(piece.file.name, piece.file.media_type)
            made.add(rules.entry_name("pieces", number, piece.label, name), piece.file)
    labels = {each.id: each.label for each in application.pieces}
    former: list[PieceVersion] = [each for each, _by in db.session.execute(piece_versions(application.id))]
    for number, version in enumerate(reversed(former), start=1):
        name = storage.safe_name(version.file.name, version.file.media_type)
        made.add(rules.entry_name("pieces-remplacees", number, labels[version.piece_id], name), version.file)


# ---- the thread ------------------------------------------------------------------------------------


def _messages(made: Contents, application: Application, written: Sequence[Message], at: datetime) -> None:
    """The thread as a text, the oldest first, with the requests for pieces at their dates, and the joined files."""
    told: list[tuple[datetime, int, str]] = []
    number = 0
    for message in written:
        names = []
        for joined in message.files:
            number += 1
            name = storage.safe_name(joined.file.name, joined.file.media_type)
            names.append(rules.entry_name("messages", number, "", name))
            made.add(names[-1], joined.file)
        told.append((message.sent_at, message.id, _message(application, message, names)))
    told += _requests(application)
    if told:
        made.write("messages.txt", "\n\n".join(text for _at, _id, text in sorted(told)) + "\n", at)


def _message(application: Application, message: Message, names: Sequence[str]) -> str:
    side = _("la Région") if message.side is MessageSide.REGION else application.organisation.name
    head = f"{datetime_short(message.sent_at)}, {message.author.display_name}, {side}"
    if message.is_internal:
        head = _("NOTE INTERNE, jamais montrée au porteur.") + f" {head}"
    text = _("(message retiré)") if message.withdrawn_at is not None else message.text
    return "\n".join([f"--- {head}", _said(text), *(_("Pièce jointe : %(name)s", name=each) for each in names)])


def _said(text: str) -> str:
    """What somebody wrote, set back from the margin: none of its lines passes for the head of another message."""
    return "\n".join(f"    {line}" for line in text.splitlines())


def _requests(application: Application) -> Iterator[tuple[datetime, int, str]]:
    for each in application.info_requests:
        head = _("%(instant)s, la Région demande des compléments", instant=datetime_short(each.asked_at))
        yield each.asked_at, 0, "\n".join([f"--- {head}", _said(each.message), *(f"- {item}" for item in each.items)])
        if each.answered_at is not None:
            head = _("%(instant)s, réponse à la demande de compléments", instant=datetime_short(each.answered_at))
            yield each.answered_at, 0, f"--- {head}\n{_said(each.answer)}"


# ---- for machines ----------------------------------------------------------------------------------


def _euros(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"


def _instant(at: datetime | None) -> str | None:
    return None if at is None else issued.instant(at)


def data(application: Application) -> dict[str, Any]:
    """The answers and the budget for machines: amounts are texts in euros with two decimals, instants are UTC."""
    lines = [{"label": e.label, "kind": e.category.value, "amount": _euros(e.amount)} for e in application.budget_lines]
    sources = [
        {"label": e.label, "kind": e.kind.value, "state": e.state.value, "amount": _euros(e.amount)}
        for e in application.funding_sources
    ]
    return {
        "format": 1, "reference": application.reference, "receipt": application.receipt_number,
        "call": application.call.title, "session": application.session.label, "strand": application.strand.title,
        "organisation": application.organisation.name, "siret": application.organisation.siret,
        "title": application.title, "summary": application.summary, "description": application.description,
        "frame_note": application.frame_note, "theme": application.theme.label if application.theme else None,
        "territory": application.territory_code, "starts_on": _day(application.starts_on),
        "ends_on": _day(application.ends_on), "submitted_at": _instant(application.submitted_at),
        "answers": answers.data(answered_questions(application)), "currency": "EUR",
        "requested_amount": _euros(application.requested_amount), "expenses": lines, "fundings": sources,
        "datasets": [{"title": e.title, "use": e.use, "opened": e.is_opened} for e in application.datasets],
        "requests": [_request(each) for each in application.info_requests],
    }  # fmt: skip


def _request(each: Any) -> dict[str, Any]:
    return {
        "asked_at": _instant(each.asked_at), "due_on": _day(each.due_on), "message": each.message,
        "items": list(each.items), "answered_at": _instant(each.answered_at), "answer": each.answer,
    }  # fmt: skip


def _day(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())


# ---- the README ------------------------------------------------------------------------------------


def _readme(application: Application, made: Contents, at: datetime) -> str:
    organisation = application.organisation
    lines = [
        _("Dossier %(reference)s : %(title)s", reference=application.reference, title=application.title),
        _("Porteur : %(name)s, SIRET %(siret)s", name=organisation.name, siret=siret.shown(organisation.siret)),
        _("Appel : %(call)s, %(session)s", call=application.call.title, session=application.session.label),
        _("État : %(state)s", state=PUBLIC_STATES[application.state]),
        _("Montant demandé : %(amount)s", amount=money(application.requested_amount)),
        _("Téléchargé le %(instant)s", instant=datetime_short(at)), "",
        _("CE QUE CONTIENT CE DOSSIER (nom, taille, empreinte SHA-256)"),
        *(f"{each.name}\n    {file_size(each.size)}, {each.sha256}" for each in made.entries), "",
    ]  # fmt: skip
    if made.left_out:
        lines += [_("CE QUI N’Y EST PAS"), *(f"{name}\n    {why}" for name, why in made.left_out), ""]
    lines.append(_("Une empreinte se recalcule avec « sha256sum » ou « certutil -hashfile … SHA256 »."))
    return "\n".join(lines) + "\n"


# ---- the bytes -------------------------------------------------------------------------------------


class _Window(BytesIO):
    """What was written since the last time it was taken: `zipfile` may go back inside one entry, never before it."""

    def __init__(self) -> None:
        super().__init__()
        self.gone = 0

    def tell(self) -> int:
        return self.gone + super().tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.gone + super().seek(offset - self.gone if whence == 0 else offset, whence)

    def take(self) -> bytes:
        """What is there, which leaves the memory."""
        found = self.getvalue()
        self.gone += len(found)
        super().seek(0)
        self.truncate(0)
        return found


def stream(entries: Iterable[Entry], read: Callable[[str], bytes]) -> Iterator[bytes]:
    """The archive, one entry after the other: the largest file is all that memory ever holds.

    Raises:
        OSError: a file of the store cannot be read: the download breaks off rather than lack it in silence.
    """
    window = _Window()
    with ZipFile(window, "w", ZIP_STORED) as archive:
        for each in entries:
            info = ZipInfo(each.name, date_time=each.at.timetuple()[:6])
            info.external_attr = 0o644 << 16
            content = read(each.key) if each.key else each.data
            if len(content) != each.size:
                raise OSError(f"{each.key}: {len(content)} bytes instead of {each.size}")
            archive.writestr(info, content)
            yield window.take()
    yield window.take()
