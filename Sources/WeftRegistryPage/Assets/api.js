// Talks to the registry: questions, writes, and the stream of what changes.

const tokenName = "weft-token";

export const token = {
  get: () => sessionStorage.getItem(tokenName) ?? "",
  set: (secret) => (secret ? sessionStorage.setItem(tokenName, secret) : sessionStorage.removeItem(tokenName)),
};

export class Problem extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

function query(values) {
  return new URLSearchParams(Object.entries(values).filter(([, value]) => value !== undefined)).toString();
}

async function request(path, values, options = {}) {
  // The field shows that a script of this page asks: other pages cannot send it here.
  const headers = { "X-Weft-Page": "1", ...options.headers };
  if (token.get()) headers["X-Consul-Token"] = token.get();
  let answer;
  try {
    answer = await fetch(`/ui/api/${path}?${query(values)}`, { ...options, headers, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, "The registry does not answer.");
  }
  if (answer.ok) return answer;
  let message = `${answer.status} ${answer.statusText}`;
  try {
    message = (await answer.json()).message ?? message;
  } catch { /* Not from the registry, then. */ }
  throw new Problem(answer.status, message);
}

export const about = async () => (await request("about", {})).json();

export function putKey(key, value, modified) {
  return request("key", { key, cas: modified }, { method: "PUT", body: value });
}

export function deleteKey(key, modified) {
  return request("key", { key, cas: modified }, { method: "DELETE" });
}

// Follows one view: `onState` gets it now and whenever it changes, `onProblem` why it cannot be had. Comes again after
// a break, and rests while nobody looks at the tab. Returns how to stop.
export function follow(view, { onState, onProblem, onLive }) {
  let aborter;
  let isStopped = false;
  let delay = 0;

  async function run() {
    while (!isStopped) {
      if (document.hidden) {
        await new Promise((resume) => document.addEventListener("visibilitychange", resume, { once: true }));
        continue;
      }
      aborter = new AbortController();
      try {
        await listen(aborter.signal);
        delay = 500;
      } catch (error) {
        if (isStopped) return;
        if (error.name === "AbortError") continue;
        onLive(false, error.status);
        onProblem(error instanceof Problem ? error : new Problem(0, "The connection broke."));
        delay = Math.min(Math.max(delay * 2, 500), 10_000);
      }
      await new Promise((resume) => setTimeout(resume, delay));
    }
  }

  async function listen(signal) {
    const answer = await request("events", view, { signal, headers: { Accept: "text/event-stream" } });
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done || isStopped) return;
      text += value;
      const events = text.split("\n\n");
      text = events.pop();
      for (const event of events) read(event);
    }
  }

  function read(event) {
    const fields = Object.fromEntries(event.split("\n").map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
    }));
    delay = 0;
    if (fields.data === undefined) return onLive(true);
    const data = JSON.parse(fields.data);
    if (fields.event === "problem") throw new Problem(data.status, data.message);
    onLive(true);
    onState(data);
  }

  const hide = () => document.hidden && aborter?.abort();
  document.addEventListener("visibilitychange", hide);
  run();
  return () => {
    isStopped = true;
    document.removeEventListener("visibilitychange", hide);
    aborter?.abort();
  };
}
