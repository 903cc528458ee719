/// A growable run of bytes that keeps its memory when cleared, so that a warm buffer is written without allocating.
///
/// It owns its memory and cannot be copied: a buffer is handed on by `inout` or moved. Appending is amortised O(bytes).
public struct ByteBuffer: ~Copyable {
  /// Nil while nothing has been reserved: an idle connection's buffers cost no memory.
  @usableFromInline internal var memory: UnsafeMutableRawPointer?
  public private(set) var capacity: Int
  @usableFromInline internal var length: Int

  /// No memory is kept below this size: the smallest answer with its head fits.
  @usableFromInline internal static let minimumCapacity = 256

  public init(capacity: Int = 0) {
    self.capacity = 0
    length = 0
    if capacity > 0 { grow(by: capacity) }
  }

  deinit {
    memory?.deallocate()
  }

  /// Only called once something has been reserved.
  @usableFromInline internal var base: UnsafeMutableRawPointer {
    @inline(__always) get { memory.unsafelyUnwrapped }
  }

  @inlinable public var count: Int { length }
  @inlinable public var isEmpty: Bool { length == 0 }

  /// Forgets the bytes, keeps the memory.
  @inlinable public mutating func removeAll() { length = 0 }

  /// Forgets the bytes and, where the memory has grown past `bytes`, gives it back: one huge answer must not stay resident.
  public mutating func removeAll(keepingAtMost bytes: Int) {
    length = 0
    guard capacity > max(bytes, ByteBuffer.minimumCapacity) else { return }
    memory?.deallocate()
    memory = nil
    capacity = 0
    if bytes > 0 { grow(by: bytes) }
  }

  /// Drops bytes from the end.
  public mutating func truncate(to count: Int) {
    precondition(count >= 0 && count <= length, "a buffer can only be cut to a length it has")
    length = count
  }

  /// Drops bytes from the front; O(bytes kept).
  public mutating func removeFirst(_ count: Int) {
    precondition(count >= 0 && count <= length, "more bytes dropped than held")
    guard count > 0 else { return }
    base.copyMemory(from: base + count, byteCount: length - count)
    length -= count
  }

  @inlinable public mutating func reserve(_ more: Int) {
    if capacity - length < more { grow(by: more) }
  }

  @usableFromInline internal mutating func grow(by more: Int) {
    let wanted = max(length + more, capacity * 2, ByteBuffer.minimumCapacity)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 16)
    if let memory {
      larger.copyMemory(from: memory, byteCount: length)
      memory.deallocate()
    }
    memory = larger
    capacity = wanted
  }

  @inlinable public mutating func append(byte: UInt8) {
    reserve(1)
    base.storeBytes(of: byte, toByteOffset: length, as: UInt8.self)
    length += 1
  }

  @inlinable public mutating func append(_ text: StaticString) {
    guard text.hasPointerRepresentation else { return append(String(describing: text)) }
    append(contentsOf: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  @inlinable @_disfavoredOverload public mutating func append(_ text: String) {
    // Looked at in place: a copy to call `withUTF8` on would be retained, and texts are shared between threads.
    let done: Void? = text.utf8.withContiguousStorageIfAvailable { append(contentsOf: UnsafeRawBufferPointer($0)) }
    if done == nil { text.utf8.forEach { append(byte: $0) } }
  }

  public mutating func append(substring text: Substring) {
    var text = text
    text.withUTF8 { append(contentsOf: UnsafeRawBufferPointer($0)) }
  }

  @inlinable public mutating func append(contentsOf bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress, bytes.count > 0 else { return }
    reserve(bytes.count)
    (base + length).copyMemory(from: source, byteCount: bytes.count)
    length += bytes.count
  }

  public mutating func append(contentsOf bytes: [UInt8]) {
    bytes.withUnsafeBytes { append(contentsOf: $0) }
  }

  public mutating func append(contentsOf other: borrowing ByteBuffer) {
    append(contentsOf: UnsafeRawBufferPointer(start: other.memory, count: other.length))
  }

  /// Room for `count` more bytes, filled by `fill`, which returns how many it wrote.
  @inlinable public mutating func append<E: Error>(
    upTo count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(E) -> Int
  ) throws(E) {
    guard count > 0 else { return }
    reserve(count)
    let written = try fill(UnsafeMutableRawBufferPointer(start: base + length, count: count))
    precondition(written >= 0 && written <= count, "more bytes written than reserved")
    length += written
  }

  @inlinable public func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    try body(UnsafeRawBufferPointer(start: memory, count: length))
  }

  /// Overwrites bytes already written (a length that is known only afterwards).
  @inlinable public mutating func withUnsafeMutableBytes<R, E: Error>(
    _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try body(UnsafeMutableRawBufferPointer(start: memory, count: length))
  }

  public subscript(_ index: Int) -> UInt8 {
    precondition(index >= 0 && index < length, "index outside the buffer")
    return base.load(fromByteOffset: index, as: UInt8.self)
  }
}

// A buffer has one owner at a time: it cannot be copied, so handing it to another thread hands over its memory with it.
extension ByteBuffer: @unchecked Sendable {}

extension String {
  /// The buffer's bytes as text; ill-formed UTF-8 is replaced, never trapped on.
  public init(_ buffer: borrowing ByteBuffer) {
    self = buffer.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }
}

extension Array where Element == UInt8 {
  public init(_ buffer: borrowing ByteBuffer) {
    self = buffer.withUnsafeBytes { [UInt8]($0) }
  }
}
