import java.io.IOException;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.SearcherManager;

/** Applies 20,000 availability updates a second as doc values updates, and shows them to searches once a second. */
final class AvailabilityUpdates implements Runnable {
  private static final int PER_SECOND = 20_000;
  private static final int BATCH = 200;
  private static final long REFRESH_NANOSECONDS = 1_000_000_000L;

  private final IndexWriter writer;
  private final SearcherManager searchers;
  private final int providers;
  private final SplittableRandom random = new SplittableRandom(7);
  private volatile boolean stopped;
  private long applied;
  private double seconds;

  AvailabilityUpdates(IndexWriter writer, SearcherManager searchers, int providers) {
    this.writer = writer;
    this.searchers = searchers;
    this.providers = providers;
  }

  void stop() {
    stopped = true;
  }

  double perSecond() {
    return applied / seconds;
  }

  @Override
  public void run() {
    long start = System.nanoTime(), refreshed = start;
    try {
      while (!stopped) {
        for (int i = 0; i < BATCH; i++) {
          Term provider = new Term(ProviderIndexing.ID, LucenePeer.id(random.nextInt(providers)));
          writer.updateNumericDocValue(provider, ProviderIndexing.AVAILABILITY, random.nextInt(1_001));
        }
        applied += BATCH;
        if (System.nanoTime() - refreshed > REFRESH_NANOSECONDS) {
          searchers.maybeRefreshBlocking();
          refreshed = System.nanoTime();
        }
        long due = start + applied * 1_000_000_000L / PER_SECOND;
        long early = due - System.nanoTime();
        if (early > 0) LockSupport.parkNanos(early);
      }
    } catch (IOException failure) {
      throw new IllegalStateException("an update failed", failure);
    } finally {
      seconds = (System.nanoTime() - start) / 1e9;
    }
  }
}
