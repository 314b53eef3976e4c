"""Applications: an empty draft, one that may be handed in, one that was."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from programme.accounts.models import Account
from programme.applications import queries, services
from programme.applications.models import Application
from programme.applications.states import ExpenseCategory, FundingKind, FundingState
from programme.calls.models import CallSession
from programme.calls.queries import by_code
from programme.calls.queries import strand as strand_of
from programme.core import storage
from programme.extensions import db
from programme.organisations.models import Organisation
from programme.strategy.models import Theme
from programme.strategy.states import ThemeSet
from tests.factories import calls
from tests.factories.people import NOON, account, member, organisation

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def theme(code: str = "environnement", theme_set: ThemeSet = ThemeSet.DATA) -> Theme:
    """The theme of this code, made once. Inside a unit of work."""
    found = db.session.query(Theme).filter_by(code=code).one_or_none()
    if found is None:
        found = Theme(set=theme_set, code=code, label=code.capitalize(), drawing="relief")
        db.session.add(found)
        db.session.flush()
    return found


def draft(
    *, by: Account | None = None, of: Organisation | None = None, to: CallSession | None = None,
    title: str = "Carte des fraîcheurs", at: datetime = NOON, **values: Any,
) -> Application:  # fmt: skip
    """A draft as it is when just opened. Inside a unit of work. `values` are set on it."""
    to = to or calls.open_call().sessions[0]
    by = by or account(name="Camille")
    if of is None:
        of = organisation("Commune de Gap")
        member(by, of)
    strand = db.session.scalars(strand_of(to.call_id, "A")).first() or _first_strand(to)
    made = services.start(to, strand, of, title, by=by, at=at)
    db.session.flush()
    whole = db.session.scalars(queries.whole(made.reference).execution_options(populate_existing=True)).one()
    for name, value in values.items():
        setattr(whole, name, value)
    db.session.flush()
    return whole


def _first_strand(to: CallSession) -> Any:
    return db.session.scalars(by_code(to.call.code).execution_options(populate_existing=True)).one().strands[0]


def ready_draft(
    *, by: Account | None = None, cost: Decimal = Decimal("26500.00"), engaged: bool = True, **values: Any
) -> Application:
    """A draft that lacks nothing but the act of deposit; `engaged`: its association took the engagement. Inside a unit of work."""
    by = by or account(name="Camille")
    made = draft(by=by, **{key: values.pop(key) for key in ("of", "to", "title", "at") if key in values})
    subject = values.pop("theme", None) or theme()
    services.save_project(
        made,
        {
            "title": made.title, "summary": "Une carte des lieux frais.", "description": "Mesurer, publier, réutiliser.",
            "territory_code": "05", "starts_on": date(2027, 3, 1), "ends_on": date(2027, 12, 31),
            "frame_note": "Le projet sert l’axe 2 de Smart Région.",
        },
        theme=subject, subdomain=None, version=None, at=NOON,
    )  # fmt: skip
    services.save_answers(made, {"uses": "Les services de voirie et les écoles."}, version=None, at=NOON)
    services.save_datasets(made, [("Relevés thermiques", "La carte", True)], version=None, at=NOON)
    half = (cost / 2).quantize(Decimal("0.01"))
    services.save_budget(
        made, [("Relevés", ExpenseCategory.SERVICES, cost)], half,
        [("Fonds propres", FundingKind.OWN, FundingState.OBTAINED, cost - half)], version=None, at=NOON,
    )  # fmt: skip
    db.session.flush()
    for piece in made.pieces:
        services.provide_piece(piece, storage.write_bytes(PDF, "piece.pdf", "application/pdf"), by=by, at=NOON)
        piece.dated_on = NOON.date() if piece.valid_months else None
    services.accept_commitments(made, True, at=NOON)
    if engaged:
        services.engage(made, by=by, at=NOON)
    for name, value in values.items():
        setattr(made, name, value)
    db.session.flush()
    return made


def submitted(*, by: Account | None = None, at: datetime = NOON, **values: Any) -> Application:
    """An application handed in at `at`, with its receipt. Inside a unit of work."""
    by = by or account(name="Camille")
    made = ready_draft(by=by, **values)
    services.submit(made, by=by, at=at)
    db.session.flush()
    return made
