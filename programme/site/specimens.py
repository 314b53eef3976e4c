"""What the page of components shows: made-up records, one for each state that a component can take."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import wtforms
from flask import current_app
from werkzeug.datastructures import MultiDict
from wtforms.widgets import CheckboxInput, ListWidget

from programme.core import charts, trame
from programme.core.forms import (
    DayField,
    LongTextField,
    MoneyField,
    NestedForm,
    NumberField,
    TextField,
    at_most,
    choice,
    options,
    required,
    typed,
)

LONG_TITLE = (
    "Observatoire partagé des consommations énergétiques des bâtiments publics et des logements sociaux de la métropole "
    "et des communes rurales voisines"
)


class EveryField(NestedForm):
    """One field of each kind; it is never sent."""

    title = TextField("Titre du projet", [required("Donnez un titre au projet.")], description="Dix mots au plus.")
    summary = LongTextField(
        "Le projet en quelques lignes",
        [required("Décrivez le projet en deux ou trois phrases."), at_most(600)],
        description="Pour qui, avec quelles données, pour quel effet.",
    )
    amount = MoneyField(
        "Aide demandée",
        [typed("Écrivez un montant en chiffres, par exemple 1 500,00.")],
        description="Toutes taxes comprises.",
    )
    people = NumberField("Personnes dans l’équipe", [typed("Écrivez un nombre entier, par exemple 12.")])
    start = DayField("Début du projet", [typed("Écrivez une date, par exemple 01/03/2027.")])
    strand = choice(
        "Volet", options({"a": "Ouvrir des données", "b": "Réutiliser des données"}, empty="Choisir un volet")
    )
    status = wtforms.RadioField(
        "Statut de la structure",
        [wtforms.validators.InputRequired("Choisissez un statut.")],
        choices=options(
            {"public": "Collectivité ou établissement public", "association": "Association", "firm": "Entreprise"}
        ),
        validate_choice=False,
    )
    themes = wtforms.SelectMultipleField(
        "Thèmes", choices=options({"mer": "Mer, littoral et montagne", "air": "Environnement et climat"}),
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), description="Deux au plus.",
    )  # fmt: skip
    started = wtforms.BooleanField("Le projet n’a pas commencé", [required("Cochez pour continuer.")])
    email = wtforms.EmailField(
        "Adresse électronique", [required("Écrivez une adresse, par exemple prenom.nom@commune.fr.")]
    )
    phone = wtforms.TelField("Téléphone", description="Pour vous joindre au sujet de ce dossier.")
    secret = wtforms.PasswordField(
        "Mot de passe", [required("Écrivez votre mot de passe.")], render_kw={"autocomplete": "new-password"}
    )
    piece = wtforms.FileField("Délibération", description="PDF, 20 Mo au plus.")


class ScoreForm(NestedForm):
    """One criterion."""

    score = wtforms.RadioField("Note", choices=options({str(mark): str(mark) for mark in range(6)}), default="4")
    reason = LongTextField("Pourquoi cette note", [at_most(400)])


def forms() -> dict[str, EveryField]:
    """The form as first opened, filled in, and with every error."""
    filled = MultiDict([
        ("plein-title", LONG_TITLE), ("plein-summary", "Compter les vélos rue par rue, et publier les comptages chaque nuit."),
        ("plein-amount", "14 000,00"), ("plein-people", "12"), ("plein-start", "2027-03-01"), ("plein-strand", "b"),
        ("plein-status", "association"), ("plein-themes", "mer"), ("plein-themes", "air"), ("plein-started", "y"),
        ("plein-email", "contact@association.example"), ("plein-phone", "04 00 00 00 00"),
    ])  # fmt: skip
    wrong = EveryField(MultiDict([("faux-amount", "mille cinq cents")]), prefix="faux-")
    wrong.validate()
    return {"empty": EveryField(prefix="vide-"), "filled": EveryField(filled, prefix="plein-"), "wrong": wrong}


@dataclass(frozen=True)
class Record:
    """A row of the tables."""

    reference: str
    title: str
    organisation: str
    state: str
    tone: str
    amount: Decimal


RECORDS = (
    Record("DT-7F3K-29QM", "Respire Étang", "Association Air et Rivages", "À vérifier", "neutral", Decimal("12000.00")),
    Record("DT-2B8N-41XR", "Irrigation Juste", "Canal de la Crau", "Pièces attendues", "warn", Decimal("26000.00")),
    Record("DT-9C5T-77PD", LONG_TITLE, "Syndicat mixte Énergies des Écrins", "Complet", "ok", Decimal("132000.00")),
)


def steps() -> list[dict[str, Any]]:
    """A project's thread with each of its states."""
    return [
        {
            "label": "Donnée ouverte",
            "when": "12 mars 2026",
            "state": "done",
            "href": "#fil",
            "note": "Par un producteur.",
        },
        {"label": "Équipe", "when": "28 mars 2026", "state": "done", "href": None, "note": "En deux jours."},
        {"label": "Dossier", "when": "30 novembre 2026", "state": "here", "href": "#fil", "note": "Déposé à l’appel."},
        {
            "label": "Pièce refusée",
            "when": None,
            "state": "problem",
            "href": None,
            "note": "À remplacer avant le 15 décembre.",
        },
        {"label": "Réutilisation", "when": None, "state": "todo", "href": None, "note": None},
    ]


def messages(at: datetime) -> list[dict[str, Any]]:
    """An exchange about a file."""
    mine = "Bonjour,\n\nLa délibération est votée le 8 décembre. Pouvons-nous la joindre après le dépôt ?"
    theirs = "Oui. Déposez avant lundi midi, la délibération peut suivre jusqu’au 15 décembre."
    return [
        {"who": "Association Air et Rivages", "at": at - timedelta(days=2), "text": mine, "mine": True},
        {
            "who": "Camille Roux, Région", "at": at - timedelta(days=1), "text": theirs, "mine": False, "unread": True,
            "files": [("calendrier-des-votes.pdf (45 ko)", "#echange")],
        },
    ]  # fmt: skip


def drawings() -> dict[str, str]:
    """Two drawings of the territory."""
    return {"sea": trame.trame("specimen-mer", "cote"), "roads": trame.trame("specimen-route", "reseau")}


def _monthly(first: date, values: list[int | None]) -> list[tuple[date, Decimal | None]]:
    months = [first.year * 12 + first.month - 1 + place for place in range(len(values))]
    days = [date(month // 12, month % 12 + 1, 1) for month in months]
    return [(day, None if value is None else Decimal(value)) for day, value in zip(days, values, strict=True)]


def graphics() -> dict[str, Any]:
    """A chart of each kind, and the hard cases: a gap, one value, a hundred, below zero, nothing."""
    start = date(2025, 12, 1)
    sets = _monthly(start, [820, 860, 905, 990, None, None, 1130, 1210, 1260, 1330, 1400, 1480])
    reused = _monthly(start, [90, 110, 160, 190, 240, 260, 300, 380, 410, 470, 540, 610])
    hundred = [(date(2026, 1, 1) + timedelta(days=day), Decimal((day * 37) % 60 + day)) for day in range(100)]
    aids = [("Bouches-du-Rhône", Decimal(47500)), ("Hautes-Alpes", Decimal(32000)), ("Alpes-Maritimes", Decimal(14000))]
    return {
        "two": charts.line_chart({"Publiés": sets, "Réutilisés": reused}),
        "one": charts.line_chart({"Partenaires": [(date(2026, 11, 1), Decimal(50))]}, height=120),
        "none": charts.line_chart({"Partenaires": []}),
        "hundred": charts.line_chart({"Visites": hundred}, height=160),
        "spark": charts.line_chart({"Réutilisés": reused}, height=40, top=6),
        "bars": charts.bar_chart([*aids, ("Var", Decimal(0)), ("Vaucluse", None)]),
        "gaps": charts.bar_chart([("Écart 2025", Decimal(12000)), ("Écart 2026", Decimal(-4500))]),
        "stacks": charts.stacked_chart(
            ["Région", "Europe", "Communes", "Fonds propres"],
            [("2025", [Decimal(120), Decimal(80), Decimal(45), None]), ("2026", [Decimal(150), Decimal(60), Decimal(90), Decimal(30)])],
        ),
    }  # fmt: skip


def map_of_the_region() -> tuple[charts.DepartmentMap | None, dict[str, tuple[str, Decimal, int]]]:
    """The map with made-up amounts, and the rows of its table."""
    territories = current_app.config["REGION"].territories
    rows = {each.code: (each.name, Decimal(9500 * place), place) for place, each in enumerate(territories[:6])}
    outlines = charts.shapes_from(Path(current_app.static_folder or "") / "build" / "departments.json")
    names = [(code, row[0]) for code, row in rows.items()]
    return charts.department_map(outlines, names, {code: row[1] for code, row in rows.items()}), rows


@dataclass(frozen=True)
class Totals:
    """Totals of a budget."""

    cost: Decimal
    funding: Decimal
    region_share: Decimal | None
    public_share: Decimal | None


BALANCED = Totals(Decimal(26500), Decimal(26500), Decimal(50), Decimal(70))
SHORT = replace(BALANCED, funding=Decimal(25500))


@dataclass(frozen=True)
class Place:
    """A page of a list, for the pagination."""

    number: int
    total_pages: int
    has_prev: bool
    has_next: bool


FIRST_PAGE, MIDDLE_PAGE = Place(1, 12, False, True), Place(6, 12, True, True)
