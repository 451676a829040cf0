//! Requests of the doors whose dialects are read as meant: understood, or refused with an error of the door's own.

use serde_json::Value;
use tidegate_wire::dialect::Dialect;
use tidegate_wire::dialect::anthropic::Anthropic;
use tidegate_wire::dialect::openai::conversation_body;
use tidegate_wire::dialect::responses::Responses;
use tidegate_wire::{Asked, Operation};

use crate::request::refused;

/// A request of the Messages API.
pub fn messages_request(data: &[u8]) {
    read(&Anthropic, data);
}

/// A request of the Responses API.
pub fn responses_request(data: &[u8]) {
    read(&Responses, data);
}

fn read(dialect: &dyn Dialect, body: &[u8]) {
    if dialect.may_be_sealed(body)
        && let Some((unsealed, report)) = dialect.unsealed(body)
    {
        assert!(!report.is_empty(), "what is taken out is told");
        assert!(
            serde_json::from_slice::<Value>(&unsealed).is_ok(),
            "a body stays JSON"
        );
        assert!(dialect.unsealed(&unsealed).is_none(), "no envelope is left");
    }
    let decoded = match dialect.decode(Operation::Chat, body) {
        Ok(decoded) => decoded,
        Err(fault) => return refused(dialect, &fault),
    };
    let meant = match decoded.asked {
        Asked::Conversation(asked) => Some(asked),
        Asked::Request(_) => None,
    };
    assert!(meant.is_some(), "these doors read what is meant");
    if let Some(asked) = meant {
        assert!(asked.estimated_tokens() > 0, "what is said has tokens");
        match conversation_body(&asked) {
            Ok((written, _)) => assert!(written.contains_key("messages"), "it can be told"),
            Err(fault) => refused(dialect, &fault),
        }
    }
}
