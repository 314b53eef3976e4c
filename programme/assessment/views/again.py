"""A project presented again: what changed since the file before, and nothing else of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.applications.models import Application
from programme.applications.policy import is_recused
from programme.applications.rules.remarks import Pinned
from programme.assessment import policy, queries
from programme.assessment.rules.changes import Change, changes, moved
from programme.assessment.views import reading
from programme.assessment.views.reading import Reading
from programme.core.i18n import date_short, money
from programme.evaluation import policy as evaluation_policy
from programme.evaluation import queries as evaluations
from programme.evaluation.states import SubjectKind
from programme.extensions import db


@dataclass(frozen=True)
class Presentation:
    """Which presentation of the project a file is, and what the person may know of the one before.

    `href` leads to the former file, for who may open it; `is_compared`: the person may read both.
    """

    title: str
    href: str | None = None
    is_compared: bool = False
    texts: tuple[Change, ...] = ()
    amounts: tuple[tuple[str, str, str], ...] = ()

    @property
    def count(self) -> int:
        """How many things differ."""
        return len(self.texts) + len(self.amounts)


def for_staff(file: Application, account: Account) -> Presentation | None:
    """What the house is told, on the page of a file; None for a first presentation."""
    number, former = _former(file)
    if former is None:
        return None
    if not policy.can_read(account, former):
        return Presentation(_title(number))
    href = url_for("assessment.show", reference=former.reference)
    return _compared(number, href, reading.whole(former), reading.whole(file))


def for_reader(file: Application, account: Account) -> Presentation | None:
    """What a reader is told: masked like the file itself, without who read the former one; nothing of what they stepped aside from."""
    number, former = _former(file)
    if former is None:
        return None
    if is_recused(account, former):
        return Presentation(_title(number))
    return _compared(number, _own_reading(former, account), *reading.pair(former, file))


def _former(file: Application) -> tuple[int, Application | None]:
    """The number of the presentation, and the last file that was handed in before, loaded whole."""
    if file.continued_from_id is None or file.pinned is None:
        return 1, None
    told = Pinned.from_json(file.pinned)
    known = None if told.former is None else db.session.get(Application, told.former)
    if known is None:
        return 1, None
    return told.number, db.session.scalars(queries.file(known.reference)).one()


def _own_reading(former: Application, account: Account) -> str | None:
    """The person's own evaluation of the former file, if they read it too."""
    given = evaluations.of_subject(SubjectKind.APPLICATION, former.id)
    own = [each for each in db.session.scalars(given) if evaluation_policy.can_open(account, each)]
    return url_for("assessment.evaluate", evaluation_id=own[0].id) if own else None


def _title(number: int) -> str:
    known = {2: _("Deuxième présentation"), 3: _("Troisième présentation")}
    return known.get(number, _("Présentation n° %(number)s", number=number))


def _compared(number: int, href: str | None, before: Reading, after: Reading) -> Presentation:
    texts = changes(_texts(before), _texts(after))
    amounts = moved(dict(_amounts(before)), dict(_amounts(after)))
    return Presentation(_title(number), href, is_compared=True, texts=tuple(texts), amounts=tuple(amounts))


def _texts(read: Reading) -> Iterable[tuple[str, str]]:
    yield _("Titre"), read.title
    yield _("Résumé"), read.summary
    yield _("Description"), read.description
    yield _("Lien avec les stratégies"), read.frame_note
    yield _("Thème"), read.theme
    yield _("Territoire"), read.territory_code
    days = [date_short(each) for each in (read.starts_on, read.ends_on) if each]
    yield _("Période"), " – ".join(days)
    for each in read.answers:
        if not each.is_withheld:
            yield each.label, each.text
    yield _("Jeux de données"), "\n".join(sorted(each.title for each in read.datasets))


def _amounts(read: Reading) -> Iterable[tuple[str, str]]:
    yield _("Demandé à la Région"), money(read.requested_amount)
    yield _("Coût total"), money(read.plan["totals"].cost)
    for rows in (read.plan["lines"], read.plan["sources"][1:]):
        added: dict[str, list[str]] = {}
        for label, _kind, amount in rows:
            added.setdefault(str(label), []).append(money(amount))
        yield from ((label, " + ".join(given)) for label, given in added.items())
