"""What a registry's company says of an organisation, and where that differs from what somebody wrote."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.organisations.rules import company
from programme.organisations.rules.company import KIND_OF_CATEGORY, Company
from programme.organisations.rules.comparison import Point, Written, bare_name, bare_town, differences
from programme.organisations.states import OrganisationKind as K

GAP = Company("23130002100012", "COMMUNE DE GAP", "7210", "05061", "GAP", "05000", "3 RUE DU COLONEL 05000 GAP")


def points(name="Commune de Gap", kind=K.LOCAL_AUTHORITY, city="Gap", department="05", said=GAP):
    return [each.point for each in differences(Written(name, kind, city, department), said)]


# ---- the nature ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("7210", K.LOCAL_AUTHORITY),
        ("7346", K.GROUPING),
        ("7344", K.GROUPING),
        ("7410", K.PUBLIC_BODY),
        ("7381", K.CHAMBER),
        ("7383", K.UNIVERSITY),
        ("9220", K.ASSOCIATION),
        ("9300", K.ASSOCIATION),
        ("5515", K.MIXED_COMPANY),
        ("7113", K.STATE_SERVICE),
        ("5710", None),  # A company: its category says nothing of its size.
        ("5499", None),
        ("1000", None),  # A person.
        ("7389", None),  # A national public body, of research or not.
        ("9240", None),  # A congregation.
        ("", None),
        ("72", None),
    ],
)
def test_a_legal_category_gives_the_nature_only_where_it_is_certain(category, kind):
    assert Company("1" * 14, legal_category=category).kind is kind


@pytest.mark.reference
def test_the_natures_of_real_organisations_fit_the_words_of_their_legal_form(reference):
    words = {
        K.LOCAL_AUTHORITY: ("Commune", "Département", "Région", "ollectivité"),
        K.GROUPING: ("Syndicat", "Communauté", "Métropole", "Pôle"),
        K.PUBLIC_BODY: ("Établissement", "Centre communal", "Groupement d'intérêt public"),
        K.ASSOCIATION: ("Association",),
        K.STATE_SERVICE: ("Service", "Ministère"),
    }
    with (reference / "orgs" / "organisations-publiques.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["forme_juridique_code"] in KIND_OF_CATEGORY]
    assert len(rows) > 60
    for row in rows:
        assert any(each in row["forme_juridique"] for each in words[KIND_OF_CATEGORY[row["forme_juridique_code"]]])


# ---- the place ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "department"), [("05061", "05"), ("2A004", "2A"), ("97411", "974"), ("98818", "988"), ("", "")]
)
def test_the_department_of_a_commune(code, department):
    assert Company("1" * 14, commune_code=code).department == department


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("GAP", "Gap"),
        ("LA HAGUE", "La Hague"),
        ("AIX-EN-PROVENCE", "Aix-en-Provence"),
        ("L'ISLE-SUR-LA-SORGUE", "L'Isle-sur-la-Sorgue"),
        ("VILLENAVE-D'ORNON", "Villenave-d'Ornon"),
        ("PARIS 7", "Paris"),
        ("MARSEILLE 1ER ARRONDISSEMENT", "Marseille"),
        ("", ""),
    ],
)
def test_a_commune_is_written_as_people_write_it(said, written):
    assert Company("1" * 14, commune=said).town == written


@given(st.text(max_size=40))
def test_writing_a_commune_keeps_it_the_same_commune(said):
    assert bare_town(Company("1" * 14, commune=said.lower()).town) == bare_town(said.lower())


# ---- the comparison -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Commune de Gap", "COMMUNE DE GAP"),
        ("Ville de Gap", "COMMUNE DE GAP"),
        ("Mairie de Saint-Véran", "COMMUNE DE ST VERAN"),
        ("Les Amis du parc", "ASSOCIATION LES AMIS DU PARC"),
        ("Dupont et fils", "SARL DUPONT ET FILS"),
        ("SAS  Cœur d’Azur", "COEUR D'AZUR"),
        ("A.D.I.L. du Var", "ADIL DU VAR"),
        ("DINUM", "DIRECTION INTERMINISTERIELLE DU NUMERIQUE (DINUM)"),
        ("Direction interministérielle du numérique", "DIRECTION INTERMINISTERIELLE DU NUMERIQUE (DINUM)"),
    ],
)
def test_a_name_written_otherwise_is_the_same(written, said):
    assert points(name=written, said=Company("1" * 14, said)) == []


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Commune de Gap", "COMMUNE DE GAPENCE"),
        ("Commune de Digne", "COMMUNE DE GAP"),
        ("Association", "ASSOCIATION LES AMIS DU PARC"),
        ("Dupont fils et Durand", "DUPONT"),
        ("()", "COMMUNE DE GAP ()"),
    ],
)
def test_another_name_is_a_difference(written, said):
    assert points(name=written, said=Company("1" * 14, said)) == [Point.NAME]


@pytest.mark.parametrize(
    ("written", "said"),
    [("Paris", "PARIS 7"), ("Marseille", "MARSEILLE 1ER ARRONDISSEMENT"), ("St Véran", "SAINT-VERAN"),
     ("Gap", "GAP CEDEX 9"), ("Ste-Tulle", "SAINTE TULLE")],
)  # fmt: skip
def test_a_commune_written_otherwise_is_the_same(written, said):
    assert points(city=written, said=Company("1" * 14, commune=said)) == []


def test_each_point_is_told_with_both_sides():
    found = differences(Written("Gap Sud", K.ASSOCIATION, "Digne", "04"), GAP)
    assert [(each.point, each.written, each.said) for each in found] == [
        (Point.NAME, "Gap Sud", "COMMUNE DE GAP"),
        (Point.KIND, K.ASSOCIATION, K.LOCAL_AUTHORITY),
        (Point.CITY, "Digne", "Gap"),
        (Point.DEPARTMENT, "04", "05"),
    ]


def test_what_one_side_does_not_say_is_no_difference():
    assert points(city=None, department=None) == []
    assert points("Anything", K.COMPANY, "Nice", "06", company.hidden("1" * 14, "", is_active=True)) == []


NAMES = st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=60)


@given(NAMES)
def test_the_bare_words_of_a_name_do_not_change_when_they_are_taken_again(name):
    bare = bare_name(name)
    assert bare_name(" ".join(bare)) == bare


@given(st.lists(st.sampled_from(["parc", "Écrins", "de", "SARL", "Œuvre", "7"]), min_size=1, max_size=6))
def test_case_and_accents_change_nothing(words):
    name = " ".join(words)
    assert bare_name(name) == bare_name(name.upper()) == bare_name(name.lower().replace("é", "e").replace("œ", "oe"))


@given(NAMES, st.sampled_from(list(K)))
def test_an_organisation_does_not_differ_from_itself(name, kind):
    assert points(name, kind, said=Company("1" * 14, name, commune="GAP", commune_code="05061")) == []


def test_a_company_is_kept_and_read_again_whatever_another_release_kept_besides():
    assert company.read(GAP.__dict__ | {"directors": ["x"]}) == GAP
