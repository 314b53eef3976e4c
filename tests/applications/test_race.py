"""Two people, or two clicks, at the very same moment."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from programme.applications.models import Application, EngagementAcceptance
from programme.core.clock import local_day, now
from programme.core.documents import IssuedDocument
from programme.core.unit_of_work import unit_of_work
from tests.factories import applications, calls
from tests.factories.people import account, member, organisation, visitor_for

pytestmark = pytest.mark.db


def together(*acts):
    """Run the acts at once and give their answers, in order."""
    ready, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index, act):
        ready.wait()
        answers[index] = act()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def around_now():
    return {"opens_at": now() - timedelta(days=1), "closes_at": now() + timedelta(hours=1)}


@pytest.mark.slow
def test_two_clicks_at_once_give_one_receipt(app, db):
    with unit_of_work():
        people = [account(), account()]
        commune = organisation()
        for person in people:
            member(person, commune)
        draft = applications.ready_draft(
            by=people[0], of=commune, to=calls.open_call(**around_now()).sessions[0], at=now()
        )
        draft.starts_on, draft.ends_on = local_day(now()) + timedelta(40), local_day(now()) + timedelta(90)
    path = f"/dossiers/{draft.reference}/relecture"
    visitors = [visitor_for(app, person) for person in people]
    tokens = [each.token(path) for each in visitors]
    db.session.rollback()
    answers = together(
        *(lambda v=v, t=t: v.client.post(path, data={"commitments": "y", "csrf_token": t})
          for v, t in zip(visitors, tokens, strict=True))
    )  # fmt: skip
    assert [each.status_code for each in answers] == [302, 302]
    assert {each.headers["Location"] for each in answers} == {f"/dossiers/{draft.reference}/accuse-de-reception"}
    assert db.session.scalars(select(IssuedDocument.number)).all() == [f"AR-{local_day(now()).year}-00001"]


@pytest.mark.slow
def test_two_openings_at_once_give_one_draft(app, db):
    with unit_of_work():
        person, commune = account(), organisation()
        member(person, commune)
        call = calls.open_call(**around_now())
    path = f"/appels/{call.slug}/deposer"
    visitors = [visitor_for(app, person) for _each in range(2)]
    tokens = [each.token(path) for each in visitors]
    values = {"organisation": commune.slug, "strand": "A", "title": "Carte", "nonce": "n" * 30}
    db.session.rollback()
    answers = together(
        *(lambda v=v, t=t: v.client.post(path, data={**values, "csrf_token": t})
          for v, t in zip(visitors, tokens, strict=True))
    )  # fmt: skip
    assert {each.status_code for each in answers} == {302}
    assert len({each.headers["Location"] for each in answers}) == 1
    assert db.session.scalar(select(func.count()).select_from(Application)) == 1


@pytest.mark.slow
def test_two_files_of_one_association_handed_in_at_once_take_the_engagement_once(app, db):
    with unit_of_work():
        people = [account(), account()]
        of, session = organisation(), calls.open_call(**around_now()).sessions[0]
        for person in people:
            member(person, of)
        drafts = [applications.ready_draft(by=each, of=of, to=session, at=now(), engaged=False) for each in people]
        for draft in drafts:
            draft.starts_on, draft.ends_on = local_day(now()) + timedelta(40), local_day(now()) + timedelta(90)
    paths = [f"/dossiers/{each.reference}/relecture" for each in drafts]
    visitors = [visitor_for(app, person) for person in people]
    tokens = [each.token(path) for each, path in zip(visitors, paths, strict=True)]
    db.session.rollback()
    answers = together(
        *(lambda v=v, p=p, t=t: v.client.post(p, data={"commitments": "y", "engagement": "y", "csrf_token": t})
          for v, p, t in zip(visitors, paths, tokens, strict=True))
    )  # fmt: skip
    assert [each.status_code for each in answers] == [302, 302]
    assert db.session.scalar(select(func.count()).select_from(EngagementAcceptance)) == 1
