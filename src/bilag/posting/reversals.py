"""Follow chains of reversals to their net effect: which of their lines become expenses (DESIGN, rule 11). Pure.

A chain is a posted line, the lines that reverse it, the lines that reverse those, and so on. All of it follows its first line:
a reversal is imported if the reversed line is, on that line's project, whatever project and date the reversal has.

So the sum of a chain in Moment equals its sum in accounting, in whatever order and however many imports it is read, because
every line is imported except pairs that sum to zero.
"""

from collections.abc import Collection, Iterable, Mapping

from bilag.posting.expense import Ignored, IgnoredReason, PostedLine, Selected

Key = tuple[int, int]
Verdict = Selected | Ignored


def settle(
    lines: Iterable[PostedLine], verdicts: Mapping[Key, Verdict], in_moment: Collection[Key]
) -> dict[Key, Verdict]:
    """Decide for every line that is not in Moment whether it becomes an expense. Never raises.

    `lines`: all known lines of some chains, in any order. `verdicts`: the rules' verdict on each line alone; `EXCLUDED` if a
    person decided so; for a line in Moment, its project and billability there. `in_moment`: the keys of the lines that are or
    may be in Moment; it may name lines that are not among `lines`.

    A line and its exact reversal, neither of them in Moment, are both left out as `REVERSED`, the latest first, so that the
    original rather than its repetition is imported.
    """
    known = {line.key: line for line in lines}
    order = _originals_first(known, in_moment)
    effective: dict[Key, Verdict] = {}
    for key, original in order.items():
        effective[key] = _verdict(known[key], original, effective, verdicts, in_moment)
    open_keys = {key for key, verdict in effective.items() if isinstance(verdict, Selected) and key not in in_moment}
    left_out: set[Key] = set()
    for key in reversed(order):
        original = order[key]
        if original is None or key in left_out or original in left_out or not {key, original} <= open_keys:
            continue
        if _mirrors(known[key], known[original]):
            left_out |= {key, original}
    reversed_ = Ignored(IgnoredReason.REVERSED)
    return {
        key: reversed_ if key in left_out else verdict for key, verdict in effective.items() if key not in in_moment
    }


def chains(lines: Iterable[PostedLine]) -> list[list[PostedLine]]:
    """Group lines by chain. A line that neither reverses nor is reversed is not returned."""
    known = {line.key: line for line in lines}
    linked: dict[Key, set[Key]] = {}
    for key, line in known.items():
        if line.reverses is not None:
            linked.setdefault(key, set()).add(line.reverses)
            linked.setdefault(line.reverses, set()).add(key)
    found: list[list[PostedLine]] = []
    seen: set[Key] = set()
    for start in linked:
        waiting, together = [start], []
        while waiting:
            key = waiting.pop()
            if key in seen:
                continue
            seen.add(key)
            waiting.extend(linked[key])
            if key in known:
                together.append(known[key])
        if together:
            found.append(together)
    return found


def _verdict(
    line: PostedLine,
    original: Key | None,
    effective: Mapping[Key, Verdict],
    verdicts: Mapping[Key, Verdict],
    in_moment: Collection[Key],
) -> Verdict:
    """Return the verdict of a line, given those of the lines before it."""
    alone = verdicts[line.key]
    if line.key in in_moment or alone == Ignored(IgnoredReason.EXCLUDED):
        return alone
    if original is None:
        unknown = line.reverses is not None and line.reverses not in effective and line.reverses not in verdicts
        if unknown and line.reverses not in in_moment:
            return Ignored(IgnoredReason.REVERSAL_OF_UNKNOWN)
        return alone
    before = effective[original]
    if original in in_moment:
        return before if isinstance(before, Selected) else alone
    if before == Ignored(IgnoredReason.EXCLUDED):
        return Ignored(IgnoredReason.REVERSES_EXCLUDED)
    return before


def _originals_first(known: Mapping[Key, PostedLine], in_moment: Collection[Key]) -> dict[Key, Key | None]:
    """Return each line with the known line it reverses, originals before reversals, else in order of posting.

    A line in Moment has no original, because what it reverses no longer matters. A circle of reversals, which no ledger should
    have, thus begins at a line in Moment, or else at the one posted first.
    """
    originals = {
        key: line.reverses if line.reverses in known and key not in in_moment else None for key, line in known.items()
    }
    for key in sorted(originals):
        place, path = originals[key], {key}
        while place is not None and place not in path:
            path.add(place)
            place = originals[place]
        if place == key:
            originals[key] = None
    depth: dict[Key, int] = {}
    for key in originals:
        path_up: list[Key] = []
        here: Key | None = key
        while here is not None and here not in depth:
            path_up.append(here)
            here = originals[here]
        level = depth[here] if here is not None else -1
        for below in reversed(path_up):
            level += 1
            depth[below] = level
    return {key: originals[key] for key in sorted(originals, key=lambda key: (depth[key], key))}


def _mirrors(line: PostedLine, other: PostedLine) -> bool:
    """Return whether both sum to zero: net, VAT and gross."""
    return not line.net + other.net and not line.vat + other.vat and not line.gross + other.gross
