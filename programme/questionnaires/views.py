"""The one door of questionnaires: the places of the Region, looked for by a few letters."""

from flask import Blueprint, Response, jsonify, request

from programme.core.access import PUBLIC, access
from programme.questionnaires.labels import LEVELS
from programme.questionnaires.rules.gazetteer import Place, find, known
from programme.questionnaires.rules.kinds import Level

bp = Blueprint("questionnaires", __name__)
_LONGEST = 60


@bp.get("/territoires")
@access(PUBLIC)
def places() -> Response:
    """The places that `q` may mean, at most eight, of the asked `echelle`s: level, code, name, and what tells two apart."""
    asked = request.args.get("echelle", "").split()
    levels = [each for each in Level if each.value in asked] or list(Level)
    found = find(request.args.get("q", "")[:_LONGEST], levels)
    answer = jsonify(
        [{"level": each.level, "code": each.code, "name": each.name, "note": _note(each)} for each in found]
    )
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer


def _note(place: Place) -> str:
    """« 05000, Hautes-Alpes », or « Intercommunalité (EPCI) »."""
    if place.level is not Level.COMMUNE:
        return str(LEVELS[place.level])
    department = known(Level.DEPARTMENT, place.code[:2])
    return ", ".join([*place.postcodes[:1], *([department.name] if department else [])])
