public import Columns

/// The index in a file of columns.
extension TermIndex {
  /// Adds the index's columns as sections whose names begin with `prefix` (at most `TextLimits.sectionPrefixBytes`).
  public func write(into file: inout ColumnFileWriter, prefix: String) {
    file.add(keys, as: prefix + "keys")
    file.add(keyOffsets, as: prefix + "keyOffsets")
    file.add(termContainers, as: prefix + "termContainers")
    file.add(termImpacts, as: prefix + "termImpacts")
    file.add(containers, as: prefix + "containers")
    file.add(offsets, as: prefix + "offsets")
    file.add(bitmaps, as: prefix + "bitmaps")
    file.add(impacts, as: prefix + "impacts")
  }

  /// Reads what `write` wrote, in place, and checks its whole shape, so that nothing in it can make a look-up trap. O(postings).
  public init(reading file: ColumnFileReader, prefix: String, providerCount: Int) throws(ColumnFileError) {
    let shape = TermIndexShape(
      providerCount: providerCount, keys: try file.column(prefix + "keys"), keyOffsets: try file.column(prefix + "keyOffsets"),
      termContainers: try file.column(prefix + "termContainers"), termImpacts: try file.column(prefix + "termImpacts"),
      containers: try file.column(prefix + "containers"), offsets: try file.column(prefix + "offsets"),
      bitmaps: try file.column(prefix + "bitmaps"), impacts: try file.column(prefix + "impacts"))
    if let fault = shape.fault() { throw .shape(section: prefix + fault.section, reason: fault.reason) }
    self.init(
      providerCount: providerCount, keys: shape.keys, keyOffsets: shape.keyOffsets, termContainers: shape.termContainers,
      termImpacts: shape.termImpacts, containers: shape.containers, offsets: shape.offsets, bitmaps: shape.bitmaps,
      impacts: shape.impacts)
  }

  /// Traps where the index is not what its readers rely on. O(postings); for tests.
  public func _checkInvariants() {
    let shape = TermIndexShape(
      providerCount: providerCount, keys: keys, keyOffsets: keyOffsets, termContainers: termContainers, termImpacts: termImpacts,
      containers: containers, offsets: offsets, bitmaps: bitmaps, impacts: impacts)
    if let fault = shape.fault() { preconditionFailure("\(fault.section): \(fault.reason)") }
    checkDerived()
  }
}
