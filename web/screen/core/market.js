// The market the person is in: its currency and clock, its neighbourhoods, and where a search begins.
import { ask } from "./api.js";
import { metresBetween } from "./geo.js";

/** Farther than this from a market's centre nobody is in it. */
const MARKET_METRES = 120_000;

/**
 * @typedef {{ id: string, name: { ar: string, en: string }, centre: import("./geo.js").Point, radius_m: number }} Area
 */
export class Market {
  /** @param {any[]} markets @param {Area[]} areas */
  constructor(markets, areas) {
    const [home] = markets;
    this.id = home.id;
    this.name = home.name;
    this.centre = home.centre;
    this.timeZone = home.time_zone;
    this.markets = markets;
    this.areas = areas;
  }

  /** @param {string} language */
  static async load(language) {
    const { data: markets } = await ask("markets", null, { language });
    if (!markets.length) throw new Error("there is no market");
    const { data: areas } = await ask(`markets/${markets[0].id}/areas`, null, { language });
    return new Market(markets, areas);
  }

  /** How amounts in a currency are written. @param {string} code */
  currency(code) {
    const market = this.markets.find((market) => market.currency === code) ?? this.markets[0];
    return { code, exponent: market.currency_exponent };
  }

  get ownCurrency() { return this.currency(this.markets[0].currency); }

  /** @param {string} id */
  area(id) { return this.areas.find((area) => area.id === id); }

  /** The middle of a search. @param {import("./state.js").Place} place @returns {import("./geo.js").Point} */
  pointOf(place) {
    if (place?.kind === "point") return { lat: place.lat, lon: place.lon };
    if (place?.kind === "area") return this.area(place.id)?.centre ?? this.centre;
    return this.centre;
  }

  /** @param {import("./geo.js").Point} point */
  reaches(point) { return metresBetween(point, this.centre) <= MARKET_METRES; }
}
