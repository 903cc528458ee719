// One request inside libcurl: its easy handle, and the memory that libcurl reads from and writes to while it works.

import CCurl
import Synchronization

/// A request on its way. Touched only on its engine's loop, but for `isCancelled`.
final class Transfer: @unchecked Sendable {
  // Sendable: created before it is shared, then touched only on the engine's loop (the engine checks); the flag is atomic.

  typealias Outcome = Result<ClientResponse, HTTPClientError>

  let request: ClientRequest
  private let cancelled = Atomic<Bool>(false)
  private(set) var easy: UnsafeMutableRawPointer?
  private var continuation: CheckedContinuation<Outcome, Never>?
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private let body: UnsafeMutableBufferPointer<UInt8>
  private let errorText: UnsafeMutablePointer<CChar>
  private var collector: ResponseCollector
  /// From here on the server may have the request.
  private var mayHaveBeenSent = false

  init(request: ClientRequest) {
    self.request = request
    collector = ResponseCollector(maximumBytes: request.maximumResponseBytes)
    body = .allocate(capacity: request.body.count)
    _ = body.initialize(from: request.body)
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  deinit {
    precondition(easy == nil && continuation == nil, "a transfer ends before it goes")
    body.deallocate()
    errorText.deallocate()
  }

  var isCancelled: Bool { cancelled.load(ordering: .acquiring) }
  func markCancelled() { cancelled.store(true, ordering: .releasing) }

  /// Makes the easy handle. `closeSocketContext` is given to the engine's callback, even after this transfer is gone.
  func open(
    options: HTTPClientOptions, closeSocket: curl_closesocket_callback, closeSocketContext: UnsafeMutableRawPointer,
    continuation: CheckedContinuation<Outcome, Never>
  ) -> UnsafeMutableRawPointer? {
    self.continuation = continuation
    guard let easy = curl_easy_init() else { return nil }
    self.easy = easy
    let set = OptionSetter(easy: easy)
    setAddress(set, options)
    setSafety(set, options)
    setMethod(set)
    setHeaders(set)
    setCallbacks(set)
    set.check(qareeb_curl_set_close_socket(easy, closeSocket))
    set.pointer(CURLOPT_CLOSESOCKETDATA, closeSocketContext)
    return set.hasFailed ? nil : easy
  }

  /// Frees libcurl's side and answers the caller; afterwards the transfer is spent. The easy handle must have left its multi handle.
  func finish(_ outcome: Outcome) {
    if let easy { curl_easy_cleanup(easy) }
    easy = nil
    curl_slist_free_all(headerList)
    headerList = nil
    continuation?.resume(returning: outcome)
    continuation = nil
  }

  // MARK: Options

  private func setAddress(_ set: OptionSetter, _ options: HTTPClientOptions) {
    set.string(CURLOPT_URL, request.url)
    set.string(CURLOPT_PROTOCOLS_STR, "http,https")
    set.long(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
    // An empty proxy also switches off what the environment says.
    set.string(CURLOPT_PROXY, options.proxy ?? "")
    if let path = request.unixSocketPath { set.string(CURLOPT_UNIX_SOCKET_PATH, path) }
    // HTTP/1.1 only: one request a connection at a time, so that a lost connection concerns one request.
    set.long(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    // libcurl repeats a request by itself when a kept connection dies under it; a fresh connection it never retries.
    if !request.isRepeatable { set.long(CURLOPT_FRESH_CONNECT, 1) }
    set.long(CURLOPT_FOLLOWLOCATION, request.maximumRedirects > 0 ? 1 : 0)
    set.long(CURLOPT_MAXREDIRS, request.maximumRedirects)
    // Never from a secure address to an insecure one.
    set.string(CURLOPT_REDIR_PROTOCOLS_STR, request.url.lowercased().hasPrefix("https:") ? "https" : "http,https")
    set.string(CURLOPT_USERAGENT, options.userAgent)
  }

  private func setSafety(_ set: OptionSetter, _ options: HTTPClientOptions) {
    set.long(CURLOPT_SSL_VERIFYPEER, 1)
    set.long(CURLOPT_SSL_VERIFYHOST, 2)
    set.long(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    if let file = options.certificateAuthorityFile { set.string(CURLOPT_CAINFO, file) }
    set.long(CURLOPT_NOSIGNAL, 1)
    set.long(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeoutMilliseconds)
    set.long(CURLOPT_TIMEOUT_MS, request.totalTimeoutMilliseconds)
    // A name that is still being looked up when the transfer ends must not hold the loop until it is done.
    set.long(CURLOPT_QUICK_EXIT, 1)
  }

  private func setMethod(_ set: OptionSetter) {
    let sendsBody = !request.body.isEmpty || [.post, .put, .patch].contains(request.method)
    if sendsBody {
      set.long(CURLOPT_POST, 1)
      set.offset(CURLOPT_POSTFIELDSIZE_LARGE, request.body.count)
      set.pointer(CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(body.baseAddress ?? errorTextAsEmptyBody))
    } else if request.method == .head {
      set.long(CURLOPT_NOBODY, 1)
    } else {
      set.long(CURLOPT_HTTPGET, 1)
    }
    if !(sendsBody && request.method == .post) { set.string(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
  }

  /// Any valid address serves for a body of no bytes; without one libcurl would read from standard input.
  private var errorTextAsEmptyBody: UnsafeMutablePointer<UInt8> {
    UnsafeMutableRawPointer(errorText).assumingMemoryBound(to: UInt8.self)
  }

  private func setHeaders(_ set: OptionSetter) {
    // A name with a bare colon takes out a header that libcurl would add: no waiting for 100 Continue, no invented content type.
    var lines = ["Expect:"]
    if !request.hasHeader("content-type") { lines.append("Content-Type:") }
    // With a semicolon libcurl sends the header empty.
    lines += request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
    for line in lines {
      guard let longer = curl_slist_append(headerList, line) else { return set.fail() }
      headerList = longer
    }
    set.list(CURLOPT_HTTPHEADER, headerList)
  }

  private func setCallbacks(_ set: OptionSetter) {
    // Unretained: the engine keeps the transfer until its easy handle is cleaned up.
    let me = Unmanaged.passUnretained(self).toOpaque()
    set.pointer(CURLOPT_ERRORBUFFER, errorText)
    set.pointer(CURLOPT_WRITEDATA, me)
    set.pointer(CURLOPT_HEADERDATA, me)
    set.pointer(CURLOPT_PREREQDATA, me)
    set.check(
      qareeb_curl_set_data_callback(set.easy, CURLOPT_WRITEFUNCTION) { data, size, count, context in
        let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
        return Transfer.from(context).collector.takeBody(bytes) ? bytes.count : Transfer.abort
      })
    set.check(
      qareeb_curl_set_data_callback(set.easy, CURLOPT_HEADERFUNCTION) { data, size, count, context in
        let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
        return Transfer.from(context).collector.takeHeader(bytes) ? bytes.count : Transfer.abort
      })
    set.check(
      qareeb_curl_set_before_request(set.easy) { context, _, _, _, _ in
        Transfer.from(context).mayHaveBeenSent = true
        return CURL_PREREQFUNC_OK
      })
  }

  /// Any count but the one given ends the transfer; this one no write can have.
  private static let abort = Int.max

  private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer {
    Unmanaged<Transfer>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
  }

  // MARK: Outcome

  func outcome(_ code: CURLcode) -> Outcome {
    guard code == CURLE_OK else { return .failure(error(code)) }
    var status = 0
    var connects = 0
    qareeb_curl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
    qareeb_curl_get_long(easy, CURLINFO_NUM_CONNECTS, &connects)
    return .success(
      ClientResponse(status: status, headers: collector.headers, body: collector.body, usedOpenConnection: connects == 0))
  }

  func failure(_ code: HTTPClientError.Code, _ detail: String) -> HTTPClientError {
    HTTPClientError(code: code, isSurelyNotSent: !mayHaveBeenSent, detail: detail)
  }

  private func error(_ code: CURLcode) -> HTTPClientError {
    switch collector.refusal {
    case .bodyTooLarge: return failure(.tooLarge, "the answer is over \(request.maximumResponseBytes) bytes")
    case .headersTooLarge:
      return failure(.tooLarge, "the answer's headers are over \(HTTPClientLimits.responseHeaderBytes) bytes")
    case nil: break
    }
    let text = String(cString: errorText)
    return failure(Transfer.kind(code), text.isEmpty ? String(cString: curl_easy_strerror(code)) : text)
  }

  private static func kind(_ code: CURLcode) -> HTTPClientError.Code {
    switch code {
    case CURLE_URL_MALFORMAT, CURLE_LOGIN_DENIED: .invalidRequest
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .dns
    case CURLE_COULDNT_CONNECT: .refused
    case CURLE_OPERATION_TIMEDOUT: .timeout
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_PINNEDPUBKEYNOTMATCH,
      CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED:
      .tls
    case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE: .connectionLost
    case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_TOO_MANY_REDIRECTS, CURLE_BAD_CONTENT_ENCODING:
      .protocolViolation
    default: .internal
    }
  }
}

/// Sets options and remembers whether one failed: they fail only for lack of memory or in a libcurl built without them.
private final class OptionSetter {
  let easy: UnsafeMutableRawPointer
  private(set) var hasFailed = false

  init(easy: UnsafeMutableRawPointer) { self.easy = easy }

  func check(_ code: CURLcode) { if code != CURLE_OK { fail() } }
  func fail() { hasFailed = true }

  func long(_ option: CURLoption, _ value: Int) { check(qareeb_curl_set_long(easy, option, value)) }
  func offset(_ option: CURLoption, _ value: Int) { check(qareeb_curl_set_offset(easy, option, curl_off_t(value))) }
  func string(_ option: CURLoption, _ value: String) { check(qareeb_curl_set_string(easy, option, value)) }
  func pointer(_ option: CURLoption, _ value: UnsafeMutableRawPointer) { check(qareeb_curl_set_pointer(easy, option, value)) }
  func list(_ option: CURLoption, _ value: UnsafeMutablePointer<curl_slist>?) {
    check(qareeb_curl_set_list(easy, option, value))
  }
}
