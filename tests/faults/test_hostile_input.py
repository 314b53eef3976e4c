"""What an attacker or a hurried hand types: it is refused with a sentence or an absence, never with a fault of ours."""

from io import BytesIO

import pytest
from pypdf import PdfReader
from werkzeug.datastructures import MultiDict

from programme.accounts.states import Role
from programme.core import addresses, pdf, storage
from programme.core.forms import NestedForm, NumberField
from programme.core.unit_of_work import unit_of_work
from tests.factories import applications
from tests.factories.people import account, signed_in, visitor_for

pytestmark = pytest.mark.db

FAR = ("9223372036854775807", "400000000000000000", "1" + "0" * 30, "9" * 5000)
LISTS = ("/appels", "/evenements", "/donnees", "/partenaires", "/projets-soutenus", "/reutilisations")


@pytest.mark.parametrize("path", LISTS)
def test_a_page_that_no_list_can_have_is_absent(visitor, db, path):
    person = visitor()
    assert person.get(f"{path}?page=1").status == 200
    for page in FAR:
        person.get(f"{path}?page={page}", status=404)


@pytest.mark.parametrize("path", ["/evaluations/{}", "/agents/comites/{}", "/agents/releves/{}/classement"])
def test_a_number_that_no_row_can_bear_is_absent(app, db, path):
    person, _number = signed_in(app, Role.OFFICER_FILE)
    for number in (str(addresses.LARGEST), str(addresses.LARGEST + 1), "1" + "0" * 30):
        person.get(path.format(number), status=404)


@pytest.mark.parametrize("year", ["0200012345", "²", "99999", "1901", "2199", "-1", "9" * 5000])
def test_any_year_may_be_asked_of_the_awards(visitor, db, year):
    assert visitor().get(f"/projets-soutenus?annee={year}").status == 200


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12), ("0", 0), (str(addresses.LARGEST), addresses.LARGEST), (str(addresses.LARGEST + 1), None),
        ("²", None), ("٣", None), ("-1", None), ("1e9", None), ("9" * 5000, None), ("", None), (None, None),
    ],
)  # fmt: skip
def test_only_plain_digits_are_a_number(text, number):
    assert addresses.whole_number(text) == number


@pytest.mark.parametrize("version", ["²", "9" * 5000, "x", ""])
def test_a_forged_version_of_a_draft_is_no_fault(app, db, version):
    with unit_of_work():
        person = account()
        made = applications.draft(by=person)
        reference = made.reference
    path = f"/dossiers/{reference}/projet"
    answer = visitor_for(app, person).client.post(path, data={"version": version, "title": "x", "csrf_token": ""})
    assert answer.status_code in (400, 422)
    visitor = visitor_for(app, person)
    answer = visitor.client.post(path, data={"version": version, "title": "x", "csrf_token": visitor.token(path)})
    assert answer.status_code in (302, 409)


def test_the_directory_of_accounts_has_a_second_page(app, db):
    admin, _number = signed_in(app, Role.ADMIN)
    with unit_of_work():
        for _each in range(60):
            account()
    page = admin.get("/agents/comptes")
    admin.follow(page, page.tree.xpath("//a[@rel='next']/@href")[0])


@pytest.mark.parametrize(
    ("referrer", "target"),
    [
        ("http://localhost/mon-espace", "/mon-espace"), ("http://localhost//evil.example/x", "/"),
        ("http://localhost/\\evil.example", "/"), ("http://localhost.evil.example/x", "/"),
    ],
)  # fmt: skip
def test_a_stale_button_leads_back_to_this_site_only(app, db, referrer, target):
    person, _number = signed_in(app)
    answer = person.client.post(
        "/evaluations/1/sans-conflit",
        data={"csrf_token": "old"},
        headers={"Referer": referrer, "Origin": "http://localhost"},
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, target)


def test_a_page_of_text_in_the_search_of_data_sets_is_no_fault(app, db):
    person, _number = signed_in(app)
    values = {"act": "chercher", "dataset_query": "a" * 200_000, "csrf_token": person.token("/reutilisations/proposer")}
    assert person.client.post("/reutilisations/proposer", data=values).status_code in (200, 422)


def test_a_number_that_no_column_holds_is_refused_with_a_sentence(app, db):
    class Form(NestedForm):
        count = NumberField("Combien")

    with app.test_request_context("/", method="POST"):
        form = Form(MultiDict({"count": str(addresses.LARGEST + 1)}))
        assert not form.validate()
        assert "trop grand" in form.count.errors[0]
        assert Form(MultiDict({"count": str(addresses.LARGEST)})).validate()


@pytest.mark.parametrize("signed", [True, False])
def test_a_body_that_is_too_long_is_refused(app, db, visitor, signed):
    person = signed_in(app)[0] if signed else visitor()
    for content_type in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        answer = person.client.post("/connexion", data=b"x" * (26 * 1024 * 1024), content_type=content_type)
        assert answer.status_code == 413


@pytest.mark.parametrize(
    ("name", "media_type", "saved"),
    [
        ("plan.pdf", "application/pdf", "plan.pdf"), ("plan.html", "application/pdf", "plan.html.pdf"),
        ("note.html", "text/plain", "note.html.txt"), ("vue.JPEG", "image/jpeg", "vue.JPEG"),
        ("vue.svg", "image/png", "vue.svg.png"),
    ],
)  # fmt: skip
def test_a_file_is_saved_under_the_ending_of_its_content(name, media_type, saved):
    assert storage.safe_name(name, media_type) == saved


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b" \n", b"\xef\xbb\xbf \n"])
def test_a_page_is_not_a_text_whatever_stands_before_it(start):
    assert storage.sniff(start + b"<html><script>1</script>", "a.txt") == "application/octet-stream"
    assert storage.sniff(start + b"Bonjour", "a.txt") == "text/plain"


HOSTILE = '<link rel="attachment" href="file:///etc/passwd"><table><tr><td colspan="99999999">{{7*7}}</table>\u202e'


def test_a_hostile_title_is_printed_and_never_obeyed(app, db):
    with unit_of_work():
        html = applications.submitted(title=HOSTILE).receipt.html
    assert 'rel="attachment"' not in html
    assert 'colspan="99999999' not in html
    assert "{{7*7}}" in html
    reader = PdfReader(BytesIO(pdf.render(html)))
    assert set(reader.attachments) <= {"receipt.json"}  # Its own data, and no file of this machine.
    assert "root:" not in "".join(page.extract_text() for page in reader.pages)
