"""How a file goes out: a browser saves it and never runs it."""

from io import BytesIO

from flask import Response, send_file
from flask_babel import gettext as _

from programme.core.errors import RuleBroken
from programme.core.storage.content import IMAGES
from programme.core.storage.depot import read
from programme.core.storage.models import StoredFile
from programme.core.storage.names import safe_name


def answer(row: StoredFile, *, inline: bool = False, to_giver: bool = False) -> Response:
    """Serve a file so that a browser never runs it: attachment, no sniffing, sandbox, no copy kept on the way.

    `to_giver`: it goes back to those who gave it, hence before its analysis too. `inline` is for pictures alone.

    Raises:
        RuleBroken: infected, or not analysed yet.
    """
    if row.is_infected:
        raise RuleBroken(
            _("« %(name)s » : fichier infecté, retiré. Demandez-en un autre à qui l’a donné.", name=row.name)
        )
    if row.is_withheld and not to_giver:
        raise RuleBroken(_("« %(name)s » : analyse en cours. Revenez dans quelques minutes.", name=row.name))
    shown = inline and row.media_type in IMAGES
    response = send_file(
        BytesIO(read(row.key)),
        mimetype=row.media_type,
        as_attachment=not shown,
        download_name=safe_name(row.name, row.media_type),
        etag=row.sha256,
        max_age=0,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    if not shown:
        response.headers["Cache-Control"] = "no-store"
    return response
