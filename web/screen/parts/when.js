// The sheet that says when: now, a day and a part of it, and for how long.
import { h } from "../core/dom.js";
import { day, duration, table, text } from "../core/language.js";
import { DURATIONS, PARTS } from "../core/state.js";
import { FARTHEST_DAYS, dateThere, windowOf } from "../core/times.js";
import { keepingFocus } from "./filters.js";
import { Sheet, choice, group } from "./sheet.js";

const DAYS = { "": "anyTime", now: "nowLong", today: "today", tomorrow: "tomorrow" };

export class When {
  #store;
  #market;
  #sheet;

  /** @param {import("../core/state.js").Store} store @param {import("../core/market.js").Market} market */
  constructor(store, market) {
    this.#store = store;
    this.#market = market;
    this.#sheet = new Sheet({ name: "when-sheet", onClose: () => store.close({ open: "" }) });
  }

  /** What the chip says. @param {import("../core/state.js").State} state */
  label({ when }) {
    if (!when.day) return text("anyTime");
    const name = when.day in DAYS ? text(when.day) : day(when.day);
    return when.part && when.day !== "now" ? `${name} · ${table("parts")[when.part]}` : name;
  }

  show() {
    const { state } = this.#store;
    if (state.open !== "when") return this.#sheet.close();
    this.#sheet.title.textContent = text("when");
    keepingFocus(this.#sheet.body, () => this.#fill(state.when));
    const { foot } = this.#sheet;
    foot.hidden = false;
    if (!foot.childElementCount) {
      foot.append(h("button.primary", { type: "button", onclick: () => this.#store.close({ open: "" }) }));
    }
    foot.children[0].textContent = text("done");
    this.#sheet.open();
  }

  #fill(when) {
    const isOther = when.day !== "" && !(when.day in DAYS);
    const days = Object.entries(DAYS).map(([value, name]) => this.#choice("day", value, when.day === value, text(name), {
      day: value, part: value === "today" || value === "tomorrow" ? when.part : "",
    }));
    const first = dateThere(Date.now(), this.#market.timeZone);
    const picker = h("label.date", {}, h("span", {}, text("pickDay")), h("input.field", {
      type: "date", name: "date", value: isOther ? when.day : "", min: first,
      max: dateThere(Date.now(), this.#market.timeZone, FARTHEST_DAYS),
      onchange: ({ target }) => { if (target.value && target.validity.valid) this.#change({ day: target.value }); },
    }));
    const isDay = when.day !== "" && when.day !== "now";
    this.#sheet.body.replaceChildren(...[
      group(text("when"), days, picker),
      isDay && group(text("part"), ["", ...PARTS].map((part) => this.#choice("part", part, when.part === part, table("parts")[part],
        { part }, windowOf({ ...when, part }, Date.now(), this.#market.timeZone) === null))),
      when.day !== "" && group(text("howLong"), DURATIONS.map((minutes) => this.#choice("minutes", String(minutes),
        when.minutes === minutes, duration(minutes), { minutes }))),
    ].filter(Boolean));
  }

  #choice(name, value, checked, label, change, disabled = false) {
    return choice({ type: "radio", name, value, checked, label, disabled, onchange: () => this.#change(change) });
  }

  #change(change) { this.#store.change({ when: { ...this.#store.state.when, ...change } }); }
}
