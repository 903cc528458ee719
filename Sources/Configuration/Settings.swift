/// Every setting of the product as plain values; `Settings()` holds the defaults. How each is named, read and explained is in
/// `Settings+List.swift`, one row a setting.
public struct Settings: Sendable {
  public struct HTTP: Sendable {
    public var host = "127.0.0.1"
    public var port = 8080
    public var unixSocket: String?
    public var loops: Int?
  }

  public struct Database: Sendable {
    public var url: String?
  }

  public struct Log: Sendable {
    public enum Level: String, Sendable, CaseIterable { case trace, debug, info, notice, warning, error, critical }
    public enum Format: String, Sendable, CaseIterable { case auto, json, text }
    /// A module that logs at another level than the rest.
    public struct ModuleLevel: Sendable, Equatable {
      public let module: String
      public let level: Level
    }

    public var level = Level.info
    public var modules: [ModuleLevel] = []
    public var format = Format.auto
  }

  public struct Trace: Sendable {
    public var endpoint: String?
    public var ratio = 0.1
    public var serviceName = "qareeb"
  }

  public struct CORS: Sendable {
    public var origins: [String] = []
  }

  public struct Data: Sendable {
    public var directory = "var"
    public var assets = "data"
  }

  public struct Demo: Sendable {
    /// Nil: only into the private cluster.
    public var isLoaded: Bool?
    /// What data/golden/ was labelled over: enough for every neighbourhood and trade, few enough to load in a fraction of a second.
    public var providers = 2_400
  }

  public struct Index: Sendable {
    /// The database keeps its log that long for each node, and a start after a crash reads so much of it again.
    public var saveInterval = Duration.seconds(300)
  }

  public struct Web: Sendable {
    public var directory = "web"
    /// Where Debian's `libjs-…` packages put what browsers run.
    public var libraries = "/usr/share/javascript"
    public var tiles: String?
    public var tilesCredit: String?
  }

  public struct Search: Sendable {
    public var cursorSecret: String?
  }

  public var http = HTTP()
  public var database = Database()
  public var log = Log()
  public var trace = Trace()
  public var cors = CORS()
  public var data = Data()
  public var index = Index()
  public var demo = Demo()
  public var search = Search()
  public var web = Web()
  public var limits = Limits()

  public init() {}
}
