"""The settings of every process of the bench: those of a production, on the loopback. Imported before anything of ours."""

import os
import secrets
import tempfile

SETTINGS = {
    "PROGRAMME_ENV": "production", "SECRET_KEY": secrets.token_hex(32), "TRUSTED_HOSTS": "127.0.0.1",
    "PUBLIC_URL": "http://127.0.0.1", "DATABASE_URL": "sqlite://", "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": "9",
    "MAIL_FROM": "bench@region.example", "ACCEPT_UNSCANNED_FILES": "1",
}  # fmt: skip
# Not PROGRAMME_VAR: the seeding, the servers and the copies each get a folder of their own.
os.environ.update(SETTINGS)
os.environ.setdefault("PROGRAMME_VAR", tempfile.mkdtemp(prefix="bench-var-"))
