"""The thread of a file seen from the Region: what is written to its carrier, and the notes that stay in the house."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from programme.accounts.policy import staff
from programme.applications import policy as applications
from programme.applications.models import Application, Message
from programme.applications.queries import messages as thread
from programme.applications.services.messages import Pen
from programme.applications.states import MessageSide
from programme.applications.views.messages import Enter, Place, act_on, attachment, receive, thread_page
from programme.assessment import policy
from programme.assessment.views import bp
from programme.core import consultations
from programme.core.access import access, current_account, require
from programme.core.consultations import Consulted, Standing
from programme.extensions import db


def region(channel: str) -> Enter:
    """The place of somebody of the Region before a file, writing to its carrier or to their colleagues."""

    def enter(application: Application) -> Place:
        account, reference, internal = current_account(), application.reference, channel == "notes"
        require(policy.can_read(account, application))
        is_open = applications.is_open_to_messages(application)
        return Place(
            Pen(account, MessageSide.REGION, internal), internal or is_open, is_open,
            url_for("assessment.messages", reference=reference, channel=channel),
            lambda number, verb: url_for(
                "assessment.act_on_message", reference=reference, channel=channel, message_id=number, verb=verb
            ),
            lambda public_id: url_for("assessment.message_file", public_id=public_id), "assessment/messages.html",
        )  # fmt: skip

    return enter


@bp.route("/agents/dossiers/<reference>/<any(messages, notes):channel>", methods=["GET", "POST"])
@access(staff(*policy.READERS))
def messages(reference: str, channel: str) -> ResponseReturnValue:
    """Read the thread; write to the carrier at one address, to the colleagues at another."""
    application, enter = db.one_or_404(thread.file_with_thread(reference)), region(channel)
    if request.method == "POST":
        return receive(application, enter)
    place = enter(application)
    consultations.note(Consulted.APPLICATION, application, reference, Standing.STAFF)
    return thread_page(application, place)


@bp.post("/agents/dossiers/<reference>/<any(messages, notes):channel>/<int:message_id>/<any(regler, retirer):verb>")
@access(staff(*policy.READERS))
def act_on_message(reference: str, channel: str, message_id: int, verb: str) -> ResponseReturnValue:
    """Say that an answer is awaited no more, or take back one's message."""
    return act_on(reference, message_id, verb, region(channel))


@bp.get("/agents/dossiers/messages/<public_id>")
@access(staff(*policy.READERS))
def message_file(public_id: str) -> ResponseReturnValue:
    """A file joined to a message or a note, for the house."""

    def allows(application: Application, _message: Message) -> bool:
        return policy.can_read(current_account(), application)

    found: ResponseReturnValue = attachment(public_id, allows, MessageSide.REGION)
    return found
