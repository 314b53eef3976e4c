"""The parts of a question as somebody writes them, one line each, and as they are stored. Pure.

    choices      Licence ouverte                       columns     Poste : texte
                 ODbL                                              Visites (facultatif) : nombre visites
    indicators   jeux_ouverts                                      Public : choix Jeunes, Familles
                 Visites du site (par mois)                        Retour : choix Oui, en partie ; Non

What keeps its words keeps its code, so that an answer given before still means the same.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from programme.core.identifiers import fold, slugify
from programme.questionnaires.rules import bounds
from programme.questionnaires.rules.columns import Measure
from programme.questionnaires.rules.kinds import FieldKind

Stored = Mapping[str, Any]
CELLS = {
    "texte": FieldKind.TEXT, "nombre": FieldKind.NUMBER, "montant": FieldKind.MONEY, "date": FieldKind.DAY,
    "oui/non": FieldKind.YES_NO, "choix": FieldKind.CHOICE,
}  # fmt: skip
"""What a column may hold, in the words of whoever writes it."""
_WORDS = {kind: word for word, kind in CELLS.items()}
_COLUMN = re.compile(
    rf"(?P<label>.+?)(?P<free>\s*\(facultati(?:f|ve)\))?\s*:\s*(?P<kind>{'|'.join(CELLS)})(?:\s+(?P<more>.+))?",
    re.IGNORECASE,
)
_MEASURE = re.compile(r"(?P<label>.+?)\s*\((?P<unit>[^()]*)\)")
_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", re.ASCII)
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,12}([.,][0-9]{1,4})?", re.ASCII)


def code_of(label: str, taken: Iterable[str], *, limit: int = 40, between: str = "_") -> str:
    """A code made from a label, such as no other of the list has: letters without accents, digits, `between` for the rest."""
    used = set(taken)
    stem = slugify(label, limit=limit - 4).replace("-", between).strip(between)
    stem = stem if stem[:1].isalpha() else f"q{between}{stem}".rstrip(between)
    return next(
        each for each in (stem, *(f"{stem}{between}{n}" for n in range(2, len(used) + 3))) if each not in used
    )  # fmt: skip


def lines(text: str | None) -> list[str]:
    """What is written on each line that is not empty."""
    return [each.strip() for each in (text or "").splitlines() if each.strip()]


def listed(text: str) -> list[str]:
    """What stands between semicolons; between commas when there is no semicolon."""
    return [each.strip() for each in text.split(";" if ";" in text else ",") if each.strip()]


def enumerated(texts: Sequence[str], among: Iterable[str] = ()) -> str:
    """Texts as `listed` and `chosen` read them: between commas, or semicolons when one, or one of those `among` which they are, holds a comma."""
    if not any("," in each for each in (*texts, *among)):
        return ", ".join(texts)
    return " ; ".join(texts) + (" ;" if len(texts) == 1 and "," in texts[0] else "")


def chosen(text: str, codes: Mapping[str, str], *, several: bool) -> list[str]:
    """The codes of the answers that a text names, one or several; `codes`: by their words, folded.

    Several stand between semicolons or commas. An answer that holds one is read whole: the longest words win.

    Raises:
        ValueError: no answer has these words; its text is what is left from there.
    """
    if not several:
        if fold(text).strip() not in codes:
            raise ValueError(text)
        return [codes[fold(text).strip()]]
    words = "|".join(re.escape(each) for each in sorted(codes, key=len, reverse=True))
    one, rest, found = re.compile(rf"({words})\s*(?:[;,]\s*|\Z)"), fold(text).strip(), []
    while rest:
        match = one.match(rest)
        if match is None:
            raise ValueError(rest)
        found.append(codes[match[1]])
        rest = rest[match.end() :]
    return found


def number(text: str) -> str:
    """A number as it is stored, from « 1 500,5 »: twelve digits and four decimals at most.

    Raises:
        ValueError: it is none.
    """
    bare = re.sub(r"[\s\u00a0\u202f€%]", "", text)
    if _NUMBER.fullmatch(bare) is None:
        raise ValueError(text)
    return f"{Decimal(bare.replace(',', '.')):f}"


def bound(text: str) -> str:
    """What an answer is ordered against: a number, or a day written 01/03/2027 or 2027-03-01.

    Raises:
        ValueError: it is neither.
    """
    if day := _DAY.fullmatch(text.strip()):
        return date(int(day[3]), int(day[2]), int(day[1])).isoformat()
    return date.fromisoformat(text.strip()).isoformat() if _ISO.fullmatch(text.strip()) else number(text)


def json_of(text: str) -> Any:
    """The value of a JSON text that somebody typed.

    Raises:
        ValueError: it is no JSON, too deep, or holds a sign that no database keeps.
    """
    try:
        value = json.loads(text)
        written = json.dumps(value, ensure_ascii=False)
        written.encode()
    except RecursionError as fault:
        raise ValueError("too deep") from fault
    if "\\u0000" in written:
        raise ValueError("a NUL")
    return value


def coded(labels: Sequence[str], former: Iterable[Sequence[str]]) -> list[list[str]]:
    """The choices (code, label); those of `former` that keep their words keep their codes."""
    known = {label: code for code, label in former}
    taken = [known[each] for each in labels if each in known]
    found = []
    for label in labels:
        if label not in known:
            taken.append(code_of(label, taken, limit=bounds.OPTION_CODE))
        found.append([known.get(label, taken[-1] if taken else ""), label])
    return found


def column_words(column: Stored) -> str:
    """« Visites : nombre visites », « Remarque (facultatif) : texte »."""
    more = enumerated([label for _code, label in column.get("options", [])]) or column.get("unit", "")
    label = column["label"] if column.get("required", True) else f"{column['label']} (facultatif)"
    return f"{label} : {_WORDS[FieldKind(column['kind'])]} {more}".rstrip()


def columns(written: Sequence[str], former: Sequence[Stored]) -> list[dict[str, Any]]:
    """The columns that are written; one that keeps its words stays as it is, one that keeps its label keeps its key.

    Raises:
        ValueError: a line says no name, or no kind; its text is that line.
    """
    same = {column_words(each): dict(each) for each in former}
    known = {each["label"]: each for each in former}
    found: list[dict[str, Any]] = []
    for line in written:
        column = same.get(line) or _column(line, known, [each["key"] for each in found])
        found.append(column)
    return found


def _column(line: str, known: Mapping[str, Stored], taken: Sequence[str]) -> dict[str, Any]:
    match = _COLUMN.fullmatch(line)
    if match is None:
        raise ValueError(line)
    label, kind, more = match["label"], CELLS[match["kind"].lower()], match["more"] or ""
    was = known.get(label, {})
    column: dict[str, Any] = {"key": was.get("key") or code_of(label, taken), "label": label, "kind": kind.value}
    if kind is FieldKind.CHOICE:
        column["options"] = coded(listed(more), was.get("options", []))
    elif kind is FieldKind.NUMBER and more:
        column["unit"] = more
    if match["free"]:
        column["required"] = False
    kept = {"decimals"} & set(was) if was.get("kind") == kind.value else ()
    return column | {name: was[name] for name in kept}


def measure_words(measure: Measure) -> str:
    """« Visites du site (par mois) », or the code of an indicator of the strategy."""
    if not measure.label:
        return measure.code
    return f"{measure.label} ({measure.unit})" if measure.unit else measure.label


def measures(written: Sequence[str], former: Sequence[Stored]) -> list[Any]:
    """The indicators that are written; a plain code is one of the strategy."""
    known = {measure_words(Measure.from_json(each)): each for each in former}
    taken = [Measure.from_json(known[each]).code for each in written if each in known]
    return list(_measures(written, known, taken))


def _measures(written: Sequence[str], known: Mapping[str, Any], taken: list[str]) -> Iterator[Any]:
    for line in written:
        if line in known:
            yield known[line]
        elif re.fullmatch(bounds.CODE[1:-1], line, re.ASCII):
            yield {"code": line}
        else:
            match = _MEASURE.fullmatch(line)
            label, unit = (match["label"], match["unit"]) if match else (line, "")
            taken.append(code_of(label, taken))
            yield {"code": taken[-1], "label": label, **({"unit": unit} if unit else {})}
