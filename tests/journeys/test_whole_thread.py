"""Ten people play the whole thread from an empty database: over HTTP without script on PostgreSQL, in Chromium on SQLite."""

import pytest

from tests.databases import database_url
from tests.journeys import story, story_after
from tests.journeys.people import Reader, Surfer
from tests.journeys.server import Instance

pytestmark = [pytest.mark.journey, pytest.mark.slow]


def play(folder, url, make):
    instance = Instance(folder, url)
    cast = story.Cast(instance, lambda: make(instance.root), folder)
    story.prepare(cast)
    instance.start()
    try:
        for chapter in (*story.CHAPTERS, *story_after.CHAPTERS):
            chapter(cast)
    finally:
        for person in cast.people.values():
            person.close()
        instance.stop()
    return cast


def test_over_http_without_script(tmp_path):
    with database_url("postgresql", tmp_path) as url:
        play(tmp_path, url, Reader)


def test_in_chromium(chromium, tmp_path):
    with database_url("sqlite", tmp_path) as url:
        cast = play(tmp_path, url, lambda root: Surfer(chromium, root))
        assert [p for person in cast.people.values() for p in person.problems] == []
