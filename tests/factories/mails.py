"""Every mail of the house, written from whole records: ordinary names, or the longest that the forms let through."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from types import SimpleNamespace

from programme.accounts import notifications as to_accounts
from programme.accounts.states import Role
from programme.agreements import notifications as to_partners
from programme.agreements.states import AgreementState
from programme.applications import documents as receipts
from programme.applications import notifications as to_applicants
from programme.applications.models import InfoRequest, Message
from programme.applications.states import ApplicationState, MessageSide
from programme.assessment import notifications as to_readers
from programme.assessment.documents import Letter
from programme.calls.models import CallRevision
from programme.core.mail import Mail
from programme.events import notifications as to_participants
from programme.events.states import EndReason, EventState, RegistrationState, TeamState
from programme.organisations import notifications as to_members
from programme.organisations.models import Handover, Membership, OwnershipRequest
from programme.organisations.states import MembershipRole, OwnershipRequestState
from programme.reuses import notifications as to_reusers
from programme.reuses.models import ReuseFlag
from programme.reuses.states import FlagReason, ReuseState
from tests.factories import agreements, applications, assessment, calls, events, people, reuses
from tests.factories.people import NOON

_number = count(1)
LONG = (
    "Observatoire partagé de l’ombre portée, de la chaleur ressentie & de la végétation des rues, des places et des cours "
    "d’école de toutes les communes volontaires du littoral"
)
REASON = (
    "Le besoin est décrit avec soin. Les usages ne sont pas encore nommés : qui se sert des données, à quel moment, avec quel "
    "outil ?\n\nVoir https://region.example/guide/usages-des-donnees-ouvertes-du-territoire-et-de-ses-communes-littorales"
)
APPEAL = (
    "Vous pouvez contester cette décision dans les deux mois qui suivent sa notification :\n"
    "– par un recours gracieux, adressé au président du conseil régional ;\n"
    "– par un recours devant le tribunal administratif de Marseille, par courrier ou sur citoyens.telerecours.fr."
)
ALGORITHM = "La note est une somme pondérée calculée par un traitement algorithmique (CRPA, article L311-3-1)."


def every_mail(*, long: bool = False) -> dict[str, Mail]:
    """The mails by the folder of their template, variants after « # ». Inside a unit of work."""
    made: dict[str, Mail] = {}
    title = LONG if long else "Doc’Proche"
    for write in (_accounts, _organisations, _applications, _assessment, _agreements, _events, _reuses):
        made |= write(title[:140])
    return made


def _accounts(title: str) -> dict[str, Mail]:
    person = people.account(name="Léa Œuvrard")
    token = "t" * 43
    return {
        "accounts/confirm": to_accounts.confirm_address(person, token),
        "accounts/sign_in": to_accounts.sign_in_link(person, token),
        "accounts/reset": to_accounts.reset_password(person, token),
        "accounts/already_known": to_accounts.already_known(person),
        "accounts/infected_file": to_accounts.infected_file(
            person, f"{title[:110]}.pdf" if len(title) > 60 else "budget 2026.pdf", NOON
        ),
    }


def _organisations(title: str) -> dict[str, Mail]:
    person = people.account(name=title[:60])
    link = people.member(person, people.organisation(title[:120]), MembershipRole.EDITOR)
    return {
        "organisations/requested": to_members.membership_requested(person, link),
        "organisations/accepted": to_members.membership_accepted(link),
        "organisations/invited": to_members.invited("lou@exemple.fr", link.organisation, person, "t" * 43),
        "organisations/member_left": to_members.member_left(person, link),
        "organisations/join_waiting": to_members.join_waiting(person, link),
        "organisations/join_unanswered": to_members.join_unanswered(link),
    } | _responsibilities(title, link)


def _responsibilities(title: str, receiver: Membership) -> dict[str, Mail]:
    """The mails of an organisation's responsibility, to each who reads them."""
    giver = people.member(people.account(name=title[:60]), receiver.organisation, MembershipRole.EDITOR)
    other = people.account(name="Noé Castel")
    made = Handover(handed_at=NOON, giver_role=MembershipRole.EDITOR, receiver_role=MembershipRole.EDITOR)
    gone = Handover(handed_at=NOON, giver_role=None, receiver_role=MembershipRole.EDITOR)
    asked = OwnershipRequest(
        id=1, organisation=receiver.organisation, account=giver.account, explanation=REASON, reason=REASON, asked_at=NOON,
        state=OwnershipRequestState.REFUSED, decided_at=NOON,
    )  # fmt: skip
    mails = {
        "organisations/handed_over": to_members.handed_over(receiver.account, made, giver, receiver),
        "organisations/handed_over#giver": to_members.handed_over(giver.account, made, giver, receiver),
        "organisations/handed_over#gone": to_members.handed_over(giver.account, gone, giver, receiver),
        "organisations/handed_over#other": to_members.handed_over(other, made, giver, receiver),
        "organisations/handed_back": to_members.handed_back(receiver.account, made, giver, receiver),
        "organisations/ownership_received": to_members.ownership_received(asked),
        "organisations/ownership_asked": to_members.ownership_asked(other, asked),
        "organisations/ownership_answered": to_members.ownership_answered(asked),
        "organisations/ownership_settled": to_members.ownership_settled(other, asked),
    }
    asked.state = OwnershipRequestState.GRANTED
    mails |= {
        "organisations/ownership_answered#granted": to_members.ownership_answered(asked),
        "organisations/ownership_settled#granted": to_members.ownership_settled(other, asked),
    }
    return mails


def _applications(title: str) -> dict[str, Mail]:
    call = calls.open_call(slug=f"appel-m-{next(_number)}", title=title, appeal_text=APPEAL, algorithm_notice=ALGORITHM)
    file = applications.submitted(to=call.sessions[0], title=title)
    officer = people.account(Role.OFFICER_FILE, name="Nadia Ferrand")
    file.officer_id = officer.id
    file.complete_at, file.closing_reason = NOON, REASON
    ask = InfoRequest(
        message=REASON, asked_at=NOON, due_on=date(2026, 12, 14),
        items=["Le devis de la cartographie, daté de moins de six mois. Celui que nous avons reçu est coupé en page 2.",
               "La délibération qui autorise la demande. Si elle est votée plus tard, écrivez-nous la date."],
    )  # fmt: skip
    person = "camille@a.fr"
    made = {
        "applications/receipt": to_applicants.receipt(file, receipts.receipt(file), person),
        "applications/info_requested": to_applicants.info_requested(file, ask, person),
        "applications/info_answered": to_applicants.info_answered(file, person),
        "applications/admissible": to_applicants.admissible(file, person),
        "applications/withdrawn": to_applicants.withdrawn(file, person),
        "applications/call_revised": to_applicants.call_revised(
            file, CallRevision(changes=REASON, published_at=NOON), person
        ),
        "applications/message_to_carrier": to_applicants.message_to_carrier(file, _messages(officer, 2), person),
        "applications/message_to_carrier#plain": to_applicants.message_to_carrier(file, _messages(officer, 0), person),
        "applications/message_to_region": to_applicants.message_to_region(file, _messages(officer, 2), person),
        "applications/message_to_region#plain": to_applicants.message_to_region(file, _messages(officer, 0), person),
        "applications/silence_near": to_applicants.silence_near(
            officer, [file] * (60 if len(title) > 60 else 2), NOON.date()
        ),
        "applications/silence_near#one": to_applicants.silence_near(officer, [file], NOON.date()),
        "applications/invited": to_applicants.invited(file, file, person),
        "applications/not_retained": to_applicants.not_retained(file, person),
        "applications/draft_closing": to_applicants.draft_closing(file, [("projet", 2), ("pieces", 1)], person),
        "applications/draft_closing#ready": to_applicants.draft_closing(file, [], person),
    }
    states = {
        "": ApplicationState.INADMISSIBLE,
        "#redirected": ApplicationState.REDIRECTED,
        "#dropped": ApplicationState.DROPPED,
    }
    for variant, state in states.items():
        closed = SimpleNamespace(**{name: getattr(file, name) for name in ("reference", "title", "call", "organisation", "officer_id")},
                                 state=state, closing_reason=REASON)  # fmt: skip
        made[f"applications/inadmissible{variant}"] = to_applicants.inadmissible(closed, person)  # type: ignore[arg-type]
    return made


def _messages(by: people.Account, waiting: int) -> list[Message]:
    """Three messages of a burst, of which as many await an answer, the first one by a day."""
    return [
        Message(
            author_id=by.id, side=MessageSide.REGION, text=REASON, sent_at=NOON,
            waits_for=MessageSide.CARRIER if place < waiting else None, answer_by=NOON.date() if place == 0 < waiting else None,
        )
        for place in range(3 if waiting else 1)
    ]  # fmt: skip


def _assessment(title: str) -> dict[str, Mail]:
    by = assessment.officer()
    file = assessment.under_review(by, to=calls.open_call(slug=f"appel-m-{next(_number)}").sessions[0], title=title)
    reader = assessment.reader(file)
    given = assessment.assigned(file, reader, by)
    undated = to_readers.assigned(reader, given)
    given.due_at = NOON + timedelta(days=20)
    letter = Letter(
        reference=file.reference, organisation=file.organisation.name, representative="", window=(), project_title=title,
        call_title=file.call.title, is_award=True, amount=Decimal("14000.00"), eligible_cost=Decimal(28_000), rate=Decimal(50),
        reason=REASON, deliberation_number="26-0231", voted_on=NOON.date(), deposited_at=NOON, appeal_text=APPEAL,
        algorithm_notice=ALGORITHM, needs_agreement=False, fictional=True,
    )  # fmt: skip
    refusal = SimpleNamespace(**{**letter.__dict__, "is_award": False, "amount": None, "rate": None})
    return {
        "assessment/assigned": to_readers.assigned(reader, given),
        "assessment/assigned#undated": undated,
        "assessment/recused": to_readers.recused(by, file),
        "assessment/digest": to_readers.digest(
            by,
            "À traiter : 2 en retard, 1 cette semaine",
            [
                (
                    "En retard",
                    [f"Déclarer complet ou demander des pièces : « {title} », Ville (DT-1234-5678), pour le 3 nov."]
                    * 2,
                ),
                ("Aujourd’hui", []),
                ("Cette semaine", ["Répondre au porteur"]),
            ],
            3,
        ),
        "assessment/decided": to_readers.decided(file, letter, "camille@a.fr"),
        "assessment/decided#refusal": to_readers.decided(file, refusal, "camille@a.fr"),  # type: ignore[arg-type]
    }


def _agreements(title: str) -> dict[str, Mail]:
    grant = agreements.grant_agreement(AgreementState.ACTIVE, title=title)
    shared = agreements.partnership_agreement(AgreementState.ACTIVE)
    owner = agreements.owner_of(grant)
    ask = agreements.partner(title[:100])
    ask.answer = REASON
    return {
        "agreements/to_sign": to_partners.to_sign(owner, grant),
        "agreements/to_sign#partnership": to_partners.to_sign(owner, shared),
        "agreements/in_force": to_partners.in_force(owner, grant),
        "agreements/in_force#partnership": to_partners.in_force(owner, shared),
        "agreements/request_received": to_partners.request_received(owner, ask),
        "agreements/request_declined": to_partners.request_declined(ask),
    }


def _events(title: str) -> dict[str, Mail]:
    event = events.event(title=title)
    place = events.registration(event)
    offer = events.registration(event, state=RegistrationState.OFFERED)
    left = events.registration(event, state=RegistrationState.WITHDRAWN)
    late = events.registration(event, state=RegistrationState.WITHDRAWN, end_reason=EndReason.EXPIRED)
    refused = events.registration(event, state=RegistrationState.DECLINED, end_note=REASON)
    closed = events.registration(events.event(EventState.CANCELLED, title=title))
    team = events.team(event, people.account(), state=TeamState.FINALIST, name=title[:80])
    challenge = events.challenge(event, title=title)
    return {
        "events/registered": to_participants.registered(place),
        "events/waiting": to_participants.waiting(place, 12),
        "events/offered": to_participants.offered(offer),
        "events/confirmed": to_participants.confirmed(place),
        "events/withdrawn": to_participants.withdrawn(left),
        "events/withdrawn#late": to_participants.withdrawn(late),
        "events/declined": to_participants.declined(refused),
        "events/cancelled": to_participants.cancelled(closed),
        "events/team_confirmed": to_participants.team_confirmed(team, "lou@exemple.fr"),
        "events/team_result": to_participants.team_result(team, "lou@exemple.fr"),
        "events/challenge_dismissed": to_participants.challenge_dismissed(challenge, "lou@exemple.fr", REASON),
    }


def _reuses(title: str) -> dict[str, Mail]:
    reuse = reuses.reuse(title, ReuseState.PUBLISHED, moderation_note=REASON)
    person = people.account(Role.OFFICER_PROGRAMME)
    to_author: dict[str, Callable[..., Mail]] = {
        "submitted": to_reusers.submitted, "published": to_reusers.published, "info_requested": to_reusers.info_requested,
        "unpublished": to_reusers.unpublished, "broken_link": to_reusers.broken_link, "to_moderate": to_reusers.to_moderate,
    }  # fmt: skip
    flag = ReuseFlag(reason=FlagReason.WRONG_FIGURES, message="Le chiffre de mai est celui d’avril.")
    return {f"reuses/{name}": write(reuse, person) for name, write in to_author.items()} | {
        "reuses/flagged": to_reusers.flagged(reuse, flag, person)
    }
