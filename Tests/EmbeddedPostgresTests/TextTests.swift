import Testing

@testable import EmbeddedPostgres

/// The parts that need no server.
@Suite struct TextTests {
  @Test func readsPostmasterFile() throws {
    let text = "123\n/data\n1700000000\n5432\n/run dir/سوق\n\n  3014656         6\nready   \n"
    let file = try #require(PostmasterFile(text))
    #expect(file.pid == 123)
    #expect(file.socketDirectory == "/run dir/سوق")
    #expect(file.status == .ready)
    #expect(!file.isSingleUser)
  }

  @Test(arguments: [("starting", PostmasterFile.Status.starting), ("stopping", .stopping), ("standby", .ready), ("?", .unknown)])
  func readsStatus(word: String, status: PostmasterFile.Status) throws {
    #expect(try #require(PostmasterFile("1\n/d\n1\n5432\n/s\n\n1 2\n\(word)\n")).status == status)
  }

  @Test func readsPartsOfPostmasterFile() throws {
    // The server writes the file piece by piece, and a full disk may leave any prefix of it.
    let whole = "-42\n/data\n1700000000\n5432\n/s\n\n 1 2\nready   \n"
    for length in 0...whole.utf8.count {
      let file = PostmasterFile(String(whole.prefix(length)))
      if let file { #expect(file.status == .ready || file.status == .unknown) }
    }
    #expect(PostmasterFile("") == nil)
    #expect(PostmasterFile("x\n") == nil)
    #expect(PostmasterFile("0\n") == nil)
    #expect(PostmasterFile("99999999999\n") == nil)
    #expect(try #require(PostmasterFile(whole)).isSingleUser)
    #expect(try #require(PostmasterFile(whole)).pid == 42)
  }

  @Test func quotes() {
    #expect(Quoted.connectionValue(#"a'b\c d"#) == #"'a\'b\\c d'"#)
    #expect(Quoted.setting(#"a'b\c"#) == #"'a''b\\c'"#)
    #expect(Quoted.identifier(#"a"b"#) == #""a""b""#)
    #expect(Quoted.literal("it's") == "'it''s'")
    #expect(Quoted.literal(#"a\b"#) == #"E'a\\b'"#)
  }

  @Test func readsVersions() {
    #expect(PostgresInstallation.majorVersion(inBanner: "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)") == 15)
    #expect(PostgresInstallation.majorVersion(inBanner: "postgres (PostgreSQL) 17beta2") == 17)
    #expect(PostgresInstallation.majorVersion(inBanner: "nginx") == nil)
  }

  @Test func refusesBadPaths() {
    for path in ["", "/tmp/a\nb", "/tmp/..", "/tmp/.", "/"] {
      #expect { try ClusterPlacement.canonical(path) } throws: { ($0 as? ClusterError)?.code == .badPath }
    }
  }

  @Test func saysInWordsWhyAFolderCannotBeMade() {
    #expect { try ClusterPlacement.canonical("/dev/null/a/b") } throws: {
      ($0 as? ClusterError)?.message == "cannot make /dev/null/a: Not a directory"
    }
  }

  @Test func hashesAreShortAndFixed() {
    // FNV-1a's published vectors.
    #expect(ClusterPlacement.pathHash("") == "cbf29ce484222325")
    #expect(ClusterPlacement.pathHash("foobar") == "85944171f73967e8")
  }

  @Test func errorsTellWhatToDo() {
    let error = ClusterError(.diskFull, "The disk is full", advice: "Make room.", output: "a\nb")
    #expect(error.description == "The disk is full [CLUSTER_DISK_FULL]\n  Make room.\n  | a\n  | b")
  }

  @Test func missingBinariesAreNamed() {
    #expect {
      try PostgresInstallation.find("/nowhere")
    } throws: {
      guard let error = $0 as? ClusterError else { return false }
      return error.code == .binariesMissing && error.description.contains("/nowhere: no postgres there")
    }
  }
}
