"""What every benchmark checks before it says how fast it was."""

from typing import Any


def exactly_once(state: dict[str, Any], invoices: int) -> None:
    """Check that each invoice has exactly one voucher of its amount and is marked, and that nothing unknown was asked for.

    `state` is what the stand-ins say. Raises `SystemExit`.
    """
    right = all(state[name] == invoices for name in ("finalised", "vouchers", "posted", "transferred"))
    if not right or state["faults"] or state["unknown_requests"]:
        raise SystemExit(f"{invoices} invoices were not transferred exactly once: {state}")
