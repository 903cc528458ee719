// One provider: what it sells and for how much, where it is, and a link to it.
import { Refusal, Unreachable, ask, isOutOfDate } from "../core/api.js";
import { categoryIcon, h, icon } from "../core/dom.js";
import { metresBetween } from "../core/geo.js";
import { distance, duration, language, price, table, text } from "../core/language.js";
import { ratingOf, tierBadge } from "./card.js";
import { Sheet } from "./sheet.js";

const SAID_MILLISECONDS = 2_500;

export class Details {
  #store;
  #market;
  #sheet;
  #showOnMap;
  #abort = new AbortController();
  #shown = "";
  #entityTag = null;
  /** @type {any} the provider shown */
  #provider = null;

  /**
   * @param {import("../core/state.js").Store} store @param {import("../core/market.js").Market} market
   * @param {((provider: any) => void) | null} showOnMap
   */
  constructor(store, market, showOnMap) {
    this.#store = store;
    this.#market = market;
    this.#showOnMap = showOnMap;
    this.#sheet = new Sheet({ name: "details-sheet", onClose: () => store.close({ provider: "" }) });
  }

  /** Shows the provider of the state. @param {any} hit what the list knows of it already */
  show(hit) {
    const { provider: id } = this.#store.state;
    if (!id) {
      this.#abort.abort();
      this.#shown = "";
      return this.#sheet.close();
    }
    if (this.#shown !== id) {
      this.#shown = id;
      this.#entityTag = null;
      this.#provider = hit ?? null;
      this.#draw(true);
      this.#load(id);
    }
    this.#sheet.open();
  }

  /** The same in another language, or after a change of the index. */
  again({ isOtherLanguage = false } = {}) {
    if (!this.#shown) return Promise.resolve();
    if (isOtherLanguage) this.#entityTag = null;
    return this.#load(this.#shown);
  }

  async #load(id) {
    this.#abort.abort();
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    try {
      const answer = await ask(`providers/${id}`, null, { signal, language, entityTag: this.#entityTag });
      if (answer.isUnchanged) return;
      this.#entityTag = answer.entityTag;
      const isSame = JSON.stringify(answer.data) === JSON.stringify(this.#provider);
      this.#provider = answer.data;
      if (!isSame) this.#draw(false);
    } catch (error) {
      if (isOutOfDate(error) && signal.aborted) return;
      if (!(error instanceof Refusal || error instanceof Unreachable)) throw error;
      const isGone = error instanceof Refusal && error.status === 404;
      if (isGone || !this.#provider?.services) this.#fail(isGone, id);
    }
  }

  #fail(isGone, id) {
    this.#sheet.title.textContent = isGone ? "" : this.#provider?.name ?? "";
    this.#sheet.body.replaceChildren(h("div.message", { role: "status" }, h("span.message-picture", {}, icon(isGone ? "nobody" : "offline")),
      h("p", {}, text(isGone ? "gone" : "offlineEmpty")),
      !isGone && h("button.primary", { type: "button", onclick: () => this.#load(id) }, text("retry"))));
    this.#sheet.foot.hidden = true;
    // Whatever comes next is drawn.
    this.#provider = null;
  }

  // MARK: What is shown

  #draw(isLoading) {
    const provider = this.#provider;
    const { title, body, foot } = this.#sheet;
    title.textContent = provider?.name ?? text("loading");
    title.dir = "auto";
    foot.hidden = !provider;
    if (!provider) return body.replaceChildren(...bones());
    const other = provider.names && (language === "ar" ? provider.names.en : provider.names.ar);
    body.replaceChildren(
      h("div.details-head", {}, h("span.glyph.large", { data: { category: provider.category.id } }, categoryIcon(provider.category.id)),
        h("div", {}, other && other !== provider.name && h("p.other-name", { dir: "auto", lang: language === "ar" ? "en" : "ar" }, other),
          h("p.card-kind", {}, provider.category.name, provider.area && ` · ${provider.area.name}`),
          h("p.badges", {}, provider.verified && h("span.badge-verified", {}, icon("verified"), text("verified")), tierBadge(provider.tier)))),
      h("p.facts.large", {}, ratingOf(provider),
        h("span.fact", {}, icon("pin"), text("away", { distance: distance(metresBetween(this.#market.pointOf(this.#store.state.place), provider.location)) }))),
      ...this.#extras(provider),
      h("h3", {}, text("services")),
      ...(isLoading || !provider.services ? bones() : [h("ul.services", {}, provider.services.map((service) => this.#service(service)))]));
    this.#fillFoot(provider);
  }

  #extras(provider) {
    const names = table("tags");
    const tags = (provider.tags ?? []).map((tag) => h("li", {}, names[tag] ?? tag));
    const farthest = Math.max(0, ...(provider.service_areas ?? []).map((area) => area.radius_m));
    return [
      farthest > 0 && h("p.visits", {}, icon("home"), text("homeVisits", { distance: distance(farthest) })),
      tags.length > 0 && h("ul.tags", {}, tags),
    ].filter(Boolean);
  }

  #service(service) {
    const amount = service.price_minor === undefined ? text("onRequest") : price(service.price_minor, this.#market.currency(service.currency));
    return h("li.service", {}, h("span.service-name", { dir: "auto" }, service.name),
      h("span.service-time", {}, duration(service.duration_min)), h("b.service-price", {}, amount));
  }

  #fillFoot(provider) {
    const { lat, lon } = provider.location;
    const share = iconButton("share", text("share"), () => this.#share(provider, share));
    this.#sheet.foot.replaceChildren(...[
      share,
      this.#showOnMap && iconButton("map", text("showOnMap"), () => this.#showOnMap(provider)),
      h("a.primary", {
        href: `https://www.google.com/maps/dir/?api=1&destination=${lat},${lon}`, target: "_blank", rel: "noopener noreferrer",
      }, icon("route"), text("directions")),
    ].filter(Boolean));
  }

  /** With the phone's own sheet where it has one, else into the clipboard. */
  async #share(provider, button) {
    const url = `${location.origin}/?provider=${provider.id}`;
    try {
      if (navigator.share) return await navigator.share({ title: provider.name, url });
      await navigator.clipboard.writeText(url);
      button.replaceChildren(icon("check"), h("span.visually-hidden", { role: "status" }, text("copied")));
      setTimeout(() => button.replaceChildren(icon("share")), SAID_MILLISECONDS);
    } catch (error) {
      // The person closed the phone's sheet, or the browser keeps its clipboard to itself: the address bar has the link.
      if (!(error instanceof DOMException)) throw error;
    }
  }
}

const iconButton = (picture, label, onclick) =>
  h("button.icon-button", { type: "button", title: label, "aria-label": label, onclick }, icon(picture));

const bones = () => Array.from({ length: 4 }, () => h("i.bone.row", { "aria-hidden": "true" }));
