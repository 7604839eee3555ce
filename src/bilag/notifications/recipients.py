"""Who is told: the addresses of the setup, and the people of Moment who are chosen there."""

from bilag.companies.setup import Setup


def recipients(setup: Setup) -> list[str]:
    """Each address once, whatever the case of its letters, in the setup's order."""
    given = setup.notify.recipients
    return list({address.strip().casefold(): address.strip() for address in given if address.strip()}.values())
