// What the person has chosen, and nothing else. All of it is in the address, so that links, reloads and the back button work.

/**
 * @typedef {{ kind: "area", id: string } | { kind: "point", lat: number, lon: number, isMine: boolean } | null} Place
 *   null is the market's centre
 * @typedef {{ day: string, part: string, minutes: number }} When
 *   day is "", "now", "today", "tomorrow" or a date; part "", "morning", "afternoon" or "evening"
 * @typedef {object} State
 * @property {string} words
 * @property {Place} place
 * @property {number} radius metres
 * @property {string} box west,south,east,north, or nothing
 * @property {string[]} categories
 * @property {number | null} priceMin minor units
 * @property {number | null} priceMax
 * @property {number | null} ratingMin
 * @property {boolean} verified
 * @property {string[]} tiers
 * @property {boolean} servesMe
 * @property {string[]} tags
 * @property {When} when
 * @property {string} sort
 * @property {"list" | "map"} view of a phone
 * @property {string} open the sheet that is open
 * @property {string} provider whose details are shown
 * @property {string} language "" is the person's own
 */

/** Metres. What a person would say, from a walk to a drive across the country. */
export const RADII = [500, 1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 50_000];
export const STANDARD_RADIUS = 10_000;
export const SORTS = ["", "distance", "rating", "price", "soonest"];
export const DURATIONS = [15, 30, 45, 60, 90, 120, 180];
export const STANDARD_DURATION = 30;
export const PARTS = ["morning", "afternoon", "evening"];
export const TIERS = ["silver", "gold", "diamond"];
const SHEETS = ["where", "when", "filters"];
const MOST_VALUES = 20;

/** @returns {State} */
export function emptyState() {
  return {
    words: "", place: null, radius: STANDARD_RADIUS, box: "", categories: [], priceMin: null, priceMax: null, ratingMin: null,
    verified: false, tiers: [], servesMe: false, tags: [], when: { day: "", part: "", minutes: STANDARD_DURATION }, sort: "",
    view: "list", open: "", provider: "", language: "",
  };
}

/** What narrows a search; clearing all filters sets these back. */
export const FILTERS = ["categories", "priceMin", "priceMax", "ratingMin", "verified", "tiers", "servesMe", "tags"];

/** The state with no filter. @param {State} state @returns {Partial<State>} */
export function withoutFilters() {
  const empty = emptyState();
  return Object.fromEntries(FILTERS.map((name) => [name, empty[name]]));
}

/** How many filters are set. @param {State} state */
export function filterCount(state) {
  return state.categories.length + state.tiers.length + state.tags.length + Number(state.verified) + Number(state.servesMe)
    + Number(state.priceMin !== null) + Number(state.priceMax !== null) + Number(state.ratingMin !== null);
}

// --- The address --------------------------------------------------------------------------------------------------------

const number = (text, low, high) => {
  const value = text === null || text === "" ? NaN : Number(text);
  return Number.isFinite(value) && value >= low && value <= high ? value : null;
};
const oneOf = (text, allowed, otherwise) => (allowed.includes(text) ? text : otherwise);
const values = (parameters, name, pattern) =>
  [...new Set(parameters.getAll(name))].filter((value) => pattern.test(value)).slice(0, MOST_VALUES);

/** What an address says; what it says wrongly is as if it said nothing. @param {string} query @returns {State} */
export function readState(query) {
  const p = new URLSearchParams(query);
  const state = emptyState();
  state.words = (p.get("q") ?? "").slice(0, 100);
  state.place = readPlace(p);
  state.radius = number(p.get("radius"), 100, 50_000) ?? STANDARD_RADIUS;
  state.box = /^(-?\d{1,3}(\.\d+)?,){3}-?\d{1,3}(\.\d+)?$/.test(p.get("bbox") ?? "") ? p.get("bbox") : "";
  state.categories = values(p, "category", /^[\w-]{1,64}$/);
  state.priceMin = number(p.get("price_min"), 0, 1e12);
  state.priceMax = number(p.get("price_max"), 0, 1e12);
  state.ratingMin = number(p.get("rating_min"), 0, 5);
  state.verified = p.has("verified");
  state.tiers = values(p, "tier", /^(silver|gold|diamond)$/);
  state.servesMe = p.has("serves_me");
  state.tags = values(p, "tag", /^.{1,64}$/u);
  const day = p.get("when") ?? "";
  state.when = {
    day: /^(now|today|tomorrow|\d{4}-\d\d-\d\d)$/.test(day) ? day : "", part: oneOf(p.get("part"), PARTS, ""),
    minutes: oneOf(Number(p.get("minutes")), DURATIONS, STANDARD_DURATION),
  };
  state.sort = oneOf(p.get("sort"), SORTS, "");
  if (state.sort === "soonest" && !state.when.day) state.sort = "";
  state.view = oneOf(p.get("view"), ["list", "map"], "list");
  state.open = oneOf(p.get("open"), SHEETS, "");
  state.provider = /^[0-9a-f-]{36}$/.test(p.get("provider") ?? "") ? p.get("provider") : "";
  state.language = oneOf(p.get("lang"), ["ar", "en"], "");
  return state;
}

/** @param {URLSearchParams} p @returns {Place} */
function readPlace(p) {
  const lat = number(p.get("lat"), -90, 90);
  const lon = number(p.get("lon"), -180, 180);
  if (lat !== null && lon !== null) return { kind: "point", lat, lon, isMine: p.has("me") };
  const area = p.get("area") ?? "";
  return /^[\w-]{1,64}$/.test(area) ? { kind: "area", id: area } : null;
}

/** The address of a state: only what differs from the ordinary. @param {State} state */
export function addressOf(state) {
  const p = new URLSearchParams();
  const add = (name, value) => { if (value !== "" && value !== null && value !== false) p.append(name, value === true ? "1" : value); };
  add("q", state.words);
  if (state.place?.kind === "area") add("area", state.place.id);
  if (state.place?.kind === "point") {
    add("lat", state.place.lat);
    add("lon", state.place.lon);
    add("me", state.place.isMine);
  }
  if (state.radius !== STANDARD_RADIUS) add("radius", state.radius);
  add("bbox", state.box);
  for (const category of state.categories) add("category", category);
  add("price_min", state.priceMin);
  add("price_max", state.priceMax);
  add("rating_min", state.ratingMin);
  add("verified", state.verified);
  for (const tier of state.tiers) add("tier", tier);
  add("serves_me", state.servesMe);
  for (const tag of state.tags) add("tag", tag);
  if (state.when.day) {
    add("when", state.when.day);
    add("part", state.when.part);
    add("minutes", state.when.minutes);
  }
  add("sort", state.sort);
  if (state.view === "map") add("view", "map");
  add("open", state.open);
  add("provider", state.provider);
  add("lang", state.language);
  const query = p.toString();
  return query ? `/?${query}` : "/";
}

// --- The store ----------------------------------------------------------------------------------------------------------

/** The state, its address, and who wants to know of changes. */
export class Store {
  #listeners = [];

  constructor() {
    this.state = readState(location.search);
    addEventListener("popstate", () => this.#goBack());
  }

  /** @param {(state: State, before: State) => void} listener */
  subscribe(listener) { this.#listeners.push(listener); }

  /**
   * @param {Partial<State>} change
   * @param {{ isStep?: boolean }} options a step is what the back button takes back
   */
  change(change, { isStep = false } = {}) {
    const before = this.state;
    this.state = { ...before, ...change };
    if (!this.state.when.day && this.state.sort === "soonest") this.state.sort = "";
    const address = addressOf(this.state);
    if (address !== addressOf(before)) {
      if (isStep) history.pushState({ isOurs: true }, "", address);
      else history.replaceState(history.state, "", address);
    }
    this.#tell(before);
  }

  /** Closes what `change` opened: back where it was opened by a step of ours, so that no second step is needed to leave. */
  close(change) {
    if (history.state?.isOurs) history.back();
    else this.change(change);
  }

  #goBack() {
    const before = this.state;
    const next = readState(location.search);
    // A sheet's choices have been made: leaving it keeps them. And a language is never taken back.
    const stays = before.open && !next.open;
    this.state = stays
      ? { ...before, open: "", provider: next.provider } : { ...next, language: before.language };
    history.replaceState(history.state, "", addressOf(this.state));
    this.#tell(before);
  }

  #tell(before) {
    for (const listener of this.#listeners) listener(this.state, before);
  }
}
