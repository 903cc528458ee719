import Bytes
import CZlib

/// gzip for answers, one a loop: zlib's state is 256 kB and is reused.
final class Compressor {
  /// Compresses the body in place where it pays and the client accepts it.
  func compress(_ response: HTTPResponse, for request: HTTPRequest, _ limits: ServerLimits) {}
}
