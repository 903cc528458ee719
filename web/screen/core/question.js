// From what the person has chosen to what the API is asked.
import { windowOf } from "./times.js";

export const PAGE = 20;
/** What the API gives at once, at most. */
export const LARGEST_PAGE = 100;

/**
 * The parameters of a search, without those of a page.
 * @param {import("./state.js").State} state @param {import("./market.js").Market} market @param {number} now milliseconds
 */
export function question(state, market, now) {
  const q = new URLSearchParams();
  if (state.box) {
    q.set("bbox", state.box);
  } else {
    const { lat, lon } = market.pointOf(state.place);
    q.set("lat", String(lat));
    q.set("lon", String(lon));
    q.set("radius_m", String(state.radius));
    if (state.servesMe) q.set("serves_me", "true");
  }
  if (state.words) q.set("q", state.words);
  for (const category of state.categories) q.append("category", category);
  if (state.priceMin !== null) q.set("price_min", String(state.priceMin));
  if (state.priceMax !== null) q.set("price_max", String(state.priceMax));
  if (state.ratingMin !== null) q.set("rating_min", String(state.ratingMin));
  if (state.verified) q.set("verified", "true");
  for (const tier of state.tiers) q.append("tier", tier);
  for (const tag of state.tags) q.append("tag", tag);
  if (state.when.day) {
    const time = windowOf(state.when, now, market.timeZone);
    if (!time) throw new OverToday();
    q.set("available_from", time.from);
    q.set("available_to", time.to);
    q.set("duration_min", String(state.when.minutes));
  }
  if (state.sort) q.set("sort", state.sort);
  return q;
}

/** The part of today that was chosen has gone by. */
export class OverToday extends Error {}

const LISTS = new Set(["category", "tier", "tag"]);
const NUMBERS = new Set(["lat", "lon", "radius_m", "price_min", "price_max", "rating_min", "duration_min"]);
const SWITCHES = new Set(["verified", "serves_me"]);

/** The same as a body, in which numbers are numbers. @param {URLSearchParams} parameters */
export function asBody(parameters) {
  const body = {};
  for (const name of new Set(parameters.keys())) {
    const value = parameters.get(name);
    if (LISTS.has(name)) body[name] = parameters.getAll(name);
    else if (NUMBERS.has(name)) body[name] = Number(value);
    else if (SWITCHES.has(name)) body[name] = value === "true";
    else body[name] = value;
  }
  return body;
}
