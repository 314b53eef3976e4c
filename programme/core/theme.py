"""A Region chooses three colours; this module finds every other one so that all text stays readable.

The Region gives a brand colour, an accent colour and the hue of its neutral greys. Each role of the design
(text, link, border, state...) is a lightness searched in OKLCH with hue and chroma kept, until the role has
its contrast on every ground where it may sit, in a light and in a dark theme. What cannot be reached is an
error written for the administrator, never a quieter colour.

The page /agents/region tries colours on the screen; `python -m programme.core.theme BRAND ACCENT HUE --check` prints the
contrast table.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

HEX_COLOUR = re.compile(r"#[0-9a-f]{6}")

DEMO_BRAND = "#0b5a66"
DEMO_ACCENT = "#ffc93c"
DEMO_NEUTRAL_HUE = 85.0


class ThemeError(ValueError):
    """The colours given cannot make a readable theme; the message is a French sentence to show as it is."""


# --- colour: sRGB to OKLCH and back (Björn Ottosson's matrices) and WCAG 2.2 contrast


class Oklch(NamedTuple):
    """A colour by lightness (0 to 1), chroma (0 to about 0.37) and hue (degrees)."""

    lightness: float
    chroma: float
    hue: float


def _to_linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _from_linear(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else float(1.055 * channel ** (1 / 2.4) - 0.055)


def _linear_rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (_to_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return red, green, blue


def parse_colour(text: str) -> str:
    """Return « #rrggbb » in lower case, or raise ThemeError when the text is not such a colour."""
    colour = text.strip().lower()
    if not HEX_COLOUR.fullmatch(colour):
        message = f"« {text} » n’est pas une couleur. Écrivez un dièse et six chiffres, par exemple #0b5a66."
        raise ThemeError(message)
    return colour


def to_oklch(colour: str) -> Oklch:
    """Return the OKLCH coordinates of a « #rrggbb » colour."""
    red, green, blue = _linear_rgb(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short
    return Oklch(lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)


def _linear_from_oklch(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
    )


CHROMA_STEPS = 40
GAMUT_TOLERANCE = 0.0005


def to_hex(lightness: float, chroma: float, hue: float) -> str:
    """Return the nearest sRGB colour: when it lies outside sRGB, chroma alone is pulled in."""
    for step in range(CHROMA_STEPS + 1):
        channels = _linear_from_oklch(lightness, chroma * (1 - step / CHROMA_STEPS), hue)
        if all(-GAMUT_TOLERANCE <= channel <= 1 + GAMUT_TOLERANCE for channel in channels):
            return "#" + "".join(f"{round(255 * _from_linear(min(1, max(0, c)))):02x}" for c in channels)
    message = f"no sRGB colour at lightness {lightness}"  # only outside 0..1, which callers never ask
    raise ValueError(message)


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2, 0 for black and 1 for white."""
    red, green, blue = _linear_rgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


# --- the roles of the design


@dataclass(frozen=True)
class Recipe:
    """How one theme, light or dark, turns three colours into roles: the numbers the two themes differ by."""

    name: str
    step: float  # direction of the search: text darkens on paper, lightens at night
    card: tuple[float, float]  # lightness and chroma of each ground
    page: tuple[float, float]
    sunk: tuple[float, float]
    brand_soft: tuple[float, float]
    field: tuple[float, float]
    line: tuple[float, float]
    accent_soft: float
    state_soft: tuple[float, float]
    ink_ratio: float
    ink_start: float
    control_start: float
    state_start: float


LIGHT = Recipe(
    name="clair", step=-0.004, card=(1.0, 0.0), page=(0.977, 0.005), sunk=(0.948, 0.009),
    brand_soft=(0.945, 0.022), field=(0.31, 0.06), line=(0.885, 0.012), accent_soft=0.955,
    state_soft=(0.955, 0.022), ink_ratio=13, ink_start=0.45, control_start=0.8, state_start=0.62,
)  # fmt: skip
DARK = Recipe(
    name="sombre", step=0.004, card=(0.25, 0.026), page=(0.205, 0.022), sunk=(0.175, 0.02),
    brand_soft=(0.30, 0.036), field=(0.15, 0.022), line=(0.34, 0.02), accent_soft=0.30,
    state_soft=(0.27, 0.04), ink_ratio=12, ink_start=0.7, control_start=0.3, state_start=0.55,
)  # fmt: skip

STATES = {"ok": (0.10, 150.0), "warn": (0.11, 65.0), "err": (0.17, 22.0)}  # chroma, hue
MAX_BRAND_CHROMA = 0.13
SEARCH_STEP = 0.004

# The words the administrator reads when a role cannot be reached.
ROLE_NAMES = {
    "accent": "l’accent (repère « ici, maintenant »)",
    "ink": "le texte",
    "ink-2": "le texte secondaire",
    "brand": "les liens et les boutons",
    "control": "le bord des champs",
    "on-field-2": "le texte du pied de page",
    "ok": "l’état favorable",
    "warn": "l’état à surveiller",
    "err": "les erreurs",
}

# (role, ground, ratio needed): text 4.5, main text 7, borders and the thread 3 (RGAA 3.2 and 3.3).
CONTRASTS_NEEDED: tuple[tuple[str, str, float], ...] = (
    ("ink", "page", 7), ("ink", "card", 7), ("ink", "sunk", 7), ("ink", "brand-soft", 7),
    ("ink", "accent-soft", 7), ("ink", "err-soft", 7), ("ink", "warn-soft", 7), ("ink", "ok-soft", 7),
    ("ink-2", "page", 4.5), ("ink-2", "card", 4.5), ("ink-2", "sunk", 4.5), ("ink-2", "brand-soft", 4.5),
    ("ink-2", "accent-soft", 4.5), ("ink-2", "err-soft", 4.5),
    ("brand", "page", 4.5), ("brand", "card", 4.5), ("brand", "sunk", 4.5), ("brand", "brand-soft", 4.5),
    ("brand", "accent-soft", 4.5), ("on-brand", "brand", 4.5), ("page", "ink", 4.5),
    ("on-accent", "accent", 4.5), ("on-poster", "poster", 4.5),
    ("on-field", "field", 7), ("on-field-2", "field", 4.5),
    ("ok", "ok-soft", 4.5), ("ok", "page", 4.5), ("warn", "warn-soft", 4.5), ("warn", "page", 4.5),
    ("err", "err-soft", 4.5), ("err", "card", 4.5), ("err", "page", 4.5), ("err", "sunk", 4.5),
    ("control", "card", 3), ("control", "page", 3), ("control", "sunk", 3), ("control", "brand-soft", 3),
    ("focus", "page", 3), ("focus", "card", 3), ("focus", "brand-soft", 3), ("accent", "field", 3),
)  # fmt: skip


def _search(role: str, colour: Oklch, grounds: Sequence[str], ratio: float, step: float, *, theme_name: str) -> str:
    """Return the first lightness, from the colour's own by `step`, that has `ratio` on every ground."""
    lightness = colour.lightness
    while 0 <= lightness <= 1:
        candidate = to_hex(lightness, colour.chroma, colour.hue)
        if min(contrast(candidate, ground) for ground in grounds) >= ratio:
            return candidate
        lightness += step
    wanted = f"{ratio:g}".replace(".", ",")
    message = (
        f"Avec ces couleurs, {ROLE_NAMES[role]} ne peut pas atteindre un contraste de {wanted} pour 1 "
        f"dans le thème {theme_name}. Choisissez une couleur moins vive ou plus foncée."
    )
    raise ThemeError(message)


def palette(brand: str, accent: str, neutral_hue: float, *, dark: bool = False) -> dict[str, str]:
    """Return every role of one theme as « #rrggbb ».

    `brand` and `accent` are « #rrggbb »; `neutral_hue` is an OKLCH hue in degrees (85 warm, 240 cool).
    Raises ThemeError, with a French sentence, when a colour is malformed or a role cannot be reached.
    """
    brand_colour, accent_colour = to_oklch(parse_colour(brand)), to_oklch(parse_colour(accent))
    accent = parse_colour(accent)
    recipe = DARK if dark else LIGHT
    brand_hue = brand_colour.hue
    brand_chroma = min(brand_colour.chroma, MAX_BRAND_CHROMA)
    ground_hue = brand_hue if dark else neutral_hue  # paper takes the neutral hue, night the brand's

    def search(role: str, colour: Oklch, grounds: Sequence[str], ratio: float, step: float) -> str:
        return _search(role, colour, grounds, ratio, step, theme_name=recipe.name)

    on_accent = to_hex(0.25, 0.035, brand_hue)
    if contrast(accent, on_accent) < 6:  # a dark accent is lifted until dark text reads on it
        accent = search("accent", accent_colour, [on_accent], 6, SEARCH_STEP)

    roles = {
        "page": to_hex(*recipe.page, ground_hue),
        "card": to_hex(*recipe.card, ground_hue),
        "sunk": to_hex(*recipe.sunk, ground_hue),
        "brand-soft": to_hex(*recipe.brand_soft, brand_hue),
        "field": to_hex(recipe.field[0], min(brand_chroma, recipe.field[1]), brand_hue),
        "poster": to_hex(0.32, min(brand_chroma, 0.055), brand_hue) if dark else accent,
        "accent-soft": to_hex(recipe.accent_soft, min(accent_colour.chroma, 0.045), accent_colour.hue),
        "line": to_hex(*recipe.line, ground_hue),
        "accent": accent,
        "on-accent": on_accent,
        "on-field": to_hex(0.96, 0.01, neutral_hue),
    }
    grounds = [roles[ground] for ground in ("page", "card", "sunk", "brand-soft")]
    text_grounds = [*grounds, roles["accent-soft"]]
    roles["ink"] = search("ink", Oklch(recipe.ink_start, 0.022, brand_hue), grounds, recipe.ink_ratio, recipe.step)
    roles["ink-2"] = search("ink-2", Oklch(0.5, 0.02, brand_hue), grounds, 6, recipe.step)
    roles["brand"] = search("brand", Oklch(0.5, brand_chroma, brand_hue), text_grounds, 6, recipe.step)
    roles["on-brand"] = roles["page"] if dark else "#ffffff"
    roles["control"] = search("control", Oklch(recipe.control_start, 0.02, brand_hue), grounds, 3.3, recipe.step)
    roles["focus"] = roles["ink"]
    roles["on-poster"] = roles["ink"] if dark else on_accent
    roles["on-field-2"] = search("on-field-2", Oklch(0.5, 0.02, brand_hue), [roles["field"]], 6, SEARCH_STEP)
    for state, (chroma, hue) in STATES.items():
        soft = roles[f"{state}-soft"] = to_hex(*recipe.state_soft, hue)
        colour = Oklch(recipe.state_start, chroma, hue)
        roles[state] = search(state, colour, [*grounds, soft], 4.9, recipe.step)
    return roles


@lru_cache(maxsize=4)
def palettes(brand: str, accent: str, neutral_hue: float) -> Mapping[str, Mapping[str, str]]:
    """The palettes of a Region, « light » and « dark », kept: searching them takes longer than writing a mail or a document."""
    return {name: palette(brand, accent, neutral_hue, dark=name == "dark") for name in ("light", "dark")}


class Contrast(NamedTuple):
    """One line of the contrast table."""

    theme: str
    role: str
    ground: str
    ratio: float
    needed: float

    @property
    def reached(self) -> bool:
        """Tell whether the pair is readable."""
        return self.ratio >= self.needed


def contrast_table(roles: Mapping[str, str], theme: str) -> list[Contrast]:
    """Return the measured contrast of every pair the design uses, with the ratio it needs."""
    return [
        Contrast(theme, role, ground, contrast(roles[role], roles[ground]), needed)
        for role, ground, needed in CONTRASTS_NEEDED
    ]


def stylesheet(brand: str, accent: str, neutral_hue: float) -> str:
    """Return the CSS of both themes, in the layer `theme` so that print and forced colours win over it.

    The dark theme follows the system unless `data-theme` on the root says light or dark.
    """
    light, dark = (
        "".join(f"--{role}:{colour};" for role, colour in palette(brand, accent, neutral_hue, dark=d).items())
        for d in (False, True)
    )
    return (
        "@layer theme {\n"
        f":root {{ color-scheme: light dark; {light} }}\n"
        "@media (prefers-color-scheme: dark) {\n"
        f":root:not([data-theme=light]) {{ {dark} }}\n"
        "}\n"
        f":root[data-theme=dark] {{ color-scheme: dark; {dark} }}\n"
        ":root[data-theme=light] { color-scheme: light; }\n"
        "}\n"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the stylesheet, or the contrast table with `--check`; 1 when a pair is too low."""
    parser = argparse.ArgumentParser(description="Thème d’une Région : trois couleurs, clair et sombre.")
    parser.add_argument("brand", nargs="?", default=DEMO_BRAND)
    parser.add_argument("accent", nargs="?", default=DEMO_ACCENT)
    parser.add_argument("neutral_hue", nargs="?", type=float, default=DEMO_NEUTRAL_HUE)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    colours = (options.brand, options.accent, options.neutral_hue)
    try:
        if not options.check:
            sys.stdout.write(stylesheet(*colours))
            return 0
        rows = [
            row
            for dark, theme in ((False, LIGHT.name), (True, DARK.name))
            for row in contrast_table(palette(*colours, dark=dark), theme)
        ]
    except ThemeError as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    for row in rows:
        verdict = "ok" if row.reached else "TROP FAIBLE"
        sys.stdout.write(f"{row.theme:7}{row.role:12}sur {row.ground:12}{row.ratio:6.2f} / {row.needed:g} {verdict}\n")
    return 0 if all(row.reached for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
