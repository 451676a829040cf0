//! The paths that only tell.

use serde_json::{Map, Value, json};

use super::member::{Kind, Member, object, tagged};
use super::reference;

/// A path that is asked with `GET`.
struct Look {
    path: &'static str,
    tag: &'static str,
    id: &'static str,
    summary: &'static str,
    /// The schema of its answer.
    answer: &'static str,
    /// Another status, what it means, and the schema of its body.
    other: Option<(&'static str, &'static str, &'static str)>,
}

const NO_ROUTE: Option<(&str, &str, &str)> =
    Some(("404", "No route has this name.", "MlflowError"));
const NO_PAGE: Option<(&str, &str, &str)> = Some(("400", "The token is none.", "MlflowError"));

const LOOKS: [Look; 9] = [
    Look {
        path: "/v1/models",
        tag: "OpenAI API",
        id: "list_models",
        summary: "The routes as models",
        answer: "Models",
        other: None,
    },
    Look {
        path: "/v1/models/{name}",
        tag: "OpenAI API",
        id: "get_model",
        summary: "One route as a model; an alias gives what it stands for",
        answer: "Model",
        other: Some(("404", "No route has this name.", "OpenAiError")),
    },
    Look {
        path: "/api/2.0/gateway/routes/",
        tag: "MLflow API",
        id: "list_routes",
        summary: "The routes",
        answer: "Routes",
        other: NO_PAGE,
    },
    Look {
        path: "/api/2.0/endpoints/",
        tag: "MLflow API",
        id: "list_endpoints",
        summary: "The routes as endpoints",
        answer: "Endpoints",
        other: NO_PAGE,
    },
    Look {
        path: "/api/2.0/gateway/routes/{name}",
        tag: "MLflow API",
        id: "get_route",
        summary: "One route",
        answer: "Route",
        other: NO_ROUTE,
    },
    Look {
        path: "/api/2.0/endpoints/{name}",
        tag: "MLflow API",
        id: "get_endpoint",
        summary: "One route as an endpoint",
        answer: "Endpoint",
        other: NO_ROUTE,
    },
    Look {
        path: "/health",
        tag: "Health",
        id: "health",
        summary: "Whether the gateway runs; `?verbose` tells of the last reload",
        answer: "Health",
        other: None,
    },
    Look {
        path: "/health/live",
        tag: "Health",
        id: "health_live",
        summary: "Liveness probe",
        answer: "Probe",
        other: None,
    },
    Look {
        path: "/health/ready",
        tag: "Health",
        id: "health_ready",
        summary: "Readiness probe",
        answer: "Probe",
        other: Some((
            "503",
            "The gateway takes no new calls: it is stopping.",
            "Probe",
        )),
    },
];

/// Returns them all.
pub(super) fn paths() -> Map<String, Value> {
    let path = |look: Look| (look.path.to_owned(), json!({"get": get(&look)}));
    LOOKS.map(path).into_iter().collect()
}

fn get(look: &Look) -> Value {
    let body = |schema: &str| json!({"application/json": {"schema": reference(schema)}});
    let mut responses = Map::new();
    let answer = json!({"description": "What is asked for.", "content": body(look.answer)});
    responses.insert("200".to_owned(), answer);
    if let Some((status, description, schema)) = look.other {
        let other = json!({"description": description, "content": body(schema)});
        responses.insert(status.to_owned(), other);
    }
    json!({
        "tags": [look.tag],
        "operationId": look.id,
        "summary": look.summary,
        "parameters": parameters(look),
        "responses": responses,
    })
}

fn parameters(look: &Look) -> Vec<Value> {
    let parameter = |name: &str, place: &str, description: &str| {
        json!({
            "name": name,
            "in": place,
            "required": place == "path",
            "description": description,
            "schema": {"type": "string"},
        })
    };
    match look.answer {
        "Routes" | "Endpoints" => {
            let description = "`next_page_token` of the page before; a page has 3000.";
            vec![parameter("page_token", "query", description)]
        }
        "Health" => vec![parameter(
            "verbose",
            "query",
            "Any value, or none: tell more.",
        )],
        _ if look.path.contains("{name}") => vec![parameter("name", "path", "The route's name.")],
        _ => Vec::new(),
    }
}

const LIMIT: Member = (
    "limit",
    Kind::Object(&[
        ("calls", Kind::Whole(0), "Calls of a window."),
        ("renewal_period", Kind::Text, "The window's length."),
        ("key", Kind::Text, "As in the config file."),
    ]),
    "The limit of its calls.",
);
const NAME: Member = ("name", Kind::Text, "What clients call.");
const SHOWN: Member = (
    "model",
    Kind::Object(&[
        ("name", Kind::Text, "The provider's name for it."),
        (
            "provider",
            Kind::Text,
            "The provider, as in the config file.",
        ),
    ]),
    "What stands behind it; of a traffic split, behind its first destination.",
);
const TOKEN: Member = (
    "next_page_token",
    Kind::Text,
    "Asks for the next page; null at the end.",
);

const ROUTE: &[Member] = &[
    NAME,
    ("route_type", Kind::Text, "Its type."),
    SHOWN,
    ("route_url", Kind::Text, "Its path."),
    LIMIT,
];

const ENDPOINT: &[Member] = &[
    NAME,
    ("endpoint_type", Kind::Text, "Its type."),
    SHOWN,
    ("endpoint_url", Kind::Text, "Its path."),
    LIMIT,
];

const ROUTES: &[Member] = &[
    (
        "routes",
        Kind::ListOf("Route"),
        "In the order of the config file.",
    ),
    TOKEN,
];

const ENDPOINTS: &[Member] = &[
    (
        "endpoints",
        Kind::ListOf("Endpoint"),
        "In the order of the config file.",
    ),
    TOKEN,
];

const MODEL: &[Member] = &[
    ("id", Kind::Text, "The route's name."),
    (
        "created",
        Kind::Whole(0),
        "When the gateway started, in Unix seconds.",
    ),
    (
        "owned_by",
        Kind::Text,
        "The provider, as in the config file.",
    ),
];

const MODELS: &[Member] = &[(
    "data",
    Kind::ListOf("Model"),
    "In the order of the config file.",
)];

const HEALTH: &[Member] = &[
    ("status", Kind::Words(&["OK"]), "The gateway runs."),
    ("version", Kind::Text, "Its version; if more was asked for."),
    (
        "generation",
        Kind::Whole(0),
        "Number of the config in service, from 1 on; if more was asked for.",
    ),
    (
        "last_reload",
        Kind::Text,
        "When it came into service, RFC 3339; if more was asked for.",
    ),
    (
        "error",
        Kind::Text,
        "Why the file's present text is not in service; if more was asked for.",
    ),
];

const PROBE: &[Member] = &[(
    "status",
    Kind::Words(&["OK", "draining"]),
    "Whether new calls are taken.",
)];

/// Returns the schemas of their answers.
pub(super) fn schemas() -> Map<String, Value> {
    let schemas = [
        (
            "Route",
            object("", ROUTE, &["name", "route_type", "model", "route_url"]),
        ),
        (
            "Endpoint",
            object(
                "",
                ENDPOINT,
                &["name", "endpoint_type", "model", "endpoint_url"],
            ),
        ),
        ("Routes", object("", ROUTES, &["routes"])),
        ("Endpoints", object("", ENDPOINTS, &["endpoints"])),
        (
            "Model",
            tagged("object", &["model"], object("", MODEL, &["id", "created"])),
        ),
        (
            "Models",
            tagged("object", &["list"], object("", MODELS, &["data"])),
        ),
        ("Health", object("", HEALTH, &["status"])),
        ("Probe", object("", PROBE, &["status"])),
    ];
    schemas
        .map(|(name, schema)| (name.to_owned(), schema))
        .into_iter()
        .collect()
}
