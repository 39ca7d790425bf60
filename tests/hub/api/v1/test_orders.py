"""Orders through the API: found, shown, explained, decided about."""

from datetime import timedelta

from hub.storage import labels
from tests.hub.api.v1.conftest import HELD, SHIPS

PERSONAL = ("王小明", "13800001234", "南京西路")


async def test_orders_are_found_page_by_page(callers) -> None:
    first = await callers.get("/orders", "viewer", limit=1)
    second = await callers.get("/orders", "viewer", limit=1, after=first["after"])
    numbers = {page["items"][0]["number"] for page in (first, second)}
    assert numbers == {SHIPS, HELD}
    held = await callers.get("/orders", "viewer", stage="on_hold", store="brand-store")
    assert [each["number"] for each in held["items"]] == [HELD]
    assert held["items"][0]["reasons"][0]["code"] == "unmapped_sku"


async def test_only_a_clerk_looks_for_personal_values(callers) -> None:
    found = await callers.get("/orders", "clerk", phone="+86 13800001234")
    assert len(found["items"]) == 2
    problem = await callers.refused(403, "GET", "/orders", "viewer", params={"phone": "13800001234"})
    assert "13800001234" not in str(problem)


async def test_personal_values_are_masked_until_a_clerk_reveals_them(callers) -> None:
    masked = await callers.send("GET", f"/orders/{SHIPS}", "viewer")
    assert not any(value in masked.text for value in PERSONAL)
    await callers.refused(403, "GET", f"/orders/{SHIPS}", "viewer", params={"reveal": "true"})
    revealed = await callers.send("GET", f"/orders/{SHIPS}", "clerk", params={"reveal": "true"})
    assert all(value in revealed.text for value in PERSONAL)
    (trace,) = (await callers.get("/audit-trail"))["items"]
    assert (trace["actor"], trace["action"]) == ("token:clerk", "reveal show order")
    assert trace["subject"] == SHIPS


async def test_a_story_names_the_token_that_decided(callers) -> None:
    held = await callers.post(f"/orders/{SHIPS}/hold", {"why": "call the buyer"})
    assert (held["stage"], held["reasons"][0]["text"]) == ("on_hold", "call the buyer")
    story = await callers.get(f"/orders/{SHIPS}/story", "viewer")
    decided = [each["text"] for each in story["items"] if each["actor"] == "token:clerk"]
    assert decided[0].startswith("stopped by a person")
    released = await callers.post(f"/orders/{SHIPS}/release", {"why": "he is real"})
    assert released["stage"] == "released"
    trail = await callers.get("/audit-trail", actor="token:clerk")
    assert [(each["action"], each["facts"]) for each in trail["items"]] == [
        ("release order", {"why": "he is real"}),
        ("hold order", {"why": "call the buyer"}),
    ]


async def test_what_is_not_held_is_not_released(callers) -> None:
    problem = await callers.refused(409, "POST", f"/orders/{SHIPS}/release", json={})
    assert "is not on hold" in problem["detail"]
    assert (await callers.get("/audit-trail"))["items"] == []


async def test_an_order_is_split_joined_and_shipped_by_hand(callers) -> None:
    units = {"parcels": [[{"line": "l1", "quantity": 1}]]}
    await callers.post(f"/orders/{SHIPS}/split", units)
    assert len((await callers.get(f"/orders/{SHIPS}"))["parcels"]) == 2
    await callers.post(f"/orders/{SHIPS}/join")
    shown = await callers.get(f"/orders/{SHIPS}")
    assert len([each for each in shown["parcels"] if each["stage"] != "cancelled"]) == 1
    shipped = await callers.post(f"/orders/{SHIPS}/parcels", {"carrier": "swift", "number": "T1"})
    assert shipped["stage"] == "dispatched"
    problem = await callers.refused(409, "POST", f"/orders/{SHIPS}/split", json=units)
    assert "cannot be done now" in problem["detail"]


async def test_a_tracking_number_is_corrected(callers, parcel: str) -> None:
    await callers.refused(409, "POST", f"/orders/{SHIPS}/parcels/{parcel}/number", json={"number": "T2"})
    await callers.post(f"/orders/{SHIPS}/parcels", {"carrier": "swift", "number": "T1"})
    await callers.post(f"/orders/{SHIPS}/parcels/{parcel}/number", {"number": "T2"})
    assert (await callers.get(f"/orders/{SHIPS}"))["parcels"][0]["tracking_number"] == "T2"


async def test_a_location_refuses_and_is_admitted_again(callers, parcel: str) -> None:
    refused = await callers.post(f"/orders/{SHIPS}/parcels/{parcel}/refuse", {"why": "damaged"})
    assert refused["stage"] == "backordered"
    admitted = await callers.post(f"/orders/{SHIPS}/readmit", {"location": "wh"})
    assert admitted["stage"] == "released"


async def test_tags_find_an_order_again(callers) -> None:
    await callers.post(f"/orders/{HELD}/tags", {"put": ["gift", "vip"]})
    await callers.post(f"/orders/{HELD}/tags", {"off": ["vip"]})
    found = await callers.get("/orders", "viewer", tag="gift")
    assert [each["number"] for each in found["items"]] == [HELD]
    assert (await callers.get(f"/orders/{HELD}"))["tags"] == ["gift"]
    await callers.refused(422, "POST", f"/orders/{HELD}/tags", json={})
    await callers.refused(422, "POST", f"/orders/{HELD}/tags", json={"put": ["a*"]})


async def test_several_orders_of_one_name_are_a_conflict(callers) -> None:
    callers.house.run(lambda uow: uow.change("UPDATE orders SET number = 'same'"))
    problem = await callers.refused(409, "GET", "/orders/same")
    assert "name one by its id" in problem["detail"]


async def test_somebody_elses_change_is_not_overwritten(callers) -> None:
    seen = await callers.send("GET", f"/orders/{SHIPS}")
    tag = seen.headers["etag"]
    await callers.post(f"/orders/{SHIPS}/hold", {"why": "first"}, **{"if-match": tag})
    problem = await callers.refused(
        412, "POST", f"/orders/{SHIPS}/release", json={}, headers={"if-match": tag}
    )
    assert problem["faults"][0]["field"] == "If-Match"
    assert (await callers.get(f"/orders/{SHIPS}"))["stage"] == "on_hold"


async def test_a_request_that_comes_twice_is_done_once(callers) -> None:
    body = {"counts": [{"sku": "RED", "location": "wh", "on_hand": 50}]}
    key = {"idempotency-key": "count-1"}
    first = await callers.post("/stock/counts", body, **key)
    again = await callers.send("POST", "/stock/counts", "clerk", json=body, headers=key)
    assert (again.json(), again.headers["idempotent-replayed"]) == (first, "true")
    assert first == {"read": 1, "changed": 1}
    assert len((await callers.get("/audit-trail"))["items"]) == 1
    other = {"counts": [{"sku": "RED", "location": "wh", "on_hand": 51}]}
    await callers.refused(422, "POST", "/stock/counts", json=other, headers=key)
    assert (await callers.post("/stock/counts", other, "administrator", **key))["changed"] == 1


async def test_an_answer_is_kept_for_a_day(callers) -> None:
    body, key = {"why": "call"}, {"idempotency-key": "k"}
    await callers.post(f"/orders/{HELD}/hold", body, **key)
    answers = []
    for hours in (23, 1):
        callers.house.clock.advance(timedelta(hours=hours))
        answers.append(await callers.send("POST", f"/orders/{HELD}/hold", "clerk", json=body, headers=key))
    assert ["idempotent-replayed" in each.headers for each in answers] == [True, False]


async def test_labels_leave_to_a_clerk_and_the_trail_keeps_it(callers, parcel: str) -> None:
    books = callers.house.books
    told = {parcel: b"data:application/pdf;base64,JVBERg=="}
    sealed = {
        each: books.connections.key("store").seal(text, labels.purpose(each)) for each, text in told.items()
    }
    callers.house.run(lambda uow: labels.keep(uow, sealed, callers.house.now))
    (label,) = (await callers.get(f"/orders/{SHIPS}/labels", "clerk"))["items"]
    assert (label["media_type"], label["content"]) == ("application/pdf", "JVBERg==")
    await callers.refused(403, "GET", f"/orders/{SHIPS}/labels", "viewer")
    assert [each["action"] for each in (await callers.get("/audit-trail"))["items"]] == ["reveal read labels"]


async def test_an_order_of_a_connection_that_another_process_added_is_read(callers) -> None:
    callers.house.books.connections._keys.clear()
    assert (await callers.get(f"/orders/{SHIPS}"))["stage"] == "released"
