import Bytes

/// How an answer is put on the wire: what a connection adds to what the handler said.
///
/// A value, and its output passed `inout`, so that the many appends are one access to the loop's buffer.
struct AnswerFraming {
  let keepsAlive: Bool
  let minorVersion: UInt8
  let isHead: Bool
  let dateLine: [UInt8]

  /// Writes a complete answer; returns how many bytes it took.
  func write(_ response: HTTPResponse, to output: inout ByteBuffer) -> Int {
    let start = output.count
    writeFields(response, to: &output)
    if !response.status.forbidsBody {
      output.append("Content-Length: ")
      output.append(decimal: response.body.count)
      output.append("\r\n")
    }
    output.append("\r\n")
    if !isHead, !response.status.forbidsBody { output.append(contentsOf: response.body) }
    return output.count - start
  }

  /// Writes the head of an answer whose body follows piece by piece.
  func writeHead(_ response: HTTPResponse, isChunked: Bool, to output: inout ByteBuffer) {
    writeFields(response, to: &output)
    if let length = response.streamedBytes {
      output.append("Content-Length: ")
      output.append(decimal: length)
      output.append("\r\n")
    } else if isChunked, !response.status.forbidsBody {
      output.append("Transfer-Encoding: chunked\r\n")
    }
    output.append("\r\n")
  }

  private func writeFields(_ response: HTTPResponse, to output: inout ByteBuffer) {
    if response.status == .ok {
      output.append("HTTP/1.1 200 OK\r\n")
    } else {
      output.append("HTTP/1.1 ")
      output.append(decimal: Int(response.status.code))
      output.append(" ")
      output.append(response.status.reasonPhrase)
      output.append("\r\n")
    }
    output.append(contentsOf: dateLine)
    if !keepsAlive {
      output.append("Connection: close\r\n")
    } else if minorVersion == 0 {
      output.append("Connection: keep-alive\r\n")
    }
    output.append(response.varies.line)
    output.append(contentsOf: response.fields)
  }
}
