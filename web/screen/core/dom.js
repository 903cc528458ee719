// Elements without markup in strings: nothing that a name contains can become an element.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element: `h("button.chip", { type: "button", onclick }, "Text")`. Properties that begin with `on` are listeners, `class` and
 * names with a dash are attributes; null and false children are left out.
 * @param {string} name the tag, with classes behind dots
 * @param {Record<string, any>} [properties]
 * @param {...any} children
 * @returns {any}
 */
export function h(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key.includes("-") || key === "role" || key === "for") element.setAttribute(key, value);
    else if (key === "data") Object.assign(element.dataset, value);
    else element[key] = value;
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** One of the pictures of `index.html`. @param {string} name */
export function icon(name, label = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.classList.add("icon");
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else {
    svg.setAttribute("aria-hidden", "true");
  }
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

/** Categories that have a picture; others get a shop. */
const CATEGORY_ICONS = new Set(["barber", "salon", "spa", "clinic", "cleaning"]);

/** @param {string | undefined} category */
export function categoryIcon(category) {
  return icon(category && CATEGORY_ICONS.has(category) ? category : "shop");
}

/** Parts of a text as the API marks them. @param {{ text: string, match: boolean }[]} parts */
export function marked(parts) {
  return parts.map((part) => (part.match ? h("mark", {}, part.text) : part.text));
}

/** @template {Element} T @param {string} id @returns {any} */
export const byId = (id) => document.getElementById(id);

export const wantsStillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Waits for a pause: only the last of many calls runs. @param {number} milliseconds */
export function debounced(milliseconds, action) {
  let timer = 0;
  const later = (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), milliseconds);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}
