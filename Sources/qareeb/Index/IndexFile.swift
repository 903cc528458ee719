import Columns
import IndexFormats
import ProviderIndex
import Terminal
import TextIndex

/// A segment file with what its queries must be read with.
struct IndexFile {
  /// Beside the segment's own sections: the code of the currency that prices are in.
  private static let currencySection = "currency"
  /// What makes words of texts. Building and searching use the same, or they would not meet.
  static let analyzer: any TextAnalyzer = CaseFoldingSplitter()

  let segment: Segment
  let currency: Currency
  let position: UInt64

  static func read(path: String) throws(CommandFailure) -> IndexFile {
    let memory = try MappedFile.memory(path: path)
    do {
      let file = try ColumnFileReader(memory: memory, version: Segment.formatVersion)
      return IndexFile(segment: try Segment(reading: file), currency: try currency(in: file), position: file.number)
    } catch {
      throw CommandFailure(.badData, "cannot use \(withoutControls(path))", details: ["\(error)"])
    }
  }

  private static func currency(in file: ColumnFileReader) throws -> Currency {
    guard file.has(currencySection) else { return .jordanianDinar }
    let code: Column<UInt8> = try file.column(currencySection)
    return try Currency(code: String(decoding: code, as: UTF8.self))
  }

  /// Writes the file; `advance` hears of the bytes.
  func write(path: String, advance: (Int) -> Void) throws {
    var file = ColumnFileWriter(version: Segment.formatVersion, number: position)
    segment.write(into: &file)
    file.add(Column(Array(currency.code.utf8)), as: Self.currencySection)
    let output = try ReplacedFile(path: path)
    try file.write { part in
      try output.write(part)
      advance(part.count)
    }
    try output.commit()
  }
}
