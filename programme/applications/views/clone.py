"""A second chance: the page that takes a file up again in a session that accepts."""

from collections.abc import Sequence
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from programme.applications import policy, queries, services
from programme.applications.forms import TakeUpForm
from programme.applications.models import Application
from programme.applications.queries import again
from programme.applications.services import Place
from programme.applications.states import ApplicationState
from programme.applications.views import bp
from programme.applications.views.own import load
from programme.applications.views.steps import left_words
from programme.core.access import SIGNED_IN, access, current_account, require
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.i18n import datetime_short
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db


@bp.route("/dossiers/<reference>/reprendre", methods=["GET", "POST"])
@access(SIGNED_IN)
def take_up(reference: str) -> ResponseReturnValue:
    """Take a file up again: what comes along, what stays behind, and where it may go."""
    former, at = load(reference), now()
    if not policy.can_take_up(current_account(), former, at):
        return _moved(former)
    places = services.places(former, at)
    form = TakeUpForm(request.form, places=[(each.code, _words(each)) for each in places])
    if places and form.submitted():
        try:
            return _taken_up(former, next(each for each in places if each.code == form.place.data), at)
        except RuleBroken as refusal:
            form.form_errors.append(refusal.message)
    return _page(former, places, form, at)


def _moved(draft: Application) -> ResponseReturnValue:
    """A draft that awaits its session already, moved there by a first click; absent for anything else."""
    require(policy.can_edit(current_account(), draft))
    return redirect(url_for(".project_step", reference=draft.reference))


def _page(former: Application, places: Sequence[Place], form: TakeUpForm, at: datetime) -> ResponseReturnValue:
    live = db.session.scalars(again.continuations(former.id)).first()
    return render_template(
        "applications/take_up.html", application=former, places=places, form=form, live=live, words=left_words,
        waiting=None if places else services.next_opening(former, at),
    ), 422 if form.posted else 200  # fmt: skip


def _words(place: Place) -> str:
    session, call = place.session, place.session.call
    until = datetime_short(session.closes_at)
    if place.is_same_call:
        return _("%(label)s, dépôt jusqu’au %(until)s", label=session.label, until=until)
    return _("%(call)s : %(label)s, dépôt jusqu’au %(until)s", call=call.title, label=session.label, until=until)


def _taken_up(former: Application, place: Place, at: datetime) -> ResponseReturnValue:
    """Move the draft within its call, or open the new one; a second click finds the first one's."""
    reference, session_id, strand = former.reference, place.session.id, place.strand
    moves = former.state is ApplicationState.DRAFT and place.is_same_call
    known = db.session.scalars(again.continuation(former.id, session_id)).first()
    copies = {} if moves or known else services.copy_files(former, strand, at=at)
    number, strand_id = former.id, strand.id
    try:
        draft = _written(reference, session_id, strand_id, copies)
    except IntegrityError:  # Another tab committed first: a file is taken up once in a session.
        found = db.session.scalars(again.continuation(number, session_id)).first()
        if found is None:
            raise
        draft = found.reference
    else:
        flash(_("Votre brouillon attend cette relève. Relisez chaque étape, puis déposez."), "success")
    return redirect(url_for(".project_step", reference=draft))


def _written(reference: str, session_id: int, strand_id: int, copies: services.Copies) -> str:
    """The reference of the draft, once it is committed."""
    with unit_of_work():
        former, at = db.one_or_404(queries.for_update(reference)), now()
        require(policy.can_take_up(current_account(), former, at))
        wanted = (session_id, strand_id)
        place = next((e for e in services.places(former, at) if (e.session.id, e.strand.id) == wanted), None)
        if place is None:
            raise RuleBroken(services.next_opening(former, at))
        if former.state is ApplicationState.DRAFT and place.is_same_call:
            services.carry_over(former, place.session, by=current_account(), at=at)
            return former.reference
        return services.take_up(former, place.session, place.strand, copies, by=current_account(), at=at).reference
