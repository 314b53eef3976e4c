"""A Region changes name, logo, three colours and territory in one file; what would be unreadable is refused at start."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

import config
from config import MissingSetting
from programme.accounts.states import Role
from programme.core import identity
from tests.factories.people import signed_in
from tests.pages import Visitor

pytestmark = pytest.mark.db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 60"><path d="M0 0h120v60H0z"/></svg>'


def demo_region() -> config.Region:
    return config.Region.load(Path(config.ROOT / "region.toml"))


def picture(width, height, form="PNG"):
    file = BytesIO()
    Image.new("RGB", (width, height)).save(file, form)
    return file.getvalue()


def test_the_sheet_is_made_from_the_three_colours_of_the_file(tmp_path):
    green = identity.load(replace(demo_region(), brand="#00843d"), tmp_path)
    assert green.sheet != identity.load(demo_region(), tmp_path).sheet
    assert "--brand:" in green.sheet


@pytest.mark.parametrize("field", ["brand", "accent"])
def test_a_colour_that_is_none_refuses_the_start_and_says_what_to_write(field, tmp_path):
    with pytest.raises(MissingSetting, match="par exemple #0b5a66"):
        identity.load(replace(demo_region(), **{field: "turquoise"}), tmp_path)


def test_colours_that_break_a_contrast_refuse_the_start(tmp_path, monkeypatch):
    from programme.core import theme

    monkeypatch.setattr(theme, "LIGHT", replace(theme.LIGHT, ink_ratio=20.5))
    with pytest.raises(MissingSetting, match="ne peut pas atteindre un contraste"):
        identity.load(demo_region(), tmp_path)


@pytest.mark.parametrize(
    ("content", "mimetype", "width"),
    [(SVG, "image/svg+xml", 88), (picture(200, 100), "image/png", 88), (picture(100, 100, "WEBP"), "image/webp", 44)],
)
def test_a_logo_is_shown_44_pixels_high(content, mimetype, width, tmp_path):
    (tmp_path / "logo").write_bytes(content)
    logo = identity.load(replace(demo_region(), logo="logo"), tmp_path).logo
    assert (logo.mimetype, logo.width) == (mimetype, width)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "illisible"), (b"GIF89a", "n’est pas une image reconnue"), (SVG + b" " * 100_001, "plus de 100 ko"),
        (picture(600, 100), "trop large"), (b'<svg viewBox="0 0 10 0"></svg>', "n’est pas une image reconnue"),
    ],
)  # fmt: skip
def test_a_logo_that_cannot_be_shown_refuses_the_start(content, sentence, tmp_path):
    if content is not None:
        (tmp_path / "logo").write_bytes(content)
    with pytest.raises(MissingSetting, match=sentence):
        identity.load(replace(demo_region(), logo="logo"), tmp_path)


def test_every_page_links_the_sheet_by_the_hash_of_its_content(visitor, app):
    page = visitor().get("/")
    address = page.tree.xpath("//link[@rel='stylesheet'][contains(@href,'identite')]/@href")[0]
    assert address.endswith(app.config["IDENTITY"].sheet_version)
    answer = visitor().client.get(address)
    assert answer.mimetype == "text/css"
    assert answer.cache_control.immutable
    assert visitor().client.get("/identite/theme.css?v=autre").cache_control.max_age == 300
    assert answer.get_data(as_text=True) == app.config["IDENTITY"].sheet


def test_a_region_with_a_logo_shows_it_everywhere_and_it_runs_nothing(app, db, tmp_path, monkeypatch):
    (tmp_path / "logo.svg").write_bytes(SVG)
    monkeypatch.setitem(app.config, "IDENTITY", identity.load(replace(demo_region(), logo="logo.svg"), tmp_path))
    page = Visitor(app).get("/mentions-legales")
    shown = page.tree.xpath("//header//img[@class='logo']")[0]
    assert (shown.get("width"), shown.get("height"), shown.get("alt")) == ("88", "44", "")
    answer = Visitor(app).client.get(shown.get("src"))
    assert answer.get_data() == SVG
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_without_a_logo_there_is_none_at_its_address(visitor):
    visitor().get("/identite/logo", status=404)


def test_the_administrator_tries_colours_and_copies_three_lines(app, db):
    page = signed_in(app, Role.ADMIN)[0].get("/agents/region?brand=%2300843d&accent=%23ff6f61&neutral_hue=240")
    assert 'brand = "#00843d"' in page.text
    assert "neutral_hue = 240" in page.text
    assert len(page.tree.xpath("//svg[@class='small-page']")) == 4


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("brand=vert&accent=%23ff6f61&neutral_hue=85", "n'est pas une couleur"),
        ("brand=%2300843d&accent=&neutral_hue=85", "Écrivez une couleur"),
        ("brand=%2300843d&accent=%23ff6f61&neutral_hue=900", "un nombre de 0 à 360"),
    ],
)
def test_colours_that_cannot_be_tried_say_what_to_write(app, db, query, sentence):
    page = signed_in(app, Role.ADMIN)[0].get(f"/agents/region?{query}", status=422)
    assert sentence in page.text
    assert len(page.tree.xpath("//svg[@class='small-page']")) == 2
