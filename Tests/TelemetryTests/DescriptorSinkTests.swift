import Bytes
import Glibc
import Telemetry
import Testing

@Suite struct DescriptorSinkTests {
  @Test func eachLineArrivesWhole() throws {
    let pipe = try Pipe()
    let sink = DescriptorSink(fileDescriptor: pipe.writing)
    #expect(write("one", to: sink))
    #expect(write("two", to: sink))
    #expect(pipe.readAvailable() == "one\ntwo\n")
  }

  @Test func aClosedReaderLosesLinesAndKillsNothing() throws {
    let pipe = try Pipe()
    let sink = DescriptorSink(fileDescriptor: pipe.writing)
    pipe.closeReading()
    #expect(!write("nobody reads", to: sink))
    #expect(!write("nobody reads", to: sink))
  }

  @Test func aClosedDescriptorLosesLines() {
    let sink = DescriptorSink(fileDescriptor: 1_000_000)
    #expect(!write("nowhere", to: sink))
  }

  @Test func aFullDiskLosesLines() throws {
    let descriptor = open("/dev/full", O_WRONLY)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let pipeline = LogPipeline(format: .json, sink: DescriptorSink(fileDescriptor: descriptor))
    pipeline.logger("Test").info("x")
    #expect(pipeline.droppedLines == 1)
    #expect(pipeline.writtenLines(.info) == 0)
  }

  @Test(arguments: [false, true])
  func aStalledReaderLosesLinesThenFindsWholeOnes(nonBlocking: Bool) throws {
    let pipe = try Pipe()
    if nonBlocking { #expect(fcntl(pipe.writing, F_SETFL, O_NONBLOCK) == 0) }
    let sink = DescriptorSink(fileDescriptor: pipe.writing)
    let long = String(repeating: "x", count: 9_999)
    var accepted = 0
    while write(long, to: sink) {
      accepted += 1
      try #require(accepted < 1_000)
    }
    #expect(accepted > 0)
    let before = pipe.readAvailable()
    // What was cut short does not swallow the line after it.
    #expect(write("after", to: sink))
    let text = before + pipe.readAvailable()
    let lines = text.split(separator: "\n")
    #expect(lines.last == "after")
    #expect(lines.filter { $0 == long }.count == accepted)
  }

  @Test func aFileTakesAnyLength() throws {
    var path = Array("/tmp/qareeb-sink-XXXXXX".utf8CString)
    let descriptor = mkstemp(&path)
    try #require(descriptor >= 0)
    defer {
      close(descriptor)
      unlink(path)
    }
    let sink = DescriptorSink(fileDescriptor: descriptor)
    #expect(write(String(repeating: "y", count: 1_000_000), to: sink))
    #expect(lseek(descriptor, 0, SEEK_END) == 1_000_001)
  }

  private func write(_ text: String, to sink: DescriptorSink) -> Bool {
    var line = ByteBuffer()
    line.append(text)
    line.append("\n")
    return sink.write(line)
  }
}

/// Both ends of a pipe, closed with it.
private final class Pipe {
  private var reading: Int32
  let writing: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    reading = ends[0]
    writing = ends[1]
  }

  deinit {
    closeReading()
    close(writing)
  }

  func closeReading() {
    if reading >= 0 { close(reading) }
    reading = -1
  }

  func readAvailable() -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    var interest = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
    while poll(&interest, 1, 0) > 0, case let count = read(reading, &chunk, chunk.count), count > 0 {
      bytes.append(contentsOf: chunk[..<count])
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
