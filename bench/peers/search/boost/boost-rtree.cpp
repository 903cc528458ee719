// Boost.Geometry's R-tree, bulk-loaded; every provider in the radius is scored exactly. What a good C++ engineer writes in a day:
// features lie in the tree's own leaves, and a distance is a chord between unit vectors with one arc sine.
//
// One tree has no filters of its own: those of class (b) are tested on each provider in the box.
#include <boost/geometry.hpp>
#include <boost/geometry/index/rtree.hpp>
#include <boost/iterator/function_output_iterator.hpp>

#include "../common/contest.hpp"

namespace {

namespace bg = boost::geometry;
namespace bgi = boost::geometry::index;

constexpr double earth_radius = 6'371'008.8;
constexpr double radians = 3.14159265358979323846 / 180;

using Point = bg::model::point<float, 2, bg::cs::cartesian>;
using Box = bg::model::box<Point>;

/// A value of the tree. `place` is rounded: it finds candidates, the unit vector decides.
struct Entry {
  Point place;
  double x, y, z;
  float rating, availability;
  std::int32_t lowest_price;
  std::uint32_t number;
  std::uint32_t category;
  bool verified;
};

struct PlaceOfEntry {
  using result_type = const Point &;
  result_type operator()(const Entry &entry) const { return entry.place; }
};

// 32 entries a node were the fastest of 8, 16, 32 and 64.
using Tree = bgi::rtree<Entry, bgi::linear<32>, PlaceOfEntry>;

struct Vector {
  double x, y, z;
};

Vector unit_vector(double latitude, double longitude) {
  double cosine = std::cos(latitude * radians);
  return {cosine * std::cos(longitude * radians), cosine * std::sin(longitude * radians), std::sin(latitude * radians)};
}

/// What a circle reaches, and a metre more for the rounded places. The data set is far from the poles and the antimeridian.
Box box_around(const peers::Query &query) {
  double angle = (query.radius + 1) / earth_radius;
  double height = angle / radians;
  double width = std::asin(std::sin(angle) / std::cos(query.latitude * radians)) / radians;
  return Box(
      Point(static_cast<float>(query.longitude - width), static_cast<float>(query.latitude - height)),
      Point(static_cast<float>(query.longitude + width), static_cast<float>(query.latitude + height)));
}

class Search {
 public:
  Search(const std::vector<Entry> &entries, std::vector<std::string> ids) : tree_(entries), ids_(std::move(ids)) {}

  void answer(const peers::Query &query, peers::Answer &answer) {
    Vector centre = unit_vector(query.latitude, query.longitude);
    double half = std::sin(query.radius / earth_radius / 2);
    double widest = 4 * half * half;
    std::uint64_t categories = 0;
    for (auto category : query.categories) categories |= std::uint64_t(1) << category;
    if (query.categories.empty()) categories = ~std::uint64_t(0);
    std::int32_t highest_price = query.highest_price.value_or(INT32_MAX);
    float lowest_rating = static_cast<float>(query.lowest_rating.value_or(0));

    best_.clear();
    std::uint64_t total = 0;
    auto take = [&](const Entry &entry) {
      if ((categories >> entry.category & 1) == 0 || entry.lowest_price > highest_price || entry.rating < lowest_rating) return;
      double x = entry.x - centre.x, y = entry.y - centre.y, z = entry.z - centre.z;
      double squared = x * x + y * y + z * z;
      if (squared > widest) return;
      total += 1;
      double distance = 2 * earth_radius * std::asin(std::sqrt(squared) / 2);
      double score = 0.30 * std::max(0.0, 1 - distance / query.radius) + 0.25 * (double(entry.rating) / 5) +
                     0.25 * double(entry.availability) + 0.20 * (entry.verified ? 1 : 0.7);
      consider({score, entry.number}, query.limit);
    };
    tree_.query(bgi::intersects(box_around(query)), boost::make_function_output_iterator(take));

    std::sort_heap(best_.begin(), best_.end(), better);
    answer.total = total;
    for (const auto &[score, number] : best_) answer.hits.push_back({ids_[number], score});
  }

 private:
  using Scored = std::pair<double, std::uint32_t>;

  static bool better(const Scored &one, const Scored &other) {
    return one.first != other.first ? one.first > other.first : one.second < other.second;
  }

  /// The heap's top is the worst that is kept.
  void consider(Scored scored, std::size_t limit) {
    if (best_.size() < limit) {
      best_.push_back(scored);
      std::push_heap(best_.begin(), best_.end(), better);
    } else if (better(scored, best_.front())) {
      std::pop_heap(best_.begin(), best_.end(), better);
      best_.back() = scored;
      std::push_heap(best_.begin(), best_.end(), better);
    }
  }

  Tree tree_;
  std::vector<std::string> ids_;
  std::vector<Scored> best_;
};

}  // namespace

int main(int count, char **arguments) {
  auto place = peers::place_from("boost", count, arguments);
  peers::Names categories;
  std::vector<Entry> entries;
  std::vector<std::string> ids;
  peers::for_each_provider(place.dataset + "/providers.ndjson", categories, false, [&](peers::Provider &&provider) {
    Vector unit = unit_vector(provider.latitude, provider.longitude);
    if (provider.category >= 64) peers::fail("more than 64 categories");
    entries.push_back({
        Point(static_cast<float>(provider.longitude), static_cast<float>(provider.latitude)), unit.x, unit.y, unit.z,
        static_cast<float>(provider.rating), static_cast<float>(provider.availability), provider.lowest_price,
        static_cast<std::uint32_t>(ids.size()), provider.category, provider.verified});
    ids.push_back(std::move(provider.id));
  });
  std::size_t providers = ids.size();
  auto start = peers::Clock::now();
  Search search(entries, std::move(ids));
  double build_seconds = peers::microseconds_since(start) / 1'000'000;
  entries = {};
  peers::print_ready(place.engine, providers, build_seconds);
  peers::serve(place, categories, providers, "ab", [&](const peers::Query &query, peers::Answer &answer) { search.answer(query, answer); });
}
