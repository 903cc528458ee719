// The search box and its suggestions: a combobox with a list, as the ARIA patterns describe it.
import { Refusal, Unreachable, ask, isOutOfDate } from "../core/api.js";
import { byId, categoryIcon, debounced, h, icon, marked } from "../core/dom.js";
import { distance, language, remember, text } from "../core/language.js";

const PAUSE_MILLISECONDS = 90;
const MOST_SUGGESTIONS = 8;
const MOST_REMEMBERED = 5;
const REMEMBERED_AS = "qareeb.searches";

export class SearchBox {
  #form = byId("search");
  #input = byId("words");
  #list = byId("suggestions");
  #clear = byId("clear");
  #spoken = byId("spoken");
  #options = [];
  #active = -1;
  #abort = new AbortController();
  #actions;
  #pointOf;
  #ask = debounced(PAUSE_MILLISECONDS, () => this.#suggest());

  /**
   * @param {{ search: (words: string) => void, category: (id: string) => void, area: (id: string) => void,
   *   provider: (id: string) => void }} actions
   * @param {() => import("../core/geo.js").Point} pointOf where suggestions should be near
   */
  constructor(actions, pointOf) {
    this.#actions = actions;
    this.#pointOf = pointOf;
    this.#input.addEventListener("input", () => this.#typed());
    this.#input.addEventListener("focus", () => this.#typed());
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#form.addEventListener("submit", (event) => { event.preventDefault(); this.#submit(); });
    this.#form.addEventListener("focusout", (event) => { if (!this.#form.contains(event.relatedTarget)) this.#close(); });
    this.#clear.addEventListener("click", () => this.#empty());
    // Before the box loses the focus, which would close the list under the finger.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#choose(this.#options[Number(option.dataset.place)]);
    });
  }

  /** The words that are searched for. @param {string} words */
  show(words) {
    if (document.activeElement !== this.#input || !this.#isOpen) this.#input.value = words;
    this.#clear.hidden = this.#input.value === "";
  }

  focus() { this.#input.focus(); }

  get #isOpen() { return !this.#list.hidden; }
  get #words() { return this.#input.value.trim().replace(/\s+/g, " "); }

  // MARK: What the person does

  #typed() {
    this.#clear.hidden = this.#input.value === "";
    this.#abort.abort();
    if (this.#words) return this.#ask();
    this.#ask.cancel();
    this.#draw(rememberedSearches().map((words) => ({ kind: "recent", text: words })));
  }

  #key(event) {
    if (event.isComposing) return;
    switch (event.key) {
      case "ArrowDown": case "ArrowUp": {
        event.preventDefault();
        if (!this.#isOpen) return this.#typed();
        const count = this.#options.length;
        const step = event.key === "ArrowDown" ? 1 : -1;
        // One place more than options: the box itself, so that what was typed can be come back to.
        this.#activate(((this.#active + 1 + step + count + 1) % (count + 1)) - 1);
        break;
      }
      case "Enter":
        if (this.#isOpen && this.#active >= 0) {
          event.preventDefault();
          this.#choose(this.#options[this.#active]);
        }
        break;
      case "Escape":
        if (this.#isOpen) this.#close();
        else this.#empty();
        event.preventDefault();
        break;
      case "Tab":
        this.#close();
        break;
    }
  }

  #submit() {
    this.#close();
    this.#input.blur();
    this.#search(this.#words);
  }

  #empty() {
    this.#input.value = "";
    this.#actions.search("");
    this.#input.focus();
    this.#typed();
  }

  #search(words) {
    if (words) rememberSearch(words);
    this.#input.value = words;
    this.#actions.search(words);
  }

  #choose(option) {
    this.#close();
    this.#input.blur();
    switch (option.kind) {
      case "category": this.#input.value = ""; return this.#actions.category(option.id);
      case "area": this.#input.value = ""; return this.#actions.area(option.id);
      case "provider": this.#input.value = ""; return this.#actions.provider(option.id);
      default: return this.#search(option.text);
    }
  }

  // MARK: The list

  async #suggest() {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    const words = this.#words;
    const { lat, lon } = this.#pointOf();
    const parameters = new URLSearchParams({ q: words, lat: String(lat), lon: String(lon), limit: String(MOST_SUGGESTIONS) });
    try {
      const { data } = await ask("search/suggest", parameters, { signal, language });
      if (signal.aborted || document.activeElement !== this.#input) return;
      this.#draw([{ kind: "words", text: words }, ...data.suggestions]);
      this.#spoken.textContent = text("suggestionCount", { count: data.suggestions.length });
    } catch (error) {
      if (isOutOfDate(error) && signal.aborted) return;
      if (!(error instanceof Refusal || error instanceof Unreachable)) throw error;
      // Typing goes on without help; pressing Enter says what is wrong.
      this.#draw([{ kind: "words", text: words }]);
    }
  }

  #draw(options) {
    this.#options = options;
    this.#active = -1;
    this.#input.removeAttribute("aria-activedescendant");
    this.#list.replaceChildren(...options.map((option, place) => this.#option(option, place)));
    this.#setOpen(options.length > 0);
  }

  #option(option, place) {
    const [picture, main, aside] = this.#face(option);
    return h("li.suggestion", { role: "option", id: `suggestion-${place}`, "aria-selected": "false", data: { place, kind: option.kind } },
      h("span.suggestion-picture", {}, picture), h("span.suggestion-text", { dir: "auto" }, main), aside && h("span.suggestion-aside", {}, aside));
  }

  #face(option) {
    switch (option.kind) {
      case "words": return [icon("search"), text("searchFor", { words: option.text }), null];
      case "recent": return [icon("recent"), option.text, null];
      case "category": return [categoryIcon(option.id), marked(option.parts), text("category")];
      case "service": return [icon("service"), marked(option.parts), text("sellers", { count: option.providers })];
      case "area": return [icon("pin"), marked(option.parts), text("neighbourhood")];
      default: {
        const place = [option.area?.name, option.distance_m === undefined ? null : distance(option.distance_m)].filter(Boolean);
        return [categoryIcon(option.category?.id), marked(option.parts), place.join(" · ")];
      }
    }
  }

  #activate(place) {
    this.#list.querySelector("[aria-selected=true]")?.setAttribute("aria-selected", "false");
    this.#active = place;
    if (place < 0) return this.#input.removeAttribute("aria-activedescendant");
    const option = this.#list.children[place];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.#input.setAttribute("aria-activedescendant", option.id);
  }

  #close() {
    this.#ask.cancel();
    this.#abort.abort();
    this.#active = -1;
    this.#input.removeAttribute("aria-activedescendant");
    this.#setOpen(false);
  }

  #setOpen(isOpen) {
    this.#list.hidden = !isOpen;
    this.#input.setAttribute("aria-expanded", String(isOpen));
  }
}

// MARK: What was searched for before, on this device alone

/** @returns {string[]} */
function rememberedSearches() {
  const stored = remember(() => JSON.parse(localStorage.getItem(REMEMBERED_AS) ?? "[]"));
  return Array.isArray(stored) ? stored.filter((words) => typeof words === "string").slice(0, MOST_REMEMBERED) : [];
}

function rememberSearch(words) {
  const all = [words, ...rememberedSearches().filter((one) => one !== words)].slice(0, MOST_REMEMBERED);
  remember(() => localStorage.setItem(REMEMBERED_AS, JSON.stringify(all)));
}
