"""Answers that must not tell by their time: what differs between two cases ends at the same beat."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app


@contextmanager
def even() -> Iterator[None]:
    """What is inside ends at a whole number of beats (`EVEN_ANSWER_SECONDS`) after it began, whatever it did.

    A known address asks for other writes than an unknown one, and a few milliseconds are enough to tell them apart.
    Put the unit of work inside, so that nothing is locked while waiting, and what costs much and alike (a password's
    hash) before, so that the work stays far from the end of a beat.
    """
    beat = current_app.config["EVEN_ANSWER_SECONDS"]
    start = time.perf_counter()
    try:
        yield
    finally:
        if beat:
            spent = time.perf_counter() - start
            time.sleep(beat * math.ceil(spent / beat) - spent)
