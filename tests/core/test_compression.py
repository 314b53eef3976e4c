"""Public pages and static files travel compressed; a page with somebody's token does not."""

import gzip

import pytest

from tests.factories.people import signed_in
from tests.pages import Visitor

pytestmark = pytest.mark.db
GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def test_a_public_page_is_compressed_for_who_can_read_it(visitor):
    client = visitor().client
    plain = client.get("/mentions-legales")
    packed = client.get("/mentions-legales", headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_who_refuses_gzip_has_the_plain_page(visitor):
    assert (
        "Content-Encoding"
        not in visitor().client.get("/mentions-legales", headers={"Accept-Encoding": "gzip;q=0, br"}).headers
    )


def test_a_page_of_somebody_signed_in_is_left_as_it_is(app, db):
    person, _number = signed_in(app)
    assert "Content-Encoding" not in person.client.get("/compte", headers=GZIP).headers


def test_a_first_form_holds_a_token_and_is_left_as_it_is(app, db):
    answer = Visitor(app).client.get("/inscription", headers=GZIP)
    assert b"csrf_token" in answer.data
    assert "Content-Encoding" not in answer.headers


def test_a_compressed_answer_is_still_recognised_when_nothing_changed(visitor):
    client = visitor().client
    first = client.get("/reutilisations", headers=GZIP)
    assert first.headers["ETag"].startswith("W/")
    again = client.get("/reutilisations", headers=GZIP | {"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("name", ["programme.css", "programme.js"])
def test_a_static_file_is_sent_as_it_was_compressed_at_set_up(visitor, name):
    answer = visitor().client.get(f"/static/build/{name}", headers=GZIP, buffered=True)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "max-age=31536000" in answer.headers["Cache-Control"]
    assert gzip.decompress(answer.data) == visitor().client.get(f"/static/build/{name}", buffered=True).data


@pytest.mark.parametrize("path", ["/static/../../config.py", "/static/%2e%2e/%2e%2e/config.py", "/static//etc/passwd"])
def test_nothing_outside_the_static_folder_is_served(visitor, path):
    assert visitor().client.get(path, buffered=True).status_code in (301, 308, 404)
