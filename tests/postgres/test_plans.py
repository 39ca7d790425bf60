"""Claims and look-ups use their indexes once tables are full, on both databases."""

import pytest
import sqlalchemy as sa

from hub.clock import micros
from hub.storage import notices, parcels
from hub.storage.all_tables import metadata
from hub.storage.database import InlineDatabase
from hub.storage.inbox import Arrival
from tests.conftest import emptied
from tests.hub.house import ManualClock, migrated_house
from tests.hub.samples import NOW

FILL = {
    "inbox": (
        "INSERT INTO inbox (id, connection_id, topic, external_id, revision, digest, lane,"
        " state, received_at)"
        " SELECT {pad}, 'store', 'order', {pad}, '1', {blob}, 'live',"
        " CASE WHEN n % 500 = 0 THEN 'new' ELSE 'done' END, n FROM numbers"
    ),
    "orders": (
        "INSERT INTO orders (id, connection_id, store_id, external_id, number, stage, reasons, placed_at,"
        " buyer_index, telephone_index, email_index, decided, received_at, changed_at, version)"
        " SELECT {pad}, 'store', 'brand-store', {pad}, {pad},"
        " CASE WHEN n % 500 = 0 THEN 'on_hold' ELSE 'closed' END, '[]', n, {pad}, '', '', 0, n, n, 1"
        " FROM numbers"
    ),
    "outbox": (
        "INSERT INTO outbox (id, connection_id, gate_connection_id, verb, order_id, subject, state,"
        " not_before, created_at) SELECT {pad}, 'carrier', 'store', 'book', {pad}, {pad},"
        " CASE WHEN n % 500 = 0 THEN 'open' ELSE 'done' END, n, n FROM numbers"
    ),
    "consignments": (
        "INSERT INTO consignments (id, order_id, location_id, stage, carrier_connection_id, tracking_number,"
        " told, next_track_at) SELECT {pad}, {pad}, 'wh', 'booked', 'carrier', {pad}, {no},"
        " CASE WHEN n % 500 = 0 THEN n ELSE NULL END FROM numbers"
    ),
    "order_lines": "INSERT INTO order_lines SELECT {pad}, '1', {pad}, 1 FROM numbers",
}
NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 60000) "


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def full(request):
    """A house with 60,000 rows in every table that grows."""
    if request.param == "sqlite":
        database = InlineDatabase("sqlite://", clock=ManualClock())
        metadata.create_all(database.engine)
        words = {"pad": "printf('%026d', n)", "blob": "x'00'", "no": "0"}
        escaped = "%"
    else:
        database = InlineDatabase(
            emptied(request.getfixturevalue("_postgres_with_schema")), clock=ManualClock()
        )
        words = {"pad": "lpad(n::text, 26, '0')", "blob": "'\\x00'::bytea", "no": "false"}
        escaped = "%%"
    house = migrated_house(database, ManualClock())

    def fill(uow):
        for statement in FILL.values():
            into, _, select = statement.format(**words).partition(" SELECT ")
            uow.connection.exec_driver_sql(f"{into} {NUMBERS}SELECT {select}".replace("%", escaped))
        uow.connection.exec_driver_sql("ANALYZE")

    house.run(fill)
    yield house
    database.close()


def plan_of(house, work) -> str:
    """The plans of all reading statements of a unit of work."""
    plans = []
    prefix = "EXPLAIN " if house.database.is_postgres else "EXPLAIN QUERY PLAN "

    def explain(connection, cursor, statement, parameters, context, executemany):
        if statement.startswith("SELECT"):
            beside = connection.connection.driver_connection.cursor()
            beside.execute(prefix + statement, parameters)
            plans.extend(" ".join(str(each) for each in row) for row in beside.fetchall())

    sa.event.listen(house.database.engine, "before_cursor_execute", explain)
    try:
        house.run(work)
    finally:
        sa.event.remove(house.database.engine, "before_cursor_execute", explain)
    return "\n".join(plans)


LOOK_UPS = {
    "claim of documents": (lambda h, u: h.books.inbox.claim(u, "live", 10), ["ix_inbox_open"]),
    "open lanes": (lambda h, u: h.books.inbox.open_lanes(u), ["ix_inbox_open"]),
    "claim of messages": (
        lambda h, u: h.books.outbox.claim(u, "carrier", 10, h.now, micros(h.now)),
        ["ix_outbox_due"],
    ),
    "due parcels": (lambda h, u: parcels.due(u, "carrier", 10, h.now), ["ix_consignments_due"]),
    "parcels by number": (lambda h, u: parcels.find(u, ["1"], []), ["ix_consignments_tracking"]),
    "orders by the platform's id": (
        lambda h, u: h.books.orders.by_external_ids(u, [("store", "1")]),
        ["external_id"],
    ),
    "known documents": (lambda h, u: h.books.inbox.store(u, [ARRIVAL], h.now), ["inbox"]),
    "held orders": (lambda h, u: h.books.orders.held(u, "", 10), ["ix_orders_stage"]),
    "back-orders of a SKU": (
        lambda h, u: h.books.orders.backordered(u, ["x"], "", 10),
        ["order_lines"],
    ),
    "sent bookings": (lambda h, u: h.books.outbox.sent_subjects(u, ["1"]), ["ix_outbox_order"]),
    "notices": (lambda h, u: notices.due(u, "store", 10, h.now), []),
}


ARRIVAL = Arrival(connection_id="store", topic="order", external_id="1", document=b"{}", version=NOW)
GROWING = ("inbox", "orders", "outbox", "consignments", "order_lines")


@pytest.mark.parametrize("what", LOOK_UPS)
def test_look_up_uses_its_index_and_reads_no_whole_table(full, what):
    look, indexes = LOOK_UPS[what]

    plan = plan_of(full, lambda uow: look(full, uow))

    for index in indexes:
        assert index in plan, plan
    for table in GROWING:
        assert f"Seq Scan on {table}" not in plan, plan
        assert not any(row.rstrip().endswith(f"SCAN {table}") for row in plan.splitlines()), plan
