"""What is measured: a row, its goal, and the table of them."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound on the value itself or on its ratio to the floor."""

    bound: Literal["<=", ">="]
    limit: float
    of: Literal["value", "ratio"] = "value"

    def __str__(self) -> str:
        return f"{self.bound} {self.limit:g}" + (" x floor" if self.of == "ratio" else "")

    def met(self, measured: float) -> bool:
        return measured <= self.limit if self.bound == "<=" else measured >= self.limit


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. ``floor`` is what a bare program needs for the same in the same run; ``runs`` how many were measured."""

    name: str
    value: float
    unit: str
    runs: int = 1
    floor: float | None = None
    goal: Goal | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.floor if self.floor else None

    @property
    def reached(self) -> bool | None:
        """None where there is nothing to reach."""
        measured = self.value if self.goal is None or self.goal.of == "value" else self.ratio
        return None if self.goal is None or measured is None else self.goal.met(measured)

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "value": round(self.value, 4),
            "unit": self.unit,
            "floor": None if self.floor is None else round(self.floor, 4),
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "goal": None if self.goal is None else str(self.goal),
            "reached": self.reached,
            "runs": self.runs,
        }


HEADS = ("", "value", "unit", "floor", "ratio", "goal", "reached", "runs")


def table(rows: Iterable[Row]) -> str:
    """The rows for people, aligned."""
    lines = [HEADS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
    return "\n".join("  ".join(_placed(line, column, width) for column, width in enumerate(widths)) for line in lines)


def median(figures: Iterable[float]) -> float:
    return statistics.median(figures)


def percentile(figures: Sequence[float], share: float) -> float:
    """The smallest figure that this share of them does not exceed."""
    ordered = sorted(figures)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def _cells(row: Row) -> tuple[str, ...]:
    reached = {True: "yes", False: "NO", None: ""}[row.reached]
    goal = "" if row.goal is None else str(row.goal)
    floor = "" if row.floor is None else _figure(row.floor)
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    return row.name, _figure(row.value), row.unit, floor, ratio, goal, reached, str(row.runs)


def _placed(line: Sequence[str], column: int, width: int) -> str:
    is_number = HEADS[column] in ("value", "floor", "ratio", "runs")
    return line[column].rjust(width) if is_number else line[column].ljust(width)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"
