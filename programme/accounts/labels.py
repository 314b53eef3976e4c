"""French words for the codes of this room."""

from flask_babel import lazy_gettext as _l

from programme.accounts.states import AccountState, Role

ROLES = {
    Role.OFFICER_PROGRAMME: _l("Chargé ou chargée de mission"),
    Role.OFFICER_FILE: _l("Instructeur ou instructrice"),
    Role.DIRECTION: _l("Direction"),
    Role.ELECTED: _l("Élu ou élue"),
    Role.FINANCE: _l("Finances et juridique"),
    Role.ADMIN: _l("Administration de l’outil"),
    Role.DPO: _l("Protection des données"),
}
ACCOUNT_STATES = {
    AccountState.UNCONFIRMED: _l("Adresse à confirmer"),
    AccountState.ACTIVE: _l("Actif"),
    AccountState.CLOSED: _l("Fermé"),
}
