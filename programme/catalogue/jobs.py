"""The figures that this room computes each night."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from programme.catalogue import queries
from programme.extensions import db
from programme.strategy.services import register_computed

REFERENCES, NEVER_PUBLISHED, PRODUCERS = "fiches-referencees", "part-jamais-publiee", "producteurs-references"


def _references(at: datetime) -> int:
    return db.session.execute(queries.totals(at)).one()[0]


def _never_published(at: datetime) -> Decimal | None:
    """Share, in percent with one decimal; none while there is no reference."""
    total, new, _producers = db.session.execute(queries.totals(at)).one()
    return (Decimal(100 * new) / total).quantize(Decimal("0.1"), ROUND_HALF_UP) if total else None


def _producers(at: datetime) -> int:
    return db.session.execute(queries.totals(at)).one()[2]


register_computed(
    REFERENCES, _references, label="jeux de données référencés dans le programme", unit="jeux de données",
    definition="Fiches du catalogue du programme, une par jeu de données. Les données restent chez leur producteur.",
)  # fmt: skip
register_computed(
    NEVER_PUBLISHED, _never_published, label="des jeux référencés n’avaient jamais été publiés", unit="%",
    definition="Part des fiches du catalogue dont les données n’étaient publiées nulle part avant le programme.",
)  # fmt: skip
register_computed(
    PRODUCERS, _producers, label="organismes producteurs au catalogue", unit="organismes",
    definition="Organismes qui produisent au moins un des jeux de données référencés.",
)  # fmt: skip
