"""Write the Region's departments, groupings of communes and communes as the program carries them.

    python scripts/build_territories.py 93 COMMUNES.csv EPCI.csv DEPARTEMENTS.json

The sources are the tables of the package @etalab/decoupage-administratif (edition 6.0.0, MIT; from the Code officiel
géographique of INSEE and the BANATIC of the DGCL): columns code, nom, type, region, codes_postaux, population; siren, nom,
regions, population_municipale; code, region, nom. A year's new edition is written by the same command.
"""

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "programme" / "questionnaires" / "rules" / "territories.tsv"
HEAD = (
    "# Source : paquet @etalab/decoupage-administratif 6.0.0 (licence MIT), d'après le COG (INSEE) et BANATIC (DGCL).\n"
    "# Fichier produit par scripts/build_territories.py. Échelle, code, nom, codes postaux, population.\n"
)
Row = tuple[str, str, str, str, int]


def rows(region: str, communes: Path, groupings: Path, departments: Path) -> Iterator[Row]:
    """Departments, groupings and communes of a region; the districts of a city are no communes."""
    people: dict[str, int] = {}
    listed: list[Row] = []
    with communes.open(encoding="utf-8", newline="") as file:
        for each in csv.DictReader(file):
            if each["region"] == region and each["type"] == "commune-actuelle":
                count = int(each["population"] or 0)
                people[each["departement"]] = people.get(each["departement"], 0) + count
                listed.append(("commune", each["code"], each["nom"], each["codes_postaux"].replace("|", " "), count))
    for each in json.loads(departments.read_text(encoding="utf-8")):
        if each["region"] == region:
            yield "department", each["code"], each["nom"], "", people.get(each["code"], 0)
    with groupings.open(encoding="utf-8", newline="") as file:
        for each in csv.DictReader(file):
            if region in each["regions"].split("|"):
                yield "epci", each["siren"], each["nom"], "", int(each["population_municipale"] or 0)
    yield from listed


def main(region: str, *sources: str) -> None:
    """Write the file."""
    lines = (
        "\t".join(map(str, row)).replace("'", "\N{RIGHT SINGLE QUOTATION MARK}")
        for row in rows(region, *map(Path, sources))
    )
    TARGET.write_text(HEAD + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(TARGET, TARGET.stat().st_size)


if __name__ == "__main__":
    main(*sys.argv[1:])
