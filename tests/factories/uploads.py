"""A form with a file as a browser sends it, in memory: the test client leaves a file open beyond 500 kB."""

from typing import Any


def multipart(values: dict[str, Any], field: str, name: str, content: bytes) -> dict[str, Any]:
    """The arguments of a POST of these values and of one file."""
    head = "--x\r\nContent-Disposition: form-data; name={}\r\n{}\r\n"
    texts = "".join(
        head.format(f'"{key}"', "") + f"{each}\r\n"
        for key, value in values.items()
        for each in (value if isinstance(value, list) else [value])
    )
    file = head.format(f'"{field}"; filename="{name}"', "Content-Type: application/octet-stream\r\n")
    body = texts.encode() + file.encode() + content + b"\r\n--x--\r\n"
    return {"data": body, "content_type": "multipart/form-data; boundary=x"}
