// The boundary to wslay: its context lives as long as the codec, `user_data` points to the codec unretained, and every callback
// runs inside `read`.
import Bytes
import CWslay

/// The receiving side of RFC 6455 without any input or output: bytes in, messages and due replies out.
///
/// wslay reads the frames, unmasks them and checks them (masks, reserved bits and opcodes, lengths, fragments, UTF-8, codes); the
/// messages are gathered here, so that memory grows with what has arrived and not with what a header promises. A context holds
/// two buffers of 4 kB, most of what an idle connection costs.
final class WebSocketCodec {
  enum End: Equatable {
    /// The client's Close has been read; `answerClose` answers it.
    case closed(WebSocketCloseCode, reason: String)
    /// The client broke a rule; the Close that says so is in `output`.
    case failed(WebSocketCloseCode)
  }

  /// Whole messages, in order; the owner takes them out.
  var messages: [WebSocketMessage] = []
  /// Pongs and Closes that are due; the owner sends them.
  var output = ByteBuffer()
  private(set) var end: End?

  private let maximumMessageBytes: Int
  private var context: wslay_event_context_ptr?
  private var input = UnsafeRawBufferPointer(start: nil, count: 0)
  private var gathering = WebSocketCloseGathering()
  /// The beginning of a head or of a Close that has not come whole: at most 130 bytes between two reads.
  private var held = ByteBuffer()
  /// The pieces of the message that is arriving.
  private var message = ByteBuffer()
  private var isControlFrame = false
  private var hasSentClose = false

  /// Kept between messages; larger ones give their memory back.
  private static let messageCapacityKept = 1_024

  init(maximumMessageBytes: Int) {
    self.maximumMessageBytes = maximumMessageBytes
    var callbacks = wslay_event_callbacks()
    callbacks.recv_callback = { context, buffer, count, _, data in codec(data).receive(context, buffer, count) }
    callbacks.send_callback = { _, bytes, count, _, data in codec(data).send(bytes, count) }
    callbacks.on_frame_recv_start_callback = { _, frame, data in
      if let frame { codec(data).frameBegan(opcode: frame.pointee.opcode, count: frame.pointee.payload_length) }
    }
    callbacks.on_frame_recv_chunk_callback = { _, chunk, data in
      if let chunk { codec(data).frameRead(UnsafeRawBufferPointer(start: chunk.pointee.data, count: chunk.pointee.data_length)) }
    }
    callbacks.on_msg_recv_callback = { _, message, data in
      if let message { codec(data).messageEnded(message.pointee) }
    }
    let code = wslay_event_context_server_init(&context, &callbacks, Unmanaged.passUnretained(self).toOpaque())
    precondition(code == 0, "wslay fails here only when there is no memory")
    wslay_event_config_set_no_buffering(context, 1)
    // Bounds single frames, control frames too; `frameBegan` bounds messages.
    wslay_event_config_set_max_recv_msg_length(context, UInt64(max(maximumMessageBytes, 125)))
  }

  deinit {
    wslay_event_context_free(context)
  }

  /// Reads what has arrived, in pieces of any size. Does nothing once `end` is set.
  func read(_ bytes: UnsafeRawBufferPointer) {
    guard end == nil else { return }
    let code: Int32
    if held.isEmpty {
      code = hand(bytes) { held.append(contentsOf: $0) }
    } else {
      held.append(contentsOf: bytes)
      var rest = 0
      code = held.withUnsafeBytes { hand($0) { rest = $0.count } }
      held.removeFirst(held.count - rest)
      if rest == 0 { held.removeAll(keepingAtMost: WebSocketCodec.messageCapacityKept) }
    }
    if end == nil {
      flush()
      if code < 0 {
        // No frame at all; wslay would say so without a code.
        end = .failed(.protocolError)
      } else if wslay_event_get_read_enabled(context) == 0 {
        end = .failed(WebSocketCloseCode(rawValue: wslay_event_get_status_code_sent(context)))
      }
    }
    if case .failed(let code)? = end { close(code, "") }
  }

  /// Lets wslay read; `rest` gets what it must not have yet.
  private func hand(_ bytes: UnsafeRawBufferPointer, rest: (UnsafeRawBufferPointer) -> Void) -> Int32 {
    input = bytes
    let code = wslay_event_recv(context)
    rest(input)
    input = UnsafeRawBufferPointer(start: nil, count: 0)
    return code
  }

  /// Puts a Close into `output`, unless there was one. Reading goes on until the client has answered it.
  func close(_ code: WebSocketCloseCode, _ reason: String) {
    guard !hasSentClose else { return }
    hasSentClose = true
    WebSocketFrame.appendClose(code, reason, to: &output)
    wslay_event_shutdown_write(context)
  }

  /// Answers the client's Close with its own code.
  func answerClose() {
    if case .closed(let code, let reason)? = end { close(code, reason) }
  }

  /// Moves due pongs into `output`. wslay's own Closes are only asked for their code: they have none for some failures, and the
  /// answer to the client's must wait for the handler.
  private func flush() {
    let start = output.count
    // It can only fail by its callback, which does not.
    wslay_event_send(context)
    if wslay_event_get_close_sent(context) != 0 { output.truncate(to: start) }
  }

  // MARK: Callbacks

  private func receive(_ context: wslay_event_context_ptr?, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int) -> Int {
    // wslay asks only when its own 4 kB are empty, so a Close always has room.
    let passable = gathering.passable(UnsafeRawBufferPointer(rebasing: input.prefix(count)))
    guard let buffer, passable > 0 else {
      wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK.rawValue)
      return -1
    }
    let piece = UnsafeRawBufferPointer(rebasing: input.prefix(passable))
    UnsafeMutableRawBufferPointer(start: buffer, count: count).copyMemory(from: piece)
    input = UnsafeRawBufferPointer(rebasing: input.dropFirst(piece.count))
    return piece.count
  }

  private func send(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int {
    output.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
    return count
  }

  private func frameBegan(opcode: UInt8, count: UInt64) {
    isControlFrame = opcode & 0x8 != 0
    // The pongs that are due go out even if this frame is the last.
    flush()
    if isControlFrame {
      // A Close has no code or a whole one (RFC 6455, 5.5.1).
      if opcode == WebSocketFrame.Opcode.close.rawValue, count == 1 { refuse(.protocolError) }
    } else if count > UInt64(maximumMessageBytes - message.count) {
      refuse(.messageTooBig)
    }
  }

  /// Stops reading; what wslay still finds in this frame is ignored.
  private func refuse(_ code: WebSocketCloseCode) {
    end = .failed(code)
    wslay_event_shutdown_read(context)
  }

  private func frameRead(_ bytes: UnsafeRawBufferPointer) {
    if !isControlFrame, end == nil { message.append(contentsOf: bytes) }
  }

  private func messageEnded(_ received: wslay_event_on_msg_recv_arg) {
    guard end == nil else { return }
    switch UInt32(received.opcode) {
    case WSLAY_TEXT_FRAME.rawValue:
      messages.append(.text(String(message)))
      message.removeAll(keepingAtMost: WebSocketCodec.messageCapacityKept)
    case WSLAY_BINARY_FRAME.rawValue:
      messages.append(.binary([UInt8](message)))
      message.removeAll(keepingAtMost: WebSocketCodec.messageCapacityKept)
    case WSLAY_CONNECTION_CLOSE.rawValue:
      let payload = UnsafeRawBufferPointer(start: received.msg, count: received.msg_length)
      let code = received.status_code == 0 ? WebSocketCloseCode.none : WebSocketCloseCode(rawValue: received.status_code)
      let reason = String(validating: payload.dropFirst(2), as: UTF8.self)
      end = reason.map { .closed(code, reason: $0) } ?? .failed(.invalidData)
    default:
      break
    }
  }
}

private func codec(_ data: UnsafeMutableRawPointer?) -> WebSocketCodec {
  Unmanaged<WebSocketCodec>.fromOpaque(data.unsafelyUnwrapped).takeUnretainedValue()
}
