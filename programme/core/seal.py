"""Data that anybody can check without asking us: signed with Ed25519, the public key in the open.

A sealed file is readable JSON: the data under one name, beside a signature. The signature is a detached JSON Web Signature
(RFC 7515, appendix F; EdDSA by RFC 8037) over the canonical form of the data (RFC 8785: keys in order, no space; our data
holds no number with a fraction, amounts are texts). The key is named by its thumbprint (RFC 7638) and published as a JWK.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask import current_app

if TYPE_CHECKING:  # The library is large and serves one page in a thousand: whoever seals or checks pays for it.
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class NotSealed(ValueError):
    """The file was not sealed by this key, or was changed since, even by one sign."""


def seal(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data under its name, with the signature of this instance.

    Raises:
        TypeError: the data holds a number with a fraction, whose written form nobody could be sure of.
    """
    key = _key()
    head = _encoded(canonical({"alg": "EdDSA", "kid": kid(key.public_key())}))
    signature = key.sign(f"{head}.{_encoded(canonical(data))}".encode())
    return {name: dict(data), "signature": f"{head}..{_encoded(signature)}"}


def opened(name: str, sealed: Any) -> dict[str, Any]:
    """The data of a sealed file, checked.

    Raises:
        NotSealed: see the class.
    """
    from cryptography.exceptions import InvalidSignature

    try:
        head, empty, signature = sealed["signature"].split(".")
        data: dict[str, Any] = sealed[name]
        signed = f"{head}.{_encoded(canonical(data))}".encode()
        if empty or set(sealed) != {name, "signature"} or json.loads(_decoded(head))["alg"] != "EdDSA":
            raise NotSealed
        _key().public_key().verify(_decoded(signature), signed)
    except (AttributeError, InvalidSignature, KeyError, RecursionError, TypeError, ValueError) as fault:
        raise NotSealed from fault
    return data


def keys() -> dict[str, Any]:
    """The public key, as a set of JSON Web Keys (RFC 7517)."""
    public = _key().public_key()
    return {"keys": [{**_jwk(public), "kid": kid(public), "alg": "EdDSA", "use": "sig"}]}


def kid(public: "Ed25519PublicKey") -> str:
    """The name of a key: its thumbprint (RFC 7638)."""
    return _encoded(hashlib.sha256(canonical(_jwk(public))).digest())


def canonical(data: Any) -> bytes:
    """The one written form of JSON data without fractions (RFC 8785).

    Raises:
        TypeError: a number with a fraction, or something that is no JSON.
    """
    _refuse_fractions(data)
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _refuse_fractions(data: Any) -> None:
    if isinstance(data, float):
        raise TypeError(f"a number with a fraction: {data}")
    inside = data.values() if isinstance(data, Mapping) else data if isinstance(data, list | tuple) else ()
    for each in inside:
        _refuse_fractions(each)


def _key() -> "Ed25519PrivateKey":
    """The key of the settings; without one, a key derived from the secret of the application."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    given: str = current_app.config["SIGNING_KEY"]
    if given:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(given))
    derived = HKDF(SHA256(), 32, salt=None, info=b"programme sealed data 1")
    return Ed25519PrivateKey.from_private_bytes(derived.derive(current_app.config["SECRET_KEY"].encode()))


def _jwk(public: "Ed25519PublicKey") -> dict[str, str]:
    return {"crv": "Ed25519", "kty": "OKP", "x": _encoded(public.public_bytes_raw())}


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
