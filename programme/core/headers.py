"""Headers of every answer: strict content policy, no third party, nothing signed-in is cached."""

from flask import Flask, Response, request

from programme.core.access import viewer

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)


def harden(response: Response) -> Response:
    """Set what is not yet set; a view may be stricter."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static" and viewer() is not None:
        headers["Cache-Control"] = "no-store"
    return response


def install(app: Flask) -> None:
    """Bind to the application."""
    app.after_request(harden)
