"""The operator's commands."""

from flask import Flask

from programme.cli import calls, demonstration, files, mail, people, reference, seed, serve, verify, worker


def install(app: Flask) -> None:
    """Bind the commands to `flask`."""
    app.cli.add_command(people.group)
    app.cli.add_command(calls.group)
    app.cli.add_command(demonstration.group)
    app.cli.add_command(reference.group)
    app.cli.add_command(seed.command)
    app.cli.add_command(files.group)
    app.cli.add_command(mail.group)
    app.cli.add_command(worker.command)
    app.cli.add_command(verify.group)
    app.cli.add_command(serve.command)
