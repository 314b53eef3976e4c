"""French words for the codes of this room."""

from flask_babel import lazy_gettext as _l

from programme.applications.rules.validity import Age
from programme.assessment.rules.ranking import Standing, Zone
from programme.assessment.rules.silence import PAST
from programme.assessment.rules.tasks import Urgency
from programme.assessment.states import CommitteeState, DecisionState, Opinion, Outcome

COMMITTEES = {
    CommitteeState.CONVENED: _l("Convoqué"),
    CommitteeState.HELD: _l("Tenu"),
    CommitteeState.CLOSED: _l("Clos"),
}
OPINIONS = {
    Opinion.FAVOURABLE: _l("Favorable"),
    Opinion.RESERVED: _l("Réservé"),
    Opinion.DEFERRED: _l("Ajourné"),
    Opinion.UNFAVOURABLE: _l("Défavorable"),
}
OUTCOMES = {Outcome.AWARD: _l("Attribution"), Outcome.REJECT: _l("Refus")}
DECISIONS = {DecisionState.PENDING: _l("Préparée, non notifiée"), DecisionState.RELEASED: _l("Notifiée")}
ZONES = {
    Zone.FUNDED: _l("Aidés dans l’enveloppe"),
    Zone.BEYOND: _l("Favorables, au-delà de l’enveloppe"),
    Zone.RESERVED: _l("À discuter"),
    Zone.UNFAVOURABLE: _l("Sous le seuil"),
    Zone.INCOMPLETE: _l("Évaluation incomplète"),
}
STANDINGS = {
    Standing.SURE: _l("Financés quel que soit l’écart des lecteurs"),
    Standing.DISCUSS: _l("À discuter"),
    Standing.OUT: _l("Hors enveloppe ou sous le seuil"),
    Standing.INCOMPLETE: _l("Évaluation incomplète"),
}
ALERTS = {
    "third_reader": _l("Les lecteurs s’écartent de plus de %(points)s points : une troisième lecture est prévue."),
    "reader_missing": _l("Il manque une évaluation."),
}
TASKS = {
    "answer": _l("Manifestations d’intérêt"),
    "check": _l("Complétude"),
    "received": _l("Pièces reçues"),
    "overdue": _l("Relances"),
    "waiting": _l("Pièces attendues"),
    "review": _l("Instruction"),
    "assign": _l("À affecter"),
    "scoring": _l("En évaluation"),
    "close_scoring": _l("À clore"),
    "committee": _l("Comité"),
    "release": _l("Décisions"),
    "validate": _l("Appels à valider"),
    "agreement": _l("Conventions"),
    "registration": _l("Inscriptions"),
    "reuse": _l("Galerie"),
    "partner": _l("Partenaires"),
    "message": _l("Messages"),
    "ownership": _l("Responsabilités"),
}
TASK_ACTS = {
    "answer": _l("Répondre"),
    "check": _l("Vérifier"),
    "received": _l("Vérifier"),
    "overdue": _l("Relancer"),
    "waiting": _l("Suivre"),
    "review": _l("Instruire"),
    "assign": _l("Affecter"),
    "scoring": _l("Suivre"),
    "close_scoring": _l("Clore"),
    "committee": _l("Classer"),
    "release": _l("Notifier"),
    "validate": _l("Relire"),
    "agreement": _l("Traiter"),
    "registration": _l("Décider"),
    "reuse": _l("Lire"),
    "partner": _l("Répondre"),
    "message": _l("Répondre"),
    "ownership": _l("Décider"),
}
WINDOWS = {
    7: _l("Dans les 7 jours"),
    15: _l("Dans les 15 jours"),
    30: _l("Dans les 30 jours"),
    PAST: _l("Déjà passé"),
}
STOPS = {
    "admit": _l("déclarer le dossier complet : le délai repart ce jour-là"),
    "request": _l("demander des compléments : le délai est suspendu"),
    "decision": _l("notifier la décision"),
}
URGENCIES = {
    Urgency.LATE: _l("En retard"),
    Urgency.TODAY: _l("Aujourd’hui"),
    Urgency.WEEK: _l("Cette semaine"),
    Urgency.LATER: _l("Plus tard"),
}
PLACES = {
    "dossier-projet": _l(
        "projet, intérêt régional, objectifs de la stratégie, besoin, territoire, faisabilité, calendrier, étapes"
    ),
    "dossier-donnees": _l("jeux de données mobilisés"),
    "dossier-budget": _l("budget, coûts, dépenses, financement, capacité financière, trésorerie"),
}
"""What the fixed parts of a file speak of, to lead a reader from a criterion to its passage."""
ACTS = {
    "application.started": _l("Brouillon ouvert"),
    "application.submitted": _l("Dossier déposé, accusé de réception envoyé"),
    "application.info_requested": _l("Compléments demandés, délai suspendu"),
    "application.corrected": _l("Réponses ou budget corrigés à la demande de la Région"),
    "application.info_answered": _l("Compléments reçus, délai repris"),
    "application.admitted": _l("Déclaré complet et recevable"),
    "application.declare_inadmissible": _l("Déclaré irrecevable"),
    "application.redirect": _l("Réorienté"),
    "application.drop": _l("Classé sans suite"),
    "application.invited": _l("Invité à déposer le dossier complet"),
    "application.not_retained": _l("Non retenu pour le dossier complet"),
    "application.withdrawn": _l("Retiré par le porteur"),
    "application.taken_in_charge": _l("Suivi par une personne de l’instruction"),
    "application.rule_judged": _l("Condition appréciée"),
    "application.review_opened": _l("Instruction ouverte"),
    "application.scoring_opened": _l("Évaluation ouverte"),
    "application.scoring_closed": _l("Évaluation close et verrouillée"),
    "application.opinion_given": _l("Avis du comité"),
    "application.on_agenda": _l("Inscrit à l’ordre du jour du vote"),
    "decision.prepared": _l("Décision préparée"),
    "decision.released": _l("Décision notifiée, lettre envoyée"),
}
AGES = {
    Age.UNDATED: (_l("Date non précisée"), "warn"),
    Age.TOO_OLD: (_l("Trop ancienne au jour du dépôt"), "err"),
    Age.LAPSED: (_l("Bonne au dépôt, périmée depuis"), "warn"),
    Age.LAPSES: (_l("Périmée avant le comité"), "warn"),
    Age.GOOD: (_l("Date valable"), "ok"),
}
"""What is said of the date of a piece, and its tone."""
