"""Mails of this room, one for each acting member of the organisation."""

from programme.applications.models import Application, InfoRequest
from programme.core import mail


def receipt(application: Application, content: object, to: str) -> mail.Mail:
    """The acknowledgement of receipt, with every item of the law; `content` is a `documents.Receipt`."""
    return mail.compose("applications/receipt", to=to, application=application, receipt=content)


def info_requested(application: Application, request: InfoRequest, to: str) -> mail.Mail:
    """Pieces or explanations are missing: what, until when, and that the clock is suspended."""
    return mail.compose("applications/info_requested", to=to, application=application, request=request)


def info_answered(application: Application, to: str) -> mail.Mail:
    """The applicant has answered: the officer goes on."""
    return mail.compose("applications/info_answered", to=to, application=application)


def admissible(application: Application, to: str) -> mail.Mail:
    """The application is complete and admissible: the date of silence."""
    return mail.compose("applications/admissible", to=to, application=application)


def inadmissible(application: Application, to: str) -> mail.Mail:
    """The application is not admissible: why, and what one can do."""
    return mail.compose("applications/inadmissible", to=to, application=application)


def withdrawn(application: Application, to: str) -> mail.Mail:
    """The withdrawal is noted."""
    return mail.compose("applications/withdrawn", to=to, application=application)
