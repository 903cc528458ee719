/// One term's postings in one chunk: an entry of the directory. Its size and order are part of the file format.
@frozen
public struct PostingContainer: BitwiseCopyable, Sendable, Equatable {
  /// Where its row begins in the offsets, or its words in the bitmaps.
  public let data: UInt32
  /// The number of its first posting among all postings; the next entry's begins where this one's end. The impacts lie there.
  public let firstPosting: UInt32
  public let chunk: UInt16
  /// The highest impact in it.
  public let maximumImpact: UInt8
  /// 0: a row of ascending 12-bit offsets; 1: a bitmap of 4,096 bits.
  public let form: UInt8

  @inlinable
  init(data: UInt32, firstPosting: UInt32, chunk: UInt16, maximumImpact: UInt8, form: UInt8) {
    self.data = data
    self.firstPosting = firstPosting
    self.chunk = chunk
    self.maximumImpact = maximumImpact
    self.form = form
  }

  @inlinable var isBitmap: Bool { form == Self.bitmap }

  @usableFromInline static let row: UInt8 = 0
  @usableFromInline static let bitmap: UInt8 = 1
}
