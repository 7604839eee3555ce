"""Documents of posted lines: streamed, bounded, known by what they hold, and refused with a sentence where they are none."""

import io
from typing import Any

import pytest

from bilag.messages import render_problem
from bilag.platforms.azets.platform import AzetsPlatform
from bilag.platforms.base import FetchedDocument
from bilag.wire.errors import EdgeError, Misconfigured, Refused, Unavailable
from bilag.wire.recording import recording
from tests.support.azets.expense_samples import PDF, PNG, document, post_supplier_invoice
from tests.support.azets.office import Office
from tests.support.azets.requests import Requests
from tests.support.azets.scripted_hub import Said, ScriptedHub, page, problem

LIMIT = 1_000_000


def document_of(office: Office, **what: Any) -> tuple[AzetsPlatform, str]:
    """A platform, and the id of a document that lies at the hub."""
    post_supplier_invoice(office, documents=[document(**what)])
    azets = office.platform()
    ids = [line.documents for one in azets.list_posted_lines("") for line in one.lines]
    return azets, ids[0][0]


def refusal(azets: AzetsPlatform, document_id: str = "90001", max_bytes: int = LIMIT) -> EdgeError:
    """The error of a document that does not come."""
    with pytest.raises(EdgeError) as caught:
        azets.fetch_document(document_id, io.BytesIO(), max_bytes=max_bytes)
    return caught.value


class TestWhatComes:
    """From the sandbox hub, over HTTP."""

    def test_document_comes_byte_for_byte_with_its_name(self, visma: Office) -> None:
        azets, number = document_of(visma, name="Faktura F-88 øre.pdf")
        into = io.BytesIO()
        assert azets.fetch_document(number, into, max_bytes=LIMIT) == FetchedDocument(
            "Faktura F-88 øre.pdf", "application/pdf", len(PDF)
        )
        assert into.getvalue() == PDF

    def test_type_is_what_the_bytes_say_whatever_header_and_name_say(self, visma: Office) -> None:
        azets, number = document_of(visma, name="F-88.pdf", content=PNG, content_type="application/pdf")
        assert azets.fetch_document(number, io.BytesIO(), max_bytes=LIMIT) == FetchedDocument(
            "F-88.pdf.png", "image/png", len(PNG)
        )

    def test_picture_without_a_type_is_a_picture(self, visma: Office) -> None:
        azets, number = document_of(visma, name="scan", content=PNG, content_type="application/octet-stream")
        fetched = azets.fetch_document(number, io.BytesIO(), max_bytes=LIMIT)
        assert (fetched.file_name, fetched.content_type) == ("scan.png", "image/png")

    def test_document_of_just_the_limit_comes_and_one_byte_more_does_not(self, visma: Office) -> None:
        azets, number = document_of(visma)
        assert azets.fetch_document(number, io.BytesIO(), max_bytes=len(PDF)).size == len(PDF)
        error = refusal(azets, number, len(PDF) - 1)
        assert isinstance(error, Refused)
        assert render_problem(error.problems[0], "en").message == (
            f"Document {number} is too large. The limit is {len(PDF) - 1} byte."
        )
        assert render_problem(error.problems[0], "nb").message.startswith(f"Dokument {number} er for stort. Grensen er")

    def test_huge_document_is_left_where_it_is_and_not_fetched_whole(self, visma: Office) -> None:
        azets, number = document_of(visma, content=PDF + b"0" * 3_000_000)
        into = io.BytesIO()
        with pytest.raises(Refused):
            azets.fetch_document(number, into, max_bytes=200_000)
        assert len(into.getvalue()) <= 200_000

    def test_empty_document_says_what_to_do(self, visma: Office) -> None:
        azets, number = document_of(visma, content=b"")
        (found,) = refusal(azets, number).problems
        assert (found.code, found.subject) == ("document_empty", f"document {number}")
        assert render_problem(found, "en").message == (
            f"Document {number} is empty in the accounting system, so the expense was imported without it."
        )
        assert "Skann eller last opp dokumentet på nytt" in render_problem(found, "nb").remedy

    @pytest.mark.parametrize(
        ("content", "media_type"),
        [(b"<?xml version='1.0'?><Invoice/>", "application/xml"), (b"MZ\x90\x00 a program", "application/pdf")],
    )
    def test_what_is_neither_pdf_nor_picture_says_what_to_do(
        self, visma: Office, content: bytes, media_type: str
    ) -> None:
        azets, number = document_of(visma, content=content, content_type=media_type)
        (found,) = refusal(azets, number).problems
        assert render_problem(found, "en").message == (
            f"Document {number} is neither a PDF nor an image (its type is {media_type}), so the expense was imported without it."
        )
        assert "lagre det som PDF" in render_problem(found, "nb").remedy

    def test_document_that_is_not_there_says_what_to_do(self, visma: Office) -> None:
        error = refusal(visma.platform(), "424242")
        assert isinstance(error, Refused)
        words = render_problem(error.problems[0], "nb")
        assert (words.code, words.subject) == ("document_unknown", "dokument 424242")
        assert words.message.startswith(
            "Dokument 424242 ble ikke funnet i regnskapssystemet, så utlegget ble importert uten det."
        )

    @pytest.mark.parametrize("odd", ["", ".", "..", "a/b", "../profile", "?x=1", "#", "æ ø", "9\n1", "x" * 200])
    def test_document_id_cannot_lead_to_another_address(self, visma: Office, odd: str) -> None:
        assert refusal(visma.platform(), odd).problems[0].code == "document_unknown"

    def test_request_is_the_contracts(self, visma: Office, hub_contract: dict[str, Any]) -> None:
        azets, number = document_of(visma)
        with recording() as exchanges:
            azets.fetch_document(number, io.BytesIO(), max_bytes=LIMIT)
        assert [Requests(hub_contract).check(exchange) for exchange in exchanges] == ["getDocument"]
        assert "Modellmateriell" not in repr(exchanges), "a document's content is in no record"

    @pytest.mark.parametrize(
        "kind", ["closed_before", "lost_answer", "bad_gateway", "hub_unavailable", "broken_off", "rate_limited"]
    )
    def test_hub_that_fails_is_tried_again(self, visma: Office, kind: str) -> None:
        azets, number = document_of(visma)
        visma.fault(kind, "getDocument", retryAfter="none")
        error = refusal(azets, number)
        assert isinstance(error, Unavailable)
        assert error.outcome_known
        assert azets.fetch_document(number, io.BytesIO(), max_bytes=LIMIT).size == len(PDF)

    def test_token_that_ran_out_is_renewed_and_leaves_nothing_in_the_file(self, visma: Office) -> None:
        azets, number = document_of(visma)
        visma.fault("unauthorized", "getDocument")
        into = io.BytesIO()
        azets.fetch_document(number, into, max_bytes=LIMIT)
        assert into.getvalue() == PDF


ODD_ANSWERS: dict[str, tuple[Said, type[EdgeError], str]] = {
    "too large for the hub": (problem(413, "document_too_large"), Refused, "document_too_large"),
    "too large for a proxy": (page(413), Refused, "document_too_large"),
    "gone": (problem(404, "document_unknown"), Refused, "document_unknown"),
    "a proxy's 404": (page(404), Unavailable, "hub_proxy_error"),
    "a proxy's page": (page(200, "Welcome"), Unavailable, "hub_malformed"),
    "an error in a good answer": (Said(200, {"code": "internal_error"}), Unavailable, "hub_malformed"),
    "no content": (Said(204, headers={"Content-Type": "application/pdf"}), Refused, "document_empty"),
    "moved": (Said(302, text="", headers={"Location": "https://login.example/"}), Unavailable, "hub_proxy_error"),
    "not for us": (problem(403, "client_access_denied"), Misconfigured, "client_access_denied"),
}


@pytest.mark.parametrize("name", ODD_ANSWERS)
def test_answer_that_is_no_document(scripted: ScriptedHub, azets: AzetsPlatform, name: str) -> None:
    said, kind, code = ODD_ANSWERS[name]
    scripted.on("GET", "/documents/90001", said)
    error = refusal(azets)
    assert type(error) is kind
    assert error.problems[0].code == code
    assert render_problem(error.problems[0], "nb").remedy


def test_name_is_made_where_none_is_told(scripted: ScriptedHub, azets: AzetsPlatform) -> None:
    scripted.on("GET", "/documents/90001", Said(200, text="%PDF-1.4 x", headers={"Content-Type": "text/html"}))
    fetched = azets.fetch_document("90001", io.BytesIO(), max_bytes=LIMIT)
    assert (fetched.file_name, fetched.content_type) == ("document-90001.pdf", "application/pdf")
    assert scripted.seen("GET", "/90001")[0].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("odd", ["", ".", ".."])
def test_document_id_that_means_a_folder_is_not_even_asked_for(
    scripted: ScriptedHub, azets: AzetsPlatform, odd: str
) -> None:
    assert refusal(azets, odd).problems[0].code == "document_unknown"
    assert scripted.asked == []
