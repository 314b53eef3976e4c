"""The applications: every state, each with the past that it supposes; a tenth is marked three times."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from programme.applications.models import (
    Application,
    ApplicationDataset,
    BudgetLine,
    FundingSource,
    InfoRequest,
    Piece,
)
from programme.applications.rules import state_aid
from programme.applications.states import ApplicationState as S
from programme.applications.states import ExpenseCategory, FundingKind, FundingState, PieceState
from programme.assessment.models import CommitteeOpinion, Decision
from programme.assessment.states import DecisionState, Opinion, Outcome
from programme.calls.models import CallSession, CallStrand
from programme.cli.seeding.bulk import Bulk
from programme.cli.seeding.ground import Carrier, Ground, Past
from programme.cli.seeding.words import Story
from programme.core import search
from programme.core.clock import local_day
from programme.core.identifiers import ALPHABET, slugify
from programme.core.periods import add_months
from programme.evaluation.models import Evaluation, Score
from programme.evaluation.scoring import weighted_score
from programme.evaluation.states import EvaluationState, Recommendation, SubjectKind
from programme.grants.models import Grant
from programme.grants.states import GrantState
from programme.projects.models import Project
from programme.questionnaires.rules.fields import Question, asked
from programme.questionnaires.rules.kinds import UNTYPED, FieldKind
from programme.questionnaires.rules.samples import plausible
from programme.strategy.models import Theme

MARKED = 10
"""One file in so many is marked, three times."""
SPREAD: dict[S, int] = {
    S.DRAFT: 8, S.SUBMITTED: 6, S.INFO_REQUESTED: 3, S.ADMISSIBLE: 4, S.INADMISSIBLE: 4, S.UNDER_REVIEW: 3, S.SCORING: 2,
    S.FAVOURABLE: 3, S.RESERVED: 1, S.DEFERRED: 1, S.UNFAVOURABLE: 2, S.ON_AGENDA: 4, S.AWARDED: 31, S.REJECTED: 18,
    S.REDIRECTED: 2, S.WITHDRAWN: 5, S.DROPPED: 3,
}  # fmt: skip
"""Parts of a hundred, for the files that are not marked."""
WAITING = (S.SUBMITTED, S.ADMISSIBLE, S.UNDER_REVIEW, S.SCORING, S.COMMITTEE_READY, S.DEFERRED)
NOT_ADMITTED = (S.DRAFT, S.SUBMITTED, S.INFO_REQUESTED, S.INADMISSIBLE, S.WITHDRAWN, S.DROPPED, S.REDIRECTED)
ENDED = (S.AWARDED, S.REJECTED, S.INADMISSIBLE, S.REDIRECTED, S.DROPPED)
OPINIONS = {
    S.FAVOURABLE: Opinion.FAVOURABLE, S.RESERVED: Opinion.RESERVED, S.DEFERRED: Opinion.DEFERRED,
    S.UNFAVOURABLE: Opinion.UNFAVOURABLE, S.ON_AGENDA: Opinion.FAVOURABLE, S.AWARDED: Opinion.FAVOURABLE,
    S.REJECTED: Opinion.UNFAVOURABLE,
}  # fmt: skip
COSTS = (
    ("Conduite du projet", ExpenseCategory.STAFF, 4), ("Collecte et développement", ExpenseCategory.SERVICES, 5),
    ("Ateliers et médiation", ExpenseCategory.SERVICES, 1),
)  # fmt: skip
"""Label, nature, tenths of the cost."""
SOURCES = (
    ("Intercommunalité", FundingKind.PUBLIC, FundingState.SOUGHT, 4), ("Fonds propres", FundingKind.OWN, FundingState.OBTAINED, 6),
)  # fmt: skip
CLOSED = {
    S.INADMISSIBLE: "Le calendrier du projet a commencé avant le dépôt.",
    S.REDIRECTED: "Le projet relève d’un autre appel de la Région.",
    S.DROPPED: "Les pièces demandées ne sont pas parvenues dans le délai.",
}  # fmt: skip

AIDS = {
    False: state_aid.to_json(state_aid.Declaration(has_activity=False)),
    True: state_aid.to_json(state_aid.Declaration(is_linked=False, has_received=False, is_sworn=True)),
}
"""What a carrier declares of its State aid, by whether it is a company: neither received any."""


@dataclass(frozen=True)
class File:
    """What the parts of one application have in common."""

    number: int
    state: S
    session_id: int
    past: Past | None
    strand: CallStrand
    carrier: Carrier
    theme: Theme
    story: Story
    deposit: datetime
    asked: Decimal


class Dossiers:
    """Makes applications one after the other; `awarded` are the projects that may continue as a reuse."""

    def __init__(self, bulk: Bulk, ground: Ground, chance: Random) -> None:
        self.bulk, self.ground, self.chance = bulk, ground, chance
        self.awarded: list[tuple[int, Carrier]] = []
        self.committed: dict[int, Decimal] = defaultdict(Decimal)
        self._answers: dict[tuple[int, str, str], dict[str, Any]] = {}
        self._states = [state for state, parts in SPREAD.items() for _each in range(parts)]

    def make(self, rank: int) -> None:
        """One application with everything that hangs on it."""
        chance, number = self.chance, self.bulk.last(Application) + 1
        state = S.COMMITTEE_READY if rank % MARKED == 0 else chance.choice(self._states)
        strand, session = chance.choice(self.ground.call.strands), self._session(state)
        closes = min(session.closes_at, self.ground.at - timedelta(days=2))
        file = File(
            number, state, session.id, session if isinstance(session, Past) else None, strand, chance.choice(self.ground.carriers),
            chance.choice(self.ground.themes), Story(number, chance),
            closes - timedelta(days=chance.randint(1, 20), minutes=chance.randint(5, 600)),
            Decimal(chance.randint(16, 45) * 500 if strand.code == "A" else chance.randint(8, 30) * 500),
        )  # fmt: skip
        project = self._project(file)
        self.bulk.add(Application, project_id=project, **self._row(file))
        self._parts(file)
        self._life(file, project)

    def _session(self, state: S) -> Past | CallSession:
        """The session in which a file of this state is."""
        ground = self.ground
        kept = {
            S.COMMITTEE_READY: ground.scored, S.ADMISSIBLE: ground.reading, S.UNDER_REVIEW: ground.reading,
            S.SCORING: ground.reading, S.FAVOURABLE: ground.held, S.RESERVED: ground.held, S.DEFERRED: ground.held,
            S.UNFAVOURABLE: ground.held, S.ON_AGENDA: ground.agenda,
        }  # fmt: skip
        if state in (S.DRAFT, S.SUBMITTED, S.INFO_REQUESTED):
            return ground.open_session or ground.reading
        return kept.get(state) or self.chance.choice(ground.past)

    def _project(self, file: File) -> int:
        awarded = file.state is S.AWARDED
        return self.bulk.add(
            Project, slug=f"{slugify(file.story.title)}-d{file.number}", title=file.story.title, summary=file.story.summary,
            organisation_id=file.carrier.id, theme_id=file.theme.id, territory=file.carrier.city,
            created_by_id=file.carrier.account_id, created_at=file.deposit - timedelta(days=12),
            public_since=file.deposit + timedelta(days=120) if awarded else None,
        )  # fmt: skip

    def _row(self, file: File) -> dict[str, Any]:
        state, deposit = file.state, file.deposit
        handed_in, day = state is not S.DRAFT, local_day(deposit)
        admitted = deposit + timedelta(days=9) if state not in NOT_ADMITTED else None
        starts = day + timedelta(days=150)
        return {
            "reference": reference(file.number), "receipt_number": f"AR-{day.year}-G{file.number:06d}" if handed_in else None,
            "session_id": file.session_id, "strand_id": file.strand.id, "organisation_id": file.carrier.id,
            "form_definition_id": file.strand.form_definition_id, "created_by_id": file.carrier.account_id, "state": state,
            "officer_id": self.ground.officer_id if state not in (S.DRAFT, S.SUBMITTED, S.WITHDRAWN) else None,
            "title": file.story.title, "summary": file.story.summary, "description": file.story.text(), "theme_id": file.theme.id,
            "frame_note": "Le projet sert l’axe 2 de la stratégie Smart Région et le Plan Climat régional.",
            "territory_code": file.carrier.territory, "starts_on": starts, "ends_on": add_months(starts, 11),
            "requested_amount": file.asked, "commitments_accepted": handed_in, "answers": self._answered(file),
            "aid": AIDS[file.carrier.kind in state_aid.COMPANIES] if handed_in else None,
            "created_at": deposit - timedelta(days=12), "saved_at": deposit, "submitted_at": deposit if handed_in else None,
            "complete_at": admitted, "silence_on": add_months(local_day(admitted or deposit), 2) if state in WAITING else None,
            "decided_at": deposit + timedelta(days=130) if state in ENDED else None, "closing_reason": CLOSED.get(state),
        }  # fmt: skip

    def _answered(self, file: File) -> dict[str, Any]:
        """Answers to all that is asked, the same for the files of one strand, kind of carrier and theme."""
        strand, kind, theme = file.strand, file.carrier.kind.value, file.theme.code
        if (strand.id, kind, theme) not in self._answers:
            context: dict[str, Any] = {"theme": theme, "carrier_kind": kind, "strand": strand.code}
            given: dict[str, Any] = {}
            for question in strand.form_definition.questions:
                if question.kind not in UNTYPED and question in asked(strand.form_definition.questions, given, context):
                    given[question.key] = answer(question)
            self._answers[strand.id, kind, theme] = given
        return self._answers[strand.id, kind, theme]

    def _parts(self, file: File) -> None:
        """Budget, financing plan, pieces still expected, data sets."""
        add, number, asked = self.bulk.add, file.number, file.asked
        for place, (label, category, tenths) in enumerate(COSTS):
            amount = 2 * asked * tenths / 10
            add(BudgetLine, application_id=number, position=place, label=label, category=category, amount=amount)
        for place, (label, kind, sought, tenths) in enumerate(SOURCES):
            amount = asked * tenths / 10
            add(
                FundingSource,
                application_id=number,
                position=place,
                label=label,
                kind=kind,
                state=sought,
                amount=amount,
            )
        for piece in self.ground.call.required_documents:
            if piece.applies_to(strand_id=file.strand.id, carrier_kind=file.carrier.kind, theme_code=file.theme.code):
                add(
                    Piece,
                    application_id=number,
                    required_document_id=piece.id,
                    question_key=None,
                    state=PieceState.EXPECTED,
                )
        for question in file.strand.form_definition.questions:
            if question.kind is FieldKind.FILE:
                add(
                    Piece,
                    application_id=number,
                    required_document_id=None,
                    question_key=question.key,
                    state=PieceState.EXPECTED,
                )
        known = self.ground.datasets.get(file.theme.id) or []
        if known:
            dataset = self.chance.choice(known)
            add(ApplicationDataset, application_id=number, position=0, dataset_id=dataset.id, title=dataset.title,
                use="Point de départ du projet", is_opened=False)  # fmt: skip
        title = f"{file.story.title}, données du projet"
        add(ApplicationDataset, application_id=number, position=1, dataset_id=None, title=title,
            use="Jeu que le projet crée et publie", is_opened=True)  # fmt: skip

    def _life(self, file: File, project: int) -> None:
        """What followed the deposit: acts, requests, marks, opinions, decisions, grants."""
        number, state, by = file.number, file.state, file.carrier.account_id
        self.bulk.act("application.started", Application, number, file.deposit - timedelta(days=12), by)
        if state is not S.DRAFT:
            self.bulk.act("application.submitted", Application, number, file.deposit, by)
        if state is S.INFO_REQUESTED:
            self._ask(number, file.deposit)
        if state in (S.COMMITTEE_READY, S.SCORING):
            self._read(number, file.strand, file.deposit, done=state is S.COMMITTEE_READY)
        if file.past is None:
            return
        if state in OPINIONS:
            self._judge(number, OPINIONS[state], file.past, file.asked)
        if state in (S.ON_AGENDA, S.AWARDED, S.REJECTED):
            decision = self._decide(number, state, file.past, file.asked)
            if state is S.AWARDED:
                self._grant(file, file.past, decision, project)

    def _ask(self, number: int, deposit: datetime) -> None:
        when = max(deposit, self.ground.at - timedelta(days=9))
        self.bulk.add(
            InfoRequest, application_id=number, message="Le budget n’est pas signé. Déposez-le de nouveau, signé.",
            items=["Budget"], asked=["budget"], asked_at=when, due_on=local_day(when) + timedelta(days=15), asked_by_id=self.ground.officer_id,
        )  # fmt: skip

    def _read(self, number: int, strand: CallStrand, deposit: datetime, *, done: bool) -> None:
        """Three readers who have handed in, or two at work."""
        base, readers = self.chance.randint(1, 4), self.ground.readers
        for place in range(3 if done else 2):
            marks = {each.code: min(5, max(0, base + self.chance.randint(-1, 1))) for each in strand.grid.criteria}
            total = weighted_score(marks, strand.grid.weighted, strand.grid.scale)
            assigned = deposit + timedelta(days=20)
            evaluation = self.bulk.add(
                Evaluation, subject_kind=SubjectKind.APPLICATION, subject_id=number, grid_id=strand.grid_id,
                reviewer_id=readers[(number * 3 + place) % len(readers)], assigned_at=assigned,
                state=EvaluationState.LOCKED if done else EvaluationState.IN_PROGRESS, due_at=assigned + timedelta(days=30),
                declared_at=assigned + timedelta(days=1), submitted_at=assigned + timedelta(days=15) if done else None,
                total=total if done else None, recommendation=_recommendation(total), comment="Dossier clair, calendrier tenable.",
            )  # fmt: skip
            for criterion in strand.grid.criteria:
                self.bulk.add(
                    Score, evaluation_id=evaluation, criterion_id=criterion.id, mark=marks[criterion.code],
                    justification="Les éléments du dossier le montrent.",
                )  # fmt: skip

    def _judge(self, number: int, opinion: Opinion, session: Past, asked: Decimal) -> None:
        self.bulk.add(
            CommitteeOpinion, meeting_id=session.meeting_id, application_id=number, opinion=opinion,
            reason="Le comité suit l’avis des lecteurs.", given_at=session.closes_at + timedelta(weeks=10),
            proposed_amount=asked if opinion is Opinion.FAVOURABLE else None, given_by_id=self.ground.officer_id,
        )  # fmt: skip

    def _decide(self, number: int, state: S, session: Past, asked: Decimal) -> int:
        released = state is not S.ON_AGENDA
        if state is S.AWARDED:
            self.committed[session.id] += asked
        return self.bulk.add(
            Decision, application_id=number, outcome=Outcome.REJECT if state is S.REJECTED else Outcome.AWARD,
            amount=None if state is S.REJECTED else asked, eligible_cost=2 * asked,
            reason="Le projet n’atteint pas la note de l’appel." if state is S.REJECTED else "Le projet sert un objectif de l’appel.",
            state=DecisionState.RELEASED if released else DecisionState.PENDING,
            prepared_at=session.voted_at - timedelta(days=20), prepared_by_id=self.ground.officer_id,
            deliberation_id=session.deliberation_id if released else None,
            released_at=session.voted_at + timedelta(days=7) if released else None,
            released_by_id=self.ground.officer_id if released else None,
        )  # fmt: skip

    def _grant(self, file: File, session: Past, decision: int, project: int) -> None:
        told, call, story = session.voted_at + timedelta(days=7), self.ground.call, file.story
        self.awarded.append((project, file.carrier))
        self.bulk.add(
            Grant, decision_id=decision, application_id=file.number, project_id=project, organisation_id=file.carrier.id,
            call_id=call.id, theme_id=file.theme.id, territory_code=file.carrier.territory, state=GrantState.IN_PROGRESS,
            amount=file.asked, eligible_cost=2 * file.asked, voted_on=local_day(session.voted_at), opened_at=told, notified_at=told,
            search_text=search.document(
                story.title, story.summary, file.carrier.name, file.carrier.city, call.title, file.theme.label
            ),
        )  # fmt: skip


def _recommendation(total: Decimal) -> Recommendation:
    if total >= 60:
        return Recommendation.FAVOURABLE
    return Recommendation.RESERVED if total >= 50 else Recommendation.UNFAVOURABLE


def reference(number: int) -> str:
    """A reference that looks drawn, one for each number: 31^8 of them, walked by a step without a common factor."""
    left, signs = (number * 400_000_000_123 + 271_828_182_845) % len(ALPHABET) ** 8, ""
    for _each in range(8):
        left, rest = divmod(left, len(ALPHABET))
        signs += ALPHABET[rest]
    return f"DT-{signs[:4]}-{signs[4:]}"


def answer(question: Question) -> Any:
    """A plausible answer."""
    plain: Mapping[FieldKind, Any] = {
        FieldKind.TEXT: "Les communes voisines, depuis 2019.",
        FieldKind.LONG_TEXT: "La mise à jour entre dans le travail ordinaire de deux personnes nommées ; la méthode est écrite.",
    }  # fmt: skip
    return plain[question.kind] if question.kind in plain else plausible(question)
