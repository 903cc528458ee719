// The map: a pin with the price for each provider of the list, in step with it. Leaflet draws it; where Leaflet is not installed there
// is no map, and the list is all that is needed.
import { byId, h, wantsStillness } from "../core/dom.js";
import { rounded } from "../core/geo.js";
import { distance, language, number, shortPrice, text } from "../core/language.js";
import { Ground } from "./ground.js";

const LIBRARY = "/vendor/leaflet";
const STYLES = ["leaflet.css", "MarkerCluster.css"];
const SCRIPTS = ["leaflet.min.js", "leaflet.markercluster.min.js"];
const ZOOMS = { minZoom: 9, maxZoom: 18 };
/** Nearer than this a first look shows one street and no surroundings. */
const FIRST_ZOOM = 15;
/** From here on pins are drawn one by one. */
const CLUSTERS_UNTIL = 16;
const EDGE = 48;

export class ProviderMap {
  #L;
  #map;
  #market;
  #actions;
  #ground = null;
  #cluster;
  #person = null;
  #zoomControl = null;
  /** @type {Map<string, { marker: any, face: HTMLElement, signature: string }>} */
  #pins = new Map();
  #selected = null;
  #pointed = null;
  #isOurMove = false;
  #here = byId("here");

  /** Loads Leaflet; throws where it is not to be had. */
  static async load(market, tiles, actions) {
    for (const style of STYLES) document.head.append(h("link", { rel: "stylesheet", href: `${LIBRARY}/${style}` }));
    for (const script of SCRIPTS) await loaded(`${LIBRARY}/${script}`);
    return new ProviderMap(window.L, market, tiles, actions);
  }

  /**
   * @param {any} L @param {import("../core/market.js").Market} market @param {{ url: string, credit?: string } | undefined} tiles
   * @param {{ select: (id: string) => void, searchHere: (box: string) => void }} actions
   */
  constructor(L, market, tiles, actions) {
    this.#L = L;
    this.#market = market;
    this.#actions = actions;
    const still = wantsStillness();
    this.#map = L.map("map", {
      ...ZOOMS, zoomControl: false, attributionControl: false, zoomAnimation: !still, fadeAnimation: !still,
      markerZoomAnimation: !still, inertia: !still, center: [market.centre.lat, market.centre.lon], zoom: 13,
    });
    this.#layTiles(tiles);
    this.#addScale();
    this.#cluster = L.markerClusterGroup({
      disableClusteringAtZoom: CLUSTERS_UNTIL, showCoverageOnHover: false, maxClusterRadius: 44, spiderfyOnMaxZoom: false,
      animate: !still, iconCreateFunction: (cluster) => clusterIcon(L, cluster),
    }).addTo(this.#map);
    this.#cluster.on("animationend", () => this.#markChosen());
    this.#map.on("dragend", () => this.#offerHere());
    this.#map.on("zoomend", () => { if (!this.#isOurMove) this.#offerHere(); this.#markChosen(); });
    this.#here.addEventListener("click", () => actions.searchHere(this.#box()));
  }

  // MARK: What lies under the pins

  /** Pictures where they are configured; from the moment that one cannot be had our own ground instead. */
  #layTiles(tiles) {
    if (!tiles) return this.#layGround();
    const layer = this.#L.tileLayer(tiles.url, ZOOMS).addTo(this.#map);
    if (tiles.credit) this.#L.control.attribution({ prefix: false }).addAttribution(escaped(tiles.credit)).addTo(this.#map);
    let isProven = false;
    layer.on("tileload", () => { isProven = true; });
    layer.on("tileerror", () => {
      // One picture that is missing at the edge of the world is no reason; that none comes is.
      if (isProven || this.#ground) return;
      layer.remove();
      this.#layGround();
      this.#ground.name();
    });
  }

  #layGround() { this.#ground = new Ground(this.#L, this.#map, this.#market.areas); }

  #addScale() {
    const Scale = this.#L.Control.Scale.extend({
      _updateMetric(most) {
        const metres = this._getRoundNum(most);
        this._updateScale(this._mScale, distance(metres), metres / most);
      },
    });
    new Scale({ imperial: false, position: "topright", maxWidth: 90 }).addTo(this.#map);
  }

  /** Everything that is words, in the language shown. */
  name() {
    this.#ground?.name();
    this.#zoomControl?.remove();
    this.#zoomControl = this.#L.control.zoom({ position: "topleft", zoomInTitle: text("zoomIn"), zoomOutTitle: text("zoomOut") }).addTo(this.#map);
    this.#cluster.refreshClusters();
  }

  // MARK: In step with the list

  /** @param {import("../core/search.js").Found} found @param {import("../core/state.js").State} state */
  show(found, state) {
    if (found.phase === "pending" && found.hits.length) return;
    const wanted = new Map(found.hits.map((hit) => [hit.id, hit]));
    const gone = [];
    for (const [id, pin] of this.#pins) {
      const hit = wanted.get(id);
      if (hit && pin.signature === signature(hit)) continue;
      gone.push(pin.marker);
      this.#pins.delete(id);
    }
    const fresh = found.hits.filter((hit) => !this.#pins.has(hit.id)).map((hit) => this.#pin(hit));
    this.#cluster.removeLayers(gone);
    this.#cluster.addLayers(fresh);
    this.#showPerson(state);
    if (found.step === "first") this.fit(found.hits, state);
    this.#markChosen();
  }

  #pin(hit) {
    const from = hit.price?.from_minor;
    const label = from === undefined ? "•" : shortPrice(from, this.#market.currency(hit.price.currency));
    const face = h("span.pin", { data: { category: hit.category.id } }, label);
    const marker = this.#L.marker([hit.location.lat, hit.location.lon], {
      icon: this.#L.divIcon({ className: "pin-holder", html: face, iconSize: null }), title: hit.name, riseOnHover: true,
    });
    marker.on("click", () => this.#actions.select(hit.id));
    marker.on("add", () => {
      const element = marker.getElement();
      element.setAttribute("role", "button");
      element.setAttribute("aria-label", text("onMap", { name: hit.name }));
    });
    this.#pins.set(hit.id, { marker, face, signature: signature(hit) });
    return marker;
  }

  #showPerson(state) {
    this.#person?.remove();
    this.#person = null;
    if (state.box) return;
    const { lat, lon } = this.#market.pointOf(state.place);
    const isMine = state.place?.kind === "point" && state.place.isMine;
    const face = h(isMine ? "span.person" : "span.person.other");
    this.#person = this.#L.layerGroup([
      this.#L.circle([lat, lon], { radius: state.radius, className: "reach", interactive: false }),
      this.#L.marker([lat, lon], {
        icon: this.#L.divIcon({ className: "person-holder", html: face, iconSize: null }), keyboard: false,
        title: text(isMine ? "you" : "middle"), zIndexOffset: -500,
      }),
    ]).addTo(this.#map);
  }

  /** Shows what was found, and where it was looked for from. */
  fit(hits, state) {
    this.#here.hidden = true;
    this.#map.invalidateSize({ animate: false });
    if (state.box) {
      const [west, south, east, north] = state.box.split(",").map(Number);
      // A search of what is in sight moves nothing.
      if (this.#map.getBounds().pad(0.02).contains([[south, west], [north, east]])) return;
      return this.#move(() => this.#map.fitBounds([[south, west], [north, east]], { animate: false }));
    }
    const { lat, lon } = this.#market.pointOf(state.place);
    const bounds = this.#L.latLngBounds([[lat, lon]]);
    for (const hit of hits) bounds.extend([hit.location.lat, hit.location.lon]);
    this.#move(() => this.#map.fitBounds(bounds, { ...this.#paddings, maxZoom: FIRST_ZOOM, animate: false }));
  }

  /** What of the map cannot be seen: on a phone its foot lies under the cards. */
  get #paddings() {
    const cards = byId("results").getBoundingClientRect();
    const pane = this.#map.getContainer().getBoundingClientRect();
    const covered = cards.left < pane.right && cards.right > pane.left && cards.top > pane.top ? pane.bottom - cards.top : 0;
    return { paddingTopLeft: [EDGE, EDGE], paddingBottomRight: [EDGE, EDGE + covered] };
  }

  /** The pane has another size, or has come into sight. */
  resize() { this.#map.invalidateSize({ animate: false }); }

  /** @param {string | null} id */
  point(id) {
    this.#pointed = id;
    this.#markChosen();
  }

  /** @param {string | null} id @param {{ isMoving?: boolean }} options whether the map goes there, if it is out of sight */
  select(id, { isMoving = true } = {}) {
    this.#selected = id;
    const pin = id && this.#pins.get(id);
    if (pin && isMoving) {
      this.#move(() => this.#map.panInside(pin.marker.getLatLng(), { ...this.#paddings, animate: !wantsStillness() }));
    }
    this.#markChosen();
  }

  /** Goes to one provider, as near as pins stand alone. */
  visit(provider) {
    this.#selected = provider.id;
    this.#move(() => this.#map.setView([provider.location.lat, provider.location.lon], CLUSTERS_UNTIL, { animate: false }));
    this.#markChosen();
  }

  /** A pin inside a cluster is shown by its cluster. */
  #markChosen() {
    for (const element of this.#map.getContainer().querySelectorAll(".chosen")) element.classList.remove("chosen");
    for (const id of [this.#selected, this.#pointed]) {
      const pin = id && this.#pins.get(id);
      if (pin) this.#cluster.getVisibleParent(pin.marker)?.getElement()?.classList.add("chosen");
    }
  }

  // MARK: Moves

  /** A change of view that is ours, and no reason to offer a search there. Views that jump do so before this returns. */
  #move(action) {
    this.#isOurMove = true;
    action();
    this.#isOurMove = false;
  }

  #offerHere() { this.#here.hidden = false; }

  #box() {
    const bounds = this.#map.getBounds();
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()].map(rounded).join(",");
  }
}

/** What of a pin may change. */
const signature = (hit) => JSON.stringify([language, hit.name, hit.location, hit.price, hit.category.id]);

function clusterIcon(L, cluster) {
  const count = cluster.getChildCount();
  const size = count < 10 ? "small" : count < 50 ? "middle" : "large";
  const face = h("span.cluster", { data: { size }, title: text("clusterOf", { count }) }, number(count));
  return L.divIcon({ className: "cluster-holder", html: face, iconSize: null });
}

/** Leaflet takes credits as markup. */
const escaped = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** @returns {Promise<void>} */
function loaded(source) {
  return new Promise((done, failed) => {
    document.head.append(h("script", { src: source, onload: () => done(), onerror: () => failed(new Error(`${source} is missing`)) }));
  });
}
