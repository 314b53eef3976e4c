"""A call of two steps: expressions of interest that were handed in, some answered, and the call of the full files."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from programme.applications import services
from programme.applications.models import Application
from programme.applications.states import ApplicationState, ExpenseCategory, FundingKind, FundingState
from programme.calls import services as calls
from programme.calls.models import Call, CallSession
from programme.cli.demo.calls_demo import read
from programme.cli.demo.declarations import engage
from programme.cli.demo.people import account
from programme.cli.demo.pieces import tiny_pdf
from programme.core import journal, storage
from programme.core.clock import at_local, local_day
from programme.core.numbering import next_number
from programme.extensions import db
from programme.organisations.models import Organisation
from programme.strategy.models import Theme

# organisation, title, summary, estimate in euros, what it became (None: to decide).
EXPRESSIONS: tuple[tuple[str, str, str, int, str | None], ...] = (
    ("Commune de Sainte-Ombeline", "Rivage témoin", "Suivre le trait de côte avec des promeneurs, photo après photo.", 24_000, None),
    ("Société des eaux vives", "Nappes en direct", "Voir monter la salinité des nappes du littoral avant les forages.", 60_000, None),
    ("Fabrique à vélos ouverte", "Plages à vélo", "Compter qui va à la plage sans voiture, été après été.", 9_000, None),
    ("Parc naturel des Ocres et Cèdres", "Falaises parlantes", "Des capteurs simples disent quand fermer un sentier.", 31_000, None),
    ("Commune de Valsereine", "Digue jumelle", "Une maquette de la digue que les habitants peuvent bousculer.", 85_000, "invite"),
    ("Marchés et Terroirs", "Étal connecté", "Afficher les prix du poisson sur un écran au marché.", 12_000, "not_retain"),
)  # fmt: skip
REASON = (
    "Le projet rend service au marché ; il ne dit rien du trait de côte, qui est l’objet de cet appel. L’appel permanent aux "
    "données du territoire pourrait lui convenir."
)
MESSAGE = (
    "Le comité a aimé la place donnée aux habitants. Dites dans le dossier complet qui tiendra la maquette à jour."
)


def load(at: datetime) -> None:
    """Install both calls and the expressions of interest. Inside one unit of work, after the other rooms."""
    day = local_day(at)
    full = _installed(_full(), since=at - timedelta(weeks=12), rules=True)
    calls.plan_session(
        full, label="Dossiers complets", opens_at=at_local(day + timedelta(weeks=2), time(9)),
        closes_at=at_local(day + timedelta(weeks=12), time(12)), envelope=Decimal(300_000),
        committee_on=day + timedelta(weeks=17), vote_on=day + timedelta(weeks=20), at=at - timedelta(weeks=12),
    )  # fmt: skip
    interest = _installed(_interest(), since=at - timedelta(weeks=11), rules=False)
    session = calls.plan_session(
        interest, label="Manifestations d’intérêt", opens_at=at - timedelta(weeks=9),
        closes_at=at_local(day - timedelta(days=6), time(12)), envelope=Decimal(0), at=at - timedelta(weeks=11),
    )  # fmt: skip
    calls.lead(interest, "open", by=account("agent@region.example"), at=session.opens_at)
    db.session.flush()
    for index, each in enumerate(EXPRESSIONS):
        _expression(session, index, each, at)
    calls.lead_session(session, "open", by=None, at=session.opens_at)
    calls.lead_session(session, "close", by=None, at=session.closes_at)
    calls.lead(interest, "close", by=account("agent@region.example"), at=session.closes_at)


def _installed(document: dict[str, Any], *, since: datetime, rules: bool) -> Call:
    agent, direction = account("agent@region.example"), account("direction@region.example")
    call = calls.install(document, at=since, by=agent)
    if rules:
        body = tiny_pdf("Reglement de l'appel")
        written = storage.write_bytes(body, "reglement-dossier-complet.pdf", "application/pdf")
        calls.add_regulation(call, written, by=agent, at=since)
    calls.lead(call, "ask_review", by=agent, at=since + timedelta(days=2))
    calls.lead(call, "publish", by=direction, at=since + timedelta(days=4))
    return call


def _full() -> dict[str, Any]:
    base = read("permanent")
    strand = next(each for each in base["strands"] if each["code"] == "A")
    named = {"slug": "littoral-dossier-complet", "code": "LITTORAL-2", "title": "Littoral vivant : le dossier complet"}
    return base | named | {
        "kind": "themed", "promise": "Pour construire les maquettes vivantes que la première étape a fait naître.",
        "description": "La deuxième étape de « Littoral vivant » : le projet en détail, son budget et ses pièces.",
        "strands": [{**strand, "scale": 10, "criteria": [{**each, "guidance": []} for each in strand["criteria"]]}],
        "rules": [each for each in base["rules"] if each.get("strand", "A") == "A"],
        "documents": [each for each in base["documents"] if each.get("strand", "A") == "A"], "by_invitation": True,
        "objectives": list(calls.objectives())[5:7],
    }  # fmt: skip


def _interest() -> dict[str, Any]:
    base = read("permanent")
    ask: dict[str, Any] = {"section": "Votre idée", "kind": "long_text", "max_length": 1500}
    questions = [
        {**ask, "key": "uses", "label": "Qui s’en servira, et pour décider de quoi ?"},
        {**ask, "key": "partners", "label": "Avec qui feriez-vous ce projet ?", "required": False},
    ]
    named = {"slug": "littoral-vivant", "code": "LITTORAL-1", "title": "Littoral vivant : dites-nous votre idée"}
    return base | named | {
        "kind": "interest", "promise": "Pour imaginer ensemble des maquettes vivantes du trait de côte.",
        "description": "Une première étape courte : une idée, des usages, une estimation. La Région invite ensuite les projets qu’elle retient à déposer un dossier complet.",
        "strands": [{**base["strands"][0], "code": "A", "title": "Une idée pour le littoral", "questions": questions}],
        "questions": [], "rules": [], "documents": [], "leads_to": "LITTORAL-2", "money_asked": "estimate", "aid_regime": "none",
        "amounts": "Rien à cette étape\nle dossier complet : 50 % des dépenses",
        "objectives": list(calls.objectives())[5:7],
    }  # fmt: skip


def _expression(session: CallSession, index: int, given: tuple[str, str, str, int, str | None], at: datetime) -> None:
    named, title, summary, estimate, answer = given
    officer = account("instruction@region.example")
    handed_in = session.closes_at - timedelta(days=6 - index, hours=3)
    organisation = db.session.scalars(select(Organisation).where(Organisation.name == named)).one()
    file = services.start(
        session, session.call.strands[0], organisation, title, by=officer, at=handed_in - timedelta(days=5),
        known={"territory_code": organisation.territory_code, "requested_amount": Decimal(estimate)},
    )  # fmt: skip
    file.created_by_id, file.summary = None, summary
    file.description = f"{summary}\n\nNous en sommes à l’idée : trois ateliers nous diront si elle tient."
    file.frame_note = "Le projet sert l’axe 2 de la stratégie Smart Région."
    file.starts_on, file.ends_on = local_day(at) + timedelta(days=240), local_day(at) + timedelta(days=600)
    file.answers = {"uses": "Les communes du littoral, pour choisir où construire et où laisser la place à la mer."}
    file.theme = db.session.scalars(
        select(Theme).where(Theme.set == session.call.theme_set).order_by(Theme.position)
    ).first()
    half = Decimal(estimate)
    services.save_budget(
        file, [("Ateliers et prototype, à affiner", ExpenseCategory.SERVICES, 2 * half)], half,
        [("Budget propre", FundingKind.OWN, FundingState.SOUGHT, half)], version=None, at=handed_in,
    )  # fmt: skip
    services.accept_commitments(file, True, at=handed_in)
    register_deposit(file, handed_in)
    if answer == "invite":
        strand = session.call.leads_to.strands[0] if session.call.leads_to else file.strand
        services.invite(file, strand, MESSAGE, {}, by=officer, at=at - timedelta(days=2))
    elif answer == "not_retain":
        services.not_retain(file, REASON, by=officer, at=at - timedelta(days=2))


def register_deposit(file: Application, at: datetime) -> None:
    """The file was handed in at this instant: number, state, receipt."""
    engage(file, at)
    year = local_day(at).year
    file.receipt_number = f"AR-{year}-{next_number('receipt', year):05d}"
    file.submitted_at, file.state, file.saved_at = at, ApplicationState.SUBMITTED, at
    file.silence_on = services.clock(file).silence_on
    journal.record("application.submitted", on=file, by=None, at=at, after={"receipt": file.receipt_number})
    services.issue_receipt(file, at=at)
