import ProviderIndex
import WebAPI

extension Searcher {
  /// The id of a hit as a number, read where it lies; nil where the index was built with other ids.
  func identifier(ofHit rank: Int) -> Identifier? { withID(ofHit: rank) { Identifier(RawSpan(_unsafeElements: $0)) } }
}
