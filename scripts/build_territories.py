"""Write the Region's departments, groupings of communes and communes as the program carries them.

    npm pack @etalab/decoupage-administratif && tar xzf etalab-decoupage-administratif-*.tgz
    python scripts/build_territories.py 93 package/data

The source is the package @etalab/decoupage-administratif (edition 6.0.0, MIT; from the Code officiel géographique of INSEE
and the BANATIC of the DGCL): departements.json, epci.json with the members of each grouping, communes.json. A year's new
edition is written by the same command.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "programme" / "questionnaires" / "rules" / "territories.tsv"
HEAD = (
    "# Source : paquet @etalab/decoupage-administratif 6.0.0 (licence MIT), d'après le COG (INSEE) et BANATIC (DGCL).\n"
    "# Fichier produit par scripts/build_territories.py. Échelle, code, nom, codes postaux, population, codes de ce qui le contient.\n"
)
Row = tuple[str, str, str, str, int, str]


def rows(region: str, folder: Path) -> Iterator[Row]:
    """Departments, groupings and communes of a region; the districts of a city are no communes."""
    departments, groupings, communes = (_read(folder, each) for each in ("departements", "epci", "communes"))
    current = {each["code"]: each for each in communes if each["type"] == "commune-actuelle"}
    own = {code: each for code, each in current.items() if each["region"] == region}
    for each in departments:
        if each["region"] == region:
            people = sum(one.get("population", 0) for one in own.values() if one["departement"] == each["code"])
            yield "department", each["code"], each["nom"], "", people, ""
    grouping: dict[str, str] = {}
    for each in groupings:
        members = [one["code"] for one in each["membres"]]
        if any(code in own for code in members):
            grouping |= dict.fromkeys(members, each["code"])
            held = sorted({current[code]["departement"] for code in members if code in current})
            yield "epci", each["code"], each["nom"], "", each["populationMunicipale"], " ".join(held)
    for code, each in own.items():
        held = [each["departement"], *([grouping[code]] if code in grouping else [])]
        posts, people = " ".join(each.get("codesPostaux", [])), each.get("population", 0)
        yield "commune", code, each["nom"], posts, people, " ".join(held)


def _read(folder: Path, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    return found


def main(region: str, folder: str) -> None:
    """Write the file."""
    lines = (
        "\t".join(map(str, row)).replace("'", "\N{RIGHT SINGLE QUOTATION MARK}") for row in rows(region, Path(folder))
    )
    TARGET.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(TARGET, TARGET.stat().st_size)


if __name__ == "__main__":
    main(*sys.argv[1:])
