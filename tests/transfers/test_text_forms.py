"""The setup's form of texts: it goes into the journal, and a later change calls nothing different that was posted before."""

from tests.support.earlier_books import FIRST, LAST
from tests.support.history import history_may_be_written
from tests.support.reconciliation import found
from tests.support.world import World

FORM = {"voucher": "{kind} {number} {customer}", "entry": "{number} {text}"}


def posted(world: World) -> int:
    invoice = world.finalise()
    world.hint(invoice)
    world.work()
    assert world.transfer(invoice["invoiceNumber"]).state == "done"
    return int(invoice["invoiceNumber"])


def texts(world: World, number: int) -> tuple[str, set[str]]:
    [voucher] = world.vouchers(number)
    own = [one for one in voucher["entries"] if one["accountNumber"].startswith("3")]
    return voucher["text"], {one["text"] for one in own}


def test_texts_are_posted_by_the_form_of_the_setup(world: World) -> None:
    world.apply(texts=FORM)
    invoice = world.finalise()
    world.hint(invoice)
    world.work()
    number = invoice["invoiceNumber"]
    assert world.transfer(number).state == "done", world.transfer(number).problems
    voucher, entries = texts(world, number)
    assert voucher == f"Faktura {number} {invoice['customer']['name']}"
    assert all(one.startswith(f"{number} ") for one in entries)


def test_another_form_makes_nothing_different_that_was_posted_before(world: World) -> None:
    from bilag.reconciliation.runner import reconcile

    number = posted(world)
    before = texts(world, number)
    world.apply(texts=FORM)
    world.retry(number)
    row = world.transfer(number)
    assert (row.state, row.problems, texts(world, number)) == ("done", [], before)
    run = reconcile(world.company_id, FIRST, LAST)
    assert run.findings.filter(number=number).exclude(found="matched").count() == 0
    assert found(run, "differing") == []


def test_form_that_changes_while_an_answer_is_lost_is_no_difference(world: World) -> None:
    invoice = world.finalise()
    world.hint(invoice)
    world.hub.fault(kind="lost_answer", operation="createBatch")
    world.work()
    assert world.transfer(invoice["invoiceNumber"]).state == "in_doubt"
    world.apply(texts=FORM)
    for _ in range(3):
        world.pass_doubt()
        world.hurry()
    row = world.transfer(invoice["invoiceNumber"])
    assert (row.state, row.problems) == ("done", [])
    assert invoice["customer"]["name"] not in texts(world, invoice["invoiceNumber"])[0]


def test_form_that_changed_since_the_backup_is_no_difference(world: World) -> None:
    """The database has forgotten what was sent: only today's form is known, and texts are not compared with it."""
    from bilag.transfers.models import Attempt, Transfer

    number = posted(world)
    with history_may_be_written():
        Attempt.objects.filter(transfer__number=str(number), transfer__kind="invoice").delete()
        Transfer.objects.filter(number=str(number), kind="invoice").delete()
    world.apply(texts=FORM)
    world.retry(number)
    row = world.transfer(number)
    assert (row.state, row.problems, len(world.vouchers(number))) == ("done", [], 1)


def test_text_that_the_ledger_changed_while_posting_is_still_found(world: World) -> None:
    """What this try posted is compared with what it sent, texts included."""
    world.apply(texts=FORM)
    world.hub.ask("POST", "/admin/clients/123/posting", {"effect": "lose", "lost": ["entryText"], "times": 1})
    invoice = world.finalise()
    world.hint(invoice)
    world.work()
    row = world.transfer(invoice["invoiceNumber"])
    assert row.state == "needs_attention"
    assert {one["facts"]["field"] for one in row.problems} == {"entry_text"}
