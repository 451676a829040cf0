// Follows the gateway's config: asks for its health, and when the generation of the config changed,
// for the OpenAPI document anew.

const PAUSE_MS = 2000;
// A proxy before a gateway that is gone may hold a request for minutes.
const PATIENCE_MS = 10_000;

/**
 * Starts following. Calls `onSpec(spec)` with the document at first and after each change,
 * `onHealth(health)` after each answer, and `onDown(reason)` while the gateway does not answer.
 */
export function follow({ healthUrl, specUrl, onSpec, onHealth, onDown }) {
  let shown = null;
  let shownText = null;
  let timer = null;
  let running = false;

  async function look() {
    if (running || document.visibilityState !== "visible") return;
    running = true;
    clearTimeout(timer);
    try {
      const health = await getHealth(healthUrl);
      // The key is taken before the document is fetched: a reload in between makes the next look
      // fetch it once more, and none is missed. The time of the last reload is part of it because a
      // gateway that was started anew counts its generations anew.
      const key = JSON.stringify([health.generation, health.last_reload]);
      if (key !== shown) {
        const text = await getText(specUrl);
        if (text !== shownText) onSpec(JSON.parse(text));
        shownText = text;
        shown = key;
      }
      onHealth(health);
    } catch (error) {
      shown = null;
      onDown(String(error?.message ?? error));
    } finally {
      running = false;
      timer = setTimeout(look, PAUSE_MS);
    }
  }

  // A hidden page asks nothing, and looks at once when it is shown again.
  document.addEventListener("visibilitychange", look);
  window.addEventListener("online", look);
  look();
  return { look };
}

async function getHealth(url) {
  const response = await fetch(url, request());
  // Whatever the status: a gateway that is draining says so with 503, and still tells its config.
  try {
    const health = await response.json();
    if (health && typeof health === "object") return health;
  } catch {
    // Not JSON: told below.
  }
  throw new Error(`its health answered with status ${response.status} and no JSON`);
}

async function getText(url) {
  const response = await fetch(url, request());
  if (!response.ok) throw new Error(`its OpenAPI document answered with status ${response.status}`);
  return response.text();
}

function request() {
  return { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) };
}
