"""Rows copied from a spreadsheet: each one is taken or said, none is changed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programme.applications.labels import CATEGORIES, FUNDING_KINDS, FUNDING_STATES
from programme.applications.rules.budget_words import Part, Source, words
from programme.applications.rules.figures import Trouble
from programme.applications.rules.paste import Reason, understand
from programme.applications.states import ExpenseCategory, FundingKind, FundingState
from programme.core.tables import pasted

E, F = ExpenseCategory, FundingKind


@pytest.fixture
def known(app):
    """The words of the screen."""
    with app.test_request_context():
        return words(CATEGORIES, FUNDING_KINDS, FUNDING_STATES)


def copy(text, known, part=Part.EXPENSE):
    return understand(pasted(text).rows, part, known)


def test_a_table_with_its_titles_is_read_by_them(known):
    found = copy(
        "Budget prévisionnel\nPoste\tNature\tQuantité\tMontant HT\tMontant TTC\n"
        "Capteurs\tÉquipement\t3\t1 000,00\t1 200,00 €\nTotal\t\t\t1 000\t1 200",
        known,
    )
    (line,) = found.lines
    assert (line.label, line.code, line.source, line.amount) == (
        "Capteurs",
        E.EQUIPMENT,
        Source.SAID,
        Decimal("1200.00"),
    )
    assert [(each.number, each.reason) for each in found.left_out] == [
        (1, Reason.HEADING), (2, Reason.HEADING), (4, Reason.TOTAL),
    ]  # fmt: skip
    assert found.columns_aside == ["Quantité", "Montant HT"]


def test_without_titles_columns_are_known_by_what_they_hold(known):
    found = copy("Étude d’usage\tPrestation\t1 500,00\nChargée de mission\tPersonnel\t12.5", known)
    assert [(each.label, each.code, each.amount) for each in found.lines] == [
        ("Étude d’usage", E.SERVICES, Decimal("1500.00")), ("Chargée de mission", E.STAFF, Decimal("12.50")),
    ]  # fmt: skip
    assert found.columns_aside == []


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("Salaire du chef de projet", E.STAFF), ("Serveurs", E.EQUIPMENT), ("Sous-traitance", E.SERVICES),
        ("Frais généraux", E.INDIRECT), ("Valorisation du bénévolat", E.IN_KIND), ("Hébergement", E.SERVICES),
    ],
)  # fmt: skip
def test_the_nature_of_an_expense_is_guessed_and_said_to_be(known, label, code):
    (line,) = copy(f"{label}\t100", known).lines
    assert (line.code, line.source) == (code, Source.GUESSED)


def test_a_nature_that_nothing_tells_is_said_to_be_unknown(known):
    (line,) = copy("Bidules\t100", known).lines
    assert (line.code, line.source) == (E.OTHER, Source.UNKNOWN)


def test_fundings_have_their_state_and_the_region_is_the_request(known):
    found = copy(
        "Financeur\tÉtat\tMontant\nRégion\t\t8 000\nFEDER\tObtenu\t500\nFonds propres\t\t12,5\nVille de Gap\tsollicité\t3",
        known, Part.FUNDING,
    )  # fmt: skip
    assert [(each.part, each.code, each.state) for each in found.lines] == [
        (Part.REQUEST, None, None), (Part.FUNDING, F.EUROPEAN, FundingState.OBTAINED),
        (Part.FUNDING, F.OWN, FundingState.SOUGHT), (Part.FUNDING, F.PUBLIC, FundingState.SOUGHT),
    ]  # fmt: skip


def test_an_amount_that_is_read_in_two_ways_is_read_in_none_unless_its_column_says_which(known):
    assert [each.trouble for each in copy("a\t1,234\nb\t2,500", known).lines] == [Trouble.AMBIGUOUS] * 2
    assert [each.amount for each in copy("a\t1,234\nb\t2,500.00", known).lines] == [Decimal(1234), Decimal(2500)]


def test_what_cannot_be_read_stays_as_it_stood(known):
    lines = copy("Étude\t-5\nAutre\tbeaucoup\nFin\t12", known).lines
    assert [(each.typed, each.amount, each.trouble) for each in lines] == [
        ("-5", None, Trouble.NEGATIVE), ("beaucoup", None, Trouble.UNREADABLE), ("12", Decimal("12.00"), None),
    ]  # fmt: skip


def test_one_column_gives_labels_or_amounts(known):
    assert [(each.label, each.typed) for each in copy("Capteurs\nÉtude", known).lines] == [
        ("Capteurs", ""),
        ("Étude", ""),
    ]
    assert [(each.label, each.amount) for each in copy("12,50\n13", known).lines] == [
        ("", Decimal("12.50")), ("", Decimal(13)),
    ]  # fmt: skip


def test_a_cell_of_several_lines_is_one_cell(known):
    (line,) = copy('"Capteurs\net pose"\t12\n', known).lines
    assert (line.label, line.amount) == ("Capteurs et pose", Decimal(12))
    assert [each.label for each in copy('"jamais fermé\t12\nautre\t3', known).lines] == ['"jamais fermé', "autre"]


CELLS = st.one_of(
    st.text("abé 12,.-€\u00a0", max_size=8), st.sampled_from(["Total", "Poste", "Montant", "Nature", "Région", "Prestation", ""]),
    st.decimals(-(10**6), 10**6, places=3),
)  # fmt: skip


@given(st.lists(st.lists(CELLS, max_size=5), max_size=8), st.sampled_from([Part.EXPENSE, Part.FUNDING]))
def test_each_row_is_taken_or_said_once_and_each_column_used_or_named(rows, part):
    numbered = [(number, row) for number, row in enumerate(rows, 1)]
    plain = words({E.SERVICES: "Prestation"}, {F.OWN: "Fonds propres"}, {FundingState.OBTAINED: "Obtenu"})
    found = understand(numbered, part, plain)
    written = {number for number, row in numbered if any(str(cell).strip() for cell in row)}
    numbers = [each.number for each in (*found.lines, *found.left_out)]
    assert len(numbers) == len(set(numbers))
    assert set(numbers) == written
    for line in found.lines:
        assert (line.amount is None) == (line.trouble is not None)
        assert line.amount is None or line.amount >= 0
        assert (line.code is None) == (line.part is Part.REQUEST)


LABELS = st.text("abcdefé’-", min_size=1, max_size=12).filter(lambda text: any(sign.isalpha() for sign in text))


@given(
    st.lists(st.tuples(LABELS, st.sampled_from(E), st.integers(0, 10**10)), min_size=1, max_size=12),
    st.sampled_from(["Poste\tNature\tMontant\n", ""]),
)
def test_rows_written_as_the_screen_says_come_back_as_they_were(rows, titles):
    plain = {code: code.value.replace("_", " ") for code in E}
    text = titles + "\n".join(
        f"{label}\t{plain[code]}\t{amount // 100},{amount % 100:02d}" for label, code, amount in rows
    )
    found = understand(pasted(text).rows, Part.EXPENSE, words(plain, {}, {}))
    assert [(each.label, each.code, each.amount) for each in found.lines] == [
        (label, code, Decimal(amount) / 100) for label, code, amount in rows
    ]
