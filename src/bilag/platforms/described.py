"""What each platform carries and how that was proved, from `PlatformKind.ways`: for `bilag platforms` and the page."""

from collections.abc import Iterator
from dataclasses import dataclass

from bilag.messages.fact_values import render_facts
from bilag.platforms.base import PlatformKind, PostingWay
from bilag.platforms.installation import missing_variables
from bilag.platforms.registry import platform_kinds
from bilag.posting.posted import CARRIED


@dataclass(frozen=True, slots=True)
class DescribedWay:
    """One way of a platform. `carried` and `not_carried` are names of `posting.posted.CARRIED`, in their order."""

    way: PostingWay

    @property
    def carried(self) -> tuple[str, ...]:
        """The fields that are read back and compared."""
        return tuple(name for name in CARRIED if name not in self.way.capabilities.not_carried)

    @property
    def not_carried(self) -> tuple[str, ...]:
        """The fields that do not reach the journal, or cannot be read there."""
        return tuple(name for name in CARRIED if name in self.way.capabilities.not_carried)


@dataclass(frozen=True, slots=True)
class DescribedPlatform:
    """A platform, its ways, and the environment variables without which no company can use it here."""

    kind: PlatformKind
    ways: tuple[DescribedWay, ...]
    missing: tuple[str, ...]


def described_platforms() -> Iterator[DescribedPlatform]:
    """Yield every platform, by label."""
    for kind in sorted(platform_kinds().values(), key=lambda kind: kind.label.casefold()):
        yield DescribedPlatform(kind, tuple(map(DescribedWay, kind.ways)), missing_variables(kind))


def names_of(fields: tuple[str, ...], language: str) -> str:
    """Return the fields in words: "the due date, your reference"; empty if there are none."""
    return render_facts({"fields": ", ".join(fields)}, language).get("fields", "")
