"""The ranking against the envelope, and the committee that discusses it."""

from decimal import Decimal
from itertools import accumulate

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.accounts.policy import staff
from programme.applications.labels import STATES, TONES
from programme.applications.models import Application
from programme.assessment import policy, queries, services
from programme.assessment.forms import MeetingForm, MinutesForm, OpinionForm
from programme.assessment.labels import ALERTS, COMMITTEES, OPINIONS, STANDINGS, ZONES
from programme.assessment.models import CommitteeMeeting
from programme.assessment.rules import ranking as ranking_rules
from programme.assessment.rules.ranking import Row, Standing
from programme.assessment.states import Opinion
from programme.assessment.views import bp
from programme.calls.models import CallSession
from programme.calls.queries import session as session_by_id
from programme.core import export_jobs, recent
from programme.core.access import access, current_account, require
from programme.core.clock import now
from programme.core.errors import RuleBroken
from programme.core.exports import CellKind, Column
from programme.core.pages import PageOf
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db

RANKING_ROWS = 250
"""Files of one page of a ranking; the sums above it are those of all."""


def ranking_of(session: CallSession, account: Account | None = None) -> tuple[list[Row], dict[int, Application]]:
    """The ranking that this person (the one who asks, when no other is named) may see, and its files by number."""
    files = list(db.session.scalars(queries.ranked(session.id, (account or current_account()).id)))
    return services.order(session, files), {each.id: each for each in files}


@bp.get("/agents/comites")
@access(staff(*policy.RANKERS))
def committees() -> ResponseReturnValue:
    """Sessions and their committees."""
    return render_template(
        "assessment/committees.html", sessions=db.session.scalars(queries.sessions().limit(60)).all(),
        meetings=db.session.scalars(queries.meetings().limit(60)).all(), states=COMMITTEES,
        can_open=current_account().has_role(*policy.READERS),
    )  # fmt: skip


@bp.get("/agents/releves/<int:session_id>/classement")
@access(staff(*policy.RANKERS))
def ranking(session_id: int) -> ResponseReturnValue:
    """The ranking of a session: what is sure, what is to discuss, what is out."""
    return _ranking_page(db.one_or_404(session_by_id(session_id)), MeetingForm())


def _ranking_page(session: CallSession, form: MeetingForm, status: int = 200) -> ResponseReturnValue:
    """The ranking is made of all the files; a page shows RANKING_ROWS of them."""
    account_id = current_account().id
    rows, groups = recent.kept(
        ("assessment.ranking", session.id, account_id), lambda: _grouped(session, account_id), at_once=True
    )
    page, parts = _cut(groups, len(rows))
    return render_template(
        "assessment/ranking.html", session=session, groups=groups, parts=parts, page=page, rows=rows, files=_files(parts),
        labels=STANDINGS, alerts=ALERTS, cumulated=_cumulated(rows), states=STATES, tones=TONES, sums=_sums(groups),
        lowest=min((row.entry.interval[0] for row in rows if row.entry.score is not None), default=None),
        meetings=db.session.scalars(queries.meetings_of(session.id)).all(), form=form, meeting_states=COMMITTEES,
        can_convene=policy.can_hold_committee(current_account()), can_open=current_account().has_role(*policy.READERS),
        page_url=lambda number: url_for(".ranking", session_id=session.id, page=number if number > 1 else None),
    ), status  # fmt: skip


def _grouped(session: CallSession, account_id: int) -> tuple[list[Row], list[tuple[Standing, list[Row]]]]:
    """The whole ranking, and its groups; computed again as soon as anybody acted."""
    rows = services.order(session, db.session.execute(queries.ranked_lines(session.id, account_id)))
    standings = standings_of(session, rows)
    return rows, [(each, [row for row in rows if standings[row.entry.application_id] is each]) for each in Standing]


def _cut(groups: list[tuple[Standing, list[Row]]], total: int) -> tuple[PageOf, list[tuple[Standing, list[Row]]]]:
    """The page that the address asks for: of each group, the rows that stand on it."""
    page = PageOf.asked(total, RANKING_ROWS)
    start, parts = (page.number - 1) * RANKING_ROWS, []
    for standing, listed in groups:
        parts.append((standing, listed[max(0, start) : max(0, start + RANKING_ROWS)]))
        start -= len(listed)
    return page, parts


def _files(parts: list[tuple[Standing, list[Row]]]) -> dict[int, Application]:
    shown = [row.entry.application_id for _standing, listed in parts for row in listed]
    return {each.id: each for each in db.session.scalars(queries.in_ranking(shown))}


def standings_of(session: CallSession, rows: list[Row]) -> dict[int, Standing]:
    """What is sure and what is to discuss."""
    return ranking_rules.standings(rows, services.thresholds(session), session.envelope_amount)


def _cumulated(rows: list[Row]) -> dict[int, Decimal]:
    """What is asked down to each file, in the order of the ranking."""
    sums = accumulate(row.entry.amount for row in rows)
    return {row.entry.application_id: total for row, total in zip(rows, sums, strict=True)}


def _sums(groups: list[tuple[Standing, list[Row]]]) -> dict[Standing, Decimal]:
    return {standing: sum((row.entry.amount for row in rows), Decimal(0)) for standing, rows in groups}


@bp.get("/agents/releves/<int:session_id>/classement/export")
@access(staff(*policy.RANKERS))
def export_ranking(session_id: int) -> ResponseReturnValue:
    """The ranking for a spreadsheet, in the format of the address."""
    return export_jobs.answer("assessment.ranking", {"session": session_id}, current_account())


def _may_export_ranking(account: Account, parameters: export_jobs.Parameters) -> bool:
    number = parameters.get("session")
    known = isinstance(number, int) and db.session.scalar(session_by_id(number)) is not None
    return known and account.has_role(*policy.RANKERS)


@export_jobs.source("assessment.ranking", allows=_may_export_ranking)
def ranking_table(account: Account, parameters: export_jobs.Parameters) -> export_jobs.Table:
    """The ranking that this person may see, one line a file."""
    session = db.session.scalars(session_by_id(int(parameters["session"]))).one()
    rows, files = ranking_of(session, account)
    standings, totals = standings_of(session, rows), _cumulated(rows)
    columns = [
        Column(_("Rang"), CellKind.NUMBER), Column(_("Référence")), Column(_("Dossier")), Column(_("Organisme")),
        Column(_("Zone")), Column(_("Note sur 100"), CellKind.NUMBER), Column(_("Note la plus basse"), CellKind.NUMBER),
        Column(_("Note la plus haute"), CellKind.NUMBER), Column(_("Lecteurs"), CellKind.NUMBER),
        Column(_("Demandé"), CellKind.MONEY), Column(_("Cumul"), CellKind.MONEY),
    ]  # fmt: skip
    lines = (
        [row.rank, row.entry.reference, files[number].title, files[number].organisation.name, str(STANDINGS[standings[number]]),
         row.entry.score, row.entry.low, row.entry.high, row.entry.readers, row.entry.amount, totals[number]]
        for row in rows for number in [row.entry.application_id]
    )  # fmt: skip
    title = _("Classement : %(call)s, relevé %(number)s", call=session.call.title, number=session.number)
    return export_jobs.Table(
        f"classement-{session.call.code.lower()}-{session.number}", title, columns, lines, len(rows)
    )


@bp.post("/agents/releves/<int:session_id>/comites")
@access(staff(*policy.HOLDERS))
def convene(session_id: int) -> ResponseReturnValue:
    """Convene the committee of a session."""
    form = MeetingForm(request.form)
    if not form.validate() or form.held_on.data is None:
        return _ranking_page(db.one_or_404(session_by_id(session_id)), form, 422)
    with unit_of_work():
        session = db.one_or_404(session_by_id(session_id))
        meeting = services.convene(session, form.held_on.data, form.place.data or "", by=current_account(), at=now())
    return redirect(url_for(".meeting", meeting_id=meeting.id))


def meeting_page(meeting: CommitteeMeeting, minutes: MinutesForm, status: int = 200) -> ResponseReturnValue:
    """The sitting: each file in its rank with the opinion given."""
    rows, files = ranking_of(meeting.session)
    opinions, standings = (
        list(db.session.scalars(queries.opinions_of(list(files)))),
        standings_of(meeting.session, rows),
    )
    groups = [(each, [row for row in rows if standings[row.entry.application_id] is each]) for each in Standing]
    return render_template(
        "assessment/meeting.html", meeting=meeting, rows=rows, files=files, groups=groups, labels=STANDINGS,
        given={each.application_id: each for each in opinions if each.meeting_id == meeting.id},
        earlier={each.application_id: each for each in opinions if each.meeting_id != meeting.id},
        opinions=OPINIONS, states=STATES, alerts=ALERTS, meeting_states=COMMITTEES, minutes=minutes,
        can_hold=policy.can_hold_committee(current_account()), can_open=current_account().has_role(*policy.READERS),
    ), status  # fmt: skip


@bp.get("/agents/comites/<int:meeting_id>")
@access(staff(*policy.RANKERS))
def meeting(meeting_id: int) -> ResponseReturnValue:
    """One committee."""
    return meeting_page(db.one_or_404(queries.meeting(meeting_id)), MinutesForm())


@bp.post("/agents/comites/<int:meeting_id>/ouvrir")
@access(staff(*policy.HOLDERS))
def hold(meeting_id: int) -> ResponseReturnValue:
    """Open the sitting."""
    try:
        with unit_of_work():
            services.hold(db.one_or_404(queries.meeting_for_update(meeting_id)), by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    return redirect(url_for(".meeting", meeting_id=meeting_id))


@bp.post("/agents/comites/<int:meeting_id>/clore")
@access(staff(*policy.HOLDERS))
def close_meeting(meeting_id: int) -> ResponseReturnValue:
    """Close the sitting with its minutes."""
    form = MinutesForm(request.form)
    if not form.validate():
        return meeting_page(db.one_or_404(queries.meeting(meeting_id)), form, 422)
    try:
        with unit_of_work():
            found = db.one_or_404(queries.meeting_for_update(meeting_id))
            services.close_meeting(found, form.minutes.data or "", by=current_account(), at=now())
    except RuleBroken as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("La séance est close, son relevé est gardé."), "success")
    return redirect(url_for(".meeting", meeting_id=meeting_id))


@bp.route("/agents/comites/<int:meeting_id>/avis/<reference>", methods=["GET", "POST"])
@access(staff(*policy.HOLDERS))
def opinion(meeting_id: int, reference: str) -> ResponseReturnValue:
    """The committee's opinion on one file."""
    found, file, row = _discussed(meeting_id, reference)
    form = OpinionForm(request.form, data=_known_opinion(meeting_id, file))
    if form.submitted():
        try:
            _give(meeting_id, reference, form)
        except RuleBroken as refusal:
            form.form_errors.append(refusal.message)
        else:
            flash(_("L’avis du comité est enregistré."), "success")
            return redirect(url_for(".meeting", meeting_id=meeting_id))
    return render_template(
        "assessment/opinion.html", meeting=found, file=file, row=row, form=form, zones=ZONES, can_open=True
    ), 422 if form.posted else 200


def _known_opinion(meeting_id: int, file: Application) -> dict[str, object]:
    known = db.session.scalars(queries.opinion(meeting_id, file.id)).one_or_none()
    if known is None:
        return {"proposed_amount": services.hoped(file, file.call)}
    return {"opinion": known.opinion, "reason": known.reason, "proposed_amount": known.proposed_amount}


def _discussed(meeting_id: int, reference: str) -> tuple[CommitteeMeeting, Application, Row | None]:
    found = db.one_or_404(queries.meeting(meeting_id))
    file = db.one_or_404(queries.file(reference))
    require(policy.can_read(current_account(), file) and file.session_id == found.session_id)
    # The whole ranking: the rank written beside the opinion is the file's own, whoever writes it.
    rows = services.order(found.session, db.session.execute(queries.ranked_lines(found.session_id, None)))
    return found, file, next((each for each in rows if each.entry.application_id == file.id), None)


def _give(meeting_id: int, reference: str, form: OpinionForm) -> None:
    with unit_of_work():
        db.one_or_404(queries.file_for_update(reference))
        found, file, row = _discussed(meeting_id, reference)
        services.give_opinion(
            found, file, Opinion(form.opinion.data), form.reason.data or "", form.proposed_amount.data, row=row,
            by=current_account(), at=now(),
        )  # fmt: skip
