"""What of a file its readers are shown, in one place: templates get a `Reading` and never the application itself.

The two tables below are the allow-lists: a key that a table does not name stays empty for that reader, and a new one
fails `tests/canaries/test_fields.py` until it is approved there. In a blind reading, texts go through the file's mask,
answers that bear identity and original pieces are withheld, and of the partners only the sort of money is told. What is
confidential is withheld from every reader.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from programme.applications import services as applications
from programme.applications.labels import FUNDING_KINDS
from programme.applications.models import Application, Piece
from programme.applications.states import FundingKind
from programme.applications.views.own import Answer, asked, plan
from programme.assessment import queries
from programme.assessment.rules.masking import Mask
from programme.core.storage import StoredFile
from programme.extensions import db
from programme.organisations.models import Organisation
from programme.organisations.rules import siret

_LONG_ENOUGH = 6
"""A partner of fewer signs (« État », « CAF ») is a word of everybody's and says nothing."""


@dataclass(frozen=True)
class DatasetRead:
    """A data set of the project; `slug` leads to its page of the catalogue."""

    title: str
    use: str
    is_opened: bool
    slug: str | None


@dataclass(frozen=True)
class PieceRead:
    """A piece: what the call names it, and the file to open.

    Without `public_id` nothing can be opened: `words` say why, or it is withheld without its size.
    """

    label: str
    public_id: str | None
    kind: str
    size: int | None
    words: str


@dataclass(frozen=True)
class Heading:
    """What a list and the declaration of conflicts show of a file."""

    reference: str = ""
    title: str = ""
    carrier: str = ""
    call_title: str = ""
    is_blind: bool = False


@dataclass(frozen=True)
class Reading(Heading):
    """What the page of a file shows of it."""

    strand_title: str = ""
    requested_amount: Decimal | None = None
    summary: str = ""
    description: str = ""
    theme: str = ""
    territory_code: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    frame_note: str = ""
    answers: Sequence[Answer] = ()
    datasets: Sequence[DatasetRead] = ()
    plan: Mapping[str, Any] = field(default_factory=dict)
    pieces: Sequence[PieceRead] = ()


def _datasets(file: Application, _mask: Mask) -> list[DatasetRead]:
    return [
        DatasetRead(each.title, each.use, each.is_opened, each.dataset.slug if each.dataset else None)
        for each in file.datasets
    ]


def _masked_datasets(file: Application, mask: Mask) -> list[DatasetRead]:
    """Without the way to the catalogue, whose page names the producer."""
    return [DatasetRead(mask(each.title), mask(each.use), each.is_opened, None) for each in file.datasets]


def _answers(file: Application, _mask: Mask) -> list[Answer]:
    """What is confidential is read by the Region alone, whatever the call."""
    return [each.withheld() if each.is_confidential else each for each in asked(file)]


def _masked_answers(file: Application, mask: Mask) -> list[Answer]:
    return [each.withheld() if each.bears_identity else each.masked(mask) for each in _answers(file, mask)]


def _masked_plan(file: Application, mask: Mask) -> dict[str, Any]:
    """Expenses masked; of each funding its sort of money and not who gives it."""
    found = plan(file)
    kinds = [FUNDING_KINDS[each.kind] for each in file.funding_sources]
    former = [
        (day, _without_names(each, [FUNDING_KINDS[FundingKind(kind)] for _label, kind, *_rest in kept.budget["sources"]], mask))
        for (day, each), kept in zip(found["former"], applications.former_budgets(file), strict=True)
    ]  # fmt: skip
    return {**_without_names(found, kinds, mask), "former": former}


def _without_names(found: dict[str, Any], kinds: Sequence[Any], mask: Mask) -> dict[str, Any]:
    told = [(kind, state, amount) for kind, (_label, state, amount) in zip(kinds, found["sources"][1:], strict=True)]
    lines = [(mask(label), *rest) for label, *rest in found["lines"]]
    return {**found, "lines": lines, "sources": [found["sources"][0], *told]}


def _pieces(file: Application, _mask: Mask) -> list[PieceRead]:
    return [_confidential(each) or _opened(each, each.file) for each in file.asked_pieces if each.file is not None]


def _confidential(piece: Piece) -> PieceRead | None:
    """A piece that the Region alone opens: its name, whatever the call."""
    return PieceRead(piece.label, None, "", None, _("réservée à la Région")) if piece.is_confidential else None


def _opened(piece: Piece, file: StoredFile) -> PieceRead:
    """A file to open, once its analysis allows it."""
    held = file.is_withheld
    return PieceRead(
        piece.label, None if held else file.public_id, file.kind, file.size, file.scan_words if held else ""
    )


def _redacted_pieces(file: Application, _mask: Mask) -> list[PieceRead]:
    """The redacted copies alone; of the others not even the kind and the size, which a person could recognise.

    What bears identity stays closed whatever was taken out of it, as the answers to other questions do.
    """
    return [_confidential(each) or _copy(each) for each in file.asked_pieces if each.file is not None]


def _copy(piece: Piece) -> PieceRead:
    if piece.redacted is None or piece.bears_identity:
        return PieceRead(piece.label, None, "", None, "")
    read = _opened(piece, piece.redacted)
    return read if read.words else replace(read, words=_("version caviardée"))


Shown = dict[str, Callable[[Application, Mask], Any]]

HEADING: Shown = {
    "reference": lambda file, _mask: file.reference,
    "title": lambda file, _mask: file.title,
    "carrier": lambda file, _mask: file.organisation.name,
    "call_title": lambda file, _mask: file.call.title,
}
OPEN: Shown = HEADING | {
    "strand_title": lambda file, _mask: file.strand.title,
    "requested_amount": lambda file, _mask: file.requested_amount,
    "summary": lambda file, _mask: file.summary,
    "description": lambda file, _mask: file.description,
    "theme": lambda file, _mask: file.theme.label if file.theme else "",
    "territory_code": lambda file, _mask: file.territory_code or "",
    "starts_on": lambda file, _mask: file.starts_on,
    "ends_on": lambda file, _mask: file.ends_on,
    "frame_note": lambda file, _mask: file.frame_note,
    "answers": _answers,
    "datasets": _datasets,
    "plan": lambda file, _mask: plan(file),
    "pieces": _pieces,
}
BLIND_HEADING: Shown = {
    "reference": lambda file, _mask: file.reference,
    "title": lambda file, mask: mask.title(file.title, _("Projet %(reference)s", reference=file.reference)),
    "call_title": lambda file, _mask: file.call.title,
    "is_blind": lambda _file, _mask: True,
}
BLIND: Shown = BLIND_HEADING | {
    "strand_title": lambda file, _mask: file.strand.title,
    "requested_amount": lambda file, _mask: file.requested_amount,
    "summary": lambda file, mask: mask(file.summary),
    "description": lambda file, mask: mask(file.description),
    "theme": lambda file, _mask: file.theme.label if file.theme else "",
    "territory_code": lambda file, _mask: file.territory_code or "",
    "starts_on": lambda file, _mask: file.starts_on,
    "ends_on": lambda file, _mask: file.ends_on,
    "frame_note": lambda file, mask: mask(file.frame_note),
    "answers": _masked_answers,
    "datasets": _masked_datasets,
    "plan": _masked_plan,
    "pieces": _redacted_pieces,
}


def of(file: Application) -> Reading:
    """What a reader is shown of a file loaded whole (`queries.file`)."""
    shown = BLIND if file.is_read_blind else OPEN
    mask = _masks([file]).get(file.id, _nothing_hidden())
    return Reading(**{key: show(file, mask) for key, show in shown.items()})


def pair(former: Application, file: Application) -> tuple[Reading, Reading]:
    """What a reader of a file is shown of it and of the one before: both masked alike, by the names of both, when it is read blind."""
    shown, mask = OPEN, _nothing_hidden()
    if file.is_read_blind:
        names = _names_of([former, file])
        shown, mask = BLIND, Mask([*names[former.id], *names[file.id]], _("[masqué]"))
    before, after = [Reading(**{key: show(each, mask) for key, show in shown.items()}) for each in (former, file)]
    return before, after


def whole(file: Application) -> Reading:
    """What the house is shown of a file, whatever its readers may see: confidential answers too."""
    shown = {key: show(file, _nothing_hidden()) for key, show in OPEN.items()}
    return Reading(**shown | {"answers": asked(file)})


def headings(files: Sequence[Application]) -> dict[int, Heading]:
    """What a reader's list shows of several files, by their number; two questions to the database, none without a blind one."""
    masks = _masks(files)
    found = {}
    for file in files:
        shown = BLIND_HEADING if file.is_read_blind else HEADING
        mask = masks.get(file.id, _nothing_hidden())
        found[file.id] = Heading(**{key: show(file, mask) for key, show in shown.items()})
    return found


def names_to_hide(file: Application) -> list[str]:
    """What no redacted copy may still hold: the organisation's name and numbers, and those of its people."""
    people = [name for _number, name in db.session.execute(queries.people_of([file.organisation_id]))]
    carrier, groups = file.organisation, siret.shown(file.organisation.siret)
    known = [carrier.name, carrier.siret, carrier.siren, groups[:11], carrier.representative_name, carrier.rna, *people]
    return [each for each in known if each]


def _nothing_hidden() -> Mask:
    return Mask([], "")


def _masks(files: Sequence[Application]) -> dict[int, Mask]:
    """The mask of each file that is read blind: its organisation, the people who act for it, the partners it names."""
    blind = [each for each in files if each.is_read_blind]
    return {number: Mask(names, _("[masqué]")) for number, names in _names_of(blind).items()} if blind else {}


def _names_of(files: Sequence[Application]) -> dict[int, list[str | None]]:
    """What says who carries each of these files."""
    people, partners = defaultdict(list), defaultdict(list)
    for number, name in db.session.execute(queries.people_of({each.organisation_id for each in files})):
        people[number].append(name)
    for number, name in db.session.execute(queries.partners_of([each.id for each in files])):
        if len(name) >= _LONG_ENOUGH:
            partners[number].append(name)
    return {
        each.id: [*_names(each.organisation), *_both_ways(people[each.organisation_id]), *partners[each.id]]
        for each in files
    }


def _names(carrier: Organisation) -> list[str | None]:
    groups = siret.shown(carrier.siret)
    return [
        carrier.name, carrier.city, carrier.address, carrier.website, carrier.rna, groups, groups[:11],
        *_both_ways([carrier.representative_name or ""]),
    ]  # fmt: skip


def _both_ways(people: Iterable[str]) -> list[str]:
    """« Claire Dupont », and « Dupont Claire »."""
    return [name for each in people for name in (each, " ".join(reversed(each.split())))]
