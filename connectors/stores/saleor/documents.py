"""GraphQL documents for Saleor, written against the schema of 3.22.

List queries answer under the alias `list`, mutations under `result`. Orders are sorted by their number, which
never changes: what moves meanwhile cannot hide an order from a cursor.
"""

_ADDRESS = """firstName lastName companyName streetAddress1 streetAddress2 city cityArea postalCode
        country { code } countryArea phone"""

ORDERS = f"""query Orders($first: Int!, $after: String, $where: OrderWhereInput) {{
  list: orders(first: $first, after: $after, where: $where, sortBy: {{field: NUMBER, direction: ASC}}) {{
    pageInfo {{ hasNextPage endCursor }}
    edges {{ node {{
      id number status created updatedAt channel {{ slug }} chargeStatus authorizeStatus
      total {{ currency gross {{ amount }} tax {{ amount }} }}
      shippingPrice {{ gross {{ amount }} }}
      totalCharged {{ amount }} totalRefunded {{ amount }}
      user {{ id }} userEmail customerNote shippingMethodName collectionPointName
      billingAddress {{
        {_ADDRESS}
      }}
      shippingAddress {{
        {_ADDRESS}
      }}
      lines {{
        id productSku productVariantId productName variantName quantity quantityFulfilled
        isShippingRequired isGift
        totalPrice {{ gross {{ amount }} }}
        undiscountedTotalPrice {{ gross {{ amount }} }}
        undiscountedUnitPrice {{ gross {{ amount }} }}
      }}
      fulfillments {{ status lines {{ quantity orderLine {{ id }} }} }}
    }} }}
  }}
}}"""

ORDER_IDS = """query OrderIds($first: Int!, $after: String, $where: OrderWhereInput) {
  list: orders(first: $first, after: $after, where: $where, sortBy: {field: NUMBER, direction: ASC}) {
    pageInfo { hasNextPage endCursor }
    edges { node { id created updatedAt } }
  }
}"""

NEWEST = """query Newest {
  list: orders(first: 1, sortBy: {field: LAST_MODIFIED_AT, direction: DESC}) {
    pageInfo { hasNextPage endCursor }
    edges { node { id created updatedAt } }
  }
}"""

VARIANTS = """query Variants($first: Int!, $after: String) {
  list: productVariants(first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { node { id name sku product { name } } }
  }
}"""

STOCKS = """query Stocks($first: Int!, $ids: [ID!]) {
  list: productVariants(first: $first, ids: $ids) {
    pageInfo { hasNextPage endCursor }
    edges { node { id stocks { warehouse { id } quantity quantityAllocated } } }
  }
}"""

WAREHOUSES = """query Warehouses {
  list: warehouses(first: 100) {
    pageInfo { hasNextPage endCursor }
    edges { node { id } }
  }
}"""

FULFILMENTS = """query Fulfilments($id: ID!) {
  order(id: $id) {
    fulfillments {
      id status trackingNumber carrier: metafield(key: "carrier") lines { quantity orderLine { id } }
    }
  }
}"""

FULFIL = """mutation Fulfil($order: ID!, $input: OrderFulfillInput!) {
  result: orderFulfill(order: $order, input: $input) { errors { code field message } }
}"""

APPROVE = """mutation Approve($id: ID!, $notify: Boolean!) {
  result: orderFulfillmentApprove(id: $id, notifyCustomer: $notify, allowStockToBeExceeded: true) {
    errors { code field message }
  }
}"""

CORRECT_TRACKING = """mutation CorrectTracking($id: ID!, $input: FulfillmentUpdateTrackingInput!) {
  result: orderFulfillmentUpdateTracking(id: $id, input: $input) { errors { code field message } }
}"""

NAME_CARRIER = """mutation NameCarrier($id: ID!, $input: [MetadataInput!]!) {
  result: updateMetadata(id: $id, input: $input) { errors { code field message } }
}"""

WRITE_STOCK = """mutation WriteStock($stocks: [StockBulkUpdateInput!]!) {
  result: stockBulkUpdate(stocks: $stocks, errorPolicy: REJECT_FAILED_ROWS) {
    errors { code field message }
    results { errors { code field message } }
  }
}"""

WEBHOOKS = """query Webhooks { app { webhooks { id targetUrl } } }"""

CREATE_WEBHOOK = """mutation CreateWebhook($input: WebhookCreateInput!) {
  result: webhookCreate(input: $input) { errors { code field message } }
}"""

UPDATE_WEBHOOK = """mutation UpdateWebhook($id: ID!, $input: WebhookUpdateInput!) {
  result: webhookUpdate(id: $id, input: $input) { errors { code field message } }
}"""

DELETE_WEBHOOK = """mutation DeleteWebhook($id: ID!) {
  result: webhookDelete(id: $id) { errors { code field message } }
}"""

EVENT = """subscription { event {
  ... on OrderCreated { order { id } }
  ... on OrderUpdated { order { id } }
  ... on OrderCancelled { order { id } }
  ... on OrderExpired { order { id } }
  ... on OrderRefunded { order { id } }
  ... on FulfillmentCreated { order { id } }
  ... on FulfillmentCanceled { order { id } }
} }"""
"""What a webhook posts: the order's id, which is read again then."""
