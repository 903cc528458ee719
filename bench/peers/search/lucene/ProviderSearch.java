import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.LatLonPoint;
import org.apache.lucene.geo.Rectangle;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexOrDocValuesQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.LeafCollector;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.Scorable;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SimpleCollector;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;

/** Answers queries: a box and terms choose candidates, a collector tests the rest and scores by the default profile. */
final class ProviderSearch {
  private final StandardAnalyzer analyzer = new StandardAnalyzer();

  static final class Hit {
    final long number;
    final double score;

    Hit(long number, double score) {
      this.number = number;
      this.score = score;
    }
  }

  static final class Answer {
    Hit[] hits;
    long total;
  }

  Answer answer(IndexSearcher searcher, Dataset.Query query) throws IOException {
    Ranking ranking = new Ranking(query);
    searcher.search(candidates(query), ranking);
    return ranking.answer();
  }

  /**
   * A superset of what matches: the ranking tests each distance anyway. Beside a rare word the box need not be looked up at all, so
   * that its cheap form is "all".
   */
  private Query candidates(Dataset.Query query) throws IOException {
    Rectangle box = Rectangle.fromPointDistance(query.latitude, query.longitude, query.radius);
    Query inBox = LatLonPoint.newBoxQuery(ProviderIndexing.PLACE, box.minLat, box.maxLat, box.minLon, box.maxLon);
    List<Query> filters = new ArrayList<>();
    if (!query.categories.isEmpty()) filters.add(category(query.categories));
    if (!query.text.isEmpty()) addWords(query, filters);
    if (filters.isEmpty()) return inBox;
    BooleanQuery.Builder all = new BooleanQuery.Builder();
    all.add(new IndexOrDocValuesQuery(inBox, new MatchAllDocsQuery()), BooleanClause.Occur.FILTER);
    for (Query filter : filters) all.add(filter, BooleanClause.Occur.FILTER);
    return all.build();
  }

  private static Query category(List<String> names) {
    if (names.size() == 1) return new TermQuery(new Term(ProviderIndexing.CATEGORY, names.get(0)));
    return new TermInSetQuery(ProviderIndexing.CATEGORY, names.stream().map(BytesRef::new).toList());
  }

  private void addWords(Dataset.Query query, List<Query> filters) throws IOException {
    List<String> words = new ArrayList<>();
    try (TokenStream tokens = analyzer.tokenStream(ProviderIndexing.WORDS, query.text)) {
      CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
      tokens.reset();
      while (tokens.incrementToken()) words.add(term.toString());
      tokens.end();
    }
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      boolean typing = query.endsInPrefix && i == words.size() - 1;
      if (!typing) {
        filters.add(new TermQuery(new Term(ProviderIndexing.WORDS, word)));
      } else if (word.codePointCount(0, word.length()) <= ProviderIndexing.LONGEST_PREFIX) {
        filters.add(new TermQuery(new Term(ProviderIndexing.PREFIXES, word)));
      } else {
        filters.add(new PrefixQuery(new Term(ProviderIndexing.WORDS, word)));
      }
    }
  }

  /**
   * Tests what is not in the query, scores exactly in double precision and keeps the best; counts all that match. A collector of its
   * own is what Lucene offers below FunctionScoreQuery: the same look-ups without a float a document and without a queue of objects.
   */
  private static final class Ranking extends SimpleCollector {
    private static final double EARTH_RADIUS = 6_371_008.8;
    /** Radians: about 64 km. */
    private static final double SMALL = 0.01;
    private final double latitude, longitude, sine, cosine, radius, largestSine, lowestRating;
    private final int highestPrice;
    private NumericDocValues points, statics, availabilities, prices, numbers;
    private final double[] scores;
    private final long[] kept;
    private int count;
    private long total;

    Ranking(Dataset.Query query) {
      latitude = Math.toRadians(query.latitude);
      longitude = Math.toRadians(query.longitude);
      sine = Math.sin(latitude);
      cosine = Math.cos(latitude);
      radius = query.radius;
      double half = Math.sin(radius / (2 * EARTH_RADIUS));
      largestSine = half * half;
      lowestRating = query.lowestRating;
      highestPrice = query.highestPrice;
      scores = new double[query.limit];
      kept = new long[query.limit];
    }

    @Override
    protected void doSetNextReader(LeafReaderContext context) throws IOException {
      LeafReader reader = context.reader();
      points = DocValues.getNumeric(reader, ProviderIndexing.POINT);
      statics = DocValues.getNumeric(reader, ProviderIndexing.STATIC);
      availabilities = DocValues.getNumeric(reader, ProviderIndexing.AVAILABILITY);
      prices = highestPrice == Integer.MAX_VALUE ? null : DocValues.getNumeric(reader, ProviderIndexing.PRICE);
      numbers = DocValues.getNumeric(reader, ProviderIndexing.NUMBER);
    }

    @Override
    public ScoreMode scoreMode() {
      return ScoreMode.COMPLETE_NO_SCORES;
    }

    @Override
    public void collect(int document) throws IOException {
      points.advanceExact(document);
      long point = points.longValue();
      double squared = squaredSine(Math.toRadians((int) (point >> 32) / 1e7), Math.toRadians((int) point / 1e7));
      if (squared > largestSine) return;
      if (prices != null && (!prices.advanceExact(document) || prices.longValue() > highestPrice)) return;
      statics.advanceExact(document);
      long packed = statics.longValue();
      double rating = (packed >> 1) / 1000.0;
      if (rating < lowestRating) return;
      total += 1;
      // What the rest can reach decides whether the distance is worth its arc sine.
      availabilities.advanceExact(document);
      double others = 0.25 * (rating / 5) + 0.25 * (availabilities.longValue() / 1000.0) + 0.20 * ((packed & 1) == 1 ? 1 : 0.7);
      if (count == scores.length && 0.30 + others < scores[0]) return;
      double distance = 2 * EARTH_RADIUS * arcSine(Math.sqrt(squared));
      double score = 0.30 * Math.max(0, 1 - distance / radius) + others;
      if (count == scores.length && score < scores[0]) return;
      numbers.advanceExact(document);
      consider(score, numbers.longValue());
    }

    /**
     * Of half the angle between a point and the centre: the haversine. The JDK's sine and arc sine would be half of a query's time, so
     * small angles take their series, whose first term left out is below the last bit of a double.
     */
    private double squaredSine(double thatLatitude, double thatLongitude) {
      double north = thatLatitude - latitude, east = thatLongitude - longitude;
      if (Math.abs(north) > SMALL || Math.abs(east) > SMALL) {
        double sineNorth = Math.sin(north / 2), sineEast = Math.sin(east / 2);
        return sineNorth * sineNorth + cosine * Math.cos(thatLatitude) * sineEast * sineEast;
      }
      double squaredNorth = north * north;
      double cosineNorth = 1 - squaredNorth / 2 * (1 - squaredNorth / 12 * (1 - squaredNorth / 30));
      double thatCosine = cosine * cosineNorth - sine * smallSine(north);
      double sineNorth = smallSine(north / 2), sineEast = smallSine(east / 2);
      return sineNorth * sineNorth + cosine * thatCosine * sineEast * sineEast;
    }

    private static double smallSine(double angle) {
      double squared = angle * angle;
      return angle * (1 - squared / 6 * (1 - squared / 20 * (1 - squared / 42)));
    }

    private static double arcSine(double sine) {
      if (sine > SMALL) return Math.asin(sine);
      double squared = sine * sine;
      return sine * (1 + squared * (1 / 6.0 + squared * (3 / 40.0 + squared * (15 / 336.0))));
    }

    private boolean isWorse(double score, long number, double otherScore, long otherNumber) {
      return score != otherScore ? score < otherScore : number > otherNumber;
    }

    /** A heap whose root is the worst that is kept. */
    private void consider(double score, long number) {
      int at;
      if (count < scores.length) {
        at = count++;
        while (at > 0 && isWorse(score, number, scores[(at - 1) / 2], kept[(at - 1) / 2])) {
          scores[at] = scores[(at - 1) / 2];
          kept[at] = kept[(at - 1) / 2];
          at = (at - 1) / 2;
        }
      } else {
        if (isWorse(score, number, scores[0], kept[0])) return;
        at = 0;
        while (true) {
          int child = 2 * at + 1;
          if (child >= count) break;
          if (child + 1 < count && isWorse(scores[child + 1], kept[child + 1], scores[child], kept[child])) child += 1;
          if (!isWorse(scores[child], kept[child], score, number)) break;
          scores[at] = scores[child];
          kept[at] = kept[child];
          at = child;
        }
      }
      scores[at] = score;
      kept[at] = number;
    }

    Answer answer() {
      Answer answer = new Answer();
      answer.total = total;
      answer.hits = new Hit[count];
      for (int i = 0; i < count; i++) answer.hits[i] = new Hit(kept[i], scores[i]);
      Arrays.sort(answer.hits, (one, other) -> isWorse(one.score, one.number, other.score, other.number) ? 1 : -1);
      return answer;
    }
  }
}
