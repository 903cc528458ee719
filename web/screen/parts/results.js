// The list: cards kept in step with what was found, more of them as the end comes near, and what to say when there are none.
import { h, icon, byId } from "../core/dom.js";
import { Refusal, Unreachable } from "../core/api.js";
import { OverToday } from "../core/question.js";
import { distance, language, text } from "../core/language.js";
import { RADII } from "../core/state.js";
import { cardContents, signature, skeleton } from "./card.js";

const FIRST_SKELETONS = 6;
/** How far before its end the list is continued: about two screens of a phone. */
const AHEAD = "0px 1200px 1600px 1200px";

export class Results {
  #list = byId("list");
  #tail = byId("tail");
  #rail = byId("rail");
  #summary = byId("summary");
  #spoken = byId("spoken");
  #notices = byId("notices");
  #setting;
  #actions;
  /** @type {Map<string, { item: HTMLLIElement, signature: string }>} */
  #cards = new Map();
  #spokenFor = "";

  /**
   * @param {{ more: () => void, retry: () => void, change: (change: any) => void, choose: (id: string) => void,
   *   point: (id: string | null) => void }} actions
   */
  constructor(actions) {
    this.#actions = actions;
    const watcher = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) actions.more();
    }, { rootMargin: AHEAD });
    watcher.observe(this.#tail);
    // A short page whose end is in sight from the beginning crosses no border when it grows.
    this.#look = () => { watcher.unobserve(this.#tail); watcher.observe(this.#tail); };
    this.#list.addEventListener("click", (event) => this.#click(event));
    for (const name of ["pointerover", "focusin"]) this.#list.addEventListener(name, (event) => actions.point(idOf(event.target)));
    for (const name of ["pointerleave", "focusout"]) this.#list.addEventListener(name, () => actions.point(null));
  }

  #look;

  #click(event) {
    const link = event.target.closest("a.card-link");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.#actions.choose(idOf(link));
  }

  /** @param {import("../core/search.js").Found} found @param {import("./card.js").Setting} setting */
  show(found, setting) {
    this.#setting = setting;
    const isPending = found.phase === "pending";
    this.#rail.classList.toggle("pending", isPending);
    this.#rail.setAttribute("aria-busy", String(isPending));
    if (found.step === "again") this.#keepingPlace(() => this.#reconcile(found));
    else this.#reconcile(found);
    if (found.step === "first") this.toStart();
    this.#showSummary(found);
    this.#showNotices(found);
    this.#showTail(found);
    if (found.hasMore && !found.isLoadingMore && !found.problem) this.#look();
  }

  toStart() {
    this.#rail.scrollTo({ left: 0 });
    scrollTo({ top: 0 });
  }

  /** The card of a provider, to be scrolled to. @param {string} id */
  item(id) { return this.#cards.get(id)?.item ?? null; }

  /** Marks the card whose pin was chosen. @param {string | null} id */
  select(id) {
    for (const [other, { item }] of this.#cards) item.classList.toggle("selected", other === id);
  }

  // MARK: Cards

  #reconcile(found) {
    const wanted = new Set(found.hits.map((hit) => hit.id));
    for (const [id, { item }] of this.#cards) {
      if (wanted.has(id)) continue;
      item.remove();
      this.#cards.delete(id);
    }
    let next = this.#list.firstElementChild;
    for (const hit of found.hits) {
      const item = this.#item(hit, found.step === "again");
      if (item === next) next = next.nextElementSibling;
      else this.#list.insertBefore(item, next);
    }
  }

  #item(hit, isLater) {
    const now = signature(hit, this.#setting);
    const known = this.#cards.get(hit.id);
    if (known) {
      // Its link leads to the same place even where the search has changed around it.
      if (known.signature === now) return known.item;
      const hadFocus = known.item.contains(document.activeElement);
      known.item.replaceChildren(...cardContents(hit, this.#setting).filter(Boolean));
      known.signature = now;
      if (hadFocus) known.item.querySelector("a")?.focus({ preventScroll: true });
      if (isLater) this.#flash(known.item);
      return known.item;
    }
    const item = h("li.card", { data: { id: hit.id } }, cardContents(hit, this.#setting));
    this.#cards.set(hit.id, { item, signature: now });
    if (isLater) this.#flash(item);
    return item;
  }

  #flash(item) {
    item.classList.remove("changed");
    // Reading a size makes the browser see the class go before it comes again.
    void item.offsetWidth;
    item.classList.add("changed");
  }

  /** Changes the list so that what the person is reading stays where it is. */
  #keepingPlace(change) {
    const isRow = getComputedStyle(this.#rail).display === "flex";
    const side = isRow ? "left" : "top";
    const edge = isRow ? this.#rail.getBoundingClientRect().left : byId("bar").getBoundingClientRect().bottom;
    const items = [...this.#list.children];
    const first = items.find((item) => item.getBoundingClientRect()[isRow ? "right" : "bottom"] > edge + 1);
    const isAtStart = items.length === 0 || first === items[0];
    const before = first?.getBoundingClientRect()[side];
    change();
    if (isAtStart || !first?.isConnected) return;
    const moved = first.getBoundingClientRect()[side] - before;
    if (Math.abs(moved) < 1) return;
    if (isRow) this.#rail.scrollBy({ left: moved, behavior: "instant" });
    else scrollBy({ top: moved, behavior: "instant" });
  }

  // MARK: What is said

  #showSummary(found) {
    if (found.phase === "pending" && !found.hits.length) {
      this.#summary.textContent = text("loading");
      return;
    }
    if (found.phase !== "ready") {
      if (found.phase === "failed") this.#summary.textContent = "";
      return;
    }
    const name = found.totalIsExact ? "total" : "totalAtLeast";
    this.#summary.textContent = found.total ? text(name, { count: found.total }) : "";
    const spoken = text("spokenTotal", { count: found.total });
    // Announced for a new search, not for each change of the index.
    if (found.step === "first" || this.#spokenFor !== spoken && found.step !== "again") {
      this.#spoken.textContent = spoken;
      this.#spokenFor = spoken;
    }
  }

  #showNotices(found) {
    const notices = [];
    if (found.problem && found.hits.length) notices.push(this.#problem(found.problem));
    const similar = found.phase === "ready" && found.hits.length && ["phonetic", "typo", "partial"].includes(found.level);
    if (similar && this.#setting.state.words) {
      notices.push(h("p.notice", {}, text(`similar.${found.level}`, { words: this.#setting.state.words })));
    }
    this.#notices.replaceChildren(...notices);
  }

  #showTail(found) {
    if (found.phase === "pending" && !found.hits.length) return this.#fillTail(skeletons(FIRST_SKELETONS));
    if (found.phase === "failed") {
      // Said once: a button that is being reached for stays where it is while the same thing fails again.
      const failure = `${language} ${found.problem?.name} ${found.problem?.message}`;
      if (this.#tail.dataset.failure === failure) return;
      this.#fillTail([this.#failure(found.problem)]);
      this.#tail.dataset.failure = failure;
      return;
    }
    if (found.phase === "ready" && !found.hits.length) return this.#fillTail([this.#nobody(found)]);
    if (found.hasMore) {
      if (this.#tail.childElementCount !== 2 || !this.#tail.querySelector(".skeleton")) this.#fillTail(skeletons(2));
      return;
    }
    this.#fillTail(found.phase === "ready" ? [h("p.end", {}, text("end"))] : []);
  }

  #fillTail(children) {
    delete this.#tail.dataset.failure;
    this.#tail.replaceChildren(...children);
  }

  #retryButton = () => h("button.primary", { type: "button", onclick: () => this.#actions.retry() }, text("retry"));

  #problem(problem) {
    const [title, why] = problem instanceof Unreachable ? [text("offline"), text("offlineWhy")] : [text("busy"), text("busyWhy")];
    return h("div.notice.warning", { role: "alert" }, icon("offline"), h("div", {}, h("b", {}, title), h("span", {}, why)),
      h("button.quiet", { type: "button", onclick: () => this.#actions.retry() }, text("retry")));
  }

  /** Nothing to show, and why. */
  #failure(problem) {
    if (problem instanceof OverToday) return this.#timeFailure(text("overToday"));
    if (problem instanceof Unreachable) return message("offline", text("offline"), text("offlineEmpty"), this.#retryButton());
    if (problem instanceof Refusal && problem.mayPass) {
      return message("offline", text("busy"), text("busyWhy"), this.#retryButton());
    }
    const fields = problem instanceof Refusal ? problem.fields : [];
    if (fields.some((field) => TIME_FIELDS.has(field.field))) return this.#timeFailure(fields[0].message);
    return message("nobody", text("failed"), [problem?.message, ...fields.map((field) => `${field.field} ${field.message}`)].join(" "),
      this.#retryButton());
  }

  #timeFailure(why) {
    const change = { when: { ...this.#setting.state.when, day: "", part: "" } };
    return message("clock", text("timesUnknown"), why,
      h("button.primary", { type: "button", onclick: () => this.#actions.change(change) }, text("anyTime")));
  }

  #nobody(found) {
    const { state } = this.#setting;
    const offers = found.emptiedBy.map((one) => this.#offer(one.parameters, one.matches_without));
    const wider = RADII.find((radius) => radius > state.radius && !state.box);
    const further = !offers.length && wider
      && h("button.primary", { type: "button", onclick: () => this.#actions.change({ radius: RADII.at(-1) }) },
        text("lookFurther", { distance: distance(RADII.at(-1)) }));
    return message("nobody", text("nobody"), text(offers.length ? "nobodyWhy" : "nobodyNear"), [...offers, further]);
  }

  /** A button that takes back what emptied the answer. */
  #offer(parameters, matches) {
    const { state } = this.#setting;
    const names = parameters.map((name) => text(`emptiers.${name}`, { words: state.words }));
    const what = names.reduce((one, two) => text("and", { one, two }));
    const change = Object.assign({}, ...parameters.map((name) => leavingOut(name, state)));
    return h("button.offer", { type: "button", onclick: () => this.#actions.change(change) },
      h("span", {}, text("without", { what })), h("span.count", {}, text("withoutCount", { count: matches })));
  }
}

const TIME_FIELDS = new Set(["available_from", "available_to", "duration_min"]);

/** The change that undoes a parameter of the API. */
function leavingOut(name, state) {
  switch (name) {
    case "q": return { words: "" };
    case "category": return { categories: [] };
    case "serves_me": return { servesMe: false };
    case "tag": return { tags: [] };
    case "tier": return { tiers: [] };
    case "price_min": return { priceMin: null };
    case "price_max": return { priceMax: null };
    case "rating_min": return { ratingMin: null };
    case "verified": return { verified: false };
    case "available_from": return { when: { ...state.when, day: "", part: "" } };
    case "radius_m": return { radius: RADII.at(-1), place: null };
    case "bbox": return { box: "" };
    default: return {};
  }
}

const skeletons = (count) => Array.from({ length: count }, skeleton);

const message = (picture, title, why, ...rest) =>
  h("div.message", { role: "status" }, h("span.message-picture", {}, icon(picture)), h("h2", {}, title), h("p", { dir: "auto" }, why),
    h("div.message-actions", {}, rest));

/** @param {EventTarget | null} target @returns {string | null} */
const idOf = (target) => /** @type {Element} */ (target)?.closest?.("li.card")?.dataset.id ?? null;

