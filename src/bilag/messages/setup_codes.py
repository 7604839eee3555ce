"""Problems of the setup: sign-in, client ids, series, capabilities. Codes of the hub and of Bilag."""
# ruff: noqa: E501 - a sentence stays on one line, so that it can be read and searched.

from bilag.messages.entry import ACCOUNTING, AZETS, BILAG, CONFIGURATION, MOMENT, PERMANENT, TRANSIENT, Entry

SIGN_IN = (
    Entry(
        "credentials_missing",
        CONFIGURATION,
        BILAG,
        en=(
            "The setup has neither a username and password nor an API key for Azets.",
            "Enter the username and password, or the API key, in the setup. You get them from Azets.",
        ),
        nb=(
            "Oppsettet har verken brukernavn og passord eller API-nøkkel for Azets.",
            "Legg inn brukernavn og passord, eller API-nøkkelen, i oppsettet. Du får dem av Azets.",
        ),
    ),
    Entry(
        "invalid_credentials",
        CONFIGURATION,
        BILAG,
        en=(
            "Azets does not accept the username, password or API key.",
            "Enter them again in the setup. If they are correct, ask your contact at Azets whether they have been revoked.",
        ),
        nb=(
            "Azets godtar ikke brukernavnet, passordet eller API-nøkkelen.",
            "Legg dem inn på nytt i oppsettet. Er de riktige, spør du kontaktpersonen din i Azets om de er sperret.",
        ),
    ),
    Entry(
        "token_missing",
        PERMANENT,
        BILAG,
        en=(
            "Bilag sent a request to Azets without an access token.",
            "This is an error in Bilag. Contact your Bilag administrator, and retry when the error is fixed.",
        ),
        nb=(
            "Bilag sendte en forespørsel til Azets uten tilgangsnøkkel.",
            "Dette er en feil i Bilag. Kontakt driftsansvarlig for Bilag, og prøv igjen når feilen er rettet.",
        ),
    ),
    Entry(
        "token_expired",
        TRANSIENT,
        BILAG,
        en=("The access to Azets had expired.", "You do not need to do anything: Bilag signs in again automatically."),
        nb=("Tilgangen til Azets var utløpt.", "Du trenger ikke gjøre noe: Bilag logger inn igjen automatisk."),
    ),
    Entry(
        "token_invalid",
        TRANSIENT,
        BILAG,
        en=(
            "Azets no longer accepts Bilag's access.",
            "Bilag signs in again automatically. If the problem persists, enter the username and password, or the API key, again in the setup.",
        ),
        nb=(
            "Azets godtar ikke lenger tilgangen til Bilag.",
            "Bilag logger inn igjen automatisk. Hvis feilen vedvarer, legger du inn brukernavn og passord, eller API-nøkkelen, på nytt i oppsettet.",
        ),
    ),
    Entry(
        "moment_not_entered",
        CONFIGURATION,
        BILAG,
        en=(
            "The connection to Moment is not filled in yet.",
            "Enter the company id and the API key of Moment in the setup.",
        ),
        nb=(
            "Tilkoblingen til Moment er ikke fylt ut ennå.",
            "Legg inn firma-id og API-nøkkel for Moment i oppsettet.",
        ),
    ),
    Entry(
        "accounting_not_entered",
        CONFIGURATION,
        BILAG,
        en=(
            "The connection to accounting is not filled in yet.",
            "Enter the details from the accounting office in the setup.",
        ),
        nb=(
            "Tilkoblingen til regnskapet er ikke fylt ut ennå.",
            "Legg inn opplysningene fra regnskapskontoret i oppsettet.",
        ),
    ),
    Entry(
        "ledger_file_unusable",
        TRANSIENT,
        BILAG,
        en=(
            "The files of the ledger cannot be used at present.",
            "Bilag retries automatically. If the problem persists, ask whoever runs Bilag to check that Bilag can write to the folder and that the disk is not full.",
        ),
        nb=(
            "Filene med regnskapet kan ikke brukes akkurat nå.",
            "Bilag prøver igjen automatisk. Varer feilen ved, ber du den som drifter Bilag, om å kontrollere at Bilag kan skrive i mappen, og at disken ikke er full.",
        ),
    ),
    Entry(
        "installation_field_missing",
        CONFIGURATION,
        BILAG,
        en=(
            "This installation of Bilag lacks a key of its own for [{platform}|<system>].",
            "Ask whoever runs Bilag to set [the environment variable {variable}|the missing environment variable] and start Bilag again.",
        ),
        nb=(
            "Denne installasjonen av Bilag mangler en egen nøkkel for [{platform}|<system>].",
            "Be den som drifter Bilag, om å sette [miljøvariabelen {variable}|miljøvariabelen som mangler] og starte Bilag på nytt.",
        ),
    ),
    Entry(
        "installation_field_wrong",
        CONFIGURATION,
        BILAG,
        en=(
            "This installation's own key for [{platform}|<system>] cannot be used.",
            "Ask whoever runs Bilag to correct [the environment variable {variable}|the environment variable] and start Bilag again.",
        ),
        nb=(
            "Installasjonens egen nøkkel for [{platform}|<system>] kan ikke brukes.",
            "Be den som drifter Bilag, om å rette [miljøvariabelen {variable}|miljøvariabelen] og starte Bilag på nytt.",
        ),
    ),
    Entry(
        "moment_credentials",
        CONFIGURATION,
        BILAG,
        en=(
            "Moment does not accept the API key.",
            "Create a new API key in Moment and enter it in the setup. A key is valid for at most two years.",
        ),
        nb=(
            "Moment godtar ikke API-nøkkelen.",
            "Lag en ny API-nøkkel i Moment, og legg den inn i oppsettet. En nøkkel er gyldig i høyst to år.",
        ),
    ),
    Entry(
        "moment_write_forbidden",
        CONFIGURATION,
        MOMENT,
        en=(
            "The API key may read from Moment, but not change the status of invoices.",
            "Give the user of the API key permission in Moment to change invoices: Bilag then continues automatically within an hour. Or create an API key for a user with that permission and enter it in the setup.",
        ),
        nb=(
            "API-nøkkelen har lesetilgang i Moment, men kan ikke endre statusen på fakturaer.",
            "Gi brukeren bak API-nøkkelen tilgang til å endre fakturaer i Moment: Bilag fortsetter da automatisk innen en time. Du kan også lage en API-nøkkel for en bruker med slik tilgang og legge den inn i oppsettet.",
        ),
    ),
    Entry(
        "moment_company_unknown",
        CONFIGURATION,
        BILAG,
        en=(
            "The company was not found in Moment, or the API key belongs to another company.",
            "Correct the company id of Moment in the setup, or create an API key in the right company.",
        ),
        nb=(
            "Firmaet ble ikke funnet i Moment, eller API-nøkkelen hører til et annet firma.",
            "Rett firma-id for Moment i oppsettet, eller lag en API-nøkkel i riktig firma.",
        ),
    ),
    Entry(
        "client_is_another_company",
        CONFIGURATION,
        ACCOUNTING,
        en=(
            "[The organisation numbers differ: the company in Bilag is {company}, the client in accounting is {client}|The client in accounting is another company][, the company in Moment is {moment}].",
            "Check the client and the company in Moment in the setup, and the organisation number of the company. If they are one company all the same, confirm it on the setup page under Check who the parties are.",
        ),
        nb=(
            "[Organisasjonsnumrene er forskjellige: firmaet i Bilag er {company}, klienten i regnskapet er {client}|Klienten i regnskapet er et annet firma][, firmaet i Moment er {moment}].",
            "Kontroller klienten og firmaet i Moment i oppsettet, og organisasjonsnummeret til firmaet. Er de likevel samme firma, bekrefter du det på oppsettsiden under Kontroller partene.",
        ),
    ),
    Entry(
        "client_replaced",
        CONFIGURATION,
        ACCOUNTING,
        en=(
            "The client in accounting has become another organisation[: it is {client} now]. Nothing is posted to it.",
            "Ask your contact at the accountant what happened to the client. Correct the client in the setup, or confirm on the setup page under Check who the parties are that it is the same company.",
        ),
        nb=(
            "Klienten i regnskapet er blitt en annen organisasjon[: den er nå {client}]. Ingenting bokføres der.",
            "Spør regnskapsføreren hva som har skjedd med klienten. Rett klienten i oppsettet, eller bekreft på oppsettsiden under Kontroller partene at det er samme firma.",
        ),
    ),
    Entry(
        "parties_unconfirmed",
        CONFIGURATION,
        BILAG,
        en=(
            "Bilag cannot tell whether these are one company: the company in Bilag[ is {company}], the client in accounting[ is {client}][, the company in Moment is {moment}].",
            "Enter the organisation number of the company if it is missing. Otherwise confirm on the setup page, under Check who the parties are, that they are one company.",
        ),
        nb=(
            "Bilag kan ikke se om dette er samme firma: firmaet i Bilag[ er {company}], klienten i regnskapet[ er {client}][, firmaet i Moment er {moment}].",
            "Legg inn organisasjonsnummeret til firmaet hvis det mangler. Ellers bekrefter du på oppsettsiden, under Kontroller partene, at det er samme firma.",
        ),
    ),
    Entry(
        "parties_renamed",
        CONFIGURATION,
        BILAG,
        en=(
            "A name has changed since the parties were confirmed as one company: the company in Bilag[ is {company}], the client in accounting[ is {client}][, the company in Moment is {moment}].",
            "Transfers continue. Confirm on the setup page, under Check who the parties are, that they are still one company.",
        ),
        nb=(
            "Et navn er endret etter at partene ble bekreftet som samme firma: firmaet i Bilag[ er {company}], klienten i regnskapet[ er {client}][, firmaet i Moment er {moment}].",
            "Overføringen fortsetter. Bekreft på oppsettsiden, under Kontroller partene, at de fortsatt er samme firma.",
        ),
    ),
    Entry(
        "parties_shared",
        CONFIGURATION,
        BILAG,
        en=(
            "Another company in Bilag uses the same company in Moment, or the same client, under another address. Its invoices would be posted twice.",
            "Check the address and the company id of Moment, and the client, in the setup. If they are not the same, such as a copy for tests, confirm it on the setup page under Check who the parties are.",
        ),
        nb=(
            "Et annet firma i Bilag bruker det samme firmaet i Moment, eller den samme klienten, under en annen adresse. Fakturaene ville blitt bokført to ganger.",
            "Kontroller adressen og firma-id for Moment, og klienten, i oppsettet. Er det ikke de samme, for eksempel en kopi for testing, bekrefter du det på oppsettsiden under Kontroller partene.",
        ),
    ),
    Entry(
        "nobody_notified",
        CONFIGURATION,
        BILAG,
        en=(
            "Nobody is notified when something stops.",
            "Enter at least one user or email address under Notifications in the setup.",
        ),
        nb=(
            "Ingen blir varslet når noe stopper.",
            "Legg inn minst én bruker eller e-postadresse under Varsling i oppsettet.",
        ),
    ),
)

CLIENT = (
    Entry(
        "client_not_under_parent",
        CONFIGURATION,
        BILAG,
        en=(
            "The client[ {client}] does not belong to the parent client[ {parent}] at Azets.",
            "Check the source client id and the parent client id in the setup. Azets can tell you which ids belong together.",
        ),
        nb=(
            "Klienten[ {client}] hører ikke til overordnet klient[ {parent}] hos Azets.",
            "Kontroller klient-id og overordnet klient-id i oppsettet. Azets kan si hvilke som hører sammen.",
        ),
    ),
    Entry(
        "client_access_denied",
        CONFIGURATION,
        AZETS,
        en=(
            "The user does not have access to the client[ {client}] at Azets.",
            "Ask your contact at Azets to give the user access to the client.",
        ),
        nb=(
            "Brukeren har ikke tilgang til klienten[ {client}] hos Azets.",
            "Be kontaktpersonen din i Azets gi brukeren tilgang til klienten.",
        ),
    ),
    Entry(
        "parent_client_id_invalid",
        CONFIGURATION,
        BILAG,
        en=(
            "The parent client id[ {value}] is not the letter S followed by digits.",
            "Correct the parent client id in the setup. It begins with S.",
        ),
        nb=(
            "Overordnet klient-id[ {value}] er ikke bokstaven S fulgt av sifre.",
            "Rett overordnet klient-id i oppsettet. Den begynner med S.",
        ),
    ),
    Entry(
        "source_client_id_invalid",
        CONFIGURATION,
        BILAG,
        en=(
            "The source client id[ {value}] does not consist of digits only.",
            "Correct the source client id in the setup. Leave out the F.",
        ),
        nb=("Klient-id[ {value}] består ikke bare av sifre.", "Rett klient-id i oppsettet. Utelat F."),
    ),
    Entry(
        "client_unknown",
        CONFIGURATION,
        BILAG,
        en=(
            "[Client {client}|The client] was not found at Azets.",
            "Check the source client id in the setup. If it is correct, ask Azets whether the client is set up for the integration.",
        ),
        nb=(
            "[Klient {client}|Klienten] ble ikke funnet hos Azets.",
            "Kontroller klient-id i oppsettet. Er den riktig, spør du Azets om klienten er satt opp for integrasjonen.",
        ),
    ),
    Entry(
        "voucher_series_unknown",
        CONFIGURATION,
        BILAG,
        en=(
            "The voucher series[ {value}] does not exist in <system>, or cannot be used for this type of voucher.",
            "Select another voucher series in the setup, or leave the field blank to use the default series.",
        ),
        nb=(
            "Bilagsserien[ {value}] finnes ikke i <system>, eller kan ikke brukes for denne bilagstypen.",
            "Velg en annen bilagsserie i oppsettet, eller la feltet stå tomt for å bruke standardserien.",
        ),
    ),
    Entry(
        "attachments_not_supported",
        CONFIGURATION,
        ACCOUNTING,
        en=(
            "<System> does not accept attachments to vouchers for this client.",
            "Ask the accountant whether attachments can be enabled for the client. Or switch off documents of invoices in the setup.",
        ),
        nb=(
            "<System> godtar ikke vedlegg til bilag for denne klienten.",
            "Spør regnskapsføreren om vedlegg kan aktiveres for klienten. Eller slå av fakturadokumenter i oppsettet.",
        ),
    ),
    Entry(
        "document_type_not_allowed",
        PERMANENT,
        MOMENT,
        en=(
            "<System> does not accept documents of this type.",
            "Save the document as PDF, or attach it manually, then retry.",
        ),
        nb=(
            "<System> godtar ikke dokumenter av denne typen.",
            "Lagre dokumentet som PDF, eller legg det ved manuelt, og prøv igjen.",
        ),
    ),
)

SETUP_CODES = (*SIGN_IN, *CLIENT)
