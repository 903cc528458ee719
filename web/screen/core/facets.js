// How all matches divide: for each filter as if it were not set, so that every choice says what it would find.
import { ask, isOutOfDate, Refusal, Unreachable } from "./api.js";
import { language } from "./language.js";
import { asBody } from "./question.js";

/** The filters with counts, and the parameters that each leaves out of its own. */
const OWN = { category: ["category"], price: ["price_min", "price_max"], rating: ["rating_min"], tier: ["tier"] };

/**
 * @typedef {{ category: Map<string, number>, priceUnder: { below: number, count: number }[], priceAll: number,
 *   ratingFrom: Map<number, number>, tier: Map<string, number> }} Counts
 */
export class Facets {
  #abort = new AbortController();
  #show;

  /** @param {(counts: Counts) => void} show */
  constructor(show) { this.#show = show; }

  /** @param {URLSearchParams} parameters of the search */
  async ask(parameters) {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const searches = Object.entries(OWN).map(([facet, own]) => this.#search(parameters, own, { facets: [facet] }));
    // Steps between whole stars are no facet of the API's; where facets are asked for, totals are exact.
    searches.push(this.#search(parameters, OWN.rating, { facets: ["tier"], rating_min: 4.5 }));
    try {
      const { data } = await ask("search/providers", null, { signal, language, body: { searches } });
      this.#show(counts(data.results));
    } catch (error) {
      // Counts are a help; what the person must know of a failure the search itself says.
      if (!isOutOfDate(error) && !(error instanceof Refusal) && !(error instanceof Unreachable)) throw error;
    }
  }

  #search(parameters, leftOut, more) {
    const rest = new URLSearchParams(parameters);
    for (const name of [...leftOut, "sort"]) rest.delete(name);
    return { ...asBody(rest), limit: 1, fields: ["name"], ...more };
  }
}

/** @returns {Counts} */
function counts([category, price, rating, tier, ratedHigh]) {
  let sum = 0;
  const steps = price.facets.price.map((step) => ({ below: step.below_minor, count: (sum += step.count) }));
  const ratingFrom = new Map([[4.5, ratedHigh.total]]);
  for (const from of [3, 4]) {
    ratingFrom.set(from, rating.facets.rating.filter((step) => step.from >= from).reduce((total, step) => total + step.count, 0));
  }
  return {
    category: new Map(category.facets.category.map((one) => [one.id, one.count])),
    priceUnder: steps.filter((step) => step.below !== undefined), priceAll: sum, ratingFrom,
    tier: new Map(tier.facets.tier.map((one) => [one.id, one.count])),
  };
}
