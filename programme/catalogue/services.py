"""Entering, changing and importing references; knowing what was done with a data set."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from programme.accounts.models import Account
from programme.catalogue import labels, queries
from programme.catalogue.models import Dataset, DatasetImport
from programme.catalogue.rules import listing
from programme.catalogue.rules.listing import Choices, Line
from programme.catalogue.states import MACHINE, DatasetKind, Granularity, ImportState, Licence
from programme.core import journal
from programme.core import search as words
from programme.core.errors import RuleBroken
from programme.core.identifiers import fold, slugify, unique_slug
from programme.extensions import db
from programme.organisations.models import Organisation
from programme.strategy.models import Theme

# Parts of addresses under /donnees and /agents/donnees that no data set may take.
RESERVED = {"nouveau", "import", "collections"}


@dataclass(frozen=True)
class Use:
    """Something done with a data set: what it is in a word, its title, where to read it, by whom and when."""

    kind: str
    title: str
    href: str
    by: str | None = None
    on: date | None = None


UseFinder = Callable[[Dataset, Account | None], Iterable[Use]]
_use_finders: list[UseFinder] = []


def contribute_uses(function: UseFinder) -> UseFinder:
    """Let a room above say what was done with a data set, for the reader that asks; called at start."""
    if function not in _use_finders:
        _use_finders.append(function)
    return function


def uses_of(dataset: Dataset, viewer: Account | None) -> list[Use]:
    """What the rooms above tell this reader, the latest first; what has no date comes last."""
    found = [use for finder in _use_finders for use in finder(dataset, viewer)]
    return sorted(found, key=lambda use: (use.on is None, -use.on.toordinal() if use.on else 0, fold(use.title)))


class Overtaken(RuleBroken):
    """The reference changed between the opening of the form and its sending."""


def create(values: Mapping[str, Any], *, by: Account | None, at: datetime) -> Dataset:
    """Enter a reference.

    Raises:
        RuleBroken: the producer already has a reference of this title (a form sent twice, often).
    """
    _refuse_double(values["title"], values["producer_id"], other_than=None)
    taken = RESERVED.union(db.session.scalars(queries.slugs_like(slugify(values["title"]))).all())
    dataset = _enter(values, taken, at)
    journal.record("dataset.created", on=dataset, by=by, at=at, after={"slug": dataset.slug})
    return dataset


def edit(dataset: Dataset, values: Mapping[str, Any], *, version: int, by: Account, at: datetime) -> None:
    """Change a reference; its address stays.

    Raises:
        Overtaken: somebody else changed it since the form was opened.
        RuleBroken: the producer already has another reference of this title.
    """
    if dataset.version != version:
        raise Overtaken(_("Une autre personne a modifié cette fiche depuis que vous l’avez ouverte."))
    _refuse_double(values["title"], values["producer_id"], other_than=dataset)
    before = _told(dataset)
    _describe(dataset, values)
    dataset.version += 1
    after = _told(dataset)
    changed = sorted(name for name in after if after[name] != before[name])
    journal.record(
        "dataset.edited", on=dataset, by=by, at=at, before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )  # fmt: skip


def _refuse_double(title: str, producer_id: int, *, other_than: Dataset | None) -> None:
    for known in db.session.scalars(queries.same_data((), [sort_title(title)])):
        if known.producer_id == producer_id and known is not other_than:
            raise RuleBroken(_("Ce producteur a déjà une fiche de ce titre : modifiez-la, ou changez le titre."))


def _enter(values: Mapping[str, Any], taken: set[str], at: datetime) -> Dataset:
    dataset = Dataset(created_at=at, version=1, slug=unique_slug(values["title"], taken))
    _describe(dataset, values)
    db.session.add(dataset)
    return dataset


def sort_title(title: str) -> str:
    """The form under which titles are ordered and compared."""
    return fold(title)[:250]


def _told(dataset: Dataset) -> dict[str, Any]:
    names = ("title", "url", "kind", "licence", "granularity", "frequency", "is_new", "opened_through")
    told = {name: getattr(dataset, name) for name in names}
    return told | {"producer": dataset.producer.slug, "theme": dataset.theme.code}


def _describe(dataset: Dataset, values: Mapping[str, Any]) -> None:
    """Copy what was written and refresh what is computed from it; an absent or empty code takes its default."""
    dataset.title, dataset.description = values["title"], values.get("description") or ""
    dataset.producer = db.session.get_one(Organisation, values["producer_id"])
    dataset.theme = db.session.get_one(Theme, values["theme_id"])
    dataset.kind = DatasetKind(values.get("kind") or DatasetKind.OPEN)
    dataset.licence = Licence(values.get("licence") or Licence.LO_2_0)
    dataset.granularity = Granularity(values.get("granularity") or Granularity.UNDEFINED)
    dataset.is_new = bool(values.get("is_new"))
    for name in ("url", "frequency", "opened_through"):
        setattr(dataset, name, values.get(name) or None)
    dataset.sort_title = sort_title(dataset.title)
    dataset.search_text = words.document(
        dataset.title, dataset.producer.name, dataset.theme.label, dataset.opened_through, dataset.description
    )


def choices() -> Choices:
    """What the words of a list may name today: organisations by name or SIRET, themes, the codes of this room."""
    producers: dict[str, int] = {}
    for number, name, siret in db.session.execute(queries.producer_keys()):
        producers[listing.key_of(name)] = number
        producers[siret] = number
    themes: dict[str, int] = {}
    for number, code, label in db.session.execute(queries.theme_keys()):
        themes[listing.key_of(label)] = themes[listing.key_of(code)] = number
    codes: dict[str, dict[str, str]] = {}
    lists: dict[str, Mapping[Any, Any]] = {
        "kind": labels.KINDS, "licence": labels.LICENCES, "granularity": labels.GRANULARITIES,
    }  # fmt: skip
    for column, known in lists.items():
        named = {listing.key_of(str(label)): code.value for code, label in known.items()}
        named |= {listing.key_of(code.value): code.value for code in known}
        codes[column] = {alias: code.value for alias, code in labels.ALIASES[column].items()} | named
    return Choices(producers, themes, codes)


def preview_import(
    file_name: str, headings: list[str], rows: Iterable[tuple[int, Mapping[str, str]]], *, by: Account, at: datetime
) -> DatasetImport:
    """Keep a list as read, each row with its faults; nothing is entered yet.

    Raises:
        RuleBroken: no column is understood, or there is no row.
    """
    left_aside = [heading for heading in headings if listing.column_of(heading) is None]
    if len(left_aside) == len(headings):
        raise RuleBroken(
            _("Aucune colonne n’est reconnue. Le fichier a au moins les colonnes : titre, producteur, thème.")
        )
    lines = listing.read_lines(rows, choices())
    if not lines:
        raise RuleBroken(_("Le fichier n’a pas de ligne sous les titres de colonnes."))
    known = _known([line.values for line in lines if not line.faults])
    made = DatasetImport(
        state=ImportState.PREVIEWED, file_name=file_name[:120], left_aside=left_aside, created_at=at, created_by=by,
        lines=[_kept(line, known) for line in lines],
    )  # fmt: skip
    db.session.add(made)
    journal.record("dataset_import.previewed", on=made, by=by, at=at, after={"lines": len(lines)})
    return made


def _kept(line: Line, known: dict[tuple[str, ...], Dataset]) -> dict[str, Any]:
    faults = [labels.fault_sentence(fault) for fault in line.faults]
    update = not faults and _match(line.values, known) is not None
    return {"number": line.number, "values": line.values, "faults": faults, "update": update}


def _known(lines: list[dict[str, Any]]) -> dict[tuple[str, ...], Dataset]:
    """The references that the lines may already be, by address and by title and producer."""
    urls = {line["url"] for line in lines if line.get("url")}
    titles = {sort_title(line["title"]) for line in lines}
    found: dict[tuple[str, ...], Dataset] = {}
    for dataset in db.session.scalars(queries.same_data(urls, titles)):
        if dataset.url:
            found["url", dataset.url] = dataset
        found["title", dataset.sort_title, str(dataset.producer_id)] = dataset
    return found


def _match(values: Mapping[str, Any], known: dict[tuple[str, ...], Dataset]) -> Dataset | None:
    by_address = known.get(("url", values["url"])) if values.get("url") else None
    return by_address or known.get(("title", sort_title(values["title"]), str(values["producer_id"])))


def apply_import(made: DatasetImport, *, by: Account, at: datetime) -> None:
    """Enter the rows without fault: a known data set (same address, or same title and producer) is updated."""
    made.state, made.closed_at = ImportState(MACHINE.target(made.state, "apply")), at
    lines = [line["values"] for line in made.good_lines]
    known = _known(lines)
    taken = RESERVED.union(db.session.scalars(queries.all_slugs()).all())
    with db.session.no_autoflush:  # One flush for the whole list, at the commit.
        for values in lines:
            dataset = _match(values, known)
            if dataset is None:
                dataset = _enter(values, taken, at)
                taken.add(dataset.slug)
                made.added_count += 1
            else:
                _describe(dataset, values)
                dataset.version += 1
                made.updated_count += 1
    after = {"added": made.added_count, "updated": made.updated_count}
    journal.record(
        "dataset_import.applied", on=made, by=by, at=at, before={"state": ImportState.PREVIEWED}, after=after
    )


def discard_import(made: DatasetImport, *, by: Account, at: datetime) -> None:
    """Drop a list: nothing of it is entered."""
    made.state, made.closed_at = ImportState(MACHINE.target(made.state, "discard")), at
    journal.record("dataset_import.discarded", on=made, by=by, at=at, before={"state": ImportState.PREVIEWED})
