"""The operator's commands."""

from flask import Flask

from programme.cli import people, worker


def install(app: Flask) -> None:
    """Bind the commands to `flask`."""
    app.cli.add_command(people.group)
    app.cli.add_command(worker.command)
