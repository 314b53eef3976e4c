"""How much room one organisation may take in the store."""

from flask import current_app
from flask_babel import gettext as _

from programme.core.errors import RuleBroken

_MEGABYTE = 1024 * 1024


def within_quota(used: int, added: int) -> None:
    """Refuse a file that would pass the organisation's share; sizes are bytes, `used` that of its live files.

    Call it while the organisation's row is locked: two files at once are two questions.

    Raises:
        RuleBroken: the share would be passed.
    """
    share = current_app.config["STORAGE_QUOTA_MB"]
    if used + added > share * _MEGABYTE:
        raise RuleBroken(
            _(
                "Vos fichiers occupent déjà %(used)s Mo sur les %(share)s Mo de votre organisme : ce fichier n’y tient pas. "
                "Réduisez-le, ou retirez un fichier d’un brouillon.",
                used=used // _MEGABYTE,
                share=share,
            )
        )
