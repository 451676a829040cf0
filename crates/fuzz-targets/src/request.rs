//! A client's request: understood and written for a provider, or refused with an error in the client's dialect.

use serde_json::Value;
use tidegate_providers::CallHead;
use tidegate_wire::Asked;
use tidegate_wire::dialect::anthropic::{Anthropic, CountTokens};
use tidegate_wire::dialect::mlflow::{Era, Mlflow};
use tidegate_wire::dialect::openai::OpenAi;
use tidegate_wire::dialect::responses::Responses;
use tidegate_wire::dialect::{Dialect, Fault};

use crate::providers::{Built, chosen};

/// The first byte chooses the provider, the second the operation and the door.
pub fn provider_request(data: &[u8]) {
    let Some(([which, door], body)) = data.split_first_chunk() else {
        return;
    };
    let which_door = door / 3 % 8;
    let dialect: Box<dyn Dialect> = match which_door {
        0 => Box::new(Mlflow(Era::Auto)),
        1 => Box::new(Mlflow(Era::Candidates)),
        2 => Box::new(Mlflow(Era::Choices)),
        3 => Box::new(Mlflow(Era::Endpoints)),
        4 => Box::new(OpenAi),
        5 => Box::new(Anthropic),
        6 => Box::new(CountTokens),
        _ => Box::new(Responses),
    };
    asked(chosen(*which), &*dialect, *door, body, which_door >= 4);
}

fn asked(built: &Built, dialect: &dyn Dialect, door: u8, body: &[u8], faithful: bool) {
    let operations = built.spec.operations.iter().cycle();
    let Some(operation) = operations.copied().nth(usize::from(door % 3)) else {
        return;
    };
    let decoded = match dialect.decode(operation, body) {
        Ok(decoded) => decoded,
        Err(fault) => return refused(dialect, &fault),
    };
    assert_eq!(decoded.asked.operation(), operation);
    let streams = decoded.asked.streams();
    if streams && !built.spec.streams.contains(&operation) {
        return;
    }
    let head = CallHead {
        streams,
        faithful,
        words: decoded.words,
        ..CallHead::of(operation)
    };
    let encoded = match decoded.asked {
        Asked::Request(request) => built.provider.encode(&head, &request),
        Asked::Conversation(asked) => {
            assert!(asked.estimated_tokens() > 0, "what is said has tokens");
            built.provider.converse(&head, asked)
        }
    };
    match encoded {
        Ok(encoded) => assert!(!encoded.body.is_empty(), "a body says what is asked"),
        Err(fault) => refused(dialect, &fault),
    }
}

/// Checks the form of a refusal.
pub(crate) fn refused(dialect: &dyn Dialect, fault: &Fault) {
    let (status, body) = dialect.error(fault);
    assert!(
        (400..500).contains(&status) || status == 501,
        "the client is to blame, or asks for what there is not; not {status}"
    );
    assert!(
        serde_json::from_slice::<Value>(&body).is_ok(),
        "an error is JSON"
    );
}
