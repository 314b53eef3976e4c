"""Questionnaires of every kind with conditions and formulas, and answers to them, good and bad: stored forms that `from_json` reads."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from programme.questionnaires.rules.fields import questions_from
from programme.questionnaires.rules.kinds import CELLS, UNTYPED, FieldKind, Format, Level

K = FieldKind
OPTIONS = [["a", "Un"], ["b", "Deux, ou presque"], ["c", "Trois ; quatre"]]
DEPARTMENTS = {"04": "Alpes-de-Haute-Provence", "05": "Hautes-Alpes", "13": "Bouches-du-Rhône"}
SIRETS = ["23130002100012", "73282932000074"]
SIRENS = ["231300021", "732829320"]
# Signs that a form gives back as it was sent: no white space at the ends, one kind of line end.
WORDS = (
    st.text("aàéœ<&\"'*_-« »1€/", min_size=1, max_size=12)
    .map(str.strip)
    .filter(bool)
    .map(lambda t: " ".join(t.split()))
)
DAYS = st.dates(date(1800, 1, 1), date(2199, 12, 31)).map(str)
SAID = st.sampled_from(["", "Quelques mots.", "<b>& « »"])


def decimals(places, least=-5):
    """Small numbers, so that conditions and limits meet them."""
    return st.integers(least * 10**places, 5 * 10**places).map(lambda n: str(Decimal(n).scaleb(-places)))


def some(**parts):
    """Each of these, or not."""
    return st.fixed_dictionaries({}, optional=parts)


@st.composite
def columns(draw):
    listed = []
    for place, kind in enumerate(draw(st.lists(st.sampled_from(CELLS), min_size=1, max_size=4))):
        column = {"key": f"x{place}", "label": f"Colonne {place}", "kind": kind.value} | draw(
            some(required=st.booleans())
        )
        if kind is K.CHOICE:
            column["options"] = OPTIONS
        if kind is K.NUMBER:
            column |= draw(some(unit=st.just("m²"), decimals=st.integers(0, 4)))
        listed.append(column)
    return listed


LIMITS = some(minimum=st.one_of(st.integers(-3, 0), decimals(1, -3).filter(lambda n: n[0] == "-")), maximum=decimals(2, 0), refusal=SAID)  # fmt: skip
MEASURES = st.lists(
    st.one_of(
        st.sampled_from(["visits", "open-data"]),
        st.fixed_dictionaries({"code": st.sampled_from(["visits", "reuses", "trees"])}, optional={"label": WORDS, "unit": WORDS}),
    ),
    min_size=1, max_size=3, unique_by=lambda each: each if isinstance(each, str) else each["code"],
)  # fmt: skip
OWN = {
    K.TEXT: some(max_length=st.integers(30, 400)), K.LONG_TEXT: some(max_length=st.integers(30, 400)),
    K.MARKDOWN: some(max_length=st.integers(30, 400)), K.DAY: st.just({}), K.MONEY: LIMITS,
    K.NUMBER: st.tuples(some(unit=WORDS, decimals=st.integers(0, 4)), LIMITS).map(lambda two: two[0] | two[1]),
    K.YES_NO: some(must_be=st.sampled_from(["yes", "no"]), refusal=SAID),
    K.CHOICE: st.just({"options": OPTIONS}), K.CHOICES: st.just({"options": OPTIONS}),
    K.TABLE: st.fixed_dictionaries({"columns": columns()}, optional={"max_rows": st.integers(1, 4)}),
    K.TERRITORY: st.fixed_dictionaries({"levels": st.lists(st.sampled_from([each.value for each in Level]), min_size=1, max_size=3, unique=True)}),
    K.ORGANISATION: some(siret_required=st.booleans()), K.DATASETS: some(max_rows=st.integers(1, 4)),
    K.INDICATORS: st.fixed_dictionaries({"indicators": MEASURES}),
    K.FILE: some(formats=st.lists(st.sampled_from([each.value for each in Format]), min_size=1, max_size=4, unique=True), max_megabytes=st.integers(1, 20)),
}  # fmt: skip
SHARED = some(
    hint=SAID, example=SAID, purpose=SAID, section=st.sampled_from(["", "Le projet", "Les données"]),
    identity_bearing=st.booleans(), confidential=st.booleans(),
)  # fmt: skip


CHANCE = st.sampled_from([True, True, True, False])
MET = {
    K.YES_NO: [{"is": "yes"}, {"is_not": "yes"}, {"one_of": ["yes", "no"]}], K.CHOICE: [{"is": "a"}, {"one_of": ["a", "b"]}],
    K.CHOICES: [{"is": "a"}, {"is_not": "c"}], K.NUMBER: [{"at_least": "0"}, {"at_most": 1}], K.MONEY: [{"at_least": "2.50"}],
    K.CALCULATED: [{"at_least": 1}, {"at_most": "0.5"}], K.DAY: [{"at_least": "1990-01-01"}], K.TABLE: [{"at_least": "2"}],
    K.TERRITORY: [{"one_of": ["05", "13999"]}], K.ORGANISATION: [{"is": SIRETS[0]}],
}  # fmt: skip
"""Comparisons that answers of these kinds meet, or not, about as often."""
AROUND = [
    {"key": "theme", "is": "environnement"}, {"key": "carrier_family", "is": "public"}, ["strand", "A"],
    {"key": "requested_amount", "at_least": "1"}, {"key": "carrier_kind", "is_not": "association"},
]  # fmt: skip


@st.composite
def conditions(draw, before, depth=2):
    """A condition on an earlier answer or on what is known of the file."""
    if depth and not draw(CHANCE):
        parts = st.lists(conditions(before, depth - 1), min_size=1, max_size=2)
        return {draw(st.sampled_from(["all", "any"])): draw(parts)}
    if not before or not draw(CHANCE):
        return draw(st.sampled_from(AROUND))
    asked = draw(st.sampled_from(before))
    met = draw(st.sampled_from([{"answered": True}, *MET.get(K(asked["kind"]), [])]))
    return {"key": asked["key"], **met}


@st.composite
def formulas(draw, needs, depth=2):
    if depth and draw(st.booleans()):
        left, right = draw(formulas(needs, depth - 1)), draw(formulas(needs, depth - 1))
        return f"({left} {draw(st.sampled_from('+-*/'))} {right})"
    return draw(st.one_of(st.sampled_from(needs), st.sampled_from(["2", "0", "1.5", "-3"])))


def needs_of(stored):
    """What a later formula may name of this question."""
    if stored["kind"] == "table":
        return [
            f"sum({stored['key']}.{each['key']})" for each in stored["columns"] if each["kind"] in ("number", "money")
        ]
    return [stored["key"]] if stored["kind"] in ("number", "money", "calculated") else []


@st.composite
def question(draw, place, before):
    """One question under a key of its own, with a condition on what stands before it, and a formula when it can."""
    needs = [need for each in before for need in needs_of(each)]
    kinds = [each for each in K if each is not K.CALCULATED] + [K.CALCULATED] * (4 if needs else 0)
    kind = draw(st.sampled_from(kinds))
    made = {"key": f"k{place}", "label": f"Question {place}", "kind": kind.value} | draw(SHARED)
    if kind is K.CALCULATED:
        made |= {"formula": draw(formulas(needs))} | draw(some(unit=WORDS, decimals=st.integers(0, 4))) | draw(LIMITS)
    else:
        made |= draw(OWN[kind]) | ({} if draw(CHANCE) else {"required": False})
    if draw(st.booleans()):
        made["show_if"] = draw(conditions(before))
    return made


@st.composite
def questionnaires(draw, most=8):
    """The stored forms of a questionnaire."""
    listed = []
    for place in range(draw(st.sampled_from(range(1, most + 1)))):
        listed.append(draw(question(place, listed)))
    return listed


CONTEXTS = st.fixed_dictionaries({
    "theme": st.sampled_from(["", "environnement"]), "amount": st.sampled_from([None, Decimal(0), Decimal("2.50")]),
    "carrier": st.sampled_from(["local_authority", "association"]),
})  # fmt: skip


# ---- answers ------------------------------------------------------------------------------------------


def cell(column):
    """A right value of a cell, as it is stored."""
    return scalar(column) if column.kind is not K.TEXT else WORDS


def scalar(given):
    if given.kind is K.NUMBER:
        return decimals(given.decimals) if given.decimals else st.integers(-5, 5)
    return {
        K.TEXT: WORDS, K.LONG_TEXT: WORDS, K.MARKDOWN: st.one_of(WORDS, st.just("**gras**\n\n- un\n- deux")),
        K.MONEY: decimals(2, 0), K.DAY: DAYS, K.YES_NO: st.sampled_from(["yes", "no"]),
        K.CHOICE: st.sampled_from(["a", "b", "c"]), K.CHOICES: st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, unique=True).map(sorted),
    }[given.kind]  # fmt: skip


def rows_of(question):
    row = st.fixed_dictionaries({}, optional={each.key: cell(each) for each in question.columns}).filter(bool)
    return st.lists(row, min_size=1, max_size=question.max_rows)


def territory(question):
    level = st.sampled_from(question.levels)
    codes = {Level.DEPARTMENT: st.sampled_from(sorted(DEPARTMENTS)), Level.EPCI: st.sampled_from(SIRENS), Level.COMMUNE: st.sampled_from(["13999", "2A004"])}  # fmt: skip

    def placed(level):
        if level is Level.DEPARTMENT:
            return codes[level].map(lambda code: {"level": "department", "code": code, "name": DEPARTMENTS[code]})
        return st.tuples(codes[level], WORDS).map(lambda two: {"level": level.value, "code": two[0], "name": two[1]})

    return level.flatmap(placed)


def organisation(_question):
    return st.fixed_dictionaries({"name": WORDS, "siret": st.sampled_from(SIRETS)})


def datasets(question):
    one = WORDS.map(lambda title: {"title": title})
    return st.lists(one, min_size=1, max_size=question.max_rows)


def indicators(question):
    number = st.one_of(decimals(0), st.sampled_from(["12.5", "0.25", "1200"])).map(lambda n: "0" if n == "-0" else n)
    both = st.fixed_dictionaries({"baseline": number, "target": number})
    return st.fixed_dictionaries({each.code: both for each in question.indicators})


WHOLE = {K.TABLE: rows_of, K.TERRITORY: territory, K.ORGANISATION: organisation, K.DATASETS: datasets, K.INDICATORS: indicators}  # fmt: skip


def good(question):
    """An answer that the form of this question can give."""
    return WHOLE[question.kind](question) if question.kind in WHOLE else scalar(question)


BAD = st.sampled_from([
    None, "", [], {}, "zz", "9" * 30, -7, 3.5, True, ["z"], [["z"]], [{"zz": "1"}, {}], {"level": "moon"}, "x" * 500,
    {"level": "commune", "name": "Gap"}, {"level": "commune", "code": "05061", "name": "Nice"}, {"siret": "12345678900000", "name": "Gap"}, [{"x0": "zz", "x1": ""}], [{"title": ""}],
    {"visits": {"baseline": "zz"}}, {"visits": "zz"}, "2026-02-30", "1e3", {"code": ["05"]}, [{"title": {"a": 1}}] * 5,
])  # fmt: skip


@st.composite
def answers(draw, stored, bad=True):
    """Answers to some of the questions; those of hidden ones too, as an earlier saving leaves them."""
    found = {}
    for each in questions_from(stored):
        how = draw(st.sampled_from(["good", "good", "good", "good", "bad", "none"]))
        if how == "good" and each.kind not in UNTYPED:
            found[each.key] = draw(good(each))
        elif how == "bad" and bad:
            found[each.key] = draw(BAD)
    return found


@st.composite
def pieces(draw, stored):
    """Which of the questions that ask for a file have one, with its state; by the key of the question."""
    keys = [each["key"] for each in stored if each["kind"] == "file"]
    return {key: draw(st.sampled_from(["none", "held", "infected"])) for key in keys}
