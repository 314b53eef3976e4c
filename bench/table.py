"""The lines of the result: what was done, its goal, our figure, the bare one, their ratio, and whether the goal is met."""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One line. `met` is None for a figure without a goal."""

    work: str
    goal: str
    ours: str
    bare: str = ""
    ratio: str = ""
    met: bool | None = None
    note: str = ""

    def row(self) -> str:
        """As a row of Markdown."""
        said = {True: "yes", False: "**no**", None: ""}[self.met]
        return f"| {self.work} | {self.goal} | {self.ours} | {self.bare} | {self.ratio} | {said} | {self.note} |"


HEAD = "| work | goal | ours | bare | ratio | met | remark |\n|---|---|---|---|---|---|---|"


def say(line: str) -> None:
    """Something for whoever waits, apart from the table."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def collect(parts: Iterable[tuple[str, Callable[[], list[Line]]]]) -> list[Line]:
    """Run each part; a part that fails is a line that says so, and the others go on."""
    lines = []
    for name, part in parts:
        say(f"… {name}")
        try:
            found = part()
        except Exception as fault:  # An hour of measures is not lost for one of them.
            found = [
                Line(
                    name,
                    "",
                    "",
                    met=False,
                    note=f"not measured: {type(fault).__name__}: {fault}".replace("\n", " ")[:300],
                )
            ]
        for line in found:
            say(line.row())
        lines += found
    return lines
