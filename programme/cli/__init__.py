"""The operator's commands."""

from flask import Flask

from programme.cli import calls, demonstration, people, reference, serve, worker


def install(app: Flask) -> None:
    """Bind the commands to `flask`."""
    app.cli.add_command(people.group)
    app.cli.add_command(calls.group)
    app.cli.add_command(demonstration.group)
    app.cli.add_command(reference.group)
    app.cli.add_command(worker.command)
    app.cli.add_command(serve.command)
