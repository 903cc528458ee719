// A provider as the list shows it.
import { categoryIcon, h, icon, marked } from "../core/dom.js";
import { metresBetween } from "../core/geo.js";
import { distance, language, number, price, rating, table, text } from "../core/language.js";

/**
 * What a card shows besides the provider.
 * @typedef {{ state: import("../core/state.js").State, market: import("../core/market.js").Market }} Setting
 */

/** Metres from where the person is; a search in a window of the map measures from its middle, which is nobody's place. */
export function metresTo(hit, { state, market }) {
  return state.box || hit.distance_m === undefined
    ? metresBetween(market.pointOf(state.place), hit.location) : hit.distance_m;
}

/** What of a card may change, as one text: two that are equal need no new card. @param {Setting} setting */
export const signature = (hit, setting) =>
  JSON.stringify([language, metresTo(hit, setting), { ...hit, score: 0, distance_m: 0 }]);

/** What stands in the list's item. @param {Setting} setting */
export function cardContents(hit, setting) {
  const found = hit.highlight?.services ?? [];
  return [
    h("span.glyph", { data: { category: hit.category.id } }, categoryIcon(hit.category.id)),
    h("h2.card-name", {},
      h("a.card-link", { href: `/?provider=${hit.id}`, dir: "auto" }, hit.highlight ? marked(hit.highlight.name) : hit.name),
      hit.verified && h("span.verified", {}, icon("verified", text("verified")))),
    hit.tier !== "silver" && tierBadge(hit.tier),
    h("p.card-kind", {}, hit.category.name, hit.area && ` · ${hit.area.name}`),
    h("p.facts", {}, ratingOf(hit), h("span.fact", {}, icon("pin"), distance(metresTo(hit, setting))),
      h("span.fact.card-price", {}, startingPrice(hit, setting.market))),
    found.length > 0 && h("ul.found", {}, found.map((parts) => h("li", { dir: "auto" }, marked(parts)))),
  ];
}

/** The stars of a provider, or that it has none yet. */
export function ratingOf(provider) {
  if (!provider.rating_count) return h("span.fact.unrated", {}, text("newHere"));
  const spoken = text("ratingOf", { rating: rating(provider.rating), count: provider.rating_count });
  return h("span.fact.rated", {},
    icon("star"), h("span", { "aria-hidden": "true" }, h("b", {}, rating(provider.rating)), ` (${number(provider.rating_count)})`),
    h("span.visually-hidden", {}, spoken));
}

export const tierBadge = (tier) => h("span.tier", { data: { tier } }, table("tiers")[tier] ?? tier);

/** @param {import("../core/market.js").Market} market */
export function startingPrice(provider, market) {
  const range = provider.price;
  if (range?.from_minor === undefined) return text("onRequest");
  return text("from", { price: price(range.from_minor, market.currency(range.currency)) });
}

/** A card that is still on its way. */
export const skeleton = () =>
  h("div.card.skeleton", { "aria-hidden": "true" },
    h("span.glyph"), h("i.bone.long"), h("i.bone.short"), h("i.bone.middle"));
