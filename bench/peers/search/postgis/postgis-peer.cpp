// PostGIS: geography in a GiST index, words in a GIN index, one prepared statement a query with binary parameters over a Unix socket.
// The table lies in the order of the GiST index and the planner has its statistics; a query runs on one thread.
//
//   postgis-peer DATASET RESULTS QUERIES CONNECTION
#include <libpq-fe.h>

#include <array>
#include <bit>
#include <cstring>

#include "../common/contest.hpp"

namespace {

/// Big-endian bytes, as binary parameters are sent.
template <typename Word>
std::string big_endian(Word word) {
  std::string bytes(sizeof word, '\0');
  for (std::size_t i = 0; i < sizeof word; ++i) bytes[i] = static_cast<char>(word >> (8 * (sizeof word - 1 - i)));
  return bytes;
}

std::uint64_t read_big_endian(const char *bytes) {
  std::uint64_t word = 0;
  for (int i = 0; i < 8; ++i) word = word << 8 | static_cast<unsigned char>(bytes[i]);
  return word;
}

std::string binary(double value) { return big_endian(std::bit_cast<std::uint64_t>(value)); }
std::string binary(std::int32_t value) { return big_endian(static_cast<std::uint32_t>(value)); }

/// A point in extended well-known binary: big-endian, a type with the flag of an SRID, the SRID, longitude, latitude.
std::string point(double longitude, double latitude) {
  return std::string(1, '\0') + big_endian(std::uint32_t(0x20000001)) + big_endian(std::uint32_t(4326)) + binary(longitude) +
         binary(latitude);
}

/// A one-dimensional int4 array without nulls.
std::string binary(const std::vector<std::uint32_t> &values) {
  auto bytes = big_endian(std::uint32_t(1)) + big_endian(std::uint32_t(0)) + big_endian(std::uint32_t(23)) +
               big_endian(static_cast<std::uint32_t>(values.size())) + big_endian(std::uint32_t(1));
  for (auto value : values) bytes += big_endian(std::uint32_t(4)) + big_endian(value);
  return bytes;
}

class Database {
 public:
  explicit Database(const char *connection) : connection_(PQconnectdb(connection)) {
    if (PQstatus(connection_) != CONNECTION_OK) fail("connecting");
  }
  ~Database() { PQfinish(connection_); }
  Database(const Database &) = delete;
  Database &operator=(const Database &) = delete;

  void run(const std::string &sql) { PQclear(checked(PQexec(connection_, sql.c_str()), sql)); }

  void prepare(const std::string &name, const std::string &sql) {
    PQclear(checked(PQprepare(connection_, name.c_str(), sql.c_str(), 0, nullptr), sql));
  }

  /// The caller clears what it is given.
  PGresult *ask(const std::string &name, const std::vector<std::string> &parameters, const std::vector<int> &formats) {
    std::array<const char *, 8> values{};
    std::array<int, 8> lengths{};
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      values[i] = parameters[i].c_str();
      lengths[i] = static_cast<int>(parameters[i].size());
    }
    return checked(
        PQexecPrepared(
            connection_, name.c_str(), static_cast<int>(parameters.size()), values.data(), lengths.data(), formats.data(), 1),
        name);
  }

  void start_copy(const std::string &sql) { PQclear(checked(PQexec(connection_, sql.c_str()), sql)); }

  void copy(const std::string &row) {
    if (PQputCopyData(connection_, row.data(), static_cast<int>(row.size())) != 1) fail("COPY");
  }

  void finish_copy() {
    if (PQputCopyEnd(connection_, nullptr) != 1) fail("COPY");
    PQclear(checked(PQgetResult(connection_), "COPY"));
    while (PGresult *rest = PQgetResult(connection_)) PQclear(rest);
  }

 private:
  [[noreturn]] void fail(const std::string &doing) { peers::fail(doing + ": " + PQerrorMessage(connection_)); }

  PGresult *checked(PGresult *result, const std::string &doing) {
    auto status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN) fail(doing);
    return result;
  }

  PGconn *connection_;
};

/// Words of this data set hold neither quotes nor backslashes.
std::string quoted(const std::string &word) { return "'" + word + "'"; }

std::string copy_row(const peers::Provider &provider) {
  char numbers[160];
  std::snprintf(
      numbers, sizeof numbers, "\tSRID=4326;POINT(%.6f %.6f)\t%.17g\t%.17g\t%s\t%u\t%d\t", provider.longitude, provider.latitude,
      provider.rating, provider.availability, provider.verified ? "t" : "f", provider.category, provider.lowest_price);
  std::string words;
  for (const auto &word : provider.words) words += quoted(word) + " ";
  return provider.id + numbers + words + "\n";
}

std::size_t load(Database &database, const std::string &path, peers::Names &categories) {
  database.run("CREATE EXTENSION IF NOT EXISTS postgis");
  database.run("DROP TABLE IF EXISTS contest");
  database.run(
      "CREATE TABLE contest (id text COLLATE \"C\" NOT NULL, place geography(Point, 4326) NOT NULL, rating float8 NOT NULL, "
      "availability float8 NOT NULL, verified boolean NOT NULL, category int4 NOT NULL, lowest_price int4 NOT NULL, "
      "words tsvector NOT NULL) WITH (autovacuum_enabled = off)");
  database.start_copy("COPY contest FROM STDIN");
  std::size_t count = 0;
  peers::for_each_provider(path, categories, true, [&](peers::Provider &&provider) {
    database.copy(copy_row(provider));
    count += 1;
  });
  database.finish_copy();
  database.run("SET maintenance_work_mem = '1GB'");
  database.run("CREATE INDEX contest_place ON contest USING gist (place)");
  database.run("CLUSTER contest USING contest_place");
  database.run("CREATE INDEX contest_words ON contest USING gin (words)");
  database.run("VACUUM ANALYZE contest");
  return count;
}

/// The statement for a query's shape: only the conditions that it has, so that no plan carries one that it has not.
struct Shape {
  bool words = false, categories = false, price = false, rating = false;

  std::string name() const {
    return std::string("contest") + (words ? "_words" : "") + (categories ? "_category" : "") + (price ? "_price" : "") +
           (rating ? "_rating" : "");
  }

  std::string sql() const {
    int next = 4;
    auto parameter = [&] { return std::string("$").append(std::to_string(next++)); };
    std::string conditions;
    if (words) conditions += " AND words @@ " + parameter() + "::tsquery";
    if (categories) conditions += " AND category = ANY (" + parameter() + "::int4[])";
    if (price) conditions += " AND lowest_price <= " + parameter() + "::int4";
    if (rating) conditions += " AND rating >= " + parameter() + "::float8";
    // Distances on the sphere (false): 6,371,008.77 m, which is what everybody else uses to a few parts in a thousand million.
    return "SELECT id, 0.30 * greatest(0, 1 - distance / $2::float8) + 0.25 * (rating / 5) + 0.25 * availability"
           " + 0.20 * CASE WHEN verified THEN 1.0::float8 ELSE 0.7 END AS score, count(*) OVER () AS total"
           " FROM (SELECT id, rating, availability, verified, ST_Distance(place, $1::geography, false) AS distance"
           " FROM contest WHERE ST_DWithin(place, $1::geography, $2::float8, false)" + conditions + ") AS found"
           " ORDER BY score DESC, id LIMIT $3::int8";
  }
};

class Search {
 public:
  explicit Search(Database &database) : database_(database) {
    database.run("SET max_parallel_workers_per_gather = 0");
    database.run("SET jit = off");
    for (int bits = 0; bits < 16; ++bits) {
      Shape shape{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0};
      database.prepare(shape.name(), shape.sql());
    }
  }

  void answer(const peers::Query &query, peers::Answer &answer) {
    Shape shape{!query.words.empty(), !query.categories.empty(), query.highest_price.has_value(), query.lowest_rating.has_value()};
    plan_anew(shape.words);
    std::vector<std::string> parameters{
        point(query.longitude, query.latitude), binary(query.radius), big_endian(std::uint64_t(query.limit))};
    std::vector<int> formats{1, 1, 1};
    auto add = [&](std::string value, int format) {
      parameters.push_back(std::move(value));
      formats.push_back(format);
    };
    if (shape.words) add(words_of(query), 0);
    if (shape.categories) add(binary(query.categories), 1);
    if (shape.price) add(binary(*query.highest_price), 1);
    if (shape.rating) add(binary(*query.lowest_rating), 1);
    PGresult *rows = database_.ask(shape.name(), parameters, formats);
    int count = PQntuples(rows);
    for (int row = 0; row < count; ++row) {
      answer.hits.push_back({PQgetvalue(rows, row, 0), std::bit_cast<double>(read_big_endian(PQgetvalue(rows, row, 1)))});
    }
    answer.total = count == 0 ? 0 : read_big_endian(PQgetvalue(rows, 0, 2));
    PQclear(rows);
  }

 private:
  static std::string words_of(const peers::Query &query) {
    std::string text;
    for (std::size_t i = 0; i < query.words.size(); ++i) {
      bool typing = query.ends_in_prefix && i + 1 == query.words.size();
      text += (i == 0 ? "" : " & ") + quoted(query.words[i]) + (typing ? ":*" : "");
    }
    return text;
  }

  /// Whether words or the place choose the rows depends on both: a plan of its own pays for itself there, and only there (measured).
  void plan_anew(bool wanted) {
    if (plans_anew_ == wanted) return;
    database_.run(wanted ? "SET plan_cache_mode = force_custom_plan" : "SET plan_cache_mode = auto");
    plans_anew_ = wanted;
  }

  Database &database_;
  bool plans_anew_ = false;
};

}  // namespace

int main(int count, char **arguments) {
  auto place = peers::place_from("postgis", count, arguments);
  if (count != 5) peers::fail("usage: postgis-peer DATASET RESULTS QUERIES CONNECTION");
  Database database(arguments[4]);
  peers::Names categories;
  auto start = peers::Clock::now();
  std::size_t providers = load(database, place.dataset + "/providers.ndjson", categories);
  double build_seconds = peers::microseconds_since(start) / 1'000'000;
  Search search(database);
  peers::print_ready(place.engine, providers, build_seconds);
  peers::serve(place, categories, providers, "abcd", [&](const peers::Query &query, peers::Answer &answer) { search.answer(query, answer); });
}
