"""The mails of a demonstration: found by their words, read as they look and as text; absent anywhere else."""

import pytest

from programme.core import mail
from programme.core.mail import Mail
from programme.core.unit_of_work import unit_of_work
from tests.factories.people import NOON

pytestmark = pytest.mark.db

LIST = "/demonstration/courriels"


@pytest.fixture
def demo(app, monkeypatch):
    monkeypatch.setitem(app.config, "DEMO", True)


def queued(subject="Votre place est confirmée", to="lea@exemple.fr"):
    """The number of a mail in the outbox."""
    with unit_of_work():
        page = "<!doctype html><html lang='fr'><head><title>x</title></head><body><p style='color:#111'>Bonjour</p></body></html>"
        return mail.queue(Mail(to, subject, "Bonjour,\n\n  1. Lire\nhttp://localhost/connexion\n", page), at=NOON).id


def test_a_mail_is_found_by_a_word_of_its_subject_or_its_recipient(db, demo, visitor):
    queued()
    queued("Convention à signer", "ana@exemple.fr")
    for asked, found in (("CONVENTION", "Convention à signer"), ("lea@", "Votre place est confirmée")):
        page = visitor().get(LIST, query_string={"q": asked})
        assert found in page.text
        assert "1 courriel" in page.text
    assert "Aucun courriel ne répond" in visitor().get(LIST, query_string={"q": "100 % introuvable"}).text


@pytest.mark.parametrize("size", [1, 3])
def test_the_list_asks_as_much_whatever_its_size(db, demo, visitor, count_queries, size):
    for _ in range(size):
        queued()
    reader = visitor()
    with count_queries(2):
        reader.get(LIST)


def test_pages_follow_one_another(db, demo, visitor):
    for rank in range(31):
        queued(f"Message {rank}")
    first = visitor().get(LIST)
    assert "31 courriels" in first.text
    assert "Page 1 sur 2" in first.text
    assert "Message 0" in visitor().get(LIST, query_string={"page": 2}).text


def test_a_mail_shows_in_a_frame_that_runs_nothing(db, demo, visitor):
    number = queued()
    page = visitor().get(f"{LIST}/{number}")
    assert page.tree.xpath("//iframe/@src") == [f"{LIST}/{number}/html"]
    assert page.tree.xpath("//iframe/@title")
    assert "frame-src 'self'" in page.response.headers["Content-Security-Policy"]
    answer = visitor().client.get(f"{LIST}/{number}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "default-src 'none'" in policy
    assert '<base target="_top">' in answer.text
    assert "style='color:#111'" in answer.text


def test_its_text_keeps_its_lines_and_its_links(db, demo, visitor):
    number = queued()
    page = visitor().get(f"{LIST}/{number}", query_string={"partie": "texte"})
    [shown] = page.tree.xpath("//div[contains(@class,'mail-text')]")
    assert "Bonjour,\n\n  1. Lire\n" in shown.text_content()
    assert shown.xpath(".//a/@href") == ["http://localhost/connexion"]
    assert [each.strip() for each in page.tree.xpath("//nav[@class='tabs']//a[@aria-current]/text()")] == ["En texte"]


@pytest.mark.parametrize("tail", ["", "/{number}", "/{number}/html"])
def test_elsewhere_these_pages_do_not_exist(db, visitor, tail):
    number = queued()
    assert visitor().client.get(LIST + tail.format(number=number)).status_code == 404
