"""What the page of components shows of questionnaires: a question of each kind whose field is made of parts, and answers to read."""

from dataclasses import dataclass
from typing import Any

from programme.questionnaires import documents
from programme.questionnaires.forms import data_from, form_class, spare_rows
from programme.questionnaires.rules.fields import Question, answered, questions_from

QUESTIONS: list[dict[str, Any]] = [
    {"key": "place", "label": "Nom du lieu", "kind": "text", "hint": "Celui que les habitants emploient.", "example": "la halle aux grains"},
    {"key": "method", "label": "La méthode", "kind": "markdown", "required": False},
    {"key": "area", "label": "Surface", "kind": "number", "unit": "m²", "decimals": 2},
    {"key": "health", "label": "Des personnes soignées y viennent-elles ?", "kind": "yes_no", "confidential": True,
     "purpose": "La Région le demande pour prévoir les accès, et l’efface après le vote."},
    {"key": "works", "label": "Les travaux", "kind": "table", "max_rows": 5, "columns": [
        {"key": "what", "label": "Poste", "kind": "text"}, {"key": "count", "label": "Nombre", "kind": "number"},
        {"key": "cost", "label": "Coût", "kind": "money"}, {"key": "on", "label": "Livré le", "kind": "day", "required": False},
    ]},
    {"key": "price", "label": "Coût au mètre carré", "kind": "calculated", "formula": "sum(works.cost) / area", "unit": "€", "decimals": 2},
    {"key": "where", "label": "Où le projet a-t-il lieu ?", "kind": "territory", "levels": ["department", "epci", "commune"]},
    {"key": "partner", "label": "Le partenaire principal", "kind": "organisation", "siret_required": False},
    {"key": "sources", "label": "Les données utilisées", "kind": "datasets"},
    {"key": "plan", "label": "Le plan des travaux", "kind": "file", "formats": ["pdf", "image"], "max_megabytes": 5, "required": False},
    {"key": "goals", "label": "Vos objectifs", "kind": "indicators", "indicators": [{"code": "visits", "label": "Visites", "unit": "par an"}]},
]  # fmt: skip
ANSWERS: dict[str, Any] = {
    "place": "La criée", "method": "Trois temps :\n\n- **mesurer** ;\n- publier.", "area": "120.50", "health": "no",
    "works": [{"what": "Capteurs", "count": 12, "cost": "1800.00", "on": "2027-03-01"}, {"what": "Câblage", "count": 1, "cost": "610.00"}],
    "where": {"level": "commune", "code": "05061", "name": "Gap"}, "partner": {"name": "Commune voisine"},
    "sources": [{"title": "Arbres d’alignement"}], "goals": {"visits": {"baseline": "0", "target": "12500"}},
}  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """Questions with their form, the totals of their tables, their answers in words."""

    questions: list[Question]
    form: Any
    totals: dict[str, list[str]]
    answers: list[documents.Answer]


def asked() -> Asked:
    """The questions as they are filled in, and as they are read."""
    questions = questions_from(QUESTIONS)
    form = form_class(questions)(data=data_from(ANSWERS, questions))
    spare_rows(form, questions, {})
    totals = {each.key: documents.totals(each, ANSWERS.get(each.key)) for each in questions}
    return Asked(questions, form, totals, documents.printed(answered(questions, ANSWERS, {})))
