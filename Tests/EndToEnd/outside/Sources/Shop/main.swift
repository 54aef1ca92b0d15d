import ShopCommon
import WeftProtobuf
import WeftRPC

let server = RPCServer(configuration: RPCServerConfiguration(insecure: true), services: [Orders()])
let address = try await server.start()
let channel = Channel(target: "ipv4:127.0.0.1:\(address.port ?? 0)")
let client = Shop_V1_OrderServiceClient(channel)

let request = Shop_V1_TotalRequest.with {
  $0.prices = [450, 805].map { (cents: Int64) in
    .with {
      $0.currency = "EUR"
      $0.cents = cents
    }
  }
}
print("total \(try await client.total(request).text)")
let texts = try await client.each(request) { prices in
  var texts: [String] = []
  for try await price in prices { texts.append(price.text) }
  return texts
}
print("each \(texts.joined(separator: ", "))")

await channel.shutdown()
await server.shutdown(grace: .seconds(1))
