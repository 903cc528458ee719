// Digests, authentication codes, base64 and randomness: the few primitives that features need, on OpenSSL's libcrypto.
// Nothing here keeps state, so everything may be called from any thread. This file is the boundary to C: pointers live for one
// call only, and each is checked for the length that the C side writes.
import CCrypto

/// One-way functions of bytes.
public enum Digest {
  /// 20 bytes. Broken for signatures; here only because RFC 6455 asks for it.
  public static func sha1(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Int(SHA_DIGEST_LENGTH)) { output, count in
      precondition(SHA1(bytes, bytes.count, output.baseAddress) != nil, "libcrypto could not compute a digest")
      count = Int(SHA_DIGEST_LENGTH)
    }
  }

  /// 32 bytes.
  public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { output, count in
      precondition(SHA256(bytes, bytes.count, output.baseAddress) != nil, "libcrypto could not compute a digest")
      count = Int(SHA256_DIGEST_LENGTH)
    }
  }

  /// 32 bytes that only a holder of `key` can make (RFC 2104).
  public static func hmacSHA256(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { output, count in
      var written: UInt32 = 0
      let code = HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, output.baseAddress, &written)
      // It fails only when memory does; an empty code would then equal another empty one, so this must stop.
      precondition(code != nil && written == UInt32(SHA256_DIGEST_LENGTH), "libcrypto could not compute an HMAC")
      count = Int(written)
    }
  }
}

/// Comparisons whose time tells nothing about what is compared.
public enum ConstantTime {
  /// Time depends on the lengths only.
  public static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
  }

  /// As for bytes, of the texts' UTF-8.
  public static func areEqual(_ left: String, _ right: String) -> Bool {
    areEqual(Array(left.utf8), Array(right.utf8))
  }
}

/// The system's cryptographic random generator, also as a source for the standard library's `random` functions.
public struct SecureRandom: RandomNumberGenerator, Sendable {
  public init() {}

  /// Bytes nobody can guess. The process ends if the system has none to give: going on would be guessable.
  public static func bytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { output, written in
      precondition(RAND_bytes(output.baseAddress, Int32(count)) == 1, "the system's random generator failed")
      written = count
    }
  }

  public mutating func next() -> UInt64 {
    var value: UInt64 = 0
    let code = withUnsafeMutableBytes(of: &value) {
      RAND_bytes($0.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32($0.count))
    }
    precondition(code == 1, "the system's random generator failed")
    return value
  }
}
