"""Figures of the rounds of a benchmark: their medians, quantiles, and a JSON file."""

import argparse
import json
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

Figures = dict[str, Any]
"""One round: the contender's `name`, what was asked of it, and what was measured."""


def medians(rounds: Sequence[Figures], name: str) -> dict[str, float]:
    """Return the median of each number over the rounds of one contender; one measured in some rounds only counts there."""
    own = [one for one in rounds if one["name"] == name]
    measured = dict.fromkeys(key for one in own for key, value in one.items() if not isinstance(value, str))
    return {key: statistics.median(one[key] for one in own if key in one) for key in measured}


def quantiles(milliseconds: Sequence[float]) -> tuple[float, float]:
    """Return the median and the 99th percentile."""
    ordered = sorted(milliseconds)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]


def write_json(file: Path | None, given: argparse.Namespace, rounds: Sequence[Figures]) -> None:
    """Write the rounds, with what was asked for, unless there is no file."""
    if file is not None:
        arguments = {name: str(value) if isinstance(value, Path) else value for name, value in vars(given).items()}
        file.write_text(json.dumps({"arguments": arguments, "rounds": list(rounds)}, indent=1) + "\n", encoding="utf-8")
