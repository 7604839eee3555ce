"""What is mutated, and which tests are run for it."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Suite:
    """A folder of code with the tests that prove it. Of these, a mutant meets those that execute its line."""

    name: str
    code: str
    tests: tuple[str, ...]
    database: bool
    """Whether the tests need Django and PostgreSQL."""
    most_tests: int = 10_000
    """So many tests a mutant meets at most, the quickest and those that killed its neighbours. It may be found by a later one."""
    left_out: tuple[str, ...] = ()
    """Tests that read source files, which a mutant does not change, or that take long and prove something else."""

    def files(self, only: str = "") -> list[str]:
        """Return the files to mutate, relative to the project; `only` is a file or a folder of them."""
        found = (str(path.relative_to(ROOT)) for path in sorted((ROOT / self.code).rglob("*.py")))
        return [name for name in found if name == only or name.startswith(f"{only.rstrip('/')}/") or not only]


SUITES = (
    Suite(
        "posting",
        "src/bilag/posting",
        ("tests/posting",),
        database=False,
        left_out=(
            "tests/posting/test_catalogue.py::test_every_reason_that_bilag_gives_has_a_sentence",
            "tests/posting/test_catalogue.py::test_every_code_that_bilag_raises_has_an_entry",
            "tests/posting/test_catalogue.py::test_every_error_code_of_the_hub_has_an_entry_of_the_same_class",
            "tests/posting/test_reversals.py::test_long_chain_needs_no_recursion",
        ),
    ),
    Suite(
        "delivery",
        "src/bilag/transfers/delivery",
        ("tests/transfers",),
        database=True,
        most_tests=25,
        left_out=(
            "tests/transfers/test_accrued_file.py",
            "tests/transfers/test_isolation.py",
            "tests/transfers/test_many_at_once.py",
            "tests/transfers/test_polling.py",
            "tests/transfers/test_recovering.py",
            "tests/transfers/test_save_setup.py",
        ),
    ),
)
