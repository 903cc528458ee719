import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.store.MMapDirectory;

/**
 * Lucene, run as the other peers are: {@code LucenePeer DATASET RESULTS QUERIES SCRATCH}, then a class a line on standard input.
 *
 * <p>Class (e) is left out: Lucene has no calendar, and one emulated with a field a slot would be a straw man.
 */
public final class LucenePeer {
  private static final String ENGINE = "lucene";
  /** Until the JIT has settled: passes over the queries, and at least so many answers. */
  private static final int WARM_ANSWERS = 20_000;

  private final String dataset, results;
  private final int queries;
  private final IndexWriter writer;
  private final SearcherManager searchers;
  private final ProviderSearch search = new ProviderSearch();
  private final int providers;

  private LucenePeer(String[] arguments) throws IOException {
    dataset = arguments[0];
    results = arguments[1];
    queries = Integer.parseInt(arguments[2]);
    Path folder = Path.of(arguments[3]);
    empty(folder);
    long start = System.nanoTime();
    MMapDirectory directory = ProviderIndexing.directory(folder);
    writer = new IndexWriter(directory, ProviderIndexing.configuration());
    providers = ProviderIndexing.index(dataset + "/providers.ndjson", writer);
    searchers = new SearcherManager(writer, null);
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.println(String.format(Locale.ROOT, "{\"engine\":\"%s\",\"ready\":true,\"providers\":%d,\"build_s\":%.3f}", ENGINE, providers, seconds));
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length != 4) {
      System.err.println("usage: LucenePeer DATASET RESULTS QUERIES SCRATCH, then class names on standard input");
      System.exit(1);
    }
    LucenePeer peer = new LucenePeer(arguments);
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String name = input.readLine(); name != null; name = input.readLine()) {
      if (name.length() != 1 || !"abcdf".contains(name)) throw new IOException("lucene does not answer class '" + name + "'");
      peer.run(name);
    }
    peer.searchers.close();
    peer.writer.close();
  }

  private void run(String name) throws IOException, InterruptedException {
    List<Dataset.Query> asked = Dataset.queries(dataset + "/queries-" + name + ".ndjson", queries);
    if (asked.isEmpty()) throw new IOException("no queries of class " + name);
    AvailabilityUpdates updates = name.equals("f") ? new AvailabilityUpdates(writer, searchers, providers) : null;
    Thread updating = updates == null ? null : new Thread(updates, "updates");
    if (updating != null) updating.start();
    for (int answered = 0; answered < WARM_ANSWERS; answered += asked.size()) pass(asked, null, null);
    double[] took = new double[asked.size()];
    ProviderSearch.Answer[] answers = new ProviderSearch.Answer[asked.size()];
    pass(asked, took, answers);
    String rate = "";
    if (updates != null) {
      updates.stop();
      updating.join();
      rate = String.format(Locale.ROOT, ",\"updates_per_s\":%.0f", updates.perSecond());
    }
    write(name, asked, took, answers);
    double sum = Arrays.stream(took).sum();
    Arrays.sort(took);
    System.out.println(String.format(Locale.ROOT,
        "{\"engine\":\"%s\",\"class\":\"%s\",\"providers\":%d,\"threads\":1,\"p50_us\":%.2f,\"p99_us\":%.2f,\"qps\":%.1f%s}",
        ENGINE, name, providers, took[took.length / 2], took[took.length * 99 / 100], took.length * 1e6 / sum, rate));
  }

  private void pass(List<Dataset.Query> asked, double[] took, ProviderSearch.Answer[] answers) throws IOException {
    for (int i = 0; i < asked.size(); i++) {
      long start = System.nanoTime();
      IndexSearcher searcher = searchers.acquire();
      ProviderSearch.Answer answer;
      try {
        answer = search.answer(searcher, asked.get(i));
      } finally {
        searchers.release(searcher);
      }
      if (took != null) {
        took[i] = (System.nanoTime() - start) / 1e3;
        answers[i] = answer;
      }
    }
  }

  private void write(String name, List<Dataset.Query> asked, double[] took, ProviderSearch.Answer[] answers) throws IOException {
    Path path = Path.of(results, ENGINE + "-" + name + ".ndjson");
    try (PrintWriter file = new PrintWriter(Files.newBufferedWriter(path))) {
      for (int i = 0; i < asked.size(); i++) {
        String ids = String.join(",", Stream.of(answers[i].hits).map(hit -> "\"" + id(hit.number) + "\"").toList());
        String scores = String.join(",", Stream.of(answers[i].hits).map(hit -> String.format(Locale.ROOT, "%.9f", hit.score)).toList());
        file.println(String.format(Locale.ROOT, "{\"id\":\"%s\",\"hits\":[%s],\"scores\":[%s],\"total\":%d,\"took_us\":%.2f}",
            asked.get(i).id, ids, scores, answers[i].total, took[i]));
      }
      if (file.checkError()) throw new IOException("cannot write " + path);
    }
  }

  /** The workload's ids are its numbers with eight digits. */
  static String id(long number) {
    return String.format(Locale.ROOT, "p%08d", number);
  }

  private static void empty(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) Files.delete(file);
    }
  }
}
