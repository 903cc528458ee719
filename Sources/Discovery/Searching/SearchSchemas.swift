import Ranking
import WebAPI

/// What searches answer, as the OpenAPI document shows it. Answers are written member by member (`HitWriter`, `SearchAnswering`).
enum SearchResult: Described {
  static var schema: Schema { .component("SearchResult") { .object(members) } }

  static var members: [Schema.Property] {
    [
      Schema.Property("providers", .array(of: ProviderHit.schema).about("The page's hits, best first.")),
      Schema.Property(
        "total",
        Schema.integer.about("How many match in all, whatever the page, counted as far as \(DiscoveryLimits.countedMatches).")),
      Schema.Property("total_is_exact", Schema.boolean.about("False: there are more than `total`.")),
      Schema.Property(
        "level",
        Schema(.oneOf(MatchTier.allCases.map(\.description))).about(
          "How exactly every word of `q` was found, the weakest way that was needed."), isRequired: false),
      Schema.Property("facets", facets, isRequired: false),
      Schema.Property(
        "emptied_by",
        .array(
          of: .object([
            Schema.Property("parameters", .array(of: .text)), Schema.Property("matches_without", Schema.integer),
          ])
        ).about("Where nobody was found: without which parameters somebody would be, and how many."), isRequired: false),
      Schema.Property(
        "notice", Schema.text.about("What whoever asked should hear, in the language of the answer."), isRequired: false),
      Schema.Property("next_cursor", Schema.text.about("In a batch: where this search's next page begins."), isRequired: false),
    ]
  }

  private static var facets: Schema {
    let count = Schema.Property("count", .integer)
    let named = [Schema.Property("id", .text), Schema.Property("name", .text), count]
    return .component("SearchFacets") {
      .object([
        Schema.Property("category", .array(of: .object(named)), isRequired: false),
        Schema.Property(
          "price",
          .array(
            of: .object([
              Schema.Property("from_minor", .integer), Schema.Property("below_minor", .integer, isRequired: false), count,
            ])), isRequired: false),
        Schema.Property(
          "rating",
          .array(
            of: .object([Schema.Property("from", .number), Schema.Property("below", .number, isRequired: false), count])),
          isRequired: false),
        Schema.Property("tier", .array(of: .object([Schema.Property("id", .text), count])), isRequired: false),
      ])
    }
  }
}

/// The answer to a POST: of one search, or of each search of a batch.
enum SearchResults: Described {
  static var schema: Schema {
    Schema(
      .either([
        SearchResult.schema,
        .component("SearchResults") {
          .object([Schema.Property("results", .array(of: SearchResult.schema).about("In the order of `searches`."))])
        },
      ]))
  }
}

/// A provider as searches show it.
enum ProviderHit: Described {
  static var schema: Schema {
    .component("ProviderHit") {
      .object(
        ProviderMembers.all + [
          optional("distance_m", Schema.integer.about("Metres from `lat` and `lon`.").example("812")),
          optional("score", Schema.number.about("By the ranking profile, rounded.").example("0.8123")),
          optional("next_free_start", ProviderMembers.freeStart), optional("highlight", highlight),
          optional("explanation", explanation),
        ])
    }
  }

  private static func optional(_ name: String, _ schema: Schema) -> Schema.Property {
    Schema.Property(name, schema, isRequired: false)
  }

  private static var highlight: Schema {
    .component("Highlight") {
      .object([
        Schema.Property("name", HighlightedText.schema),
        Schema.Property("services", .array(of: HighlightedText.schema).about("Names of services in which something was found.")),
      ])
    }
  }

  private static var explanation: Schema {
    .component("ScoreExplanation") {
      .object([
        Schema.Property("score", .number),
        Schema.Property(
          "parts",
          .array(
            of: .object([
              Schema.Property("feature", .text), Schema.Property("weight", .number), Schema.Property("value", .number),
              Schema.Property("contribution", .number),
            ])
          ).about("In the order in which they are summed.")),
      ])
    }
  }
}

enum HighlightedText: Described {
  static var schema: Schema {
    .component("HighlightedText") {
      .array(of: .object([Schema.Property("text", .text), Schema.Property("match", .boolean)]))
        .about("Parts that add up to the text; those that were found are matches.")
    }
  }
}

/// What is shown of a provider everywhere.
enum ProviderMembers {
  static var all: [Schema.Property] {
    func optional(_ name: String, _ schema: Schema) -> Schema.Property { Schema.Property(name, schema, isRequired: false) }
    return [
      Schema.Property("id", Identifier.schema.about("Never changes.")),
      optional("name", Schema.text.about("In the language of the answer.")),
      optional("names", Localized.schema), optional("market", Schema.text.example("\"amman\"")),
      optional("category", named), optional("area", named), optional("location", place),
      optional("tier", Schema.text.about("silver, gold or diamond.").example("\"gold\"")),
      optional("verified", Schema.boolean.about("Whether its papers have been checked.")),
      optional("rating", Schema.number.about("From 1 to 5; left out where nobody has rated.").example("4.6")),
      optional("rating_count", .integer), optional("price", price), optional("tags", .array(of: .text)),
      optional("services", .array(of: service)), optional("service_areas", .array(of: serviceArea)),
    ]
  }

  static var freeStart: Schema {
    Schema.string(format: "date-time").about(
      "The first start that fits, by the provider's own clock: where times were asked for, or among `fields`; from now on where none were."
    ).example("\"2026-11-22T10:15:00+03:00\"")
  }

  static var named: Schema {
    .component("NamedThing") {
      .object([
        Schema.Property("id", .text), Schema.Property("name", Schema.text.about("In the language of the answer.")),
      ])
    }
  }

  static var place: Schema {
    .object([
      Schema.Property("lat", Schema.number.about("Degrees north.")), Schema.Property("lon", Schema.number.about("Degrees east.")),
    ])
  }

  static var price: Schema {
    .component("PriceRange") {
      .object([
        Schema.Property("from_minor", Schema.integer.about("The cheapest service, in minor units.")),
        Schema.Property("to_minor", Schema.integer.about("The dearest.")), Schema.Property("currency", .text),
      ])
    }
  }

  static var service: Schema {
    .component("SoldService") {
      .object([
        Schema.Property("id", Identifier.schema), Schema.Property("name", .text), Schema.Property("names", Localized.schema),
        Schema.Property("price_minor", Schema.integer.about("Left out where it is on request."), isRequired: false),
        Schema.Property("currency", .text, isRequired: false), Schema.Property("duration_min", .integer),
        Schema.Property("padding_min", .integer), Schema.Property("capacity", .integer),
      ])
    }
  }

  private static var serviceArea: Schema {
    .object([Schema.Property("lat", .number), Schema.Property("lon", .number), Schema.Property("radius_m", .integer)])
  }
}

/// What `meta` says of an answer from memory.
enum AnswerMembers {
  static var meta: [Schema.Property] {
    [
      Schema.Property(
        "position",
        Schema.text.about("How far the answer follows the database's log; may be asked for as `min_position`.")
          .example("\"16/B374D848\"")),
      Schema.Property(
        "age_ms",
        Schema.integer.about(
          "How long ago the answer was known to be all that had been committed; left out in the first moments after a start."),
        isRequired: false),
    ]
  }
}
