// The row below the search box: where, when, filters, and the categories at hand.
import { byId, h, icon, categoryIcon } from "../core/dom.js";
import { isRightToLeft, number, text } from "../core/language.js";
import { filterCount } from "../core/state.js";

export class Chips {
  #row = byId("chips");
  #store;
  #labels;
  #categories = [];
  #counts = null;

  /**
   * @param {import("../core/state.js").Store} store
   * @param {{ where: (state: any) => string, when: (state: any) => string }} labels
   */
  constructor(store, labels) {
    this.#store = store;
    this.#labels = labels;
    this.#row.addEventListener("click", (event) => this.#click(event));
    // A wheel that turns one way only still reaches the last chip.
    this.#row.addEventListener("wheel", (event) => {
      if (this.#row.scrollWidth <= this.#row.clientWidth || event.deltaX !== 0) return;
      event.preventDefault();
      this.#row.scrollLeft += isRightToLeft() ? -event.deltaY : event.deltaY;
    }, { passive: false });
  }

  useCategories(categories) {
    this.#categories = categories;
    this.show();
  }

  useCounts(counts) {
    this.#counts = counts.category;
    this.show();
  }

  show() {
    const { state } = this.#store;
    const set = filterCount(state);
    const focused = this.#row.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const scrolled = this.#row.scrollLeft;
    this.#row.replaceChildren(
      this.#opener("where", "pin", this.#labels.where(state), state.place !== null || state.box !== ""),
      this.#opener("when", "clock", this.#labels.when(state), state.when.day !== ""),
      this.#opener("filters", "filters", text("filters"), set > 0,
        set > 0 && h("span.badge", { title: text("filterCount", { count: set }) }, number(set))),
      h("span.chip-divider", { "aria-hidden": "true" }),
      ...this.#categories.map((category) => this.#category(category, state.categories.includes(category.id))));
    this.#row.scrollLeft = scrolled;
    if (focused) this.#row.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  #opener(name, picture, label, isSet, badge = null) {
    return h(`button.chip${isSet ? ".set" : ""}`, {
      type: "button", data: { key: name, open: name }, "aria-haspopup": "dialog",
    }, icon(picture), h("span.chip-text", {}, label), badge);
  }

  #category(category, isOn) {
    const count = this.#counts ? this.#counts.get(category.id) ?? 0 : null;
    return h(`button.chip.category${isOn ? ".on" : ""}`, {
      type: "button", data: { key: `category-${category.id}`, category: category.id }, "aria-pressed": String(isOn),
    }, isOn ? icon("check") : categoryIcon(category.id), h("span.chip-text", {}, category.name),
    count !== null && h("span.count", {}, number(count)));
  }

  #click(event) {
    const chip = event.target.closest("button.chip");
    if (!chip) return;
    if (chip.dataset.open) return this.#store.change({ open: chip.dataset.open }, { isStep: true });
    const chosen = this.#store.state.categories;
    const id = chip.dataset.category;
    this.#store.change({ categories: chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id] });
  }
}
