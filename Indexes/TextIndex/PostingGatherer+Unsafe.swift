/// Unites rows of postings: each provider once, ascending, with its highest impact.
///
/// It has a bit and a byte for every provider, and a mark for every chunk that says whether to look there; so what it costs grows
/// with what was added, not with the providers.
struct PostingGatherer {
  private var highest: [UInt8]
  private var members: [UInt64]
  private var touched: [Bool]

  init(providerCount: Int) {
    let chunks = (providerCount + TextLimits.chunkProviders - 1) / TextLimits.chunkProviders
    highest = [UInt8](repeating: 0, count: chunks * TextLimits.chunkProviders)
    members = [UInt64](repeating: 0, count: chunks * TextLimits.chunkWords)
    touched = [Bool](repeating: false, count: chunks)
  }

  mutating func add(_ numbers: UnsafeBufferPointer<UInt32>, _ impacts: UnsafeBufferPointer<UInt8>) {
    highest.withUnsafeMutableBufferPointer { highest in
      members.withUnsafeMutableBufferPointer { members in
        touched.withUnsafeMutableBufferPointer { touched in
          for index in 0..<numbers.count {
            let number = Int(numbers[index])
            highest[number] = max(highest[number], impacts[index])
            members[number >> 6] |= 1 << UInt64(number & 63)
            touched[number >> 12] = true
          }
        }
      }
    }
  }

  /// Writes what was gathered as one term, if it is anything, and forgets it.
  mutating func write(key: UnsafeBufferPointer<UInt8>, to writer: inout PostingsWriter) {
    guard touched.contains(true) else { return }
    writer.beginTerm(key)
    highest.withUnsafeMutableBufferPointer { highest in
      members.withUnsafeMutableBufferPointer { members in
        for chunk in touched.indices where touched[chunk] {
          touched[chunk] = false
          let words = UnsafeMutableBufferPointer(
            rebasing: members[chunk * TextLimits.chunkWords..<(chunk + 1) * TextLimits.chunkWords])
          let first = chunk * TextLimits.chunkProviders
          let impacts = UnsafeMutableBufferPointer(rebasing: highest[first..<first + TextLimits.chunkProviders])
          writer.addContainer(chunk, words: UnsafeBufferPointer(words), impacts: UnsafeBufferPointer(impacts))
          words.update(repeating: 0)
          impacts.update(repeating: 0)
        }
      }
    }
    writer.endTerm()
  }
}
