"""What to take from the shelves for a wave."""

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.order import Parcel
from hub.domain.picking import TO_PICK, WaveParcel, pick_list

SKUS = st.sampled_from(("RED", "BLUE", "A-2", "A-10"))


def parcel(number, units, stage=Parcel.BOOKED):
    return WaveParcel(
        consignment_id=f"p{number}",
        order_number=str(number),
        stage=stage,
        carrier="sf",
        tracking_number="",
        units=units,
    )


def test_units_of_one_sku_are_taken_together():
    (line,) = pick_list([parcel(1, {"RED": 2}), parcel(2, {"RED": 1})], {"RED": "A-1"})

    assert (line.bin, line.quantity, line.parcels) == ("A-1", 3, {"p1": 2, "p2": 1})


def test_the_walk_goes_past_bins_by_number_and_ends_with_what_has_none():
    wave = [parcel(1, {"A": 1, "B": 1, "C": 1, "D10": 1, "D9": 1})]

    lines = pick_list(wave, {"A": "A-10", "B": "a-2", "C": "B-1"})

    assert [line.sku for line in lines] == ["B", "A", "C", "D9", "D10"]


@given(
    st.lists(st.tuples(st.dictionaries(SKUS, st.integers(1, 9)), st.sampled_from(Parcel)), max_size=8),
    st.dictionaries(SKUS, st.sampled_from(("", "1", "x", "2b"))),
)
def test_every_unit_that_is_still_wanted_is_taken_once(parcels, bins):
    wave = [parcel(number, units, stage) for number, (units, stage) in enumerate(parcels)]

    lines = pick_list(wave, bins)

    wanted = [(p.consignment_id, sku, n) for p in wave if p.stage in TO_PICK for sku, n in p.units.items()]
    taken = [(p, line.sku, n) for line in lines for p, n in line.parcels.items()]
    assert sorted(taken) == sorted(wanted)
    assert all(line.quantity == sum(line.parcels.values()) for line in lines)
    assert len({line.sku for line in lines}) == len(lines)
