import Columns
import IndexFormats
import ProviderIndex
import Terminal

/// A segment file with what its queries must be read with.
struct IndexFile {
  /// Beside the segment's own sections: the code of the currency that prices are in.
  private static let currencySection = "currency"
  /// How its texts became words. Searching does the same, or they would not meet.
  private static let analysisSection = "analysis"

  let segment: Segment
  let currency: Currency
  let analysis: AnalysisKind
  let position: UInt64

  static func read(path: String) throws(CommandFailure) -> IndexFile {
    let memory = try MappedFile.memory(path: path)
    do {
      let file = try ColumnFileReader(memory: memory, version: Segment.formatVersion)
      return IndexFile(
        segment: try Segment(reading: file), currency: try currency(in: file), analysis: try analysis(in: file),
        position: file.number)
    } catch {
      throw CommandFailure(.badData, "cannot use \(withoutControls(path))", details: ["\(error)"])
    }
  }

  private static func currency(in file: ColumnFileReader) throws -> Currency {
    guard file.has(currencySection) else { return .jordanianDinar }
    let code: Column<UInt8> = try file.column(currencySection)
    return try Currency(code: String(decoding: code, as: UTF8.self))
  }

  /// Files that were written before there was a choice were split simply.
  private static func analysis(in file: ColumnFileReader) throws -> AnalysisKind {
    guard file.has(analysisSection) else { return .simple }
    let name: Column<UInt8> = try file.column(analysisSection)
    guard let kind = AnalysisKind(rawValue: String(decoding: name, as: UTF8.self)) else {
      throw CommandFailure(.badData, "its texts were analysed in a way that this version does not know")
    }
    return kind
  }

  /// Writes the file; `advance` hears of the bytes.
  func write(path: String, advance: (Int) -> Void) throws {
    var file = ColumnFileWriter(version: Segment.formatVersion, number: position)
    segment.write(into: &file)
    file.add(Column(Array(currency.code.utf8)), as: Self.currencySection)
    file.add(Column(Array(analysis.rawValue.utf8)), as: Self.analysisSection)
    let output = try ReplacedFile(path: path)
    try file.write { part in
      try output.write(part)
      advance(part.count)
    }
    try output.commit()
  }
}
