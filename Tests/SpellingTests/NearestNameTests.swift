import Testing

@testable import Spelling

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("", "", 0), ("a", "", 1), ("", "abc", 3), ("port", "port", 0), ("prot", "port", 1), ("kitten", "sitting", 3),
    ("serve", "server", 1), ("ca", "abc", 3),
  ])
  func distance(_ a: String, _ b: String, _ expected: Int) {
    #expect(editDistance(Array(a), Array(b)) == expected)
    #expect(editDistance(Array(b), Array(a)) == expected)
  }

  @Test func suggestsTheNearestName() {
    let names = ["serve", "config", "completion", "migrate"]
    #expect(nearestName(to: "srve", among: names) == "serve")
    #expect(nearestName(to: "CONFIG", among: names) == "config")
    #expect(nearestName(to: "confgi", among: names) == "config")
    #expect(nearestName(to: "migrte", among: names) == "migrate")
  }

  @Test func aCutOffNameIsUnderstood() {
    #expect(nearestName(to: "comp", among: ["serve", "completion"]) == "completion")
    #expect(nearestName(to: "co", among: ["serve", "completion"]) == nil)
  }

  @Test func staysSilentWhenNothingIsNear() {
    #expect(nearestName(to: "banana", among: ["serve", "config"]) == nil)
    #expect(nearestName(to: "", among: ["serve"]) == nil)
    #expect(nearestName(to: "x", among: []) == nil)
  }

  @Test func tiesGoToTheFirst() {
    #expect(nearestName(to: "bat", among: ["cat", "hat"]) == "cat")
  }
}
