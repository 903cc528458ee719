// Reads the benchmark's NDJSON files (the formats of `qareeb index`) into what a peer needs of them. Figures become whole numbers of
// the unit in which they are written, so that every engine compares the same values.
#pragma once
#include <simdjson.h>

#include <cctype>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace peers {

[[noreturn]] inline void fail(const std::string &why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

struct Provider {
  std::string id;
  double latitude = 0, longitude = 0;
  double rating = 0, availability = 0;
  bool verified = false;
  std::uint32_t category = 0;
  /// Of the cheapest service, in thousandths.
  std::int32_t lowest_price = 0;
  /// Of name, services and category: lower case, each once; only when asked for.
  std::vector<std::string> words;
};

struct Query {
  std::string id;
  double latitude = 0, longitude = 0, radius = 0;
  std::vector<std::string> words;
  bool ends_in_prefix = false;
  std::vector<std::uint32_t> categories;
  std::optional<std::int32_t> highest_price;
  std::optional<double> lowest_rating;
  std::size_t limit = 20;
};

/// Numbers for names, given in the order of first sight.
class Names {
 public:
  std::uint32_t number(std::string_view name) {
    auto [place, is_new] = numbers_.try_emplace(std::string(name), static_cast<std::uint32_t>(numbers_.size()));
    (void)is_new;
    return place->second;
  }

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

/// "8.000" → 8000.
inline std::int32_t thousandths(std::string_view decimal) {
  return static_cast<std::int32_t>(std::lround(std::strtod(std::string(decimal).c_str(), nullptr) * 1000));
}

/// Words as they stand between blanks, with ASCII in lower case: all that this data set's texts ask of an analyser.
inline void append_words(std::string_view text, std::vector<std::string> &words) {
  std::string word;
  auto finish = [&] {
    bool known = false;
    for (const auto &other : words) known = known || other == word;
    if (!word.empty() && !known) words.push_back(word);
    word.clear();
  };
  for (char c : text) {
    if (c == ' ') {
      finish();
    } else {
      word += (c >= 'A' && c <= 'Z') ? static_cast<char>(c + 32) : c;
    }
  }
  finish();
}

/// Calls `row` with every line of a file.
template <typename Row>
void for_each_line(const std::string &path, Row row) {
  std::ifstream file(path);
  if (!file) fail("cannot read " + path);
  simdjson::dom::parser parser;
  std::string line;
  std::size_t number = 0;
  while (std::getline(file, line)) {
    number += 1;
    try {
      row(parser.parse(line));
    } catch (const simdjson::simdjson_error &error) {
      fail(path + " line " + std::to_string(number) + ": " + error.what());
    }
  }
}

template <typename Row>
void for_each_provider(const std::string &path, Names &categories, bool with_words, Row row) {
  std::string previous;
  for_each_line(path, [&](simdjson::dom::element line) {
    Provider provider;
    provider.id = std::string(std::string_view(line["id"]));
    if (provider.id <= previous) fail("ids must ascend, so that ties by id are ties by number: " + provider.id);
    previous = provider.id;
    provider.latitude = double(line["lat"]);
    provider.longitude = double(line["lon"]);
    provider.rating = double(line["rating"]);
    provider.availability = double(line["availability"]);
    provider.verified = bool(line["verified"]);
    std::string_view category = line["category"];
    provider.category = categories.number(category);
    provider.lowest_price = INT32_MAX;
    auto take_text = [&](simdjson::dom::element text) {
      if (!with_words) return;
      append_words(std::string_view(text["en"]), provider.words);
      append_words(std::string_view(text["ar"]), provider.words);
    };
    take_text(line["name"]);
    for (simdjson::dom::element service : simdjson::dom::array(line["services"])) {
      provider.lowest_price = std::min(provider.lowest_price, thousandths(std::string_view(service["price"])));
      take_text(service["name"]);
    }
    if (with_words) append_words(category, provider.words);
    row(std::move(provider));
  });
}

inline std::vector<Query> read_queries(const std::string &path, Names &categories, std::size_t most) {
  std::vector<Query> queries;
  for_each_line(path, [&](simdjson::dom::element line) {
    if (queries.size() == most) return;
    Query query;
    query.id = std::string(std::string_view(line["id"]));
    query.latitude = double(line["lat"]);
    query.longitude = double(line["lon"]);
    query.radius = double(line["radius_m"]);
    query.limit = std::uint64_t(line["limit"]);
    std::string_view text;
    if (!line["q"].get(text)) append_words(text, query.words);
    bool prefix = false;
    if (!line["prefix"].get(prefix)) query.ends_in_prefix = prefix;
    simdjson::dom::array wanted;
    if (!line["category"].get(wanted)) {
      for (std::string_view category : wanted) query.categories.push_back(categories.number(category));
    }
    std::string_view price;
    if (!line["price_max"].get(price)) query.highest_price = thousandths(price);
    double rating = 0;
    if (!line["rating_min"].get(rating)) query.lowest_rating = rating;
    queries.push_back(std::move(query));
  });
  return queries;
}

}  // namespace peers
