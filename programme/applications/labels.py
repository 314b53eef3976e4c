"""French words for the codes of this room; what the applicant reads hides the inner states."""

from flask_babel import lazy_gettext as _l

from programme.applications.states import (
    ApplicationState,
    ExpenseCategory,
    FundingKind,
    FundingState,
    PieceState,
)

S = ApplicationState
STATES = {
    S.DRAFT: _l("Brouillon"),
    S.SUBMITTED: _l("Déposé"),
    S.INFO_REQUESTED: _l("Compléments demandés"),
    S.ADMISSIBLE: _l("Recevable"),
    S.INADMISSIBLE: _l("Irrecevable"),
    S.UNDER_REVIEW: _l("En instruction"),
    S.SCORING: _l("En évaluation"),
    S.COMMITTEE_READY: _l("Prêt pour le comité"),
    S.FAVOURABLE: _l("Avis favorable"),
    S.RESERVED: _l("Avis réservé"),
    S.DEFERRED: _l("Ajourné"),
    S.UNFAVOURABLE: _l("Avis défavorable"),
    S.ON_AGENDA: _l("Inscrit au vote"),
    S.AWARDED: _l("Attribué"),
    S.REJECTED: _l("Refusé"),
    S.REDIRECTED: _l("Réorienté"),
    S.WITHDRAWN: _l("Retiré"),
    S.DROPPED: _l("Classé sans suite"),
}
_IN_PROGRESS = _l("En cours d’instruction")
PUBLIC_STATES = {
    **dict.fromkeys(ApplicationState, _IN_PROGRESS),
    S.DRAFT: STATES[S.DRAFT],
    S.SUBMITTED: _l("Transmis"),
    S.INFO_REQUESTED: STATES[S.INFO_REQUESTED],
    S.INADMISSIBLE: _l("Irrecevable"),
    S.AWARDED: STATES[S.AWARDED],
    S.REJECTED: STATES[S.REJECTED],
    S.REDIRECTED: STATES[S.REDIRECTED],
    S.WITHDRAWN: STATES[S.WITHDRAWN],
    S.DROPPED: STATES[S.DROPPED],
}
_TONES = {
    S.DRAFT: "pause", S.INFO_REQUESTED: "warn", S.INADMISSIBLE: "err", S.AWARDED: "ok", S.REJECTED: "err",
    S.FAVOURABLE: "ok", S.RESERVED: "warn", S.DEFERRED: "pause", S.UNFAVOURABLE: "err", S.WITHDRAWN: "pause",
    S.DROPPED: "pause", S.REDIRECTED: "pause",
}  # fmt: skip
TONES = {state: _TONES.get(state, "neutral") for state in ApplicationState}
PUBLIC_TONES = {
    state: _TONES[state]
    if state in {S.DRAFT, S.INFO_REQUESTED, S.INADMISSIBLE, S.AWARDED, S.REJECTED, S.WITHDRAWN, S.DROPPED, S.REDIRECTED}
    else "neutral"
    for state in ApplicationState
}
PIECES = {
    PieceState.EXPECTED: _l("Attendue"),
    PieceState.PROVIDED: _l("Déposée"),
    PieceState.ACCEPTED: _l("Conforme"),
    PieceState.REFUSED: _l("Non conforme"),
    PieceState.EXPIRED: _l("Périmée"),
}
PIECE_TONES = {
    PieceState.EXPECTED: "neutral",
    PieceState.PROVIDED: "ok",
    PieceState.ACCEPTED: "ok",
    PieceState.REFUSED: "err",
    PieceState.EXPIRED: "err",
}
CATEGORIES = {
    ExpenseCategory.SERVICES: _l("Prestation"),
    ExpenseCategory.EQUIPMENT: _l("Équipement"),
    ExpenseCategory.STAFF: _l("Personnel"),
    ExpenseCategory.INDIRECT: _l("Frais indirects"),
    ExpenseCategory.IN_KIND: _l("Apport en nature"),
    ExpenseCategory.OTHER: _l("Autre"),
}
FUNDING_KINDS = {
    FundingKind.OWN: _l("Fonds propres"),
    FundingKind.PUBLIC: _l("Aide publique"),
    FundingKind.EUROPEAN: _l("Aide européenne"),
    FundingKind.PRIVATE: _l("Financeur privé"),
    FundingKind.IN_KIND: _l("Apport en nature"),
}
FUNDING_STATES = {
    FundingState.SOUGHT: _l("Demandé"),
    FundingState.OBTAINED: _l("Obtenu"),
}
STEP_TITLES = {
    "projet": _l("Le projet"), "questions": _l("Les questions du volet"), "donnees": _l("Les données"),
    "budget": _l("Le budget"), "pieces": _l("Les pièces"), "relecture": _l("Relecture et envoi"),
    "organisme": _l("Votre organisme"),
}  # fmt: skip
FAULTS = {
    "title_missing": _l("Donnez un titre au projet, par exemple « Carte des fraîcheurs »."),
    "summary_missing": _l("Résumez le projet en une ou deux phrases."),
    "description_missing": _l("Décrivez le projet : le besoin, ce que vous ferez, avec qui."),
    "theme_missing": _l("Choisissez le thème dans la liste."),
    "subdomain_missing": _l("Choisissez le sous-domaine dans la liste."),
    "territory_missing": _l("Choisissez le département où le projet a lieu."),
    "starts_on_missing": _l("Donnez la date de début, par exemple 01/03/2027."),
    "ends_on_missing": _l("Donnez la date de fin, par exemple 31/12/2027."),
    "ends_before_it_starts": _l("Choisissez une date de fin qui vient après le début."),
    "frame_note_missing": _l(
        "Dites à quelle stratégie publique le projet se rattache, par exemple le Plan Climat régional."
    ),
    "answer_missing": _l("Répondez à la question « %(question)s »."),
    "answer_too_long": _l("Raccourcissez la réponse à « %(question)s »."),
    "answer_too_small": _l("Écrivez un nombre plus grand à « %(question)s »."),
    "answer_too_large": _l("Écrivez un nombre plus petit à « %(question)s »."),
    "answer_too_many": _l("Gardez moins de lignes à « %(question)s »."),
    "answer_incomplete": _l("Complétez la réponse à « %(question)s » : %(place)s."),
    "answer_wrong_part": _l("Corrigez la réponse à « %(question)s » : %(place)s."),
    "answer_unknown": _l("Choisissez une réponse de la liste à « %(question)s »."),
    "answer_unreadable": _l("Écrivez de nouveau la réponse à « %(question)s »."),
    "answer_refused": _l(
        "La réponse à « %(question)s » ne permet pas de déposer : corrigez-la, ou relisez les conditions de l’appel."
    ),
    "no_dataset": _l(
        "Nommez au moins un jeu de données que le projet utilise ou ouvre, par exemple « Arbres d’alignement »."
    ),
    "dataset_unnamed": _l("Nommez chaque jeu de données."),
    "no_expense": _l("Écrivez au moins une dépense, par exemple « Relevés thermiques », 14 500,00."),
    "no_request": _l("Écrivez le montant demandé à la Région, par exemple 14 000,00."),
    "gap_missing": _l("Il manque %(amount)s de financements pour équilibrer."),
    "gap_excess": _l("Les financements dépassent les dépenses de %(amount)s : baissez l’un ou complétez l’autre."),
    "label_missing": _l("Nommez chaque dépense et chaque financeur."),
    "amount_missing": _l("Écrivez le montant de chaque dépense et de chaque financement."),
    "piece_missing": _l("Ajoutez la pièce « %(label)s »."),
    "rule_broken": _l("Une condition de l’appel n’est pas remplie : relisez-la sur la page de l’appel."),
    "commitments": _l("Lisez les engagements et cochez la case."),
}
