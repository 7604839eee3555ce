"""Problems that a reconciliation finds, and why it may stop. Our own codes."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.entry import ACCOUNTING, BILAG, PERMANENT, TRANSIENT, Entry

_LOOK_EN = "Open the reconciliation, which names each of them,"
_LOOK_NB = "Åpne avstemmingen, som nevner hver av dem,"

RECONCILIATION_CODES = (
    Entry(
        "reconciliation_interrupted",
        TRANSIENT,
        BILAG,
        en=(
            "The reconciliation was interrupted before its end, so it says nothing about the period.",
            "Start it again. It also runs by itself each night.",
        ),
        nb=(
            "Avstemmingen ble avbrutt før den var ferdig, så den sier ikke noe om perioden.",
            "Start den på nytt. Den kjører også av seg selv hver natt.",
        ),
    ),
    Entry(
        "reconciliation_missing",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[In {month}, invoices|Invoices] that were posted once are no more in the journal[: {count}].",
            f"{_LOOK_EN} and ask in accounting who took the vouchers back. What is to stand is posted there again by reversing what took it back; what is not is credited in Moment. A voucher that is gone altogether is posted again by Send.",
        ),
        nb=(
            "[I {month} finnes fakturaer som har vært bokført,|Fakturaer som har vært bokført, finnes] ikke lenger i journalen[: {count}].",
            f"{_LOOK_NB} og spør regnskap hvem som tilbakeførte bilagene. Det som skal stå, bokføres igjen der ved å reversere tilbakeføringen; det som ikke skal stå, krediteres i Moment. Et bilag som er helt borte, bokføres på nytt med Send.",
        ),
    ),
    Entry(
        "reconciliation_differing",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[In {month}, vouchers|Vouchers] in the journal are not as their invoices in Moment[: {count}].",
            f"{_LOOK_EN} field by field. Correct the voucher in accounting, or credit the invoice in Moment and make a new one.",
        ),
        nb=(
            "[I {month} avviker bilag|Bilag avviker] i journalen fra fakturaene i Moment[: {count}].",
            f"{_LOOK_NB} felt for felt. Rett bilaget i regnskapet, eller krediter fakturaen i Moment og lag en ny.",
        ),
    ),
    Entry(
        "reconciliation_duplicate",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[In {month}, invoices|Invoices] stand in the journal more than once[: {count}].",
            f"{_LOOK_EN} with its journal numbers, and reverse in accounting what is one too many.",
        ),
        nb=(
            "[I {month} står fakturaer|Fakturaer står] i journalen mer enn én gang[: {count}].",
            f"{_LOOK_NB} med journalnumrene, og reverser i regnskapet det som er ett for mye.",
        ),
    ),
    Entry(
        "reconciliation_unknown",
        PERMANENT,
        ACCOUNTING,
        en=(
            "[In {month}, vouchers|Vouchers] among Moment's invoice numbers belong to no invoice that Moment knows[: {count}].",
            f"{_LOOK_EN} and ask in accounting who posted them. A voucher by hand needs a number of another series.",
        ),
        nb=(
            "[I {month} finnes bilag|Det finnes bilag] blant Moments fakturanumre som ikke hører til noen faktura i Moment[: {count}].",
            f"{_LOOK_NB} og spør regnskap hvem som bokførte dem. Et bilag for hånd trenger et nummer i en annen serie.",
        ),
    ),
)
