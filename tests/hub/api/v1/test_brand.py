"""Stock, stores, rules, territories and boxes through the API."""

from tests.hub.api.v1.conftest import HELD


async def test_stock_is_counted_all_or_nothing(callers) -> None:
    counts = [
        {"sku": "BLUE", "location": "wh", "on_hand": 7},
        {"sku": "RED", "location": "wh", "on_hand": 1},
    ]
    problem = await callers.refused(409, "POST", "/stock/counts", json={"counts": counts})
    assert "RED at wh: 1 counted, 3 promised" in problem["detail"]
    assert callers.house.stock("BLUE") == (10, 0)


async def test_wrong_counts_are_named_one_by_one(callers) -> None:
    counts = [
        {"sku": "RED", "location": "moon", "on_hand": 1},
        {"sku": "RED", "location": "wh", "on_hand": 9},
        {"sku": "RED", "location": "wh", "on_hand": 9},
    ]
    problem = await callers.refused(422, "POST", "/stock/counts", json={"counts": counts})
    assert [each["field"] for each in problem["faults"]] == ["counts.0.location", "counts.2"]
    assert "there are: wh" in problem["faults"][0]["remedy"]


async def test_a_count_lets_an_order_go_on(callers) -> None:
    await callers.post("/stock/counts", {"counts": [{"sku": "NONE", "location": "wh", "on_hand": 5}]})
    assert (await callers.get(f"/orders/{HELD}"))["stage"] == "released"
    levels = await callers.get("/stock", "viewer", sku="NONE")
    assert levels["items"] == [{"sku": "NONE", "location": "wh", "on_hand": 5, "reserved": 1, "available": 4}]


async def test_stock_is_read_page_by_page(callers) -> None:
    first = await callers.get("/stock", "viewer", limit=1)
    second = await callers.get("/stock", "viewer", limit=1, after=first["after"])
    assert [page["items"][0]["sku"] for page in (first, second)] == ["BLUE", "RED"]
    assert second["after"] == ""


async def test_a_rule_is_set_and_switched_off_under_the_version_that_was_seen(callers) -> None:
    path = "/stores/brand-store/rules/payment_delay"
    seen = await callers.send("GET", "/stores/brand-store/rules", "administrator")
    tag = {"if-match": seen.headers["etag"]}
    body = {"parameters": {"minutes": 30}}
    changed = await callers.send("PUT", path, json=body, headers=tag)
    rule = next(each for each in changed.json()["items"] if each["rule"] == "payment_delay")
    assert (rule["state"], rule["parameters"]) == ("on", {"minutes": 30})
    await callers.refused(412, "PUT", path, "administrator", json=body, headers=tag)
    off = await callers.send("DELETE", path)
    assert {each["state"] for each in off.json()["items"] if each["rule"] == "payment_delay"} == {"off"}


async def test_a_wrong_rule_is_refused_with_what_it_takes(callers) -> None:
    rules = "/stores/brand-store/rules"
    problem = await callers.refused(
        422, "PUT", f"{rules}/payment_delay", "administrator", json={"parameters": {"hours": 1}}
    )
    assert "its parameters: minutes" in problem["faults"][0]["remedy"]
    problem = await callers.refused(422, "DELETE", f"{rules}/unmapped_sku", "administrator")
    assert "always on" in problem["faults"][0]["remedy"]


async def test_a_policy_is_changed_field_by_field(callers) -> None:
    path = "/stores/brand-store/policy"
    changed = await callers.send("PATCH", path, json={"ship_within": "P2D", "carriers": ["carrier"]})
    assert (changed.json()["version"], changed.json()["policy"]["ship_within"]) == (2, "P2D")
    assert changed.json()["policy"]["tell_at"] == "handed_over"
    problem = await callers.refused(422, "PATCH", path, "administrator", json={"carriers": ["mule"]})
    assert "there are: carrier" in problem["faults"][0]["remedy"]
    await callers.refused(422, "PATCH", path, "administrator", json={"tell_at": None})
    await callers.refused(422, "PATCH", path, "administrator", json={"rules": []})


async def test_after_a_changed_policy_orders_on_hold_are_audited_again(callers) -> None:
    callers.house.run(lambda uow: uow.change("UPDATE orders SET reasons = '[]' WHERE number = 'N-4712'"))
    await callers.send("PATCH", "/stores/brand-store/policy", json={"ship_authorized": True})
    assert (await callers.get(f"/orders/{HELD}"))["reasons"][0]["code"] == "unmapped_sku"


async def test_a_place_has_an_owner_or_none(callers) -> None:
    there = await callers.get("/territories/owner", "viewer", country="cn", province="上海")
    assert there == {"territory": "t", "store": "brand-store"}
    nobody = await callers.get("/territories/owner", "viewer", country="DE")
    assert nobody == {"territory": None, "store": None}
    half = {"country": "CN", "longitude": 121.5}
    await callers.refused(422, "GET", "/territories/owner", "viewer", params=half)


async def test_parked_rows_are_listed_retried_and_set_aside(callers) -> None:
    callers.house.run(lambda uow: uow.change("UPDATE outbox SET state = 'parked', outcome = 'refused'"))
    callers.house.run(lambda uow: uow.change("UPDATE inbox SET state = 'parked', reason = 'is missing'"))
    for box in ("inbox", "outbox"):
        rows = (await callers.get(f"/{box}", "viewer"))["items"]
        first = {"ids": [rows[0]["id"]]}
        assert await callers.post(f"/{box}/dismiss", first) == {"asked": 1, "changed": 1}
        assert rows[0]["id"] not in str(await callers.get(f"/{box}", "viewer"))
    again = {"ids": [each["id"] for each in (await callers.get("/inbox"))["items"]]}
    assert (await callers.post("/inbox/retry", again))["changed"] == 1
    assert (await callers.get("/inbox", state="new"))["items"][0]["id"] in again["ids"]


async def test_no_secret_leaves_with_a_connection(callers) -> None:
    answer = await callers.send("GET", "/connections", "viewer")
    assert [each["id"] for each in answer.json()["items"]] == ["carrier", "store"]
    assert "s3cret" not in answer.text and "settings" not in answer.text
