"""What a run asks of an accounting system."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from bilag_sandbox.common.fault_board import FaultyApp
    from simulation.firms import Firm
    from simulation.world import World


class Accounting(ABC):
    """One accounting system, with its clients. Made for each run, by its seed."""

    name: ClassVar[str]
    """The name that the command takes."""
    kind: ClassVar[str]
    """The platform's name in Bilag."""
    side: ClassVar[str]
    """The name of its sandbox among the sides."""
    password: ClassVar[str]
    """The right one. Any other is wrong."""
    features: ClassVar[frozenset[str]] = frozenset()
    """What every run with this system has (`Step.feature`)."""
    own_faults: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """What can go wrong in the system itself while it carries out a request, by operation; `lagging` besides."""
    lagging: ClassVar[frozenset[str]] = frozenset()
    """The operations that may not show yet what was posted."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    @property
    def told(self) -> str:
        """What the first line of a trace says of it."""
        return ""

    @contextmanager
    def prepared(self) -> Iterator[None]:
        """Prepare this process while the block runs."""
        yield

    @abstractmethod
    def app(self) -> "FaultyApp":
        """Return a new sandbox."""

    @abstractmethod
    def expire_tokens(self, world: "World") -> None:
        """Make the tokens expire."""

    @abstractmethod
    def open_client(self, world: "World", number: str) -> None:
        """Create a client, unless it is there from the start."""

    @abstractmethod
    def access(self, url: str, client: str, password: str) -> dict[str, Any]:
        """Return the platform's section of a company file."""

    def sections(self) -> dict[str, Any]:
        """Return further sections of a company file."""
        return {}

    @abstractmethod
    def disguised(self, client: str) -> str:
        """Return the client's name as somebody writes it who does not know that it is taken."""

    def spread(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return an invoice's lines, some with a period of service."""
        return lines

    @abstractmethod
    def misbehave(self, world: "World", firm: "Firm") -> None:
        """Let the system do, or an accountant change, what the next posting meets."""

    @abstractmethod
    def repair(self, world: "World", client: str) -> None:
        """Undo what an accountant changed."""

    def let_in(self, world: "World", client: str) -> None:  # noqa: B027 - of systems that keep Bilag out
        """Give Bilag the access back that an accountant took away."""

    @abstractmethod
    def calm(self, world: "World", client: str) -> None:
        """Forget what the next postings would have met."""

    @abstractmethod
    def begin_fault(self, world: "World", client: str, operation: str, fault: str) -> None:
        """Let a fault of the system's own happen to the next request, one of `own_faults`."""

    @abstractmethod
    def end_fault(self, world: "World", client: str) -> None:
        """Let it happen to no further request. What an accountant changed stays so until `repair`."""

    @abstractmethod
    def lag(self, world: "World", client: str, seconds: int) -> None:
        """Show what is posted only after so many seconds."""

    def image(self) -> Any:
        """Return what this knows of the run, to be given to `restore`."""
        return None

    def restore(self, image: Any) -> None:  # noqa: B027 - of systems that know nothing of the run
        """Know what was known when the image was made."""

    @abstractmethod
    def post_supplier_invoice(self, world: "World", client: str, body: Mapping[str, Any]) -> int:
        """Post a supplier's invoice, as an accountant does; return its number in the journal."""

    @abstractmethod
    def post_by_hand(self, world: "World", client: str, voucher: int, number: int, total: Decimal | float) -> None:
        """Post an invoice under a voucher number of the accountant's own."""

    @abstractmethod
    def ledger(self, world: "World", client: str) -> list[dict[str, Any]]:
        """Return the vouchers that stand, in the hub's words: `type`, `voucherNumber`, `customerNumber`, `totalAmount`,
        `journalNumber`, and `entries` with `accountNumber`, `amount`, `entryNumber`, `orgUnits`."""

    @abstractmethod
    def unsound(self, world: "World", client: str) -> Iterator[str]:
        """Yield a sentence for each thing that is wrong with a client's books as a whole."""

    @abstractmethod
    def customer_names(self, world: "World", client: str) -> dict[str, str]:
        """Return the names of customers, by number."""

    @abstractmethod
    def expense_key(self, client: str, journal: int, entry: int) -> str:
        """Return the key by which Bilag knows an expense."""

    def differences(self, sent: Any, status: Any, chart: Any) -> Iterable[Any]:
        """Compare what was read back with what was sent."""
        from bilag.posting.read_back import differences

        return differences(sent[0], status.posted, chart)

    def is_taken(self, client: str, number: int) -> bool:
        """Whether an accountant posted this invoice first, under its number."""
        return False

    def is_reversed(self, client: str, number: int) -> bool:
        """Whether an accountant reversed what Bilag had posted of this invoice."""
        return False

    @abstractmethod
    def follow_remedies(self, world: "World") -> None:
        """Do in the system what problems ask for, before a person retries."""
