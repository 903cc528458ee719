// A sheet: what slides up on a phone and opens in the middle of a desk's screen. The dialog element keeps the focus inside.
import { h, icon } from "../core/dom.js";
import { text } from "../core/language.js";

export class Sheet {
  /** @param {{ name: string, onClose: () => void }} options asked to close by the person */
  constructor({ name, onClose }) {
    this.title = h("h2.sheet-title", { id: `${name}-title`, tabIndex: -1 });
    this.tools = h("div.sheet-tools");
    this.closer = h("button.icon-button", { type: "button", onclick: onClose }, icon("close"));
    this.body = h("div.sheet-body");
    this.foot = h("div.sheet-foot", { hidden: true });
    this.dialog = h(`dialog.sheet.${name}`, { "aria-labelledby": `${name}-title` },
      h("div.sheet-head", {}, this.title, this.tools, this.closer), this.body, this.foot);
    // Escape asks; the state answers.
    this.dialog.addEventListener("cancel", (event) => { event.preventDefault(); onClose(); });
    this.dialog.addEventListener("click", (event) => { if (event.target === this.dialog) onClose(); });
    document.body.append(this.dialog);
  }

  get isOpen() { return this.dialog.open; }

  open() {
    this.closer.setAttribute("aria-label", text("close"));
    if (this.dialog.open) return;
    this.dialog.showModal();
    // The title, not the first button: what is read out first is what this is.
    this.title.focus();
    document.documentElement.classList.add("has-sheet");
  }

  close() {
    if (!this.dialog.open) return;
    this.dialog.close();
    if (!document.querySelector("dialog[open]")) document.documentElement.classList.remove("has-sheet");
  }
}

/**
 * A choice that looks like a chip and is a checkbox or a radio button.
 * @param {{ type: "checkbox" | "radio", name: string, value: string, checked: boolean, label: any, count?: string | null,
 *   disabled?: boolean, onchange: (event: Event) => void }} options
 */
export function choice({ type, name, value, checked, label, count = null, disabled = false, onchange }) {
  return h("label.choice", {}, h("input", { type, name, value, checked, disabled, onchange }),
    h("span.choice-face", {}, label, count !== null && h("span.count", {}, count)));
}

/** A titled group of choices. */
export const group = (title, ...children) => h("fieldset.group", {}, h("legend", {}, title), h("div.choices", {}, children));
