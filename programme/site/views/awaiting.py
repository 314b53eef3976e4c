"""What awaits a person, whatever the room it comes from: one list, the nearest deadline first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from programme.agreements.models import Agreement
from programme.applications.models import Application
from programme.applications.states import ApplicationState
from programme.core.clock import local_day
from programme.core.i18n import date_short, datetime_short
from programme.evaluation.models import Evaluation
from programme.events.models import Registration
from programme.organisations.models import Membership, OwnershipRequest
from programme.reuses.models import Reuse
from programme.reuses.states import ReuseState


@dataclass(frozen=True)
class Awaited:
    """One thing to do: what it is, where to do it, the words of its button and its deadline, a day or an instant."""

    title: str
    text: str
    href: str
    act: str
    due: date | datetime | None = None

    @property
    def day(self) -> date | None:
        """The day of the deadline, in the Region's zone."""
        return local_day(self.due) if isinstance(self.due, datetime) else self.due

    @property
    def instant(self) -> datetime | None:
        """The deadline to the minute, when it has an hour."""
        return self.due if isinstance(self.due, datetime) else None


def in_order(things: Iterable[Awaited]) -> list[Awaited]:
    """The nearest deadline first; what has none comes last, in the order it was given."""
    return sorted(things, key=lambda each: each.day or date.max)


def left(day: date, today: date) -> str:
    """« dans 4 jours »: how near a deadline is, in words."""
    days = (day - today).days
    if days < 0:
        return _("passé")
    if days == 0:
        return _("aujourd’hui")
    return _("demain") if days == 1 else ngettext("dans %(num)s jour", "dans %(num)s jours", days)


def of_applications(files: Iterable[Application], at: datetime) -> list[Awaited]:
    """Drafts to hand in, and files that the Region wants completed."""
    return [_draft(each, at) if each.state is ApplicationState.DRAFT else _request(each) for each in files]


def _draft(application: Application, at: datetime) -> Awaited:
    over = application.session.is_over(at)
    return Awaited(
        title=application.title or application.reference,
        text=_("Brouillon. La relève est close : choisissez la suivante, rien n’est perdu.") if over
        else _("Brouillon à déposer avant le %(instant)s.", instant=datetime_short(application.session.closes_at)),
        href=url_for("applications.show", reference=application.reference),
        act=_("Choisir la relève") if over else _("Continuer"),
        due=None if over else application.session.closes_at,
    )  # fmt: skip


def _request(application: Application) -> Awaited:
    asked = [each for each in application.info_requests if each.answered_at is None]
    due = asked[-1].due_on if asked else None
    return Awaited(
        title=application.title or application.reference,
        text=_("La Région demande des compléments au plus tard le %(day)s.", day=date_short(due)) if due
        else _("La Région demande des compléments."),
        href=url_for("applications.show", reference=application.reference), act=_("Compléter"), due=due,
    )  # fmt: skip


def of_messages(owed: Iterable[Any]) -> list[Awaited]:
    """Messages of the Region that await an answer (`owed_by`, the nearest first): one thing a file, an answer answers them all."""
    first: dict[str, Any] = {}
    for each in owed:
        first.setdefault(each.reference, each)
    return [
        Awaited(
            title=each.title or reference,
            text=_("La Région attend votre réponse au plus tard le %(day)s.", day=date_short(each.answer_by)) if each.answer_by
            else _("La Région attend votre réponse."),
            href=url_for("applications.messages", reference=reference, ecrire=1, _anchor="ecrire"), act=_("Répondre"),
            due=each.answer_by,
        )
        for reference, each in first.items()
    ]  # fmt: skip


def of_agreements(sent: Iterable[Agreement]) -> list[Awaited]:
    """Agreements that the person signs for the organisation."""
    return [
        Awaited(
            title=each.title, text=_("Convention à signer pour %(organisation)s.", organisation=each.organisation.name),
            href=url_for("agreements.member_page", reference=each.reference), act=_("Lire et signer"),
        )
        for each in sent
    ]  # fmt: skip


def of_offers(registrations: Iterable[Registration]) -> list[Awaited]:
    """Places that the person may accept."""
    return [
        Awaited(
            title=each.event.title,
            text=_("Une place est pour vous, à accepter avant le %(when)s.", when=datetime_short(each.offer_expires_at)),
            href=url_for("events.register", slug=each.event.slug), act=_("Répondre"), due=each.offer_expires_at,
        )
        for each in registrations
    ]  # fmt: skip


def of_evaluations(to_score: list[Evaluation]) -> list[Awaited]:
    """The files to read, as one thing: they are done in one place."""
    if not to_score:
        return []
    first = min((each.due_at for each in to_score if each.due_at), default=None)
    return [
        Awaited(
            title=ngettext("%(num)s dossier vous est confié", "%(num)s dossiers vous sont confiés", len(to_score)),
            text=_("Le premier est à rendre avant le %(when)s.", when=datetime_short(first)) if first
            else _("À évaluer dès que possible."),
            href="/evaluations", act=_("Évaluer"), due=first,
        )
    ]  # fmt: skip


def of_members(requests: Iterable[Membership]) -> list[Awaited]:
    """People who ask to join the organisations of which the person is in charge."""
    return [
        Awaited(
            title=each.account.display_name,
            text=_(
                "Demande à rejoindre %(organisation)s depuis le %(day)s.", organisation=each.organisation.name,
                day=date_short(each.since),
            ),
            href=url_for("organisations.show", slug=each.organisation.slug, _anchor="membres"), act=_("Répondre"),
        )
        for each in requests
    ]  # fmt: skip


def of_ownership(requests: Iterable[OwnershipRequest]) -> list[Awaited]:
    """People who ask the Region for the responsibility of an organisation that the person leads."""
    return [
        Awaited(
            title=each.account.display_name,
            text=_(
                "Demande à la Région la responsabilité de %(organisation)s. Vous pouvez vous y opposer.",
                organisation=each.organisation.name,
            ),
            href=url_for("organisations.object_to", slug=each.organisation.slug, number=each.id), act=_("Répondre"),
            due=each.asked_at + OwnershipRequest.OBJECTION,
        )
        for each in requests
    ]  # fmt: skip


def of_reuses(declared: Iterable[Reuse]) -> list[Awaited]:
    """Reuses on which the Region or a broken link asks something."""
    words = {
        ReuseState.INFO_REQUESTED: (_("La Région pose une question sur votre réutilisation."), _("Répondre")),
        ReuseState.BROKEN_LINK: (_("L’adresse de votre réutilisation ne répond plus."), _("Corriger l’adresse")),
    }
    return [
        Awaited(
            title=each.title, text=words[each.state][0], href=url_for("reuses.edit", slug=each.slug),
            act=words[each.state][1],
        )
        for each in declared
        if each.state in words
    ]  # fmt: skip
