"""Problems that only a Tryton server reports: its connection, the user's access, and what the setup refers to in it."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.entry import ACCOUNTING, BILAG, CONFIGURATION, PERMANENT, TRANSIENT, Entry

WIRE = (
    Entry(
        "tryton_unreachable",
        TRANSIENT,
        BILAG,
        en=(
            "Bilag cannot connect to the Tryton server[ ({cause})].",
            "Bilag retries automatically. If the problem persists, check the address of the server in the setup, the network, and whether Tryton is running.",
        ),
        nb=(
            "Bilag får ikke kontakt med Tryton-serveren[ ({cause})].",
            "Bilag prøver igjen automatisk. Hvis feilen vedvarer, kontrollerer du adressen til serveren i oppsettet, nettverket og om Tryton kjører.",
        ),
    ),
    Entry(
        "tryton_timeout",
        TRANSIENT,
        ACCOUNTING,
        en=(
            "The Tryton server did not give a complete answer[ ({cause})].",
            "You do not need to do anything: Bilag checks whether the request was received before it sends anything again.",
        ),
        nb=(
            "Tryton-serveren ga ikke et fullstendig svar[ ({cause})].",
            "Du trenger ikke gjøre noe: Bilag kontrollerer om forespørselen kom frem, før noe sendes på nytt.",
        ),
    ),
    Entry(
        "tryton_busy",
        TRANSIENT,
        ACCOUNTING,
        en=(
            "Tryton, or another user of it, was changing the same data[ (HTTP {status})].",
            "You do not need to do anything: Bilag checks the result and continues automatically.",
        ),
        nb=(
            "Tryton, eller en annen bruker der, endret de samme dataene[ (HTTP {status})].",
            "Du trenger ikke gjøre noe: Bilag kontrollerer resultatet og fortsetter automatisk.",
        ),
    ),
    Entry(
        "tryton_fault",
        TRANSIENT,
        ACCOUNTING,
        en=(
            "The Tryton server, or a server in front of it, answered with an error[ (HTTP {status})].",
            "Bilag retries automatically. If the problem persists, check the log of Tryton, and that its modules for accounting and analytic accounting are activated.",
        ),
        nb=(
            "Tryton-serveren, eller en server foran den, svarte med en feil[ (HTTP {status})].",
            "Bilag prøver igjen automatisk. Hvis feilen vedvarer, kontrollerer du loggen til Tryton, og at modulene for regnskap og analytisk regnskap er aktivert.",
        ),
    ),
    Entry(
        "tryton_malformed",
        TRANSIENT,
        BILAG,
        en=(
            "Bilag cannot read the answer from the Tryton server.",
            "Bilag retries automatically. If the problem persists, contact your Bilag administrator and name the version of Tryton.",
        ),
        nb=(
            "Tryton-serveren ga et svar som ikke kan tolkes.",
            "Bilag prøver igjen automatisk. Hvis feilen vedvarer, kontakter du driftsansvarlig for Bilag og oppgir versjonen av Tryton.",
        ),
    ),
    Entry(
        "tryton_refused",
        PERMANENT,
        ACCOUNTING,
        en=(
            "Tryton rejected the request for a reason that Bilag does not recognise.",
            "Correct in Tryton what the message from Tryton describes, then retry.",
        ),
        nb=(
            "Tryton avviste forespørselen av en årsak som Bilag ikke gjenkjenner.",
            "Rett i Tryton det som meldingen derfra beskriver, og prøv igjen.",
        ),
    ),
    Entry(
        "tryton_half_posted",
        PERMANENT,
        ACCOUNTING,
        en=(
            "Some of the invoice's vouchers are posted in Tryton[ (number {journals})], but Tryton rejected the others.",
            "Correct what the other problem shown here describes, then retry: Bilag posts only the missing vouchers. Do not post anything manually.",
        ),
        nb=(
            "Noen av fakturaens bilag er bokført i Tryton[ (nummer {journals})], men Tryton avviste de andre.",
            "Rett det som det andre problemet her beskriver, og prøv igjen: Bilag bokfører bare bilagene som mangler. Ikke bokfør noe manuelt.",
        ),
    ),
)
SETUP = (
    Entry(
        "tryton_not_there",
        CONFIGURATION,
        BILAG,
        en=(
            "Bilag found no Tryton server with [the database {database}|this database] and a REST API at the address.",
            "Correct the address and the database in the setup. The address does not include the database. Write the database as on Tryton's login page. Bilag requires Tryton 8.0 or later.",
        ),
        nb=(
            "Bilag fant ingen Tryton-server med [databasen {database}|denne databasen] og REST-API på adressen.",
            "Rett adressen og databasen i oppsettet. Adressen skal ikke inneholde databasen. Skriv databasen som på påloggingssiden til Tryton. Bilag krever Tryton 8.0 eller nyere.",
        ),
    ),
    Entry(
        "tryton_key_refused",
        CONFIGURATION,
        BILAG,
        en=(
            "Tryton does not accept the application key.",
            "Create a key for the REST application for Bilag's user in Tryton, validate it there, and enter it in the setup.",
        ),
        nb=(
            "Tryton godtar ikke applikasjonsnøkkelen.",
            "Lag en nøkkel til REST-applikasjonen for Bilags bruker i Tryton, godkjenn den der, og legg den inn i oppsettet.",
        ),
    ),
    Entry(
        "tryton_rights_missing",
        CONFIGURATION,
        ACCOUNTING,
        en=(
            "The user of the key lacks access that Bilag needs in Tryton[: {model}].",
            "Add the user to the groups Accounting and Analytic Administration in Tryton, then check the connection again.",
        ),
        nb=(
            "Brukeren bak nøkkelen mangler tilgang som Bilag trenger i Tryton[: {model}].",
            "Legg brukeren i gruppene for regnskap (Accounting) og analytisk administrasjon (Analytic Administration) i Tryton, og kontroller tilkoblingen igjen.",
        ),
    ),
    Entry(
        "tryton_company_unknown",
        CONFIGURATION,
        BILAG,
        en=(
            "Tryton has no company[ {value}], or several with that name.[ It has: {companies}.]",
            "Write the name of the company in the setup exactly as in Tryton.",
        ),
        nb=(
            "Tryton har ikke noe firma[ {value}], eller flere med det navnet.[ Den har: {companies}.]",
            "Skriv navnet på firmaet i oppsettet nøyaktig som i Tryton.",
        ),
    ),
    Entry(
        "tryton_company_closed",
        CONFIGURATION,
        ACCOUNTING,
        en=(
            "The user of the key has no access to accounts of [{value}|the company].",
            "Add the company to the user's companies in Tryton, and select it as the user's current company. If the company has no chart of accounts yet, create it. Then check the connection again.",
        ),
        nb=(
            "Brukeren bak nøkkelen har ikke tilgang til kontoer i [{value}|firmaet].",
            "Legg firmaet til brukerens firmaer i Tryton, og velg det som brukerens aktive firma. Har firmaet ingen kontoplan ennå, oppretter du den. Kontroller deretter tilkoblingen igjen.",
        ),
    ),
    Entry(
        "tryton_journal_unknown",
        CONFIGURATION,
        BILAG,
        en=(
            "Tryton has no journal with the code[ {value}] in the setup.[ It has: {journals}.]",
            "Select one of Tryton's sales journals in the setup.",
        ),
        nb=(
            "Tryton har ingen journal med koden[ {value}] i oppsettet.[ Den har: {journals}.]",
            "Velg en av salgsjournalene i Tryton i oppsettet.",
        ),
    ),
    Entry(
        "tryton_receivable_unknown",
        CONFIGURATION,
        BILAG,
        en=(
            "[Account {value}|The account] is not a receivable account in Tryton.",
            "Enter the number of a receivable account that requires a party, such as 1500.",
        ),
        nb=(
            "[Konto {value}|Kontoen] er ikke en konto for kundefordringer i Tryton.",
            "Oppgi nummeret på en konto for kundefordringer som krever part, for eksempel 1500.",
        ),
    ),
    Entry(
        "tryton_root_unknown",
        CONFIGURATION,
        BILAG,
        en=(
            "Tryton has no analytic root[ {value}].[ It has: {roots}.]",
            "Write the name of the root in the setup as in Tryton, or create it there as an analytic account of the type root.",
        ),
        nb=(
            "Tryton har ingen analytisk rot[ {value}].[ Den har: {roots}.]",
            "Skriv navnet på roten i oppsettet som i Tryton, eller opprett den der som en analytisk konto av typen rot.",
        ),
    ),
    Entry(
        "tryton_root_missing",
        CONFIGURATION,
        BILAG,
        en=(
            "The setup has no analytic root in Tryton for [organisational unit {unit}|this organisational unit].",
            "Enter the root in the Tryton part of the setup: unit 1 is departments, unit 2 is projects, unit 3 is billability. Or select no unit.",
        ),
        nb=(
            "Oppsettet har ingen analytisk rot i Tryton for [organisasjonsenhet {unit}|denne organisasjonsenheten].",
            "Oppgi roten i Tryton-delen av oppsettet: enhet 1 er avdelinger, enhet 2 er prosjekter, enhet 3 er fakturerbarhet. Eller velg ingen enhet.",
        ),
    ),
)
TRYTON_CODES = (*SETUP, *WIRE)
