// The sheet of filters, each choice with what it would find.
import { h } from "../core/dom.js";
import { number, rating, shortPrice, table, text } from "../core/language.js";
import { TIERS, withoutFilters } from "../core/state.js";
import { Sheet, choice, group } from "./sheet.js";

const RATINGS = [3, 4, 4.5];

export class Filters {
  #store;
  #market;
  #sheet;
  #categories = [];
  /** @type {import("../core/facets.js").Counts | null} */
  #counts = null;
  #found = null;

  /** @param {import("../core/state.js").Store} store @param {import("../core/market.js").Market} market */
  constructor(store, market) {
    this.#store = store;
    this.#market = market;
    this.#sheet = new Sheet({ name: "filters-sheet", onClose: () => store.close({ open: "" }) });
  }

  /** @param {{ id: string, name: string }[]} categories in their order, in the language shown */
  useCategories(categories) {
    this.#categories = categories;
    this.show();
  }

  useCounts(counts) {
    this.#counts = counts;
    this.show();
  }

  useFound(found) {
    this.#found = found;
    if (this.#sheet.isOpen) this.#showFoot();
  }

  show() {
    if (this.#store.state.open !== "filters") return this.#sheet.close();
    this.#sheet.title.textContent = text("filters");
    keepingFocus(this.#sheet.body, () => this.#fill());
    this.#showFoot();
    this.#sheet.open();
  }

  #fill() {
    const { state } = this.#store;
    this.#sheet.body.replaceChildren(
      group(text("category"), this.#categories.map((category) => this.#toggle("categories", category.id, category.name,
        this.#counts?.category.get(category.id) ?? 0))),
      group(text("price"), this.#prices()),
      group(text("rating"), this.#ratings()),
      group(text("tier"), TIERS.map((tier) => this.#toggle("tiers", tier, table("tiers")[tier], this.#counts?.tier.get(tier) ?? 0))),
      h("fieldset.group", {}, h("legend", {}, text("more")), this.#switch("verified", text("verifiedOnly"), text("verifiedWhy")),
        state.box ? null : this.#switch("servesMe", text("servesMe"), text("servesMeWhy"))),
      state.tags.length ? group("", state.tags.map((tag) => this.#toggle("tags", tag, table("tags")[tag] ?? tag, null))) : "");
  }

  #toggle(filter, value, label, count) {
    const chosen = this.#store.state[filter];
    return choice({
      type: "checkbox", name: filter, value, checked: chosen.includes(value), label,
      count: this.#counts && count !== null ? number(count) : null,
      onchange: ({ target }) => this.#store.change({
        [filter]: target.checked ? [...chosen, value] : chosen.filter((one) => one !== value),
      }),
    });
  }

  #one(name, value, isChosen, label, count, change) {
    return choice({
      type: "radio", name, value: String(value), checked: isChosen, label, count: count === undefined ? null : number(count),
      onchange: () => this.#store.change(change),
    });
  }

  /** Steps of the market's prices: providers that sell something for less. */
  #prices() {
    const { priceMin, priceMax } = this.#store.state;
    const currency = this.#market.ownCurrency;
    const one = (most, label, count) =>
      this.#one("price", most ?? "any", priceMin === null && priceMax === most, label, count, { priceMin: null, priceMax: most });
    const steps = this.#counts?.priceUnder ?? [];
    const choices = [one(null, text("anyPrice"))];
    for (const { below, count } of steps) choices.push(one(below - 1, text("under", { price: shortPrice(below, currency) }), count));
    // What a link or an earlier market's steps have set is a choice, too.
    const isShown = priceMin === null && (priceMax === null || steps.some(({ below }) => below - 1 === priceMax));
    if (!isShown) choices.push(this.#one("price", "own", true, this.#ownRange(priceMin, priceMax, currency), undefined, {}));
    return choices;
  }

  #ownRange(least, most, currency) {
    const parts = [];
    if (least !== null) parts.push(text("over", { price: shortPrice(least, currency) }));
    if (most !== null) parts.push(text("under", { price: shortPrice(most + 1, currency) }));
    return parts.join(" · ");
  }

  #ratings() {
    const { ratingMin } = this.#store.state;
    const choices = [this.#one("rating", "any", ratingMin === null, text("anyRating"), undefined, { ratingMin: null })];
    const known = ratingMin === null || RATINGS.includes(ratingMin) ? RATINGS : [...RATINGS, ratingMin].sort();
    for (const from of known) {
      choices.push(this.#one("rating", from, ratingMin === from, text("ratedFrom", { rating: `★ ${rating(from)}` }),
        this.#counts?.ratingFrom.get(from), { ratingMin: from }));
    }
    return choices;
  }

  #switch(filter, label, why) {
    return h("label.switch-row", {}, h("span", {}, h("b", {}, label), h("small", {}, why)),
      h("input.toggle", {
        type: "checkbox", role: "switch", name: filter, value: "on", checked: this.#store.state[filter],
        onchange: ({ target }) => this.#store.change({ [filter]: target.checked }),
      }));
  }

  #showFoot() {
    const { foot } = this.#sheet;
    const found = this.#found;
    const isKnown = found?.phase === "ready";
    const label = !isKnown ? text("done")
      : found.total === 0 ? text("showNone") : text(found.totalIsExact ? "show" : "showAtLeast", { count: found.total });
    foot.hidden = false;
    if (!foot.childElementCount) {
      foot.append(
        h("button.quiet", { type: "button", onclick: () => this.#store.change(withoutFilters()) }),
        h("button.primary", { type: "button", onclick: () => this.#store.close({ open: "" }) }));
    }
    foot.children[0].textContent = text("clearAll");
    foot.children[1].textContent = label;
  }
}

/** Draws choices anew without taking the focus from the one that was used. */
export function keepingFocus(body, draw) {
  const active = document.activeElement;
  const isInside = active instanceof HTMLInputElement && body.contains(active);
  const key = isInside ? `input[name="${CSS.escape(active.name)}"][value="${CSS.escape(active.value)}"]` : "";
  draw();
  if (key) body.querySelector(key)?.focus({ preventScroll: true });
}
