"""In a blind call no byte that reaches a reviewer, another applicant or the public says who carries a file."""

from io import BytesIO

import pytest
import time_machine
from sqlalchemy import select

from programme.accounts.models import RoleGrant
from programme.accounts.states import Role
from programme.applications.models import Application, Message, MessageFile, Piece
from programme.core.unit_of_work import unit_of_work
from programme.evaluation.models import Evaluation
from programme.extensions import db as database
from programme.projects.models import Project
from tests.canaries import files
from tests.canaries.crawl import Crawl, somebody
from tests.canaries.tokens import Tokens
from tests.canaries.world import CONTENT, World, clean_copy, made
from tests.factories.assessment import LATER
from tests.factories.people import visitor_for

pytestmark = pytest.mark.slow  # What the pages hold does not depend on the engine.
# Acts of somebody who signs out or opens another account: the crawl stays who it is.
LEFT_OUT = {"accounts.sign_out", "accounts.sign_in", "site.health", "site.metrics", "site.theme", "static"}


@pytest.fixture
def world(app, db):
    with time_machine.travel(LATER, tick=False):
        yield made(app, Tokens())


def identity(crawl: Crawl) -> dict[str, set[str]]:
    """The hits that say who carries, or what others think; not what the project says of itself."""
    return {place: where for place, where in crawl.hits.items() if not place.startswith(CONTENT)}


def told(name: str, crawl: Crawl) -> None:
    """For the report: how much was read."""
    print(f"{name}: {len(crawl.read)} answers and {crawl.mails} mails read for {len(crawl.tokens.planted)} tokens, {len(crawl.hits)} found")  # fmt: skip


def knock_everywhere(app, crawl: Crawl, world: World) -> None:
    """Every address of the product that answers GET, with the numbers and names of the hidden things in it."""
    known = candidates(world)
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in LEFT_OUT:
            continue
        for values in combined(sorted(rule.arguments), known):
            built = rule.build(values, append_unknown=False)
            if built is not None and built[1] not in crawl.asked:
                crawl.get(built[1])
    crawl.search("qxz")


def candidates(world: World) -> dict[str, list[object]]:
    """By the name of a part of an address, what the hidden things are called there."""
    file = database.session.scalars(select(Application).where(Application.reference == world.references[0])).one()
    pieces = database.session.scalars(select(Piece).where(Piece.application_id == file.id).order_by(Piece.id)).all()
    return {
        "reference": list(world.references), "evaluation_id": list(world.evaluations),
        "public_id": [each.file.public_id for each in (*pieces[::2], *database.session.query(MessageFile))],
        "channel": ["messages", "notes"], "message_id": [each.id for each in database.session.query(Message)],
        "slug": [file.organisation.slug, database.session.get_one(Project, file.project_id).slug],
        "session_id": [file.session_id], "number": [1], "code": ["inconnu"], "token": ["inconnu"],
    }  # fmt: skip


def combined(names: list[str], known: dict[str, list[object]]) -> list[dict[str, object]]:
    """The values of an address: each known one, with one of each other name; none for what the world does not know."""
    if any(name not in known for name in names):
        return []
    found: list[dict[str, object]] = [{}]
    for name in names:
        found = [each | {name: value} for each in found for value in known[name]]
    return found


def release_copies(app, world: World) -> None:
    """The officer gives a copy of the first piece of the file being read, through the page."""
    desk = visitor_for(app, world.account(world.officer))
    file = database.session.scalars(select(Application).where(Application.reference == world.references[0])).one()
    piece = database.session.scalars(select(Piece).where(Piece.application_id == file.id).order_by(Piece.id)).first()
    address = f"/agents/dossiers/{world.references[0]}"
    name = f"copie-{world.tokens.bare('name of the officer’s own copy')}.pdf"
    data = {f"copy-{piece.id}": (clean_copy(), name)}
    page = desk.post(f"{address}/pieces/{piece.id}/caviardage", data, form=address)
    assert "version caviardée est donnée" in page.text


def as_reader(app, world: World, *, everywhere: bool) -> Crawl:
    """All that the blind reader does in a day: lists, declaration, grid, pieces, mistakes, searches, mails."""
    reader = world.account(world.reader)
    crawl = somebody(app, world.tokens, reader)
    crawl.follow("/evaluations", "/evaluations/liens", "/mon-espace", "/")
    address = f"/evaluations/{world.evaluations[0]}"
    crawl.post(address, {"action": "submit", "comment": "c" * 4001, "version": "1"}, "/evaluations/liens")
    crawl.post(f"{address}/deport", {"reason": " "}, "/evaluations/liens")
    crawl.post("/evaluations/liens", {"name": "", "siren": "12"}, "/evaluations/liens")
    if everywhere:
        knock_everywhere(app, crawl, world)
    with unit_of_work():  # As it was before the declaration.
        given = database.session.get_one(Evaluation, world.evaluations[0])
        given.state, given.declared_at = "assigned", None
    crawl.get(address)
    crawl.post(f"{address}/deport", {"reason": " "}, "/evaluations/liens")
    crawl.post(f"{address}/sans-conflit", {}, "/evaluations/liens")
    crawl.mails_of(world.account(world.reader))
    return crawl


def test_the_blind_reader_learns_no_name(app, world):
    release_copies(app, world)
    crawl = as_reader(app, world, everywhere=True)
    told("blind reader", crawl)
    assert identity(crawl) == {}
    assert len(crawl.tokens.planted) >= 60
    assert sum(place.startswith(CONTENT) for place in crawl.hits) >= 10, "the reader sees the project itself"
    assert any("caviarde" in where or "/pieces/" in where for where in crawl.read)
    assert crawl.mails >= 2


def test_control_with_the_blindness_off_the_same_crawl_finds_the_names(app, world):
    world.blind(False)
    crawl = as_reader(app, world, everywhere=False)
    told("control, blindness off", crawl)
    found = identity(crawl)
    for place in (
        "name of the organisation", "owner", "mail of the owner", "public partner", "answer on the team", "bank",
        "file name of statuts", "author of statuts", "artist of photo", "author of logo", "text of releve", "SIRET",
    ):  # fmt: skip
        assert any(each.startswith(place) for each in found), place
    assert len(found) >= 25
    assert any(each.startswith("name of the leader") for each in found)
    assert not any(each.startswith("confidential answer") for each in found), "it is withheld in every call"


def test_another_applicant_and_the_public_learn_nothing_at_all(app, world):
    release_copies(app, world)
    for name, person in (("another applicant", world.account(world.rival)), ("the public", None)):
        crawl = somebody(app, world.tokens, person)
        crawl.follow("/", "/mon-espace", "/mes-dossiers", "/appels", "/projets-soutenus", "/reutilisations")
        knock_everywhere(app, crawl, world)
        if person is not None:
            crawl.mails_of(world.account(world.rival))
        told(name, crawl)
        assert crawl.hits == {}


def test_control_the_applicant_finds_their_own(app, world):
    crawl = somebody(app, world.tokens, world.account(world.applicant))
    crawl.follow("/mes-dossiers", f"/dossiers/{world.references[0]}")
    crawl.mails_of(world.account(world.applicant))
    told("control, the applicant", crawl)
    assert len(crawl.hits) >= 30


LISTS = ("/agents/a-traiter/export", "/agents/releves/{}/classement/export")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
def test_a_role_given_later_exports_nothing_of_what_one_reads_blind(app, world, kind):
    file = database.session.scalars(select(Application).where(Application.reference == world.references[0])).one()
    addresses = [each.format(file.session_id) + f"?format={kind}" for each in LISTS]
    with unit_of_work():
        person = world.account(world.reader)
        person.grants.append(RoleGrant(role=Role.OFFICER_PROGRAMME, granted_at=LATER))
    seen = {}
    for who in (world.reader, world.officer):
        crawl = somebody(app, world.tokens, world.account(who))
        for address in addresses:
            assert len(crawl.get(address)) > 50
        told(f"exports in {kind}", crawl)
        seen[who] = identity(crawl)
    assert seen[world.reader] == {}
    assert any(each.startswith("name of the organisation") for each in seen[world.officer]), "the control"


def test_a_copy_that_still_says_a_name_is_refused(app, world):
    desk = visitor_for(app, world.account(world.officer))
    file = database.session.scalars(select(Application).where(Application.reference == world.references[0])).one()
    piece = database.session.scalars(select(Piece).where(Piece.application_id == file.id)).first()
    number, carrier, address = piece.id, file.organisation.name, f"/agents/dossiers/{world.references[0]}"
    siret = file.organisation.siret
    for data in (files.pdf("rien", Author=carrier), files.pdf(f"Compte de {carrier}"), files.jpeg(carrier, "x"),
                 files.pdf(f"SIRET {siret}")):  # fmt: skip
        sent = {f"copy-{number}": (BytesIO(data), "copie.pdf")}
        page = desk.post(f"{address}/pieces/{number}/caviardage", sent, form=address, status=422)
        assert "On lit encore" in page.text
    sent = {f"copy-{number}": (BytesIO(files.docx("rien", "a", "b")), "copie.docx")}
    desk.post(f"{address}/pieces/{number}/caviardage", sent, form=address, status=422)
    database.session.rollback()
    assert database.session.get_one(Piece, number).redacted_id is None
