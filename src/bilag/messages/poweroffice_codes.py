"""Problems that only PowerOffice Go reports: its connection, the keys, and what the client allows the integration."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.entry import ACCOUNTING, BILAG, CONFIGURATION, PERMANENT, TRANSIENT, Entry

WIRE = (
    Entry(
        "poweroffice_unreachable",
        TRANSIENT,
        BILAG,
        en=(
            "Bilag cannot connect to PowerOffice Go[ ({cause})].",
            "Bilag retries automatically. If the problem persists, check the address of the PowerOffice Go API in the setup, and the network.",
        ),
        nb=(
            "Bilag får ikke kontakt med PowerOffice Go[ ({cause})].",
            "Bilag prøver igjen automatisk. Hvis feilen vedvarer, kontrollerer du adressen til API-et i PowerOffice Go i oppsettet, og nettverket.",
        ),
    ),
    Entry(
        "poweroffice_timeout",
        TRANSIENT,
        ACCOUNTING,
        en=(
            "PowerOffice Go did not give a complete answer[ ({cause})].",
            "You do not need to do anything: Bilag checks whether the request was received before it sends anything again.",
        ),
        nb=(
            "PowerOffice Go ga ikke et fullstendig svar[ ({cause})].",
            "Du trenger ikke gjøre noe: Bilag kontrollerer om forespørselen kom frem, før noe sendes på nytt.",
        ),
    ),
    Entry(
        "poweroffice_fault",
        TRANSIENT,
        ACCOUNTING,
        en=(
            "PowerOffice Go, or a server in front of it, answered with an error[ (HTTP {status})].",
            "Bilag checks whether anything was received, and retries automatically. If the problem persists, contact PowerOffice.",
        ),
        nb=(
            "PowerOffice Go, eller en server foran, svarte med en feil[ (HTTP {status})].",
            "Bilag kontrollerer om noe kom frem, og prøver igjen automatisk. Kontakt PowerOffice hvis feilen vedvarer.",
        ),
    ),
    Entry(
        "poweroffice_malformed",
        TRANSIENT,
        BILAG,
        en=(
            "Bilag cannot read the answer from PowerOffice Go.",
            "Bilag retries automatically. If the problem persists, contact your Bilag administrator and send the answer shown in the attempt.",
        ),
        nb=(
            "PowerOffice Go ga et svar som ikke kan tolkes.",
            "Bilag prøver igjen automatisk. Hvis feilen vedvarer, kontakter du driftsansvarlig for Bilag og sender svaret som vises i forsøket.",
        ),
    ),
    Entry(
        "poweroffice_refused",
        PERMANENT,
        ACCOUNTING,
        en=(
            "PowerOffice Go rejected the request for a reason that Bilag does not recognise.",
            "Correct in PowerOffice Go or in Moment what the message from PowerOffice Go describes, then retry.",
        ),
        nb=(
            "PowerOffice Go avviste forespørselen av en årsak som Bilag ikke gjenkjenner.",
            "Rett i PowerOffice Go eller i Moment det som meldingen fra PowerOffice Go beskriver, og prøv igjen.",
        ),
    ),
    Entry(
        "poweroffice_half_posted",
        PERMANENT,
        ACCOUNTING,
        en=(
            "The accrual of the invoice is posted in PowerOffice Go[ (voucher {journals})], but PowerOffice Go rejected the invoice itself.",
            "Correct what the other problem shown here describes, then retry: Bilag posts only the invoice. Do not post anything manually.",
        ),
        nb=(
            "Periodiseringen av fakturaen er bokført i PowerOffice Go[ (bilag {journals})], men PowerOffice Go avviste selve fakturaen.",
            "Rett det som det andre problemet her beskriver, og prøv igjen: Bilag bokfører bare fakturaen. Ikke bokfør noe manuelt.",
        ),
    ),
)
SETUP = (
    Entry(
        "poweroffice_not_there",
        CONFIGURATION,
        BILAG,
        en=(
            "Bilag found no PowerOffice Go API at the address.",
            "Correct the address of the PowerOffice Go API in the setup: https://goapi.poweroffice.net/v2.",
        ),
        nb=(
            "Bilag fant ikke noe API for PowerOffice Go på adressen.",
            "Rett adressen til API-et i PowerOffice Go i oppsettet: https://goapi.poweroffice.net/v2.",
        ),
    ),
    Entry(
        "poweroffice_keys_refused",
        CONFIGURATION,
        BILAG,
        en=(
            "PowerOffice Go does not accept the client key.",
            "In PowerOffice Go, open Settings, Extensions, check that Bilag is added, and copy its client key. Enter the key in the setup. If the key is correct, ask your Bilag administrator to check the application key.",
        ),
        nb=(
            "PowerOffice Go godtar ikke klientnøkkelen.",
            "Åpne Innstillinger, Utvidelser i PowerOffice Go, kontroller at Bilag er lagt til, og kopier klientnøkkelen. Legg den inn i oppsettet. Er nøkkelen riktig, ber du driftsansvarlig for Bilag kontrollere applikasjonsnøkkelen.",
        ),
    ),
    Entry(
        "poweroffice_client_differs",
        CONFIGURATION,
        BILAG,
        en=(
            "The client key opens [{client}|another client] in PowerOffice Go, but the setup names [{value}|a client].",
            "If the key is right, enter the client's name in the setup as PowerOffice Go shows it. Otherwise copy the client key of the right client, and enter it in the setup.",
        ),
        nb=(
            "Klientnøkkelen åpner [{client}|en annen klient] i PowerOffice Go, men i oppsettet står [{value}|en klient].",
            "Er nøkkelen riktig, legger du inn klientens navn i oppsettet slik PowerOffice Go viser det. Ellers kopierer du klientnøkkelen til riktig klient og legger den inn i oppsettet.",
        ),
    ),
    Entry(
        "poweroffice_subscription_refused",
        CONFIGURATION,
        BILAG,
        en=(
            "PowerOffice does not accept the subscription key of this installation of Bilag.",
            "Ask your Bilag administrator to correct BILAG_POWEROFFICE_GO_SUBSCRIPTION_KEY and restart Bilag.",
        ),
        nb=(
            "PowerOffice godtar ikke abonnementsnøkkelen til denne installasjonen av Bilag.",
            "Be driftsansvarlig for Bilag rette BILAG_POWEROFFICE_GO_SUBSCRIPTION_KEY og starte Bilag på nytt.",
        ),
    ),
    Entry(
        "poweroffice_privilege_missing",
        CONFIGURATION,
        ACCOUNTING,
        en=(
            "The client in PowerOffice Go does not give Bilag the access it needs[ ({privilege})].",
            "In PowerOffice Go, open Bilag under Settings, Extensions, and grant the access. If it cannot be granted there, ask PowerOffice whether the client's subscription includes it.",
        ),
        nb=(
            "Klienten i PowerOffice Go gir ikke Bilag tilgangen som trengs[ ({privilege})].",
            "Åpne Bilag under Innstillinger, Utvidelser i PowerOffice Go, og gi tilgangen. Kan den ikke gis der, spør du PowerOffice om klientens abonnement omfatter den.",
        ),
    ),
)
POWEROFFICE_CODES = (*WIRE, *SETUP)
