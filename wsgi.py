"""The application for a WSGI server: `gunicorn wsgi:app`."""

from programme import create_app

app = create_app()
