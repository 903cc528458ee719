import Discovery
import Synchronization
import WebAPI

/// Providers that are there as they were told, with an object of its own for each state of each.
final class ProvidersInMemory: ProviderSource {
  private final class Source: Sendable {
    let details: ProviderDetails
    init(_ details: ProviderDetails) { self.details = details }
  }

  private let sources: [Identifier: Source]
  private let sellers: [Identifier: Identifier]
  /// How often somebody wanted to know everything of a provider.
  private let asked = Atomic<Int>(0)

  /// - Parameter older: whose objects stay where the name has not changed.
  init(_ details: [ProviderDetails], after older: ProvidersInMemory? = nil) {
    var sources: [Identifier: Source] = [:]
    var sellers: [Identifier: Identifier] = [:]
    for details in details {
      let before = older?.sources[details.id]
      sources[details.id] = before.flatMap { $0.details.name == details.name ? $0 : nil } ?? Source(details)
      for service in details.services { sellers[service.id] = details.id }
    }
    (self.sources, self.sellers) = (sources, sellers)
  }

  var askedCount: Int { asked.load(ordering: .relaxed) }

  func details(of id: Identifier) -> ProviderDetails? {
    asked.add(1, ordering: .relaxed)
    return sources[id]?.details
  }

  func source(of id: Identifier) -> AnyObject? { sources[id] }

  func seller(ofService id: Identifier) -> Identifier? { sellers[id] }
}
