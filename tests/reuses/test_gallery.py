"""What everybody sees of the gallery."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from programme.accounts.states import Role
from programme.core import storage
from programme.core.clock import now
from programme.core.unit_of_work import unit_of_work
from programme.extensions import db as database
from programme.reuses import queries, services
from programme.reuses.models import ReuseFlag
from programme.reuses.states import PUBLIC, FlagReason, ReuseKind, ReuseState
from tests.factories import reuses as make
from tests.factories.people import NOON, account, member, organisation, signed_in, visitor_for

pytestmark = pytest.mark.db
S = ReuseState
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63fcffff3f030005fe02fea7"
    "d9e80d0000000049454e44ae426082"
)


def titles(page):
    return [each.text_content() for each in page.tree.xpath("//h3[contains(@class,'card__title')]")]


@pytest.mark.parametrize("size", [1, 3])
def test_the_gallery_asks_three_questions_whatever_its_size(visitor, count_queries, size):
    with unit_of_work():
        for _ in range(size):
            make.reuse(organisation=organisation(), datasets=(make.dataset(),))
    reader = visitor()
    with count_queries(3):
        page = reader.get("/reutilisations")
    assert len(titles(page)) == size


@pytest.mark.parametrize("size", [1, 3])
def test_a_reuse_and_its_data_are_two_questions_whatever_their_number(db, count_queries, size):
    with unit_of_work():
        make.reuse("Respire Étang", datasets=tuple(make.dataset() for _ in range(size)), organisation=organisation())
    db.session.expunge_all()
    with count_queries(2):
        reuse = db.session.scalars(queries.by_slug("respire-etang")).one()
        names = [(each.label, each.dataset.producer.name) for each in reuse.datasets]
        assert len(names) == size
        assert reuse.author


def test_an_empty_gallery_says_what_to_do(visitor):
    page = visitor().get("/reutilisations")
    assert "Aucune réutilisation n'est encore publiée." in page.text
    assert "/reutilisations/proposer" in page.links()


@pytest.mark.parametrize("state", ReuseState)
def test_only_what_is_published_is_listed(visitor, state):
    with unit_of_work():
        make.reuse("Respire Étang", state)
    page = visitor().get("/reutilisations")
    assert titles(page) == (["Respire Étang"] if state in PUBLIC else [])
    assert ("1 réutilisation connue" in page.text) == (state in PUBLIC)


@pytest.mark.parametrize(
    ("state", "before", "status"),
    [(S.DRAFT, None, 404), (S.SUBMITTED, None, 404), (S.INFO_REQUESTED, None, 404), (S.PUBLISHED, NOON, 200),
     (S.FEATURED, NOON, 200), (S.FLAGGED, NOON, 200), (S.BROKEN_LINK, NOON, 200), (S.UNPUBLISHED, None, 404),
     (S.UNPUBLISHED, NOON, 410)],
)  # fmt: skip
def test_a_page_answers_by_state(visitor, state, before, status):
    with unit_of_work():
        make.reuse("Respire Étang", state, **({"published_at": before, "published_year": 2026} if before else {}))
    page = visitor().get("/reutilisations/respire-etang", status)
    assert page.status == status
    for part in ("signaler", "image"):
        visitor().get(
            f"/reutilisations/respire-etang/{part}", 200 if (part, status) == ("signaler", 200) else max(status, 404)
        )


def test_an_unknown_reuse_is_not_there(visitor):
    for path in ("", "/signaler", "/image"):
        visitor().get(f"/reutilisations/inconnue{path}", 404)


@pytest.mark.parametrize("words", ["étangs", "ETANG respirer", "l’etang", "cour d'école"])
def test_the_search_is_french(visitor, words):
    with unit_of_work():
        make.reuse("Respire l’Étang")
        make.reuse("Flux Vélo", summary="Passages.")
    assert titles(visitor().get(f"/reutilisations?q={words}")) == ["Respire l’Étang"]


def test_a_search_puts_titles_first(visitor):
    with unit_of_work():
        make.reuse("Carte des arbres", at=NOON)
        make.reuse("Ombre fraîche", summary="Les arbres.", at=NOON + timedelta(days=9))
    assert titles(visitor().get("/reutilisations?q=arbre")) == ["Carte des arbres", "Ombre fraîche"]


def test_facets_narrow_and_count(visitor):
    with unit_of_work():
        air, bike = make.theme("Environnement et climat"), make.theme("Mobilité et transports")
        counts = make.dataset("Comptages de vélos")
        make.reuse("A", theme=air, kind=ReuseKind.MAP, territory_code="13")
        make.reuse("B", theme=bike, kind=ReuseKind.MAP, territory_code=None, datasets=(counts,))
        make.reuse("C", theme=bike, kind=ReuseKind.API, territory_code="05", at=NOON - timedelta(days=400))
        slug = counts.slug
    read = visitor().get
    assert titles(read("/reutilisations?theme=mobilite-et-transports&tri=titre")) == ["B", "C"]
    assert titles(read("/reutilisations?forme=map&tri=titre")) == ["A", "B"]
    assert titles(read("/reutilisations?forme=map&forme=api&tri=titre")) == ["A", "B", "C"]
    assert titles(read("/reutilisations?forme=map&theme=mobilite-et-transports")) == ["B"]
    assert titles(read("/reutilisations?territoire=region")) == ["B"]
    assert titles(read("/reutilisations?territoire=13&territoire=05&tri=titre")) == ["A", "C"]
    assert titles(read(f"/reutilisations?donnees={slug}")) == ["B"]
    assert titles(read("/reutilisations?annee=2025")) == ["C"]
    page = read("/reutilisations?forme=map")
    counts = {
        each.xpath("./input/@value")[0]: each.xpath("./span[2]")[0].text_content()
        for each in page.tree.xpath("//label[contains(@class,'choice')]")
    }
    # A facet counts without its own choice, and with those of the others.
    assert {each: counts[each] for each in ("map", "api", "mobilite-et-transports", "2026")} == {
        "map": "2", "api": "1", "mobilite-et-transports": "1", "2026": "2",
    }  # fmt: skip
    assert "05" not in counts
    boxes = {each.get("value"): each.get("checked") for each in page.tree.xpath("//input[@type='checkbox']")}
    assert boxes["map"] is not None
    assert boxes["api"] is None


def test_a_filter_is_removed_by_its_chip(visitor):
    with unit_of_work():
        make.reuse("A", kind=ReuseKind.API)
    reader = visitor()
    page = reader.get("/reutilisations?q=rien&forme=map")
    assert "Aucune réutilisation connue ne correspond." in page.text
    chips = page.tree.xpath("//ul[@aria-label='Filtres actifs']//a/@href")
    assert chips == ["/reutilisations?forme=map", "/reutilisations?q=rien", "/reutilisations"]


@pytest.mark.parametrize(
    "query", ["forme=xyz", "annee=abcd", "annee=²²²²", "territoire=99", "theme=", "tri=x", "q='%25_", "page=1&forme="]
)
def test_what_is_no_value_is_ignored(visitor, query):
    with unit_of_work():
        make.reuse("A")
    visitor().get(f"/reutilisations?{query}")


def test_a_page_too_far_is_not_there(visitor):
    visitor().get("/reutilisations?page=2", 404)


def test_the_three_orders(visitor):
    with unit_of_work():
        make.reuse("Étang", at=NOON - timedelta(days=2))
        make.reuse(
            "Abri", at=NOON - timedelta(days=3), effect_value=Decimal(2), effect_unit="x", effect_on=date(2026, 1, 2)
        )
        make.reuse("Flux", at=NOON - timedelta(days=1))
        make.reuse("Zone", S.BROKEN_LINK, at=NOON)
    read = visitor().get
    assert titles(read("/reutilisations")) == ["Flux", "Étang", "Abri", "Zone"]
    assert titles(read("/reutilisations?tri=titre")) == ["Abri", "Étang", "Flux", "Zone"]
    assert titles(read("/reutilisations?tri=effet")) == ["Abri", "Flux", "Étang", "Zone"]


def test_pages_of_twenty_four(visitor):
    with unit_of_work():
        theme = make.theme()
        for _ in range(25):
            make.reuse(theme=theme)
    reader = visitor()
    page = reader.get("/reutilisations")
    assert len(titles(page)) == 24
    assert "25 réutilisations" in page.text
    assert len(titles(reader.get("/reutilisations?page=2"))) == 1


def test_a_page_that_did_not_change_is_not_sent_again(visitor):
    with unit_of_work():
        make.reuse("Respire Étang")
    reader = visitor()
    for path in ("/reutilisations", "/reutilisations/respire-etang", "/reutilisations.atom"):
        answer = reader.client.get(path)
        assert "Set-Cookie" not in answer.headers
        again = reader.client.get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
    with unit_of_work():
        make.reuse("Flux Vélo")
    fresh = reader.client.get("/reutilisations", headers={"If-None-Match": answer.headers["ETag"]})
    assert fresh.status_code == 200


def test_what_a_signed_in_person_reads_is_not_kept_by_caches(app, db):
    reader, _ = signed_in(app)
    answer = reader.client.get("/reutilisations")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


def test_a_reuse_tells_its_data_its_effect_and_what_was_missing(visitor):
    with unit_of_work():
        used = make.dataset("Indices horaires")
        make.reuse(
            "Respire Étang",
            datasets=(used,),
            effect_value=Decimal(41),
            effect_unit="écoles consultent",
            missing="La nuit.",
            effect_on=date(2026, 5, 31),
            code_url="https://forge.example/",
            url="https://respire.example/",
        )
        slug = used.slug
    page = visitor().get("/reutilisations/respire-etang")
    assert page.h1 == "Respire Étang"
    assert "Pour la couche 0." in page.text
    assert "41" in page.text
    assert "Relevé du 31 mai 2026" in page.text
    assert "La nuit." in page.text
    assert f"/donnees/{slug}" in page.links()
    out = page.tree.xpath("//a[@href='https://respire.example/']")[0]
    assert "external" in out.get("rel")


def test_similar_reuses_share_data_first_then_the_theme(db):
    with unit_of_work():
        theme, used = make.theme(), make.dataset()
        reuse = make.reuse(theme=theme, datasets=(used,))
        same_theme, same_data, _other = make.reuse(theme=theme), make.reuse(datasets=(used,)), make.reuse()
        make.reuse(state=S.SUBMITTED, datasets=(used,))
    assert db.session.scalars(queries.similar(reuse)).all() == [same_data]
    assert db.session.scalars(queries.of_theme(reuse, but=[same_data.id], limit=2)).all() == [same_theme]


def test_a_person_s_text_is_never_markup(visitor):
    with unit_of_work():
        make.reuse(
            "<b>Gras</b>",
            summary="<script>alert(1)</script>",
            description="<img src=x onerror=alert(1)>",
            territory="<i>",
        )
    for path in ("/reutilisations", "/reutilisations/b-gras-b"):
        body = visitor().get(path).body.decode()
        assert "<script>alert" not in body
        assert "<img src=x" not in body
        assert "&lt;b&gt;" in body


def _with_image(data, name="carte.png"):
    written = storage.write_bytes(data, name, "image/png")
    with unit_of_work():
        row = storage.keep(written, by=account(), at=NOON)
        make.reuse("Respire Étang", image=row, image_alt="Une carte.")
    return row


def test_an_image_is_shown_with_its_text(visitor):
    _with_image(PNG)
    page = visitor().get("/reutilisations/respire-etang")
    assert page.tree.xpath("//img[@alt='Une carte.']/@src") == ["/reutilisations/respire-etang/image?largeur=960"]
    answer = visitor().client.get("/reutilisations/respire-etang/image")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/png", PNG)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("data", [b"<svg xmlns='x' onload='alert(1)'/>", b"%PDF-1.7 ...", b"<html></html>"])
def test_what_is_no_picture_is_not_shown_whatever_its_label(visitor, data):
    _with_image(data)
    visitor().get("/reutilisations/respire-etang/image", 404)


def test_a_visitor_reports_without_an_account(visitor, db):
    with unit_of_work():
        make.reuse("Respire Étang")
    path = "/reutilisations/respire-etang/signaler"
    page = visitor().post(path, {"reason": "wrong_figures", "message": "Faux", "email": "a@exemple.fr"})
    assert "La Région a reçu votre signalement" in page.text
    report = db.session.scalars(database.select(ReuseFlag)).one()
    assert (report.reason, report.message, report.email) == (FlagReason.WRONG_FIGURES, "Faux", "a@exemple.fr")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [({"message": "Gardez-moi"}, "Choisissez une raison."), ({"reason": "other"}, "Dites en une phrase"),
     ({"reason": "rights", "email": "x", "message": "Gardez-moi"}, "prenom.nom@organisme.fr")],
)  # fmt: skip
def test_a_report_that_says_nothing_comes_back(visitor, typed, sentence):
    with unit_of_work():
        make.reuse("Respire Étang")
    page = visitor().post("/reutilisations/respire-etang/signaler", typed, status=422)
    assert sentence in page.text
    assert typed.get("message", "") in page.text


def test_too_many_reports_are_refused_and_keep_the_text(visitor):
    with unit_of_work():
        reuse = make.reuse("Respire Étang")
        for _ in range(services.FLAGS_PER_HOUR):
            services.flag(reuse, FlagReason.OTHER, "x", None, source="127.0.0.1", at=now())
    page = visitor().post(
        "/reutilisations/respire-etang/signaler", {"reason": "rights", "message": "Gardez-moi"}, status=422
    )
    assert "Trop d'essais" in page.text
    assert "Gardez-moi" in page.text


def test_authors_and_officers_see_what_waits(app, db):
    with unit_of_work():
        author, colleague, stranger = account(), account(), account()
        home = organisation()
        member(colleague, home)
        officer = account(Role.OFFICER_PROGRAMME)
        other_staff = account(Role.OFFICER_FILE, Role.ADMIN)
        make.reuse("Respire Étang", S.SUBMITTED, declarer=author, organisation=home)
    for person, status in ((author, 200), (colleague, 200), (officer, 200), (stranger, 404), (other_staff, 404)):
        visitor_for(app, person).get("/reutilisations/respire-etang", status)


def test_home_shows_highlights_first_and_no_broken_link(db):
    with unit_of_work():
        make.reuse("Neuve", at=NOON)
        make.reuse("Rompue", S.BROKEN_LINK, at=NOON)
        make.reuse("Vedette", S.FEATURED, at=NOON - timedelta(days=90))
    assert [each.title for each in db.session.scalars(queries.newest(3))] == ["Vedette", "Neuve"]
    assert db.session.scalar(queries.public_count()) == 3


def test_a_person_finds_their_own_reuses(db):
    with unit_of_work():
        person, home = account(), organisation()
        member(person, home)
        make.reuse("La mienne", S.DRAFT, declarer=person)
        make.reuse("La nôtre", organisation=home)
        make.reuse("Une autre")
    assert {each.title for each in db.session.scalars(queries.mine(person.id))} == {"La mienne", "La nôtre"}


def test_the_folded_filters_say_how_many_are_on(visitor):
    with unit_of_work():
        make.reuse("Une carte", territory_code="13")
    summary = "normalize-space(//details[@class='facets']/summary)"
    assert visitor().get("/reutilisations").tree.xpath(summary) == "Filtrer"
    page = visitor().get("/reutilisations?territoire=13&q=carte")
    assert page.tree.xpath(summary) == "Filtrer 2 filtres actifs"


def test_a_long_group_of_filters_folds_after_six_lines(visitor):
    with unit_of_work():
        for index in range(8):
            make.reuse(theme=make.theme(f"Thème {index}"))
    page = visitor().get("/reutilisations")
    more = page.tree.xpath("//details[@class='facet__more']")
    assert [each.xpath("count(.//input[@name='theme'])") for each in more] == [2]
    assert "open" not in more[0].attrib
    last = more[0].xpath("string(.//input/@value)")
    assert (
        "open"
        in visitor()
        .get(f"/reutilisations?theme={last}")
        .tree.xpath("//details[@class='facet']//details | //fieldset[@class='facet']/details")[0]
        .attrib
    )
