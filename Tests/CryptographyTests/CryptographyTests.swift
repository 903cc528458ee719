import Cryptography
import Testing

/// Vectors as published with each algorithm.
@Suite struct DigestTests {
  static let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)

  @Test(
    arguments: [
      // FIPS 180-2, appendix A; the first is the usual one of the empty message.
      ([], "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
      (Array("abc".utf8), "a9993e364706816aba3e25717850c26c9cd0d89d"),
      (
        Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8), "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
      ),
      (million, "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
    ] as [([UInt8], String)])
  func sha1(message: [UInt8], digest: String) {
    #expect(Hexadecimal.encode(Digest.sha1(message)) == digest)
  }

  @Test(
    arguments: [
      // FIPS 180-2, appendix B.
      ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      (million, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ] as [([UInt8], String)])
  func sha256(message: [UInt8], digest: String) {
    #expect(Hexadecimal.encode(Digest.sha256(message)) == digest)
  }

  @Test(
    arguments: [
      // RFC 4231, cases 1, 2, 3, 6.
      (
        [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
      ),
      (
        Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
      ),
      (
        [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
      ),
      (
        [UInt8](repeating: 0xaa, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
      ),
    ] as [([UInt8], [UInt8], String)])
  func hmacSHA256(key: [UInt8], message: [UInt8], code: String) {
    #expect(Hexadecimal.encode(Digest.hmacSHA256(message, key: key)) == code)
  }

  @Test func hmacTakesAnEmptyKeyAndMessage() {
    #expect(
      Hexadecimal.encode(Digest.hmacSHA256([], key: []))
        == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
  }
}

@Suite struct Base64Tests {
  /// RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func publishedVectors(plain: String, encoded: String) {
    #expect(Base64.encode(Array(plain.utf8)) == encoded)
    #expect(Base64.decode(encoded) == Array(plain.utf8))
  }

  @Test(arguments: [
    "Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zh==", "Zm9=", "Zm9v\n", " Zm9v", "Zm 9v", "Zm9v=", "Zm-_", "Z=g=",
    "Zm9vZg==Zg==",
    "Zmé=",
  ])
  func refusesWhatItWouldNotWrite(text: String) {
    #expect(Base64.decode(text) == nil)
  }

  @Test func theLinkAlphabetHasNoPadding() {
    #expect(Base64.encode([0xfb, 0xff, 0xfe, 0xff], .url) == "-__-_w")
    #expect(Base64.decode("-__-_w", .url) == [0xfb, 0xff, 0xfe, 0xff])
    #expect(Base64.decode("-__-_w==", .url) == nil)
    #expect(Base64.decode("+//+/w", .url) == nil)
    #expect(Base64.decode("-__-_x", .url) == nil, "the last digit's stray bits must be zero")
  }

  @Test(arguments: 0..<70) func everyLengthComesBack(count: Int) {
    let bytes = SecureRandom.bytes(count)
    #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    #expect(Base64.decode(Base64.encode(bytes, .url), .url) == bytes)
  }
}

@Suite struct ComparisonAndRandomnessTests {
  @Test func equalityIsThatOfTheBytes() {
    #expect(ConstantTime.areEqual([], []))
    #expect(ConstantTime.areEqual([1, 2, 3], [1, 2, 3]))
    #expect(!ConstantTime.areEqual([1, 2, 3], [1, 2, 4]))
    #expect(!ConstantTime.areEqual([1, 2, 3], [1, 2]))
    #expect(ConstantTime.areEqual("señor", "señor"))
    #expect(!ConstantTime.areEqual("a", "b"))
  }

  @Test func randomBytesAreAsManyAsAskedForAndDiffer() {
    #expect(SecureRandom.bytes(0) == [])
    #expect(SecureRandom.bytes(33).count == 33)
    #expect(SecureRandom.bytes(32) != SecureRandom.bytes(32))
    var random = SecureRandom()
    #expect(Set((0..<64).map { _ in random.next() }).count == 64)
  }
}
