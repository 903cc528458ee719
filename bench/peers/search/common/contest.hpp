// How a peer is run: it reads the data set, says that it is ready, and then measures each class that a line of standard input names.
//
//   PEER DATASET RESULTS QUERIES …    DATASET has providers.ndjson and queries-<class>.ndjson; RESULTS takes <engine>-<class>.ndjson;
//                                     QUERIES is how many of a class are asked
//
// One thread, one query at a time, each answered once to warm up and then timed alone. Each class gives one line of JSON.
#pragma once
#include <algorithm>
#include <chrono>
#include <iostream>

#include "dataset.hpp"

namespace peers {

struct Hit {
  std::string id;
  double score = 0;
};

struct Answer {
  std::vector<Hit> hits;
  std::uint64_t total = 0;
};

struct Place {
  std::string engine, dataset, results;
  std::size_t queries = 0;
};

inline Place place_from(const std::string &engine, int count, char **arguments) {
  if (count < 4) fail("usage: " + engine + " DATASET RESULTS QUERIES, then class names on standard input");
  return Place{engine, arguments[1], arguments[2], static_cast<std::size_t>(std::strtoull(arguments[3], nullptr, 10))};
}

using Clock = std::chrono::steady_clock;

inline double microseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

inline void print_ready(const std::string &engine, std::size_t providers, double build_seconds) {
  std::printf("{\"engine\":\"%s\",\"ready\":true,\"providers\":%zu,\"build_s\":%.3f}\n", engine.c_str(), providers, build_seconds);
  std::fflush(stdout);
}

inline void write_result(std::FILE *file, const Query &query, const Answer &answer, double took) {
  std::fprintf(file, "{\"id\":\"%s\",\"hits\":[", query.id.c_str());
  for (std::size_t i = 0; i < answer.hits.size(); ++i) {
    std::fprintf(file, "%s\"%s\"", i == 0 ? "" : ",", answer.hits[i].id.c_str());
  }
  std::fprintf(file, "],\"scores\":[");
  for (std::size_t i = 0; i < answer.hits.size(); ++i) std::fprintf(file, "%s%.9f", i == 0 ? "" : ",", answer.hits[i].score);
  std::fprintf(file, "],\"total\":%llu,\"took_us\":%.2f}\n", static_cast<unsigned long long>(answer.total), took);
}

/// Measures one class and prints its line. `answer` is given a query and an empty answer.
template <typename Answering>
void measure(const Place &place, const std::string &name, std::size_t providers, const std::vector<Query> &queries, Answering answer) {
  std::vector<Answer> answers(queries.size());
  for (std::size_t i = 0; i < queries.size(); ++i) answer(queries[i], answers[i]);
  std::vector<double> took(queries.size());
  Answer timed;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    timed.hits.clear();
    timed.total = 0;
    auto start = Clock::now();
    answer(queries[i], timed);
    took[i] = microseconds_since(start);
  }
  std::string path = place.results + "/" + place.engine + "-" + name + ".ndjson";
  std::FILE *file = std::fopen(path.c_str(), "w");
  if (file == nullptr) fail("cannot write " + path);
  double sum = 0;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    write_result(file, queries[i], answers[i], took[i]);
    sum += took[i];
  }
  if (std::fclose(file) != 0) fail("cannot write " + path);
  std::sort(took.begin(), took.end());
  std::printf(
      "{\"engine\":\"%s\",\"class\":\"%s\",\"providers\":%zu,\"threads\":1,\"p50_us\":%.2f,\"p99_us\":%.2f,\"qps\":%.1f}\n",
      place.engine.c_str(), name.c_str(), providers, took[took.size() / 2], took[took.size() * 99 / 100],
      static_cast<double>(took.size()) * 1'000'000 / sum);
  std::fflush(stdout);
}

/// Until standard input ends. `known` are the classes that this engine answers, a letter each.
template <typename Answering>
void serve(const Place &place, Names &categories, std::size_t providers, const std::string &known, Answering answer) {
  std::string name;
  while (std::getline(std::cin, name)) {
    if (name.size() != 1 || known.find(name) == std::string::npos) fail(place.engine + " does not answer class '" + name + "'");
    auto queries = read_queries(place.dataset + "/queries-" + name + ".ndjson", categories, place.queries);
    if (queries.empty()) fail("no queries of class " + name);
    measure(place, name, providers, queries, answer);
  }
}

}  // namespace peers
