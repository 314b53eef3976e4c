"""French words for the codes of this room, and for the places inside an answer."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from programme.questionnaires.rules.fields import Question
from programme.questionnaires.rules.kinds import Format, Level
from programme.questionnaires.rules.validation import Missing

LEVELS = {Level.DEPARTMENT: _l("Département"), Level.EPCI: _l("Intercommunalité (EPCI)"), Level.COMMUNE: _l("Commune")}
YES_NO = {"yes": _l("Oui"), "no": _l("Non")}
FORMATS = {
    Format.PDF: _l("PDF"),
    Format.IMAGE: _l("Image (PNG, JPEG, WebP)"),
    Format.OFFICE: _l("Texte ou tableur (Word, Excel, OpenDocument, texte)"),
    Format.DATA: _l("Données (CSV, JSON, GeoJSON)"),
}
_SHORT_FORMATS = {
    Format.PDF: _l("PDF"), Format.IMAGE: _l("image"), Format.OFFICE: _l("texte ou tableur"),
    Format.DATA: _l("CSV, JSON ou GeoJSON"),
}  # fmt: skip
CONFIDENTIAL = _l("Confidentiel : lu par la Région seulement.")
PARTS = {
    "level": _l("échelle"),
    "code": _l("code"),
    "name": _l("nom"),
    "siret": _l("SIRET"),
    "title": _l("nom du jeu de données"),
    "baseline": _l("valeur de départ"),
    "target": _l("valeur visée"),
}


def file_limits(question: Question) -> str:
    """« PDF, image, 5 Mo au plus. »: what a question of a file takes."""
    kinds = ", ".join(str(_SHORT_FORMATS[each]) for each in question.formats or Format)
    return _("%(kinds)s, %(most)s Mo au plus.", kinds=kinds[:1].upper() + kinds[1:], most=question.max_megabytes)


def place(missing: Missing) -> str:
    """Where in its answer something is missing or wrong: « ligne 2, Montant »; empty when it is the whole answer."""
    if not missing.part:
        return ""
    code, _dot, name = missing.part.rpartition(".")
    own = {each.key: each.label for each in missing.question.columns}
    measures = {each.code: each.label or each.code for each in missing.question.indicators}
    words = own.get(name) or str(PARTS.get(name, name))
    if code:
        words = f"{measures.get(code, code)}, {words}"
    if missing.row is None:
        return words
    return _("ligne %(row)s, %(part)s", row=missing.row, part=words)
