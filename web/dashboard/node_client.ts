const patience = 2_500; // ms: the node answers in milliseconds, whatever it has to do
const actionPatience = 15_000; // ms: an action may wait for the database and Redis, for up to 10 s

/** What the node refused, as it says it (RFC 9457). */
export class Refused extends Error {
  constructor(readonly status: number, message: string, readonly retryAfter: number | undefined) {
    super(message);
  }
}

export interface Answer<T> {
  body: T;
  /** The node's clock, ms since 1970; NaN: it did not say. */
  date: number;
}

/** Asks the node that served this page. */
export class NodeClient {
  /** What the operator typed. */
  key: string | undefined;
  /** Whether reading needs the key, too. Where it does not it is not sent: a key that has become wrong would count as an attack. */
  readsWithKey = false;

  async get<T>(path: string): Promise<Answer<T>> {
    const response = await this.fetch(path, { headers: this.readsWithKey ? this.authorization() : {} }, patience);
    return { body: (await response.json()) as T, date: Date.parse(response.headers.get('Date') ?? '') };
  }

  async blob(path: string): Promise<Blob> {
    return (await this.fetch(path, { headers: this.authorization() }, patience)).blob();
  }

  async session<T>(): Promise<T> {
    return (await (await this.fetch('/session', { headers: this.authorization() }, patience)).json()) as T;
  }

  async act<T>(name: string, body: object): Promise<T> {
    const headers = { ...this.authorization(), 'Content-Type': 'application/json' };
    const response = await this.fetch(`/actions/${name}`, { method: 'POST', headers, body: JSON.stringify(body) }, actionPatience);
    return (await response.json()) as T;
  }

  private authorization(): Record<string, string> {
    return this.key === undefined ? {} : { Authorization: `Bearer ${this.key}` };
  }

  private async fetch(path: string, init: RequestInit, limit: number): Promise<Response> {
    const aborter = new AbortController();
    const timer = setTimeout(() => aborter.abort(), limit);
    try {
      const response = await fetch(path, { ...init, cache: 'no-store', credentials: 'omit', signal: aborter.signal });
      if (!response.ok)
        throw await refusal(response);
      // The body must come within the time, too.
      return new Response(await response.blob(), { status: response.status, headers: response.headers });
    } catch (fault) {
      throw aborter.signal.aborted ? new Error(`The node has not answered within ${limit / 1000} s.`) : fault;
    } finally {
      clearTimeout(timer);
    }
  }
}

interface Problem {
  title?: string;
  detail?: string;
  errors?: { pointer: string; detail: string }[];
}

async function refusal(response: Response): Promise<Refused> {
  const problem = (await response.json().catch(() => ({}))) as Problem;
  const wait = Number(response.headers.get('Retry-After') ?? NaN);
  return new Refused(response.status, problemText(response.status, problem), Number.isNaN(wait) ? undefined : wait);
}

/** Returns what a problem says in one line. */
export function problemText(status: number, { title, detail, errors }: Problem): string {
  const inputs = (errors ?? []).map(({ pointer, detail: what }) => `${pointer.replace(/^\//, '')}: ${what}`);
  return [detail ?? title ?? `The node answered ${status}.`, ...inputs.filter((text) => !text.endsWith(`: ${detail}`))].join(' ');
}
