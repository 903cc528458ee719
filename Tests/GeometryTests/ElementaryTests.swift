import Foundation
import Geometry
import TestSupport
import Testing

/// Our functions beside the C library's: equal to a few units in the last place.
@Suite struct ElementaryTests {
  static func close(_ ours: Double, _ theirs: Double, ulps: Double = 3, absolute: Double = 0) -> Bool {
    abs(ours - theirs) <= max(ulps * theirs.ulp, absolute)
  }

  @Test func sineAndCosine() {
    var random = SeededRandom()
    for _ in 0..<200_000 {
      let angle = Double.random(in: -7...7, using: &random)
      let (sine, cosine) = Elementary.sineAndCosine(angle)
      #expect(Self.close(sine, sin(angle), absolute: 2.3e-16) && Self.close(cosine, cos(angle), absolute: 2.3e-16), "\(angle)")
    }
    #expect(Elementary.sineAndCosine(0) == (0, 1))
  }

  @Test func arcSine() {
    var random = SeededRandom()
    for _ in 0..<100_000 {
      let value = Double.random(in: 0...1, using: &random)
      #expect(Self.close(Elementary.arcSine(value), asin(value)), "\(value)")
      let small = value * 1e-4
      #expect(Self.close(Elementary.arcSine(small), asin(small)), "\(small)")
    }
    #expect(
      Elementary.arcSine(0) == 0 && Self.close(Elementary.arcSine(1), .pi / 2) && Elementary.arcSine(1.000_000_1) == .pi / 2)
  }

  @Test func powersAndLogarithms() {
    var random = SeededRandom()
    for _ in 0..<100_000 {
      let exponent = Double.random(in: -60...60, using: &random)
      #expect(Self.close(Elementary.exp2(exponent), Foundation.exp2(exponent), ulps: 8), "\(exponent)")
      let value = Double.random(in: 0.001...1e9, using: &random)
      #expect(Self.close(Elementary.log2(value), Foundation.log2(value), ulps: 4, absolute: 4e-16), "\(value)")
    }
    #expect(Elementary.exp2(0) == 1 && Elementary.exp2(10) == 1_024 && Elementary.log2(1) == 0 && Elementary.log2(8) == 3)
    #expect(Elementary.exp2(-5_000) == 0 && Elementary.exp2(5_000) == .infinity)
  }
}
