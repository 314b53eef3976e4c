"""The rooms, ground floor first, and the faces: every blueprint, job and thread contribution is opened here."""

from flask import Flask


def install(app: Flask) -> None:
    """Open every room and face."""
    from programme import cli, site  # The faces stand on the rooms, which stand on the extensions bound before.
    from programme.accounts import views as accounts
    from programme.organisations import views as organisations

    for blueprint in (
        accounts.bp,
        organisations.bp,
    ):
        app.register_blueprint(blueprint)
    site.install(app)
    cli.install(app)
