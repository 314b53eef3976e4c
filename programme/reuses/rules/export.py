"""The national portal's vocabulary for our finer kinds, and the table schema of the published list: pure."""

from typing import Any

from programme.reuses.states import ReuseKind

K = ReuseKind
NATIONAL_TYPES = {
    K.API: "api",
    K.APPLICATION: "application",
    K.SIMULATOR: "application",
    K.AI_MODEL: "application",
    K.IDEA: "idea",
    K.NEWS_ARTICLE: "news_article",
    K.PAPER: "paper",
    K.POST: "post",
    K.DATA_STORY: "post",
    K.TEACHING_MODULE: "post",
    K.VISUALIZATION: "visualization",
    K.MAP: "visualization",
    K.DASHBOARD: "visualization",
    K.HARDWARE: "hardware",
}
"""Kind of the Region -> type of the national portal (udata's eight reuse types)."""


def _field(
    name: str, kind: str, description: str, example: str, *, required: bool = False, **rules: Any
) -> dict[str, Any]:
    constraints = ({"required": True} if required else {}) | rules.pop("constraints", {})
    field = {"name": name, "type": kind, "description": description, "example": example, **rules}
    return field | ({"constraints": constraints} if constraints else {})


_YES_NO = {"trueValues": ["oui"], "falseValues": ["non"]}
FIELDS = [
    _field("id", "integer", "Numéro de la réutilisation, jamais réattribué.", "12", required=True, constraints={"unique": True}),
    _field("title", "string", "Titre.", "Respire Étang", required=True),
    _field("slug", "string", "Partie lisible de l’adresse de la fiche.", "respire-etang", required=True),
    _field("url", "string", "Adresse de la fiche dans la galerie.", "https://exemple.fr/reutilisations/respire-etang",
           required=True, format="uri"),
    _field("type", "string", "Type selon le portail national.", "visualization", required=True,
           constraints={"enum": sorted(set(NATIONAL_TYPES.values()))}),
    _field("kind", "string", "Forme selon la Région, plus fine que le type.", "map", required=True,
           constraints={"enum": [each.value for each in ReuseKind]}),
    _field("summary", "string", "Ce que c’est, en une phrase.", "L’air de la cour d’école, heure par heure.", required=True),
    _field("description", "string", "Pourquoi et comment, en texte simple.", "Autour de l’Étang…"),
    _field("remote_url", "string", "Adresse de la réutilisation elle-même.", "https://respire.example", required=True, format="uri"),
    _field("organization", "string", "Organisme qui la propose.", "Association Air et Rivages"),
    _field("organization_siret", "string", "SIRET de cet organisme.", "90000001200011", constraints={"pattern": r"\d{14}"}),
    _field("image", "string", "Adresse de l’image.", "https://exemple.fr/reutilisations/respire-etang/image", format="uri"),
    _field("image_alt", "string", "Description de l’image.", "Carte de l’étang, un point par école."),
    _field("featured", "boolean", "Mise en avant par la Région.", "oui", required=True, **_YES_NO),
    _field("link_broken", "boolean", "Le lien ne répondait plus à la dernière vérification.", "non", required=True, **_YES_NO),
    _field("created_at", "datetime", "Première déclaration.", "2026-05-04T08:00:00Z", required=True),
    _field("published_at", "datetime", "Publication dans la galerie.", "2026-05-12T08:00:00Z", required=True),
    _field("last_modified", "datetime", "Dernière modification.", "2026-05-12T08:00:00Z", required=True),
    _field("theme", "string", "Thème.", "Environnement et climat", required=True),
    _field("territory_code", "string", "Code INSEE du département ; vide pour toute la région.", "13"),
    _field("territory", "string", "Territoire, en clair.", "Étang de Berre"),
    _field("origin", "string", "D’où elle vient.", "application", required=True,
           constraints={"enum": ["application", "team", "free"]}),
    _field("project", "string", "Nom court du projet dont elle est une étape.", "respire-etang", required=True),
    _field("datasets", "array", "Jeux de données utilisés : titre, nom court au catalogue, adresse et usage en une ligne.",
           '[{"title": "Indices horaires", "slug": "indices-horaires", "url": null, "use": "La couleur de chaque point."}]',
           required=True),
    _field("effect", "string", "Effet constaté, en une phrase.", "41 écoles consultent la carte chaque jour."),
    _field("effect_value", "number", "Valeur de l’effet.", "41"),
    _field("effect_unit", "string", "Unité de cette valeur.", "écoles"),
    _field("effect_date", "date", "Date du relevé.", "2026-05-31"),
    _field("missing", "string", "Ce qui manquait aux données.", "L’indice n’existe pas la nuit."),
    _field("licence", "string", "Licence de la réutilisation ou de son code.", "EUPL-1.2"),
    _field("code_url", "string", "Adresse du code source.", "https://forge.example/respire", format="uri"),
    _field("metric.datasets", "integer", "Nombre de jeux de données utilisés.", "2", required=True, constraints={"minimum": 0}),
]  # fmt: skip


def table_schema(address: str) -> dict[str, Any]:
    """The Table Schema (Frictionless) of the list, whose own address is given."""
    return {
        "$schema": "https://frictionlessdata.io/schemas/table-schema.json",
        "name": "reutilisations",
        "title": "Réutilisations de données",
        "description": "Réutilisations publiées par la Région : une ligne, ou un objet JSON, par réutilisation.",
        "path": address,
        "version": "1.0.0",
        "missingValues": [""],
        "primaryKey": ["id"],
        "fields": FIELDS,
    }
