/// A quick hash of a term's key. It spreads; it does not withstand who chooses keys to collide, and need not: a table holds only
/// what was indexed, and a crowd of colliding terms slows down itself alone.
@inlinable
@inline(__always)
func termHash(_ key: UnsafeBufferPointer<UInt8>) -> UInt64 {
  guard let start = key.baseAddress else { return 0 }
  let bytes = UnsafeRawPointer(start)
  var hash = UInt64(truncatingIfNeeded: key.count) &* 0x9E37_79B9_7F4A_7C15
  var at = 0
  while at + 8 <= key.count {
    hash = mixed(hash ^ bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    at += 8
  }
  if at < key.count {
    var tail: UInt64 = 0
    while at < key.count {
      tail = tail << 8 | UInt64(key[at])
      at += 1
    }
    hash = mixed(hash ^ tail)
  }
  return hash
}

/// The first 16 bytes of a key, filled up with zeros.
@inline(__always)
func keyHead(_ key: UnsafeBufferPointer<UInt8>) -> SIMD2<UInt64> {
  guard let start = key.baseAddress else { return SIMD2() }
  let bytes = UnsafeRawPointer(start)
  if key.count >= 16 {
    return SIMD2(
      bytes.loadUnaligned(as: UInt64.self), bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
  }
  if key.count >= 8 {
    // The last eight bytes hold the rest, shifted by what they have twice.
    let tail = bytes.loadUnaligned(fromByteOffset: key.count - 8, as: UInt64.self).littleEndian
    return SIMD2(bytes.loadUnaligned(as: UInt64.self), tail >> UInt64(128 - 8 * key.count))
  }
  var head: UInt64 = 0
  for index in 0..<key.count { head |= UInt64(key[index]) << UInt64(8 * index) }
  return SIMD2(head, 0)
}

@inlinable
@inline(__always)
func mixed(_ word: UInt64) -> UInt64 {
  let product = word.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
  return product.high ^ product.low
}

/// Whether two keys are the same bytes.
@inlinable
@inline(__always)
func sameBytes(_ one: UnsafePointer<UInt8>, _ other: UnsafePointer<UInt8>, _ count: Int) -> Bool {
  for index in 0..<count where one[index] != other[index] { return false }
  return true
}

/// The order of keys: by bytes, the shorter first. Negative, zero or positive.
@inlinable
@inline(__always)
func compareBytes(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Int {
  let shared = min(one.count, other.count)
  for index in 0..<shared where one[index] != other[index] { return Int(one[index]) - Int(other[index]) }
  return one.count - other.count
}

/// Where the character that begins at `at` ends: as its first byte says, and never beyond the end. For well-formed UTF-8 that is
/// one scalar; for anything else it is still something, and the order of labels is still the order of bytes.
@inline(__always)
func characterEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
  let lead = bytes[at]
  let length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
  return min(at + length, bytes.count)
}

/// The bytes of one character, the first one highest.
@inline(__always)
func characterLabel(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int, _ end: Int) -> UInt32 {
  var label: UInt32 = 0
  var shift: UInt32 = 24
  for index in at..<end {
    label |= UInt32(bytes[index]) << shift
    shift &-= 8
  }
  return label
}

/// How many bytes the character of a label has.
@inline(__always)
func characterBytes(_ label: UInt32) -> Int {
  let lead = label >> 24
  return lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
}
