"""A second chance: a file that ended without an award, or a draft whose session closed, is taken up in a session that accepts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.applications.models import Application
from programme.applications.queries import again, invitations
from programme.applications.rules import carrying as rule
from programme.applications.rules.carrying import Left
from programme.applications.rules.remarks import Pinned, Remark
from programme.applications.services import carrying
from programme.applications.services.deposit import withdraw
from programme.applications.services.draft import start
from programme.applications.states import ApplicationState, PieceState
from programme.calls import queries as calls
from programme.calls.models import CallSession, CallStrand, RequiredDocument
from programme.core import journal
from programme.core.clock import local_day
from programme.core.i18n import datetime_short
from programme.extensions import db

Teller = Callable[[Application], Iterable[Remark]]
_tellers: list[Teller] = []
_CLOSED_WITH_REASON = frozenset({ApplicationState.INADMISSIBLE, ApplicationState.REDIRECTED, ApplicationState.DROPPED})


def register_teller(function: Teller) -> Teller:
    """Let an upper room add what it told the applicant of a file: the decision and its reason."""
    _tellers.append(function)
    return function


@dataclass(frozen=True)
class Place:
    """Where a file may be taken up: a session that accepts, the strand of its call, and what would stay behind."""

    session: CallSession
    strand: CallStrand
    is_same_call: bool
    left: list[Left]

    @property
    def code(self) -> str:
        """What a form sends."""
        return str(self.session.id)


def places(former: Application, at: datetime) -> list[Place]:
    """The sessions that accept and can take the file up: those of its call first, then those of calls that share answers."""
    sessions = [each for each in db.session.scalars(calls.accepting(at)) if _may_enter(former, each)]
    numbers = {each.call_id for each in sessions}
    strands = db.session.scalars(again.strands_of_calls(numbers)).all()
    documents = db.session.scalars(again.documents_of_calls(numbers)).all()
    found = []
    for session in sessions:
        strand = _strand(former, [each for each in strands if each.call_id == session.call_id], session)
        if strand is not None:
            found.append(_place(former, session, strand, documents, at))
    return sorted(found, key=lambda each: (not each.is_same_call, each.session.closes_at, each.session.id))


def _may_enter(former: Application, session: CallSession) -> bool:
    """A call by invitation takes up the files of the projects that it invited, and no others."""
    call = session.call
    return not call.by_invitation or db.session.scalars(invitations.to(former.project_id, call.id)).first() is not None


def _place(
    former: Application, session: CallSession, strand: CallStrand, documents: Iterable[RequiredDocument], at: datetime
) -> Place:
    same, own = session.call_id == former.session.call_id, [e for e in documents if e.call_id == session.call_id]
    if same and former.state is ApplicationState.DRAFT:
        return Place(session, strand, is_same_call=True, left=[])  # The very draft moves, with all that it holds.
    left = carrying.foresee(former, session.call, strand, own, at=at)
    return Place(session, strand, same, left)


def _strand(former: Application, strands: list[CallStrand], session: CallSession) -> CallStrand | None:
    """The same strand in the same call; elsewhere the one that can hold the most answers, and at least half of them."""
    if session.call_id == former.session.call_id:
        return next((each for each in strands if each.id == former.strand_id), None)
    asked = former.form_definition.questions
    fitting = [(rule.shared(asked, former.answers, each.form_definition.questions), each) for each in strands]
    most, best = max(fitting, key=lambda each: each[0], default=(0, None))
    given = sum(each.key in former.answers for each in asked)
    return best if most and 2 * most >= given else None


def next_opening(former: Application, at: datetime) -> str:
    """Why a file that no session accepts now has to wait, and until when, in a sentence."""
    following = db.session.scalars(calls.next_sessions(former.session.call_id, at)).first()
    if following is None:
        return _("Aucune relève n’accepte de dossier pour le moment. Les dates paraîtront sur la page de l’appel.")
    return _(
        "Aucune relève n’accepte encore de dossier. La suivante, « %(label)s », ouvre le %(opens)s.",
        label=following.label, opens=datetime_short(following.opens_at),
    )  # fmt: skip


def take_up(
    former: Application, session: CallSession, strand: CallStrand, copies: carrying.Copies, *, by: Account, at: datetime
) -> Application:
    """Open a draft with all that it can hold of a former file, what was told of it pinned beside; twice: the same draft.

    A former draft is replaced: it is withdrawn and stays readable.

    Raises:
        RuleBroken: the session does not accept at this instant.
    """
    found = db.session.scalars(again.continuation(former.id, session.id)).first()
    if found is not None:
        return found
    draft = start(
        session, strand, former.organisation, former.title, by=by, at=at, project=former.project
    )  # fmt: skip
    left = carrying.carry(former, draft, copies, by=by, at=at)
    draft.continued_from_id = former.id
    draft.pinned = pinned(former, left).to_json()
    journal.record("application.taken_up", on=draft, by=by, at=at, after={"from": former.reference})
    if former.state is ApplicationState.DRAFT:
        withdraw(former, by=by, at=at)
    return draft


def pinned(former: Application, left: list[Left]) -> Pinned:
    """What stands beside the new draft: what was told of the last file handed in, and what stays behind of this one."""
    earlier = Pinned.from_json(former.pinned) if former.pinned else None
    if former.submitted_at is None:
        number, last = (earlier.number, earlier.former) if earlier else (1, None)
        return Pinned(number, last, earlier.told if earlier else (), left)
    return Pinned((earlier.number if earlier else 1) + 1, former.id, told(former), left)


def told(former: Application) -> list[Remark]:
    """What the applicant was told and may read today of a file: never an inner opinion, a mark or a reader."""
    found = [remark for teller in _tellers for remark in teller(former)]
    if former.state in _CLOSED_WITH_REASON and former.closing_reason:
        found.append(Remark("closing", former.closing_reason))
    found += [
        Remark("request", each.message, local_day(each.asked_at), tuple(each.items))
        for each in reversed(former.info_requests)
    ]
    found += [
        Remark("piece", each.note, about=each.label)
        for each in former.asked_pieces
        if each.state is PieceState.REFUSED and each.note
    ]
    return found
