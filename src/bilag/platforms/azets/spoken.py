"""How sentences speak of the accounting system behind Azets: it has no name of its own there, and Azets helps with some problems."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.accounting_system import UNNAMED, AccountingSystem, Remedy

SPOKEN = AccountingSystem(
    UNNAMED.name,
    {
        "attachments_not_supported": Remedy(
            "azets",
            "Ask Azets whether attachments can be enabled for the client. Or switch off documents of invoices in the setup.",
            "Spør Azets om vedlegg kan aktiveres for klienten. Eller slå av fakturadokumenter i oppsettet.",
        ),
        "expense_line_unreadable": Remedy(
            "azets",
            'Check the line in the accounting system. If it is a project cost, register it manually in Moment and select "Do not import" here. Report the fault in the report to Azets.',
            "Kontroller linjen i regnskapssystemet. Er den en prosjektkostnad, registrerer du den manuelt i Moment og velger «Ikke importer» her. Meld feilen i rapporten til Azets.",
        ),
        "document_unknown": Remedy(
            "accounting",
            'Look for the document on the voucher in the accounting system, and attach it to the expense in Moment. If the document is there, contact Azets. Then select "Mark as resolved".',
            "Se etter dokumentet på bilaget i regnskapssystemet, og legg det ved utlegget i Moment. Kontakt Azets hvis dokumentet ligger der. Velg deretter «Merk som løst».",
        ),
        "org_unit_not_integer": Remedy(
            "moment",
            "Change it to a whole number in Moment, or select a unit that accepts text (7 to 12) in the setup, then retry.",
            "Endre det til et helt tall i Moment, eller velg en enhet som godtar tekst (7 til 12) i oppsettet, og prøv igjen.",
        ),
    },
)
