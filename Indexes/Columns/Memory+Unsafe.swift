// Columns: flat, typed views over memory that is allocated here or mapped by the caller, and the file they are kept in.
// Everything an engine reads in its hot loops is a column: no object a value, no pointer to follow, nothing to decode at start.

/// A block of bytes with its owner: columns keep it alive. It is never written after the columns over it were made.
public final class Memory: @unchecked Sendable {
  // Sendable: the bytes are written before the memory is shared, and never after.
  public let bytes: UnsafeRawBufferPointer
  private let release: @Sendable () -> Void

  /// Memory of the caller's, such as a mapped file; `release` is called when the last column over it is gone.
  public init(bytes: UnsafeRawBufferPointer, release: @escaping @Sendable () -> Void) {
    self.bytes = bytes
    self.release = release
  }

  /// Memory of our own, zeroed and aligned to a cache line, that `fill` writes once.
  public convenience init(byteCount: Int, fill: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
    precondition(byteCount >= 0, "memory of \(byteCount) bytes")
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: max(byteCount, 1), alignment: ColumnLimits.alignment)
    room.initializeMemory(as: UInt8.self, repeating: 0)
    do {
      try fill(UnsafeMutableRawBufferPointer(rebasing: room[..<byteCount]))
    } catch {
      room.deallocate()
      throw error
    }
    self.init(bytes: UnsafeRawBufferPointer(rebasing: room[..<byteCount])) { [address = UInt(bitPattern: room.baseAddress)] in
      UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
    }
  }

  deinit { release() }
}

/// Bounds of columns and their file.
public enum ColumnLimits {
  /// A cache line: sections of a file and allocations begin on one, so that a vector load never straddles two.
  public static let alignment = 64
  /// A file names its sections; this many are far more than any index has, and few enough to read a table of them at once.
  public static let sections = 1_024
  /// A section's name, so that the table has entries of one size.
  public static let nameBytes = 24
}
