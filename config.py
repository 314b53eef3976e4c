"""Settings of an instance, read from the environment; a production that lacks one refuses to start."""

import os
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).resolve().parent


class MissingSetting(RuntimeError):
    """A setting without which the instance must not start."""


@dataclass(frozen=True)
class Territory:
    """A department where the Region acts: INSEE code and name."""

    code: str
    name: str


@dataclass(frozen=True)
class Region:
    """The Region that the instance serves: names, addresses, colours, territory."""

    name: str
    tagline: str
    legal_name: str
    siret: str
    address: str
    department: str
    contact_email: str
    contact_phone: str
    contact_hours: str
    president_title: str
    court: str
    deliberative_body: str
    time_zone: str
    brand: str
    accent: str
    neutral_hue: float
    logo: str
    dpo_email: str
    publication_director: str
    territories: tuple[Territory, ...]

    @classmethod
    def load(cls, path: Path) -> "Region":
        """Read the Region's file.

        Raises:
            MissingSetting: a key is missing, unknown, or the file cannot be read.
        """
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
            territories = tuple(Territory(**each) for each in values.pop("territories"))
            return cls(territories=territories, **values)
        except (OSError, KeyError, TypeError, tomllib.TOMLDecodeError) as error:
            raise MissingSetting(f"Le fichier de la Région {path} est illisible ou incomplet : {error}") from error


SECRETS = ("SECRET_KEY", "SIGNING_KEY", "DATABASE_URL", "MAIL_PASSWORD", "METRICS_TOKEN", "S3_SECRET_ACCESS_KEY")
"""What may also be given by a file that `NAME_FILE` names, as container engines hand secrets over; an empty file gives nothing."""


def _read_secret_files() -> None:
    for name in SECRETS:
        path = os.environ.get(f"{name}_FILE")
        if path and os.environ.get(name):
            raise MissingSetting(f"{name} et {name}_FILE sont donnés tous les deux : gardez-en un.")
        try:
            text = Path(path).read_text(encoding="utf-8").strip() if path else ""
        except (OSError, UnicodeDecodeError) as error:
            raise MissingSetting(f"Le fichier de {name}_FILE est illisible : {error}") from error
        if text:
            os.environ[name] = text
            del os.environ[f"{name}_FILE"]  # Read once: a program started from here finds the value.


_read_secret_files()


def _flag(name: str, default: str = "") -> bool:
    return os.environ.get(name, default).lower() in {"1", "true", "yes", "oui"}


class Config:
    """What every instance shares."""

    VAR = Path(os.environ.get("PROGRAMME_VAR", ROOT / "var"))
    PORT = int(os.environ.get("PORT", "8000"))
    SECRET_KEY = os.environ.get("SECRET_KEY", "")
    SIGNING_KEY = os.environ.get("SIGNING_KEY", "")
    SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", f"sqlite:///{VAR / 'programme.sqlite3'}")
    STORAGE_FOLDER = os.environ.get("STORAGE_FOLDER", str(VAR / "files"))
    STORAGE_URL = os.environ.get("STORAGE_URL", "")
    S3_ENDPOINT = os.environ.get("S3_ENDPOINT", "").rstrip("/")
    S3_REGION = os.environ.get("S3_REGION", "")
    S3_ACCESS_KEY_ID = os.environ.get("S3_ACCESS_KEY_ID", "")
    S3_SECRET_ACCESS_KEY = os.environ.get("S3_SECRET_ACCESS_KEY", "")
    STORAGE_QUOTA_MB = int(os.environ.get("STORAGE_QUOTA_MB", "500"))
    CLAMD_ADDRESS = os.environ.get("CLAMD_ADDRESS", "")
    CLAMD_SECONDS = float(os.environ.get("CLAMD_SECONDS", "60"))
    COMPANY_REGISTRY_URL = os.environ.get("COMPANY_REGISTRY_URL", "").rstrip("/")
    OUTGOING_ADDRESSES = ("COMPANY_REGISTRY_URL",)
    OUTGOING_SECONDS = float(os.environ.get("OUTGOING_SECONDS", "3"))
    LOOPBACK_IN_CLEAR = True
    PUBLIC_URL = os.environ.get("PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
    TRUSTED_HOSTS: ClassVar[list[str] | None] = (os.environ.get("TRUSTED_HOSTS") or "").split() or None
    TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))
    REGION_FILE = os.environ.get("REGION_FILE", str(ROOT / "region.toml"))
    MAIL_SERVER = os.environ.get("MAIL_SERVER", "")
    MAIL_PORT = int(os.environ.get("MAIL_PORT", "25"))
    MAIL_USE_TLS = _flag("MAIL_USE_TLS")
    MAIL_USERNAME = os.environ.get("MAIL_USERNAME")
    MAIL_PASSWORD = os.environ.get("MAIL_PASSWORD")
    MAIL_FROM = os.environ.get("MAIL_FROM", "ne-pas-repondre@region.example")
    MAIL_RETURN_PATH = os.environ.get("MAIL_RETURN_PATH") or MAIL_FROM
    MAIL_CA_FILE = os.environ.get("MAIL_CA_FILE")
    METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
    METRICS_NETWORKS = tuple((os.environ.get("METRICS_NETWORKS") or "").split())
    JSON_LOGS = _flag("JSON_LOGS")
    MAIL_DOMAIN = MAIL_FROM.rpartition("@")[2]
    MAIL_FOLDER: str | None = None if MAIL_SERVER else str(VAR / "mail")
    SESSION_COOKIE_NAME = "session"
    SESSION_COOKIE_SECURE = True
    MAX_CONTENT_LENGTH = 25 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 2 * 1024 * 1024
    DEMO = _flag("DEMO")
    SQLITE_SYNCHRONOUS = "FULL"
    EVEN_ANSWER_SECONDS = 0.2
    BABEL_DEFAULT_LOCALE = "fr"
    STATIC_FILES_CHANGE = True
    COUNTS_KEPT_SECONDS = float(os.environ.get("COUNTS_KEPT_SECONDS", "0.8"))

    @classmethod
    def check(cls) -> None:
        """Refuse to start when a setting is missing or half given; here only what goes together is asked.

        Raises:
            MissingSetting: says what to set.
        """
        cls.check_files()
        cls.check_outgoing()
        cls.check_signing()

    @classmethod
    def check_signing(cls) -> None:
        """Refuse a key that signs nothing.

        Raises:
            MissingSetting: names the variable.
        """
        if cls.SIGNING_KEY and not re.fullmatch(r"[0-9a-f]{64}", cls.SIGNING_KEY):
            raise MissingSetting("SIGNING_KEY a 64 chiffres hexadécimaux tirés au hasard (openssl rand -hex 32).")

    @classmethod
    def check_outgoing(cls) -> None:
        """Refuse the address of an outside service that is not one, or that would be asked in clear.

        Raises:
            MissingSetting: names the variable.
        """
        form = r"https://[a-z0-9][a-z0-9.-]*(:\d{1,5})?(/[\w./-]*)?"
        if cls.LOOPBACK_IN_CLEAR:
            form += r"|http://(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?(/[\w./-]*)?"
        for name in cls.OUTGOING_ADDRESSES:
            if getattr(cls, name) and not re.fullmatch(form, getattr(cls, name)):
                raise MissingSetting(f"{name} a la forme https://machine/chemin, sans compte ni paramètres.")
        if not 0 < cls.OUTGOING_SECONDS <= 20:
            raise MissingSetting("OUTGOING_SECONDS est un nombre de secondes, 20 au plus.")

    @classmethod
    def check_files(cls) -> None:
        """Refuse a store in a bucket, or an antivirus, that is half configured.

        Raises:
            MissingSetting: names every missing variable at once.
        """
        needed = {name: getattr(cls, name) for name in ("S3_REGION", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")}
        missing = [name for name, value in needed.items() if not value]
        if cls.STORAGE_URL and not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[\w./-]*)?", cls.STORAGE_URL):
            raise MissingSetting("STORAGE_URL a la forme s3://seau/prefixe.")
        if cls.STORAGE_URL and missing:
            raise MissingSetting(f"STORAGE_URL nomme un seau et il manque {', '.join(missing)}.")
        if not cls.STORAGE_URL and (len(missing) < len(needed) or cls.S3_ENDPOINT):
            raise MissingSetting(
                "Des réglages S3_… sont donnés sans STORAGE_URL : les fichiers iraient dans un dossier."
            )
        if cls.CLAMD_ADDRESS and not re.fullmatch(r"tcp://[^/\s]+:\d{1,5}|unix:///.+", cls.CLAMD_ADDRESS):
            raise MissingSetting("CLAMD_ADDRESS a la forme tcp://machine:3310 ou unix:///chemin/de/clamd.")


class Development(Config):
    """One machine, the embedded database, mails in a folder."""

    SECRET_KEY = os.environ.get("SECRET_KEY", "development-only-key")
    SESSION_COOKIE_SECURE = False


class Testing(Config):
    """The suite: same rules, a faster disk (durability has tests of its own)."""

    TESTING = True
    SECRET_KEY = "testing-key"
    SESSION_COOKIE_SECURE = False
    SQLITE_SYNCHRONOUS = "OFF"
    COUNTS_KEPT_SECONDS = 0.0
    EVEN_ANSWER_SECONDS = 0.0
    MAIL_FOLDER = None
    MAIL_SERVER = "127.0.0.1"
    COMPANY_REGISTRY_URL = ""
    PUBLIC_URL = "http://localhost"


class Production(Config):
    """The real thing."""

    STATIC_FILES_CHANGE = False
    LOOPBACK_IN_CLEAR = False
    JSON_LOGS = _flag("JSON_LOGS", "1")

    @classmethod
    def check(cls) -> None:
        """Refuse a start without secrets, hosts, or mail.

        Raises:
            MissingSetting: names every missing variable at once.
        """
        cls.check_files()
        cls.check_outgoing()
        cls.check_signing()
        needed = ("SECRET_KEY", "PUBLIC_URL", "TRUSTED_HOSTS", "DATABASE_URL", "MAIL_SERVER", "MAIL_FROM")
        missing = [name for name in needed if not os.environ.get(name)]
        if missing:
            raise MissingSetting(
                "Il manque des réglages pour démarrer en production : "
                + ", ".join(missing)
                + ". Voir docs/operations.md."
            )
        if len(os.environ["SECRET_KEY"]) < 32:
            raise MissingSetting("SECRET_KEY doit avoir au moins 32 signes tirés au hasard.")
        if not cls.CLAMD_ADDRESS and not _flag("ACCEPT_UNSCANNED_FILES"):
            raise MissingSetting(
                "Aucun antivirus n’est branché (CLAMD_ADDRESS) : les pièces s’ouvriraient sans analyse. Pour l’accepter, "
                "réglez ACCEPT_UNSCANNED_FILES=1."
            )
        if cls.DEMO:
            raise MissingSetting("DEMO=1 n’est pas permis en production : les comptes de démonstration sont publics.")


BY_NAME: dict[str, type[Config]] = {
    "development": Development,
    "testing": Testing,
    "production": Production,
}


def selected() -> type[Config]:
    """The class named by `PROGRAMME_ENV` (development when unset)."""
    name = os.environ.get("PROGRAMME_ENV", "development")
    if name not in BY_NAME:
        raise MissingSetting(f"PROGRAMME_ENV={name} est inconnu ; valeurs : {', '.join(BY_NAME)}.")
    return BY_NAME[name]
