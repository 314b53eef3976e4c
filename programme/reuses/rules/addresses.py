"""When two web addresses are the same one, so that a reuse is not declared twice."""

from urllib.parse import urlsplit


def is_web_address(text: str) -> bool:
    """Whether a text is an http(s) address with a host name, without a password in it."""
    try:
        parts = urlsplit(text)
        port_is_right = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and "." in (parts.hostname or "")
        and "@" not in parts.netloc
        and port_is_right
        and not any(char.isspace() or char in '<>"' for char in text)
    )


def address_key(text: str) -> str | None:
    """What is compared: host without « www. », path without its last slash, query; None for an empty address."""
    if not text:
        return None
    parts = urlsplit(text)
    host = (parts.hostname or "").removeprefix("www.")
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{parts.path.rstrip('/')}{query}"[:500]
