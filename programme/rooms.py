"""The rooms, ground floor first, and the faces: every blueprint, job and thread contribution is opened here."""

from flask import Flask


def install(app: Flask) -> None:
    """Open every room and face. Importing a room's `jobs` and `thread` registers what they offer."""
    from programme import cli, site  # The faces stand on the rooms, which stand on the extensions bound before.
    from programme.accounts import views as accounts
    from programme.applications import thread as _applications_thread  # noqa: F401
    from programme.applications import views as applications
    from programme.calls import jobs as _calls_jobs  # noqa: F401
    from programme.calls import views as calls
    from programme.organisations import views as organisations

    for blueprint in (
        accounts.bp,
        organisations.bp,
        calls.bp,
        applications.bp,
    ):
        app.register_blueprint(blueprint)
    site.install(app)
    cli.install(app)
