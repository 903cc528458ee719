// The border to the kernel: memory by the page, which is why it is marked unsafe.
import Columns
import Glibc

extension LiveWords {
  /// Zeros that take room only where they are touched, in pages of 2 MB where the kernel has them: what is filled by several threads is
  /// cleared by them, and what is asked at random misses no table of pages.
  static func inLargePages(count: Int) -> LiveWords {
    let byteCount = count * MemoryLayout<UInt64>.stride
    guard byteCount >= IndexKeeperLimits.largePageBytes,
      let start = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), start != MAP_FAILED
    else { return LiveWords(count: count) }
    // A wish: a kernel without large pages has small ones.
    madvise(start, byteCount, MADV_HUGEPAGE)
    let address = UInt(bitPattern: start)
    return LiveWords(zeros: UnsafeMutableRawBufferPointer(start: start, count: byteCount)) {
      munmap(UnsafeMutableRawPointer(bitPattern: address), byteCount)
    }
  }
}
