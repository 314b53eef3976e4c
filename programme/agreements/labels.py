"""French words for the codes of this room."""

from flask_babel import lazy_gettext as _l

from programme.agreements.states import AgreementFamily, AgreementState, CommitmentState, PartnerStatus

FAMILIES = {
    AgreementFamily.GRANT: _l("Convention de subvention"),
    AgreementFamily.PARTNERSHIP: _l("Convention de partenariat"),
}
A = AgreementState
STATES = {
    A.TO_PREPARE: _l("À préparer"),
    A.DRAFT: _l("Projet"),
    A.IN_REVIEW: _l("En relecture"),
    A.APPROVED: _l("Validée"),
    A.SENT: _l("Envoyée à la signature"),
    A.PARTNER_SIGNED: _l("Signée par le partenaire"),
    A.SIGNED: _l("Signée"),
    A.ACTIVE: _l("En vigueur"),
    A.TO_RENEW: _l("À renouveler"),
    A.EXPIRED: _l("Échue"),
    A.TERMINATED: _l("Résiliée"),
}
TONES = {
    A.TO_PREPARE: "warn", A.DRAFT: "pause", A.IN_REVIEW: "neutral", A.APPROVED: "neutral", A.SENT: "warn",
    A.PARTNER_SIGNED: "warn", A.SIGNED: "ok", A.ACTIVE: "ok", A.TO_RENEW: "warn", A.EXPIRED: "pause",
    A.TERMINATED: "err",
}  # fmt: skip
VERBS = {
    "prepare": _l("Préparer le projet"),
    "ask_review": _l("Demander la relecture"),
    "send_back": _l("Renvoyer au projet"),
    "approve": _l("Valider le texte"),
    "send": _l("Envoyer à la signature"),
    "sign_as_partner": _l("Signer la convention"),
    "sign_as_region": _l("Enregistrer la signature de la Région"),
    "activate": _l("Notifier et mettre en vigueur"),
    "mark_to_renew": _l("Marquer à renouveler"),
    "renew": _l("Renouveler"),
    "expire": _l("Constater l’échéance"),
    "terminate": _l("Résilier"),
    "waive": _l("Attribuer sans convention"),
}
ACTS = {
    "agreement.opened": _l("Convention à préparer"),
    "agreement.prepared": _l("Projet préparé depuis le modèle"),
    "agreement.values_set": _l("Valeurs modifiées"),
    "agreement.deliberation_set": _l("Délibération enregistrée"),
    "agreement.review_asked": _l("Relecture demandée"),
    "agreement.sent_back": _l("Renvoyée au projet"),
    "agreement.approved": _l("Texte validé"),
    "agreement.sent": _l("Envoyée à la signature"),
    "agreement.partner_signed": _l("Signée par le partenaire"),
    "agreement.region_signed": _l("Signée par la Région"),
    "agreement.activated": _l("Notifiée, en vigueur"),
    "agreement.marked_to_renew": _l("À renouveler"),
    "agreement.renewed": _l("Renouvelée"),
    "agreement.expired": _l("Échue"),
    "agreement.terminated": _l("Résiliée"),
}
P = PartnerStatus
PARTNER_STATUSES = {
    P.PROSPECT: _l("Prospect"),
    P.REQUESTED: _l("Demande reçue"),
    P.UNDER_REVIEW: _l("En instruction"),
    P.ACTIVE: _l("Conventionné"),
    P.SUSPENDED: _l("Suspendu"),
    P.LEFT: _l("Sorti du réseau"),
}
PARTNER_TONES = {
    P.PROSPECT: "pause", P.REQUESTED: "warn", P.UNDER_REVIEW: "neutral", P.ACTIVE: "ok", P.SUSPENDED: "err",
    P.LEFT: "pause",
}  # fmt: skip
PARTNER_VERBS = {
    "review": _l("Prendre en charge la demande"),
    "decline": _l("Ne pas donner suite"),
    "suspend": _l("Suspendre le partenariat"),
    "resume": _l("Reprendre le partenariat"),
    "leave": _l("Constater la sortie du réseau"),
}
C = CommitmentState
COMMITMENT_STATES = {
    C.PLANNED: _l("Prévu"),
    C.IN_PREPARATION: _l("En préparation"),
    C.PUBLISHED: _l("Publié"),
    C.UP_TO_DATE: _l("À jour"),
    C.DROPPED: _l("Abandonné"),
}
COMMITMENT_TONES = {
    C.PLANNED: "neutral", C.IN_PREPARATION: "neutral", C.PUBLISHED: "ok", C.UP_TO_DATE: "ok", C.DROPPED: "pause",
}  # fmt: skip
LATE = _l("En retard")
COMMITMENT_VERBS = {
    "start": _l("Commencer la préparation"),
    "publish": _l("Marquer publié"),
    "confirm": _l("Confirmer à jour"),
    "drop": _l("Abandonner"),
}
COMMITMENT_ACTS = {
    "commitment.started": _l("Préparation commencée"),
    "commitment.published": _l("Publié"),
    "commitment.confirmed": _l("Confirmé à jour"),
    "commitment.dropped": _l("Abandonné"),
}
FREQUENCIES = {
    "real_time": _l("En temps réel"),
    "daily": _l("Chaque jour"),
    "weekly": _l("Chaque semaine"),
    "monthly": _l("Chaque mois"),
    "quarterly": _l("Chaque trimestre"),
    "yearly": _l("Chaque année"),
    "once": _l("Une seule fois"),
}
LICENCES = {
    "lo_2_0": _l("Licence Ouverte 2.0"),
    "odbl": _l("ODbL 1.0"),
}
