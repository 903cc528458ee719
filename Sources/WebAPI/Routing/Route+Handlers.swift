public import Bytes
public import HTTPServer
import JSON

extension RouteDeclaration {
  /// Answers at once, on the loop that read the request. For what never waits.
  public func sync<Input: RouteInput, Output: Answer>(
    status: HTTPStatus = .ok, _ handler: @escaping @Sendable (Call, Input) throws -> Output
  ) -> Route {
    route(Input.self, answer(Output.self, status)) { input in
      .synchronous { call, response in
        let output = try handler(call, call.read(Input.self, input))
        call.write(output, status: status, to: response)
      }
    }
  }

  public func sync<Output: Answer>(
    status: HTTPStatus = .ok, _ handler: @escaping @Sendable (Call) throws -> Output
  ) -> Route {
    sync(status: status) { (call: Call, _: NoInput) in try handler(call) }
  }

  /// Answers after waiting for something; stays on the loop that read the request.
  public func async<Input: RouteInput, Output: Answer>(
    status: HTTPStatus = .ok, _ handler: @escaping @Sendable (Call, Input) async throws -> Output
  ) -> Route {
    route(Input.self, answer(Output.self, status)) { input in
      .asynchronous { call, response in
        let output = try await handler(call, call.read(Input.self, input))
        call.write(output, status: status, to: response)
      }
    }
  }

  public func async<Output: Answer>(
    status: HTTPStatus = .ok, _ handler: @escaping @Sendable (Call) async throws -> Output
  ) -> Route {
    self.async(status: status) { (call: Call, _: NoInput) in try await handler(call) }
  }

  /// Writes `data` straight into the answer's buffer: for routes whose answers are too hot or too large to build first.
  /// What was written is forgotten when the handler throws.
  public func writing<Input: RouteInput, Output: Described>(
    _ output: Output.Type, _ handler: @escaping @Sendable (Call, Input, inout ByteBuffer) throws -> Void
  ) -> Route {
    route(Input.self, answer(output, .ok)) { input in
      .synchronous { call, response in
        let values = try call.read(Input.self, input)
        call.beginData(status: .ok, in: response)
        try handler(call, values, &response.body)
      }
    }
  }

  /// As `writing`, for what now and then has to wait before it can be answered: a request whose query names `parameter`, or every one
  /// where that is nil, is first given to `wait`. All others are answered at once.
  public func writing<Input: RouteInput, Output: Described>(
    _ output: Output.Type, waitingFor parameter: StaticString?, _ wait: @escaping @Sendable (Call, Input) async throws -> Void,
    then handler: @escaping @Sendable (Call, Input, inout ByteBuffer) throws -> Void
  ) -> Route {
    route(Input.self, answer(output, .ok)) { input in
      @Sendable func respond(_ call: Call, _ values: Input, _ response: HTTPResponse) throws {
        call.beginData(status: .ok, in: response)
        try handler(call, values, &response.body)
      }
      return .patient(
        parameter,
        waiting: { call, response in
          let values = try call.read(Input.self, input)
          try await wait(call, values)
          try respond(call, values, response)
        },
        atOnce: { call, response in try respond(call, call.read(Input.self, input), response) })
    }
  }

  /// Server-sent events, for as long as the handler sends them. Failures before the first event are answered as usual.
  public func events<Input: RouteInput, Output: Answer>(
    _ data: Output.Type, _ handler: @escaping @Sendable (Call, Input, EventStream) async throws -> Void
  ) -> Route {
    let success = SuccessDescription(status: .ok, contentType: "text/event-stream", schema: data.schema, isEnveloped: false)
    return route(Input.self, success) { input in
      .asynchronous { call, response in
        let values = try call.read(Input.self, input)
        call.isEventStream = true
        response.streamEvents { writer in try await handler(call, values, EventStream(writer)) }
      }
    }
  }

  /// The same for streams that not everybody gets: what `admit` throws is answered as usual, and what it gives is kept for as long as
  /// the stream is open.
  public func events<Output: Answer, Seat: Sendable>(
    _ data: Output.Type, admitting admit: @escaping @Sendable (Call) throws -> Seat,
    then handler: @escaping @Sendable (Seat, EventStream) async throws -> Void
  ) -> Route {
    let success = SuccessDescription(status: .ok, contentType: "text/event-stream", schema: data.schema, isEnveloped: false)
    return route(NoInput.self, success) { input in
      .asynchronous { call, response in
        _ = try call.read(NoInput.self, input)
        let seat = try admit(call)
        call.isEventStream = true
        response.streamEvents { writer in try await handler(seat, EventStream(writer)) }
      }
    }
  }

  /// A WebSocket conversation. Permission and rate limit are checked before the upgrade.
  public func webSocket(
    _ options: WebSocketOptions = WebSocketOptions(), _ handler: @escaping @Sendable (Call, WebSocket) async -> Void
  ) -> Route {
    let success = SuccessDescription(status: .switchingProtocols, contentType: "", schema: nil, isEnveloped: false)
    return route(NoInput.self, success) { _ in .webSocket(options, handler) }
  }

  /// An answer that is no envelope: metrics, pages, files. The handler fills the response itself.
  public func raw<Input: RouteInput>(
    contentType: StaticString, schema: Schema = .text,
    _ handler: @escaping @Sendable (Call, Input, HTTPResponse) throws -> Void
  ) -> Route {
    let success = SuccessDescription(status: .ok, contentType: "\(contentType)", schema: schema, isEnveloped: false)
    return route(Input.self, success) { input in
      .synchronous { call, response in
        let values = try call.read(Input.self, input)
        call.setContentType(contentType)
        try handler(call, values, response)
      }
    }
  }

  public func raw(
    contentType: StaticString, schema: Schema = .text, _ handler: @escaping @Sendable (Call, HTTPResponse) throws -> Void
  ) -> Route {
    raw(contentType: contentType, schema: schema) { (call: Call, _: NoInput, response: HTTPResponse) in
      try handler(call, response)
    }
  }

  /// A body read as it comes (`call.request.bodyStream`), as long as `bodyLimit` allows; answered in the envelope.
  public func streamedBody<Input: RouteInput, Output: Answer>(
    _ handler: @escaping @Sendable (Call, Input) async throws -> Output
  ) -> Route {
    route(Input.self, answer(Output.self, .ok)) { input in
      .streamedBody { call, response in
        let output = try await handler(call, call.read(Input.self, input))
        call.write(output, status: .ok, to: response)
      }
    }
  }

  /// A body of lines, one JSON object each, read as they come: `call.request.bodyStream` cut by `BodyLines<Line>`. As long as `bodyLimit`
  /// allows; answered in the envelope.
  public func streamedLines<Input: RouteInput, Line: BodyInput, Output: Answer>(
    of line: Line.Type, _ handler: @escaping @Sendable (Call, Input) async throws -> Output
  ) -> Route {
    let description = InputDescription.of(Input.self, lines: line.schema)
    return Route(
      declaration: self, input: description, success: answer(Output.self, .ok),
      kind: .streamedBody { call, response in
        let output = try await handler(call, call.read(Input.self, description))
        call.write(output, status: .ok, to: response)
      })
  }

  private func answer<Output: Described>(_ output: Output.Type, _ status: HTTPStatus) -> SuccessDescription {
    if output == NoContent.self {
      return SuccessDescription(status: .noContent, contentType: "", schema: nil, isEnveloped: false)
    }
    return .enveloped(status, Output.schema)
  }

  private func route<Input: RouteInput>(
    _ input: Input.Type, _ success: SuccessDescription, _ kind: (InputDescription) -> Route.Kind
  ) -> Route {
    let description = InputDescription.of(input)
    return Route(declaration: self, input: description, success: success, kind: kind(description))
  }
}

/// Sends server-sent events (WHATWG HTML, 9.2) at the speed of their reader.
public struct EventStream: Sendable {
  private let writer: BodyWriter

  init(_ writer: BodyWriter) { self.writer = writer }

  /// Sends one event. `id` is what a client that comes back says it has seen last.
  public func send(_ data: some Answer, event: StaticString? = nil, id: String? = nil) async throws {
    var buffer = ByteBuffer()
    data.writeJSON(to: &buffer)
    try await writer.send(ServerSentEvent(id: id, event: event.map { "\($0)" }, data: String(buffer)))
  }
}
