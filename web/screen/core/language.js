// The language shown: its texts, its direction, and how it writes numbers. It changes in place.
import { texts as arabic } from "./texts-ar.js";
import { texts as english } from "./texts-en.js";

const LANGUAGES = {
  // Jordan's own conventions, as Unicode's data has them: Arabic digits in Arabic.
  // Units as each language writes them in little room.
  ar: { texts: arabic, direction: "rtl", locale: "ar-JO", lengths: "narrow", times: "long" },
  en: { texts: english, direction: "ltr", locale: "en-JO", lengths: "short", times: "short" },
};
const REMEMBERED_AS = "qareeb.language";

/** The language in use: "ar" or "en". */
export let language = "ar";
let current = LANGUAGES.ar;
let formats = new Map();

/** What the person chose before, else what the browser prefers of ours, else Arabic. */
export function preferredLanguage() {
  const remembered = remember(() => localStorage.getItem(REMEMBERED_AS));
  if (remembered && remembered in LANGUAGES) return remembered;
  const known = navigator.languages.map((tag) => tag.split("-")[0].toLowerCase());
  return known.find((code) => code in LANGUAGES) ?? "ar";
}

/** Storage may be forbidden; then nothing is remembered, and all else works. */
export function remember(action) {
  try {
    return action();
  } catch {
    return null;
  }
}

/** @param {string} code */
export function useLanguage(code, { isChoice = false } = {}) {
  language = code;
  current = LANGUAGES[code];
  formats = new Map();
  if (isChoice) remember(() => localStorage.setItem(REMEMBERED_AS, code));
  document.documentElement.lang = code;
  document.documentElement.dir = current.direction;
  document.title = text("title");
  translate(document);
}

export const otherLanguage = () => (language === "ar" ? "en" : "ar");
export const isRightToLeft = () => current.direction === "rtl";

/** Gives all elements that name a text theirs. @param {ParentNode} root */
export function translate(root) {
  for (const element of root.querySelectorAll("[data-text]")) element.textContent = text(element.dataset.text);
  for (const element of root.querySelectorAll("[data-label]")) element.setAttribute("aria-label", text(element.dataset.label));
  for (const element of root.querySelectorAll("[data-placeholder]")) element.placeholder = text(element.dataset.placeholder);
}

/**
 * A text by its name (`tiers.gold`, too); of a table that counts, the form for `count`.
 * @param {string} name @param {Record<string, any>} [values]
 * @returns {string}
 */
export function text(name, values = {}) {
  let found = current.texts[name] ?? name.split(".").reduce((table, key) => table?.[key], current.texts);
  if (found && typeof found === "object") {
    const form = format("plural", () => new Intl.PluralRules(current.locale)).select(values.count ?? 0);
    found = found[form] ?? found.other;
    values = { ...values, count: number(values.count) };
  }
  return String(found ?? name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

/** A table of texts. @param {string} name @returns {Record<string, string>} */
export const table = (name) => current.texts[name];

/** One of two names. @param {{ ar: string, en: string }} names */
export const named = (names) => names[language] ?? names.en;

// --- Numbers ------------------------------------------------------------------------------------------------------------

function format(name, make) {
  if (!formats.has(name)) formats.set(name, make());
  return formats.get(name);
}

const numberFormat = (name, options) => format(name, () => new Intl.NumberFormat(current.locale, options));

export const number = (value) => numberFormat("number", {}).format(value ?? 0);

export const rating = (value) =>
  numberFormat("rating", { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);

/** As people say it: tens of metres below a kilometre, tenths of a kilometre below ten. @param {number} metres */
export function distance(metres) {
  if (metres < 995) {
    const tens = Math.max(10, Math.round(metres / 10) * 10);
    return numberFormat("metres", { style: "unit", unit: "meter", unitDisplay: current.lengths }).format(tens);
  }
  const digits = metres < 9_950 ? 1 : 0;
  return numberFormat(`kilometres${digits}`, {
    style: "unit", unit: "kilometer", unitDisplay: current.lengths, maximumFractionDigits: digits,
  }).format(metres / 1_000);
}

function money(currency, digits, isShort) {
  return numberFormat(`money ${currency} ${digits} ${isShort}`, {
    style: "currency", currency, minimumFractionDigits: isShort ? 0 : digits, maximumFractionDigits: digits,
  });
}

/** An amount with the currency's own decimals. @param {number} minor @param {{ code: string, exponent: number }} currency */
export const price = (minor, currency) => money(currency.code, currency.exponent, false).format(minor / 10 ** currency.exponent);

/** The same without decimals that say nothing, for where room is short. */
export const shortPrice = (minor, currency) =>
  money(currency.code, currency.exponent, true).format(minor / 10 ** currency.exponent);

/** @param {number} minutes */
export function duration(minutes) {
  const unit = (name, value) => numberFormat(name, { style: "unit", unit: name, unitDisplay: current.times }).format(value);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (!hours) return unit("minute", rest);
  return rest ? `${unit("hour", hours)} ${unit("minute", rest)}` : unit("hour", hours);
}

/** A day as one reads it in a list. @param {string} date 2026-11-21 */
export function day(date) {
  return format("day", () => new Intl.DateTimeFormat(current.locale, {
    weekday: "short", day: "numeric", month: "short", timeZone: "UTC",
  })).format(new Date(`${date}T12:00:00Z`));
}

/** Compares names as a directory of this language would. */
export const inOrder = (one, other) => format("order", () => new Intl.Collator(current.locale)).compare(one, other);
