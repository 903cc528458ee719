import Bytes
import HTTPServer
import Telemetry

extension APICore {
  /// Answers what was refused with the head.
  var refusingHandler: HTTPHandler {
    .synchronous { [self] request, response in
      guard let call = request.storage as? Call else { return APICore.failWithoutCall(response) }
      call.current = request
      writeFailure(call.refusal ?? APIError(.internalError), call, response)
      close(consume call, response)
    }
  }

  /// The server's handler for a route.
  @Sendable func handler(_ compiled: CompiledRoute) -> HTTPHandler {
    let limit = compiled.route.input.body == nil ? 0 : compiled.bodyLimit
    switch compiled.route.kind {
    case .synchronous(let respond):
      return .synchronous(bodyLimit: limit) { [self] request, response in
        guard let call = begin(request, compiled) else { return APICore.failWithoutCall(response) }
        do {
          try respond(call, response)
        } catch {
          recover(from: error, call, response)
        }
        end(consume call, compiled, response)
      }
    case .asynchronous(let respond), .patient(_, let respond, _):
      return .asynchronous(bodyLimit: limit) { [self] request, response in await run(respond, compiled, request, response) }
    case .streamedBody(let respond):
      return .streaming(bodyLimit: compiled.bodyLimit) { [self] request, response in
        await run(respond, compiled, request, response)
      }
    case .webSocket(let options, let converse):
      return .webSocket(options) { [self] request, socket in
        guard let call = begin(request, compiled) else { return }
        await converse(call, socket)
        compiled.metrics.inFlight.subtract()
        close(consume call, nil)
      }
    }
  }

  /// The handler of a route for the requests that need not wait; nil where all of them may.
  @Sendable func handlerAtOnce(_ compiled: CompiledRoute) -> ImpatientHandler? {
    guard case .patient(let parameter?, _, let respond) = compiled.route.kind else { return nil }
    let limit = compiled.route.input.body == nil ? 0 : compiled.bodyLimit
    let handler = HTTPHandler.synchronous(bodyLimit: limit) { [self] request, response in
      guard let call = begin(request, compiled) else { return APICore.failWithoutCall(response) }
      do {
        try respond(call, response)
      } catch {
        recover(from: error, call, response)
      }
      end(consume call, compiled, response)
    }
    return ImpatientHandler(parameter: parameter, handler: handler)
  }

  private func run(
    _ respond: @Sendable (Call, HTTPResponse) async throws -> Void, _ compiled: CompiledRoute, _ request: HTTPRequest,
    _ response: HTTPResponse
  ) async {
    guard let call = begin(request, compiled) else { return APICore.failWithoutCall(response) }
    do {
      try await respond(call, response)
    } catch {
      recover(from: error, call, response)
    }
    end(consume call, compiled, response)
  }

  /// The storage of a request is the API's; without its call nothing can be said about it.
  static func failWithoutCall(_ response: HTTPResponse) { response.status = .internalServerError }

  /// Makes the request's parts readable.
  private func begin(_ request: HTTPRequest, _ compiled: CompiledRoute) -> Call? {
    guard let call = request.storage as? Call else { return nil }
    call.current = request
    compiled.metrics.inFlight.add()
    let source = call.source
    source.headers = request
    request.withQueryBytes { source.loadQuery($0.bytes) }
    if !compiled.variableNames.isEmpty {
      request.withPathBytes { source.loadPath($0.bytes, captures: call.captures, names: compiled.variableNames) }
    }
    if compiled.route.input.body != nil, request.bodyCount > 0 {
      request.withBodyBytes { source.loadBody($0, limit: compiled.bodyLimit) }
    }
    return call
  }

  private func end(_ call: consuming Call, _ compiled: CompiledRoute, _ response: HTTPResponse) {
    compiled.metrics.inFlight.subtract()
    if let start = call.dataStart {
      let isUnchanged = compiled.declaration.hasEntityTag && tag(call, response, from: start)
      if !isUnchanged { Envelope.end(&response.body, meta(call), more: call.meta) }
    }
    close(consume call, response)
  }

  /// Adds the entity tag of what has been written as `data`; true when the caller has it already.
  private func tag(_ call: Call, _ response: HTTPResponse, from start: Int) -> Bool {
    guard response.status == .ok else { return false }
    let tag = ContentHash(of: response.body, from: start).entityTag(isWeak: true)
    if call.cacheControl == nil { call.cacheControl = "no-cache" }
    return call.answerUnchanged(tag, response)
  }

  func meta(_ call: Call) -> AnswerMeta {
    AnswerMeta(
      now: call.receivedAt, requestID: call.requestID, version: configuration.version, nextCursor: call.nextCursor)
  }
}

/// Answers at once what does not name the parameter that makes a request wait.
struct ImpatientHandler: Sendable {
  let parameter: StaticString
  let handler: HTTPHandler

  /// Looks for the name's bytes anywhere in the query: what only looks like it takes the way of those who may wait, and answers the same.
  func isFor(_ request: HTTPRequest) -> Bool {
    request.withQueryBytes { !$0.bytes.contains(parameter) }
  }
}
