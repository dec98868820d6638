//! A world slowed down to something people can watch.

use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, FixedOffset};
use demarc_model::{LiveSample, LiveSink, Outcome, Prober, Request};

/// Answers like the world inside, but takes `1/speed` of the time the request would really take, and lets its live samples out over
/// that time. For simulated homes shown to people.
pub struct Paced<W> {
    inner: W,
    speed: f64,
}

impl<W> Paced<W> {
    /// `speed` 1 is real time, 10 is ten times as fast; it is kept at 0.1 or more.
    pub fn new(inner: W, speed: f64) -> Self {
        Self { inner, speed: if speed.is_finite() { speed.max(0.1) } else { 1.0 } }
    }
}

impl<W: Prober> Prober for Paced<W> {
    fn now(&self) -> DateTime<FixedOffset> {
        self.inner.now()
    }

    fn perform(&self, request: Request, live: LiveSink) -> Pin<Box<dyn Future<Output = Outcome> + Send + '_>> {
        let began = self.inner.now();
        let samples = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&samples);
        let answer = self.inner.perform(request, Box::new(move |sample| kept.lock().unwrap_or_else(PoisonError::into_inner).push(sample)));
        Box::pin(async move {
            let outcome = answer.await;
            let took_ms = (self.inner.now() - began).num_milliseconds().max(0) as f64;
            let mut samples = std::mem::take(&mut *samples.lock().unwrap_or_else(PoisonError::into_inner));
            samples.sort_by(|a, b| when_ms(a).total_cmp(&when_ms(b)));
            let start = tokio::time::Instant::now();
            let at = |ms: f64| start + Duration::from_secs_f64((ms / self.speed / 1000.0).clamp(0.0, 3600.0));
            for sample in samples {
                tokio::time::sleep_until(at(when_ms(&sample))).await;
                live(sample);
            }
            tokio::time::sleep_until(at(took_ms)).await;
            outcome
        })
    }

    fn system(&self) -> (String, String) {
        self.inner.system()
    }
}

/// When a sample belongs, in milliseconds since its request began.
fn when_ms(sample: &LiveSample) -> f64 {
    match sample {
        LiveSample::Echo { sent_ms, .. } => *sent_ms,
        LiveSample::Rate { at_ms, .. } | LiveSample::Signal { at_ms, .. } => *at_ms,
        LiveSample::Hops { .. } => 0.0,
    }
}
