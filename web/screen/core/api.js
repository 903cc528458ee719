// The API as the screens use it: envelopes opened, failures told apart, answers that are known already not sent again.

const PATIENCE_MILLISECONDS = 15_000;

/** The API answered, and it was a refusal. */
export class Refusal extends Error {
  /** @param {Response} response @param {{ code?: string, message?: string, details?: any } | undefined} error */
  constructor(response, error) {
    super(error?.message ?? response.statusText);
    this.status = response.status;
    this.code = error?.code ?? "";
    /** @type {{ field: string, message: string }[]} */
    this.fields = error?.details?.fields ?? [];
    this.retryAfterSeconds = Number(response.headers.get("Retry-After")) || 0;
  }

  /** Whether the same request may well succeed a little later. */
  get mayPass() {
    return this.status === 429 || this.status >= 500;
  }
}

/** Nobody answered: no network, no server, or too late. */
export class Unreachable extends Error {}

/**
 * @typedef {{ data: any, meta: any, entityTag: string | null, isUnchanged: boolean }} Answer
 * @param {string} path below /api/v1
 * @param {URLSearchParams | null} parameters
 * @param {{ signal?: AbortSignal, language: string, entityTag?: string | null, body?: any }} options
 * @returns {Promise<Answer>}
 */
export async function ask(path, parameters, { signal, language, entityTag, body }) {
  const query = parameters?.toString();
  const headers = { "Accept": "application/json", "Accept-Language": language };
  if (entityTag) headers["If-None-Match"] = entityTag;
  if (body) headers["Content-Type"] = "application/json";
  const timeout = AbortSignal.timeout(PATIENCE_MILLISECONDS);
  let response;
  let envelope;
  try {
    response = await fetch(`/api/v1/${path}${query ? `?${query}` : ""}`, {
      method: body ? "POST" : "GET", body: body && JSON.stringify(body), headers, cache: "no-store",
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    if (response.status === 304) return { data: null, meta: null, entityTag: entityTag ?? null, isUnchanged: true };
    envelope = await response.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    // A proxy in front of a server that is gone answers in words of its own.
    if (response && !response.ok) throw new Refusal(response, undefined);
    throw new Unreachable(String(error));
  }
  if (!response.ok) throw new Refusal(response, envelope?.error);
  return { data: envelope.data, meta: envelope.meta, entityTag: response.headers.get("ETag"), isUnchanged: false };
}

/** Whether an error only says that its request is no longer wanted. */
export const isOutOfDate = (error) => error?.name === "AbortError";
