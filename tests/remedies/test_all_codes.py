"""Every code of the catalogue has a test that carries its remedy out."""

import ast
import importlib
from functools import cache
from pathlib import Path

import pytest

from bilag.messages.render import ENTRIES, UNKNOWN
from tests.remedies.cases import Cases
from tests.support.paths import ROOT

HERE = Path(__file__).parent
LEDGERS, TRYTON = "transfers/test_ledgers.py", "ledgers/test_tryton_remedies.py"
PARTIES, RECOVERING = "companies/test_parties.py", "transfers/test_recovering.py"
OTHER_LEDGER = "expenses/test_other_ledger.py"
CORRECTED = f"{TRYTON}::test_a_field_is_corrected_in_the_setup"
TRIED_AGAIN = f"{TRYTON}::test_bilag_tries_again_by_itself_and_it_is_posted_once"
INSTALLATION = (
    "companies/test_installation.py::test_a_company_is_told_what_the_operator_must_give_and_works_when_it_is_given"
)
GO = "platforms/test_poweroffice_go_remedies.py"
GO_AGAIN = f"{GO}::test_bilag_tries_again_by_itself_and_it_is_posted_once"
GO_CORRECTED = f"{GO}::test_a_field_is_corrected_in_the_setup"
ELSEWHERE = {
    "moment_not_entered": ["pages/test_guide.py::test_the_remedy_of_an_empty_connection_is_to_enter_it"],
    "accounting_not_entered": ["pages/test_guide.py::test_the_remedy_of_an_empty_connection_is_to_enter_it"],
    "ledger_file_unusable": [
        "platforms/test_ledger_file.py::test_lock_is_waited_for_and_a_folder_that_cannot_be_used_is_told"
    ],
    "document_not_attached": [
        "transfers/test_documents.py::test_refused_document_is_a_persons_question_who_retries",
        "transfers/test_documents.py::test_document_that_is_refused_again_leaves_the_voucher_without",
    ],
    "installation_field_missing": [INSTALLATION],
    "installation_field_wrong": [INSTALLATION],
    "posted_in_former_ledger": [
        f"{LEDGERS}::test_what_is_posted_in_the_former_ledger_ends_when_moment_says_transferred"
    ],
    "former_ledger_unknown": [f"{LEDGERS}::test_after_thirty_days_what_is_in_doubt_is_a_persons_question"],
    "former_ledger_unposted": [
        f"{LEDGERS}::test_what_is_stored_and_not_posted_in_the_former_ledger_is_deleted_there_and_tried_again",
        f"{LEDGERS}::test_what_is_stored_in_the_former_ledger_is_posted_there_by_hand_and_tried_again",
    ],
    "doubt_in_former_source": [f"{LEDGERS}::test_what_was_in_doubt_when_its_moment_was_left_is_excluded_after_a_look"],
    "rehearsal_interrupted": ["rehearsal/test_continuing.py::test_process_that_ends_at_any_step_is_continued"],
    "moment_not_polled": [
        "transfers/test_no_end.py::test_poll_that_fails_for_hours_is_told_and_resolved_when_it_succeeds"
    ],
    "expense_of_other_ledger": [
        f"{OTHER_LEDGER}::test_a_person_closes_what_was_open_for_the_old_client",
        f"{OTHER_LEDGER}::test_what_was_open_for_the_old_client_needs_a_person_and_comes_back_with_it",
    ],
    "expense_of_other_moment": [
        f"{OTHER_LEDGER}::test_what_was_in_doubt_in_the_old_moment_is_closed_after_a_look",
        f"{OTHER_LEDGER}::test_what_was_in_doubt_in_the_old_moment_comes_back_with_it",
    ],
    "client_replaced": [f"{PARTIES}::test_a_live_company_posts_nothing_to_a_client_that_became_another_organisation"],
    "parties_unconfirmed": [f"{PARTIES}::test_the_switch_asks_for_a_word_first"],
    "parties_renamed": [f"{PARTIES}::test_the_confirmation_falls_when_the_client_becomes_another_organisation"],
    "parties_shared": [f"{PARTIES}::test_two_names_of_one_moment_are_noticed"],
    "ledger_ahead": [f"{RECOVERING}::test_it_is_told_on_the_pages_in_the_status_and_by_letter"],
    "accrued_not_recovered": [f"{RECOVERING}::test_an_amount_that_cannot_be_read_from_the_ledger_is_a_persons"],
    "tryton_not_there": [CORRECTED],
    "tryton_key_refused": [CORRECTED],
    "tryton_company_unknown": [CORRECTED],
    "tryton_journal_unknown": [CORRECTED],
    "tryton_receivable_unknown": [CORRECTED],
    "tryton_root_unknown": [CORRECTED, f"{TRYTON}::test_a_root_that_is_unknown_is_created_in_tryton"],
    "tryton_root_missing": [CORRECTED, f"{TRYTON}::test_a_unit_without_a_root_is_not_selected"],
    "tryton_rights_missing": [f"{TRYTON}::test_a_user_who_lacks_access_is_added_to_the_groups"],
    "tryton_company_closed": [f"{TRYTON}::test_a_user_who_does_not_see_the_company_is_added_to_it"],
    "tryton_unreachable": [f"{TRYTON}::test_the_address_of_the_server_is_corrected_in_the_setup"],
    "tryton_timeout": [TRIED_AGAIN],
    "tryton_busy": [TRIED_AGAIN],
    "tryton_fault": [TRIED_AGAIN],
    "tryton_malformed": [TRIED_AGAIN],
    "tryton_refused": [f"{TRYTON}::test_what_the_message_describes_is_corrected_in_tryton"],
    "tryton_half_posted": [
        "ledgers/test_tryton_broken_tries.py::test_what_is_posted_of_an_invoice_that_is_refused_then_is_told"
    ],
    "poweroffice_not_there": [GO_CORRECTED],
    "poweroffice_keys_refused": [GO_CORRECTED, f"{GO}::test_the_application_key_is_corrected_by_the_operator"],
    "poweroffice_client_differs": [GO_CORRECTED, f"{GO}::test_the_key_of_the_right_client_is_entered"],
    "poweroffice_subscription_refused": [f"{GO}::test_the_subscription_key_is_corrected_by_the_operator"],
    "poweroffice_privilege_missing": [f"{GO}::test_the_access_that_is_missing_is_granted_in_go"],
    "poweroffice_unreachable": [f"{GO}::test_the_address_is_corrected_in_the_setup"],
    "poweroffice_timeout": [GO_AGAIN],
    "poweroffice_fault": [GO_AGAIN],
    "poweroffice_malformed": [GO_AGAIN],
    "poweroffice_refused": [f"{GO}::test_what_the_message_describes_is_corrected_in_go"],
    "poweroffice_half_posted": [f"{GO}::test_the_invoice_of_an_accrual_that_stands_is_posted_on_retry"],
}
"""Remedies that need a world of their own: the tests that carry them out."""
WITHOUT_A_CASE: set[str] = set()
"""Codes whose remedy no test carries out yet."""


@cache
def carried_out_here() -> frozenset[str]:
    """The codes that the registers of this folder have."""
    found: set[str] = set()
    for file in sorted(HERE.glob("test_*.py")):
        cases = getattr(importlib.import_module(f"tests.remedies.{file.stem}"), "CASES", Cases())
        found |= {case.code for case in cases}
    return frozenset(found)


def test_every_code_of_the_catalogue_has_its_remedy_carried_out() -> None:
    codes = {*ENTRIES, UNKNOWN.code}
    covered = carried_out_here() | ELSEWHERE.keys()
    assert codes - covered == WITHOUT_A_CASE
    assert covered - codes == set(), "a register names a code that the catalogue does not have"


@pytest.mark.parametrize("code", ELSEWHERE)
def test_a_test_that_is_named_is_there_and_knows_the_code(code: str) -> None:
    for named in ELSEWHERE[code]:
        path, _, name = named.partition("::")
        text = (ROOT / "tests" / path).read_text()
        assert name in {one.name for one in ast.walk(ast.parse(text)) if isinstance(one, ast.FunctionDef)}, named
    assert any(code in (ROOT / "tests" / named.partition("::")[0]).read_text() for named in ELSEWHERE[code]), code
