"""French words for the codes of this room."""

from flask_babel import lazy_gettext as _l

from programme.organisations.rules.comparison import Point
from programme.organisations.rules.domains import Domain
from programme.organisations.states import (
    ActorCategory,
    MembershipRole,
    MembershipState,
    OrganisationKind,
    OwnershipRequestState,
)

K = OrganisationKind
KINDS = {
    K.LOCAL_AUTHORITY: _l("Collectivité territoriale"),
    K.GROUPING: _l("Groupement de collectivités, syndicat mixte"),
    K.PUBLIC_BODY: _l("Établissement public, GIP"),
    K.ASSOCIATION: _l("Association, fondation"),
    K.UNIVERSITY: _l("Université, organisme de recherche"),
    K.CHAMBER: _l("Chambre consulaire"),
    K.SMALL_COMPANY: _l("TPE, PME, start-up"),
    K.COMPANY: _l("Entreprise de plus de 250 personnes"),
    K.MIXED_COMPANY: _l("SEM, SPL"),
    K.STATE_SERVICE: _l("Service de l’État"),
}
CATEGORIES = {
    ActorCategory.PRODUCER: _l("Producteur de données"),
    ActorCategory.FACILITATOR: _l("Animateur"),
    ActorCategory.REUSER: _l("Réutilisateur"),
    ActorCategory.ACADEMIC: _l("Universitaire"),
    ActorCategory.OTHER: _l("Autre acteur"),
}
ROLES = {
    MembershipRole.OWNER: _l("Responsable : gère les membres, dépose, signe"),
    MembershipRole.EDITOR: _l("Rédaction : remplit et dépose les dossiers"),
    MembershipRole.READER: _l("Lecture : suit les dossiers"),
}
MEMBERSHIP_STATES = {
    MembershipState.REQUESTED: _l("Demande en attente"),
    MembershipState.ACTIVE: _l("Membre"),
    MembershipState.ENDED: _l("Ancien membre"),
}
REQUEST_STATES = {
    OwnershipRequestState.WAITING: _l("En attente"),
    OwnershipRequestState.OBJECTED: _l("Contestée"),
    OwnershipRequestState.GRANTED: _l("Acceptée"),
    OwnershipRequestState.REFUSED: _l("Refusée"),
    OwnershipRequestState.WITHDRAWN: _l("Abandonnée"),
}
REQUEST_TONES = {
    OwnershipRequestState.WAITING: "neutral",
    OwnershipRequestState.OBJECTED: "warn",
    OwnershipRequestState.GRANTED: "ok",
    OwnershipRequestState.REFUSED: "err",
    OwnershipRequestState.WITHDRAWN: "pause",
}
DOMAINS = {
    Domain.SITE: _l("L’adresse a le même domaine que le site de l’organisme."),
    Domain.COLLEAGUES: _l("L’adresse a le même domaine que celle d’un autre membre."),
    Domain.PUBLIC: _l("C’est une adresse grand public : elle ne dit rien de l’organisme."),
    Domain.OTHER: _l("Le domaine de l’adresse n’est ni celui du site, ni celui d’un autre membre."),
}
POINTS = {
    Point.NAME: _l("Nom"),
    Point.KIND: _l("Nature"),
    Point.CITY: _l("Commune"),
    Point.DEPARTMENT: _l("Département"),
}
