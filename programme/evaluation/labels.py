"""French words for the codes of this room."""

from flask_babel import lazy_gettext as _l

from programme.evaluation.scoring import MARK_MAX
from programme.evaluation.states import EvaluationState, Recommendation

STATES = {
    EvaluationState.ASSIGNED: _l("À ouvrir"),
    EvaluationState.RECUSED: _l("Déport"),
    EvaluationState.IN_PROGRESS: _l("En cours"),
    EvaluationState.SUBMITTED: _l("Soumise"),
    EvaluationState.LOCKED: _l("Verrouillée"),
}
TONES = {
    EvaluationState.ASSIGNED: "warn",
    EvaluationState.RECUSED: "neutral",
    EvaluationState.IN_PROGRESS: "warn",
    EvaluationState.SUBMITTED: "ok",
    EvaluationState.LOCKED: "ok",
}
RECOMMENDATIONS = {
    Recommendation.FAVOURABLE: _l("Favorable"),
    Recommendation.RESERVED: _l("Réservé"),
    Recommendation.UNFAVOURABLE: _l("Défavorable"),
}
_MARKS = {
    0: _l("absent"),
    1: _l("très insuffisant"),
    2: _l("insuffisant"),
    3: _l("correct"),
    4: _l("bon"),
    5: _l("excellent"),
}


def mark_words(scale: int) -> dict[int, object]:
    """What each mark from 0 to `scale` means; on another scale than the usual one only both ends have a word."""
    if scale == MARK_MAX:
        return dict(_MARKS)
    return dict.fromkeys(range(scale + 1), "") | {0: _MARKS[0], scale: _MARKS[MARK_MAX]}
