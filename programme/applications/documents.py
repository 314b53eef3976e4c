"""The receipt: every item that the law wants, gathered once for the screen, the mail and the PDF; and the calendar of one's dates."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from programme.applications.labels import AID_REGULATIONS, COMPANY_LINKS, SIZES
from programme.applications.models import Application
from programme.applications.rules import legal_clock, state_aid
from programme.calls.labels import AID_REGIMES
from programme.calls.models import Call, CallRegulation
from programme.calls.states import AidRegime
from programme.core import calendars, seal
from programme.core.clock import local_day
from programme.core.documents import IssuedDocument, instant
from programme.core.i18n import date_long, date_short, in_words, money
from programme.organisations.rules.siret import shown
from programme.questionnaires import documents as answers
from programme.questionnaires.rules.fields import Question


@dataclass(frozen=True)
class Regulation:
    """The version of the rules of the call that was in force on the day of the deposit, by its number, its day and its digest."""

    number: int
    published_on: date
    sha256: str


@dataclass(frozen=True)
class Receipt:
    """Accusé de réception (CRPA L112-3, R112-5 and, for a request made on line, R112-11-1)."""

    number: str
    reference: str
    received_at: datetime
    call_title: str
    session_label: str
    project_title: str
    organisation: str
    siret: str
    requested_amount: Decimal | None
    starts_on: date | None
    silence_on: date | None
    silence_accepts: bool
    silence_rule: str
    clock_note: str
    after_note: str
    appeal_text: str
    service: str
    algorithm_notice: str
    pieces_note: str
    pieces: tuple[tuple[str, str, str], ...]
    asked: tuple[tuple[Question, Any], ...] = ()
    regulation: Regulation | None = None
    engagement_version: date | None = None

    @property
    def answers(self) -> list[answers.Answer]:
        """What was answered, in words, in the order of the page."""
        return answers.printed(self.asked)


def receipt(
    application: Application, asked: Sequence[tuple[Question, Any]] = (), rules: CallRegulation | None = None
) -> Receipt:
    """The receipt of an application that is handed in; it is issued once, then read by `as_issued`.

    `asked`: the questions that were asked with their answers, printed after what the law wants. `rules`: the version of
    the rules of the call that was in force.
    """
    call = application.call
    assert application.receipt_number is not None
    assert application.submitted_at is not None
    submitted_at = application.submitted_at
    return Receipt(
        number=application.receipt_number, reference=application.reference, received_at=submitted_at,
        call_title=call.title, session_label=application.session.label, project_title=application.title,
        organisation=application.organisation.name, siret=shown(application.organisation.siret),
        requested_amount=application.requested_amount, starts_on=application.starts_on,
        silence_on=_silence_on(call, submitted_at),
        silence_accepts=call.silence_accepts, silence_rule=_silence_rule(call), clock_note=_clock_note(call),
        after_note=_after_note(call), appeal_text=call.appeal_text, service=call.receipt_service,
        algorithm_notice=call.algorithm_notice, pieces_note=_pieces_note(),
        pieces=tuple(
            (piece.label, piece.file.name, piece.file.sha256)
            for piece in application.asked_pieces
            if piece.file is not None and piece.provided_at is not None and piece.provided_at <= submitted_at
        ),
        asked=tuple(asked), regulation=_regulation(rules), engagement_version=application.engagement_version,
    )  # fmt: skip


def _regulation(rules: CallRegulation | None) -> Regulation | None:
    if rules is None or rules.number is None or rules.published_at is None:
        return None
    return Regulation(rules.number, local_day(rules.published_at), rules.file.sha256)


def aid_rows(application: Application, day: date) -> list[tuple[str, str]]:
    """What the carrier declares of its State aid and what it comes to on a day, in words; nothing where nothing is asked.

    It is read by the applicant and by the Region, never by reviewers.
    """
    call, carrier = application.call, application.organisation
    said = state_aid.from_json(application.aid or {})
    if call.aid_regime is AidRegime.NONE:
        return []
    economic = state_aid.is_economic(carrier.kind, said)
    rows = [(_("Règles"), str(AID_REGIMES[call.aid_regime])), (_("Activité économique"), _yes_no(economic))]
    if not economic:
        return rows
    rows += _size_rows(said) if call.aid_regime is AidRegime.EXEMPTED else _group_rows(said)
    now = state_aid.standing(said, call.aid_regime, application.requested_amount, day)
    if now is not None:
        rows += [
            (_("Aides qui comptent le %(day)s", day=date_long(day)), money(now.counted)),
            (_("Reste sous le plafond de %(amount)s", amount=money(now.ceiling)), money(now.left)),
            (_("Dépassement avec la demande"), money(now.passed_by) if now.passed_by else _("aucun")),
        ]
    return [*rows, (_("Exactitude attestée"), _yes_no(said.is_sworn))]


def _yes_no(value: bool | None) -> str:
    return _("non renseigné") if value is None else _("oui") if value else _("non")


def _size_rows(said: state_aid.Declaration) -> list[tuple[str, str]]:
    size = state_aid.size_of(said.staff, said.turnover, said.balance)
    return [
        (_("Travaux ou achats commencés"), _yes_no(said.works_begun)),
        (_("Taille de l’entreprise"), str(SIZES[size]) if size else _("non renseigné")),
        (_("Effectif"), _("non renseigné") if said.staff is None else str(said.staff)),
        (_("Chiffre d’affaires"), _("non renseigné") if said.turnover is None else money(said.turnover)),
        (_("Total du bilan"), _("non renseigné") if said.balance is None else money(said.balance)),
    ]


def _group_rows(said: state_aid.Declaration) -> list[tuple[str, str]]:
    companies = [
        _("%(name)s (SIREN %(siren)s) : %(link)s", name=each.name, siren=each.siren, link=str(COMPANY_LINKS[each.link]).lower())
        for each in said.companies if said.is_linked
    ]  # fmt: skip
    received = [
        _(
            "%(day)s, %(who)s, %(amount)s, SIREN %(siren)s : %(rule)s", day=date_short(each.granted_on) if each.granted_on else "?",
            who=each.authority, amount=money(each.amount or state_aid.ZERO), siren=each.siren, rule=AID_REGULATIONS[each.regulation],
        )
        for each in said.received if said.has_received
    ]  # fmt: skip
    return [
        (_("Entreprises liées"), " ; ".join(companies) or _yes_no(said.is_linked)),
        (_("Aides de minimis reçues"), " ; ".join(received) or _yes_no(said.has_received)),
    ]


_TEXTS = ("silence_rule", "clock_note", "after_note", "service", "algorithm_notice", "pieces_note")


def data(content: Receipt) -> dict[str, Any]:
    """What the PDF of a receipt carries for machines: all that it says, amounts in euros with two decimals."""
    amount = content.requested_amount
    return {
        "application": content.reference, "received_at": instant(content.received_at), "call_title": content.call_title,
        "session": content.session_label, "project_title": content.project_title, "organisation": content.organisation,
        "siret": "".join(content.siret.split()), "requested_amount": None if amount is None else f"{amount:.2f}",
        "currency": "EUR", "starts_on": _iso(content.starts_on), "silence_on": _iso(content.silence_on),
        "silence_means": "acceptance" if content.silence_accepts else "refusal", "appeal": content.appeal_text,
        "texts": {name: getattr(content, name) for name in _TEXTS},
        "pieces": [{"label": label, "file": name, "sha256": digest} for label, name, digest in content.pieces],
        "answers": answers.data(content.asked), **_rules_data(content.regulation),
        **({"engagement": content.engagement_version.isoformat()} if content.engagement_version else {}),
    }  # fmt: skip


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _rules_data(rules: Regulation | None) -> dict[str, Any]:
    """Nothing for a call without a file of rules."""
    if rules is None:
        return {}
    return {"rules": {"version": rules.number, "published_on": rules.published_on.isoformat(), "sha256": rules.sha256}}


def as_issued(document: IssuedDocument) -> Receipt | None:
    """The receipt as it was issued, whatever became of the call and of the file since; its answers are in its PDF.

    None for one that was issued before its data held its texts: its PDF alone says them.
    """
    held = document.data
    if "texts" not in held:
        return None
    rules, amount = held.get("rules"), held["requested_amount"]
    return Receipt(
        number=document.number, reference=held["application"], received_at=datetime.fromisoformat(held["received_at"]),
        call_title=held["call_title"], session_label=held["session"], project_title=held["project_title"],
        organisation=held["organisation"], siret=shown(held["siret"]),
        requested_amount=None if amount is None else Decimal(amount), starts_on=_day(held["starts_on"]),
        silence_on=_day(held["silence_on"]), silence_accepts=held["silence_means"] == "acceptance",
        appeal_text=held["appeal"], **{name: held["texts"][name] for name in _TEXTS},
        pieces=tuple((each["label"], each["file"], each["sha256"]) for each in held["pieces"]),
        regulation=Regulation(rules["version"], date.fromisoformat(rules["published_on"]), rules["sha256"]) if rules else None,
        engagement_version=_day(held.get("engagement")),
    )  # fmt: skip


def sealed(document: IssuedDocument) -> bytes:
    """The receipt as signed data, in readable JSON: the same bytes each time (decision 0017)."""
    return json.dumps(seal.seal("accuse", document.data), ensure_ascii=False, indent=2).encode()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _silence_on(call: Call, submitted_at: datetime) -> date | None:
    """The day on which silence decides, counted from the deposit (R112-5, 1°; R112-11-1)."""
    rules = legal_clock.ClockRules(
        call.silence_months, call.silence_accepts, call.silence_starts_when_complete, call.silence_suspended_by_request
    )
    return legal_clock.run(rules, submitted_on=local_day(submitted_at), complete_on=None, suspensions=[]).silence_on


def _silence_rule(call: Call) -> str:
    """Whether silence accepts or refuses, and after how long (R112-5; CRPA L231-1 and L231-4, 3°)."""
    if call.silence_accepts:
        return _(
            "Votre demande peut donner lieu à une décision implicite d’acceptation : sans réponse de la Région dans un délai de %(months)s mois, elle est réputée acceptée.",
            months=call.silence_months,
        )
    return _(
        "Votre demande peut donner lieu à une décision implicite de rejet : sans réponse de la Région dans un délai de %(months)s mois, elle est réputée refusée.",
        months=call.silence_months,
    )


def _clock_note(call: Call) -> str:
    """The date holds provided that the request is complete (R112-11-1), and a request for pieces suspends it."""
    notes = [_("Cette date vaut sous réserve que votre demande soit complète.")]
    if call.silence_starts_when_complete:
        notes.append(
            _("Si la Région déclare votre dossier complet plus tard, le délai court à partir de ce jour : vous en êtes averti par courriel.")
        )  # fmt: skip
    if call.silence_suspended_by_request:
        notes.append(_("Une demande de pièces manquantes suspend le délai jusqu’à leur réception."))
    return " ".join(notes)


def _after_note(call: Call) -> str:
    """An implicit acceptance may be attested (R112-5, last paragraph; L232-3); a refusal may be contested."""
    if call.silence_accepts:
        return _(
            "En cas d’acceptation implicite, la Région vous en délivre l’attestation sur demande (CRPA, article L232-3)."
        )
    return _("Les délais et les voies de recours sont écrits ci-dessous.")


def _pieces_note() -> str:
    """Every mandatory piece is there, or the deposit would have been refused (R112-5, 3°; L114-5)."""
    return _(
        "Toutes les pièces obligatoires sont jointes. S’il en manque une à la lecture, la Région vous en envoie la liste avec le délai pour la fournir (CRPA, article L114-5)."
    )


@dataclass(frozen=True)
class SilenceWords:
    """What the clock says of a file that has no decision, in the same words on the list, on the page and in the calendar.

    `name`: the effect, for a title; `said`: the whole sentence; `then`: what one may do once silence has decided.
    `appeal_until`: the last day to contest a refusal that is born.
    """

    name: str
    said: str
    then: str = ""
    has_decided: bool = False
    appeal_until: date | None = None


def silence_words(silence_on: date | None, *, accepts: bool, day: date) -> SilenceWords:
    """What silence means on a day: a fact of the law before and after, never a promise; the day of silence itself is still the Region’s.

    `silence_on` is None while the clock is suspended.
    """
    if silence_on is None:
        return SilenceWords(_("Délai suspendu"), _("Le délai est suspendu jusqu’à votre réponse."))
    if day <= silence_on:
        name = _("Accord tacite sans réponse") if accepts else _("Refus tacite sans réponse")
        means = _("accepté") if accepts else _("refusé")
        said = _("Sans réponse de la Région le %(day)s, votre dossier est réputé %(means)s.", day=date_long(silence_on), means=means)  # fmt: skip
        return SilenceWords(name, said)
    if accepts:
        said = _("Accord tacite depuis le %(day)s.", day=date_long(silence_on))
        then = _("La Région vous en délivre l’attestation sur demande (CRPA, article L232-3).")
        return SilenceWords(_("Accord tacite"), said, then, has_decided=True)
    until = legal_clock.appeal_until(silence_on)
    said = _("Refus tacite depuis le %(day)s.", day=date_long(silence_on))
    then = _("La Région peut encore vous répondre.")
    if day <= until:
        then = _("Vous pouvez le contester jusqu’au %(until)s.", until=date_long(until)) + " " + then
    return SilenceWords(_("Refus tacite"), said, then, has_decided=True, appeal_until=until)


def appeal_words(since: date, *, by_silence: bool, day: date) -> str:
    """Where the window of an appeal ends, beside the text of the call that says it: an aid, never a promise.

    `since`: the day on which the decision was told, or on which silence refused.
    """
    until = legal_clock.appeal_until(since)
    values = {"months": in_words(legal_clock.APPEAL_MONTHS), "since": date_long(since), "until": date_long(until)}
    if day <= until:
        said = _("Un repère : le délai de %(months)s mois, compté depuis le %(since)s, va jusqu’au %(until)s inclus.", **values)  # fmt: skip
    else:
        said = _("Un repère : le délai de %(months)s mois, compté depuis le %(since)s, a pris fin le %(until)s.", **values)  # fmt: skip
    if by_silence:
        return said + " " + _("Le texte ci-dessus dit quand un refus né du silence laisse plus de temps.")
    return said + " " + _("Si la décision vous est parvenue plus tard, comptez depuis ce jour.")


@dataclass(frozen=True)
class Deadline:
    """One date of a file: an instant (the closing of a session) or a whole day; `changed_at` is when it was last known."""

    uid: str
    reference: str
    title: str
    note: str
    changed_at: datetime
    instant: datetime | None = None
    day: date | None = None

    @property
    def on(self) -> date:
        """The day, to sort by."""
        return self.day or local_day(self.instant or self.changed_at)


def calendar(deadlines: Iterable[Deadline], *, name: str, organiser: str, url_of: Callable[[Deadline], str]) -> bytes:
    """The dates as iCalendar (RFC 5545): instants in UTC, whole days as days, a UID that stays when the date moves."""
    entries = (_entry(each, url_of(each), organiser) for each in deadlines)
    return calendars.written(entries, name=name, organiser=organiser)


def _entry(deadline: Deadline, url: str, organiser: str) -> Any:
    from icalendar import Event as Entry  # As above.

    entry = Entry()
    entry.add("uid", f"{deadline.uid}@{organiser}")
    entry.add("dtstamp", deadline.changed_at.astimezone(UTC).replace(microsecond=0))
    if deadline.instant is not None:  # A moment without length: an event without an end stops when it starts.
        entry.add("dtstart", deadline.instant.astimezone(UTC))
    elif deadline.day is not None:
        entry.add("dtstart", deadline.day)
        entry.add("dtend", deadline.day + timedelta(days=1))
    entry.add("summary", deadline.title)
    entry.add("description", f"{deadline.note}\n\n{url}")
    entry.add("url", url)
    entry.add("transp", "TRANSPARENT")  # A date to remember takes nobody's time.
    return entry
