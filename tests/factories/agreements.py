"""Released awards, and agreements brought to any state by the services that people use."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from programme.accounts.models import Account
from programme.accounts.states import Role
from programme.agreements import services
from programme.agreements.models import Agreement, PartnershipRequest
from programme.agreements.states import AgreementState
from programme.applications.models import Application, ApplicationDataset, BudgetLine, FundingSource
from programme.applications.states import ApplicationState, ExpenseCategory, FundingKind, FundingState
from programme.assessment.models import Decision, Deliberation
from programme.assessment.states import DecisionState, Outcome
from programme.calls.models import Call, CallSession, CallStrand
from programme.calls.states import CallKind, CallState, SessionState
from programme.core.clock import local_day, now
from programme.evaluation.models import Grid
from programme.extensions import db
from programme.grants import services as grants
from programme.grants.models import Grant
from programme.organisations.models import Organisation
from programme.organisations.states import OrganisationKind
from programme.projects.models import Project
from programme.questionnaires.models import FormDefinition
from programme.strategy.models import Theme, ThemeSet
from tests.factories.people import account, member, organisation

_number = count(1)
# In the morning: the day of UTC is then the Region's, whatever the hour at which the suite runs.
AT = (now() - timedelta(days=40)).replace(hour=9, minute=0, second=0, microsecond=0)
VOTED = (AT - timedelta(days=20)).date()
PATH = (
    "prepare",
    "values",
    "ask_review",
    "approve",
    "send",
    "sign_as_partner",
    "sign_as_region",
    "activate",
    "mark_to_renew",
)


def deliberation(*, executory: bool = True, number: str = "") -> Deliberation:
    """A vote twenty days before AT, executory unless said otherwise. Inside a unit of work."""
    made = Deliberation(
        number=number or f"26-{next(_number):04d}", title="Attribution d’aides", voted_on=VOTED, recorded_at=AT,
        published_on=VOTED + timedelta(days=5) if executory else None,
        received_on=VOTED + timedelta(days=6) if executory else None,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def call(*, fund: str = "Budget régional", code: str = "", title: str = "Données ouvertes") -> Call:
    """A call with one strand and one session. Inside a unit of work."""
    index = next(_number)
    made = Call(
        slug=f"appel-{index}", code=code or f"DATA-{index}", title=title, kind=CallKind.PERMANENT, state=CallState.OPEN,
        promise="", description="", audience="", amounts="", answer_delay="", fund=fund, theme_set=ThemeSet.DATA,
        appeal_text="", receipt_service="", created_at=AT,
    )  # fmt: skip
    made.strands = [
        CallStrand(
            code="A", title="Volet A", summary="", grid=Grid(code=f"grille-{index}", title="Grille"),
            form_definition=FormDefinition(code=f"q-{index}", version=1, title="Q", questions_json=[], created_at=AT),
        )
    ]  # fmt: skip
    made.sessions = [
        CallSession(
            number=1, label="Relève 1", state=SessionState.VOTED, opens_at=AT - timedelta(days=200),
            closes_at=AT - timedelta(days=100), envelope_amount=Decimal(1_000_000),
        )
    ]  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def award(
    amount: str = "14000", cost: str = "28000", *, to: Organisation | None = None, of: Call | None = None,
    title: str = "Ombre Fraîche : où planter d’abord", vote: Deliberation | None = None,
    kind: OrganisationKind = OrganisationKind.ASSOCIATION, lines: Sequence[tuple[str, str]] = (), opens: int = 1,
    theme: Theme | None = None,
) -> Decision:  # fmt: skip
    """A released award on a whole application. Inside a unit of work."""
    index, of = next(_number), of or call()
    to = to or organisation(f"Atelier Canopée {index}", kind)
    to.address, to.representative_name, to.representative_title = "1 rue Droite", "Ana Olivi", "présidente"
    theme = theme or Theme(set=ThemeSet.DATA, code=f"theme-c-{index}", label=f"Aménagement {index}", drawing="parcelle")
    project = Project(title=title, slug=f"projet-a-{index}", organisation_id=to.id, created_at=AT)
    spent = list(lines) or [("Levé de l’ombre portée", cost)]
    total = sum((Decimal(value) for _label, value in spent), Decimal(0))
    application = Application(
        reference=f"DT-{index:04d}", receipt_number=f"AR-{index:05d}", session=of.sessions[0], strand=of.strands[0],
        organisation=to, project=project, form_definition=of.strands[0].form_definition, state=ApplicationState.AWARDED,
        title=title, summary="Une carte publique de l’ombre, rue par rue.", theme=theme, territory_code="06",
        starts_on=date(2026, 9, 1), ends_on=date(2027, 8, 31), requested_amount=Decimal(amount), created_at=AT,
        saved_at=AT, submitted_at=AT, decided_at=AT,
        budget_lines=[
            BudgetLine(position=place, label=label, category=ExpenseCategory.SERVICES, amount=Decimal(value))
            for place, (label, value) in enumerate(spent)
        ],
        funding_sources=[
            FundingSource(
                position=0, label="Ville de Nice", kind=FundingKind.PUBLIC, state=FundingState.OBTAINED,
                amount=(total - Decimal(amount)) / 2,
            )
        ],
        datasets=[
            ApplicationDataset(position=place, title=f"Ombre portée {place + 1}", is_opened=True) for place in range(opens)
        ],
    )  # fmt: skip
    db.session.add(application)
    db.session.flush()
    decision = Decision(
        application=application, outcome=Outcome.AWARD, amount=Decimal(amount), eligible_cost=Decimal(cost), reason="Utile.",
        state=DecisionState.RELEASED, prepared_at=AT, prepared_by_id=account(Role.OFFICER_FILE).id,
        deliberation=vote or deliberation(), released_at=AT,
    )  # fmt: skip
    db.session.add(decision)
    db.session.flush()
    return decision


def grant(**values: Any) -> Grant:
    """A grant opened by a released award. Inside a unit of work."""
    made = grants.open_grant(award(**values), by=None, at=AT)
    db.session.flush()
    return made


GRANT_VALUES = {
    "framework_act": "25-0101 du 12 décembre 2025", "financial_rules_act": "24-0044 du 3 avril 2024",
    "commitment_number": "E26-0042", "budget_line": "chapitre 930, article 65748", "de_minimis_received": "aucune",
}  # fmt: skip
PARTNER_VALUES = {
    "framework_act": "25-0102 du 12 décembre 2025",
    "organisation_act": "la délibération 12 du 3 mai 2026",
}


def partner(name: str = "", *, to: Organisation | None = None, datasets: int = 2) -> PartnershipRequest:
    """A request for a partnership, with its owner. Inside a unit of work."""
    to = to or organisation(name or f"Métropole {next(_number)}", OrganisationKind.GROUPING)
    to.address, to.representative_name, to.representative_title = "2 quai Neuf", "Paul Roy", "président"
    person = account()
    member(person, to)
    made = services.request_partnership(
        to, wishes="Publier nos arrêts de bus.", contact_name="Lou Petit", contact_email="lou@exemple.fr",
        datasets=[{"title": f"Arrêts {place + 1}", "due_on": AT.date() + timedelta(days=30 + 60 * place)} for place in range(datasets)],
        nonce=f"n-{next(_number)}", by=person, at=AT,
    )  # fmt: skip
    db.session.flush()
    return made


def partnership_agreement(
    state: AgreementState = AgreementState.DRAFT, *, request: PartnershipRequest | None = None
) -> Agreement:
    """A partnership agreement in a state. Inside a unit of work."""
    request = request or partner()
    officer = account(Role.OFFICER_PROGRAMME)
    services.lead_partner(request.partnership, "review", by=officer, at=AT)
    made = services.open_for_request(request, by=officer, at=AT)
    db.session.flush()
    return advance(made, state)


def grant_agreement(state: AgreementState = AgreementState.DRAFT, **values: Any) -> Agreement:
    """A grant agreement in a state, with its grant. Inside a unit of work."""
    made = grant(**values).agreement
    assert made is not None
    return advance(made, state)


def owner_of(agreement: Agreement) -> Account:
    """A person who signs for the organisation. Inside a unit of work."""
    person = account(name="Ana Olivi")
    member(person, agreement.organisation)
    return person


def advance(agreement: Agreement, state: AgreementState, *, at: datetime = AT) -> Agreement:
    """Walk the agreement to a state, each step by its service."""
    services.install_templates(at=at)
    for step in PATH:
        if agreement.state is state and step != "values":
            break
        _step(agreement, step, at)
    if state is AgreementState.EXPIRED:
        agreement.ends_on = AT.date() - timedelta(days=1)
        services.expire(agreement, by=None, at=at)
    if state is AgreementState.TERMINATED:
        services.terminate(agreement, "Données retirées.", on=at.date(), by=None, at=at)
    db.session.flush()
    return agreement


def _step(agreement: Agreement, step: str, at: datetime) -> None:
    is_grant = agreement.amount is not None
    if step == "values":
        if not is_grant and agreement.deliberation is None:
            agreement.deliberation = deliberation()
        wanted = GRANT_VALUES if is_grant else PARTNER_VALUES
        services.set_values(agreement, wanted, frozenset(agreement.flags), version=None, by=None, at=at)
    elif step == "sign_as_partner":
        services.sign_as_partner(
            agreement, name="Ana Olivi", capacity="présidente", text_sha256=agreement.text_sha256 or "",
            by=owner_of(agreement), at=at,
        )  # fmt: skip
    elif step == "sign_as_region":
        services.sign_as_region(agreement, name="Jean Roux", capacity="président", on=local_day(at), by=None, at=at)
    else:
        getattr(services, step)(agreement, by=None, at=at)
