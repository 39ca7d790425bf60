"""The last look into a parcel, and what it means that the carrier took it along."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.effects import Consume, Send, Verb
from hub.domain.hand_over import contents_mark, faults_of_scan, scan_out, taken_along
from hub.domain.order import Parcel, Stage
from tests.hub.samples import NOW, consignment, order, shipped, snapshot

EXPECTED = {"RED": 2, "BLUE": 1}
BARCODES = {"400": "RED", "401": "BLUE", "999": "GREEN"}


class TestScan:
    def faults(self, *codes):
        return faults_of_scan(EXPECTED, codes, BARCODES)

    def test_exactly_what_belongs_into_it_is_right_by_barcode_or_sku(self):
        assert self.faults("400", "RED", "401") == []

    @pytest.mark.parametrize(
        ("codes", "why"),
        [
            (("400", "400", "401", "999"), "999 is GREEN, which does not belong into this parcel"),
            (("400", "400", "401", "123"), "123 is no SKU of this parcel and no barcode that is known"),
            (("400", "400", "400", "401"), "3 × RED is too many: 2 belong into it"),
            (("400", "401"), "1 × RED is missing"),
        ],
    )
    def test_each_mistake_is_told_in_words(self, codes, why):
        assert self.faults(*codes) == [why]

    def test_all_mistakes_are_told_at_once(self):
        assert len(self.faults("999", "401", "401")) == 3

    @given(st.lists(st.sampled_from(("RED", "BLUE", "400", "401", "999", "x")), max_size=6))
    def test_nothing_passes_but_the_parcels_own_units(self, codes):
        scanned = sorted(BARCODES.get(code, code) for code in codes)

        assert (self.faults(*codes) == []) is (scanned == ["BLUE", "RED", "RED"])


def test_contents_have_one_mark_whatever_their_order():
    assert (
        contents_mark({"A": 1, "B": 2}) == contents_mark({"B": 2, "A": 1}) != contents_mark({"A": 2, "B": 1})
    )


class TestScanOut:
    def out(self, *stages, parcels=("o1-1", "o1-2")):
        parts = (consignment(number, stage) for number, stage in enumerate(stages, 1))
        return scan_out(shipped(order(), Stage.RELEASED, *parts), parcels, snapshot())

    def test_units_leave_the_books_and_the_store_is_told(self):
        outcome = self.out(Parcel.BOOKED)

        assert outcome.order.stage is Stage.DISPATCHED
        assert outcome.order.consignments[0].handed_over_at == NOW
        assert [each.sku for each in outcome.effects if isinstance(each, Consume)] == ["RED"]
        assert [each.verb for each in outcome.effects if isinstance(each, Send)] == [Verb.PUSH_FULFILMENT]
        assert "o1-1 was handed over to carrier" in outcome.reasons[0].text

    def test_only_named_parcels_go(self):
        outcome = self.out(Parcel.BOOKED, Parcel.BOOKED, parcels=("o1-2",))

        assert [each.stage for each in outcome.order.consignments] == [Parcel.BOOKED, Parcel.DISPATCHED]
        assert outcome.order.stage is Stage.RELEASED

    @pytest.mark.parametrize(
        "stage", [each for each in Parcel if each not in (Parcel.BOOKED, Parcel.PLANNED)]
    )
    def test_parcel_that_is_not_booked_stays_as_it_is(self, stage):
        outcome = self.out(stage)

        assert outcome.order.consignments[0].stage is stage
        assert (outcome.reasons, outcome.effects) == ((), ())

    def test_what_was_cancelled_meanwhile_was_not_taken_along(self):
        outcome = self.out(Parcel.BOOKED, Parcel.CANCELLING, Parcel.DISPATCHED)

        assert taken_along([outcome.order], ("o1-1", "o1-2")) == ["o1-1"]
