// The page at /docs: the panel, the reference below it, and what keeps both up with the gateway.

import { byId, setText, show } from "./dom.js";
import { Panel } from "./panel.js";
import { follow } from "./reload.js";
import { prefixOf, routesOf, withServer } from "./routes.js";
import { followColorScheme, showReference } from "./swagger.js";

const prefix = prefixOf(location.pathname);
const panel = new Panel(prefix);

followColorScheme();
follow({
  healthUrl: `${prefix}/health?verbose`,
  specUrl: `${prefix}/openapi.json`,

  onSpec(spec) {
    const version = spec.info?.version;
    show(byId("version"), Boolean(version));
    if (version) setText(byId("version"), `v${String(version).replace(/^v/, "")}`);
    panel.update(routesOf(spec));
    showReference(withServer(spec, `${location.origin}${prefix}`));
  },

  onHealth(health) {
    show(byId("banner-down"), false);
    const error = typeof health.error === "string" ? health.error : null;
    setText(byId("banner-config-text"), error ?? "");
    show(byId("banner-config"), error !== null);
    live(error === null ? "good" : "warning", `Live · config ${health.generation ?? "?"}`);
  },

  onDown(reason) {
    setText(byId("banner-down-text"), reason);
    show(byId("banner-down"), true);
    live("bad", "Not reachable");
  },
});

function live(state, text) {
  byId("live").dataset.state = state;
  setText(byId("live-text"), text);
}
