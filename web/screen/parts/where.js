// The sheet that says where: near the person, in a neighbourhood, and how far around.
import { h, icon } from "../core/dom.js";
import { rounded } from "../core/geo.js";
import { distance, inOrder, named, text } from "../core/language.js";
import { RADII } from "../core/state.js";
import { Sheet, choice } from "./sheet.js";

const POSITION_PATIENCE_MILLISECONDS = 10_000;
const POSITION_AGE_MILLISECONDS = 60_000;

export class Where {
  #store;
  #market;
  #sheet;
  #drawnIn = "";
  #words = "";
  #notice = "";
  #list = h("div.choices.areas", { role: "radiogroup" });
  #near = h("button.near", { type: "button", onclick: () => this.findMe() });
  #said = h("p.sheet-notice", { role: "status" });
  #radius = h("input.range", {
    type: "range", min: "0", max: String(RADII.length - 1), step: "1",
    oninput: () => this.#showRadius(), onchange: () => this.#store.change({ radius: RADII[Number(this.#radius.value)], box: "" }),
  });
  #radiusText = h("output.range-text");
  #search = h("input.field", { type: "text", autocomplete: "off", oninput: () => { this.#words = this.#search.value; this.#fillList(); } });

  /** @param {import("../core/state.js").Store} store @param {import("../core/market.js").Market} market */
  constructor(store, market) {
    this.#store = store;
    this.#market = market;
    this.#sheet = new Sheet({ name: "where-sheet", onClose: () => store.close({ open: "" }) });
    this.#sheet.body.append(
      this.#near, this.#said,
      h("label.group", {}, h("span.range-head", {}, h("b", { data: { text: "radius" } }), this.#radiusText), this.#radius),
      h("label.group", {}, h("b", { data: { text: "neighbourhood" } }), this.#search), this.#list);
  }

  /** What the chip says. @param {import("../core/state.js").State} state */
  label(state) {
    if (state.box) return text("mapArea");
    const { place } = state;
    const area = place?.kind === "area" && this.#market.area(place.id);
    const name = area ? named(area.name)
      : place?.kind === "point" ? text(place.isMine ? "myPlace" : "thatPlace") : text("centreOf", { name: named(this.#market.name) });
    return `${name} · ${distance(state.radius)}`;
  }

  show() {
    const { state } = this.#store;
    if (state.open !== "where") {
      this.#notice = "";
      return this.#sheet.close();
    }
    this.#sheet.title.textContent = text("where");
    for (const element of this.#sheet.body.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
    this.#near.replaceChildren(icon("locate"), text("nearMe"));
    this.#search.placeholder = text("findArea");
    this.#radius.value = String(Math.max(0, RADII.findIndex((radius) => radius >= state.radius)));
    this.#radius.setAttribute("aria-label", text("radius"));
    this.#said.textContent = this.#notice;
    this.#showRadius();
    this.#fillList();
    this.#sheet.open();
  }

  #showRadius() {
    const chosen = text("within", { distance: distance(RADII[Number(this.#radius.value)]) });
    this.#radiusText.textContent = chosen;
    this.#radius.setAttribute("aria-valuetext", chosen);
  }

  #fillList() {
    const { place, box } = this.#store.state;
    const active = document.activeElement;
    const focused = this.#list.contains(active) ? active.value : null;
    const wanted = fold(this.#words);
    const matches = this.#market.areas.filter((area) => fold(`${area.name.ar} ${area.name.en}`).includes(wanted))
      .sort((one, two) => inOrder(named(one.name), named(two.name)));
    const choices = matches.map((area) => this.#choice(area.id, named(area.name), place?.kind === "area" && place.id === area.id && !box,
      { kind: "area", id: area.id }));
    if (!wanted) {
      choices.unshift(this.#choice("", text("centreOf", { name: named(this.#market.name) }), place === null && !box, null));
    }
    this.#list.setAttribute("aria-label", text("neighbourhood"));
    this.#list.replaceChildren(...(choices.length ? choices : [h("p", {}, text("noArea"))]));
    if (focused !== null) this.#list.querySelector(`input[value="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  #choice(value, label, checked, place) {
    return choice({ type: "radio", name: "area", value, checked, label, onchange: () => this.#store.change({ place, box: "" }) });
  }

  // MARK: Near me

  /** Asks the browser where it is; where it does not tell, a neighbourhood is the next best thing. */
  async findMe() {
    this.#say("locating");
    try {
      const { coords } = await position();
      const point = { lat: rounded(coords.latitude), lon: rounded(coords.longitude) };
      if (!this.#market.reaches(point)) return this.#say("tooFar");
      this.#notice = "";
      this.#store.change({ place: { kind: "point", ...point, isMine: true }, box: "" });
      if (this.#store.state.open === "where") this.#store.close({ open: "" });
    } catch (error) {
      if (!(error instanceof GeolocationPositionError || error instanceof NoPosition)) throw error;
      this.#say("noPosition");
    }
  }

  #say(name) {
    this.#notice = text(name);
    this.#said.textContent = this.#notice;
  }
}

class NoPosition extends Error {}

/** @returns {Promise<GeolocationPosition>} */
function position() {
  return new Promise((found, failed) => {
    if (!navigator.geolocation) return failed(new NoPosition());
    navigator.geolocation.getCurrentPosition(found, failed, {
      timeout: POSITION_PATIENCE_MILLISECONDS, maximumAge: POSITION_AGE_MILLISECONDS, enableHighAccuracy: false,
    });
  });
}

/** For finding a neighbourhood by part of its name: marks and the forms of alef make no difference. */
const fold = (text) => text.normalize("NFKD").replace(/[\p{M}ـ]/gu, "").replace(/[أإآٱ]/g, "ا").replace(/ة/g, "ه").replace(/ى/g, "ي")
  .toLowerCase().trim();
