import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.ar.ArabicAnalyzer;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.miscellaneous.PerFieldAnalyzerWrapper;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.DisjunctionMaxQuery;
import org.apache.lucene.search.FuzzyQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;

/**
 * Lucene with its own Arabic and English analyzers: {@code RelevancePeer PROVIDERS QUERIES RESULTS}. Answers every query in several
 * configurations, one file each, so that the best of them can be the peer.
 *
 * <p>Each field is there twice, for its language. A query's words are looked for in every field with that field's analyzer; of a word's
 * fields the best counts (and a little of the others), of a query's words the sum: what a search page over several fields does.
 */
public final class RelevancePeer {
  private static final int HITS = 100;
  private static final float TIE = 0.1f;
  /** Behind a word as it was written. */
  private static final float FUZZY_BOOST = 0.5f;
  private static final Map<String, Float> FIELDS = new LinkedHashMap<>();

  static {
    for (String language : List.of("en", "ar")) {
      FIELDS.put("name_" + language, 3f);
      FIELDS.put("services_" + language, 2f);
      FIELDS.put("category_" + language, 1.5f);
      FIELDS.put("area_" + language, 1f);
    }
  }

  /** How many of the words must be found, and whether misspelt ones are. */
  private record Configuration(String name, double share, boolean fuzzy) {}

  private static final List<Configuration> CONFIGURATIONS = List.of(
      new Configuration("any", 0, false), new Configuration("most", 0.75, false), new Configuration("all", 1, false),
      new Configuration("any-fuzzy", 0, true), new Configuration("most-fuzzy", 0.75, true), new Configuration("all-fuzzy", 1, true));

  private final Analyzer analyzer;
  private final Analyzer words = new StandardAnalyzer();

  private RelevancePeer() {
    Map<String, Analyzer> byField = new LinkedHashMap<>();
    for (String field : FIELDS.keySet()) byField.put(field, field.endsWith("ar") ? new ArabicAnalyzer() : new EnglishAnalyzer());
    analyzer = new PerFieldAnalyzerWrapper(new StandardAnalyzer(), byField);
  }

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 3) {
      System.err.println("usage: RelevancePeer PROVIDERS QUERIES RESULTS");
      System.exit(1);
    }
    RelevancePeer peer = new RelevancePeer();
    ByteBuffersDirectory directory = new ByteBuffersDirectory();
    try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig(peer.analyzer))) {
      try (BufferedReader lines = Files.newBufferedReader(Path.of(arguments[0]), StandardCharsets.UTF_8)) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) writer.addDocument(document(line));
      }
      writer.forceMerge(1);
    }
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      IndexSearcher searcher = new IndexSearcher(reader);
      List<String[]> queries = queries(arguments[1]);
      for (Configuration configuration : CONFIGURATIONS) peer.answer(searcher, queries, configuration, Path.of(arguments[2]));
    }
  }

  private void answer(IndexSearcher searcher, List<String[]> queries, Configuration configuration, Path folder) throws IOException {
    Path path = folder.resolve(configuration.name() + ".ndjson");
    try (PrintWriter file = new PrintWriter(Files.newBufferedWriter(path))) {
      for (String[] query : queries) {
        List<String> hits = new ArrayList<>();
        for (ScoreDoc hit : searcher.search(query(query[1], configuration), HITS).scoreDocs) {
          hits.add(searcher.doc(hit.doc).getField("number").numericValue().toString());
        }
        file.println("{\"id\":\"" + query[0] + "\",\"hits\":[" + String.join(",", hits) + "]}");
      }
      if (file.checkError()) throw new IOException("cannot write " + path);
    }
  }

  private Query query(String text, Configuration configuration) throws IOException {
    List<Query> found = new ArrayList<>();
    for (String word : terms(words, "", text)) {
      List<Query> alternatives = new ArrayList<>();
      for (Map.Entry<String, Float> field : FIELDS.entrySet()) {
        for (String term : terms(analyzer, field.getKey(), word)) {
          Term wanted = new Term(field.getKey(), term);
          alternatives.add(new BoostQuery(new TermQuery(wanted), field.getValue()));
          if (configuration.fuzzy() && edits(term) > 0) {
            alternatives.add(new BoostQuery(new FuzzyQuery(wanted, edits(term), 1), field.getValue() * FUZZY_BOOST));
          }
        }
      }
      // A stop word of every language is none of the query's words.
      if (!alternatives.isEmpty()) found.add(new DisjunctionMaxQuery(alternatives, TIE));
    }
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    for (Query word : found) all.add(word, Occur.SHOULD);
    all.setMinimumNumberShouldMatch((int) Math.floor(found.size() * configuration.share()));
    return all.build();
  }

  /** As other engines on Lucene choose them by length. */
  private static int edits(String term) {
    int letters = term.codePointCount(0, term.length());
    return letters < 3 ? 0 : letters < 6 ? 1 : 2;
  }

  private static List<String> terms(Analyzer analyzer, String field, String text) throws IOException {
    List<String> terms = new ArrayList<>();
    try (TokenStream stream = analyzer.tokenStream(field, text)) {
      CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (stream.incrementToken()) terms.add(term.toString());
      stream.end();
    }
    return terms;
  }

  private static Document document(String line) throws IOException {
    Document document = new Document();
    try (JsonParser json = new JsonFactory().createParser(line)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String member = json.getCurrentName();
        json.nextToken();
        switch (member) {
          case "number" -> document.add(new StoredField("number", json.getLongValue()));
          case "name" -> add(document, "name", json);
          case "category_name" -> add(document, "category", json);
          case "area" -> add(document, "area", json);
          case "services" -> {
            while (json.nextToken() == JsonToken.START_OBJECT) {
              while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean isName = json.getCurrentName().equals("name");
                json.nextToken();
                if (isName) add(document, "services", json);
                else json.skipChildren();
              }
            }
          }
          default -> json.skipChildren();
        }
      }
    }
    return document;
  }

  /** A text in each language. */
  private static void add(Document document, String field, JsonParser json) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String language = json.getCurrentName();
      json.nextToken();
      document.add(new TextField(field + "_" + language, json.getText(), Field.Store.NO));
    }
  }

  private static List<String[]> queries(String path) throws IOException {
    List<String[]> queries = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(path), StandardCharsets.UTF_8)) {
      String[] query = new String[2];
      try (JsonParser json = new JsonFactory().createParser(line)) {
        json.nextToken();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String member = json.getCurrentName();
          json.nextToken();
          if (member.equals("id")) query[0] = json.getText();
          else if (member.equals("q")) query[1] = json.getText();
          else json.skipChildren();
        }
      }
      queries.add(query);
    }
    return queries;
  }
}
