"""A carrier's bill against what its parcels should have cost."""

from decimal import Decimal

import pytest

from hub.domain.freight_bill import BillLine, Expected, Finding, check_bill


def line(number="T1", amount="8", grams=None):
    return BillLine(tracking_number=number, weight_grams=grams, amount=Decimal(amount))


def parcel(amount="8", currency="CNY", left=True, grams=500):
    price = Decimal(amount) if amount else None
    return Expected(consignment_id="o1-1", left=left, weight_grams=grams, amount=price, currency=currency)


def check(*lines, tolerance="0.10", **expected):
    return check_bill(lines, {"T1": parcel(**expected)}, "CNY", Decimal(tolerance))


@pytest.mark.parametrize(
    ("amount", "finding", "over"),
    [
        ("8.11", Finding.DEARER, "0.11"),
        ("8.10", Finding.AS_EXPECTED, "0.10"),
        ("7.90", Finding.AS_EXPECTED, "-0.10"),
        ("7.89", Finding.CHEAPER, "-0.11"),
    ],
)
def test_differences_up_to_the_tolerance_are_as_expected(amount, finding, over):
    (found,) = check(line(amount=amount))

    assert (found.finding, found.over) == (finding, Decimal(over))


def test_parcel_that_is_not_ours_or_has_not_left_is_not_owed():
    assert [each.finding for each in check(line("T9"), line())] == [Finding.UNKNOWN, Finding.AS_EXPECTED]
    assert check(line(), left=False)[0].finding is Finding.NOT_SENT


def test_second_line_for_a_number_is_told_whether_it_is_ours_or_not():
    findings = [each.finding for each in check(line(), line(), line("T9"), line("T9"))]

    assert findings == [Finding.AS_EXPECTED, Finding.TWICE, Finding.UNKNOWN, Finding.TWICE]


def test_what_no_price_list_says_is_not_judged():
    assert (check(line(), amount=None)[0].finding, check(line(), amount=None)[0].over) == (
        Finding.NO_PRICE,
        None,
    )
    assert check(line(), currency="USD")[0].finding is Finding.OTHER_CURRENCY


@pytest.mark.parametrize(
    ("billed", "known", "heavier"), [(700, 500, 200), (400, 500, 0), (None, 500, None), (700, None, None)]
)
def test_weight_beyond_ours_is_told_where_both_are_known(billed, known, heavier):
    assert check(line(grams=billed), grams=known)[0].heavier_grams == heavier
