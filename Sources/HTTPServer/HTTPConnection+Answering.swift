import Bytes
import EventLoops

// The request and its answer stay in the connection's own properties and are only borrowed by the frames that use them: when
// `finish` runs, the connection is their one owner unless a handler kept them, and both go back to the loop's pool.
extension HTTPConnection {
  /// The request has been read whole: has it answered.
  func answer() {
    guard let handler else { return close() }
    phase = .answering
    switch handler.kind {
    case .synchronous(let respond):
      context.statistics.requests.add()
      response = context.takeResponse()
      call(respond)
      finish()
    case .asynchronous(let respond):
      startTask(respond)
    case .streaming(let respond):
      if request?.bodyStream == nil {
        startTask(respond)
      } else if hasAnswered {
        finishRequest()
      }
    case .webSocket(let options, let converse):
      context.statistics.requests.add()
      upgrade(options, converse)
    }
  }

  /// Starts the handler of a body that has not arrived yet.
  func startStreamingHandler() {
    guard case .streaming(let respond)? = handler?.kind else { return close() }
    startTask(respond)
  }

  private func call(_ respond: (HTTPRequest, HTTPResponse) -> Void) {
    guard let request, let response else { return }
    respond(request, response)
  }

  private func call(_ respond: (HTTPRequest, HTTPResponse) async -> Void) async {
    guard let request, let response else { return }
    await respond(request, response)
  }

  private func startTask(_ respond: @escaping @Sendable (HTTPRequest, HTTPResponse) async -> Void) {
    if let failure = context.admit(client) { return shed(failure) }
    context.statistics.requests.add()
    response = context.takeResponse()
    isWorking = true
    // Runs at once, up to its first suspension: a handler that never waits costs no turn of the loop.
    let task = context.loop.startTask { [self] in
      await call(respond)
      await complete()
    }
    if isWorking { self.task = task }
  }

  /// No room: answered at once, but the connection lives on, so that the client may come back without a handshake.
  private func shed(_ failure: HTTPFailure) {
    guard request?.bodyStream == nil else { return refuse(failure) }
    fail(failure)
    finish()
  }

  /// Has the layer above fill the answer to a request that no handler saw.
  func fail(_ failure: HTTPFailure) {
    let response = context.takeResponse()
    context.service.fail(failure, request: request, response: response)
    self.response = response
  }

  /// The handler has returned; streams what it left to be streamed, then goes on.
  private func complete() async {
    context.loop.preconditionCurrent()
    if let producer = response?.producer, phase != .closed { await produce(producer) }
    isWorking = false
    task = nil
    context.release(client)
    let writer = self.writer
    if let writer, writer.isBroken { close() }
    // Let go in any case: connection and writer know each other.
    self.writer = nil
    guard phase == .answering || phase == .body else { return }
    guard let writer else { return finish() }
    endStream(writer)
    finishRequest()
  }

  /// Writes an answer that is complete, and goes on.
  func finish() {
    if response?.closesConnection == true || context.isDraining { keepsAlive = false }
    writeAnswer()
    finishRequest()
  }

  private func finishRequest() {
    context.giveBack(&response)
    guard phase == .answering else { return dropRestOfBody() }
    hasAnswered = false
    handler = nil
    context.giveBack(&request)
    didAnswer()
  }

  /// A streaming handler answered without reading its whole body: a short rest is read and dropped.
  private func dropRestOfBody() {
    hasAnswered = true
    dropsBody = true
    bodyBytes = 0
    restartDeadline()
    if !keepsAlive { return linger() }
    flush()
    bodyWasTaken()
  }

  /// Appends `response` to the loop's output.
  func writeAnswer() {
    guard let response else { return }
    if response.isCompressible, let request { context.compressor.compress(response, for: request, context.limits) }
    context.clock.update(nowMilliseconds: context.loop.nowMilliseconds)
    let framing = AnswerFraming(
      keepsAlive: keepsAlive, minorVersion: request?.minorVersion ?? 1, isHead: request?.method == .head,
      dateLine: context.clock.line)
    let count = framing.write(response, to: &context.output)
    context.statistics.sentBytes.add(count)
  }
}
