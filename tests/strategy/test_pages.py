"""What everybody reads of the strategy, and what the officers write."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from programme.accounts.states import Role
from programme.core.journal import JournalEntry
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from programme.strategy import labels
from programme.strategy.models import (
    Award,
    Axis,
    FrameConsistency,
    Indicator,
    IndicatorValue,
    ProgrammeService,
    RdProgramme,
    RegionalRole,
    StrategyFrame,
    Subdomain,
)
from programme.strategy.states import IndicatorMode, ThemeSet
from tests.factories import catalogue as data
from tests.factories import strategy as make
from tests.factories.people import NOON, signed_in
from tests.pages import plain

pytestmark = pytest.mark.db


def fill(size):
    """`size` of everything that the page shows."""
    for _ in range(size):
        whole = make.strategy()
        part_of = make.frame("SRADDET", adopted_on=None)
        frame = make.frame(
            "SCANT", adopted_on=date(2018, 6, 29), part_of_id=part_of.id, border_rule="Relève d’ailleurs."
        )
        database.session.add_all([
            StrategyFrame(strategy_id=whole.id, frame_id=frame.id),
            FrameConsistency(frame_id=part_of.id, other_id=frame.id),
            RdProgramme(slug=f"recherche-{frame.id}", title="FlexGRID Data", summary="Des réseaux."),
            Award(name="Prix de l’open data", organisers="La Gazette", year=2018, recipient="la Région"),
        ])  # fmt: skip
        role = RegionalRole(code=f"role-{frame.id}", label="Facilitateur", text="Met en relation.")
        role.services = [
            ProgrammeService(title="Le réseau", text="qui joindre", path="/partenaires", audience_codes=["users"])
        ]
        theme = make.theme("Ports intelligents", set=ThemeSet.TERRITORIES)
        part = Subdomain(theme_id=theme.id, code=f"part-{frame.id}", label="Flux terrestres", text="Camions et trains.")
        database.session.add_all([role, part])
        data.dataset(theme=make.theme("Mobilité et transports"))
    database.session.flush()


@pytest.mark.parametrize("size", [1, 3])
def test_the_strategy_asks_eight_times_whatever_its_size(db, visitor, count_queries, size):
    with unit_of_work():
        fill(size)
    reader = visitor()
    with count_queries(8):
        page = reader.get("/strategie")
    for words in (
        "Adoptée le 3 novembre 2016", "Axe 1. Axe de Smart Région", "A. Objectif de Smart Région", "Fait partie de : SRADDET",
        "29 juin 2018", "date non précisée par la source", "Relève d'ailleurs.", "Pour : usagers.", "Flux terrestres",
        "1 jeu de données", "FlexGRID Data", "Décernée à la Région, par La Gazette",
    ):  # fmt: skip
        assert words in page.text


def test_an_empty_strategy_says_what_to_read_meanwhile(db, visitor):
    page = visitor().get("/strategie")
    assert "pas encore publiée" in page.text
    assert "/appels" in page.links()


def test_a_link_without_address_is_not_shown_and_staff_are_told(app, db, visitor):
    with unit_of_work():
        make.strategy(further=[{"label": "La délibération", "url": ""}])
    assert "La délibération" not in visitor().get("/strategie").text
    officer, _ = signed_in(app, Role.OFFICER_PROGRAMME)
    assert "« La délibération » n'a pas d'adresse" in officer.get("/agents/strategie").text


def test_a_research_programme_shows_what_it_opened_and_what_its_source_leaves_unsaid(db, visitor):
    with unit_of_work():
        database.session.add(
            RdProgramme(slug="open-emploi", title="Open Emploi", summary="De l’IA.", partners="Région\nOPCO")
        )
        data.dataset("Métiers en tension", opened_through="Open Emploi")
        data.dataset("Horaires")
    page = visitor().get("/strategie/programmes/open-emploi")
    assert "Métiers en tension" in page.text
    assert "Horaires" not in page.text
    assert "sans précision dans la source" in page.text


def test_an_unknown_research_programme_is_absent(db, visitor):
    visitor().get("/strategie/programmes/rien", status=404)


@pytest.mark.parametrize("size", [1, 3])
def test_the_figures_ask_twice_whatever_their_number(db, visitor, count_queries, size):
    with unit_of_work():
        for _ in range(size):
            indicator = make.indicator("partenaires sous convention")
            make.value(indicator, "50", on=None)
            make.value(indicator, "55", on=date(2025, 3, 1))
            make.value(indicator, "62", on=date(2026, 3, 1), note="Deux conventions retrouvées.")
    reader = visitor()
    with count_queries(2):
        page = reader.get("/indicateurs")
    assert page.text.count("Deux conventions retrouvées.") == 2 * size
    assert "Au 1er mars 2026. Source : Rapport." in page.text
    assert page.text.count("Source : Rapport.") == 1, "a source that several figures share is said once"
    assert len(page.tree.xpath("//figure[@class='chart']//svg[@class='chart__plot']")) == size
    assert page.text.count("De 55 à 62 depuis le 1er mars 2025") >= size


def test_figures_of_other_sources_or_dates_stand_apart(db, visitor):
    with unit_of_work():
        make.value(make.indicator("partenaires"), "50", on=date(2026, 3, 1))
        make.value(make.indicator("organismes"), "118", on=date(2026, 3, 1))
        make.value(make.indicator("jeux"), "9", on=date(2026, 4, 1))
        make.indicator("sans valeur")
    page = visitor().get("/indicateurs")
    titles = [each.text_content() for each in page.tree.xpath("//section//h2")]
    assert titles == ["2 chiffres déclarés", "1 chiffre déclaré", "1 chiffre déclaré"]
    assert not page.tree.xpath("//figure"), "one date makes no line"


def test_a_course_that_ends_where_it_began_says_so(db):
    with unit_of_work():
        indicator = make.indicator("partenaires")
        values = [make.value(indicator, "37", on=date(2026, month, 2)) for month in (4, 3)]
    chart = labels.curve(values)
    assert plain(labels.course(chart, "partenaires")) == "37, comme le 2 mars 2026"


def test_of_two_values_of_a_day_the_line_keeps_the_last_word(db):
    with unit_of_work():
        indicator = make.indicator("partenaires")
        newest = make.value(indicator, "40", on=date(2026, 3, 2), note="Corrigé.", at=NOON + timedelta(hours=1))
        oldest = make.value(indicator, "37", on=date(2026, 3, 2))
        undated = make.value(indicator, "10", on=None)
    assert [dot.value for dot in labels.curve([newest, oldest, undated]).lines[0].dots] == [40]


def test_declared_and_computed_figures_are_told_apart(db, visitor):
    with unit_of_work():
        make.value(make.indicator("prix reçus"), "1")
        make.indicator("fiches comptées", mode=IndicatorMode.COMPUTED)
    reader = visitor()
    declared, computed = reader.get("/indicateurs?mode=declared"), reader.get("/indicateurs?mode=computed")
    assert "prix reçus" in declared.text
    assert "fiches comptées" not in declared.text
    assert "fiches comptées" in computed.text
    assert "Calculé chaque nuit" in computed.text
    assert "la première paraît la nuit prochaine" in computed.text
    assert "prix reçus" in reader.get("/indicateurs?mode=nimporte").text


def test_no_figure_yet_is_said(db, visitor):
    assert "Aucun chiffre n'est encore publié." in visitor().get("/indicateurs").text


STAFF_DOORS = ["/agents/indicateurs", "/agents/indicateurs/nouveau", "/agents/strategie"]


@pytest.mark.parametrize("path", STAFF_DOORS)
def test_staff_doors_lead_a_stranger_to_the_sign_in_page(db, visitor, path):
    assert visitor().get(path).path == "/connexion"


@pytest.mark.parametrize("path", STAFF_DOORS)
@pytest.mark.parametrize("roles", [(), (Role.FINANCE,), (Role.OFFICER_FILE,), (Role.DIRECTION,), (Role.DPO,)])
def test_staff_doors_do_not_exist_for_others(app, db, path, roles):
    person, _ = signed_in(app, *roles)
    person.get(path, status=404)


def test_the_desk_counts_the_figures_without_date(app, db):
    with unit_of_work():
        make.value(make.indicator("organismes producteurs"), "118", on=None)
        make.indicator("sans valeur")
    officer, _ = signed_in(app, Role.OFFICER_PROGRAMME)
    page = officer.get("/agents/indicateurs")
    assert page.h1 == "1 chiffre n'a pas de date de référence"
    assert "sans valeur" in page.text


def test_an_officer_follows_a_new_figure_and_declares_it(app, db):
    officer, number = signed_in(app, Role.OFFICER_PROGRAMME)
    page = officer.post("/agents/indicateurs/nouveau", {
        "label": "écoles équipées", "unit": "écoles", "kind": "output", "definition": "Relevé annuel.", "on_home": "y",
    })  # fmt: skip
    assert page.path == "/agents/indicateurs/ecoles-equipees"
    page = officer.post(page.path, {"value": "1 480,5", "reference_on": "01/03/2026", "source": "Enquête de rentrée"})
    assert "reste" in page.text
    kept = db.session.scalars(select(IndicatorValue)).one()
    assert (str(kept.value), kept.reference_on, kept.recorded_by_id) == ("1480.50", date(2026, 3, 1), number)
    assert db.session.scalars(select(Indicator)).one().on_home


def test_a_wrong_figure_comes_back_as_typed(app, db):
    with unit_of_work():
        indicator = make.indicator()
    officer, _ = signed_in(app, Role.ADMIN)
    page = officer.post(f"/agents/indicateurs/{indicator.code}", {"value": "beaucoup", "source": "Rapport"}, status=422)
    assert "Écrivez un nombre en chiffres" in page.text
    assert page.tree.xpath("//input[@name='value']/@value") == ["beaucoup"]
    page = officer.post(f"/agents/indicateurs/{indicator.code}", {"value": " ", "source": ""}, status=422)
    assert "Écrivez la valeur en chiffres" in page.text
    assert "Nommez la source" in page.text
    assert db.session.scalars(select(IndicatorValue)).all() == []


def test_a_correction_without_note_keeps_what_was_typed(app, db):
    with unit_of_work():
        indicator = make.indicator()
        make.value(indicator, "50", on=date(2026, 3, 1))
    officer, _ = signed_in(app, Role.OFFICER_PROGRAMME)
    sent = {"value": "51", "reference_on": "2026-03-01", "source": "Rapport corrigé"}
    page = officer.post(f"/agents/indicateurs/{indicator.code}", sent, status=422)
    assert "dites en note ce que vous corrigez" in page.text
    assert page.tree.xpath("//input[@name='source']/@value") == ["Rapport corrigé"]
    page = officer.post(f"/agents/indicateurs/{indicator.code}", sent | {"note": "Un doublon."})
    assert "Corrigée depuis" in page.text


def test_a_computed_figure_has_no_form(app, db):
    with unit_of_work():
        indicator = make.indicator(mode=IndicatorMode.COMPUTED)
    officer, _ = signed_in(app, Role.OFFICER_PROGRAMME)
    path = f"/agents/indicateurs/{indicator.code}"
    assert "il ne se saisit pas" in officer.get(path).text
    page = officer.post(path, {"value": "3", "source": "moi"}, form="/agents/indicateurs/nouveau", status=422)
    assert db.session.scalars(select(IndicatorValue)).all() == []
    assert page.status == 422


def test_an_incomplete_new_figure_is_explained(app, db):
    officer, _ = signed_in(app, Role.OFFICER_PROGRAMME)
    page = officer.post("/agents/indicateurs/nouveau", {"label": "écoles", "kind": "output"}, status=422)
    assert "Écrivez l'unité" in page.text
    assert page.tree.xpath("//input[@name='label']/@value") == ["écoles"]


def test_an_officer_rewrites_an_axis_and_the_journal_keeps_both_texts(app, db):
    with unit_of_work():
        make.strategy()
    axis = db.session.scalars(select(Axis)).one()
    officer, _ = signed_in(app, Role.OFFICER_PROGRAMME)
    path = f"/agents/strategie/axe/{axis.id}"
    page = officer.post(path, {"title": "Des réseaux partout", "text": "Nouveau texte.", "carrier": "shared"})
    assert page.path == "/agents/strategie"
    assert "Des réseaux partout" in page.text
    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.act == "axis.rewritten")).one()
    assert (entry.before["text"], entry.after["text"]) == ("Texte de l’axe.", "Nouveau texte.")
    page = officer.post(path, {"title": "", "text": "Autre", "carrier": "shared"}, status=422)
    assert "Écrivez le titre." in page.text
    assert "Autre" in page.text


@pytest.mark.parametrize(("kind", "sent"), [
    ("strategie", {"act": "délibération n° 16-888", "adopted_on": "2016-11-04"}), ("cadre", {"border_rule": "Ailleurs."}),
    ("theme", {}),
])  # fmt: skip
def test_each_kind_of_part_has_its_own_fields(app, db, kind, sent):
    with unit_of_work():
        number = {"strategie": make.strategy, "cadre": make.frame, "theme": make.theme}[kind]().id
    officer, _ = signed_in(app, Role.OFFICER_PROGRAMME)
    officer.post(f"/agents/strategie/{kind}/{number}", {"title": "Autre titre", "text": "Autre texte.", **sent})
    page = officer.get(f"/agents/strategie/{kind}/{number}")
    for typed in ("Autre titre", *sent.values()):
        assert typed in page.tree.xpath("//input/@value") or typed in page.text


def test_an_unknown_part_is_absent(app, db):
    officer, _ = signed_in(app, Role.OFFICER_PROGRAMME)
    officer.get("/agents/strategie/axe/99", status=404)
    officer.get("/agents/strategie/autre/1", status=404)
