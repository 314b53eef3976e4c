"""What every page may show: the Region, the person, the addresses of versioned static files."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.core import sessions
from programme.core.access import viewer
from programme.core.trame import trame


@lru_cache(maxsize=256)
def _version(path: str, _changed: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def static_url(path: str) -> str:
    """The address of a static file with the hash of its content, so that browsers may keep it a year."""
    file = Path(current_app.static_folder or "") / path
    if not file.is_file():
        return url_for("static", filename=path)
    return url_for("static", filename=path, v=_version(str(file), file.stat().st_mtime_ns))


@lru_cache(maxsize=8)
def drawing(width: int, height: int, *, thread: bool = True) -> Markup:
    """The programme's own drawing (poster, foot of every page): the same for ever, drawn once a process."""
    return Markup(trame("programme", "cote", width, height, thread=thread))  # noqa: S704 - drawn by the house


# They answer that what they promise is not made yet.
NOT_OPEN = {"site.api_docs", "site.file_not_open"}


def theme_url() -> str:
    """The address of the Region's colours, with their hash."""
    return url_for("site.theme", v=current_app.config["IDENTITY"].sheet_version)


def logo() -> dict[str, Any] | None:
    """Address and width of the Region's logo; None for the mark of the product."""
    picture = current_app.config["IDENTITY"].logo
    return picture and {"url": url_for("site.logo", v=picture.version), "width": picture.width}


def path_is_open(path: str) -> bool:
    """Whether a page answers at this address: menus name no door that is not built yet."""
    return _answers(current_app._get_current_object(), path)  # type: ignore[attr-defined]  # noqa: SLF001 - the key of the cache


@lru_cache(maxsize=256)
def _answers(app: Flask, path: str) -> bool:
    try:
        endpoint, _values = app.url_map.bind("localhost").match(path, "GET")
    except RequestRedirect:
        return True
    except HTTPException:
        return False
    return endpoint not in NOT_OPEN


def _open(*links: tuple[str, str]) -> list[tuple[str, str]]:
    return [(label, href) for label, href in links if path_is_open(href)]


def public_nav() -> list[tuple[str, str]]:
    """The public menu."""
    return _open(
        (_("Appels"), "/appels"), (_("Événements"), "/evenements"), (_("Réutilisations"), "/reutilisations"),
        (_("Projets soutenus"), "/projets-soutenus"), (_("Données"), "/donnees"), (_("Stratégie"), "/strategie"),
    )  # fmt: skip


def footer_links() -> list[tuple[str, str]]:
    """The foot of every public page; the partners stand here, since the menu has room for six doors."""
    return _open(
        (_("Partenaires"), "/partenaires"), (_("Données ouvertes du programme"), "/donnees-ouvertes"),
        (_("Vérifier un document"), "/verifier"), (_("Accessibilité : non conforme"), "/accessibilite"),
        (_("Mentions légales"), "/mentions-legales"), (_("Données personnelles"), "/donnees-personnelles"),
    )  # fmt: skip


def account_nav(account: Account | None) -> list[tuple[str, str]]:
    """What a signed-in person opens from anywhere."""
    if account is None:
        return []
    if account.is_staff:
        return _open((_("Espace des agents"), "/agents"), (_("Site public"), "/"), (_("Mon compte"), "/compte"))
    return _open(
        (_("Mon espace"), "/mon-espace"), (_("Mes dossiers"), "/mes-dossiers"),
        (_("Mes conventions"), "/mes-conventions"), (_("Mon compte"), "/compte"),
    )  # fmt: skip


def staff_nav(account: Account | None) -> list[tuple[str, str]]:
    """The agents' menu: only the doors that this account may open, as (label, address)."""
    if account is None or not account.is_staff:
        return []
    officers = (Role.OFFICER_PROGRAMME, Role.OFFICER_FILE, Role.DIRECTION)
    doors = [
        (_("À traiter"), "assessment.desk", (*officers, Role.FINANCE)),
        (_("Dossiers"), "assessment.applications", (*officers, Role.FINANCE, Role.ELECTED)),
        (_("Comités"), "assessment.committees", (*officers, Role.ELECTED)),
        (_("Conventions"), "agreements.desk", (*officers, Role.FINANCE)),
        (_("Appels"), "calls.desk", officers),
        (_("Événements"), "events.desk", (Role.OFFICER_PROGRAMME, Role.DIRECTION)),
        (_("Réutilisations"), "reuses.desk", (Role.OFFICER_PROGRAMME,)),
        (_("Partenaires"), "agreements.partner_requests", (Role.OFFICER_PROGRAMME, Role.DIRECTION)),
        (_("Données"), "catalogue.desk", (Role.OFFICER_PROGRAMME,)),
        (_("Indicateurs"), "strategy.indicator_desk", (Role.OFFICER_PROGRAMME,)),
        (_("Comptes"), "accounts.directory", (Role.ADMIN,)),
        (_("Responsabilités"), "organisations.requests", (Role.ADMIN,)),
        (_("Région"), "site.region", (Role.ADMIN,)),
        (_("Tâches"), "site.tasks", (Role.ADMIN,)),
        (_("Journal"), "site.journal", (Role.ADMIN, Role.DPO)),
        (_("Consultations"), "site.consultations", (Role.ADMIN, Role.DPO)),
    ]
    known = current_app.view_functions
    return [
        (label, url_for(endpoint)) for label, endpoint, roles in doors if endpoint in known and account.has_role(*roles)
    ]


def values() -> dict[str, Any]:
    """Given to every template."""
    account = viewer()
    return {
        "region": current_app.config["REGION"],
        "lang": str(get_locale() or "fr")[:2],
        "current_account": account,
        "session_seconds": sessions.seconds_left(session) if account else None,
        "demo_mode": current_app.config["DEMO"],
        "static_url": static_url,
        "theme_url": theme_url,
        "region_logo": logo,
        "public_nav": public_nav(),
        "account_nav": account_nav(account),
        "staff_nav": staff_nav(account),
        "footer_links": footer_links(),
        "footer_trame": drawing(1400, 320, thread=False),
    }


def install(app: Flask) -> None:
    """Bind to the application."""
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 31536000
    app.context_processor(values)
