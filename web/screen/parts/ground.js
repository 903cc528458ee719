// What lies under the pins where no pictures of a map can be had: a soft grid, and the neighbourhoods by their names.
import { h } from "../core/dom.js";
import { named } from "../core/language.js";

/** Pixels between two names. */
const APART = 6;

/** @param {any} L Leaflet @param {any} map @param {import("../core/market.js").Area[]} areas */
export class Ground {
  #L;
  #map;
  #areas;
  #layers;
  #labels = [];

  constructor(L, map, areas) {
    this.#L = L;
    this.#map = map;
    this.#areas = areas;
    map.createPane("ground").classList.add("ground-pane");
    map.createPane("names").classList.add("names-pane");
    this.#layers = L.layerGroup([this.#grid()]).addTo(map);
    for (const area of areas) {
      L.circle([area.centre.lat, area.centre.lon], {
        radius: area.radius_m, className: "ground-area", interactive: false, pane: "ground",
      }).addTo(this.#layers);
    }
    map.on("zoomend resize", () => this.#spread());
  }

  remove() {
    this.#layers.remove();
    for (const { marker } of this.#labels) marker.remove();
    this.#labels = [];
  }

  /** The names, in the language shown. */
  name() {
    for (const { marker } of this.#labels) marker.remove();
    // Of two names that do not both fit the one of the larger neighbourhood stays.
    const bySize = [...this.#areas].sort((one, two) => two.radius_m - one.radius_m);
    this.#labels = bySize.map((area) => {
      const element = h("span.ground-name", { dir: "auto" }, named(area.name));
      const point = [area.centre.lat, area.centre.lon];
      const marker = this.#L.marker(point, {
        icon: this.#L.divIcon({ className: "ground-label", html: element, iconSize: null }), interactive: false, keyboard: false,
        pane: "names",
      }).addTo(this.#map);
      return { marker, element, point };
    });
    this.#spread();
  }

  #grid() {
    const grid = this.#L.gridLayer({ pane: "ground", className: "ground-grid" });
    grid.createTile = () => h("div.ground-tile");
    return grid;
  }

  /** Hides names that would lie over others. O(names²), and there are some dozens. */
  #spread() {
    const taken = [];
    for (const { element, point } of this.#labels) {
      const { x, y } = this.#map.latLngToLayerPoint(point);
      const [width, height] = [element.offsetWidth / 2 + APART, element.offsetHeight / 2 + APART];
      const box = { left: x - width, right: x + width, top: y - height, bottom: y + height };
      const isFree = taken.every((other) =>
        box.right < other.left || box.left > other.right || box.bottom < other.top || box.top > other.bottom);
      element.classList.toggle("hidden", !isFree);
      if (isFree) taken.push(box);
    }
  }
}
