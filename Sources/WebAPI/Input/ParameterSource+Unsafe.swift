import JSON

extension ParameterSource {
  func loadBody(_ bytes: UnsafeRawBufferPointer, limit: Int) {
    bodyOutcome = Result { () throws(JSONError) in
      try JSONDocument(bytes, limits: JSONLimits(maximumBytes: limit))
    }
  }
}
