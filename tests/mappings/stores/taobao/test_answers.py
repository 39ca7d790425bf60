"""Envelopes, refusals in both forms, slices as they came."""

import pytest

from mappings.errors import MappingError
from mappings.stores.taobao.answers import (
    Companies,
    Done,
    FullTrade,
    Refusal,
    Sent,
    TradesPage,
    as_it_came,
    modified,
    refusal_in,
    unwrap,
    variant_document,
    variants,
)


@pytest.mark.parametrize(
    ("name", "code", "sub_code"),
    [
        ("error.app-call-limited.json", 7, "accesscontrol.limited-by-app-access-count"),
        ("error.invalid-session.xml", 27, "session-is-blank"),
        ("error.isv-logistics-B04.json", 15, "isv.logistics-offline-service-error:B04"),
    ],
)
def test_genuine_refusals_are_found(sample, name, code, sub_code):
    refused = refusal_in(sample(name))
    assert (refused.code, refused.sub_code) == (code, sub_code)


def test_a_genuine_list_of_ids_is_read(sample):
    content = sample("trades_sold_get.tid-only.json")
    page = unwrap(content, TradesPage)
    assert refusal_in(content) is None
    assert (page.total_results, page.ids) == (11, ["3028689418086124"])


@pytest.mark.parametrize("trades", [b"{}", b"null", b'{"trade":[]}'])
def test_an_empty_page_has_many_forms(trades):
    page = unwrap(b'{"trades_sold_get_response":{"total_results":"0","trades":' + trades + b"}}", TradesPage)
    assert (page.total_results, page.ids) == (0, [])


def test_a_single_row_may_come_without_its_list():
    answer = b'{"trades_sold_get_response":{"total_results":1,"trades":{"trade":{"tid":"7"}}}}'
    assert unwrap(answer, TradesPage).ids == ["7"]


@pytest.mark.parametrize("content", [b"", b"<html></html>", b"<error_response/>", b"[]", b"{"])
def test_what_is_no_answer_is_refused(content):
    with pytest.raises(MappingError):
        refusal_in(content)


def test_an_answer_without_envelope_is_refused():
    with pytest.raises(MappingError, match="holds no response"):
        unwrap(b'{"request_id":"1"}', Done)


def test_a_slice_keeps_its_raw_bytes():
    trade = b'{"tid": 1,\n "seller_memo": "a\tb\x01",  "modified": "2026-09-09 21:03:11"}'
    content = b'{"trade_fullinfo_get_response": {"trade": ' + trade + b', "request_id": "x"} }'
    answer = unwrap(content, FullTrade)
    assert as_it_came(content, answer.trade) == trade
    assert modified(answer.trade).isoformat() == "2026-09-09T21:03:11+08:00"


@pytest.mark.parametrize("trade", [b'{"tid":1}', b'{"modified":"soon"}', b'{"modified":[]}'])
def test_an_unreadable_version_is_none(trade):
    content = b'{"trade_fullinfo_get_response":{"trade":' + trade + b"}}"
    assert modified(unwrap(content, FullTrade).trade) is None


@pytest.mark.parametrize("skus", [b'{"sku":[%s]}', b'{"sku":%s}'])
def test_skus_are_cut_out_as_they_came(skus):
    sku = b'{"sku_id": 5,  "outer_id": "A"}'
    content = b'{"item_seller_get_response":{"item":{"num_iid":1,"skus":' + skus % sku + b"}}}"
    assert variants(content) == [("5", sku)]


def test_deleted_skus_and_items_without_skus():
    deleted = b'{"item_seller_get_response":{"item":{"skus":{"sku":[{"sku_id":5,"status":"delete"}]}}}}'
    assert variants(deleted) == []
    assert variants(b'{"item_seller_get_response":{"item":{"num_iid":1,"skus":{}}}}') == []
    assert variant_document(b"{}", None) == b'{"item":{},"sku":null}'


@pytest.mark.parametrize(
    ("answer", "done"),
    [
        (b'{"a_response":{"shipping":{"is_success":true}}}', True),
        (b'{"a_response":{"shipping":{"is_success":"true"}}}', True),
        (b'{"a_response":{"result":{"success":true}}}', True),
        (b'{"a_response":{"shipping":{"is_success":false}}}', False),
        (b'{"a_response":{}}', False),
    ],
)
def test_success_is_only_what_says_so(answer, done):
    assert unwrap(answer, Sent).is_success is done


def test_companies_are_found_by_name():
    answer = b'{"a_response":{"logistics_companies":{"logistics_company":{"code":"X","name":"Y"}}}}'
    companies = unwrap(answer, Companies)
    assert (companies.code_of("Y"), companies.code_of("Z")) == ("X", "")


def test_an_xml_refusal_keeps_its_words():
    content = b"<error_response><code>15</code><msg>m</msg><sub_msg>s</sub_msg></error_response>"
    assert refusal_in(content) == Refusal(code=15, msg="m", sub_msg="s")
