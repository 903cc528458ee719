import Bytes
import EventLoops
import Glibc
import Synchronization
import Testing

@Suite struct EventLoopTests {
  private func withGroup<R>(_ count: Int = 2, _ body: (EventLoopGroup) async throws -> R) async throws -> R {
    let group = try EventLoopGroup(count: count, name: "test")
    let result = try await body(group)
    await group.shutdown()
    return result
  }

  @Test func closuresFromOneThreadRunInOrderOnTheLoop() async throws {
    try await withGroup { group in
      let loop = group.loops[0]
      let seen = Mutex<[Int]>([])
      await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
        for index in 0..<10_000 {
          loop.execute {
            #expect(loop.isCurrent)
            seen.withLock { $0.append(index) }
            if index == 9_999 { done.resume() }
          }
        }
      }
      #expect(seen.withLock { $0 } == Array(0..<10_000))
    }
  }

  @Test func whatEndsWithItsLastClosureMayAskForMoreWork() async throws {
    final class Farewell: Sendable {
      let loop: EventLoop
      let done: CheckedContinuation<Void, Never>
      init(_ loop: EventLoop, _ done: CheckedContinuation<Void, Never>) {
        self.loop = loop
        self.done = done
      }
      deinit { loop.execute { [done] in done.resume() } }
    }
    try await withGroup(1) { group in
      let loop = group.loops[0]
      await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
        loop.execute {
          let farewell = Farewell(loop, done)
          loop.execute { _ = farewell }
        }
      }
    }
  }

  /// Whoever has worked for long counts from now, and not from when it began.
  @Test func theClockCanBeReadInTheMiddleOfATurn() async throws {
    try await withGroup(1) { group in
      let loop = group.loops[0]
      await loop.run {
        let start = loop.nowMilliseconds
        usleep(20_000)
        #expect(loop.nowMilliseconds == start)
        loop.readClock()
        #expect(loop.nowMilliseconds >= start + 19)
      }
    }
  }

  @Test func aTaskStaysOnItsLoopAcrossSuspensions() async throws {
    try await withGroup { group in
      for loop in group.loops {
        try await loop.run {
          #expect(EventLoop.current === loop)
          await Task.yield()
          #expect(EventLoop.current === loop)
          try await Task.sleep(nanoseconds: 1)
          #expect(EventLoop.current === loop)
          let child = await withTaskGroup(of: Bool.self) { tasks in
            tasks.addTask { EventLoop.current === loop }
            return await tasks.next() ?? false
          }
          #expect(child)
        }
        #expect(EventLoop.current == nil)
      }
    }
  }

  @Test func aTaskStartedOnTheLoopRunsAtOnce() async throws {
    try await withGroup(1) { group in
      let loop = group.loops[0]
      let order = Mutex<[String]>([])
      await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
        loop.execute {
          loop.startTask {
            order.withLock { $0.append("task") }
            await Task.yield()
            order.withLock { $0.append("resumed") }
            #expect(EventLoop.current === loop)
            done.resume()
          }
          order.withLock { $0.append("after") }
        }
      }
      #expect(order.withLock { $0 } == ["task", "after", "resumed"])
    }
  }

  @Test func manyTasksFromEverywhereAllEnd() async throws {
    try await withGroup { group in
      let sum = await withTaskGroup(of: Int.self) { tasks in
        for index in 0..<20_000 {
          let loop = group.next()
          tasks.addTask {
            await loop.run {
              await Task.yield(); return index
            }
          }
        }
        return await tasks.reduce(0, +)
      }
      #expect(sum == 20_000 * 19_999 / 2)
    }
  }

  @Test func sleepEndsAndIsCancelledAtOnce() async throws {
    try await withGroup(1) { group in
      let loop = group.loops[0]
      try await loop.sleep(milliseconds: 1)
      let sleeper = Task { try await loop.sleep(milliseconds: 3_600_000) }
      await loop.run { await Task.yield() }
      sleeper.cancel()
      await #expect(throws: CancellationError.self) { try await sleeper.value }
    }
  }

  @Test func timersCanBePostponedAndCancelled() async throws {
    try await withGroup(1) { group in
      let loop = group.loops[0]
      let fired = Mutex<[String]>([])
      await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
        loop.execute {
          let cancelled = loop.schedule(afterMilliseconds: 1) { fired.withLock { $0.append("cancelled") } }
          let postponed = loop.schedule(afterMilliseconds: 1) {
            fired.withLock { $0.append("postponed") }
            done.resume()
          }
          loop.schedule(afterMilliseconds: 20) { fired.withLock { $0.append("twenty") } }
          cancelled.cancel()
          postponed.reschedule(afterMilliseconds: 60)
        }
      }
      #expect(fired.withLock { $0 } == ["twenty", "postponed"])
    }
  }

  @Test func aTaskThatOutlivesItsLoopStillEnds() async throws {
    let group = try EventLoopGroup(count: 1, name: "brief")
    let loop = group.loops[0]
    let gate = AsyncStream<Void>.makeStream()
    let task = Task(executorPreference: loop) {
      for await _ in gate.stream {}
      return "ended"
    }
    await loop.run { await Task.yield() }
    await group.shutdown()
    gate.continuation.finish()
    #expect(await task.value == "ended")
  }

  @Test func aSignalReachesItsWatcher() async throws {
    try await withGroup(1) { group in
      let loop = group.loops[0]
      await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
        let hits = Atomic<Int>(0)
        let watcher = SignalWatcher.watch(SIGUSR2, on: loop) {
          if hits.wrappingAdd(1, ordering: .relaxed).oldValue == 0 { done.resume() }
        }
        _ = watcher
        loop.execute { loop.execute { kill(getpid(), SIGUSR2) } }
      }
    }
  }

  @Test func busyTimeIsMeasured() async throws {
    try await withGroup(1) { group in
      let loop = group.loops[0]
      let turns = loop.statistics.turnCount
      await loop.run {
        var sum = 0; for index in 0..<100_000 { sum &+= index }; blackHole(sum)
      }
      try await loop.sleep(milliseconds: 1)
      #expect(loop.statistics.turnCount > turns)
      #expect(loop.statistics.busyNanoseconds > 0)
      #expect(loop.statistics.takeLongestTurnNanoseconds() > 0)
    }
  }
}

@inline(never) func blackHole<T>(_ value: T) {}
