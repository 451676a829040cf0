//! Which proxy stands between the gateway and a server: the environment says.

use std::net::IpAddr;

use http::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

/// The proxies that the environment names.
pub(super) struct Proxies(Matcher);

impl Proxies {
    /// Reads the environment. `*` among the exceptions means every host, addresses too.
    pub(super) fn from_env() -> Self {
        let all = |list: String| list.split(',').any(|host| host.trim() == "*");
        let none = ["NO_PROXY", "no_proxy"]
            .iter()
            .any(|name| std::env::var(name).is_ok_and(all));
        Self(if none {
            Matcher::builder().build()
        } else {
            Matcher::from_env()
        })
    }

    /// Returns the proxy on the way to an address.
    pub(super) fn intercept(&self, uri: &Uri) -> Option<Intercept> {
        if uri.host().is_some_and(is_neighbour) {
            return None;
        }
        self.0.intercept(uri)
    }
}

/// True for the machine's own neighbourhood: the services that give a cloud machine its identity answer nobody else. AWS's
/// stand in a range of their own too, `fd00:ec2::/32` (EC2 user guide, "Use the Instance Metadata Service").
fn is_neighbour(host: &str) -> bool {
    match host.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(address)) => address.is_link_local(),
        Ok(IpAddr::V6(address)) => {
            address.is_unicast_link_local() || address.segments().starts_with(&[0xfd00, 0xec2])
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_neighbour;

    #[test]
    fn tells_neighbours_from_others() {
        for host in [
            "169.254.169.254",
            "169.254.170.2",
            "[fe80::1]",
            "[fd00:ec2::254]",
        ] {
            assert!(is_neighbour(host), "{host}");
        }
        for host in [
            "127.0.0.1",
            "10.0.0.1",
            "[::1]",
            "[fd00::1]",
            "169.254.169.254.example",
        ] {
            assert!(!is_neighbour(host), "{host}");
        }
    }
}
