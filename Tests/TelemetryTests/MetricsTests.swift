import Bytes
import Telemetry
import Testing

@Suite struct MetricsTests {
  @Test func countersAndGaugesShowTheirValue() throws {
    let registry = MetricsRegistry()
    let counter = registry.counter("b_total", help: "B.")
    let gauge = registry.gauge("a", help: "A.")
    counter.add()
    counter.add(41)
    gauge.set(5)
    gauge.subtract(7)
    #expect(
      registry.page
        == """
        # HELP a A.
        # TYPE a gauge
        a -2
        # HELP b_total B.
        # TYPE b_total counter
        b_total 42
        # HELP metrics_series_overflow_total Look-ups answered with a series labelled other.
        # TYPE metrics_series_overflow_total counter
        metrics_series_overflow_total 0

        """)
  }

  @Test func declaringAgainGivesTheSameMetric() {
    let registry = MetricsRegistry()
    registry.counter("c_total", help: "C.").add()
    registry.counter("c_total", help: "C.").add()
    #expect(registry.counter("c_total", help: "C.").value == 2)
  }

  @Test func helpAndLabelsAreEscaped() throws {
    let registry = MetricsRegistry()
    let evil = "a\\b\"c\nd} 1\n# HELP"
    registry.counterFamily("e_total", help: "one\\two\nthree \"four\"", labels: ["x", "y"]).with(evil, "ع").add(3)
    let page = try PrometheusPage(registry.page)
    let family = try #require(page.families["e_total"])
    #expect(family.help == "one\\two\nthree \"four\"")
    #expect(family.samples == [.init(name: "e_total", labels: ["x": evil, "y": "ع"], value: 3)])
  }

  @Test func histogramBucketsAreCumulativeAndBoundsInclusive() throws {
    let registry = MetricsRegistry()
    let histogram = registry.histogramFamily("h_seconds", help: "H.", labels: ["route"]).with("/a")
    for nanoseconds: UInt64 in [0, 10_000, 10_001, 1_000_000, 10_000_000_000, 10_000_000_001] {
      histogram.observe(nanoseconds: nanoseconds)
    }
    let family = try #require(try PrometheusPage(registry.page).families["h_seconds"])
    #expect(family.type == "histogram")
    func bucket(_ bound: String) -> Double? {
      family.samples.first { $0.name == "h_seconds_bucket" && $0.labels["le"].flatMap(Double.init) == Double(bound) }?.value
    }
    #expect(bucket("0.00001") == 2)
    #expect(bucket("0.000025") == 3)
    #expect(bucket("0.001") == 4)
    #expect(bucket("5") == 4)
    #expect(bucket("10") == 5)
    #expect(family.samples.first { $0.labels["le"] == "+Inf" }?.value == 6)
    #expect(family.samples.first { $0.name == "h_seconds_count" }?.value == 6)
    let sum = try #require(family.samples.first { $0.name == "h_seconds_sum" }?.value)
    #expect(abs(sum - 20.001020002) < 1e-9)
    #expect(family.samples.filter { $0.name == "h_seconds_bucket" }.count == HistogramBuckets.latency.upperBounds.count + 1)
  }

  @Test func everyValueFallsWhereALinearSearchPutsIt() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(state: seed)
    let registry = MetricsRegistry()
    let bounds: [UInt64] = [1, 2, 5, 100, 1_000]
    let histogram = registry.histogram("p", help: "P.", buckets: HistogramBuckets(upperBounds: bounds))
    var expected = [Double](repeating: 0, count: bounds.count + 1)
    for _ in 0..<5_000 {
      let value = random.next() % 2_000 >> (random.next() % 11)
      histogram.observe(value)
      for (index, bound) in bounds.enumerated() where value <= bound { expected[index] += 1 }
      expected[bounds.count] += 1
    }
    let family = try #require(try PrometheusPage(registry.page).families["p"])
    #expect(family.samples.filter { $0.name == "p_bucket" }.map(\.value) == expected, "seed \(seed)")
  }

  @Test func seriesPastTheLimitAreCountedTogether() throws {
    let registry = MetricsRegistry()
    let family = registry.counterFamily("l_total", help: "L.", labels: ["path", "code"], maximumSeries: 3)
    for index in 0..<10 { family.with("/\(index)", "200").add() }
    family.with("/0", "200").add()
    let page = try PrometheusPage(registry.page)
    let samples = try #require(page.families["l_total"]?.samples)
    #expect(samples.count == 4)
    #expect(samples.first { $0.labels["path"] == "/0" }?.value == 2)
    #expect(samples.first { $0.labels == ["path": "other", "code": "other"] }?.value == 7)
    #expect(page.families["metrics_series_overflow_total"]?.samples.first?.value == 7)
  }

  @Test func callbacksAreAskedAtEachScrapeAndMayEnd() throws {
    let registry = MetricsRegistry()
    let random = CountingRandom(from: 7)
    let first = registry.gaugeCallback("pool", help: "P.", labels: ["pool"]) { [MetricSample(["b"], Double(random.draw()))] }
    registry.gaugeCallback("pool", help: "P.", labels: ["pool"]) {
      [MetricSample(["a"], 0.5), MetricSample(["b"], -1), MetricSample(["c"], .infinity)]
    }
    registry.gaugeCallback("absent", help: "Never known.") { nil }
    #expect(registry.page.contains("pool{pool=\"a\"} 0.5\npool{pool=\"b\"} 7\npool{pool=\"c\"} +Inf\n"))
    #expect(registry.page.contains("pool{pool=\"b\"} 8\n"))
    #expect(!registry.page.contains("absent"))
    first.cancel()
    #expect(registry.page.contains("pool{pool=\"b\"} -1\n"))
  }

  @Test func twoPagesOfAStillRegistryAreEqual() {
    let registry = MetricsRegistry()
    let family = registry.gaugeFamily("g", help: "G.", labels: ["x"])
    for index in (0..<50).shuffled() { family.with("\(index)").set(index) }
    #expect(registry.page == registry.page)
    let lines = registry.page.split(separator: "\n").filter { $0.hasPrefix("g{") }
    #expect(lines == lines.sorted())
  }

  @Test func countingFromManyThreadsLosesNothing() async throws {
    let registry = MetricsRegistry()
    let counter = registry.counter("t_total", help: "T.")
    let histogram = registry.histogram("t_seconds", help: "T.")
    let family = registry.counterFamily("f_total", help: "F.", labels: ["x"], maximumSeries: 4)
    let gauge = registry.gauge("t", help: "T.")
    await withTaskGroup(of: Void.self) { group in
      for worker in 0..<8 {
        group.addTask {
          for step in 0..<10_000 {
            counter.add()
            histogram.observe(nanoseconds: UInt64(step))
            gauge.add(step % 2 == 0 ? 1 : -1)
            if step % 100 == 0 { family.with("\((worker + step / 100) % 8)").add() }
          }
        }
      }
      // Scrapes in between see a page that parses and a histogram whose buckets never shrink.
      for _ in 0..<20 {
        let buckets = try? PrometheusPage(registry.page).families["t_seconds"]?.samples.filter { $0.name.hasSuffix("_bucket") }
        let values = buckets?.map(\.value) ?? []
        #expect(values == values.sorted())
      }
    }
    #expect(counter.value == 80_000)
    #expect(histogram.count == 80_000)
    #expect(gauge.value == 0)
    let page = try PrometheusPage(registry.page)
    #expect(page.families["f_total"]?.samples.map(\.value).reduce(0, +) == 800)
    #expect(page.families["f_total"]?.samples.count == 5)
    #expect(page.families["t_seconds"]?.samples.first { $0.name.hasSuffix("_sum") }?.value == 8 * 49_995_000 / 1e9)
  }

  @Test func theProcessDescribesItself() throws {
    let registry = MetricsRegistry()
    ProcessMetrics.register(in: registry, build: BuildInfo(version: "1.2.3", commit: "abc"))
    let page = try PrometheusPage(registry.page)
    func value(_ name: String) throws -> Double { try #require(page.families[name]?.samples.first?.value) }
    #expect(try value("process_resident_memory_bytes") > 1_000_000)
    #expect(try value("process_virtual_memory_bytes") >= value("process_resident_memory_bytes"))
    #expect(try value("process_open_fds") >= 3)
    #expect(try value("process_max_fds") >= value("process_open_fds"))
    #expect(try value("process_cpu_seconds_total") > 0)
    #expect(try value("process_threads") >= 1)
    // After 2020 and not after now.
    let now = Double(TelemetryClock.system.unixNanoseconds()) / 1e9
    #expect(try value("process_start_time_seconds") > 1_577_836_800)
    #expect(try value("process_start_time_seconds") < now + 2)
    #expect(
      page.families["qareeb_build_info"]?.samples == [
        .init(name: "qareeb_build_info", labels: ["version": "1.2.3", "commit": "abc"], value: 1)
      ])
  }
}
