// Tells when the index has moved on: by the server's stream of positions, and where there is none by asking every few seconds.

const POLL_MILLISECONDS = 5_000;
/** A list that changes more often than this cannot be read. */
const PAUSE_MILLISECONDS = 1_000;
/** After a failure: soon at first, then ever less often. */
const RETRY_MILLISECONDS = [1_000, 2_000, 4_000, 8_000, 15_000];
/** A stream that was refused is tried again after this. */
const STREAM_AGAIN_MILLISECONDS = 60_000;

export class Live {
  #look;
  #isWhole;
  #shown;
  #stream = null;
  #timer = 0;
  #streamTimer = 0;
  #position = null;
  #isLooking = false;
  #failures = 0;
  #lookedAt = 0;

  /**
   * @param {(position: string | null) => Promise<void>} look asks again; with a position, for nothing older
   * @param {() => boolean} isWhole whether the last asking went well
   * @param {() => string} shown the position of what is shown
   */
  constructor(look, isWhole, shown) {
    this.#shown = shown;
    this.#look = look;
    this.#isWhole = isWhole;
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#disconnect() : this.#wake()));
    addEventListener("online", () => this.now());
    addEventListener("pageshow", () => this.#wake());
  }

  start() {
    this.#connect();
    this.#plan();
  }

  /** Looks at once: somebody pressed "try again", or the network is back. */
  now() {
    clearTimeout(this.#timer);
    return this.#run();
  }

  /** The search failed in some other way; it is tried again in a while. */
  failed() {
    if (!this.#isLooking) this.#plan();
  }

  get isStreaming() { return this.#stream?.readyState === EventSource.OPEN; }

  /** A page that nobody sees holds no connection: over HTTP/1.1 browsers have six for all tabs of a site. */
  #disconnect() {
    clearTimeout(this.#streamTimer);
    this.#stream?.close();
  }

  #connect() {
    this.#disconnect();
    if (document.hidden) return;
    const stream = new EventSource("/api/v1/stream/index");
    this.#stream = stream;
    // One event comes as the stream opens, so a stream that was lost and comes back has missed nothing.
    stream.addEventListener("index", (event) => {
      const { position } = JSON.parse(event.data);
      if (position === this.#shown()) return;
      this.#position = position;
      this.#plan();
    });
    stream.onopen = () => this.#plan();
    stream.onerror = () => {
      if (stream.readyState === EventSource.CLOSED) {
        this.#streamTimer = setTimeout(() => this.#connect(), STREAM_AGAIN_MILLISECONDS);
      }
      this.#plan();
    };
  }

  /** Seen again; the stream's first event says whether anything has been missed. */
  #wake() {
    if (document.hidden) return;
    if (this.#stream?.readyState === EventSource.CLOSED) this.#connect();
    this.#plan();
  }

  /** Sets when to look next, if at all. */
  #plan() {
    if (this.#isLooking || document.hidden) return;
    clearTimeout(this.#timer);
    const wait = this.#nextWait();
    if (wait === null) return;
    this.#timer = setTimeout(() => this.#run(), Math.max(0, wait));
  }

  #nextWait() {
    if (!this.#isWhole()) return RETRY_MILLISECONDS[Math.min(this.#failures, RETRY_MILLISECONDS.length - 1)];
    if (this.#position) return this.#lookedAt + PAUSE_MILLISECONDS - Date.now();
    return this.isStreaming ? null : POLL_MILLISECONDS;
  }

  async #run() {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const position = this.#position;
    this.#position = null;
    try {
      await this.#look(position);
    } finally {
      this.#isLooking = false;
      this.#lookedAt = Date.now();
      this.#failures = this.#isWhole() ? 0 : this.#failures + 1;
      this.#plan();
    }
  }
}
