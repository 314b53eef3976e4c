"""The inventory: every page in every state that somebody may meet, public pages in one file, agents' in another."""

from tests.screens.stage import State
from tests.screens.states_public import APPLICANT, MAILS, PUBLIC
from tests.screens.states_staff import DESKS, NETWORK, READERS

FRONT: tuple[State, ...] = (*PUBLIC, *APPLICANT[:14])
BACK: tuple[State, ...] = (*APPLICANT[14:], *MAILS, *DESKS, *READERS, *NETWORK)
ALL: tuple[State, ...] = FRONT + BACK
