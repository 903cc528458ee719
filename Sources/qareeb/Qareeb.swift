@main
struct Qareeb {
  static func main() { print("qareeb") }
}
