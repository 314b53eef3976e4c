"""One question of each kind, in its stored form, and right answers to them."""

from typing import Any

OPTIONS = [["map", "Une carte"], ["story", "Un récit"]]
COLUMNS = [
    {"key": "what", "label": "Poste", "kind": "text"}, {"key": "count", "label": "Nombre", "kind": "number", "unit": "pièces"},
    {"key": "cost", "label": "Coût", "kind": "money"},
    {"key": "on", "label": "Livré le", "kind": "day", "required": False},
]  # fmt: skip
EACH_KIND: list[dict[str, Any]] = [
    {"key": "name", "label": "Nom du lieu", "kind": "text", "hint": "Celui que les habitants emploient.",
     "example": "la halle aux grains", "section": "Le lieu"},
    {"key": "story", "label": "Racontez son histoire", "kind": "long_text", "required": False, "section": "Le lieu"},
    {"key": "method", "label": "La méthode", "kind": "markdown", "max_length": 4000, "section": "Le lieu"},
    {"key": "area", "label": "Surface", "kind": "number", "unit": "m²", "decimals": 2, "minimum": "0.5", "maximum": "100000",
     "section": "Le lieu"},
    {"key": "rent", "label": "Loyer annuel", "kind": "money", "maximum": "50000", "refusal": "Le loyer dépasse le plafond.",
     "section": "Les moyens"},
    {"key": "opens", "label": "Ouverture", "kind": "day", "section": "Les moyens"},
    {"key": "health", "label": "Des personnes soignées y viennent-elles ?", "kind": "yes_no", "section": "Les moyens",
     "purpose": "La Région le demande pour prévoir les accès, et l’efface après le vote.", "confidential": True},
    {"key": "form", "label": "Forme du rendu", "kind": "choice", "options": OPTIONS, "section": "Les moyens"},
    {"key": "publics", "label": "Publics", "kind": "choices", "options": OPTIONS, "section": "Les moyens", "required": False},
    {"key": "works", "label": "Les travaux", "kind": "table", "columns": COLUMNS, "max_rows": 4, "section": "Les moyens"},
    {"key": "price", "label": "Coût au mètre carré", "kind": "calculated", "formula": "sum(works.cost) / area", "unit": "€",
     "decimals": 2, "section": "Les moyens"},
    {"key": "costly", "label": "Pourquoi ce coût ?", "kind": "text", "show_if": {"key": "price", "at_least": "1000"},
     "section": "Les moyens"},
    {"key": "where", "label": "Où ?", "kind": "territory", "levels": ["department", "epci", "commune"], "section": "Autour"},
    {"key": "partner", "label": "Le partenaire principal", "kind": "organisation", "siret_required": False, "section": "Autour",
     "identity_bearing": True},
    {"key": "sources", "label": "Les données utilisées", "kind": "datasets", "max_rows": 3, "section": "Autour"},
    {"key": "goals", "label": "Vos objectifs", "kind": "indicators", "section": "Autour",
     "indicators": [{"code": "visits", "label": "Visites", "unit": "par an"}, {"code": "events", "label": "Rencontres"}]},
    {"key": "plan", "label": "Le plan", "kind": "file", "formats": ["pdf", "image"], "max_megabytes": 5, "required": False,
     "section": "Autour"},
]  # fmt: skip
"""Every kind once or more; `costly` waits for what is reckoned."""
ANSWERS: dict[str, Any] = {
    "name": "La criée", "story": "Un ancien marché.\n\nRouvert en 2024.", "method": "# Trois temps\n\n- **mesurer**\n- publier",
    "area": "120.50", "rent": "12000.00", "opens": "2027-09-01", "health": "yes", "form": "map", "publics": ["map", "story"],
    "works": [
        {"what": "Capteurs", "count": 12, "cost": "1800.00", "on": "2027-03-01"},
        {"what": "Câblage", "count": 1, "cost": "610.00"},
    ],
    "where": {"level": "commune", "code": "05061", "name": "Gap"},
    "partner": {"siret": "23130002100012", "name": "Région Démonstration"},
    "sources": [{"title": "Arbres d’alignement"}], "goals": {
        "visits": {"baseline": "0", "target": "12500"}, "events": {"baseline": "2", "target": "12.5"},
    },
}  # fmt: skip
