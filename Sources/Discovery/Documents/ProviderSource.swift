public import WebAPI

/// What is known of providers, at the position of the index beside it. A value that never changes; whoever keeps the index gives it.
public protocol ProviderSource: Sendable {
  /// All that is shown of a provider that can be found; nil where there is none.
  func details(of id: Identifier) -> ProviderDetails?
  /// The same object as long as everything that `details` tells of the provider is the same, but for the names of its category and its
  /// neighbourhood, which are the directory's. Asked for every hit: it must be quick, and allocate nothing.
  func source(of id: Identifier) -> AnyObject?
  /// Who sells a service.
  func seller(ofService id: Identifier) -> Identifier?
}
