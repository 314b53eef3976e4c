"""Each component, in each state, gives HTML that a strict parser accepts, with every label tied to its field.

The components run here without the application: filters and globals are stand-ins.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import html5lib
import jinja2
import jinja2.meta
import pytest
import wtforms
from html5lib.constants import E as PARSE_ERRORS
from markupsafe import Markup
from wtforms import validators
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from programme.core import charts
from programme.core.trame import trame

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
XHTML = "{http://www.w3.org/1999/xhtml}"


def typo(text: Any) -> Any:
    """Stand in for the product's filter: keeps the trust of what comes in."""
    done = str(text).replace(" ;", "\u202f;").replace(" ?", "\u202f?")
    return Markup(done) if hasattr(text, "__html__") else done


def environment() -> jinja2.Environment:
    """Return the templates with stand-ins for the filters and globals of the application."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=jinja2.select_autoescape(["html"]),
        extensions=["jinja2.ext.i18n"],
        undefined=jinja2.StrictUndefined,
    )
    env.install_gettext_callables(typo, lambda one, many, n: one if n == 1 else many, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(
        typo=typo,
        number=lambda value: f"{value:,}".replace(",", "\u202f"),
        money=lambda value: f"{value:,.2f}".replace(",", "\u202f").replace(".", ",") + "\u202f€",
        percent=lambda value, digits=1: f"{value:.{digits}f}".replace(".", ",") + "\u202f%",
        money_round=lambda value: f"{value:,.0f}".replace(",", "\u202f") + "\u202f€",
        axis_date=lambda day, unit: f"{day:%d/%m/%Y}", date_short=lambda day: f"{day:%d/%m/%Y}",
        datetime_short=lambda at: f"{at:%d/%m/%Y %H h %M}", datetime_long=lambda at: f"{at:%d/%m/%Y à %H h %M}",
        in_words=lambda count: {2: "deux", 3: "trois"}.get(count, str(count)), file_size=lambda size: f"{size // 1000}\u202fko", paragraphs=lambda text: Markup("<p>{}</p>").format(text),
    )  # fmt: skip
    env.globals.update(
        csrf_token=lambda: "token", url_for=lambda endpoint, **values: f"/{endpoint}",
        get_flashed_messages=lambda with_categories: [("success", "Votre dossier est déposé."), ("error", "Le fichier manque.")],
        static_url=lambda path: f"/static/{path}", theme_url=lambda: "/identite/theme.css", region_logo=lambda: None,
        region=SimpleNamespace(
            name="Région Démonstration", tagline="Données ouvertes et intelligentes", contact_email="donnees@region.example",
            contact_phone="04 00 00 00 00", contact_hours="du lundi au vendredi", address="1 place de l’Hémicycle, Marseille",
        ),
        current_account=None,
        demo_mode=True,
    )  # fmt: skip
    return env


class AmountField(wtforms.StringField):
    """As the product's MoneyField announces itself."""

    is_money = True


class Line(wtforms.Form):
    """One line of a budget."""

    label = wtforms.StringField("Poste", [validators.InputRequired("Nommez le poste.")])
    amount = AmountField("Montant", [validators.InputRequired("Écrivez un montant en chiffres, par exemple 1 500,00.")])


class EveryField(wtforms.Form):
    """One field of each kind, with and without help, required or not."""

    title = wtforms.StringField(
        "Titre du projet",
        [validators.InputRequired("Donnez un titre au projet.")],
        description="Dix mots au plus.",
    )
    email = wtforms.EmailField("Adresse électronique", [validators.InputRequired("Écrivez une adresse.")])
    phone = wtforms.TelField("Téléphone")
    site = wtforms.URLField("Site web")
    password = wtforms.PasswordField("Mot de passe", [validators.InputRequired("Écrivez votre mot de passe.")])
    people = wtforms.IntegerField("Nombre de personnes", [validators.InputRequired("Écrivez un nombre.")])
    weight = wtforms.DecimalField("Poids", [validators.InputRequired("Écrivez un poids.")])
    amount = AmountField(
        "Aide demandée",
        [validators.InputRequired("Écrivez un montant.")],
        description="En euros, toutes taxes comprises.",
    )
    start = wtforms.DateField("Début du projet", [validators.InputRequired("Écrivez une date.")])
    summary = wtforms.TextAreaField("Le projet en quelques lignes", [validators.InputRequired("Décrivez le projet.")])
    strand = wtforms.SelectField(
        "Volet",
        choices=[SelectChoice("", "Choisir"), SelectChoice("a", "Volet A"), SelectChoice("b", "Volet B")],
        validators=[validators.InputRequired("Choisissez un volet.")],
    )
    status = wtforms.RadioField(
        "Statut",
        choices=[SelectChoice("public", "Acteur public"), SelectChoice("association", "Association")],
        validators=[validators.InputRequired("Choisissez un statut.")],
        description="Celui de la structure qui dépose.",
    )
    themes = wtforms.SelectMultipleField(
        "Thèmes",
        choices=[SelectChoice("mer", "Mer"), SelectChoice("air", "Air")],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[validators.InputRequired("Choisissez un thème.")],
    )
    agree = wtforms.BooleanField("Le projet n’a pas commencé", [validators.InputRequired("Cochez pour continuer.")])
    piece = wtforms.FileField(
        "Délibération",
        [validators.InputRequired("Joignez la délibération.")],
        description="PDF, 20 Mo au plus.",
    )
    secret = wtforms.HiddenField()
    lines = wtforms.FieldList(wtforms.FormField(Line), "Poste", min_entries=2)


class Pair(wtforms.Form):
    """Parts of an answer."""

    c_what = wtforms.StringField("Poste")
    siret = wtforms.StringField("SIRET")


class Pairs(wtforms.Form):
    """Indicators."""

    m_visits = wtforms.FormField(Pair, "Visites")


class Asked(wtforms.Form):
    """A question of each shape; a field takes the name of its question."""

    text = wtforms.StringField("Nom", description="Le nom en usage.")
    markdown = wtforms.TextAreaField("Méthode")
    number = wtforms.StringField("Surface")
    yes_no = wtforms.RadioField("Ouvert ?", choices=[SelectChoice("yes", "Oui"), SelectChoice("no", "Non")])
    table = wtforms.FieldList(wtforms.FormField(Pair), "Travaux", min_entries=2, description="Un poste par ligne.")
    datasets = wtforms.FieldList(wtforms.FormField(Pair), "Données", min_entries=1)
    calculated = wtforms.StringField(
        "Coût", widget=lambda field, **_: Markup('<output id="{}">12</output>').format(field.id)
    )
    territory = wtforms.FormField(Pair, "Où ?")
    organisation = wtforms.FormField(Pair, "Partenaire")
    indicators = wtforms.FormField(Pairs, "Objectifs")


QUESTIONS = [
    SimpleNamespace(
        key=key, kind=key, label="Question", required=key != "text", example="la criée", purpose="Pour prévoir les accès.", confidential=True,
        siret_required=False, columns=[SimpleNamespace(key="what", label="Poste", unit="", kind="text", required=True), SimpleNamespace(key="siret", label="Nombre", unit="m²", kind="number", required=False)],
    )
    for key in ("text", "markdown", "number", "yes_no", "table", "datasets", "calculated", "territory", "organisation", "indicators")
]  # fmt: skip


def asked() -> Asked:
    """Return the form of questions, a number with its unit among them."""
    form = Asked()
    form.number.unit, form.number.decimals = "m²", 2
    return form


def answer(text: str, **more: Any) -> SimpleNamespace:
    """Return an answer in words."""
    plain = {
        "label": "Question",
        "text": text,
        "is_long": False,
        "is_rich": False,
        "grid": None,
        "links": [],
        "html": Markup("<p>gras</p>"),
    }
    return SimpleNamespace(**{**plain, **more})


FORM_BODY = """
{% from "components/form.html" import field, error_summary, csrf, cell_field, sticky_bar %}
{% from "components/button.html" import submit_button %}
<form method="post">{{ csrf() }}{{ error_summary(form) }}
{% for f in form %}{{ field(f, autocomplete="off") if f.name == "title" else field(f) }}{% endfor %}
{% call sticky_bar("Enregistré à 23 h 50.") %}{{ submit_button("Enregistrer", name="action", value="save", arrow=True) }}{% endcall %}
</form>"""


def filled(*, valid: bool) -> EveryField:
    """Return the form as first opened, or after an empty submission."""
    form = EveryField()
    if not valid:
        form.validate()
    return form


def step(
    state: str, href: str | None = None, when: str | None = "2026", note: str | None = "Une note"
) -> dict[str, Any]:
    """Return one step of a thread."""
    return {"label": f"Étape « {state} »", "when": when, "state": state, "href": href, "note": note}


STEPS = [step("done", "#a"), step("problem"), step("here", "#b", note=None), step("todo", when=None)]
DRAWING = trame("respire-etang", "cote")
TOTALS = [
    SimpleNamespace(cost=Decimal(26500), funding=Decimal(funding), gap=Decimal(0), region_share=share, public_share=share)
    for funding, share in ((25500, Decimal("50.0")), (26500, None), (27500, Decimal("50.0")))
]  # fmt: skip

AT = datetime(2026, 11, 30, 11, 0, tzinfo=UTC)
MESSAGES = [
    {"who": "Camille Roux", "at": AT, "text": "Où est le devis ?", "mine": False, "unread": True},
    {"who": "Association Air", "at": AT, "text": "Le voici.", "mine": True, "files": [("devis.pdf", "#")]},
]

# name of the case -> (template text, context)
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "buttons": (
        ('{% from "components/button.html" import link_button, submit_button, post_button %}'
        '{% for kind in ["primary", "second", "small", "small-second", "link"] %}'
        '{{ link_button("#", "Lire l’appel", kind, arrow=loop.first, context="Données du territoire") }}'
        '{{ post_button("/x", "Retirer", kind, fields={"version": "3"}, context="le dossier") }}{% endfor %}'), {}),
    "statuses": (
        ('{% from "components/status.html" import status %}'
        '{% for tone in ["neutral", "ok", "warn", "err", "pause"] %}<p>{{ status("Déposé", tone) }} {{ status("Déposé", tone, full=True) }}</p>{% endfor %}'), {}),
    "table": (
        ('{% from "components/table.html" import table, cell, row_header, group_row %}'
        '{% call table("Dossiers", [("Dossier", False), ("Montant", True), ("", False)], foot=foot) %}{{ group_row("En retard (1)", 3) }}'
        '<tr>{% call row_header() %}<a href="#">Toits</a> <span class="note">DT-1</span>{% endcall %}{% call cell("Montant", True) %}12,00{% endcall %}{% call cell("") %}x{% endcall %}</tr>{% endcall %}'
        '{% call table("Par groupe", [("Dossier", False)], hidden_caption=False) %}<tbody><tr>{% call cell("Dossier") %}a{% endcall %}</tr></tbody>{% endcall %}'),
        {"foot": Markup('<tr><th role="rowheader" scope="row">Total</th><td role="cell">12,00</td><td role="cell"></td></tr>')}),
    "cards": (
        ('{% from "components/card.html" import card %}<ul class="grid">'
        '{{ card("Respire Étang", "#", "Carte", "L’air de la cour", ["Association", "18 nov."], trame=drawing, element="li") }}'
        '{{ card("Sans rien", "#", element="li", wide=True) }}{{ card("Image", "#", image="/x.webp", image_alt="Carte", level=2, element="li") }}</ul>'),
        {"drawing": DRAWING}),
    "extract": (
        '{% from "components/extract.html" import extract %}{{ extract(parts) }}',
        {"parts": [{"text": "… les ", "is_found": False}, {"text": "<vélos>", "is_found": True}]},
    ),
    "thread": ('{% from "components/thread.html" import thread %}{{ thread(steps) }}{{ thread(steps, across=True, label="Le fil") }}', {"steps": STEPS}),
    "form steps": ('{% from "components/steps.html" import form_steps %}{{ form_steps([("Organisme", "/1", True), ("Projet", "/2", False), ("Envoi", "/3", False)], current) }}', {"current": "/2"}),
    "empty": ('{% from "components/empty.html" import empty %}{{ empty("Aucun dossier.") }}{{ empty("Aucun dossier.", "Le prochain dépôt ferme lundi.", "#", "Voir les appels") }}', {}),
    "figures": (
        ('{% from "components/figures.html" import key_figures, facts, rules %}{{ key_figures(figures) }}'
        '{{ facts([("Pour qui", "Communes", "et écoles"), ("Combien", "50 %", None)]) }}{{ rules([("Porteur", "Commune"), ("Aide", "10 €", "votée")]) }}'),
        {"figures": [{"label": "partenaires", "value": "50", "note": "au 30 septembre"}, {"label": "jeux", "value": "1 480", "note": None}]}),
    "pagination": (
        '{% from "components/pagination.html" import pagination %}{% for page in pages %}{{ pagination(page, url, label="Pages " ~ loop.index) }}{% endfor %}',
        {"pages": [SimpleNamespace(number=n, total_pages=t, total=9, has_prev=p, has_next=q) for n, t, p, q in ((1, 3, False, True), (2, None, True, True), (3, 3, True, False), (1, 1, False, False))],
         "url": lambda number: f"?page={number}"}),
    "chips": (
        '{% from "components/chips.html" import chips %}{{ chips(items, "Filtrer") }}',
        {"items": [{"label": "Tout", "href": "#", "count": 34, "current": True, "alert": False}, {"label": "En retard", "href": "#", "count": 0, "current": False, "alert": True}, {"label": "Libre", "href": "#", "count": None, "current": False, "alert": False}]}),
    "messages": (
        ('{% from "components/message.html" import message, flashes %}{{ flashes() }}'
        '{% for tone in ["info", "ok", "warn", "err"] %}{% call message(tone, "Ce qui manquait") %}<p>Un texte <a href="#">lié</a>.</p>{% endcall %}{% endfor %}'), {}),
    "export": ('{% from "components/export.html" import export_links %}{{ export_links("assessment.export_desk") }}{{ export_links("events.export_registrations", "Exporter les inscriptions :", slug="x") }}', {}),
    "breadcrumb": ('{% from "components/breadcrumb.html" import breadcrumb %}{{ breadcrumb([("Accueil", "/"), ("Appels", "/appels"), ("Ici", None)]) }}', {}),
    "budget": (
        ('{% from "components/budget.html" import budget_table %}{% for t in totals %}{{ budget_table([("Relevés", "Prestation", t.cost)], [("Région", "Demandé", t.funding / 2), ("Fonds propres", "Acquis", t.funding / 2)], t) }}{% endfor %}'
        "{{ budget_table([], [], none_yet) }}"),
        {"totals": TOTALS, "none_yet": SimpleNamespace(cost=Decimal(0), funding=Decimal(0), gap=Decimal(0), region_share=None, public_share=None)}),
    "agenda": (
        '{% from "components/agenda.html" import agenda %}{{ agenda(items) }}',
        {"items": [
            {"day": 28, "month_hour": "novembre, 9 h", "title": "Hackathon", "href": "#", "text": "Deux jours", "status_label": "Ouvert", "status_tone": "ok", "datetime": "2026-11-28"},
            {"day": 1, "month_hour": "mars", "title": "Appel", "href": None, "text": None, "status_label": None, "status_tone": None, "datetime": None}]}),
    "clock": (
        '{% from "components/clock.html" import clock %}{{ clock("J 31 sur 60", 0.5) }}{{ clock("Suspendue à J 22", 0.3, suspended=True) }}{{ clock("Réputé complet jeudi 26", 0.97, urgent=True) }}{{ clock("Dépassé", 2) }}', {}),
    "bars": (
        ('{% from "components/bar.html" import weight_bar, envelope_bar, plot %}{{ weight_bar(15, 25) }}{{ weight_bar(0, 0) }}'
        '{{ envelope_bar([("Sûrs", sure, "sure", "Aucun écart."), ("À discuter", discuss, "discuss"), ("Hors enveloppe", discuss, "out")], "Le trait vertical marque l’enveloppe.", limit=sure) }}'
        '{{ envelope_bar([], None) }}{% for zone in ["sure", "discuss", "out"] %}{{ plot(70, 63, 75, zone, 35, 95, threshold=60) }}{% endfor %}'),
        {"sure": Decimal(103500), "discuss": Decimal(66700)}),
    "scores and documents": (
        ('{% from "components/scores.html" import criterion %}{% from "components/document.html" import document_row %}'
        '{% call criterion(form.status, "1. Intérêt régional", "Poids 15.", "4 : sert deux objectifs.") %}<p>Motif</p>{% endcall %}'
        '{% call document_row("Délibération", "delib.pdf", "Reçue", "ok") %}<a href="#">Remplacer</a>{% endcall %}'),
        {"form": filled(valid=False)}),
    "filters": (
        ('{% from "components/chips.html" import active_filters %}{% from "components/facets.html" import facet, facets %}'
        '{{ active_filters([], "/x") }}{{ active_filters([{"label": "Var", "href": "?annee=2026"}], "/x") }}'
        '<form>{% call facets(2) %}{{ facet("Thème", "theme", options[:3], open=True) }}{{ facet("Lieu", "lieu", options) }}{{ facet("Vide", "vide", []) }}{% endcall %}</form>'),
        {"options": [{"value": str(n), "label": f"Choix {n}", "checked": n == 1, "count": n} for n in range(9)]}),
    "tags and tabs": (
        ('{% from "components/status.html" import tag %}{% from "components/tabs.html" import tabs %}{{ tag("Mer") }}{{ tag("Air", "#") }}'
        '{{ tabs([("Dossier", "/a"), ("Échanges", "/b", 3), ("Journal", "/c", None)], "/b", "Parties du dossier") }}'), {}),
    "dialog": (
        ('{% from "components/dialog.html" import dialog, dialog_opener, dialog_close %}{{ dialog_opener("retirer", "Retirer le dossier") }}{{ dialog_opener("retirer", "Retirer", "small") }}'
        '{% call dialog("retirer", "Retirer le dossier ?") %}<p>Il sera fermé.</p>{{ dialog_close(back="retour") }}{% endcall %}<p id="retour"></p>'), {}),
    "exchange": ('{% from "components/exchange.html" import exchange %}{{ exchange(items, level=2) }}', {"items": MESSAGES}),
    "deadline": (
        '{% from "components/deadline.html" import deadline %}{{ deadline("Dépôt avant le", at, "il reste 7 jours") }}{{ deadline("Dépôt avant le", at, urgent=True) }}', {"at": AT}),
    "issued document": (
        ('{% from "components/document.html" import issued_document %}{{ issued_document("Accusé de réception", "#", 45000) }}'
        '{% call issued_document("Convention", "#", 245000, at, "a" * 64) %}<a href="#">Vérifier</a>{% endcall %}'), {"at": AT}),
    "sorting and picking": (
        ('{% from "components/table.html" import table, cell, row_header, select_cell, bulk_bar %}<form method="post" data-selection>'
        '{% call table("Dossiers", [("", False), ("Dossier", False, sort), ("Montant", True)]) %}<tr>{{ select_cell("dossier", 1, "le dossier DT-1") }}{% call row_header() %}DT-1{% endcall %}{% call cell("Montant", True) %}1{% endcall %}</tr>{% endcall %}'
        '{% call bulk_bar("Cochez des dossiers.") %}<button>Affecter</button>{% endcall %}</form>'),
        {"sort": {"href": "?tri=titre", "direction": "ascending"}}),
    "charts": (
        ('{% from "components/chart.html" import line_chart, sparkline, bar_chart, stacked_chart %}'
        '{% for chart in lines %}{{ line_chart(chart, "ligne-" ~ loop.index, "Les partenaires doublent", "Source : Région.", "Par mois") }}{{ sparkline(chart) }}{% endfor %}'
        '{% for chart in bars %}{{ bar_chart(chart, "barre-" ~ loop.index, "Le Var devant", ("Lieu", "Aide"), kind="money", hrefs={"Var": "#"}) }}{% endfor %}'
        '{{ stacked_chart(stacks, "pile-1", "La moitié vient des communes", "Année", kind="percent") }}'),
        {
            "lines": [charts.line_chart(each) for each in (
                {"a": []}, {"a": [(AT.date(), Decimal(5))]},
                {name: [(AT.date() + timedelta(days=day), Decimal(day)) for day in range(0, 90, 30)] for name in "abcde"})],
            "bars": [charts.bar_chart(each) for each in ([], [("Var", Decimal(5)), ("Gap", None), ("Nice", Decimal(-2))])],
            "stacks": charts.stacked_chart(list("abcde"), [("2026", [Decimal(1), None, Decimal(2), Decimal(3), Decimal(0)])]),
        }),
    "map": (
        ('{% from "components/map.html" import department_map %}'
        '{% for map in maps %}{{ department_map(map, {"13": ("Bouches-du-Rhône", amount, 2), "05": ("Hautes-Alpes", 0, 0)}, url, "carte-" ~ loop.index, "Aides par département", ("Département", "Projets", "Aides"), "Vote de juin.", current="13") }}{% endfor %}'),
        {"amount": Decimal(32000), "url": lambda code: f"?territoire={code}",
         "maps": [None, charts.department_map({"13": charts.Shape("M0 0l9 9z", (0, 0, 9, 9), (4, 5))}, [("13", "Bouches-du-Rhône"), ("05", "Hautes-Alpes")], {"13": Decimal(32000)}), charts.department_map({"13": charts.Shape("M0 0l9 9z", (0, 0, 9, 9), (4, 5))}, [("13", "B")], {})]}),
    "questions": (
        ('{% from "components/question.html" import question_field, question_row %}<form>'
        '{% for q in questions %}{{ question_field(form[q.key], q, ["", "12,00"] if q.kind == "table" else []) }}{% endfor %}</form><datalist id="known-datasets"></datalist>'),
        {"form": asked(), "questions": QUESTIONS}),
    "answers": (
        '{% from "components/answer.html" import answer_body %}{% for each in answers %}<div>{{ answer_body(each) }}</div>{% endfor %}', {"answers": [
            answer("Un texte."), answer("Un texte\nlong.", is_long=True), answer(""), answer("**gras**", is_rich=True),
            answer("a", links=[("Arbres", "arbres"), ("Autre", None)]),
            answer("a", grid=SimpleNamespace(headings=[("Poste", False), ("Coût", True)], rows=[["Capteurs", "12,00 €"], ["", ""]], foot=["", "12,00 €"])),
            answer("a", grid=SimpleNamespace(headings=[("Poste", False)], rows=[["Capteurs"]], foot=[])),
        ]}),
    "form, first opened": (FORM_BODY, {"form": filled(valid=True)}),
    "form, with errors": (FORM_BODY, {"form": filled(valid=False)}),
}  # fmt: skip


def render(case: str) -> str:
    """Return a whole page that holds one case."""
    text, context = CASES[case]
    body = environment().from_string(text).render(context)
    return f'<!doctype html><html lang="fr"><head><title>Essai</title></head><body><main>{body}</main></body></html>'


def faults(html: str) -> list[str]:
    """Return what is wrong in a page: parse errors, double ids, untied labels, dead references, inline style."""
    parser = html5lib.HTMLParser()
    root = parser.parse(html)
    found = [PARSE_ERRORS[code] % data for _, code, data in parser.errors]
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    ids = Counter(element.get("id") for element in elements if element.get("id"))
    found += [f"id {name} stands {count} times" for name, count in ids.items() if count > 1]
    named = {element.get("for") for element in elements if element.tag == XHTML + "label"}
    wrapped = {child for element in elements if element.tag == XHTML + "label" for child in element.iter()}
    for element in elements:
        tag = element.tag.removeprefix(XHTML)
        typed = tag in {"input", "select", "textarea"} and element.get("type") not in {"hidden", "submit"}
        if typed and element.get("id") not in named and element not in wrapped:
            found.append(f"{tag} {element.get('name')} has no label")
        for attribute in ("aria-describedby", "aria-labelledby", "for"):
            found += [
                f"{attribute} leads nowhere: {name}"
                for name in (element.get(attribute) or "").split()
                if name not in ids
            ]
        if (
            tag == "a"
            and re.match("#.", element.get("href") or "")
            and element.get("href", "#")[1:] not in ids
            and len(element.get("href", "")) > 2
        ):
            found.append(f"link leads nowhere: {element.get('href')}")
        written_here = tag == "style" or (tag == "script" and not element.get("src"))
        if element.get("style") or written_here or any(name.startswith("on") for name in element.keys()):  # noqa: SIM118 - an element, not a dict
            found.append(f"inline style or script on {tag}")
    return found


@pytest.mark.parametrize("case", CASES)
def test_component_gives_clean_html(case: str) -> None:
    assert faults(render(case)) == []


@pytest.mark.parametrize(
    ("html", "word"),
    [
        ('<p id="a"></p><p id="a"></p>', "times"),
        ('<input name="x">', "label"),
        ('<label for="z">Z</label>', "nowhere"),
        ('<p style="color:red">x</p>', "inline"),
        ("<p><div></p>", "Unexpected"),
    ],
)
def test_the_check_itself_sees_each_fault(html: str, word: str) -> None:
    page = f'<!doctype html><html lang="fr"><head><title>x</title></head><body>{html}</body></html>'
    assert any(word in fault for fault in faults(page))


def test_every_component_file_has_a_case() -> None:
    texts = " ".join(text for text, _ in CASES.values())
    layouts_only = {"navigation.html", "mail.html", "mail_text.html", "enhance.html"}
    files = {path.name for path in (TEMPLATES / "components").glob("*.html")} - layouts_only
    assert {name for name in files if f"components/{name}" not in texts} == set()


def test_a_wrong_answer_is_said_in_the_summary_and_beside_the_field() -> None:
    html = render("form, with errors")
    assert "donnez un titre au projet." in html
    assert html.count("Donnez un titre au projet.") == 1
    assert 'href="#status-0"' in html
    assert 'href="#lines-1-amount"' in html
    assert re.search(r'<input[^>]*aria-describedby="title-hint title-error"[^>]*aria-invalid="true"', html)


def test_optional_fields_say_so_and_required_ones_do_not() -> None:
    html = render("form, first opened")
    assert re.search(r'<label for="phone">Téléphone <span class="field__optional">\(facultatif\)</span>', html)
    assert '<label for="title">Titre du projet</label>' in html


def test_an_amount_is_typed_as_text_with_a_decimal_keyboard() -> None:
    html = render("form, first opened")
    field = re.search(r'<input[^>]*id="amount"[^>]*>', html)
    assert field is not None
    assert 'inputmode="decimal"' in field[0]
    assert 'type="text"' in field[0]
    assert 'class="input amount"' in field[0]


@pytest.mark.parametrize("layout", ["page", "staff"])
@pytest.mark.parametrize("account", [None, SimpleNamespace(id=1, display_name="Camille", is_staff=True)])
def test_layout_gives_clean_html(layout: str, account: Any) -> None:
    env = environment()
    env.globals["current_account"] = account
    text = f'{{% extends "layouts/{layout}.html" %}}{{% block title %}}Essai{{% endblock %}}{{% block main %}}<h1>Essai</h1>{{% endblock %}}'
    html = env.from_string(text).render(request=SimpleNamespace(path="/agents/dossiers/DT-1"))
    assert faults(html) == []
    assert "<title>Essai – Région Démonstration</title>" in html
    if layout == "staff":
        assert '<a href="/agents/dossiers" aria-current="true">' in html


@pytest.mark.parametrize("code", [400, 403, 404, 409, 410, 413, 429, 500, 507])
def test_error_page_gives_clean_html(code: int) -> None:
    html = environment().get_template(f"errors/{code}.html").render(request=SimpleNamespace(path="/"))
    assert faults(html) == []
    assert html.count("<h1>") == 1


def asked_for(source: str) -> set[str]:
    """Return the variables and functions that a template asks for, and the parts it is made of."""
    tree = jinja2.Environment().parse(source)
    return jinja2.meta.find_undeclared_variables(tree) | {
        str(part) for part in jinja2.meta.find_referenced_templates(tree)
    }


def test_the_last_error_pages_depend_on_nothing() -> None:
    """Made when the database or the session may be the fault: one standing page, and words in its blanks."""
    assert asked_for((TEMPLATES / "errors" / "500.html").read_text(encoding="utf-8")) == set()
    assert asked_for((TEMPLATES / "errors" / "507.html").read_text(encoding="utf-8")) == {"errors/500.html"}
    assert asked_for("{{ current_account.name }}{% include 'parts/x.html' %}") == {"current_account", "parts/x.html"}
