"""WooCommerce's vocabularies (REST API v3, plug-in 11.0; read 2026-11-24) and what they mean here."""

from enum import StrEnum

from mappings.tables import CodeTable

READ_ON = "2026-11-24"


class Standing(StrEnum):
    """How far an order got, as its status says."""

    WAITING = "waiting"
    OPEN = "open"
    COMPLETED = "completed"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"


ORDER_STATUSES = CodeTable(
    name="woocommerce.order.status",
    source="REST API v3, Orders, property status; wc_get_order_statuses() of plug-in 11.0",
    read_on=READ_ON,
    codes={
        "auto-draft": Standing.WAITING,
        "checkout-draft": Standing.WAITING,
        "pending": Standing.WAITING,
        "on-hold": Standing.WAITING,
        "failed": Standing.WAITING,
        "processing": Standing.OPEN,
        "completed": Standing.COMPLETED,
        "refunded": Standing.REFUNDED,
        "cancelled": Standing.CANCELLED,
        "trash": Standing.CANCELLED,
    },
)
"""A failed payment can be tried again by its buyer, so it waits. What is in the bin is cancelled for us."""

CASH_ON_DELIVERY = "cod"
"""The core's gateway: such an order is `processing` from the start and paid when it is completed."""

COLLECTED = frozenset({"local_pickup", "pickup_location"})
"""Shipping methods of the core with which the buyer comes to the shop."""

SOLD_BY_VARIATION = frozenset({"variable", "variable-subscription"})
NOT_SOLD_HERE = frozenset({"grouped", "external"})
"""Product types that are no line of an order: a list of other products, and a link to another shop."""

FULFILMENT_PROVIDERS = CodeTable(
    name="woocommerce.fulfillment.shipment_provider",
    source="plug-in 11.0.1, src/Admin/Features/Fulfillments, provider keys",
    read_on=READ_ON,
    codes={"dhl": "dhl", "fedex": "fedex", "ups": "ups", "usps": "usps"},
)

OTHER_PROVIDER = "other"
"""For every carrier that the core has no key for; unverified: its name is then read in `_provider_name`."""

TRACKING_PROVIDERS = CodeTable(
    name="shipment-tracking.tracking_provider",
    source="sample shipment_tracking_single.json of woocommerce/woocommerce-ios 2077debb",
    read_on=READ_ON,
    codes={"usps": "USPS"},
)
"""Only what a sample shows: the extension takes any other carrier as a custom provider."""

CHINESE_PROVINCES = {
    "CN1": "云南", "CN2": "北京", "CN3": "天津", "CN4": "河北", "CN5": "山西", "CN6": "内蒙古",
    "CN7": "辽宁", "CN8": "吉林", "CN9": "黑龙江", "CN10": "上海", "CN11": "江苏", "CN12": "浙江",
    "CN13": "安徽", "CN14": "福建", "CN15": "江西", "CN16": "山东", "CN17": "河南", "CN18": "湖北",
    "CN19": "湖南", "CN20": "广东", "CN21": "广西壮族", "CN22": "海南", "CN23": "重庆", "CN24": "四川",
    "CN25": "贵州", "CN26": "陕西", "CN27": "甘肃", "CN28": "青海", "CN29": "宁夏", "CN30": "澳门",
    "CN31": "西藏", "CN32": "新疆",
}  # fmt: skip
"""`state` of Chinese addresses is WooCommerce's own number (i18n/states.php): carriers need the name."""

UNREAD_FIELDS = frozenset(
    {
        *(f"$.{name}" for name in (
            "parent_id", "order_key", "version", "date_created", "date_modified", "discount_total",
            "discount_tax", "shipping_total", "shipping_tax", "cart_tax", "prices_include_tax",
            "customer_ip_address", "customer_user_agent", "payment_method_title", "transaction_id",
            "date_paid", "date_completed", "date_completed_gmt", "cart_hash", "meta_data", "tax_lines",
            "set_paid", "payment_url", "is_editable", "needs_payment", "currency_symbol", "_links",
        )),
        *(f"$.line_items[].{name}" for name in (
            "tax_class", "subtotal_tax", "total_tax", "taxes", "meta_data", "price", "parent_name", "image",
            "global_unique_id", "bundled_item_title",
        )),
        *(f"$.shipping_lines[].{name}" for name in (
            "id", "instance_id", "total_tax", "taxes", "tax_status", "meta_data",
        )),
        *(f"$.fee_lines[].{name}" for name in (
            "id", "name", "tax_class", "tax_status", "amount", "total_tax", "taxes", "meta_data",
        )),
        *(f"$.coupon_lines[].{name}" for name in (
            "id", "discount", "discount_tax", "meta_data", "discount_type", "nominal_amount", "free_shipping",
        )),
        *(f"$.refunds[].{name}" for name in ("reason", "refund")),
        *(f"$.refund_details[].{name}" for name in (
            "date_created", "date_created_gmt", "amount", "reason", "refunded_by", "refunded_payment",
            "meta_data", "shipping_lines", "tax_lines", "fee_lines", "parent_id", "_links",
        )),
        *(f"$.refund_details[].line_items[].{name}" for name in (
            "id", "name", "product_id", "variation_id", "tax_class", "subtotal", "subtotal_tax", "total",
            "total_tax", "taxes", "sku", "price", "image", "parent_name", "global_unique_id", "refund_total",
        )),
        *(f"$.refund_details[].line_items[].meta_data[].{name}" for name in (
            "id", "display_key", "display_value",
        )),
        *(f"$.gift_cards[].{name}" for name in ("id", "code")),
    }
)  # fmt: skip
"""What REST API v3 documents, or its samples show, and no rule reads: no drift of the schema."""
