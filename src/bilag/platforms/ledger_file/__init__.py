"""A ledger in a folder: a beancount journal that Bilag appends to. For trying Bilag without an accounting system.

beancount itself is GPL and is not needed: Bilag writes and reads the text. Any tool that reads beancount shows the books.
"""

from bilag.messages.accounting_system import AccountingSystem
from bilag.platforms.base import PlatformKind, PlatformStep, PostingWay, Said
from bilag.platforms.ledger_file.platform import LedgerFilePlatform
from bilag.platforms.ledger_file.setup import FIELDS, INSTALLATION_FIELDS, ledger_key

PLATFORM = PlatformKind(
    name="ledger_file",
    label=Said("Ledger file", "Regnskapsfil"),
    spoken=AccountingSystem(("the ledger file", "regnskapsfilen")),
    fields=FIELDS,
    open=LedgerFilePlatform,
    validate=lambda _values: {},
    ledger_key=ledger_key,
    fields_of_steps=dict.fromkeys((PlatformStep.SIGNED_IN, PlatformStep.CLIENT_FOUND), "folder"),
    installation_fields=INSTALLATION_FIELDS,
    ways=(
        PostingWay(
            LedgerFilePlatform.capabilities,
            Said(
                "Every test run posts the conformance kit to a folder, and beancount's own loader reads the books.",
                "Hver testkjøring bokfører hele kontrollsettet i en mappe, og beancount leser bøkene.",
            ),
        ),
    ),
)
