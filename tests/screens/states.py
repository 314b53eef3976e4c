"""The inventory: every page in every state that somebody may meet, public pages in one file, agents' in another.

The suite of every change looks at two in three of: each address once, and every refused form; `make screens` at all states.
"""

import os
import re

from tests.screens.stage import State
from tests.screens.states_public import APPLICANT, MAILS, PUBLIC
from tests.screens.states_staff import DESKS, NETWORK, READERS

ALL: tuple[State, ...] = (*PUBLIC, *APPLICANT, *MAILS, *DESKS, *READERS, *NETWORK)
EVERY = bool(os.environ.get("SCREENS_EVERY"))


def bounded(states: tuple[State, ...]) -> tuple[State, ...]:
    """Two in three, always the same, of the first state of each address and of the states whose answer is a refusal."""
    met: set[str] = set()
    kept = []
    for state in states:
        address = re.sub(r"\{(\w+):[^}]+\}", r"{\1}", state.path).split("?")[0]
        if address not in met or state.status >= 400:
            kept.append(state)
        met.add(address)
    return tuple(state for place, state in enumerate(kept) if place % 3 < 2)


LOOKED_AT = ALL if EVERY else bounded(ALL)
HALF = len(LOOKED_AT) // 2
FRONT, BACK = LOOKED_AT[:HALF], LOOKED_AT[HALF:]
