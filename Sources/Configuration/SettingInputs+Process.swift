// The one place of the module that touches the process: its environment and its files.
import FoundationEssentials

extension SettingInputs {
  /// The process's own environment and file system.
  public static func process(flags: [Flag] = [], filePath: String? = nil) -> SettingInputs {
    SettingInputs(
      flags: flags, environment: ProcessInfo.processInfo.environment, filePath: filePath, readFile: contentOfFile)
  }

  static let contentOfFile: @Sendable (String) -> FileContent = { path in
    do {
      let data = try Data(contentsOf: URL(filePath: path))
      // A wrong path that leads to something huge should be a message, not a long silence and a mountain of bad lines.
      guard data.count <= 1 << 20 else { return .unreadable(reason: "is larger than 1MiB") }
      return .bytes([UInt8](data))
    } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
      return .missing
    } catch let error as CocoaError where error.code == .fileReadNoPermission {
      return .unreadable(reason: "may not be read by this user")
    } catch {
      return .unreadable(reason: "cannot be read")
    }
  }
}
