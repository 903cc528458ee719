import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedInputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** Reads the benchmark's NDJSON files: the formats of {@code qareeb index}. */
final class Dataset {
  private Dataset() {}

  private static final JsonFactory JSON = new JsonFactory();

  static final class Provider {
    String id;
    String category;
    final StringBuilder text = new StringBuilder();
    double latitude, longitude;
    double rating, availability;
    boolean verified;
    /** Of the cheapest service, in thousandths. */
    int lowestPrice = Integer.MAX_VALUE;
  }

  static final class Query {
    String id;
    double latitude, longitude, radius;
    String text = "";
    boolean endsInPrefix;
    final List<String> categories = new ArrayList<>();
    int highestPrice = Integer.MAX_VALUE;
    double lowestRating;
    int limit = 20;
  }

  interface Row<T> {
    void take(T row) throws IOException;
  }

  private interface Member {
    void read(String name, JsonParser json) throws IOException;
  }

  static void providers(String path, Row<Provider> row) throws IOException {
    try (InputStream file = open(path); JsonParser json = JSON.createParser(file)) {
      String previous = "";
      while (json.nextToken() == JsonToken.START_OBJECT) {
        Provider provider = new Provider();
        members(json, (name, value) -> readMember(provider, name, value));
        provider.text.append(provider.category);
        if (provider.id.compareTo(previous) <= 0) throw new IOException("ids must ascend, so that ties by id are ties by number");
        previous = provider.id;
        row.take(provider);
      }
    }
  }

  private static void readMember(Provider provider, String name, JsonParser json) throws IOException {
    switch (name) {
      case "id" -> provider.id = json.getText();
      case "name" -> readText(provider, json);
      case "category" -> provider.category = json.getText();
      case "lat" -> provider.latitude = json.getDoubleValue();
      case "lon" -> provider.longitude = json.getDoubleValue();
      case "rating" -> provider.rating = json.getDoubleValue();
      case "availability" -> provider.availability = json.getDoubleValue();
      case "verified" -> provider.verified = json.getBooleanValue();
      case "services" -> {
        while (json.nextToken() == JsonToken.START_OBJECT) {
          members(json, (member, value) -> {
            if (member.equals("name")) readText(provider, value);
            else if (member.equals("price")) provider.lowestPrice = Math.min(provider.lowestPrice, thousandths(value.getText()));
            else value.skipChildren();
          });
        }
      }
      default -> json.skipChildren();
    }
  }

  private static void readText(Provider provider, JsonParser json) throws IOException {
    members(json, (language, value) -> provider.text.append(value.getText()).append(' '));
  }

  static List<Query> queries(String path, int most) throws IOException {
    List<Query> queries = new ArrayList<>();
    try (InputStream file = open(path); JsonParser json = JSON.createParser(file)) {
      while (queries.size() < most && json.nextToken() == JsonToken.START_OBJECT) {
        Query query = new Query();
        members(json, (name, value) -> readMember(query, name, value));
        queries.add(query);
      }
    }
    return queries;
  }

  private static void readMember(Query query, String name, JsonParser json) throws IOException {
    switch (name) {
      case "id" -> query.id = json.getText();
      case "lat" -> query.latitude = json.getDoubleValue();
      case "lon" -> query.longitude = json.getDoubleValue();
      case "radius_m" -> query.radius = json.getDoubleValue();
      case "q" -> query.text = json.getText();
      case "prefix" -> query.endsInPrefix = json.getBooleanValue();
      case "category" -> {
        while (json.nextToken() != JsonToken.END_ARRAY) query.categories.add(json.getText());
      }
      case "price_max" -> query.highestPrice = thousandths(json.getText());
      case "rating_min" -> query.lowestRating = json.getDoubleValue();
      case "limit" -> query.limit = json.getIntValue();
      default -> json.skipChildren();
    }
  }

  /** Calls {@code member} with every member of the object that was just opened. */
  private static void members(JsonParser json, Member member) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.getCurrentName();
      json.nextToken();
      member.read(name, json);
    }
  }

  private static int thousandths(String decimal) {
    return new BigDecimal(decimal).movePointRight(3).intValueExact();
  }

  private static InputStream open(String path) throws IOException {
    return new BufferedInputStream(new FileInputStream(new File(path)), 1 << 20);
  }
}
