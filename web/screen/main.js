// The first screen: what the person chooses becomes a search, and what is found is shown in a list and on a map that keep in step.
import { Refusal, Unreachable, ask } from "./core/api.js";
import { byId, debounced, h, icon, wantsStillness } from "./core/dom.js";
import { Facets } from "./core/facets.js";
import { language, otherLanguage, preferredLanguage, table, text, useLanguage } from "./core/language.js";
import { Live } from "./core/live.js";
import { Market } from "./core/market.js";
import { OverToday, question } from "./core/question.js";
import { Search } from "./core/search.js";
import { SORTS, Store } from "./core/state.js";
import { Chips } from "./parts/chips.js";
import { Details } from "./parts/details.js";
import { Filters } from "./parts/filters.js";
import { ProviderMap } from "./parts/map.js";
import { Results } from "./parts/results.js";
import { SearchBox } from "./parts/searchbox.js";
import { When } from "./parts/when.js";
import { Where } from "./parts/where.js";

const isDesk = matchMedia("(min-width: 960px)");
const START_AGAIN_MILLISECONDS = 3_000;

class Screen {
  #store = new Store();
  #map = null;
  #mapIsComing = false;

  async start() {
    useLanguage(this.#store.state.language || preferredLanguage());
    this.#results = new Results({
      more: () => this.#search?.more(), retry: () => this.#retry(), change: (change) => this.#store.change(change),
      choose: (id) => this.#open(id), point: (id) => this.#map?.point(id),
    });
    this.#nameButtons();
    await this.#meetServer();
    this.#build();
    this.#watch();
    this.#show();
    this.#begin();
    this.#loadCategories();
    this.#live.start();
  }

  #results;
  #search;
  #facets;
  #live;
  #settings;
  #market;
  #retry = () => this.#live?.now();

  /** What every search needs to know; asked for until it is had. */
  async #meetServer() {
    const setting = { state: this.#store.state, market: null };
    const waiting = { phase: "pending", hits: [], step: "began" };
    this.#results.show(waiting, setting);
    for (;;) {
      try {
        const [settings, market] = await Promise.all([serverSettings(), Market.load(language)]);
        this.#settings = settings;
        this.#market = market;
        return;
      } catch (problem) {
        if (!(problem instanceof Unreachable || problem instanceof Refusal)) throw problem;
        this.#results.show({ ...waiting, phase: "failed", problem, step: "problem" }, setting);
        await new Promise((again) => {
          this.#retry = again;
          addEventListener("online", again, { once: true });
          setTimeout(again, START_AGAIN_MILLISECONDS);
        });
      }
    }
  }

  // MARK: Parts

  #build() {
    const store = this.#store;
    const market = this.#market;
    this.#search = new Search(market, (found) => this.#found(found));
    this.#facets = new Facets((counts) => { this.chips.useCounts(counts); this.filters.useCounts(counts); });
    this.where = new Where(store, market);
    this.when = new When(store, market);
    this.filters = new Filters(store, market);
    this.chips = new Chips(store, { where: (state) => this.where.label(state), when: (state) => this.when.label(state) });
    this.details = new Details(store, market, this.#settings.map ? (provider) => this.#visit(provider) : null);
    this.searchBox = new SearchBox({
      search: (words) => store.change({ words }, { isStep: true }),
      category: (id) => store.change({ words: "", categories: [id] }, { isStep: true }),
      area: (id) => store.change({ words: "", place: { kind: "area", id }, box: "" }, { isStep: true }),
      provider: (id) => this.#open(id),
    }, () => market.pointOf(store.state.place));
    this.#live = new Live(async (position) => {
      await Promise.all([this.#search.again({ position }), this.details.again()]);
      if (this.#search.isWhole) this.#askFacets();
    }, () => this.#search.isWhole, () => this.#search.position);
    this.#retry = () => this.#live.now();
  }

  #watch() {
    this.#store.subscribe((state, before) => this.#changed(state, before));
    byId("language").addEventListener("click", () => this.#switchLanguage());
    byId("sort").addEventListener("change", ({ target }) => this.#store.change({ sort: target.value }));
    byId("switch").addEventListener("click", () => {
      const view = this.#store.state.view === "map" ? "list" : "map";
      this.#store.change({ view }, { isStep: true });
    });
    isDesk.addEventListener("change", () => this.#showMap());
    addEventListener("resize", debounced(100, () => this.#map?.resize()));
    byId("rail").addEventListener("scroll", debounced(120, () => this.#railRested()), { passive: true });
  }

  #changed(state, before) {
    this.#show();
    if (this.#isOtherQuestion(state, before)) this.#begin();
  }

  /** Whether two states ask for different providers. */
  #isOtherQuestion(state, before) {
    const now = Date.now();
    const asked = (one) => {
      try {
        return String(question(one, this.#market, now));
      } catch (error) {
        if (error instanceof OverToday) return "over";
        throw error;
      }
    };
    return asked(state) !== asked(before);
  }

  #begin() {
    this.#search.begin(this.#store.state);
  }

  /** Everything that follows from the state alone. */
  #show() {
    const { state } = this.#store;
    this.searchBox.show(state.words);
    this.chips.show();
    this.where.show();
    this.when.show();
    this.filters.show();
    this.#showSorts(state);
    document.title = state.words ? `${state.words} · ${text("name")}` : text("title");
    this.#showMap();
    this.details.show(this.#search.found.hits.find((hit) => hit.id === state.provider));
  }

  #showSorts(state) {
    const names = table("sorts");
    const offered = SORTS.filter((sort) => sort !== "soonest" || state.when.day);
    byId("sort").replaceChildren(...offered.map((sort) => h("option", { value: sort, selected: sort === state.sort }, names[sort])));
  }

  #found(found) {
    const { state } = this.#store;
    this.#results.show(found, { state, market: this.#market });
    this.#map?.show(found, state);
    this.filters.useFound(found);
    if (found.step === "first") this.#askFacets();
    if (found.step === "first" || found.step === "began") this.#select(null);
    if (found.step === "problem") this.#live.failed();
  }

  #askFacets() { this.#facets.ask(this.#search.parameters); }

  async #loadCategories() {
    const asked = language;
    try {
      const { data } = await ask("services/categories", null, { language });
      if (asked !== language) return;
      this.chips.useCategories(data);
      this.filters.useCategories(data);
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof Unreachable)) throw error;
      setTimeout(() => this.#loadCategories(), START_AGAIN_MILLISECONDS);
    }
  }

  // MARK: Language

  #switchLanguage() {
    useLanguage(otherLanguage(), { isChoice: true });
    this.#nameButtons();
    this.#store.change({ language });
    this.#map?.name();
    this.#loadCategories();
    this.#search.again({ isOtherLanguage: true }).then(() => this.#askFacets());
    this.details.again({ isOtherLanguage: true });
  }

  #nameButtons() {
    const button = byId("language");
    button.textContent = text("otherLanguage");
    button.lang = otherLanguage();
    const isMap = this.#store.state.view === "map";
    byId("switch").replaceChildren(icon(isMap ? "list" : "map"), text(isMap ? "showList" : "showMap"));
  }

  // MARK: One provider

  #open(id) { this.#store.change({ provider: id, open: "" }, { isStep: true }); }

  /** The provider's place on the map. */
  async #visit(provider) {
    this.#store.change({ provider: "", view: "map" });
    await this.#showMap();
    this.#map?.visit(provider);
    this.#results.select(provider.id);
  }

  #select(id, options) {
    this.#results.select(id);
    this.#map?.select(id, options);
  }

  // MARK: Map

  /** The map is loaded when it is first in sight: a phone that shows the list need not have it. */
  async #showMap() {
    const isMap = this.#settings.map && (isDesk.matches || this.#store.state.view === "map");
    document.body.classList.toggle("map-view", this.#settings.map && this.#store.state.view === "map");
    byId("map-pane").hidden = !isMap;
    byId("switch").hidden = !this.#settings.map;
    this.#nameButtons();
    if (!isMap) return;
    if (this.#map) return this.#map.resize();
    if (this.#mapIsComing) return;
    this.#mapIsComing = true;
    try {
      this.#map = await ProviderMap.load(this.#market, this.#settings.tiles, {
        select: (id) => this.#pinChosen(id),
        searchHere: (box) => this.#store.change({ box, servesMe: false }, { isStep: true }),
      });
      this.#map.name();
      this.#map.show({ ...this.#search.found, step: "first" }, this.#store.state);
    } catch {
      // The library went away after the server had started: the list has everything, too.
      this.#settings = { ...this.#settings, map: false };
      this.#store.change({ view: "list" });
    } finally {
      this.#mapIsComing = false;
    }
  }

  #pinChosen(id) {
    this.#select(id, { isMoving: false });
    const behavior = wantsStillness() ? "instant" : "smooth";
    this.#results.item(id)?.scrollIntoView({ behavior, block: "center", inline: "center" });
  }

  /** On a phone's map the cards are a row: the one in the middle is the one on the map. */
  #railRested() {
    if (isDesk.matches || this.#store.state.view !== "map") return;
    const middle = innerWidth / 2;
    const card = [...byId("list").children].find((item) => {
      const { left, right } = item.getBoundingClientRect();
      return left <= middle && right >= middle;
    });
    if (card) this.#select(card.dataset.id);
  }
}

async function serverSettings() {
  try {
    const answer = await fetch("/screen/settings.json", { cache: "no-cache" });
    if (!answer.ok) throw new Unreachable(`settings: ${answer.status}`);
    return await answer.json();
  } catch (error) {
    throw error instanceof Unreachable ? error : new Unreachable(String(error));
  }
}

new Screen().start();
