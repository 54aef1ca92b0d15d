import Metrics
import Testing
import WeftRPC

@testable import WeftMetrics

@Suite struct WeftMetricsFactoryTests {
  private let registry = MetricsRegistry()

  private func lines(_ part: String = "") -> [Substring] {
    registry.prometheusText().split(separator: "\n").filter { !$0.hasPrefix("#") && $0.contains(part) }
  }

  @Test func metricsAreShownUnderNamesThatPrometheusTakes() {
    let factory = WeftMetricsFactory(registry: registry)
    let counter = Counter(
      label: "orders.placed", dimensions: [("shop", "n\"1\""), ("a-b", "x")], factory: factory)
    counter.increment()
    counter.increment(by: 4)
    #expect(lines("orders") == [#"orders_placed_total{a_b="x",shop="n\"1\""} 5"#])
    Counter(label: "bytes_total", factory: factory).increment(by: 2)
    #expect(lines("bytes") == ["bytes_total 2"])
    Metrics.Gauge(label: "2nd größe", factory: factory).record(1.5)
    #expect(lines("2nd") == ["_2nd_gr__e 1.5"])
    let meter = Meter(label: "depth", factory: factory)
    meter.set(3)
    meter.increment(by: 0.5)
    meter.decrement(by: 2)
    #expect(lines("depth") == ["depth 1.5"])
  }

  @Test func sameNameAndDimensionsAreOneMetricWhateverTheirOrder() {
    let factory = WeftMetricsFactory(registry: registry)
    Counter(label: "c", dimensions: [("a", "1"), ("b", "2")], factory: factory).increment()
    Counter(label: "c", dimensions: [("b", "2"), ("a", "1")], factory: factory).increment()
    #expect(lines("c_total") == [#"c_total{a="1",b="2"} 2"#])
  }

  @Test func timersAreHistogramsInSeconds() {
    let factory = WeftMetricsFactory(registry: registry)
    let timer = Timer(label: "db.query", factory: factory)
    timer.recordMilliseconds(30)
    timer.recordMilliseconds(1_500)
    #expect(lines("db_query_seconds_count") == ["db_query_seconds_count 2"])
    #expect(lines("db_query_seconds_sum") == ["db_query_seconds_sum 1.53"])
    #expect(lines(#"_bucket{le="0.03"}"#) == [#"db_query_seconds_bucket{le="0.03"} 1"#])
  }

  @Test func recordersSpreadValuesOfAnySize() {
    let factory = WeftMetricsFactory(registry: registry)
    let recorder = Recorder(label: "score", dimensions: [("le", "x")], factory: factory)
    for value in [0.002, 3, -1, 1e30, .nan, .infinity] { recorder.record(value) }
    #expect(lines("score_count") == [#"score_count{le_="x"} 5"#])
    #expect(lines(#"le="5""#).map { $0.hasSuffix(" 3") } == [true])
  }

  @Test func metricsThatAreGivenUpAreNotShown() {
    let factory = WeftMetricsFactory(registry: registry)
    let counter = Counter(label: "gone", factory: factory)
    counter.increment()
    counter.destroy()
    #expect(lines("gone").isEmpty)
  }

  @Test func oneTooManyMeasuresNothingAndIsCounted() {
    let factory = WeftMetricsFactory(registry: registry, limit: 2)
    for user in 0..<5 {
      Counter(label: "logins", dimensions: [("user", "\(user)")], factory: factory).increment()
    }
    #expect(lines("logins_total").count == 2)
    #expect(lines("refused") == ["weft_metrics_refused_total 3"])
  }
}
