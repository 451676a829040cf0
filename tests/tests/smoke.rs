//! The tools work together: one plain and one streamed call through every door.

use tidegate_tests::samples::{self, CHAT_DOORS};
use tidegate_tests::{Client, Gateway, Upstream, client};

#[test]
fn every_door_answers_plain_and_streamed() {
    let upstream = Upstream::scripted(|call| {
        let streams = call.request.json()["stream"] == true;
        call.answer(if streams {
            samples::stream(&["Hel", "lo"])
        } else {
            samples::chat()
        });
    });
    let gateway = Gateway::start(&Gateway::routes(&upstream.base()));
    for (path, plain, streamed) in CHAT_DOORS {
        let answer = client::post(gateway.address(), path, plain);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert!(answer.text().contains("Hello there"), "{path}");
        let answer = client::post(gateway.address(), path, streamed);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(
            answer.events().last().map(String::as_str),
            Some("[DONE]"),
            "{path}"
        );
    }
    assert_eq!(upstream.requests().len(), 6);
}

#[test]
fn a_test_can_drive_both_ends_of_a_stream() {
    let upstream = Upstream::manual();
    let gateway = Gateway::start(&Gateway::routes(&upstream.base()));
    let request = client::post_bytes("/v1/chat/completions", &[], samples::ASK_V1_STREAM);
    let mut client = Client::sending(gateway.address(), request);
    let mut call = upstream.call();
    call.begin_stream();
    for word in ["one", "two"] {
        call.event(&samples::delta(word));
        if word == "one" {
            assert_eq!(client.head().unwrap().status, 200);
        }
        client.chunks_until(word);
    }
    drop(call);
    assert!(client.chunks_until("\n\n").contains("error"));
    assert_eq!(client.chunk(), Some(Vec::new()));
    assert_eq!(gateway.stop().code, Some(0));
}
