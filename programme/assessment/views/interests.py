"""The ties that a reader declares once for all: the files of these organisations are given to others."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.assessment import services
from programme.assessment.views import bp
from programme.core.access import SIGNED_IN, access, current_account
from programme.core.clock import now, today
from programme.core.unit_of_work import unit_of_work
from programme.evaluation import queries as evaluations
from programme.evaluation import services as evaluation
from programme.evaluation.forms import InterestForm
from programme.evaluation.rules.interests import still_counts
from programme.extensions import db


@bp.route("/evaluations/liens", methods=["GET", "POST"])
@access(SIGNED_IN)
def interests() -> ResponseReturnValue:
    """The ties declared, and a form for one more."""
    form = InterestForm(request.form)
    if form.submitted():
        with unit_of_work():
            _declared, left = services.declare_interest(current_account(), form.name.data or "", form.digits, at=now())
        flash(_("Votre lien est enregistré."), "success")
        if left:
            flash(_("Un dossier de votre liste concernait cet organisme : il ne vous est plus montré."), "info")
        return redirect(url_for(".interests"))
    listed = db.session.scalars(evaluations.interests_of([current_account().id])).all()
    shown = [each for each in listed if still_counts(each.ended_on, today())]
    return render_template("assessment/interests.html", interests=shown, form=form), 422 if form.posted else 200


@bp.post("/evaluations/liens/<int:interest_id>/terminer")
@access(SIGNED_IN)
def end_interest(interest_id: int) -> ResponseReturnValue:
    """Say that a tie is over: it counts three years more."""
    with unit_of_work():
        found = db.one_or_404(evaluations.interest(interest_id, current_account().id))
        evaluation.end_interest(found, by=current_account(), at=now())
    flash(_("La fin de ce lien est enregistrée. Il compte encore pendant trois ans."), "success")
    return redirect(url_for(".interests"))
