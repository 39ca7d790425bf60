"""What a person sets aside is not tried again, except where something may have happened outside."""

import pytest

from tests.hub.house import House
from tests.hub.samples import sales


def parked_booking(house: House, outcome: str) -> str:
    house.take(sales())
    at = None if outcome == "" else 1
    house.run(
        lambda uow: uow.change(
            "UPDATE outbox SET state = 'parked', outcome = :outcome, sent_at = :at WHERE verb = 'book'",
            outcome=outcome,
            at=at,
        )
    )
    return str(house.value("SELECT id FROM outbox WHERE verb = 'book'"))


@pytest.mark.parametrize(("outcome", "may"), [("refused", True), ("", True), ("unknown", False)])
def test_a_booking_that_may_have_reached_the_carrier_is_not_set_aside(
    house: House, outcome: str, may: bool
) -> None:
    message = parked_booking(house, outcome)
    done = house.run(lambda uow: house.books.outbox.dismiss(uow, [message], house.now))
    assert bool(done) is may
    state = house.value("SELECT state FROM outbox WHERE id = :id", id=message)
    assert state == ("withdrawn" if may else "parked")


def test_an_open_message_is_not_set_aside(house: House) -> None:
    house.take(sales())
    message = house.value("SELECT id FROM outbox WHERE verb = 'book'")
    assert not house.run(lambda uow: house.books.outbox.dismiss(uow, [message], house.now))


def test_only_a_parked_document_is_set_aside(house: House) -> None:
    house.receive(sales())
    document = house.value("SELECT id FROM inbox")
    assert not house.run(lambda uow: house.books.inbox.dismiss(uow, [document], house.now))
    house.run(lambda uow: uow.change("UPDATE inbox SET state = 'parked'"))
    assert house.run(lambda uow: house.books.inbox.dismiss(uow, [document], house.now)) == 1
    assert house.value("SELECT state FROM inbox") == "superseded"
