"""What is printed: values as they are read, the print of a text, and everything that a PDF page needs."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import current_app
from flask_babel import force_locale

import config
from programme.agreements.labels import FREQUENCIES, LICENCES
from programme.agreements.models import Agreement, Commitment
from programme.agreements.rules import wording
from programme.agreements.rules.variables import VARIABLES, Kind
from programme.agreements.states import AgreementFamily
from programme.applications.labels import CATEGORIES, FUNDING_KINDS, FUNDING_STATES
from programme.applications.states import ExpenseCategory, FundingKind, FundingState
from programme.core.documents import instant
from programme.core.i18n import date_short, datetime_short, money, percent
from programme.core.theme import palettes
from programme.core.trame import DEFAULT_FAMILY, FAMILIES, printed_trame
from programme.organisations.rules import siret
from programme.organisations.states import OrganisationKind

PAYMENTS = {
    "single": ("Versement unique", "Après notification, sur présentation du bilan et des justificatifs"),
    "advance": ("Avance", "Après notification de la convention"),
    "instalments": ("Acomptes", "À mesure des dépenses payées, sur état récapitulatif"),
    "balance": ("Solde", "Sur présentation du bilan et des justificatifs"),
}
"""Legal wording, not screen text: it is printed in French whatever the language of the screen."""

KINDS = {
    OrganisationKind.LOCAL_AUTHORITY: "collectivité territoriale",
    OrganisationKind.GROUPING: "groupement de collectivités",
    OrganisationKind.PUBLIC_BODY: "établissement public",
    OrganisationKind.ASSOCIATION: "association",
    OrganisationKind.UNIVERSITY: "établissement d’enseignement supérieur et de recherche",
    OrganisationKind.CHAMBER: "chambre consulaire",
    OrganisationKind.SMALL_COMPANY: "société",
    OrganisationKind.COMPANY: "société",
    OrganisationKind.MIXED_COMPANY: "société à capitaux publics",
    OrganisationKind.STATE_SERVICE: "service de l’État",
}
"""How the parties of a convention name an organisation's kind."""

INDICATORS = (
    ("Jeux de données ouverts", "Jeux publiés sous licence ouverte grâce au projet"),
    ("Dont jamais publiés", "Jeux qui n’étaient accessibles nulle part"),
    ("Réutilisations connues", "Services, cartes, études ou récits qui emploient ces données"),
    ("Personnes touchées", "Participantes et participants aux actions, usagères et usagers du service"),
)
EUROPEAN_INDICATORS = (
    ("RCO14", "Institutions publiques soutenues pour développer des services numériques"),
    ("RCR11", "Usagères et usagers, par an, des services publics numériques nouveaux ou améliorés"),
)


def region() -> config.Region:
    """The Region that this instance serves."""
    return current_app.config["REGION"]  # type: ignore[no-any-return]


def shown(values: Mapping[str, Any]) -> dict[str, str]:
    """Values as they are read in the text: « 14 000,00 € », « 1er septembre 2026 », « 50,0 % »."""
    return {name: _shown(VARIABLES[name].kind, value) for name, value in values.items() if name in VARIABLES}


def _shown(kind: Kind, value: Any) -> str:
    if value in (None, ""):
        return ""
    if kind is Kind.MONEY:
        return money(Decimal(value))
    if kind is Kind.DAY:
        return date_short(date.fromisoformat(value))
    if kind is Kind.SHARE:
        share = Decimal(value)
        return percent(share, 0 if share == share.to_integral_value() else 2)
    return str(value)


def write(source: Mapping[str, Any], values: Mapping[str, Any], flags: frozenset[str]) -> wording.Rendered:
    """The text of an agreement, in French whatever the language of the screen: legal texts are not translated."""
    with force_locale("fr"):
        return wording.render(wording.parse(source), shown(values), flags)


def fingerprint(agreement: Agreement) -> str:
    """The SHA-256 of everything that is signed: wording, values, conditions, tables, amount."""
    signed = {
        "family": agreement.family.value, "title": agreement.title, "text": agreement.text, "values": agreement.values,
        "flags": agreement.flags, "tables": agreement.tables,
        "amount": None if agreement.amount is None else str(agreement.amount),
    }  # fmt: skip
    canonical = json.dumps(signed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def dataset_rows(commitments: Sequence[Commitment]) -> list[dict[str, str]]:
    """The data sets to open, as the annex keeps them."""
    return [
        {
            "title": each.title,
            "licence": each.licence.value,
            "frequency": each.frequency,
            "due_on": each.due_on.isoformat(),
        }
        for each in commitments
    ]


# ---- the printed agreement ----------------------------------------------------------------------


@dataclass(frozen=True)
class Signature:
    """One box of the signature block; `when` is None in the copy to sign."""

    heading: str
    party: str
    name: str | None
    capacity: str | None
    when: str | None


@dataclass(frozen=True)
class Table:
    """A printed table: heads, rows, totals, and which columns are amounts."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    amounts: frozenset[int] = frozenset()
    foot: tuple[str, ...] = ()


@dataclass(frozen=True)
class Paper:
    """Everything that the PDF of an agreement shows; a template draws it and decides nothing."""

    number: str
    kind: str
    object: str
    references: tuple[str, ...]
    facts: tuple[tuple[str, str, bool], ...]
    parties: tuple[tuple[str, str], ...]
    text: dict[str, Any]
    tables: dict[str, tuple[Table, ...]]
    signatures: tuple[Signature, ...]
    fingerprint: str
    is_signed: bool
    margin: str
    thread: str


def drawing(agreement: Agreement) -> str:
    """The family of the margin's drawing: that of the project's theme, the relief for a partnership."""
    if agreement.family is AgreementFamily.PARTNERSHIP:
        return "relief"
    theme = agreement.application.theme if agreement.application else None
    known = set(FAMILIES.values())
    return theme.drawing if theme is not None and theme.drawing in known else DEFAULT_FAMILY


def paper(agreement: Agreement, *, signed: bool = False) -> Paper:
    """The printed form of an agreement; `signed` fills the signature boxes."""
    assert agreement.number is not None
    assert agreement.text_sha256 is not None
    with force_locale("fr"):
        values = shown(agreement.values)
        return Paper(
            number=agreement.number, kind="Convention", object=_object(agreement, values),
            references=_references(agreement, values), facts=_facts(agreement, values), parties=_parties(values),
            text=agreement.text, tables=_tables(agreement, values), signatures=_signatures(agreement, values, signed),
            fingerprint=agreement.text_sha256, is_signed=signed, **_drawings(agreement),
        )  # fmt: skip


def data(agreement: Agreement, version: int, *, signed: bool = False) -> dict[str, Any]:
    """What the PDF carries for machines: parties, amounts, dates, plan, clauses with the version of their template.

    Amounts are the very values that the text prints, in euros with two decimals; the rate is in percent.
    """
    values, tables = agreement.values, agreement.tables
    money_of = {name: _cents(values.get(name)) for name in ("amount", "eligible_cost")}
    return {
        "convention": agreement.number, "family": agreement.family.value, "title": agreement.title,
        "signed": signed, "text_sha256": agreement.text_sha256,
        "parties": [_party(values, "region"), _party(values, "organisation")],
        **money_of, "rate": values.get("rate") or None, "currency": "EUR",
        "dates": {
            "starts_on": values.get("starts_on") or None, "ends_on": values.get("ends_on") or None,
            "deliberation_on": values.get("deliberation_on") or None,
            "partner_signed_at": instant(agreement.partner_signed_at) if signed and agreement.partner_signed_at else None,
            "region_signed_on": agreement.region_signed_on.isoformat() if signed and agreement.region_signed_on else None,
        },
        "deliberation": values.get("deliberation_number") or None,
        "payments": [{"code": code, "amount": _cents(amount)} for code, amount in tables.get("payments", [])],
        "budget": _plan(tables.get("budget")),
        "datasets": tables.get("datasets", []),
        "clauses": [
            {"id": f"{agreement.family.value}.{kind}.{each['key']}", "version": version, "number": each["number"], "title": each["title"]}
            for kind, parts in (("article", "articles"), ("annex", "annexes"))
            for each in agreement.text.get(parts, [])
        ],
    }  # fmt: skip


def _cents(value: Any) -> str | None:
    return f"{Decimal(value):.2f}" if value not in (None, "") else None


def _party(values: Mapping[str, Any], side: str) -> dict[str, Any]:
    signatory = "region_signatory" if side == "region" else "representative_name"
    return {
        "name": values.get(f"{side}_name"), "siret": values.get(f"{side}_siret"), "address": values.get(f"{side}_address"),
        "representative": values.get(signatory) or None,
    }  # fmt: skip


def _plan(budget: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if budget is None:
        return None
    return {
        "expenses": [{"label": label, "kind": code, "amount": _cents(amount)} for label, code, amount in budget["expenses"]],
        "sources": [{"label": label, "kind": kind, "state": state, "amount": _cents(amount)} for label, kind, state, amount in budget["sources"]],
        "granted": _cents(budget["granted"]), "own_complement": _cents(budget["own_complement"]), "cost": _cents(budget["cost"]),
    }  # fmt: skip


def _object(agreement: Agreement, values: Mapping[str, str]) -> str:
    if agreement.family is AgreementFamily.GRANT:
        return f"« {values['project_title']} »"
    return f"La Région et {values['organisation_name']} ouvrent ensemble les données du territoire."


def _references(agreement: Agreement, values: Mapping[str, str]) -> tuple[str, ...]:
    lines = [f"Convention {agreement.number}"]
    if agreement.family is AgreementFamily.GRANT:
        lines.append(f"Dossier {values['application_reference']}, appel {values['call_code']}")
    lines.append(f"Délibération {values['deliberation_number']} du {values['deliberation_on']}")
    return tuple(lines)


def _facts(agreement: Agreement, values: Mapping[str, str]) -> tuple[tuple[str, str, bool], ...]:
    if agreement.family is AgreementFamily.GRANT:
        paid = [
            f"{money(Decimal(amount))} {'d’avance' if code == 'advance' else 'd’acomptes' if code == 'instalments' else 'de solde au plus'}"
            for code, amount in agreement.tables["payments"]
        ]
        single = len(paid) == 1
        return (
            ("Subvention", values["amount"], True),
            ("Part des dépenses", f"{values['rate']} de {values['eligible_cost']}, {values['tax_basis']}", False),
            ("Projet", f"Du {values['starts_on']} au {values['ends_on']}", False),
            ("Versement", f"{values['amount']} en une fois, sur bilan" if single else ", ".join(paid), False),
        )
    count = len(agreement.tables.get("datasets", []))
    return (
        ("Partenaire", values["organisation_name"], True),
        ("Données à ouvrir", f"{count} jeu{'x' if count > 1 else ''} de données, à l’annexe 1", False),
        ("Durée", f"De la notification au {values['ends_on']}", False),
        ("Conditions", "Aucun versement entre les parties", False),
    )


def _parties(values: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    here = (
        f"SIRET {siret.shown(values['region_siret'])}, {values['region_address']}, que représente "
        f"{values['region_signatory']}, par la délibération {values['deliberation_number']}, ci-après « la Région »,"
    )
    role = "le bénéficiaire" if "amount" in values else "le partenaire"
    rna = f", RNA {values['organisation_rna']}" if values.get("organisation_rna") else ""
    act = f", en vertu de {values['organisation_act']}" if values.get("organisation_act") else ""
    there = (
        f"{values['organisation_kind']}, SIRET {siret.shown(values['organisation_siret'])}{rna}, "
        f"{values['organisation_address']}, que représente {values['representative_name']}, "
        f"{values['representative_title']}{act}, ci-après « {role} »."
    )
    return ((values["region_name"], here), (values["organisation_name"], there))


def _signatures(agreement: Agreement, values: Mapping[str, str], signed: bool) -> tuple[Signature, ...]:
    partner = "Pour le bénéficiaire" if agreement.family is AgreementFamily.GRANT else "Pour le partenaire"
    there, here = values["organisation_name"], values["region_name"]
    if not signed:
        return (Signature(partner, there, None, None, None), Signature("Pour la Région", here, None, None, None))
    assert agreement.partner_signed_at is not None
    assert agreement.region_signed_on is not None
    return (
        Signature(
            partner, there, agreement.partner_signatory, agreement.partner_capacity,
            f"Signé en ligne le {datetime_short(agreement.partner_signed_at)} (heure de Paris)",
        ),
        Signature(
            "Pour la Région", here, agreement.region_signatory, agreement.region_capacity,
            f"Signé le {date_short(agreement.region_signed_on)}",
        ),
    )  # fmt: skip


def _tables(agreement: Agreement, values: Mapping[str, str]) -> dict[str, tuple[Table, ...]]:
    made: dict[str, tuple[Table, ...]] = {
        "datasets": (_datasets("Jeux de données à ouvrir", agreement.tables.get("datasets", [])),)
    }
    made["region_datasets"] = (_datasets("Jeux ouverts par la Région", agreement.tables.get("region_datasets", [])),)
    if agreement.family is AgreementFamily.PARTNERSHIP:
        return made
    indicators = INDICATORS + (EUROPEAN_INDICATORS if "is_european" in agreement.flags else ())
    made["project"] = (
        Table(
            "Le projet", (),
            (
                ("Dossier", values["application_reference"]), ("Appel", f"{values['call_title']} ({values['call_code']})"),
                ("Porteur", values["organisation_name"]), ("Période", f"Du {values['starts_on']} au {values['ends_on']}"),
            ),
        ),
    )  # fmt: skip
    made["budget"] = _budget(agreement.tables["budget"], values)
    made["payments"] = (
        Table(
            "Versements", ("Versement", "Quand", "Montant au plus"),
            tuple((*PAYMENTS[code], money(Decimal(amount))) for code, amount in agreement.tables["payments"]),
            frozenset({2}), ("Total", "", values["amount"]),
        ),
    )  # fmt: skip
    made["indicators"] = (
        Table(
            "Indicateurs",
            ("Indicateur", "Ce qui est compté", "Valeur au bilan"),
            tuple((*each, "") for each in indicators),
        ),
    )
    return made


def _datasets(caption: str, rows: Sequence[Mapping[str, str]]) -> Table:
    return Table(
        caption, ("Jeu de données", "Licence", "Mise à jour", "Publié au plus tard"),
        tuple(
            (
                each["title"], str(LICENCES.get(each["licence"], each["licence"])),
                str(FREQUENCIES.get(each["frequency"], each["frequency"])), date_short(date.fromisoformat(each["due_on"])),
            )
            for each in rows
        ),
    )  # fmt: skip


def _budget(budget: Mapping[str, Any], values: Mapping[str, str]) -> tuple[Table, Table]:
    expenses = [
        (label, str(CATEGORIES[ExpenseCategory(code)]), Decimal(amount)) for label, code, amount in budget["expenses"]
    ]
    resources = [("Subvention de la Région", "Présente convention", Decimal(budget["granted"]))]
    for label, kind, state, amount in budget["sources"]:
        known = f"{FUNDING_KINDS[FundingKind(kind)]}, {str(FUNDING_STATES[FundingState(state)]).lower()}"
        resources.append((label, known, Decimal(amount)))
    if Decimal(budget["own_complement"]):
        resources.append(("Complément apporté par le bénéficiaire", "Fonds propres", Decimal(budget["own_complement"])))

    def table(caption: str, heads: tuple[str, str, str], lines: list[tuple[str, str, Decimal]], total: str) -> Table:
        return Table(
            caption, heads, tuple((label, nature, money(amount)) for label, nature, amount in lines), frozenset({2}),
            (total, "", money(sum((amount for *_rest, amount in lines), Decimal("0.00")))),
        )  # fmt: skip

    return (
        table("Dépenses", ("Poste de dépense", "Nature", "Montant"), expenses, "Total des dépenses"),
        table("Ressources", ("Financeur", "État", "Montant"), resources, "Total des ressources"),
    )


def _drawings(agreement: Agreement) -> dict[str, str]:
    """The first page's margin, and the thread that goes on along the next pages where the first one leaves."""
    here = region()
    colours = palettes(here.brand, here.accent, here.neutral_hue)["light"]
    # Mimosa alone does not show on white paper: on print the thread keeps its ink outline.
    margin = printed_trame(
        agreement.number or agreement.reference, drawing(agreement), line=colours["brand"], thread=colours["accent"],
        casing=colours["ink"],
    )  # fmt: skip
    curve = re.search(r'class="t-thread" d="([^"]+)"', margin)
    x = int(re.findall(r"-?\d+", curve.group(1))[-2]) if curve else 60
    sway = x + 34 if x < 60 else x - 34
    path = f"M{x} -4C{x} 250 {sway} 330 {sway} 594S{x} 940 {x} 1192"
    stroke = f'<path fill="none" stroke="{{}}" stroke-width="{{}}" d="{path}"/>'
    thread = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 1188" preserveAspectRatio="xMidYMid slice" '
        f'aria-hidden="true">{stroke.format(colours["ink"], 7)}{stroke.format(colours["accent"], "4.4")}</svg>'
    )
    return {"margin": margin, "thread": thread}
