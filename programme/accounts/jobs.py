"""What this room does when the worker finds something: the person who gave an infected file is told."""

from datetime import datetime

from programme.accounts import notifications
from programme.accounts.models import Account
from programme.core import mail, storage
from programme.core.storage import StoredFile
from programme.extensions import db


@storage.when_infected
def tell_giver(file: StoredFile, at: datetime) -> None:
    """Queue the mail in the transaction of the verdict. A file of the house was given by nobody."""
    giver = None if file.uploaded_by_id is None else db.session.get(Account, file.uploaded_by_id)
    if giver is not None and giver.is_active:
        mail.queue(notifications.infected_file(giver, file.name, file.uploaded_at), at=at)
