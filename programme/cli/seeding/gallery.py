"""The reuses: published over nine years, themes, departments and data sets spread out, a few in every other state."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from programme.cli.seeding.bulk import Bulk
from programme.cli.seeding.ground import Carrier, Ground
from programme.cli.seeding.words import PUBLICS, UNITS, USES, Story
from programme.core import search
from programme.core.clock import local_day
from programme.core.identifiers import fold, slugify
from programme.core.trame import trame
from programme.projects.models import Project
from programme.reuses.models import Reuse, ReuseDataset, ReuseFlag
from programme.reuses.rules.addresses import address_key
from programme.reuses.states import PUBLIC, FlagReason, ReuseKind, ReuseOrigin, ReuseState
from programme.strategy.models import Theme

S = ReuseState
SPREAD = {
    S.PUBLISHED: 87, S.FEATURED: 1, S.FLAGGED: 1, S.BROKEN_LINK: 4, S.DRAFT: 2, S.SUBMITTED: 2, S.INFO_REQUESTED: 1,
    S.UNPUBLISHED: 2,
}  # fmt: skip
"""Parts of a hundred."""
DEPARTMENTS = ("04", "05", "06", "13", "83", "84", None)
DRAWINGS = 12
"""Different drawings of a family: one of each would take longer than all the rest."""
YEARS = 9


class Gallery:
    """Makes reuses one after the other."""

    def __init__(self, bulk: Bulk, ground: Ground, chance: Random) -> None:
        self.bulk, self.ground, self.chance = bulk, ground, chance
        self._states = [state for state, parts in SPREAD.items() for _each in range(parts)]

    def make(self, awarded: list[tuple[int, Carrier]]) -> None:
        """One reuse; three in ten continue an awarded project, which is then taken from the list."""
        chance, number = self.chance, self.bulk.last(Reuse) + 1
        state, theme, story = (
            chance.choice(self._states),
            chance.choice(self.ground.themes),
            Story(number * 11 + 5, chance),
        )
        declared = self.ground.at - timedelta(minutes=chance.randrange(40_000, YEARS * 365 * 1440))
        continues = bool(awarded) and chance.random() < 0.3
        project, carrier = awarded.pop() if continues else (0, chance.choice(self.ground.carriers))
        if not continues:
            project = self._project(number, story, carrier, theme=theme, at=declared, public=state in PUBLIC)
        uses = self._uses(theme)
        row = self._row(
            number, state, theme=theme, story=story, declared=declared, carrier=carrier, names=[each["label"] for each in uses]
        )  # fmt: skip
        self.bulk.add(
            Reuse, project_id=project, dataset_count=len(uses),
            origin=ReuseOrigin.APPLICATION if continues else ReuseOrigin.FREE, **row,
        )  # fmt: skip
        for place, each in enumerate(uses, start=1):
            self.bulk.add(
                ReuseDataset, reuse_id=number, dataset_id=each["id"], title=each["title"], url=each["url"],
                use=chance.choice(USES), position=place,
            )  # fmt: skip
        if state is S.FLAGGED:
            self.bulk.add(
                ReuseFlag, reuse_id=number, reason=FlagReason.BROKEN_LINK, message="Le lien mène ailleurs.", email=None,
                at=self.ground.at - timedelta(days=3),
            )  # fmt: skip
        self.bulk.act("reuse.declared", Reuse, number, declared, carrier.account_id)

    def _project(self, number: int, story: Story, carrier: Carrier, *, theme: Theme, at: datetime, public: bool) -> int:
        return self.bulk.add(
            Project, slug=f"{slugify(story.title)}-r{number}", title=story.title, summary=story.summary,
            organisation_id=carrier.id, theme_id=theme.id, territory=carrier.city, created_by_id=carrier.account_id,
            created_at=at, public_since=at + timedelta(days=9) if public else None,
        )  # fmt: skip

    def _uses(self, theme: Theme) -> list[dict[str, Any]]:
        """One to three data sets of the catalogue, now and then one that it does not know."""
        known = self.ground.datasets.get(theme.id) or []
        chosen = self.chance.sample(known, min(len(known), self.chance.randint(1, 3)))
        uses = [{"id": each.id, "title": "", "url": "", "label": each.title} for each in chosen]
        if not uses or self.chance.random() < 0.1:
            title = f"Relevés des habitants, {self.chance.choice(PUBLICS)}"
            uses.append({"id": None, "title": title, "url": "https://donnees.example/releves", "label": title})
        return uses

    def _row(self, number: int, state: ReuseState, *, theme: Theme, story: Story, declared: datetime, carrier: Carrier, names: list[str]
    ) -> dict[str, Any]:  # fmt: skip
        chance, draft = self.chance, state is S.DRAFT
        published = declared + timedelta(days=9) if state in PUBLIC or state is S.UNPUBLISHED else None
        measured, text = chance.random() < 0.4, story.text()
        effect = f"{story.place} s’en sert pour ses propres choix." if chance.random() < 0.5 else ""
        slug, url = f"{slugify(story.title)}-{number}", f"https://reutilisation-{number}.example/accueil"
        return {
            "slug": slug, "title": story.title[:150], "sort_title": fold(story.title)[:150], "kind": chance.choice(list(ReuseKind)),
            "summary": story.summary[:240], "description": text, "url": url, "url_key": address_key(url), "theme_id": theme.id,
            "territory_code": chance.choice(DEPARTMENTS), "territory": story.place, "declarer_id": carrier.account_id,
            "organisation_id": carrier.id, "effect_text": effect, "effect_value": Decimal(chance.randint(3, 20_000)) if measured else None,
            "effect_unit": chance.choice(UNITS) if measured else "",
            "effect_on": local_day(declared + timedelta(days=20)) if measured else None, "state": state,
            "missing": "Certains relevés n’ont pas de date." if chance.random() < 0.3 else "", "licence": "Licence Ouverte 2.0",
            "flag_count": int(state is S.FLAGGED), "created_at": declared, "updated_at": published or declared,
            "submitted_at": None if draft else declared + timedelta(days=2), "published_at": published,
            "published_year": local_day(published).year if published else None,
            "featured_at": published if state is S.FEATURED else None,
            "broken_since": self.ground.at - timedelta(days=5) if state is S.BROKEN_LINK else None,
            "drawing": _drawing(theme.drawing, number % DRAWINGS), "search_title": search.document(story.title),
            "search_text": search.document(
                story.title, story.summary, text, story.place, theme.label, effect, *names
            ),
        }  # fmt: skip


@cache
def _drawing(family: str, place: int) -> str:
    return trame(f"{family}-{place}", family)
