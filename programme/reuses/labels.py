"""French words for the codes of this room."""

from flask_babel import lazy_gettext as _l

from programme.reuses.states import FlagReason, ReuseKind, ReuseOrigin, ReuseState

K = ReuseKind
KINDS = {
    K.APPLICATION: _l("Application"),
    K.MAP: _l("Carte"),
    K.VISUALIZATION: _l("Visualisation"),
    K.DASHBOARD: _l("Tableau de bord"),
    K.DATA_STORY: _l("Récit de données"),
    K.SIMULATOR: _l("Simulateur"),
    K.API: _l("API"),
    K.AI_MODEL: _l("Modèle d’IA"),
    K.TEACHING_MODULE: _l("Module pédagogique"),
    K.NEWS_ARTICLE: _l("Article de presse"),
    K.POST: _l("Article de blog"),
    K.PAPER: _l("Publication scientifique"),
    K.HARDWARE: _l("Objet connecté"),
    K.IDEA: _l("Idée"),
}
OPENINGS = {
    K.APPLICATION: _l("Ouvrir l’application"),
    K.MAP: _l("Ouvrir la carte"),
    K.VISUALIZATION: _l("Ouvrir la visualisation"),
    K.DASHBOARD: _l("Ouvrir le tableau de bord"),
    K.DATA_STORY: _l("Lire le récit"),
    K.SIMULATOR: _l("Ouvrir le simulateur"),
    K.API: _l("Ouvrir la documentation"),
    K.AI_MODEL: _l("Voir le modèle"),
    K.TEACHING_MODULE: _l("Ouvrir le module"),
    K.NEWS_ARTICLE: _l("Lire l’article"),
    K.POST: _l("Lire l’article"),
    K.PAPER: _l("Lire la publication"),
    K.HARDWARE: _l("Voir l’objet"),
    K.IDEA: _l("Lire l’idée"),
}
ORIGINS = {
    ReuseOrigin.APPLICATION: _l("Projet soutenu par la Région"),
    ReuseOrigin.TEAM: _l("Équipe d’un hackathon ou d’un défi"),
    ReuseOrigin.FREE: _l("Initiative libre"),
}
STATES = {
    ReuseState.DRAFT: _l("Brouillon"),
    ReuseState.SUBMITTED: _l("Proposée"),
    ReuseState.INFO_REQUESTED: _l("À compléter"),
    ReuseState.PUBLISHED: _l("Publiée"),
    ReuseState.FEATURED: _l("Mise en avant"),
    ReuseState.FLAGGED: _l("Signalée"),
    ReuseState.BROKEN_LINK: _l("Lien rompu"),
    ReuseState.UNPUBLISHED: _l("Dépubliée"),
}
TONES = {
    ReuseState.DRAFT: "neutral",
    ReuseState.SUBMITTED: "neutral",
    ReuseState.INFO_REQUESTED: "warn",
    ReuseState.PUBLISHED: "ok",
    ReuseState.FEATURED: "ok",
    ReuseState.FLAGGED: "warn",
    ReuseState.BROKEN_LINK: "err",
    ReuseState.UNPUBLISHED: "pause",
}
"""Tone of the status mark (components/status.html) by state."""

FLAG_REASONS = {
    FlagReason.BROKEN_LINK: _l("Le lien ne répond plus"),
    FlagReason.WRONG_FIGURES: _l("Un chiffre ou une donnée est faux"),
    FlagReason.PERSONAL_DATA: _l("Des données personnelles apparaissent"),
    FlagReason.RIGHTS: _l("Un droit d’auteur ou d’image n’est pas respecté"),
    FlagReason.ADVERTISING: _l("C’est de la publicité"),
    FlagReason.OTHER: _l("Autre raison"),
}
