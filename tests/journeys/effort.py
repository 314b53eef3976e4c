"""What a task costs a person: pages, presses, keys, and the seconds of a practised hand.

The seconds follow the keystroke-level model (Card, Moran and Newell, 1980): a key 0.28 s (a person who types without being
a typist), pointing 1.1 s and pressing 0.2 s, homing from keys to pointer 0.4 s, a mental preparation 1.35 s before each act.
Reading and composing one's text are the person's own time and are not in it; what the machine took is counted beside.
"""

import time
from dataclasses import dataclass, field

KEY, POINT, PRESS, HOME, PREPARE = 0.28, 1.1, 0.2, 0.4, 1.35


@dataclass
class Effort:
    """The counts of one task."""

    task: str = ""
    role: str = ""
    way: str = "souris"
    pages: int = 0
    clicks: int = 0
    keys: int = 0
    acts: int = 0
    hands: int = 0
    began: float = field(default_factory=time.monotonic)
    machine: float = 0.0
    _on_keys: bool = False

    def click(self) -> None:
        """Point at something and press it."""
        self.acts += 1
        self.clicks += 1
        self.hands += self._on_keys
        self._on_keys = False

    def type(self, text: str) -> None:
        """Write a text; its composing is not counted."""
        self.acts += 1
        self.keys += len(text)
        self.hands += not self._on_keys
        self._on_keys = True

    def key(self) -> None:
        """Press one key that moves or acts; a run of them is prepared once by the act they serve."""
        self.keys += 1

    def page(self) -> None:
        """A page was loaded."""
        self.pages += 1

    def end(self) -> None:
        """Note how long the program and this machine took."""
        self.machine = time.monotonic() - self.began

    @property
    def minutes(self) -> float:
        """The estimate, in minutes."""
        hand = KEY * self.keys + (POINT + PRESS) * self.clicks + HOME * self.hands + PREPARE * self.acts
        return hand / 60


def table(efforts: list[Effort]) -> str:
    """The efforts as a Markdown table, in French: it is read by the people the product is made for."""
    lines = [
        "| rôle | tâche | manière | pages | pressions | touches | minutes estimées | secondes de machine |",
        "|---|---|---|--:|--:|--:|--:|--:|",
    ]
    for each in efforts:
        minutes = f"{each.minutes:.1f}".replace(".", ",")
        lines.append(
            f"| {each.role} | {each.task} | {each.way} | {each.pages} | {each.clicks} | {each.keys} | {minutes} | {each.machine:.0f} |"
        )
    return "\n".join(lines) + "\n"
