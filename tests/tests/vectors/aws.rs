//! Who signs a call to AWS. The recordings hold no signatures; whose they must be follows from the route's config.

use serde_json::{Map, Value};
use tidegate_tests::{Launch, Upstream};

/// The access key in the environment.
const OWN_KEY: &str = "AKIAENV";

/// The access key and the session token that the recorded role gets.
const ROLE: (&str, &str) = ("ASIAX", "stok");

/// The region in the environment.
const REGION: &str = "us-east-1";

/// Gives the gateway AWS credentials of its own and keeps it away from files, metadata services and AWS itself.
pub(crate) fn environment(launch: Launch, upstream: &Upstream) -> Launch {
    let nowhere = launch.folder().join("no-such-file");
    launch
        .env("AWS_ACCESS_KEY_ID", OWN_KEY)
        .env("AWS_SECRET_ACCESS_KEY", "secenv")
        .env("AWS_DEFAULT_REGION", REGION)
        .env("AWS_CONFIG_FILE", &nowhere)
        .env("AWS_SHARED_CREDENTIALS_FILE", &nowhere)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env(
            "AWS_ENDPOINT_URL_STS",
            format!("http://{}/", upstream.address()),
        )
}

/// Returns what remains of a signature when the date and all that depends on it is left out: `key/region/service`.
pub(crate) fn signer(authorization: &str) -> Option<String> {
    let scope = authorization.strip_prefix("AWS4-HMAC-SHA256 Credential=")?;
    let mut parts = scope.split('/');
    let (key, _date) = (parts.next()?, parts.next()?);
    let (region, service) = (parts.next()?, parts.next()?);
    Some(format!("{key}/{region}/{service}"))
}

/// Adds to the recorded headers of a call who must have signed it.
pub(crate) fn sign(headers: &mut Map<String, Value>, route: &Value, url: &str) {
    let Some(config) = route["model"]["config"].get("aws_config") else {
        return;
    };
    let member = |name: &str| config[name].as_str();
    let (service, assumed) = if url == "/" {
        ("sts", None)
    } else {
        ("bedrock", member("aws_role_arn").map(|_| ROLE))
    };
    let region = member("aws_region").unwrap_or(REGION);
    let own = (
        member("aws_access_key_id").unwrap_or(OWN_KEY),
        member("aws_session_token"),
    );
    let (key, token) = assumed.map_or(own, |(key, token)| (key, Some(token)));
    headers.insert(
        "authorization".to_owned(),
        format!("{key}/{region}/{service}").into(),
    );
    if let Some(token) = token {
        headers.insert("x-amz-security-token".to_owned(), token.into());
    }
}
