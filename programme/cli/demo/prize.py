"""A prize: no budget, no data sets, a short file; last year's session was awarded, this year's is open."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from programme.agreements.models import Agreement
from programme.agreements.services import waive
from programme.applications import services
from programme.applications.models import Application
from programme.applications.states import ApplicationState
from programme.assessment import services as assessment
from programme.assessment.models import CommitteeMeeting
from programme.assessment.states import CommitteeState, Opinion, Outcome
from programme.calls import services as calls
from programme.calls.models import CallSession
from programme.cli.demo.calls_demo import read
from programme.cli.demo.people import account
from programme.cli.demo.two_steps import register_deposit
from programme.core.clock import at_local, local_day
from programme.evaluation import services as evaluation
from programme.evaluation.models import ReviewPool
from programme.evaluation.states import Recommendation
from programme.extensions import db
from programme.organisations.models import Organisation
from programme.strategy.models import Theme

CEILING = Decimal(5_000)
# organisation, title, summary, theme, mark of each criterion (None: this year's, nobody has read it).
FILES: tuple[tuple[str, str, str, str, int | None], ...] = (
    ("Fabrique à vélos ouverte", "Pompes à vélo, la carte", "Où regonfler ses pneus, tenu à jour par ceux qui roulent.", "Mobilité et transports", 5),
    ("Marchés et Terroirs", "Les saisons au marché", "Ce que chaque étal vend, mois après mois.", "Économie et entreprises", 2),
    ("Parc naturel des Ocres et Cèdres", "Sources et fontaines", "Les points d’eau des sentiers, et ceux qui sont à sec.", "Mer, littoral et montagne", None),
)  # fmt: skip
OFFERED = {"Mobilité et transports", "Économie et entreprises", "Mer, littoral et montagne", "Environnement et climat"}
WON = "Une carte tenue à jour par ses usagers, reprise par trois communes : c’est une donnée utile."
LOST = "Le service est bien fait ; la donnée n’est pas publiée, et personne d’autre ne peut s’en servir."


def load(at: datetime) -> None:
    """Install the prize and its files. Inside one unit of work, after the other rooms."""
    agent, direction = account("agent@region.example"), account("direction@region.example")
    since, day = at - timedelta(weeks=40), local_day(at)
    call = calls.install(_prize(day.year), at=since, by=agent)
    for step, verb in enumerate(("ask_review", "publish", "open")):
        calls.lead(call, verb, by=direction if verb == "publish" else agent, at=since + timedelta(days=4 * (step + 1)))
    former, present = (
        calls.plan_session(
            call, label=label, opens_at=at_local(closes_on - timedelta(weeks=10), time(9)),
            closes_at=at_local(closes_on, time(12)), envelope=Decimal(10_000), committee_on=closes_on + timedelta(weeks=4),
            vote_on=closes_on + timedelta(weeks=8), at=since, by=agent,
        )
        for label, closes_on in (("Premier prix", day - timedelta(weeks=16)), ("Deuxième prix", day + timedelta(weeks=5)))
    )  # fmt: skip
    evaluation.add_to_pool(
        db.session.get_one(ReviewPool, call.pool_id), account("jury1@region.example"), by=agent, at=since
    )
    db.session.flush()
    files = [_file(former if each[4] is not None else present, each, index) for index, each in enumerate(FILES)]
    for verb, when in (("open", former.opens_at), ("close", former.closes_at)):
        calls.lead_session(former, verb, by=None, at=when)
    calls.lead_session(present, "open", by=None, at=present.opens_at)
    begun = services.start(
        present, call.strands[0], _carrier("Atelier Canopée"), "Ateliers ouverts, la liste",
        by=account("instruction@region.example"), at=at - timedelta(days=2),
    )  # fmt: skip
    begun.created_by_id = None
    _award(former, files[:2], at)


def _prize(year: int) -> dict[str, Any]:
    base = read("permanent")
    question = {
        "key": "proof", "section": "La donnée", "label": "Qui s’est servi de cette donnée, et pour quoi ?",
        "kind": "long_text", "max_length": 1500,
    }  # fmt: skip
    strand = base["strands"][1]
    return base | {
        "slug": "prix-de-la-donnee-utile", "code": "PRIX-DONNEE", "title": "Prix de la donnée utile", "kind": "prize",
        "promise": "Pour récompenser une donnée ouverte qui a déjà changé quelque chose.",
        "description": "Un prix par an : une candidature courte, sans budget et sans pièce. Un jury de lecteurs donne son avis, puis la commission permanente vote.",
        "amounts": "5 000 € au plus\nsans condition de dépenses", "answer_delay": "En deux mois", "expenses": "",
        "audience": "Tous ceux qui ont ouvert une donnée\nou qui en ont fait un service", "readers_per_file": 1,
        "strands": [{**strand, "code": "A", "title": "La donnée utile", "summary": "Une donnée, ses usagers, ce qui a changé.", "questions": [question]}],
        "questions": [], "documents": [], "money_asked": "none", "asks_data": False, "award_ceiling": str(CEILING),
        "rules": [{"statement": "La donnée est publiée sous une licence ouverte.", "refusal": "Publiez d’abord la donnée sous une licence ouverte, puis revenez."}],
        "annual_envelopes": {str(year - 1): "10000", str(year): "10000", str(year + 1): "20000"}, "aid_regime": "none",
        "theme_codes": [code for code, each in calls.themes(base).items() if each.label in OFFERED], "objectives": [],
    }  # fmt: skip


def _carrier(name: str) -> Organisation:
    return db.session.scalars(select(Organisation).where(Organisation.name == name)).one()


def _file(session: CallSession, given: tuple[str, str, str, str, int | None], index: int) -> Application:
    named, title, summary, theme, _mark = given
    organisation = _carrier(named)
    handed = min(session.closes_at, session.opens_at + timedelta(weeks=3)) + timedelta(days=index, hours=2)
    officer = account("instruction@region.example")
    file = services.start(
        session, session.call.strands[0], organisation, title, by=officer, at=handed - timedelta(days=3),
        known={"territory_code": organisation.territory_code},
    )  # fmt: skip
    file.created_by_id, file.summary = None, summary
    file.description = f"{summary}\n\nLa donnée est publiée, elle sert tous les jours, et d’autres l’ont reprise."
    file.frame_note = "Le projet sert l’axe 2 de la stratégie Smart Région."
    file.starts_on, file.ends_on = local_day(handed) - timedelta(days=300), local_day(handed) + timedelta(days=300)
    file.answers = {"proof": "Des associations de cyclistes, pour choisir où poser les prochaines bornes."}
    file.theme = db.session.scalars(select(Theme).where(Theme.label == theme)).one()
    services.accept_commitments(file, True, at=handed)
    register_deposit(file, handed)
    return file


def _award(session: CallSession, files: list[Application], at: datetime) -> None:
    """The session from the readings to the letters: one prize, one refusal."""
    officer, direction = account("instruction@region.example"), account("direction@region.example")
    held_at = session.closes_at + timedelta(weeks=4)
    for file, (*_said, mark) in zip(files, FILES, strict=False):
        file.state, file.complete_at = ApplicationState.ADMISSIBLE, session.closes_at
        _read(file, mark or 0, session.closes_at + timedelta(days=9))
    meeting = CommitteeMeeting(
        session=session, held_on=local_day(held_at), place="En visioconférence", state=CommitteeState.HELD
    )
    db.session.add(meeting)
    db.session.flush()
    rows = {row.entry.application_id: row for row in assessment.order(session, files)}
    voted_on = session.vote_on or local_day(at)
    for file, amount in zip(files, (CEILING, None), strict=True):
        opinion, reason = (Opinion.FAVOURABLE, WON) if amount else (Opinion.UNFAVOURABLE, LOST)
        assessment.give_opinion(meeting, file, opinion, reason, amount, row=rows[file.id], by=officer, at=held_at)
    assessment.close_meeting(meeting, "Le jury a lu les candidatures ; il retient la première.", by=officer, at=held_at)
    for file, amount in zip(files, (CEILING, None), strict=True):
        assessment.put_on_agenda(file, by=officer, at=held_at)
        outcome, reason = (Outcome.AWARD, WON) if amount else (Outcome.REJECT, LOST)
        assessment.prepare(file, outcome, amount, reason, by=officer, at=held_at + timedelta(days=2))
    told_at = at_local(voted_on + timedelta(days=3), time(10))
    deliberation = assessment.record_deliberation(
        f"{voted_on:%y}-0199", "Prix de la donnée utile : attribution", voted_on, voted_on + timedelta(days=2),
        voted_on + timedelta(days=1), by=officer, at=told_at,
    )  # fmt: skip
    assessment.release(session, deliberation, by=direction, at=told_at)
    db.session.flush()
    opened = select(Agreement).where(Agreement.application_id.in_([each.id for each in files]))
    for each in db.session.scalars(opened):
        waive(each, by=officer, at=told_at + timedelta(days=1))  # A prize is paid on its letter.


def _read(file: Application, mark: int, at: datetime) -> None:
    officer, reader = account("instruction@region.example"), account("jury1@region.example")
    assessment.open_review(file, by=officer, at=at)
    given = assessment.assign_reader(file, reader, by=officer, at=at, due_at=at + timedelta(days=14))
    evaluation.declare_no_conflict(given, by=reader, at=at + timedelta(days=2))
    marks = {each.id: (mark, "Des usages nommés." if mark > 3 else "Peu d’usages.") for each in given.grid.criteria}
    opinion = Recommendation.FAVOURABLE if mark > 3 else Recommendation.UNFAVOURABLE
    evaluation.keep(given, marks, "Lu avec soin.", opinion, version=None, at=at + timedelta(days=3))
    evaluation.submit(given, by=reader, at=at + timedelta(days=3))
    assessment.close_scoring(file, by=officer, at=at + timedelta(days=5))
