"""Any three colours of a Region give a readable theme, light and dark, or a sentence that says why not."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programme.core import theme
from programme.core.theme import ThemeError, contrast, contrast_table, palette, stylesheet, to_hex, to_oklch

BRANDS = ["#0b5a66", "#003189", "#c8102e", "#00843d", "#6b2c91", "#e35205", "#111111", "#7a5c00"]
ACCENTS = ["#ffc93c", "#ff6f61", "#7ed957", "#5bc0eb", "#5a0f2e"]
NEUTRALS = [85.0, 240.0]
COLOURS = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@pytest.mark.parametrize(("brand", "accent", "neutral"), list(product(BRANDS, ACCENTS, NEUTRALS)))
def test_every_pair_of_the_design_is_readable(brand: str, accent: str, neutral: float) -> None:
    for dark in (False, True):
        rows = contrast_table(palette(brand, accent, neutral, dark=dark), "")
        assert [row for row in rows if not row.reached] == []


def readable_or_refused(brand: str, accent: str, neutral: float, *, dark: bool) -> bool:
    """Tell whether the theme is readable, or refused with a sentence for the administrator."""
    try:
        roles = palette(brand, accent, neutral, dark=dark)
    except ThemeError as refusal:
        return str(refusal).startswith("Avec ces couleurs, ")
    return all(row.reached for row in contrast_table(roles, ""))


@settings(max_examples=40, deadline=None)
@given(brand=COLOURS, accent=COLOURS, neutral=st.floats(0, 360), dark=st.booleans())
def test_any_colours_give_a_readable_theme_or_a_french_sentence(
    brand: str, accent: str, neutral: float, dark: bool
) -> None:
    assert readable_or_refused(brand, accent, neutral, dark=dark)


def test_the_table_sees_a_pair_that_is_too_low() -> None:
    roles = palette(*demo()) | {"ink-2": "#b0b0b0"}
    low = {(row.role, row.ground) for row in contrast_table(roles, "") if not row.reached}
    assert ("ink-2", "page") in low


def test_a_role_out_of_reach_is_an_error_in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theme, "LIGHT", replace(theme.LIGHT, ink_ratio=20.5))
    with pytest.raises(
        ThemeError, match="le texte ne peut pas atteindre un contraste de 20,5 pour 1 dans le thème clair"
    ):
        palette(*demo())


@pytest.mark.parametrize("text", ["bleu", "#12345", "#12345g", "0b5a66", ""])
def test_a_text_that_is_not_a_colour_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ThemeError, match="par exemple #0b5a66"):
        palette(text, "#ffc93c", 85)


def test_a_dark_accent_is_lifted_until_dark_text_reads_on_it() -> None:
    roles = palette("#0b5a66", "#5a0f2e", 85)
    assert roles["accent"] != "#5a0f2e"
    assert contrast(roles["on-accent"], roles["accent"]) >= 6


def test_a_light_accent_is_kept_as_the_region_gave_it() -> None:
    assert palette(*demo())["accent"] == "#ffc93c"


@pytest.mark.parametrize("colour", [*BRANDS, *ACCENTS, "#ffffff", "#000000"])
def test_a_colour_survives_the_way_to_oklch_and_back(colour: str) -> None:
    assert max(abs(int(colour[i : i + 2], 16) - int(to_hex(*to_oklch(colour))[i : i + 2], 16)) for i in (1, 3, 5)) <= 1


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert contrast("#777777", "#777777") == 1


def test_both_themes_give_the_same_roles() -> None:
    assert palette(*demo()).keys() == palette(*demo(), dark=True).keys()


def test_the_sheet_sits_in_its_layer_and_obeys_the_choice_of_the_account() -> None:
    css = stylesheet(*demo())
    assert "@layer theme {" in css
    assert ":root[data-theme=dark]" in css
    assert ":root:not([data-theme=light])" in css


def test_the_command_prints_the_table_and_refuses_bad_colours(capsys: pytest.CaptureFixture[str]) -> None:
    assert theme.main(["--check"]) == 0
    assert "TROP FAIBLE" not in capsys.readouterr().out
    assert theme.main(["rouge"]) == 1
    assert "n’est pas une couleur" in capsys.readouterr().err


def demo() -> tuple[str, str, float]:
    """Return the three colours of the demo Region."""
    return theme.DEMO_BRAND, theme.DEMO_ACCENT, theme.DEMO_NEUTRAL_HUE
