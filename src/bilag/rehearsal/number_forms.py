"""How accounting writes a number of Moment: as it is, with leading zeros, without them, or after a prefix. Pure."""

SAME, STRIPPED = "same", "stripped"
ZEROS, PREFIX = "zeros:", "prefix:"
LONGEST_PREFIX, SHORTEST_AFTER_PREFIX = 4, 3


def forms(number: str, written: str) -> list[str]:
    """Return every form by which `number` becomes `written`; empty if none does.

    "zeros:6" pads with zeros to six digits, "prefix:K" puts K in front. A number of six digits fits "zeros:6" and "same".
    """
    found = [SAME] if number == written else []
    if number.isdigit() and written.isdigit() and int(number) == int(written):
        if written == number.zfill(len(written)):
            found.append(f"{ZEROS}{len(written)}")
        if written == str(int(number)):
            found.append(STRIPPED)
    prefix = written.removesuffix(number)
    if prefix != written and len(number) >= SHORTEST_AFTER_PREFIX and 0 < len(prefix) <= LONGEST_PREFIX:
        found += [f"{PREFIX}{prefix}"] if prefix.strip("0") else []
    return found


def is_written_as(number: str, written: str) -> bool:
    """Tell whether `written` is the number, apart from leading zeros."""
    return number == written or (number.isdigit() and written.isdigit() and int(number) == int(written))
