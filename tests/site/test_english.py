"""The screen follows a catalogue: with a pretended translation, no label of the product stays in French."""

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo

import config
from programme import create_app
from programme.accounts.states import Role
from programme.extensions import db as database
from tests.architecture.test_words import KEYWORDS, ROOT
from tests.factories.people import signed_in
from tests.pages import Visitor

pytestmark = [pytest.mark.db, pytest.mark.slow]
METHODS = [("programme/**.py", "python"), ("templates/**.*", "jinja2")]
PUBLIC = [
    "/", "/appels", "/evenements", "/reutilisations", "/projets-soutenus", "/donnees", "/partenaires", "/strategie",
    "/indicateurs", "/connexion", "/inscription", "/mot-de-passe", "/verifier", "/accessibilite", "/mentions-legales",
    "/donnees-personnelles", "/donnees-ouvertes",
]  # fmt: skip
STAFF = [
    "/agents/a-traiter", "/agents/dossiers", "/agents/comites", "/agents/conventions", "/agents/appels", "/agents/evenements",
    "/agents/reutilisations", "/agents/donnees", "/agents/indicateurs", "/agents/strategie",
]  # fmt: skip


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory):
    """A translation that puts every message between brackets."""
    folder = tmp_path_factory.mktemp("translations")
    pretended = Catalog(locale="en")
    for _file, _line, message, _comments, _context in extract_from_dir(str(ROOT), METHODS, keywords=KEYWORDS):
        texts = message if isinstance(message, tuple) else (message,)
        bracketed = tuple(f"[[{text}]]" for text in texts)
        pretended.add(message, bracketed if len(texts) > 1 else bracketed[0])
    (folder / "en" / "LC_MESSAGES").mkdir(parents=True)
    with (folder / "en" / "LC_MESSAGES" / "messages.mo").open("wb") as file:
        write_mo(file, pretended)
    return folder


@pytest.fixture(scope="module")
def instance(app, catalogue):
    """The same instance with the pretended catalogue; it gives its connections back."""
    made = create_app(
        config.Testing, SQLALCHEMY_DATABASE_URI=app.config["SQLALCHEMY_DATABASE_URI"], VAR=app.config["VAR"],
        STORAGE_FOLDER=app.config["STORAGE_FOLDER"], MAIL_FOLDER=app.config["MAIL_FOLDER"],
        BABEL_TRANSLATION_DIRECTORIES=str(catalogue),
    )  # fmt: skip
    yield made
    with made.app_context():
        database.engine.dispose()


@pytest.fixture
def translated(instance, db):
    """That instance on an empty database."""
    return instance


def untranslated(page):
    """Titles, buttons, menus, labels of fields and of columns without a bracket."""
    said = page.tree.xpath(
        "//h1 | //h2 | //header//nav//a | //footer//nav//a | //button | //label | //legend | //thead/tr/th"
        " | //summary | //nav[@class='breadcrumb']//a"
    )
    texts = [" ".join(each.text_content().split()) for each in said]
    return [text for text in texts if "[[" not in text and any(sign.isalpha() for sign in text)]


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_speaks_the_language_asked_for(translated, path):
    visitor = Visitor(translated)
    page = visitor.get(f"{path}?lang=en")
    assert page.tree.get("lang") == "en"
    assert untranslated(page) == []


@pytest.mark.parametrize("path", STAFF)
def test_a_page_for_agents_too(app, translated, path):
    officer, _number = signed_in(translated, *Role)
    assert untranslated(officer.get(f"{path}?lang=en")) == []


def test_the_check_sees_what_stays_in_french(visitor):
    assert untranslated(visitor().get("/connexion")) != []
