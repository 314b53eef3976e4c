"""French words for the codes of this room."""

from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from programme.catalogue.rules.listing import Fault, FaultCode
from programme.catalogue.states import Completeness, DatasetKind, DatasetSort, Granularity, ImportState, Licence

KINDS = {
    DatasetKind.OPEN: _l("Données ouvertes"),
    DatasetKind.SMART: _l("Données intelligentes"),
    DatasetKind.GEOGRAPHIC: _l("Données géographiques"),
}
LICENCES = {
    Licence.LO_2_0: _l("Licence ouverte 2.0"),
    Licence.ODBL: _l("ODbL 1.0"),
    Licence.ODC_BY: _l("ODC-By 1.0"),
    Licence.CC_BY: _l("CC BY 4.0"),
    Licence.CC_BY_SA: _l("CC BY-SA 4.0"),
    Licence.CC0: _l("CC0 1.0"),
    Licence.OTHER_OPEN: _l("Autre licence ouverte"),
    Licence.OTHER: _l("Licence particulière"),
}
LICENCE_ADDRESSES = {
    Licence.LO_2_0: "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    Licence.ODBL: "https://opendatacommons.org/licenses/odbl/1-0/",
    Licence.ODC_BY: "https://opendatacommons.org/licenses/by/1-0/",
    Licence.CC_BY: "https://creativecommons.org/licenses/by/4.0/deed.fr",
    Licence.CC_BY_SA: "https://creativecommons.org/licenses/by-sa/4.0/deed.fr",
    Licence.CC0: "https://creativecommons.org/publicdomain/zero/1.0/deed.fr",
}
GRANULARITIES = {
    Granularity.REGION: _l("Région"),
    Granularity.DEPARTMENT: _l("Département"),
    Granularity.EPCI: _l("Intercommunalité (EPCI)"),
    Granularity.COMMUNE: _l("Commune"),
    Granularity.IRIS: _l("IRIS"),
    Granularity.PARCEL: _l("Parcelle"),
    Granularity.POINT: _l("Point"),
    Granularity.UNDEFINED: _l("Non définie"),
}
COMPLETENESS = {
    Completeness.STARTED: _l("Collection commencée"),
    Completeness.PARTIAL: _l("Collection partielle"),
    Completeness.COMPLETE: _l("Collection complète"),
}
SORTS = {
    DatasetSort.TITLE: _l("Titre"),
    DatasetSort.NEWEST: _l("Plus récents d’abord"),
    DatasetSort.PRODUCER: _l("Producteur"),
}
IMPORT_STATES = {
    ImportState.PREVIEWED: _l("À vérifier"),
    ImportState.APPLIED: _l("Enregistré"),
    ImportState.DISCARDED: _l("Abandonné"),
}
COLUMNS = {
    "title": _l("titre"), "producer": _l("producteur"), "url": _l("adresse"), "theme": _l("thème"),
    "kind": _l("nature"), "licence": _l("licence"), "granularity": _l("granularité"),
    "frequency": _l("fréquence"), "description": _l("description"), "is_new": _l("nouveau"),
    "opened_through": _l("ouvert grâce à"),
}  # fmt: skip
_FAULTS: dict[FaultCode, Any] = {
    FaultCode.TITLE_MISSING: _l("Le titre manque."),
    FaultCode.TOO_LONG: _l("Colonne « %(column)s » : %(text)s signes au plus."),
    FaultCode.PRODUCER_MISSING: _l("Le producteur manque : écrivez son nom ou son SIRET."),
    FaultCode.PRODUCER_UNKNOWN: _l(
        "Producteur inconnu du réseau : « %(text)s ». Vérifiez son nom, ou donnez son SIRET."
    ),
    FaultCode.THEME_MISSING: _l("Le thème manque."),
    FaultCode.THEME_UNKNOWN: _l("Thème inconnu : « %(text)s ». Reprenez un des thèmes de la liste."),
    FaultCode.URL_WRONG: _l("Adresse à revoir : « %(text)s ». Elle commence par https://."),
    FaultCode.CODE_UNKNOWN: _l("Colonne « %(column)s » : « %(text)s » n’est pas dans la liste."),
    FaultCode.YES_NO: _l("Colonne « %(column)s » : écrivez oui ou non."),
    FaultCode.TWICE: _l("Ce jeu de données est déjà à la ligne %(text)s."),
}
ALIASES: dict[str, dict[str, StrEnum]] = {
    "kind": {
        "ouvertes": DatasetKind.OPEN, "ouverte": DatasetKind.OPEN, "intelligentes": DatasetKind.SMART,
        "geographiques": DatasetKind.GEOGRAPHIC, "geographique": DatasetKind.GEOGRAPHIC,
    },
    "licence": {
        "lo-2-0": Licence.LO_2_0, "lov2": Licence.LO_2_0, "licence-ouverte": Licence.LO_2_0,
        "licence-ouverte-v2-0": Licence.LO_2_0, "licence-ouverte-version-2-0": Licence.LO_2_0,
        "etalab-2-0": Licence.LO_2_0, "fr-lo": Licence.LO_2_0, "odbl": Licence.ODBL, "odc-odbl": Licence.ODBL,
        "odc-by": Licence.ODC_BY, "cc-by": Licence.CC_BY, "cc-by-sa": Licence.CC_BY_SA, "cc0": Licence.CC0,
        "cc-0": Licence.CC0, "cc-zero": Licence.CC0,
    },
    "granularity": {
        "epci": Granularity.EPCI, "intercommunalite": Granularity.EPCI, "indefinie": Granularity.UNDEFINED,
        "departements": Granularity.DEPARTMENT, "communes": Granularity.COMMUNE, "parcelles": Granularity.PARCEL,
        "points": Granularity.POINT,
    },
}  # fmt: skip
"""Other ways in which lists name the codes, folded."""


def fault_sentence(fault: Fault) -> str:
    """What is wrong with a cell and how to put it right."""
    values = {"text": fault.text, "column": COLUMNS.get(fault.column, fault.column)}
    return str(_FAULTS[fault.code]) % values


def unknown_headings(headings: list[str]) -> str:
    """The sentence about columns that were left aside."""
    return str(_("Colonnes laissées de côté : %(names)s.", names=", ".join(headings)))


def dataset_count(count: int) -> str:
    """« aucun jeu de données », « 1 jeu de données », « 12 jeux de données »."""
    if count == 0:
        return str(_("aucun jeu de données"))
    return str(ngettext("%(num)s jeu de données", "%(num)s jeux de données", count))


def import_result(added: int, updated: int) -> str:
    """What an import did: « 3 fiches ajoutées, 1 mise à jour »."""
    parts = []
    if added:
        parts.append(str(ngettext("%(num)s fiche ajoutée", "%(num)s fiches ajoutées", added)))
    if updated:
        parts.append(str(ngettext("%(num)s fiche mise à jour", "%(num)s fiches mises à jour", updated)))
    return ", ".join(parts) or str(_("Aucune fiche enregistrée"))
