"""When two addresses are one."""

import pytest

from programme.reuses.rules.addresses import address_key, is_web_address


@pytest.mark.parametrize(
    "address",
    [
        "http://www.exemple.fr/carte/",
        "https://exemple.fr/carte",
        "https://EXEMPLE.fr/carte#haut",
        "https://exemple.fr:443/carte",
    ],
)
def test_the_same_page_written_four_ways_is_the_same(address):
    assert address_key(address) == "exemple.fr/carte"


def test_another_page_of_the_same_site_is_another_reuse():
    keys = {address_key(f"https://exemple.fr/{path}") for path in ("carte", "Carte", "carte?ville=gap", "")}
    assert len(keys) == 4


def test_no_address_has_no_key():
    assert address_key("") is None


@pytest.mark.parametrize(
    "address", ["https://exemple.fr", "http://sous.exemple.fr:8080/a?b=c#d", "https://é.example/ñ"]
)
def test_a_web_address_is_accepted(address):
    assert is_web_address(address)


@pytest.mark.parametrize(
    "address",
    ["exemple.fr", "javascript:alert(1)", "ftp://exemple.fr", "https://", "https://localhost", "https://a b.fr",
     "https://nom:passe@exemple.fr", "https://exemple.fr:port/", 'https://exemple.fr/"onclick="', "https://[::1", ""],
)  # fmt: skip
def test_anything_else_is_refused(address):
    assert not is_web_address(address)
