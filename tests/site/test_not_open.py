"""An address that is promised and not built yet says so."""

import pytest

pytestmark = pytest.mark.db


@pytest.mark.parametrize(
    "name", ["appels.json", "evenements.json", "indicateurs.csv", "catalogue.jsonld", "catalogue.ttl"]
)
def test_a_promised_file(visitor, name):
    page = visitor().get(f"/donnees-ouvertes/{name}", 501)
    assert page.h1 == "Ce fichier n'est pas encore publié"


def test_the_api_for_a_program_and_for_a_person(visitor):
    answer = visitor().client.get("/api/v1/openapi.json")
    assert answer.status_code == 501
    assert "pas encore ouverte" in answer.get_json()["error"]
    assert "pas encore ouverte" in visitor().get("/api/docs").h1


def test_no_menu_leads_there(visitor):
    assert not [href for href in visitor().get("/").links() if "/api/" in href]
    assert not [href for href in visitor().get("/donnees-ouvertes").links() if href.endswith(("appels.json", ".ttl"))]
