//! A clock that stands until it is moved, and a source that follows a script.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Semaphore;

use super::*;

/// What a fetch yields: a value with its lifetime in seconds, or a failure.
type Step = Result<(&'static str, u64), &'static str>;

struct Script {
    steps: Mutex<VecDeque<Step>>,
    clock: Arc<AtomicU64>,
    /// One permit lets one fetch end.
    gate: Arc<Semaphore>,
    fetches: Arc<AtomicU64>,
}

impl Source for Script {
    type Value = &'static str;

    async fn fetch(&self) -> Result<Lease<&'static str>, Fault> {
        self.fetches.fetch_add(1, Ordering::SeqCst);
        self.gate.acquire().await.unwrap().forget();
        let step = self.steps.lock().unwrap().pop_front();
        match step.expect("a step for every fetch") {
            Ok((value, lifetime)) => Ok(Lease {
                value,
                expires: self.clock.load(Ordering::SeqCst) + lifetime,
            }),
            Err(message) => Err(crate::fault::refused("r", message)),
        }
    }
}

struct Stage {
    renewing: Renewing<Script>,
    clock: Arc<AtomicU64>,
    gate: Arc<Semaphore>,
    fetches: Arc<AtomicU64>,
}

impl Stage {
    fn new(steps: &[Step], permits: usize) -> Self {
        let clock = Arc::new(AtomicU64::new(1_000_000));
        let gate = Arc::new(Semaphore::new(permits));
        let fetches = Arc::new(AtomicU64::new(0));
        let script = Script {
            steps: Mutex::new(steps.iter().copied().collect()),
            clock: clock.clone(),
            gate: gate.clone(),
            fetches: fetches.clone(),
        };
        let time = clock.clone();
        let clock_of = Box::new(move || time.load(Ordering::SeqCst));
        Self {
            renewing: Renewing::with_clock("r", script, clock_of),
            clock,
            gate,
            fetches,
        }
    }

    fn pass(&self, seconds: u64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    fn fetches(&self) -> u64 {
        self.fetches.load(Ordering::SeqCst)
    }

    async fn get(&self) -> Result<&'static str, String> {
        self.renewing.get().await.map_err(|fault| fault.message)
    }
}

const FAILED: &str = "The endpoint `r` got no credentials: no";

#[tokio::test]
async fn renews_a_minute_before_the_end() {
    let stage = Stage::new(&[Ok(("a", 900)), Ok(("b", 900))], 9);
    for (pass, want, fetches) in [(0, "a", 1), (839, "a", 1), (1, "b", 2), (839, "b", 2)] {
        stage.pass(pass);
        assert_eq!(stage.get().await.unwrap(), want);
        assert_eq!(stage.fetches(), fetches);
    }
}

#[tokio::test]
async fn what_lives_shortly_is_not_fetched_by_every_call() {
    let stage = Stage::new(&[Ok(("a", 8)), Ok(("b", 2)), Ok(("c", 900))], 9);
    for (pass, want, fetches) in [
        (0, "a", 1),
        (5, "a", 1),
        (1, "b", 2),
        (1, "b", 2),
        (1, "c", 3),
    ] {
        stage.pass(pass);
        assert_eq!(stage.get().await.unwrap(), want);
        assert_eq!(stage.fetches(), fetches);
    }
}

#[tokio::test]
async fn a_failed_renewal_is_tried_again_after_a_pause_while_the_old_holds() {
    let steps = [
        Ok(("a", 100)),
        Err("no"),
        Err("no"),
        Err("no"),
        Err("no"),
        Ok(("b", 100)),
    ];
    let stage = Stage::new(&steps, 9);
    for (pass, want, fetches) in [
        (0, Ok("a"), 1),
        (50, Ok("a"), 2),
        (PAUSE - 1, Ok("a"), 2),
        (1, Ok("a"), 3),
        (45, Err(FAILED.to_owned()), 4),
        (0, Err(FAILED.to_owned()), 5),
        (0, Ok("b"), 6),
    ] {
        stage.pass(pass);
        assert_eq!(stage.get().await, want);
        assert_eq!(stage.fetches(), fetches);
    }
}

#[tokio::test]
async fn those_who_wait_share_one_fetch_and_its_failure() {
    let stage = Stage::new(&[Err("no"), Ok(("a", 900))], 0);
    for want in [Err(FAILED.to_owned()), Ok("a")] {
        let before = stage.fetches();
        let all = async { tokio::join!(stage.get(), stage.get(), stage.get()) };
        let open = async {
            while stage.fetches() == before {
                tokio::task::yield_now().await;
            }
            stage.gate.add_permits(1);
        };
        let ((first, second, third), ()) = tokio::join!(all, open);
        assert_eq!([first, second, third], [want.clone(), want.clone(), want]);
        assert_eq!(stage.fetches(), before + 1);
    }
}

#[tokio::test]
async fn nobody_waits_for_a_renewal_while_the_old_holds() {
    let stage = Stage::new(&[Ok(("a", 900)), Ok(("b", 900))], 1);
    stage.get().await.unwrap();
    stage.pass(850);
    let others = async {
        while stage.fetches() < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(stage.get().await, Ok("a"));
        stage.gate.add_permits(1);
    };
    let (renewed, ()) = tokio::join!(stage.get(), others);
    assert_eq!(renewed, Ok("b"));
}

#[tokio::test(start_paused = true)]
async fn a_slow_renewal_holds_nobody_up_while_the_old_holds() {
    let stage = Stage::new(&[Ok(("a", 900)), Ok(("b", 900))], 1);
    stage.get().await.unwrap();
    let begun = tokio::time::Instant::now();
    for (pass, waited, fetches) in [(850, 5, 2), (0, 5, 2), (PAUSE, 10, 3)] {
        stage.pass(pass);
        assert_eq!(stage.get().await, Ok("a"));
        assert_eq!(begun.elapsed(), Duration::from_secs(waited));
        assert_eq!(stage.fetches(), fetches);
    }
    // The old one ends while somebody waits: then there is nothing to go on with.
    stage.pass(PAUSE);
    let others = async {
        while stage.fetches() < 4 {
            tokio::task::yield_now().await;
        }
        stage.pass(100);
        tokio::time::sleep(2 * PATIENCE).await;
        stage.gate.add_permits(1);
    };
    let (renewed, ()) = tokio::join!(stage.get(), others);
    assert_eq!(renewed, Ok("b"));
    assert_eq!(stage.fetches(), 4);
}

#[tokio::test(start_paused = true)]
async fn no_fetch_takes_for_ever() {
    let stage = Stage::new(&[Ok(("a", 900))], 0);
    let begun = tokio::time::Instant::now();
    let fault = stage.renewing.get().await.unwrap_err();
    assert_eq!(begun.elapsed(), LONGEST);
    let message = "The endpoint `r` got no credentials in time: fetching them took too long.";
    assert_eq!((fault.status, fault.message.as_str()), (504, message));
    stage.gate.add_permits(1);
    assert_eq!(stage.get().await, Ok("a"));
}

#[tokio::test]
async fn a_call_that_goes_away_lets_the_next_one_fetch() {
    let stage = Stage::new(&[Ok(("a", 900))], 0);
    {
        let mut gone = std::pin::pin!(stage.get());
        std::future::poll_fn(|cx| {
            assert!(gone.as_mut().poll(cx).is_pending());
            std::task::Poll::Ready(())
        })
        .await;
    }
    stage.gate.add_permits(1);
    assert_eq!(stage.get().await, Ok("a"));
    assert_eq!(stage.fetches(), 2);
}
