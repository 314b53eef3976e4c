"""Conventions of every family, length and name keep both norms: ten here, a hundred in a campaign (PDF_CONVENTIONS=100)."""

import os
import re
from dataclasses import dataclass, field
from io import BytesIO
from random import Random

import pytest
from pypdf import PdfWriter
from pypdf.generic import NameObject

from programme.agreements.states import AgreementState as S
from programme.core import documents, pdf
from programme.core.pdf import printer
from programme.organisations.states import OrganisationKind
from tests.factories.agreements import call, deliberation, grant_agreement, partnership_agreement
from tests.factories.people import organisation

# The engine leaves its colour profile open: elsewhere it runs in a process of its own.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]
COUNT = int(os.environ.get("PDF_CONVENTIONS", "10"))
NAMES = [
    "Commune de Gap", "Œuvre d’Aÿ-l’Étang & Cie", "L’Haÿ « nº 1 » – forêt", "SIVOM " + "intercommunal " * 8, "Ξένια Ωμέγα",
    "Ville de Łódź jumelée", "A" * 60, "Association pour l’ombre, la fraîcheur et l’eau des écoles du Var",
]  # fmt: skip
TITLES = [
    "Ombre Fraîche : où planter d’abord",
    "Œuvrer 24 h/24",
    "Un titre " + "qui ne finit pas " * 8,
    "Eau < 2 m³ & « air »",
]
KINDS = [OrganisationKind.ASSOCIATION, OrganisationKind.LOCAL_AUTHORITY, OrganisationKind.COMPANY]


def made(rank, of, voted):
    """One convention, drawn from its rank alone: one in eight is a partnership, one in four is European."""
    chance = Random(rank)
    if rank % 8 == 7:
        return partnership_agreement(S.SIGNED if rank % 16 == 7 else S.SENT)
    lines = [(f"Poste {place} : {chance.choice(TITLES)}", "2800") for place in range(1 + chance.randrange(24))]
    to = organisation(f"{chance.choice(NAMES)} {rank}", chance.choice(KINDS))
    return grant_agreement(
        S.SIGNED if chance.random() < 0.3 else S.SENT, to=to, of=of[rank % 4 == 3], vote=voted, lines=lines,
        cost=str(2800 * len(lines)), amount=str(1400 * len(lines)), title=f"{chance.choice(TITLES)} {rank}",
        opens=chance.randrange(9),
    )  # fmt: skip


@dataclass
class Made:
    """What the printer made of a page: the bytes, the fits it tried, and the document that it chose."""

    data: bytes = b""
    fits: list[str] = field(default_factory=list)
    ends_well: bool = True


def printed(pages):
    """Each page by one printer, here and not behind the walls, so that its layouts are seen."""
    reader, kept, plain = printer.Printer(), [], printer.fitted

    def seen(laid_out):
        def noted(fit):
            kept[-1].fits.append(fit)
            return laid_out(fit)

        document = plain(noted)
        alone = len(printer._last_part(document.pages)) == 1  # A short annexe has its page.
        kept[-1].ends_well = alone or printer._filled(document.pages[-1]) >= printer.SHORTEST_END
        return document

    printer.fitted = seen
    try:
        for each in pages:
            kept.append(Made())
            kept[-1].data = reader.pdf(each.encode())
    finally:
        printer.fitted = plain
    return kept


_printed = []


@pytest.fixture
def conventions(app, db, unit):
    """All of them, printed once for the tests of this file."""
    if not _printed:
        with unit():
            of, voted = (call(), call(fund="FEDER OS 1.2")), deliberation()
            listed = [
                each.signed_document or each.document for each in (made(rank, of, voted) for rank in range(COUNT))
            ]
            pages = [documents._with_drawing(each.html, each.number) for each in listed]
        _printed.extend(printed(pages))
    return _printed


def faults(data):
    import page  # The wheel is heavy: only here.

    return [str(each) for profile in ("3a", "ua1") for each in page.validate_pdf_bytes(data, profile=profile).failures]


def test_every_convention_keeps_both_norms(conventions):
    assert len(conventions) == COUNT
    wrong = {rank: bad for rank, each in enumerate(conventions) if (bad := faults(each.data))}
    print(f"{COUNT} conventions against PDF/A-3a and PDF/UA-1: failures {len(wrong)}")
    assert wrong == {}


def written_again(data, broken=""):
    """The same file by another writer, with one entry of its catalogue left out."""
    writer = PdfWriter(clone_from=BytesIO(data))
    if broken:
        del writer.root_object[NameObject(broken)]
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("broken", ["/Lang", "/StructTreeRoot", "/MarkInfo", "/Metadata", "/OutputIntents"])
def test_control_a_convention_that_lacks_something_is_refused(conventions, broken):
    data = conventions[0].data
    assert set(faults(written_again(data, broken))) > set(faults(written_again(data)))


def test_control_a_convention_that_says_another_norm_is_refused_in_each(conventions):
    for good in (b"pdfaid:part", b"pdfuaid:part"):
        broken = re.sub(rb"(<" + good + rb">|" + good + rb'=")\d', rb"\g<1>9", conventions[0].data)
        assert broken != conventions[0].data, good
        assert faults(broken), good


def test_no_convention_ends_on_a_few_lines(conventions):
    assert [rank for rank, each in enumerate(conventions) if not each.ends_well] == []


def test_a_convention_is_laid_out_once_when_it_ends_well_and_nearly_always_twice_otherwise(conventions):
    counts = [len(each.fits) for each in conventions]
    assert counts.count(1) >= COUNT // 4
    assert max(counts) <= 4
    assert sum(counts) <= 1.7 * COUNT


def test_control_as_written_some_would_end_on_a_few_lines(conventions):
    assert any(len(each.fits) > 1 for each in conventions)


def test_the_same_convention_is_the_same_to_the_byte_behind_the_walls(app, db, unit):
    with unit():
        document = grant_agreement(S.SENT, opens=0).document
        html = documents._with_drawing(document.html, document.number)
    assert pdf.render(html) == printed([html])[0].data
