// A search and its pages: begun anew when the question changes, continued as the person scrolls, asked again when the index moves on.
import { Refusal, Unreachable, ask, isOutOfDate } from "./api.js";
import { language } from "./language.js";
import { LARGEST_PAGE, OverToday, PAGE, question } from "./question.js";

/**
 * What the view shows.
 * @typedef {object} Found
 * @property {"pending" | "ready" | "failed"} phase of the first page
 * @property {any[]} hits in their order
 * @property {number} total
 * @property {boolean} totalIsExact
 * @property {any[]} emptiedBy
 * @property {string} level
 * @property {boolean} hasMore
 * @property {boolean} isLoadingMore
 * @property {Error | null} problem of the last request, whichever it was
 * @property {"began" | "first" | "more" | "again" | "problem"} step what has just happened
 */

const nothing = () => ({
  phase: "pending", hits: [], total: 0, totalIsExact: true, emptiedBy: [], level: "", hasMore: false, isLoadingMore: false,
  problem: null, step: "began",
});

export class Search {
  /** @type {Found} */
  found = nothing();
  #state;
  #market;
  #show;
  #parameters = new URLSearchParams();
  #cursor = null;
  /** The tag of an answer that had all that is shown, and how many hits were asked for. */
  #known = { entityTag: null, limit: 0 };
  #abort = new AbortController();
  #isAskingAgain = false;
  /** Done when the newest search has its first page, or has failed. */
  #begun = Promise.resolve();

  /** @param {import("./market.js").Market} market @param {(found: Found) => void} show */
  constructor(market, show) {
    this.#market = market;
    this.#show = show;
  }

  /** Whether the list is as good as it can be: what may pass is tried again by whoever watches the connection. */
  get isWhole() { return !mayPass(this.found.problem); }

  /** How far the index had followed the database in the newest answer. */
  position = "";

  /** What is being searched for, without pages. */
  get parameters() { return this.#parameters; }

  /** A new search. @param {import("./state.js").State} state */
  begin(state) {
    this.#state = state;
    // What was found before stays in sight, dimmed, until there is something better.
    this.#tell({ ...this.found, phase: "pending", emptiedBy: [], level: "", problem: null, isLoadingMore: false, step: "began" });
    return this.#askFirst();
  }

  #askFirst() {
    this.#renew();
    this.#begun = this.#attempt(async (signal) => {
      this.#parameters = question(this.#state, this.#market, Date.now());
      const answer = await this.#page(this.#parameters, { limit: PAGE }, signal);
      this.#known = { entityTag: answer.entityTag, limit: PAGE };
      this.#cursor = answer.meta.next_cursor ?? null;
      this.#tell({ ...this.#read(answer.data), step: "first" });
    });
    return this.#begun;
  }

  /** The next page, if there is one and none is on its way. */
  async more() {
    if (!this.found.hasMore || this.found.isLoadingMore || this.found.phase !== "ready" || this.#isAskingAgain) return;
    this.#tell({ ...this.found, isLoadingMore: true, problem: null, step: "more" });
    await this.#attempt(async (signal) => {
      const answer = await this.#page(this.#parameters, { limit: PAGE, cursor: this.#cursor }, signal);
      this.#cursor = answer.meta.next_cursor ?? null;
      this.#tell({
        ...this.found, hits: distinct(this.found.hits, answer.data.providers), hasMore: this.#cursor !== null,
        isLoadingMore: false, step: "more",
      });
    });
  }

  /**
   * The same question about all that is shown, of an index that has reached `position`. Nothing is shown that was not, nothing moves
   * that need not.
   * @param {{ position?: string | null, isOtherLanguage?: boolean }} options
   */
  async again({ position = null, isOtherLanguage = false } = {}) {
    if (this.found.phase === "pending" && !isOtherLanguage) await this.#begun;
    // Where there was no first page, it is that which is still to come.
    if (this.found.phase !== "ready") return this.#askFirst();
    if (this.#isAskingAgain && !isOtherLanguage) return;
    if (isOtherLanguage) this.#renew();
    this.#isAskingAgain = true;
    await this.#attempt(async (signal) => {
      const wanted = Math.max(PAGE, this.found.hits.length);
      const parameters = question(this.#state, this.#market, Date.now());
      const isSame = String(parameters) === String(this.#parameters) && !isOtherLanguage;
      const known = isSame && this.#known.limit === wanted ? this.#known.entityTag : null;
      let answer = await this.#page(parameters, { limit: Math.min(wanted, LARGEST_PAGE), position }, signal, known);
      if (answer.isUnchanged) return this.#tell({ ...this.found, problem: null, step: "again" });
      const read = this.#read(answer.data);
      const entityTag = answer.entityTag;
      let hits = read.hits;
      while (hits.length < wanted && answer.meta.next_cursor) {
        const cursor = answer.meta.next_cursor;
        answer = await this.#page(parameters, { limit: Math.min(wanted - hits.length, LARGEST_PAGE), cursor, position }, signal);
        hits = distinct(hits, answer.data.providers);
      }
      this.#parameters = parameters;
      // Of a list of several answers no single tag says that it is the same.
      this.#known = { entityTag: wanted <= LARGEST_PAGE ? entityTag : null, limit: wanted };
      this.#cursor = answer.meta.next_cursor ?? null;
      this.#tell({ ...read, hits, hasMore: this.#cursor !== null, step: "again" });
    });
    this.#isAskingAgain = false;
  }

  #renew() {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#isAskingAgain = false;
  }

  /** @param {(signal: AbortSignal) => Promise<void>} action */
  async #attempt(action) {
    const { signal } = this.#abort;
    try {
      await action(signal);
    } catch (error) {
      if (isOutOfDate(error) && signal.aborted) return;
      if (!(error instanceof Refusal || error instanceof Unreachable || error instanceof OverToday)) throw error;
      // A cursor that no server knows any more: the list is asked for from its beginning.
      if (error instanceof Refusal && error.fields.some((field) => field.field === "cursor")) {
        this.#isAskingAgain = false;
        this.#tell({ ...this.found, isLoadingMore: false });
        return this.again();
      }
      // Answers to another question are worse than none; those to this one may stay while the network is away.
      const isLost = this.found.phase !== "ready" || !mayPass(error);
      this.#tell({
        ...this.found, hits: isLost ? [] : this.found.hits, phase: isLost ? "failed" : "ready", isLoadingMore: false,
        problem: error, step: "problem",
      });
    }
  }

  async #page(parameters, { limit, cursor = null, position = null }, signal, entityTag = null) {
    const page = new URLSearchParams(parameters);
    page.set("limit", String(limit));
    if (cursor) page.set("cursor", cursor);
    if (parameters.has("q")) page.set("highlight", "true");
    if (position) page.set("min_position", position);
    const answer = await ask("search/providers", page, { signal, language, entityTag });
    this.position = answer.meta?.position ?? this.position;
    return answer;
  }

  #read(data) {
    return {
      ...nothing(), phase: "ready", hits: data.providers, total: data.total, totalIsExact: data.total_is_exact,
      emptiedBy: data.emptied_by ?? [], level: data.level ?? "", hasMore: this.#cursor !== null,
    };
  }

  #tell(found) {
    this.found = found;
    this.#show(found);
  }
}

/** Whether the same request may go well a little later. @param {Error | null} problem */
export const mayPass = (problem) => problem instanceof Unreachable || (problem instanceof Refusal && problem.mayPass);

/** A provider that moved between two pages while the index changed is shown once. */
function distinct(hits, more) {
  const known = new Set(hits.map((hit) => hit.id));
  return [...hits, ...more.filter((hit) => !known.has(hit.id))];
}
