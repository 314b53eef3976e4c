"""Signed data: checked here, and by somebody who has nothing of ours but the file, the published key and the RFCs."""

import base64
import copy
import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from programme.core import seal

DATA = {
    "number": "2026-000123",
    "amount": "14000.00",
    "silence_accepts": False,
    "pieces": ["é", "« x »", "\u2028"],
    "none": None,
    "n": 3,
}
plain = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(st.characters(exclude_categories=["Cs"]))
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text("abcXYZ_", max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.fixture(autouse=True)
def inside(app):
    with app.app_context():
        yield


def checked_elsewhere(text, keys):
    """What an independent reader does, from RFC 7515 (appendix F), 8037 and 8785 alone."""

    def raw(part):
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

    file = json.loads(text)
    head, _nothing, signature = file["signature"].split(".")
    [key] = [each for each in keys["keys"] if each["kid"] == json.loads(raw(head))["kid"]]
    written = json.dumps(file["accuse"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    body = base64.urlsafe_b64encode(written.encode()).rstrip(b"=").decode()
    Ed25519PublicKey.from_public_bytes(raw(key["x"])).verify(raw(signature), f"{head}.{body}".encode())
    return file["accuse"]


def test_a_sealed_file_is_checked_far_from_here():
    text = json.dumps(seal.seal("accuse", DATA), indent=3)
    assert checked_elsewhere(text, json.loads(json.dumps(seal.keys()))) == DATA


def test_control_the_reader_elsewhere_sees_one_sign_that_changed():
    text = json.dumps(seal.seal("accuse", DATA)).replace("14000.00", "14000.01")
    with pytest.raises(InvalidSignature):
        checked_elsewhere(text, seal.keys())


@given(st.dictionaries(st.text("abcXYZ_", min_size=1, max_size=6), plain, max_size=5))
@settings(max_examples=60, deadline=None)
def test_what_is_sealed_opens_equal_and_written_otherwise_too(data):
    sealed = seal.seal("accuse", data)
    assert seal.opened("accuse", json.loads(json.dumps(sealed, indent=2, ensure_ascii=True))) == data


def test_the_same_data_have_the_same_seal():
    assert seal.seal("accuse", DATA) == seal.seal("accuse", dict(reversed(DATA.items())))


def changed(**values):
    return {**copy.deepcopy(seal.seal("accuse", DATA)), **values}


@pytest.mark.parametrize(
    "sealed",
    [
        None, [], "x", {}, {"accuse": DATA}, {"signature": "x"}, lambda: changed(accuse={**DATA, "n": 4}),
        lambda: changed(accuse={**DATA, "more": 1}), lambda: changed(signature="a..b"), lambda: changed(signature=None),
        lambda: changed(extra=1), lambda: changed(signature=seal.seal("accuse", {"n": 1})["signature"]),
        lambda: changed(accuse={**DATA, "n": 3.0}), lambda: changed(accuse={**DATA, "n": True}),
        lambda: {**changed(), "signature": changed()["signature"].replace("..", ".e30.")},
        lambda: {"lettre": DATA, "signature": changed()["signature"]},
    ],
)  # fmt: skip
def test_what_was_changed_by_one_sign_is_not_sealed(sealed):
    with pytest.raises(seal.NotSealed):
        seal.opened("accuse", sealed() if callable(sealed) else sealed)


def test_another_algorithm_is_not_taken_for_ours():
    head = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=").decode()
    with pytest.raises(seal.NotSealed):
        seal.opened("accuse", {"accuse": DATA, "signature": f"{head}.."})


def test_a_fraction_is_never_sealed():
    with pytest.raises(TypeError):
        seal.seal("accuse", {"deep": [{"x": 0.1}]})


def test_a_key_of_the_settings_survives_a_change_of_the_secret(app, monkeypatch):
    derived = seal.keys()
    monkeypatch.setitem(app.config, "SECRET_KEY", "another")
    assert seal.keys() != derived
    monkeypatch.setitem(app.config, "SIGNING_KEY", "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    # The key of RFC 8037, appendix A, and its thumbprint there.
    [key] = seal.keys()["keys"]
    assert (key["x"], key["kid"]) == (
        "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
    )
