import HTTPServer

/// Finds the route of a method and a raw path. Built once; matching allocates nothing and compares bytes as they came, so that a
/// path has one spelling: `/api%2Fv1` and `/api//v1` are not `/api/v1`.
struct Router: Sendable {
  enum Match: Equatable {
    case route(Int)
    case wrongMethod(allowed: MethodSet)
    /// The same path without the slash at its end has a route.
    case trailingSlash
    case nothing
  }

  struct MethodSet: OptionSet, Sendable {
    let rawValue: UInt8

    init(rawValue: UInt8) { self.rawValue = rawValue }
    init(_ method: HTTPMethod) { rawValue = 1 << method.rawValue }

    /// The value of an `Allow` header: what GET allows HEAD allows, and OPTIONS is always answered.
    var header: String {
      var methods = self
      if contains(MethodSet(.get)) { methods.insert(MethodSet(.head)) }
      methods.insert(MethodSet(.options))
      return HTTPMethod.allCases.filter { $0 != .other && methods.contains(MethodSet($0)) }.map(\.description).joined(
        separator: ", ")
    }
  }

  private struct Node: Sendable {
    var fixed: [(segment: String, node: Int)] = []
    var variable: Int?
    var rest: Int?
    /// A route for each method.
    var routes: [Int?] = Array(repeating: nil, count: HTTPMethod.allCases.count)
    var methods = MethodSet()
  }

  private var nodes = [Node()]

  /// False when the method and path have a route already.
  mutating func add(_ method: HTTPMethod, _ template: PathTemplate, route: Int) -> Bool {
    var node = 0
    for part in template.parts {
      switch part {
      case .fixed(let segment):
        node = nodes[node].fixed.first { $0.segment == segment }?.node ?? addNode { $0[node].fixed.append((segment, $1)) }
      case .variable:
        node = nodes[node].variable ?? addNode { $0[node].variable = $1 }
      case .rest:
        node = nodes[node].rest ?? addNode { $0[node].rest = $1 }
      }
    }
    guard nodes[node].routes[Int(method.rawValue)] == nil else { return false }
    nodes[node].routes[Int(method.rawValue)] = route
    nodes[node].methods.insert(MethodSet(method))
    return true
  }

  private mutating func addNode(_ link: (inout [Node], Int) -> Void) -> Int {
    nodes.append(Node())
    link(&nodes, nodes.count - 1)
    return nodes.count - 1
  }

  /// Finds a route and where its variable parts lie in the path. Fixed parts win over variable ones, those over the rest; where the
  /// first choice leads nowhere the next is tried. O(path bytes) for paths that match at first try.
  func match(_ method: HTTPMethod, _ path: RawSpan, captures: inout [Range<Int>]) -> Match {
    captures.removeAll(keepingCapacity: true)
    guard path.byteCount > 0, path.byte(0) == UInt8(ascii: "/") else { return .nothing }
    let end = path.byteCount == 1 ? 0 : path.byteCount
    guard let node = find(path, from: end == 0 ? nil : 1, node: 0, depth: 0, method: method, captures: &captures) else {
      return endsInSlash(path) ? .trailingSlash : .nothing
    }
    if let route = route(of: method, at: node) { return .route(route) }
    return .wrongMethod(allowed: nodes[node].methods)
  }

  private func route(of method: HTTPMethod, at node: Int) -> Int? {
    if let route = nodes[node].routes[Int(method.rawValue)] { return route }
    return method == .head ? nodes[node].routes[Int(HTTPMethod.get.rawValue)] : nil
  }

  private func endsInSlash(_ path: RawSpan) -> Bool {
    guard path.byteCount > 1, path.byte(path.byteCount - 1) == UInt8(ascii: "/") else { return false }
    var captures: [Range<Int>] = []
    let shorter = path.extracting(0..<path.byteCount - 1)
    return find(shorter, from: 1, node: 0, depth: 0, method: .other, captures: &captures) != nil
  }

  /// The node whose path this is; one with a route for the method is preferred to one without. `from` is `nil` at the end.
  private func find(
    _ path: RawSpan, from start: Int?, node: Int, depth: Int, method: HTTPMethod, captures: inout [Range<Int>]
  ) -> Int? {
    guard let start else { return nodes[node].methods.isEmpty ? nil : node }
    guard depth < WebAPILimits.pathSegments else { return nil }
    let end = path.firstOffset(of: UInt8(ascii: "/"), from: start) ?? path.byteCount
    let next = end < path.byteCount ? end + 1 : nil
    let segment = path.extracting(start..<end)
    let kept = captures.count
    var fallback: (node: Int, captures: [Range<Int>])?
    for child in nodes[node].fixed where segment.equals(child.segment) {
      if let found = find(path, from: next, node: child.node, depth: depth + 1, method: method, captures: &captures) {
        if route(of: method, at: found) != nil { return found }
        fallback = (found, captures)
      }
      captures.removeSubrange(kept...)
    }
    if let variable = nodes[node].variable, end > start {
      captures.append(start..<end)
      if let found = find(path, from: next, node: variable, depth: depth + 1, method: method, captures: &captures) {
        if route(of: method, at: found) != nil { return found }
        fallback = fallback ?? (found, captures)
      }
      captures.removeSubrange(kept...)
    }
    if let rest = nodes[node].rest, path.byteCount > start {
      captures.append(start..<path.byteCount)
      if route(of: method, at: rest) != nil { return rest }
      fallback = fallback ?? (rest, captures)
      captures.removeSubrange(kept...)
    }
    if let fallback { captures = fallback.captures }
    return fallback?.node
  }

  /// The methods of a path, for OPTIONS.
  func methods(_ path: RawSpan, captures: inout [Range<Int>]) -> MethodSet? {
    switch match(.other, path, captures: &captures) {
    case .wrongMethod(let allowed): allowed
    default: nil
    }
  }
}
