"""The GraphQL documents that are sent (Admin GraphQL 2026-10); a test validates each against that schema.

Sizes keep every query under 1,000 points as Shopify counts before running it (an object 1, a connection 2
plus its size times its nodes, scalars 0): what does not fit is read by a query of its own.
"""

API_VERSION = "2026-10"

LINE = """
fragment LineFields on LineItem {
  id sku name quantity currentQuantity unfulfilledQuantity requiresShipping
  originalUnitPriceSet { shopMoney { amount } }
  discountAllocations { allocatedAmountSet { shopMoney { amount } } }
  customAttributes { key value }
  variant { id barcode }
}
"""

FULFILMENT_ORDER_LINE = """
fragment FulfilmentOrderLineFields on FulfillmentOrderLineItem {
  id totalQuantity remainingQuantity lineItem { id }
}
"""

FULFILMENT_ORDER = (
    """
fragment FulfilmentOrderFields on FulfillmentOrder {
  id status fulfillAt fulfillBy
  supportedActions { action }
  fulfillmentHolds { reason }
  deliveryMethod { methodType }
  assignedLocation { location { id isFulfillmentService } }
  lineItems(first: 10) { pageInfo { hasNextPage endCursor } nodes { ...FulfilmentOrderLineFields } }
}
"""
    + FULFILMENT_ORDER_LINE
)

ORDER = (
    """
fragment OrderFields on Order {
  id name test processedAt updatedAt cancelledAt cancelReason
  currencyCode presentmentCurrencyCode taxesIncluded dutiesIncluded
  displayFinancialStatus paymentGatewayNames
  sourceName email phone note tags
  customAttributes { key value }
  totalPriceSet { shopMoney { amount } }
  totalTaxSet { shopMoney { amount } }
  totalRefundedSet { shopMoney { amount } }
  originalTotalDutiesSet { shopMoney { amount } }
  originalTotalAdditionalFeesSet { shopMoney { amount } }
  shippingLines(first: 5) { nodes { title discountedPriceSet { shopMoney { amount } } } }
  shippingAddress {
    name company address1 address2 city province provinceCode countryCodeV2 zip phone
  }
  customer { id firstName lastName }
  lineItems(first: 10) { pageInfo { hasNextPage endCursor } nodes { ...LineFields } }
  fulfillmentOrders(first: 2) { pageInfo { hasNextPage endCursor } nodes { ...FulfilmentOrderFields } }
}
"""
    + LINE
    + FULFILMENT_ORDER
)

CHECK_CONNECTION = """
query CheckConnection($location: ID) {
  shop { myshopifyDomain }
  currentAppInstallation { accessScopes { handle } }
  location(id: $location) { id isActive }
}
"""

CHANGED_ORDERS = (
    """
query ChangedOrders($query: String, $first: Int!, $after: String) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes { ...OrderFields }
  }
}
"""
    + ORDER
)

ORDERS_BY_ID = (
    "query OrdersById($ids: [ID!]!) { nodes(ids: $ids) { ... on Order { ...OrderFields } } }\n" + ORDER
)

ORDER_IDS = """
query OrderIds($query: String, $after: String) {
  orders(first: 250, after: $after, query: $query, sortKey: PROCESSED_AT) {
    pageInfo { hasNextPage endCursor }
    nodes { id processedAt }
  }
}
"""

ORDER_LINES = (
    """
query OrderLines($id: ID!, $after: String) {
  order(id: $id) {
    lineItems(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { ...LineFields } }
  }
}
"""
    + LINE
)

ORDER_FULFILMENT_ORDERS = (
    """
query OrderFulfilmentOrders($id: ID!, $after: String) {
  order(id: $id) {
    fulfillmentOrders(first: 20, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { ...FulfilmentOrderFields }
    }
  }
}
"""
    + FULFILMENT_ORDER
)

FULFILMENT_ORDER_LINES = (
    """
query FulfilmentOrderLines($id: ID!, $after: String) {
  fulfillmentOrder(id: $id) {
    lineItems(first: 250, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { ...FulfilmentOrderLineFields }
    }
  }
}
"""
    + FULFILMENT_ORDER_LINE
)

ORDER_FULFILMENTS = """
query OrderFulfilments($id: ID!) {
  order(id: $id) { fulfillments(first: 200) { id status trackingInfo { number } } }
}
"""

FULFILMENT_LINES = """
query FulfilmentLines($id: ID!, $after: String) {
  fulfillment(id: $id) {
    fulfillmentLineItems(first: 250, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { quantity lineItem { id } }
    }
  }
}
"""

FULFILMENT_EVENTS = """
query FulfilmentEvents($id: ID!) {
  fulfillment(id: $id) {
    events(first: 100, sortKey: HAPPENED_AT, reverse: true) { nodes { status happenedAt } }
  }
}
"""

CREATE_FULFILMENT = """
mutation CreateFulfilment($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) { fulfillment { id } userErrors { field message } }
}
"""

CORRECT_TRACKING = """
mutation CorrectTracking($id: ID!, $tracking: FulfillmentTrackingInput!, $notify: Boolean!) {
  fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $tracking, notifyCustomer: $notify) {
    fulfillment { id }
    userErrors { field message }
  }
}
"""

CREATE_FULFILMENT_EVENT = """
mutation CreateFulfilmentEvent($event: FulfillmentEventInput!) {
  fulfillmentEventCreate(fulfillmentEvent: $event) {
    fulfillmentEvent { id }
    userErrors { field message }
  }
}
"""

LISTINGS = """
query Listings($after: String) {
  productVariants(first: 250, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { id sku barcode displayName updatedAt inventoryItem { id } }
  }
}
"""

SET_STOCK = """
mutation SetStock($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id }
    userErrors { code field message }
  }
}
"""

WEBHOOK_SUBSCRIPTIONS = """
query WebhookSubscriptions($after: String) {
  webhookSubscriptions(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes { id topic uri format }
  }
}
"""

CREATE_WEBHOOK_SUBSCRIPTION = """
mutation CreateWebhookSubscription($topic: WebhookSubscriptionTopic!, $uri: String!) {
  webhookSubscriptionCreate(topic: $topic, webhookSubscription: { uri: $uri, format: JSON }) {
    webhookSubscription { id }
    userErrors { field message }
  }
}
"""

DELETE_WEBHOOK_SUBSCRIPTION = """
mutation DeleteWebhookSubscription($id: ID!) {
  webhookSubscriptionDelete(id: $id) { deletedWebhookSubscriptionId userErrors { field message } }
}
"""

DISCOUNT_FIELDS = """
fragment DiscountFields on DiscountNode {
  id
  discount {
    __typename
    ... on DiscountAutomaticBasic {
      title startsAt endsAt status tags
      customerGets {
        value {
          __typename
          ... on DiscountPercentage { percentage }
          ... on DiscountAmount { amount { amount currencyCode } appliesOnEachItem }
        }
        items {
          __typename
          ... on DiscountProducts {
            productVariants(first: 250) { pageInfo { hasNextPage endCursor } nodes { id } }
          }
        }
      }
    }
  }
}
"""

DISCOUNT = "query Discount($id: ID!) { discountNode(id: $id) { ...DiscountFields } }\n" + DISCOUNT_FIELDS

DISCOUNTS_BY_TAG = (
    "query DiscountsByTag($query: String!) {"
    " discountNodes(first: 2, query: $query) { nodes { ...DiscountFields } } }\n" + DISCOUNT_FIELDS
)

CREATE_DISCOUNT = """
mutation CreateDiscount($input: DiscountAutomaticBasicInput!) {
  discountAutomaticBasicCreate(automaticBasicDiscount: $input) {
    automaticDiscountNode { id }
    userErrors { code field message }
  }
}
"""

UPDATE_DISCOUNT = """
mutation UpdateDiscount($id: ID!, $input: DiscountAutomaticBasicInput!) {
  discountAutomaticBasicUpdate(id: $id, automaticBasicDiscount: $input) {
    automaticDiscountNode { id }
    userErrors { code field message }
  }
}
"""

END_DISCOUNT = """
mutation EndDiscount($id: ID!) {
  discountAutomaticDeactivate(id: $id) { automaticDiscountNode { id } userErrors { code field message } }
}
"""
