"""What choosing carriers costs a batch, however many orders it has, and that stored facts choose."""

from hub.domain.departments import Department, Offer, ShippingRule
from hub.storage import products, shipping, tags
from hub.storage.products import Product
from mappings.canonical import Buyer
from tests.hub.samples import sales


def many(number, prefix):
    names = [f"{prefix}{n}" for n in range(number)]
    return [sales(external_id=each, order_number=each, buyer=Buyer(reference=each)) for each in names]


def set_up(house, *rules, **more):
    desk = Department(department_id="east", name="East", offers=(Offer(carrier="carrier"),), **more)
    house.run(lambda uow: shipping.save(uow, [desk, *rules], "li", house.now))


def departments_of(house):
    return house.rows(
        "SELECT o.external_id, c.department_id FROM consignments c JOIN orders o ON o.id = c.order_id"
        " ORDER BY o.external_id"
    )


def test_a_batch_costs_the_same_however_many_orders_it_has(house, count_statements):
    def cost(prefix, number):
        house.receive(*many(number, prefix))
        count_statements()
        house.work()
        return count_statements()

    cost("warm", 1)
    without = cost("a", 2)
    set_up(house, ShippingRule(name="r", tags=("x",), carrier="carrier"), by_quote=True)

    assert cost("b", 1) == cost("c", 4) == without + 3
    assert {department for name, department in departments_of(house) if name[0] in "bc"} == {"east"}


def test_a_change_counts_from_the_next_batch_on(house):
    set_up(house)
    house.take(*many(1, "a"))
    set_up(house, most_grams=99)
    house.run(lambda uow: products.save(uow, [Product(sku="RED", weight_grams=100)]))
    house.take(*many(1, "b"))
    house.run(lambda uow: products.save(uow, [Product(sku="RED", weight_grams=99)]))
    house.take(*many(1, "c"))

    assert departments_of(house) == [("a0", "east"), ("b0", ""), ("c0", "east")]


def test_tags_of_an_order_are_known_to_rules(house):
    other = Department(department_id="gifts", name="Gifts", offers=(Offer(carrier="carrier"),))
    set_up(house, other, ShippingRule(name="r", tags=("gift",), department="gifts"))
    house.take(*many(1, "a"))
    order_id = house.value("SELECT id FROM orders")
    house.run(lambda uow: tags.put(uow, [order_id], ["gift"], "li", house.now))

    known = house.run(lambda uow: house.books.orders.by_ids(uow, [order_id]))
    seen = house.run(
        lambda uow: house.books.snapshots.load(uow, house.now, known=[each.order for each in known.values()])
    )

    assert seen.shipping.tags == {order_id: frozenset({"gift"})}
