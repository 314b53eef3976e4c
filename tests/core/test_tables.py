"""The one reader of CSV takes what spreadsheets write."""

import pytest

from programme.core.errors import RuleBroken
from programme.core.tables import read_csv

TEXT = "Titre;Producteur\nÉtang de Berre;Région « Sud »\n"


def cells(data):
    return [row.cells for row in read_csv(data).rows]


@pytest.mark.parametrize("data", [
    TEXT.encode(), TEXT.encode("utf-8-sig"), TEXT.encode("cp1252"), TEXT.encode("utf-16"),
    TEXT.replace(";", ",").encode(), TEXT.replace(";", "\t").encode(), TEXT.replace("\n", "\r\n").encode(),
    TEXT.replace("\n", "\r").encode(), ("\n\n" + TEXT + ";\n\n").encode(),
])  # fmt: skip
def test_every_way_of_writing_gives_the_same_table(app, data):
    assert cells(data) == [{"Titre": "Étang de Berre", "Producteur": "Région « Sud »"}]


def test_a_separator_between_quotes_does_not_count(app):
    assert cells(b'"a,b,c";d\n"1;2";3\n') == [{"a,b,c": "1;2", "d": "3"}]


def test_a_cell_on_two_lines_keeps_the_number_of_the_line_where_it_begins(app):
    table = read_csv(b'titre;texte\nun;"deux\nlignes"\n\ntrois;fin\n')
    assert [(row.line, row.cells["texte"]) for row in table.rows] == [(2, "deux\nlignes"), (5, "fin")]


def test_a_short_row_has_empty_cells_and_a_column_without_heading_is_left_out(app):
    table = read_csv(b"a;;c\n1;2;3\n4\n")
    assert table.header == ["a", "c"]
    assert [row.cells for row in table.rows] == [{"a": "1", "c": "3"}, {"a": "4", "c": ""}]


@pytest.mark.parametrize(("data", "sentence"), [
    (b"", "vide"), (b"\n \n", "vide"), (b"a;a\n1;2\n", "deux fois"), (b"a;b\n1;2;3\n", "plus de cellules"),
    (b'a;b\n"1;2\n', "guillemet"), (b"\x00\x01\x02", "pas un texte"), (b"PK\x03\x04\x81\x8d", "pas un texte"),
])  # fmt: skip
def test_what_cannot_be_read_is_explained(app, data, sentence):
    with pytest.raises(RuleBroken, match=sentence):
        read_csv(data)


def test_too_many_rows_are_refused(app):
    with pytest.raises(RuleBroken, match="2 lignes"):
        read_csv(b"a\n1\n2\n3\n", max_rows=2)
    assert len(read_csv(b"a\n1\n2\n", max_rows=2).rows) == 2
