//! A server that plays AWS's security token service.

use std::sync::atomic::{AtomicUsize, Ordering};

use tidegate_tests::{Upstream, client};

/// A role as STS knows it.
pub(crate) const ROLE: &str = "arn:aws:iam::123456789012:role/caller";

/// Plays STS: call number `n` gets keys named after `n` that live as long as `lifetime` says, in seconds.
pub(crate) fn sts(lifetime: impl Fn(usize) -> Option<u64> + Send + Sync + 'static) -> Upstream {
    let calls = AtomicUsize::new(0);
    Upstream::scripted(move |mut call| {
        let number = calls.fetch_add(1, Ordering::SeqCst);
        let answer = match lifetime(number) {
            Some(lifetime) => client::answer(
                200,
                &[("content-type", "text/xml")],
                assumed(action(&call.request.body), number, lifetime),
            ),
            None => client::answer(403, &[("content-type", "text/xml")], DENIED),
        };
        call.send(answer);
        call.keep();
    })
}

/// Plays an STS that leaves out when its keys expire.
pub(crate) fn timeless_sts() -> Upstream {
    Upstream::scripted(|mut call| {
        let text = assumed("AssumeRole", 0, 0);
        let (begin, rest) = text.split_once("<Expiration>").unwrap();
        let (_, end) = rest.split_once("</Expiration>").unwrap();
        let headers = [("content-type", "text/xml")];
        call.send(client::answer(200, &headers, format!("{begin}{end}")));
        call.keep();
    })
}

const DENIED: &str = r#"<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:aws:iam::1:user/u is not authorized to perform: sts:AssumeRole</Message></Error><RequestId>i</RequestId></ErrorResponse>"#;

/// Returns which of its operations STS is asked for.
fn action(body: &[u8]) -> &'static str {
    let web = b"Action=AssumeRoleWithWebIdentity";
    if body.starts_with(web) {
        "AssumeRoleWithWebIdentity"
    } else {
        "AssumeRole"
    }
}

/// Returns keys named after a number, as the answer to an operation.
fn assumed(action: &str, number: usize, lifetime: u64) -> String {
    let until = i64::try_from(tidegate_gateway::unix_seconds() + lifetime).unwrap();
    let until = jiff::Timestamp::from_second(until).unwrap();
    format!(
        r#"<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result><Credentials><AccessKeyId>ASIA{number}</AccessKeyId><SecretAccessKey>secret{number}</SecretAccessKey><SessionToken>token{number}</SessionToken><Expiration>{until}</Expiration></Credentials><AssumedRoleUser><Arn>{ROLE}/x</Arn><AssumedRoleId>AROA:x</AssumedRoleId></AssumedRoleUser></{action}Result><ResponseMetadata><RequestId>i</RequestId></ResponseMetadata></{action}Response>"#
    )
}
