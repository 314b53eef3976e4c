"""The rooms, ground floor first, and the faces: every blueprint, job and thread contribution is opened here."""

from flask import Flask


def install(app: Flask) -> None:
    """Open every room and face. Importing a room's `jobs` and `thread` registers what they offer."""
    from programme import cli, site  # The faces stand on the rooms, which stand on the extensions bound before.
    from programme.accounts import jobs as _accounts_jobs  # noqa: F401
    from programme.accounts import views as accounts
    from programme.agreements import jobs as _agreements_jobs  # noqa: F401
    from programme.agreements import thread as _agreements_thread  # noqa: F401
    from programme.agreements import views as agreements
    from programme.applications import jobs as _applications_jobs  # noqa: F401
    from programme.applications import thread as _applications_thread  # noqa: F401
    from programme.applications import views as applications
    from programme.assessment import views as assessment
    from programme.calls import jobs as _calls_jobs  # noqa: F401
    from programme.calls import views as calls
    from programme.catalogue import jobs as _catalogue_jobs  # noqa: F401
    from programme.catalogue import views as catalogue
    from programme.events import jobs as _events_jobs  # noqa: F401
    from programme.events import thread as _events_thread  # noqa: F401
    from programme.events import views as events
    from programme.grants import services as grant_services
    from programme.grants import thread as _grants_thread  # noqa: F401
    from programme.grants import views as grants
    from programme.organisations import jobs as _organisations_jobs  # noqa: F401
    from programme.organisations import views as organisations
    from programme.questionnaires import views as questionnaires
    from programme.reuses import jobs as _reuses_jobs  # noqa: F401
    from programme.reuses import thread as _reuses_thread  # noqa: F401
    from programme.reuses import views as reuses
    from programme.strategy import jobs as _strategy_jobs  # noqa: F401
    from programme.strategy import views as strategy

    for blueprint in (
        accounts.bp,
        organisations.bp,
        strategy.bp,
        catalogue.bp,
        questionnaires.bp,
        calls.bp,
        events.bp,
        applications.bp,
        assessment.bp,
        agreements.bp,
        grants.bp,
        reuses.bp,
    ):
        app.register_blueprint(blueprint)
    grant_services.listen()  # Decisions and agreements tell the grants what happens.
    site.install(app)
    cli.install(app)
