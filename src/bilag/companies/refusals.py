"""Why a setup was not saved, as a sentence in both languages."""

from bilag.platforms.base import Said


class SetupRefused(Exception):
    """The setup was not saved. `said` is a sentence in both languages; `field` is the dotted name of the setting it is about."""

    def __init__(self, said: Said, field: str) -> None:
        self.said, self.field = said, field
        super().__init__(str(said))


class MomentTaken(SetupRefused):
    """Another company in Bilag already uses this company of Moment, or used it earlier."""


class LedgerTaken(SetupRefused):
    """Another company in Bilag already posts to this ledger, or posted to it earlier."""


class LedgerInUse(SetupRefused):
    """The setup names another ledger, or another company of Moment, than the one in use. That is a step of its own
    (`bilag.transfers.activation.change_ledger`)."""
