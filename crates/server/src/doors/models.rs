//! The endpoints as lists of models, in OpenAI's form or in Anthropic's.

mod anthropic;

use http::{Response, StatusCode};
use serde_json::{Value, json};
use tidegate_gateway::{Body, Endpoint, Snapshot, unknown_model};

use crate::app::App;
use crate::error::{Form, json};

/// A look at the list of models.
pub(crate) struct Look<'a> {
    pub(crate) app: &'a App,
    pub(crate) snapshot: &'a Snapshot,
    /// In whose form.
    pub(crate) form: Form,
}

impl Look<'_> {
    /// `GET /v1/models`: the endpoints; in Anthropic's form those that chat, in pages.
    pub(crate) fn list(&self, query: Option<&str>) -> Response<Body> {
        let Self {
            app,
            snapshot,
            form,
        } = self;
        if *form == Form::Anthropic {
            return match anthropic::page(snapshot, query, app.started()) {
                Ok(page) => json(StatusCode::OK, &page),
                Err(fault) => form.response(&fault),
            };
        }
        let models = snapshot.endpoints.iter();
        let data: Vec<Value> = models.map(|model| describe(model, app.started())).collect();
        json(StatusCode::OK, &json!({"object": "list", "data": data}))
    }

    /// `GET /v1/models/{id}`; an alias is answered with what it stands for.
    pub(crate) fn one(&self, name: &str) -> Response<Body> {
        let Self {
            app,
            snapshot,
            form,
        } = self;
        let found = snapshot.resolve(name);
        let told = if *form == Form::Anthropic {
            let chats = found.filter(|model| anthropic::is_model(model));
            chats.map(|model| anthropic::describe(model, app.started()))
        } else {
            found.map(|model| describe(model, app.started()))
        };
        match told {
            Some(model) => json(StatusCode::OK, &model),
            None => form.response(&unknown_model(name)),
        }
    }
}

fn describe(endpoint: &Endpoint, since: u64) -> Value {
    let owner = endpoint.first().map(|target| target.spec.fields.name);
    json!({"id": &*endpoint.name, "object": "model", "created": since, "owned_by": owner})
}
