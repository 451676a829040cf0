//! Embeddings of providers that take a list of texts under a name of their own.

use serde_json::{Map, Value};
use tidegate_wire::EmbeddingsRequest;
use tidegate_wire::dialect::Fault;

use crate::call::CallHead;
use crate::parameters::Parameters;
use crate::support::extras::of_the_provider;
use crate::support::prompt;

/// Writes a body without model, or refuses what cannot be said in it. `name` is that of the texts.
pub(crate) fn body(
    table: &Parameters,
    name: &str,
    call: CallHead,
    request: &EmbeddingsRequest,
) -> Result<Map<String, Value>, Fault> {
    table.check_reserved(call, &request.extra)?;
    let texts = prompt::texts(call, &request.input)?;
    let mut body = Map::from_iter([(name.to_owned(), texts)]);
    let extra = of_the_provider(call, &request.extra, &[]);
    table.write_extras(&extra, &mut body);
    Ok(body)
}
