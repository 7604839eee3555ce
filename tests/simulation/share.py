"""The seeds of `make test`, in shares: each file of tests goes to another process of the run."""

SEEDS, STEPS, SHARES, CHUNK = 200, 6, 4, 10


def chunks(share: int) -> list[int]:
    """The first seed of each chunk of a share (0 to 3)."""
    each = SEEDS // SHARES
    return list(range(1 + share * each, 1 + (share + 1) * each, CHUNK))
