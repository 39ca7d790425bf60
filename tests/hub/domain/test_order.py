"""What is still to be shipped, and who shipped the rest."""

import pytest

from hub.domain.dispatch import handed_over, settle, told
from hub.domain.order import Parcel, Reason, Reserved, Stage, headline
from mappings.canonical import Fulfiller
from tests.hub.samples import NOW, consignment, line, order, replace, routed, sales, shipped, snapshot


def parcel(number=1, stage=Parcel.DISPATCHED, units=1, **more):
    return consignment(number, stage, lines=(Reserved(line_id="l1", sku="RED", quantity=units),), **more)


def said(quantity, fulfilled):
    return sales(line(quantity=quantity, quantity_fulfilled=fulfilled))


class TestUnitsToShip:
    def test_lines_that_are_not_ours_are_not(self):
        given = order(
            line(),
            line("l2", requires_shipping=False),
            line("l3", fulfilled_by=Fulfiller.PLATFORM),
            line("l4", quantity=2, quantity_cancelled=2),
        )

        assert given.units_to_ship() == {"l1": 1}

    @pytest.mark.parametrize(
        "stage, left", [(Parcel.CANCELLED, 3), (Parcel.RELEASED, 1), (Parcel.LOST, 1), (Parcel.RETURNED, 1)]
    )
    def test_units_in_a_consignment_are_not_unless_it_was_cancelled(self, stage, left):
        given = shipped(order(line(quantity=3)), Stage.RELEASED, parcel(1, stage, 2))

        assert given.units_to_ship() == {"l1": left}


class TestShippedElsewhere:
    """Three units, of which the merchant shipped one before the hub was there."""

    def test_only_the_rest_is_ours_before_and_after_it_left_and_when_the_store_knows(self):
        shown = snapshot()
        given = routed(order(sales=said(3, fulfilled=1)), shown)
        assert given.units_in_hand("l1") == 2

        gone, _ = handed_over(given, "o1-1", NOW, shown)
        assert settle(gone, shown).stage is Stage.DISPATCHED
        known = told(gone, "o1-1", None, shown).order
        assert known.stage is Stage.DISPATCHED
        assert known.with_sales(said(3, fulfilled=3)).units_to_ship() == {}

    def test_units_that_the_platform_can_know_from_us_are_ours(self):
        given = shipped(order(line(quantity=3)), Stage.DISPATCHED, parcel(units=2, told=True))

        assert given.with_sales(said(3, fulfilled=2)).elsewhere == {}
        assert given.with_sales(said(3, fulfilled=3)).elsewhere == {"l1": 1}

    def test_document_from_before_the_store_was_told_changes_nothing(self):
        given = shipped(order(sales=said(3, fulfilled=1)), Stage.DISPATCHED, parcel(units=2))

        assert given.with_sales(said(3, fulfilled=1)).elsewhere == {"l1": 1}

    def test_fulfilment_that_the_platform_took_back_is_to_be_shipped(self):
        given = order(sales=said(3, fulfilled=1)).with_sales(said(3, fulfilled=0))

        assert (given.elsewhere, given.units_to_ship()) == ({}, {"l1": 3})


class TestHeadline:
    @pytest.mark.parametrize(
        "given, text",
        [
            (order(stage=Stage.RELEASED), "released"),
            (
                order(stage=Stage.RELEASED, sales=sales(cancelled_at=NOW)),
                "released, but cancelled by the buyer",
            ),
            (
                shipped(order(), Stage.RELEASED, parcel(stage=Parcel.CANCELLING)),
                "released, taking a booking back",
            ),
            (
                replace(
                    order(stage=Stage.ON_HOLD), reasons=(Reason(code="unpaid", text="payment is pending"),)
                ),
                "on_hold: payment is pending",
            ),
        ],
    )
    def test_says_the_stage_and_the_fact_that_matters(self, given, text):
        assert headline(given) == text
