"""GraphQL documents for Vendure's Admin API, written against the schema of 3.7.3.

`customFields` is never selected: it is a scalar or an object, depending on the shop's configuration.
List queries answer under the alias `list`, mutations under `result`, so that one shape reads them all.
"""

LOGIN = """mutation Login($username: String!, $password: String!) {
  result: login(username: $username, password: $password, rememberMe: true) {
    ... on CurrentUser { id }
    ... on ErrorResult { errorCode }
  }
}"""

SERVER = """query Server {
  globalSettings { outOfStockThreshold serverConfig { moneyStrategyPrecision } }
  stockLocations(options: { sort: { id: ASC } }) { items { id } }
}"""

HORIZON = """query Horizon($filter: OrderFilterParameter!) {
  placed: orders(options: { filter: $filter, sort: { orderPlacedAt: DESC }, take: 1 }) {
    items { orderPlacedAt updatedAt }
  }
  updated: orders(options: { filter: $filter, sort: { updatedAt: DESC }, take: 1 }) {
    items { orderPlacedAt updatedAt }
  }
}"""

ORDERS = """query Orders($options: OrderListOptions) {
  list: orders(options: $options) {
    totalItems
    items {
      id code state type createdAt updatedAt orderPlacedAt currencyCode total totalWithTax shippingWithTax
      couponCodes
      customer { id emailAddress firstName lastName phoneNumber }
      shippingAddress {
        fullName company streetLine1 streetLine2 city province postalCode countryCode phoneNumber
      }
      lines {
        id quantity orderPlacedQuantity unitPriceWithTax linePriceWithTax proratedLinePriceWithTax
        productVariant { id sku name }
      }
      surcharges { priceWithTax }
      shippingLines { shippingMethod { code } }
      payments { state amount refunds { state total lines { orderLineId quantity } } }
      fulfillments { id state trackingCode lines { orderLineId quantity } }
      history(options: { filter: { type: { eq: "ORDER_NOTE" } } }) { items { data } }
    }
  }
}"""

ORDER_IDS = """query OrderIds($options: OrderListOptions) {
  list: orders(options: $options) { totalItems items { id orderPlacedAt } }
}"""

VARIANTS = """query Variants($options: ProductVariantListOptions) {
  list: productVariants(options: $options) { totalItems items { id sku name } }
}"""

STOCK = """query Stock($options: ProductVariantListOptions) {
  list: productVariants(options: $options) {
    totalItems
    items {
      id outOfStockThreshold useGlobalOutOfStockThreshold
      stockLevels { stockLocationId stockOnHand stockAllocated }
    }
  }
}"""

WRITE_STOCK = """mutation WriteStock($input: [UpdateProductVariantInput!]!) {
  updateProductVariants(input: $input) { id }
}"""

FULFILMENTS = """query Fulfilments($id: ID!) {
  order(id: $id) { fulfillments { id state trackingCode lines { orderLineId quantity } } }
}"""

ADD_FULFILMENT = """mutation AddFulfilment($input: FulfillOrderInput!) {
  result: addFulfillmentToOrder(input: $input) {
    ... on Fulfillment { id state }
    ... on ErrorResult { errorCode }
    ... on InsufficientStockOnHandError { stockOnHand }
  }
}"""

MOVE_FULFILMENT = """mutation MoveFulfilment($id: ID!, $state: String!) {
  result: transitionFulfillmentToState(id: $id, state: $state) {
    ... on Fulfillment { id state }
    ... on FulfillmentStateTransitionError { errorCode fromState }
  }
}"""

LANGUAGE = """query Language {
  activeChannel { defaultLanguageCode }
}"""

PROMOTIONS = """query Promotions($options: PromotionListOptions) {
  list: promotions(options: $options) {
    items { id name description startsAt endsAt usageLimit enabled actions { code args { name value } } }
  }
}"""

CREATE_PROMOTION = """mutation CreatePromotion($input: CreatePromotionInput!) {
  result: createPromotion(input: $input) {
    ... on Promotion { id }
    ... on ErrorResult { errorCode }
  }
}"""

UPDATE_PROMOTION = """mutation UpdatePromotion($input: UpdatePromotionInput!) {
  result: updatePromotion(input: $input) {
    ... on Promotion { id }
    ... on ErrorResult { errorCode }
  }
}"""
