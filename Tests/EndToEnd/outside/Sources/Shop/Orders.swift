import ShopCommon
import WeftProtobuf
import WeftRPC

nonisolated struct Orders: Shop_V1_OrderServiceHandler {
  func total(
    _ request: Shop_V1_TotalRequest, context: ServerContext
  ) async throws -> Shop_Common_V1_Money {
    .with {
      $0.currency = request.prices.first?.currency ?? ""
      $0.cents = request.prices.reduce(0) { $0 + $1.cents }
    }
  }

  func each(
    _ request: Shop_V1_TotalRequest, responses: ResponseWriter<Shop_Common_V1_Money>, context: ServerContext
  ) async throws {
    for price in request.prices { try await responses.write(price) }
  }

  func old(_ request: Shop_V1_Self, context: ServerContext) async throws -> Shop_V1_Self { request }
}
