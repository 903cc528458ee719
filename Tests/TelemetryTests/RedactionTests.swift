import Telemetry
import Testing

@Suite struct RedactionTests {
  @Test func declaredSecretsAreNotEvenEvaluated() {
    let capture = Capture()
    var evaluated = false
    func secret() -> String {
      evaluated = true
      return "hunter2"
    }
    capture.log.info("x", ["a": .redacted(secret()), "b": .personal(secret())])
    #expect(!evaluated)
    #expect(capture.sink.lines[0].contains(#""fields":{"a":"[redacted]","b":"[personal]"}"#))
  }

  @Test(arguments: [
    "password", "user_password", "PGPASSWORD", "passwd", "token", "access_token", "refreshToken", "X-Auth-Token", "authorization",
    "Authorization", "cookie", "Set-Cookie", "secret", "client_secret", "api_key", "apiKey", "X-API-Key", "otp", "otpCode",
    "card",
    "card_number", "cardNumber", "cvv", "iban", "phone", "phone_number", "phoneNumber", "email", "e-mail", "customer.email",
    "jwt",
    "private_key", "session_id", "pin", "credentials", "lat",
  ])
  func namesThatLookSecretHideTheValue(name: String) {
    #expect(Redaction.looksSecret(name))
    let capture = Capture()
    var fields = LogFields()
    fields.append(name, .public("hunter2"))
    fields.append(name, .int(424_242))
    fields.append(name, .double(42.42))
    capture.log.info("x", fields)
    #expect(!capture.sink.lines[0].contains("hunter2"))
    #expect(!capture.sink.lines[0].contains("42"))
  }

  @Test(arguments: [
    "path", "status", "route", "duration_ms", "discarded", "cardinality", "keys", "spinning", "japan", "pinned", "latency",
    "option",
    "compass", "platform", "rows", "remote", "mailbox_size",
  ])
  func ordinaryNamesShowIt(name: String) { #expect(!Redaction.looksSecret(name)) }

  @Test(arguments: [
    ("postgres://qareeb:hunter2@db:5432/q", "postgres://qareeb:[redacted]@db:5432/q"),
    ("two postgres://a:hunter2@h and redis://:hunter2@h/0", "two postgres://a:[redacted]@h and redis://:[redacted]@h/0"),
    ("postgres://a:hun@ter/2@host/db", "postgres://a:[redacted]@host/db"),
    ("http://host:8080/path@x", "http://host:8080/path@x"),
    ("http://host/path?a=b", "http://host/path?a=b"),
    ("host=db password=hunter2 user=q", "host=db password=[redacted] user=q"),
    ("host=db password = 'hunter2 is long' user=q", "host=db password = [redacted] user=q"),
    ("/cb?token=hunter2&x=1", "/cb?token=[redacted]&x=1"),
    (#"{"api_key":"hunter2","n":1}"#, #"{"api_key":[redacted],"n":1}"#),
    (#"{"secret": "hun\"ter2", "n":1}"#, #"{"secret": [redacted], "n":1}"#),
    ("Authorization: Bearer hunter2", "Authorization: [redacted]"),
    ("authorization: Basic hunter2; next", "authorization: [redacted]; next"),
    ("password=", "password="),
    ("listening on 127.0.0.1:8080", "listening on 127.0.0.1:8080"),
    ("كلمة: نص", "كلمة: نص"),
    ("a:", "a:"),
    ("://", "://"),
    ("x://:@", "x://:[redacted]@"),
  ])
  func textIsScrubbed(text: String, expected: String) {
    #expect(Redaction.scrubbed(text) == expected)
    let capture = Capture()
    capture.log.info("\(public: text)", ["value": .public(text)])
    #expect(!capture.sink.lines[0].contains("hunter2"))
  }

  @Test func randomTextNeverTrapsAndKeepsWhatHasNoSecret() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(state: seed)
    let alphabet = Array("ab:/=@\"'\\ &,;tokenpassword\nع")
    for _ in 0..<2_000 {
      let text = String((0..<Int(random.next() % 40)).map { _ in alphabet[Int(random.next() % UInt64(alphabet.count))] })
      let once = Redaction.scrubbed(text)
      if !text.contains(":") && !text.contains("=") { #expect(once == text, "seed \(seed)") }
      // Marked text stays marked: the second pass finds nothing that the first left.
      #expect(Redaction.scrubbed(once).contains("[redacted]") == once.contains("[redacted]"), "seed \(seed): \(text)")
    }
  }
}

struct Seeded: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
