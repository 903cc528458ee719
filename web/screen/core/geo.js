// Distances on the sphere that the API uses, too.

const EARTH_METRES = 6_371_008.8;

/** @typedef {{ lat: number, lon: number }} Point */

/** Metres between two points. @param {Point} a @param {Point} b */
export function metresBetween(a, b) {
  const radians = (degrees) => degrees * Math.PI / 180;
  const half = (angle) => Math.sin(angle / 2) ** 2;
  const h = half(radians(b.lat - a.lat)) + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * half(radians(b.lon - a.lon));
  return 2 * EARTH_METRES * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** About eleven metres: nobody's door is in a link. @param {number} degrees */
export const rounded = (degrees) => Math.round(degrees * 10_000) / 10_000;
