import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.miscellaneous.PerFieldAnalyzerWrapper;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenFilter;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.LatLonPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.MMapDirectory;
import java.util.Map;

/**
 * The index at its best for these queries: sorted by place along a space-filling curve, so that what lies near is read together;
 * one segment; doc values for all that is scored or tested; words without frequencies or norms, as they only filter.
 */
final class ProviderIndexing {
  private ProviderIndexing() {}

  static final String PLACE = "place", CURVE = "curve", POINT = "point", NUMBER = "number", STATIC = "static";
  static final String AVAILABILITY = "availability", PRICE = "price", CATEGORY = "category", WORDS = "words", PREFIXES = "prefixes";
  static final String ID = "id";
  /** Letters of the longest prefix that has postings of its own. */
  static final int LONGEST_PREFIX = 4;

  /** Rating and verification in one number: whoever scores needs both. */
  static long packStatic(double rating, boolean verified) {
    return Math.round(rating * 1000) << 1 | (verified ? 1 : 0);
  }

  /** Latitude and longitude in ten-millionths of a degree: one look-up gives a place, to a centimetre. */
  static long packPoint(double latitude, double longitude) {
    return Math.round(latitude * 1e7) << 32 | Math.round(longitude * 1e7) & 0xFFFFFFFFL;
  }

  static Analyzer analyzer() {
    Analyzer prefixes = new Analyzer() {
      @Override
      protected TokenStreamComponents createComponents(String field) {
        Tokenizer words = new StandardTokenizer();
        TokenStream folded = new LowerCaseFilter(words);
        return new TokenStreamComponents(words, new EdgeNGramTokenFilter(folded, 1, LONGEST_PREFIX, false));
      }
    };
    return new PerFieldAnalyzerWrapper(new StandardAnalyzer(), Map.of(PREFIXES, prefixes));
  }

  static IndexWriterConfig configuration() {
    IndexWriterConfig configuration = new IndexWriterConfig(analyzer());
    configuration.setIndexSort(new Sort(new SortField(CURVE, SortField.Type.LONG)));
    configuration.setRAMBufferSizeMB(1024);
    configuration.setUseCompoundFile(false);
    return configuration;
  }

  /** Returns how many there are. The writer is the caller's to close. */
  static int index(String providers, IndexWriter writer) throws IOException {
    int[] count = {0};
    Dataset.providers(providers, provider -> {
      if (!provider.id.equals(LucenePeer.id(count[0]))) throw new IOException("not an id of the workload: " + provider.id);
      writer.addDocument(document(provider, count[0]));
      count[0] += 1;
    });
    writer.forceMerge(1);
    writer.commit();
    return count[0];
  }

  static MMapDirectory directory(Path path) throws IOException {
    MMapDirectory directory = new MMapDirectory(path);
    directory.setPreload(true);
    return directory;
  }

  private static Document document(Dataset.Provider provider, int number) {
    Document document = new Document();
    document.add(new StringField(ID, provider.id, Field.Store.NO));
    document.add(new LatLonPoint(PLACE, provider.latitude, provider.longitude));
    document.add(new NumericDocValuesField(CURVE, hilbert(provider.latitude, provider.longitude)));
    document.add(new NumericDocValuesField(POINT, packPoint(provider.latitude, provider.longitude)));
    document.add(new NumericDocValuesField(NUMBER, number));
    document.add(new NumericDocValuesField(STATIC, packStatic(provider.rating, provider.verified)));
    document.add(new NumericDocValuesField(AVAILABILITY, Math.round(provider.availability * 1000)));
    document.add(new NumericDocValuesField(PRICE, provider.lowestPrice));
    document.add(new StringField(CATEGORY, provider.category, Field.Store.NO));
    document.add(new Field(WORDS, provider.text.toString(), FILTER_TEXT));
    document.add(new Field(PREFIXES, provider.text.toString(), FILTER_TEXT));
    return document;
  }

  private static final FieldType FILTER_TEXT = new FieldType();

  static {
    FILTER_TEXT.setTokenized(true);
    FILTER_TEXT.setOmitNorms(true);
    FILTER_TEXT.setIndexOptions(IndexOptions.DOCS);
    FILTER_TEXT.freeze();
  }

  /** The position along a Hilbert curve of order 31 over the whole map (Skilling's construction for two dimensions). */
  static long hilbert(double latitude, double longitude) {
    long x = (long) ((longitude + 180) / 360 * 0x7FFFFFFFL), y = (long) ((latitude + 90) / 180 * 0x7FFFFFFFL);
    long position = 0;
    for (long side = 1L << 30; side > 0; side >>= 1) {
      long right = (x & side) != 0 ? 1 : 0, upper = (y & side) != 0 ? 1 : 0;
      position = position << 2 | (3 * right ^ upper);
      if (upper == 0) {
        if (right == 1) {
          x = ~x & 0x7FFFFFFFL;
          y = ~y & 0x7FFFFFFFL;
        }
        long swapped = x;
        x = y;
        y = swapped;
      }
    }
    return position;
  }
}
