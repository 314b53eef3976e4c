"""The cells of a workbook: what the house writes comes back, what a stranger sends stays within limits."""

import tracemalloc
from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programme.core import spreadsheets
from programme.core.errors import RuleBroken
from programme.core.exports import CellKind, Column, ExportFormat, write
from programme.core.tables import pasted, read_grid

pytestmark = pytest.mark.usefixtures("words")
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.fixture
def words(app):
    """The sentences of refusals."""
    with app.test_request_context():
        yield


def made(code, columns, rows):
    out = BytesIO()
    write(code, columns, rows, out)
    return out.getvalue()


def xlsx(sheet, *, strings="", sheets='<sheet name="Un" sheetId="1" r:id="rId1"/>', **more):
    """A workbook made by hand, as small as a program accepts it."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", f'<workbook {MAIN} xmlns:r="{RELS}"><sheets>{sheets}</sheets></workbook>')
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships><Relationship Id="rId1" Type="{RELS}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{RELS}/worksheet" Target="/xl/worksheets/two.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            sheet
            if sheet.startswith(("<!", "<?"))
            else f"<worksheet {MAIN}><sheetData>{sheet}</sheetData></worksheet>",
        )
        if strings:
            archive.writestr("xl/sharedStrings.xml", f"<sst {MAIN}>{strings}</sst>")
        for name, content in more.items():
            archive.writestr(
                f"xl/worksheets/{name}.xml", f"<worksheet {MAIN}><sheetData>{content}</sheetData></worksheet>"
            )
    return out.getvalue()


def grid(data, name="budget.xlsx"):
    return read_grid(data, name).rows


TEXTS = st.text('abcé’=+ "<&', min_size=1, max_size=10).filter(lambda text: text.strip() == text)
AMOUNTS = st.integers(0, 10**12).map(lambda cents: Decimal(cents) / 100)


@pytest.mark.parametrize("code", [ExportFormat.XLSX, ExportFormat.ODS])
@settings(deadline=None)
@given(rows=st.lists(st.tuples(TEXTS, AMOUNTS), min_size=1, max_size=5))
def test_what_the_house_writes_comes_back(code, rows):
    data = made(code, [Column("Poste"), Column("Montant", CellKind.MONEY)], rows)
    found = grid(data, f"budget.{code}")
    assert found[0] == (1, ["Poste", "Montant"])
    assert [tuple(cells) for _line, cells in found[1:]] == rows


def test_texts_are_found_where_they_are_shared_inline_or_computed():
    sheet = (
        '<row r="3"><c r="A3" t="s"><v>1</v></c><c r="C3"><f>1+1</f><v>0.30000000000000004</v></c>'
        '<c r="D3" t="inlineStr"><is><t>di</t><rPh sb="0"><t>lu</t></rPh><r><t>rect</t></r></is></c>'
        '<c r="E3" t="str"><f>A1</f><v>calculé</v></c><c r="F3" t="e"><v>#REF!</v></c></row>'
    )
    strings = "<si><t>non</t></si><si><r><t>en</t></r><r><t>rich</t></r></si>"
    assert grid(xlsx(sheet, strings=strings)) == [(3, ["enrich", "", Decimal("0.3"), "direct", "calculé", "#REF!"])]


def test_the_first_visible_sheet_with_something_in_it_is_read_and_the_others_are_named():
    sheets = (
        '<sheet name="Cachée" sheetId="3" state="hidden" r:id="rId2"/><sheet name="Un" sheetId="1" r:id="rId1"/>'
        '<sheet name="Deux" sheetId="2" r:id="rId2"/>'
    )
    row = '<row r="1"><c r="A1"><v>{}</v></c></row>'
    found = read_grid(xlsx(row.format(1), sheets=sheets, two=row.format(2)), "a.xlsx")
    assert (found.sheet, found.aside, found.rows) == ("Un", ("Deux",), [(1, [Decimal(1)])])
    empty = read_grid(xlsx("", sheets=sheets, two=row.format(2)), "a.xlsx")
    assert (empty.sheet, empty.aside) == ("Deux", ())


def ods(body):
    urn = "urn:oasis:names:tc:opendocument:xmlns:"
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", spreadsheets.ODS)
        archive.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{urn}office:1.0" xmlns:table="{urn}table:1.0" xmlns:text="{urn}text:1.0">'
            f'<office:body><office:spreadsheet><table:table table:name="F">{body}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
    return out.getvalue()


def test_an_ods_repeats_cells_and_rows_and_holds_remarks():
    body = (
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="string"><office:annotation><text:p>'
        'remarque</text:p></office:annotation><text:p>a<text:s text:c="2"/>b</text:p><text:p>c</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="2" office:value-type="currency" office:value="12.5"><text:p>12,50 €</text:p>'
        '</table:table-cell><table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
    )
    row = ["a  b\nc", Decimal("12.5"), Decimal("12.5")]
    assert grid(ods(body), "a.ods") == [(1048001, row), (1048002, row)]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "vide.xlsx"), (b"PK\x03\x04 rien", "a.xlsx"), (b"%PDF-1.7\n" + bytes(200), "a.csv"), (b"\x00\x01\x02" * 40, "a.csv"),
        (xlsx('<row r="1"><c r="A1" t="s"><v>7</v></c></row>'), "index.xlsx"),
        (xlsx('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>2</v></c></row>'), "desordre.xlsx"),
        (xlsx('<row r="1"><c r="A1"><v>1e999999</v></c></row>'), "infini.xlsx"),
        (xlsx('<row r="1"><c r="ZZZ1"><v>1</v></c></row>'), "large.xlsx"),
        (xlsx("".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 5003))), "long.xlsx"),
        (xlsx('<row r="1"><c r="A1"><v>1</v></row>'), "ouvert.xlsx"),
        (xlsx("<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet/>"), "dtd.xlsx"),
        (xlsx("<!--" + "x" * 2000 + "--><!DOCTYPE a [<!ENTITY b 'c'>]><worksheet/>"), "dtd-loin.xlsx"),
        (ods('<table:table-row table:number-rows-repeated="900000"><table:table-cell><text:p>a</text:p></table:table-cell></table:table-row>'), "a.ods"),
        (ods('<table:table-row><table:table-cell table:number-columns-repeated="900000"><text:p>a</text:p></table:table-cell></table:table-row>'), "b.ods"),
    ],
)  # fmt: skip
def test_a_hostile_or_broken_file_is_refused_in_a_sentence(data, name):
    with pytest.raises(RuleBroken):
        read_grid(data, name)


SHARED = f"<si><t>{'ab ' * 30_000}</t></si>"
CELL = '<c t="s"><v>0</v></c>'
WIDE = '<table:table-row table:number-rows-repeated="{}"><table:table-cell table:number-columns-repeated="{}"><text:p>{}</text:p></table:table-cell></table:table-row>'


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (xlsx("".join(f'<row r="{n}">{CELL * 50}</row>' for n in (1, 2)), strings=SHARED), spreadsheets.XLSX),
        (ods(WIDE.format(1000, 50, "ab " * 30)), spreadsheets.ODS),
        (ods(WIDE.format(1, 1, '<text:s text:c="99"/>' * 45_000)), spreadsheets.ODS),
    ],
)  # fmt: skip
def test_a_text_counts_as_often_as_it_is_shown(data, kind):
    """A workbook of four kilobytes held one text of three megabytes in sixty cells, and took minutes to understand."""
    assert len(data) < 100_000
    with pytest.raises(RuleBroken, match="dépasse"):
        spreadsheets.read(data, kind)


def test_an_encoding_that_nobody_knows_is_refused_in_a_sentence():
    with pytest.raises(RuleBroken, match="ne se lit pas"):
        grid(xlsx('<?xml version="1.0" encoding="inconnu"?><worksheet/>'))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a;1\n" * 200_000, "5000 lignes"), (b"a;" * 50_000 + b"1\n", "trop de cellules"),
        ((b"a" * 90_000 + b"\n") * 5, "trop de cellules"),
    ],
)  # fmt: skip
def test_what_nobody_could_read_is_refused_before_it_is_held(data, said):
    tracemalloc.start()
    try:
        with pytest.raises(RuleBroken, match=said):
            grid(data, "a.csv")
        assert tracemalloc.get_traced_memory()[1] < 24 * 1024 * 1024
    finally:
        tracemalloc.stop()
    with pytest.raises(RuleBroken):
        pasted(data.decode())


def test_texts_together_have_a_limit(monkeypatch):
    data = xlsx('<row r="1"><c r="A1" t="inlineStr"><is><t>abcdef</t></is></c></row>')
    assert grid(data) == [(1, ["abcdef"])]
    monkeypatch.setattr(spreadsheets, "MAX_TEXT", 5)
    with pytest.raises(RuleBroken, match="dépasse"):
        grid(data)


@pytest.mark.parametrize(
    "data", ["Étude;12,5\n".encode(), "Étude;12,5\n".encode("cp1252"), "\ufeffÉtude;12,5\r\n".encode()]
)
def test_a_csv_is_read_whatever_its_code(data):
    assert grid(data, "a.csv") == [(1, ["Étude", "12,5"])]


def test_pasted_cells_are_cut_at_tabulations():
    assert pasted('a\tb;c\n\n"d\ne"\tf').rows == [(1, ["a", "b;c"]), (3, ["d\ne", "f"])]
    assert pasted("a;b").rows == [(1, ["a", "b"])]
