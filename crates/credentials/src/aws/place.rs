//! Where an AWS service stands: region and endpoint, from the config, the environment and the shared config file.

use aws_config::SdkConfig;
use aws_config::meta::region::ProvideRegion as _;
use aws_config::profile::ProfileFileRegionProvider;
use aws_types::region::Region;
use aws_types::service_config::ServiceConfigKey;
use http::Uri;
use http::uri::{Parts, PathAndQuery};
use tidegate_providers::AwsAuth;

/// What to do where no region is known.
const NO_REGION: &str = "no AWS region is set. Set `aws_region` in its `aws_config`, or `AWS_REGION` or `AWS_DEFAULT_REGION` in the environment, or `region` in AWS's shared config file.";

/// Returns the region: the config's, or the environment's, or the shared config file's. The metadata service is not asked.
pub(super) async fn region(auth: &AwsAuth) -> Result<Region, String> {
    let known = auth
        .region
        .clone()
        .or_else(|| variable("AWS_REGION"))
        .or_else(|| variable("AWS_DEFAULT_REGION"));
    let region = match known {
        Some(region) => Some(Region::new(region)),
        None => ProfileFileRegionProvider::new().region().await,
    };
    let region = region.ok_or(NO_REGION)?;
    // The region becomes a part of host names.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if region.as_ref().is_empty() || !region.as_ref().bytes().all(plain) {
        return Err(format!(
            "`{region}` is no AWS region: regions are written like `us-east-1`."
        ));
    }
    Ok(region)
}

/// Returns what an environment variable says: an empty one says nothing.
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

/// Returns the service's endpoint: the config's; the environment's or the shared config file's, as AWS's libraries find it;
/// or the region's own.
pub(super) fn endpoint(auth: &AwsAuth, region: &Region, sdk: &SdkConfig) -> Result<Uri, String> {
    let text = auth
        .endpoint
        .clone()
        .or_else(|| service_endpoint(auth, sdk).filter(|text| !text.is_empty()))
        .or_else(|| sdk.endpoint_url().map(str::to_owned))
        .filter(|text| !text.is_empty())
        .unwrap_or_else(|| {
            own_endpoint(
                auth.endpoint_prefix,
                region.as_ref(),
                sdk.use_fips() == Some(true),
            )
        });
    let bad = || {
        format!(
            "`{text}` cannot be used as the endpoint of AWS: it must be a URL with `https` or `http` and a host."
        )
    };
    let uri: Uri = text.parse().map_err(|_| bad())?;
    let known = matches!(uri.scheme_str(), Some("http" | "https"));
    if known && uri.host().is_some() {
        Ok(uri)
    } else {
        Err(bad())
    }
}

fn service_endpoint(auth: &AwsAuth, sdk: &SdkConfig) -> Option<String> {
    // In variables (`AWS_ENDPOINT_URL_…`) and in the file the service's id is written with `_`.
    let id = auth.endpoint_prefix.replace('-', " ");
    let key = ServiceConfigKey::builder()
        .service_id(&id)
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok()?;
    sdk.service_config()?.load_config(key)
}

/// Endpoints by AWS's scheme for its partitions (botocore's `endpoints.json`).
fn own_endpoint(prefix: &str, region: &str, fips: bool) -> String {
    let suffix = if region.starts_with("cn-") {
        "amazonaws.com.cn"
    } else {
        "amazonaws.com"
    };
    let fips = if fips { "-fips" } else { "" };
    format!("https://{prefix}{fips}.{region}.{suffix}")
}

/// Puts a path under an endpoint, whose query is kept. An address that has a host already stays as it is.
pub(super) fn under(endpoint: &Uri, uri: &Uri) -> Result<Uri, String> {
    if uri.host().is_some() {
        return Ok(uri.clone());
    }
    let base = endpoint.path().trim_end_matches('/');
    let queries: Vec<_> = endpoint.query().into_iter().chain(uri.query()).collect();
    let mark = if queries.is_empty() { "" } else { "?" };
    let address = format!("{base}{}{mark}{}", uri.path(), queries.join("&"));
    let mut parts = Parts::default();
    parts.scheme = endpoint.scheme().cloned();
    parts.authority = endpoint.authority().cloned();
    parts.path_and_query =
        Some(PathAndQuery::try_from(address).map_err(|error| error.to_string())?);
    Uri::from_parts(parts).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_has_its_own_endpoint() {
        for (region, fips, want) in [
            (
                "us-east-1",
                false,
                "https://bedrock-runtime.us-east-1.amazonaws.com",
            ),
            (
                "cn-north-1",
                false,
                "https://bedrock-runtime.cn-north-1.amazonaws.com.cn",
            ),
            (
                "us-gov-west-1",
                true,
                "https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com",
            ),
        ] {
            assert_eq!(own_endpoint("bedrock-runtime", region, fips), want);
        }
    }

    #[test]
    fn paths_go_under_endpoints() {
        for (endpoint, uri, want) in [
            (
                "https://h",
                "/model/a%3A1/invoke",
                "https://h/model/a%3A1/invoke",
            ),
            ("https://h/", "/m", "https://h/m"),
            (
                "http://127.0.0.1:9/p/q/",
                "/m?x=1",
                "http://127.0.0.1:9/p/q/m?x=1",
            ),
            ("http://h/p/?a=b", "/m", "http://h/p/m?a=b"),
            ("http://h?a=b&c", "/m?x=1", "http://h/m?a=b&c&x=1"),
            ("https://h", "https://other/m", "https://other/m"),
        ] {
            let (endpoint, uri) = (endpoint.parse().unwrap(), uri.parse().unwrap());
            assert_eq!(under(&endpoint, &uri).unwrap(), want);
        }
    }
}
