"""Every mail of the house: read by a machine, by eye in two themes, without picture, without script."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import html

from programme.core import mail
from programme.core.theme import contrast
from programme.core.unit_of_work import unit_of_work
from tests.factories.mails import every_mail

pytestmark = pytest.mark.db

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "email"
NAMES = sorted(str(page.parent.relative_to(FOLDER)) for page in FOLDER.glob("*/*/body.html"))
PLACE = re.compile(r"https?://\S+")
TEXT = 4.5
"""The contrast that a text needs on its ground (RGAA 3.2); large text needs less, none of ours is let off."""


@pytest.fixture(scope="module")
def written(app):
    """All the mails, with short names and with long ones."""
    with app.app_context():
        with unit_of_work():
            made = {False: every_mail()}
            made[True] = every_mail(long=True)
        app.config["TOUCHED"].empty()
    return made


def mails_of(written, name):
    """Each variant of a mail, with short and long names."""
    return [each for size in written.values() for key, each in size.items() if key.partition("#")[0] == name]


def page(message):
    return html.fromstring(message.html)


def words(text):
    return " ".join(re.sub(r"[‌͏ ]", " ", text).split())


def test_each_folder_has_a_subject_and_one_page_and_is_written_here(written):
    assert {key.partition("#")[0] for key in written[False]} == set(NAMES)
    assert not list(FOLDER.glob("*/*/body.txt")), "the text part comes from the page"
    for name in NAMES:
        assert (FOLDER / name / "subject.txt").is_file(), name


@pytest.mark.parametrize("name", NAMES)
class TestAMail:
    def test_its_subject_is_short_and_is_its_title(self, written, name):
        for message in mails_of(written, name):
            assert 12 <= len(message.subject) <= mail.LINE, message.subject
            tree = page(message)
            assert words(tree.findtext(".//title")) == words(message.subject)
            assert [words(each.text_content()) for each in tree.xpath("//h1")] == [words(message.subject)]

    def test_its_text_keeps_within_the_line_and_cuts_no_address(self, written, name):
        for message in mails_of(written, name):
            for line in message.text.splitlines():
                assert len(line) <= mail.LINE or PLACE.search(line), line
                assert not PLACE.search(line) or len(PLACE.sub("", line)) <= mail.LINE
                assert line == line.rstrip() or line == "-- "
            assert "\n\n\n" not in message.text
            assert "\n-- \n" in message.text

    def test_its_two_parts_hold_the_same_links_and_the_same_words(self, written, name):
        for message in mails_of(written, name):
            tree = page(message)
            links = set(tree.xpath("//a/@href"))
            said = {each for each in PLACE.findall(message.text) if "region.example/guide" not in each}
            assert links == said
            text = re.sub(r"[\s\W]+", "", message.text)
            for block in tree.xpath("//div[@role='main']//*[self::p or self::li or self::td[not(.//p or .//table)]]"):
                sentence = re.sub(r"[\s\W]+", "", block.text_content())
                if not block.xpath(".//a") and "padding:24px 32px 8px" not in block.get("style", ""):
                    assert sentence in text, block.text_content()

    def test_it_has_one_act_with_its_address_in_clear(self, written, name):
        for message in mails_of(written, name):
            tree = page(message)
            [act] = tree.xpath("//a[@class='act-link']/@href")
            shown = [words(each.text_content()) for each in tree.xpath("//a[@class='link']")]
            assert re.sub(r"^https?://", "", act) in shown
            assert all(href.startswith("http://localhost/") for href in tree.xpath("//a/@href"))

    def test_its_preheader_adds_to_the_subject(self, written, name):
        for message in mails_of(written, name):
            [shown] = page(message).xpath("//div[@class='preheader']")
            text = words(shown.text_content())
            assert len(text) >= 20
            assert text not in words(message.subject)
            assert "display:none" in shown.get("style")

    def test_a_service_with_its_phone_signs_it(self, app, written, name):
        region = app.config["REGION"]
        for message in mails_of(written, name):
            for part in (message.text, words(page(message).text_content())):
                assert region.contact_phone in words(part)
                assert region.department in words(part)

    def test_it_is_french_and_every_value_is_there(self, written, name):
        for message in mails_of(written, name):
            assert page(message).get("lang") == "fr"
            for part in (message.subject, message.text, message.html):
                assert not re.search(r"\{[{%]|%\(\w+\)s|Undefined|\bNone\b|<[a-z]+ object", part)
            assert not re.search(r"&(amp|lt|gt|#\d+|nbsp);", message.subject + message.text)

    def test_it_speaks_as_the_house_does(self, written, name):
        for message in mails_of(written, name):
            assert not re.search(
                r"veuillez|merci de|cliquez|il suffit|!", message.text + message.subject, re.IGNORECASE
            )
            assert "  " not in message.text.replace("\n    ", "\n").replace("\n  ", "\n").replace("\n   ", "\n")

    def test_it_holds_no_picture_no_script_and_only_tables_of_layout(self, written, name):
        for message in mails_of(written, name):
            tree = page(message)
            assert not tree.xpath("//img | //script | //link | //iframe | //form | //svg")
            assert "url(" not in message.html
            assert {each.get("role") for each in tree.xpath("//table")} == {"presentation"}
            assert all(each.get("style") for each in tree.xpath("//p | //h1 | //h2 | //ul | //ol | //a"))
            assert len(message.html.encode()) < 60_000, "a heavier mail is cut by some programs"

    @pytest.mark.parametrize("dark", [False, True])
    def test_every_text_is_readable_on_its_ground(self, written, name, dark):
        for message in mails_of(written, name):
            for ratio, text in ratios(message, dark=dark):
                assert ratio >= TEXT, f"{text} : {ratio:.2f}"


def ratios(message, *, dark):
    """The contrast of each text with its ground, by the styles in the line and, at night, by the rules of the head."""
    tree = page(message)
    night = re.search(r"prefers-color-scheme:dark\)\{(.*?)\n\}", message.html, re.DOTALL)[1] if dark else ""
    rules = [
        (selector.strip().rpartition(" ")[2], dict(re.findall(r"([\w-]+):([^;!]+)", body)))
        for selectors, body in re.findall(r"([^{}]+)\{([^}]*)\}", night)
        for selector in selectors.split(",")
    ]

    def found(element, name):
        own = dict(re.findall(r"(?:^|;)\s*([\w-]+):([^;]+)", element.get("style", ""))).get(name)
        for selector, body in rules:
            tag, _dot, css = selector.partition(".")
            if name in body and tag in ("", element.tag) and (not css or css in element.get("class", "").split()):
                own = body[name]
        return own

    def near(element, name):
        while element is not None:
            value = found(element, name)
            if value and value.startswith("#"):
                return value
            element = element.getparent()
        raise AssertionError(f"no {name}")

    for element in tree.xpath("//div[@role='main']//*[normalize-space(text())]"):
        yield contrast(near(element, "color"), near(element, "background")), words(element.text_content())[:50]


def test_the_measure_sees_a_grey_that_is_too_light(written):
    message = written[False]["accounts/reset"]
    pale = replace(message, html=message.html.replace("color:#4c5b5e", "color:#b0b0b0"))
    assert pale.html != message.html
    assert min(ratio for ratio, _text in ratios(pale, dark=False)) < TEXT


def test_a_region_with_other_colours_has_other_mails(app, db, monkeypatch):
    region = replace(app.config["REGION"], brand="#7a1fa2", accent="#00c2a8", name="Région Ailleurs")
    monkeypatch.setitem(app.config, "REGION", region)
    with unit_of_work():
        message = every_mail()["accounts/reset"]
    assert "#00c2a8" in message.html
    assert "#17616d" not in message.html
    assert "#ffc93c" not in message.html
    assert "Région Ailleurs" in message.html
    assert "Région Ailleurs" in message.text
    assert all(ratio >= TEXT for dark in (False, True) for ratio, _text in ratios(message, dark=dark))


def test_a_file_that_a_person_follows_is_signed_by_that_person(written):
    assert "Nadia Ferrand\nDirection" in written[False]["applications/info_requested"].text
    assert "Nadia Ferrand" in written[False]["applications/info_requested"].html


def test_a_reader_learns_nothing_of_the_file_before_declaring(written):
    for key in ("assessment/assigned", "assessment/assigned#undated"):
        message = written[False][key]
        for part in (message.subject, message.text, message.html):
            assert "Doc’Proche" not in part
            assert "Commune de Gap" not in part


def test_lines_are_cut_between_words_and_lists_hang():
    assert mail.wrap("a" * 40 + " " + "b" * 40, "- ", "  ").splitlines() == ["- " + "a" * 40, "  " + "b" * 40]
    place = "https://region.example/" + "x" * 90
    assert place in mail.wrap(f"Voir {place} pour la suite").splitlines()


def test_a_long_subject_is_cut_between_words_with_an_ellipsis():
    assert mail.clip("Une phrase courte", 40) == "Une phrase courte"
    assert mail.clip("Une phrase assez longue, puis trop longue", 26) == "Une phrase assez longue…"
