// The C boundary for one thread: pthread_create takes a pointer to what it runs.
import CPlatform
import Glibc
import Synchronization

extension PrivateCluster {
  /// Starts the server again when it dies while we hold the cluster (the kernel's out-of-memory killer, a stray kill). Off until
  /// asked for: commands that only look do not need it.
  public func supervise() throws(ClusterError) {
    let supervisor = try Supervisor(cluster: self)
    let isNeeded = state.withLock { state in
      guard !state.isStopped, state.supervisor == nil else { return false }
      state.supervisor = supervisor
      return true
    }
    if isNeeded { try supervisor.start() }
  }

  /// Under the lock: another process that shares the cluster may have been faster, then its server is adopted.
  fileprivate func startAgain() throws(ClusterError) {
    let lock = try Self.lockForChange(placement.directory, options: options)
    defer { lock.unlock() }
    let launcher = ServerLauncher(installation: installation, placement: placement, options: options)
    let server = try launcher.adoptOrStart()
    state.withLock { $0.server = server }
  }
}

/// A thread that sleeps until the server ends or it is told to stop.
final class Supervisor: Sendable {
  /// Waits between attempts; the last one repeats. A full disk or a bad setting is not cured by trying faster.
  private static let backoffMilliseconds = [0, 500, 2_000, 5_000, 15_000]

  private let cluster: PrivateCluster
  private let stopDescriptor: Int32
  private let thread = Mutex<pthread_t?>(nil)

  init(cluster: PrivateCluster) throws(ClusterError) {
    self.cluster = cluster
    stopDescriptor = qareeb_event_descriptor()
    guard stopDescriptor >= 0 else { throw ClusterError(.io, "cannot make an event descriptor: \(errorText(-stopDescriptor))") }
  }

  deinit { close(stopDescriptor) }

  func start() throws(ClusterError) {
    var identifier = pthread_t()
    let error = pthread_create(
      &identifier, nil,
      { pointer in
        guard let pointer else { return nil }
        Unmanaged<Supervisor>.fromOpaque(pointer).takeRetainedValue().loop()
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    guard error == 0 else {
      Unmanaged.passUnretained(self).release()
      throw ClusterError(.io, "cannot start a thread: \(errorText(error))")
    }
    thread.withLock { $0 = identifier }
  }

  func stopAndJoin() {
    qareeb_raise_event(stopDescriptor)
    if let identifier = thread.withLock({ $0.take() }) { pthread_join(identifier, nil) }
  }

  private func loop() {
    while !waitForServerOrStop(cluster.serverProcess) {
      Subprocess.collect(cluster.serverProcess)
      cluster.options.log(.warning, "PostgreSQL (process \(cluster.serverProcess)) has died; starting it again")
      var attempt = 0
      while true {
        let pause = Self.backoffMilliseconds[min(attempt, Self.backoffMilliseconds.count - 1)]
        if Subprocess.isReadable(stopDescriptor, orReadable: nil, milliseconds: pause) == .first { return }
        do throws(ClusterError) {
          try cluster.startAgain()
          break
        } catch {
          cluster.options.log(.warning, "\(error)")
          attempt += 1
        }
      }
    }
  }

  /// True when told to stop.
  private func waitForServerOrStop(_ pid: Int32) -> Bool {
    let server = qareeb_process_descriptor(pid)
    guard server >= 0 else { return Subprocess.isReadable(stopDescriptor, orReadable: nil, milliseconds: 0) == .first }
    defer { close(server) }
    return Subprocess.isReadable(stopDescriptor, orReadable: server, milliseconds: nil) == .first
  }
}
