// "Tomorrow evening" as two instants, in the market's own time zone, wherever the phone thinks it is.

/** Hours of the market's clock. */
const PARTS = { "": [0, 24], morning: [6, 12], afternoon: [12, 17], evening: [17, 24] };
const SOON_MILLISECONDS = 2 * 3_600_000;
/** Calendars go no further, and neither does the API. */
export const FARTHEST_DAYS = 60;

/** How far a zone is ahead of UTC at an instant, in milliseconds. @param {number} instant @param {string} timeZone */
function offset(instant, timeZone) {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-GB", {
      timeZone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
      second: "numeric",
    }).formatToParts(instant).map((part) => [part.type, Number(part.value)]));
  const wall = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return wall - Math.floor(instant / 1_000) * 1_000;
}

/** The instant of an hour of a date there. @param {string} date @param {number} hour */
function instantOf(date, hour, timeZone) {
  const [year, month, day] = date.split("-").map(Number);
  const wall = Date.UTC(year, month - 1, day, hour);
  // Twice: the first guess may lie on the other side of a change of clocks.
  const guess = wall - offset(wall, timeZone);
  return wall - offset(guess, timeZone);
}

/** The date there, as 2026-11-21. @param {number} instant */
export function dateThere(instant, timeZone, daysLater = 0) {
  const there = new Date(instant + offset(instant, timeZone));
  there.setUTCDate(there.getUTCDate() + daysLater);
  return there.toISOString().slice(0, 10);
}

/**
 * When a visit may begin; null where that is all over.
 * @param {import("./state.js").When} when @param {number} now milliseconds
 * @returns {{ from: string, to: string } | null}
 */
export function windowOf(when, now, timeZone) {
  const soon = Math.floor(now / 60_000) * 60_000;
  const text = (instant) => new Date(instant).toISOString().replace(".000Z", "Z");
  if (when.day === "now") return { from: text(soon), to: text(soon + SOON_MILLISECONDS) };
  const date = when.day === "today" ? dateThere(now, timeZone) : when.day === "tomorrow" ? dateThere(now, timeZone, 1) : when.day;
  const [first, last] = PARTS[when.part];
  const from = Math.max(instantOf(date, first, timeZone), soon);
  const to = instantOf(date, last, timeZone);
  return to > from ? { from: text(from), to: text(to) } : null;
}
