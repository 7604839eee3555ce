"""Tools: transfers by number, rubbish among the numbers, and Moment asked at once."""

import re
from datetime import date
from typing import Any

import pytest

from tests.support.people import People


def ask(people: People, numbers: str, kind: str = "invoice", who: str = "member") -> Any:
    return people.client(who).post("/c/fjell/tools/", {"kind": kind, "numbers": numbers}, follow=True)


def asked_numbers() -> list[tuple[str, str]]:
    from bilag.transfers.models import Transfer

    return list(Transfer.objects.order_by("id").values_list("kind", "number"))


def events(name: str) -> list[Any]:
    from bilag.events.models import Event

    return list(Event.objects.filter(name=name).order_by("id"))


@pytest.mark.parametrize("between", [",", ", ", " ", "\n", "\r\n", "; ", " ,\n\t"])
def test_numbers_may_be_parted_in_any_way(people: People, between: str) -> None:
    people.world.moment.fault(kind="unavailable", times=None)  # the numbers are not looked up then
    answer = ask(people, f" {between.join(['10042', '10043', '10042', '0010044'])}{between}")
    assert answer.status_code == 200
    assert asked_numbers() == [("invoice", "10042"), ("invoice", "10043"), ("invoice", "10044")]
    [event] = events("transfers_asked")
    assert event.origin == "member@fjell.example"
    assert event.facts == {"kind": "invoice", "count": "3", "numbers": "10042, 10043, 10044"}


def test_an_invoice_is_transferred_and_followed_until_it_is_settled(people: People) -> None:
    world = people.world
    world.apply(export={"invoices_from": date(2030, 1, 1)})  # by number it goes all the same
    number = world.finalise()["invoiceNumber"]
    answer = ask(people, str(number))
    text = answer.content.decode()
    address = re.search(r'hx-get="(/c/fjell/tools/followed/[^"]+)" hx-trigger="every 2s"', text)
    assert address
    assert f"Invoice {number}</a>" in text
    assert "background service is not running" in text  # none does in this test
    world.work()
    assert len(world.vouchers(number)) == 1
    part = people.client("member").get(address[1]).content.decode()
    assert 'class="pill done"' in part
    assert "Bilag has processed all of these." in part
    assert "hx-get" not in part
    assert "<html" not in part


def test_customers_and_projects_go_by_number_whatever_their_state(people: People) -> None:
    world = people.world
    world.apply(export={"customer_states": ["no-such-state"], "project_states": ["no-such-state"]})
    project = world.any_project()
    ask(people, str(project["projectNumber"]), kind="project")
    world.work()
    assert world.transfer(project["projectNumber"], "project").state == "done"


@pytest.mark.parametrize("kind", ["invoice", "customer", "project"])
def test_a_mistyped_number_is_an_error_beside_the_field_and_nothing_else(people: People, kind: str) -> None:
    from bilag.notifications.alerts import notify_new_problems
    from bilag.transfers.models import Transfer

    real = {"invoice": people.world.finalise()["invoiceNumber"], "customer": "10021", "project": "1354"}[kind]
    answer = ask(people, f"{real}, 99999991", kind)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Nothing was transferred. Moment does not have: 99999991." in text
    assert 'id="numbers-fault"' in text
    assert "99999991</textarea>" in text, "what was typed is kept"
    assert not Transfer.objects.filter(number="99999991").exists()
    assert events("transfers_asked") == []
    assert notify_new_problems(people.world.company_id) == []


def test_a_number_is_accepted_while_moment_does_not_answer(people: People) -> None:
    people.world.moment.fault(kind="unavailable", times=None)
    assert ask(people, "10042").status_code == 200
    assert asked_numbers() == [("invoice", "10042")]


def test_of_many_mistyped_numbers_the_first_are_named(people: People) -> None:
    text = ask(people, ",".join(str(number) for number in range(999980, 1000000))).content.decode()
    assert "Moment does not have: 999980, 999981," in text
    assert "999989 and 10 more." in text


def test_a_number_that_moment_does_not_know_is_told(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking the number up took longer than a person waits."""
    from bilag.transfers.intake import by_request

    monkeypatch.setattr(by_request, "LOOK_UP_FOR", 0)
    answer = ask(people, "999998, 999999")
    people.world.work()
    text = people.client("member").get(answer.redirect_chain[-1][0].partition("#")[0]).content.decode()
    transfer = people.world.transfer(999999)
    causes = re.findall(r'class="whole">(.*?)</td>', text, re.S)
    assert transfer.state in ("needs_attention", "skipped")
    assert f'class="pill {transfer.state}"' in text
    assert "999999" in causes[-1]


@pytest.mark.parametrize(
    ("kind", "numbers", "named"),
    [
        ("invoice", "10042, 10x43, -5", ["10x43", "-5"]),
        ("invoice", "10042 ١٢٣", ["١٢٣"]),
        ("invoice", "0", ["0"]),
        ("invoice", "9" * 51, ["9" * 51]),
        ("invoice", "=1+1", ["=1+1"]),
        ("customer", "10001 <b>", ["&lt;b&gt;"]),
        ("customer", "K" * 51, ["K" * 51]),
        ("project", "12\x0034", ["12"]),
        ("project", "--", ["--"]),
    ],
)
def test_rubbish_is_named_and_nothing_is_done(people: People, kind: str, numbers: str, named: list[str]) -> None:
    answer = ask(people, numbers, kind)
    text = answer.content.decode()
    assert answer.status_code == 422
    fault = re.search(r'<span class="fault" id="numbers-fault" role="alert">(.*?)</span>', text)
    assert fault
    assert fault[1].startswith("Nothing was transferred. ")
    assert all(one in fault[1] for one in named)
    assert asked_numbers() == []
    assert events("transfers_asked") == []
    assert "<textarea" in text
    assert numbers.split(",")[0].split()[0].replace("<", "&lt;").replace(">", "&gt;")[:5] in text


def test_an_empty_list_too_many_and_no_kind_are_refused(people: People) -> None:
    assert "Enter at least one number" in ask(people, " , ").content.decode()
    assert "too many at once" in ask(people, " ".join(map(str, range(1, 502)))).content.decode()
    assert "Choose customers, projects or invoices." in ask(people, "1", kind="expense").content.decode()
    many = ask(people, " ".join(f"x{number}" for number in range(40))).content.decode()
    assert "and 30 more" in many
    assert asked_numbers() == []


def test_page_says_what_is_ignored(people: People) -> None:
    text = people.client("member").get("/c/fjell/tools/").content.decode()
    assert "whatever their status in Moment, also invoices finalised before the first day of automatic transfer" in text


def test_a_viewer_sees_but_asks_for_nothing(people: People) -> None:
    viewer = people.client("viewer")
    text = viewer.get("/c/fjell/tools/").content.decode()
    assert "<textarea" not in text
    assert viewer.post("/c/fjell/tools/", {"kind": "invoice", "numbers": "10042"}).status_code == 403
    assert viewer.post("/c/fjell/tools/poll/").status_code == 403
    assert asked_numbers() == []


def test_transfers_of_others_cannot_be_followed(people: People) -> None:
    from bilag.companies.models import Company
    from bilag.transfers.intake import accept
    from bilag.transfers.models import Kind

    other = Company.objects.get(slug="others")
    [pk] = accept.accept(other.pk, [accept.TransferRequest(Kind.INVOICE, "4711")])
    text = people.client("owner").get(f"/c/fjell/tools/?asked={pk}-x-99999999999999999999").content.decode()
    assert "4711" not in text


def poll_answer(people: People) -> tuple[str, str]:
    """The page after asking, and the part of it with the answer, after the worker had its turn."""
    client = people.client("member")
    page = client.post("/c/fjell/tools/poll/", follow=True).content.decode()
    address = re.search(r'hx-get="(/c/fjell/tools/poll/answer/[^"]+)"', page)
    assert address
    people.world.work()
    return page, client.get(address[1]).content.decode()


def test_moment_is_asked_at_once_and_what_it_had_is_shown(people: People) -> None:
    people.world.finalise()
    page, part = poll_answer(people)
    assert "hx-trigger" in page
    assert "hx-trigger" not in part
    assert "Invoices: 1 checked, 1 to transfer" in part
    [event] = events("poll")
    assert event.origin == "member@fjell.example"
    people.world.hurry()  # whatever waited for another job's lock is done before Moment is asked again
    _, again = poll_answer(people)
    assert re.search(r"Invoices: \d checked, 0 to transfer", again)


def test_moment_that_does_not_answer_is_told_with_the_cure(people: People) -> None:
    people.world.moment.fault(kind="unavailable", times=9)
    _, part = poll_answer(people)
    assert "The check of Moment on" in part
    assert 'class="remedy"' in part
    [event] = events("poll_failed")
    assert not event.good


def test_a_paused_company_is_not_asked(people: People) -> None:
    from bilag.companies import lifecycle
    from bilag.posting.problem import Problem

    lifecycle.pause(people.world.company_id, Problem("credentials_invalid", "setup"))
    text = people.client("member").post("/c/fjell/tools/poll/", follow=True).content.decode()
    assert "The integration is paused. Bilag checks Moment again" in text
    people.world.work()
    assert events("poll") == []
