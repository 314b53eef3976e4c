"""What the domain of an e-mail address says of who writes: a clue for a person, never a decision. Pure."""

from collections.abc import Iterable
from enum import StrEnum
from urllib.parse import urlsplit

# Addresses that anybody opens: they say nothing of an organisation, even when two people share one.
_PUBLIC = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.com", "live.fr", "msn.com",
    "yahoo.com", "yahoo.fr", "icloud.com", "me.com", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "neuf.fr",
    "laposte.net", "bbox.fr", "gmx.com", "gmx.fr", "aol.com", "proton.me", "protonmail.com", "tutanota.com",
})  # fmt: skip


class Domain(StrEnum):
    """What the domain of an address has in common with an organisation."""

    SITE = "site"
    COLLEAGUES = "colleagues"
    PUBLIC = "public"
    OTHER = "other"


def domain_of(address: str) -> str:
    """What follows the « @ », in small letters."""
    return address.rpartition("@")[2].strip().lower()


def host_of(website: str | None) -> str:
    """The host of a site without « www. »; empty when it cannot be read."""
    try:
        host = urlsplit(website or "").hostname or ""
    except ValueError:
        return ""
    return host.lower().removeprefix("www.")


def judge(address: str, website: str | None, colleagues: Iterable[str]) -> Domain:
    """What an address has in common with the site of an organisation and the addresses of its other members."""
    domain, host = domain_of(address), host_of(website)
    if domain in _PUBLIC:
        return Domain.PUBLIC
    if host and (host == domain or host.endswith(f".{domain}") or domain.endswith(f".{host}")):
        return Domain.SITE
    return Domain.COLLEAGUES if domain in {domain_of(each) for each in colleagues} else Domain.OTHER
