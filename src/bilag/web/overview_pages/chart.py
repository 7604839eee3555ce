"""Compute bar charts as SVG attributes, so that the page needs no script."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 400, 150
LEFT, RIGHT, TOP, BOTTOM = 34, 4, 10, 20


@dataclass(frozen=True, slots=True)
class Series:
    """One value per day, None if there is none; the text of its bars; and its class, which gives the colour."""

    values: Sequence[float | None]
    texts: Sequence[str]
    level: str = "fill"


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of one day, or one series' part of it. `text`: its tooltip."""

    level: str
    text: str
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, horizontal lines with their values, and days below, in the units of the view box.

    Numbers are already formatted: a Norwegian page would write a decimal comma, which SVG does not accept.
    """

    bars: list[Bar]
    lines: list[tuple[str, str]]
    days: list[tuple[str, date, str]]
    """Position, day, and how the text is anchored."""
    view_box: str = f"0 0 {WIDTH} {HEIGHT}"
    left: int = LEFT
    right: int = WIDTH - RIGHT
    label_x: int = LEFT - 4
    label_y: int = HEIGHT - 5


def chart(days: Sequence[date], series: Sequence[Series], unit: str = "") -> Chart:
    """Return a chart with a bar per day, in which the series are stacked."""
    heights = [sum(one.values[index] or 0 for one in series) for index in range(len(days))]
    top = _round_up(max(heights, default=0))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(days))
    room = HEIGHT - TOP - BOTTOM
    bars = []
    for index in range(len(days)):
        y = float(TOP + room)
        x = LEFT + index * step + step * 0.15
        for one in series:
            value = one.values[index]
            if value:
                height = max(1.0, value / top * room)
                y -= height
                bars.append(Bar(one.level, one.texts[index], _one(x), _one(y), _one(step * 0.7), _one(height)))
    lines = [(TOP + room, "0"), (TOP, f"{top:g}{unit}")]
    if top > 1 and top % 2 == 0:
        lines.insert(1, (TOP + room // 2, f"{top / 2:g}{unit}"))
    marks = [(str(LEFT), days[0], "start"), (str(WIDTH - RIGHT), days[-1], "end")] if days else []
    if len(days) > 2:
        middle = len(days) // 2
        marks.insert(1, (_one(LEFT + (middle + 0.5) * step), days[middle], "middle"))
    return Chart(bars, [(str(y), text) for y, text in lines], marks)


def _one(value: float) -> str:
    return f"{value:.1f}"


def _round_up(value: float) -> float:
    """Round up to one of 1, 2, 4, 6, 10, 20, 40…, so that half the scale is a round number."""
    if value <= 1:
        return 1
    power = 10 ** math.floor(math.log10(value))
    return float(next(step * power for step in (1, 2, 4, 6, 10) if step * power >= value))
