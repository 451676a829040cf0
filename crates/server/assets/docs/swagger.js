// Swagger UI with what this page needs: no second headline, no choice of servers (there is one: the
// gateway that served the page), the system's light or dark.

let ui = null;

/** Shows the document, or shows it anew in place: what is folded out stays folded out. */
export function showReference(spec) {
  if (ui) {
    ui.specActions.updateSpec(JSON.stringify(spec));
    return;
  }
  const operations = Object.values(spec.paths ?? {}).flatMap((item) => Object.keys(item)).length;
  ui = globalThis.SwaggerUIBundle({
    dom_id: "#swagger-ui",
    spec,
    presets: [globalThis.SwaggerUIBundle.presets.apis],
    plugins: [headless],
    layout: "BaseLayout",
    deepLinking: true,
    displayRequestDuration: true,
    defaultModelsExpandDepth: 0,
    docExpansion: operations > 80 ? "none" : "list",
    // The validator is a service on another host.
    validatorUrl: null,
  });
}

function headless() {
  const nothing = () => () => null;
  return { wrapComponents: { InfoContainer: nothing, ServersContainer: nothing } };
}

/** Swagger UI has its dark colours behind a class, not behind a media query. */
export function followColorScheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", apply);
  apply();
}
