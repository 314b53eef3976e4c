"""The text of the republican engagement, as the Region's staff publish it: a new version asks everybody again."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts.policy import staff
from programme.accounts.states import Role
from programme.applications import services
from programme.applications.forms import EngagementForm
from programme.applications.queries import engagement as queries
from programme.applications.services import engagement
from programme.applications.views import bp
from programme.core.access import access, current_account
from programme.core.clock import now, today
from programme.core.errors import RuleBroken
from programme.core.forms import form_data
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db


@bp.route("/agents/engagement-republicain", methods=["GET", "POST"])
@access(staff(Role.OFFICER_PROGRAMME, Role.ADMIN))
def engagement_text() -> ResponseReturnValue:
    """Read the version in force, publish another one."""
    form = EngagementForm(form_data())
    if form.submitted():
        try:
            with unit_of_work():
                assert form.version.data is not None
                services.publish_text(form.version.data, form.body.data or "", by=current_account(), at=now())
        except RuleBroken as refusal:
            form.form_errors.append(refusal.message)
        else:
            flash(_("Version publiée : les associations la souscriront à leur prochain dépôt."), "success")
            return redirect(url_for(".engagement_text"))
    return render_template(
        "applications/engagement.html", form=form, text=engagement.text_on(today()), today=today(),
        texts=db.session.scalars(queries.texts()).all(),
    ), 422 if form.posted else 200  # fmt: skip
