"""Who is notified: the users of Moment and the other addresses that the setup names."""

from bilag.companies.setup import Setup


def recipients(setup: Setup) -> list[str]:
    """Return each address once, whatever the case of its letters, in the order of the setup."""
    given = setup.notify.recipients
    return list({address.strip().casefold(): address.strip() for address in given if address.strip()}.values())
