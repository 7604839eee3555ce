"""How sentences speak of PowerOffice Go, and where its users find what a problem asks them to change."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.accounting_system import AccountingSystem, Remedy

SPOKEN = AccountingSystem(
    ("PowerOffice Go", "PowerOffice Go"),
    {
        "attachments_not_supported": Remedy(
            "accounting",
            "In PowerOffice Go, open Bilag under Settings, Extensions, and grant access to voucher documentation. Or switch off documents of invoices in the setup.",
            "Åpne Bilag under Innstillinger, Utvidelser i PowerOffice Go, og gi tilgang til bilagsdokumentasjon. Eller slå av fakturadokumenter i oppsettet.",
        ),
        "document_unknown": Remedy(
            "accounting",
            'Look for the document on the voucher in PowerOffice Go, and attach it to the expense in Moment. If the document is there, open Bilag under Settings, Extensions in PowerOffice Go, and grant access to voucher documentation. Then select "Mark as resolved".',
            "Se etter dokumentet på bilaget i PowerOffice Go, og legg det ved utlegget i Moment. Ligger dokumentet der, åpner du Bilag under Innstillinger, Utvidelser i PowerOffice Go og gir tilgang til bilagsdokumentasjon. Velg deretter «Merk som løst».",
        ),
    },
)
