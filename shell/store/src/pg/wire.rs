//! The way to a server: what is asked goes out at once, and answers come back in the order of the questions.

use crate::StoreError;
use futures_util::{FutureExt, Stream, StreamExt, future::maybe_done, stream};
use std::{
    collections::VecDeque,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};
use tokio::runtime::{self, Runtime};
use tokio_postgres::{
    AsyncMessage, Client, Config, Error, Notification, Socket,
    tls::{MakeTlsConnect, TlsConnect},
};

/// A connection. Requests that are made in one call of [`Line::wait`] travel together: the second does not wait for the answer to
/// the first.
pub(crate) struct Wire {
    // dropped before the line, which then says good-bye to the server
    pub(super) client: Client,
    pub(super) line: Line,
}

/// The socket, and who moves bytes over it.
pub(super) struct Line {
    runtime: Runtime,
    messages: Pin<Box<dyn Stream<Item = Result<AsyncMessage, Error>> + Send>>,
    told: VecDeque<Notification>,
}

impl Wire {
    pub(super) fn connect<T>(config: &Config, tls: T) -> Result<Self, StoreError>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
        T::TlsConnect: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|why| StoreError::Other(format!("no way to wait for a server: {why}")))?;
        let (client, mut connection) = runtime.block_on(config.connect(tls))?;
        let messages = Box::pin(stream::poll_fn(move |cx| connection.poll_message(cx)));
        Ok(Self { client, line: Line { runtime, messages, told: VecDeque::new() } })
    }
}

impl Line {
    /// Waits for an answer, while bytes go both ways.
    pub(super) fn wait<T>(&mut self, answer: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let Self { runtime, messages, told } = self;
        let mut answer = pin!(answer);
        runtime.block_on(poll_fn(|cx| {
            loop {
                match messages.poll_next_unpin(cx) {
                    Poll::Ready(Some(Ok(AsyncMessage::Notification(notification)))) => told.push_back(notification),
                    // a notice is for people who look on
                    Poll::Ready(Some(Ok(_))) => {}
                    Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error)),
                    Poll::Ready(None) | Poll::Pending => break,
                }
            }
            answer.as_mut().poll(cx)
        }))
    }

    /// What others told, as soon as one of them does; nothing when none does for so long.
    pub(super) fn told(&mut self, patience: Duration) -> Result<Vec<Notification>, Error> {
        if self.told.is_empty() {
            let Self { runtime, messages, told } = self;
            let _in_runtime = runtime.enter();
            let mut end = pin!(tokio::time::sleep(patience));
            runtime.block_on(poll_fn(|cx| {
                loop {
                    match messages.poll_next_unpin(cx) {
                        Poll::Ready(Some(Ok(AsyncMessage::Notification(notification)))) => told.push_back(notification),
                        Poll::Ready(Some(Ok(_))) => {}
                        Poll::Ready(Some(Err(error))) => return Poll::Ready(Err(error)),
                        Poll::Ready(None) => return Poll::Ready(Ok(())),
                        Poll::Pending => break,
                    }
                }
                if told.is_empty() { end.as_mut().poll(cx).map(Ok) } else { Poll::Ready(Ok(())) }
            }))?;
        }
        Ok(self.told.drain(..).collect())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let Self { runtime, messages, .. } = self;
        // nobody can ask any more: what was asked is sent, and the server is told that it is over
        runtime.block_on(poll_fn(|cx| {
            loop {
                match messages.poll_next_unpin(cx) {
                    Poll::Ready(Some(Ok(_))) => {}
                    Poll::Ready(Some(Err(_)) | None) => return Poll::Ready(()),
                    Poll::Pending => return Poll::Pending,
                }
            }
        }));
    }
}

/// Sends all before it waits for the first answer; the first error, when all were answered.
pub(super) async fn in_order<F: Future<Output = Result<(), Error>>>(asked: Vec<F>) -> Result<(), Error> {
    let mut waiting: Vec<_> = asked.into_iter().map(|one| maybe_done(Box::pin(one))).collect();
    let (mut is_sent, mut answered) = (false, 0);
    poll_fn(|cx| {
        // a request is sent when it is polled for the first time, and the answers come in the order of the requests
        if !std::mem::replace(&mut is_sent, true) {
            for one in &mut waiting {
                let _ = one.poll_unpin(cx);
            }
        }
        while let Some(one) = waiting.get_mut(answered) {
            if one.poll_unpin(cx).is_pending() {
                return Poll::Pending;
            }
            answered += 1;
        }
        Poll::Ready(())
    })
    .await;
    waiting.iter_mut().filter_map(|one| Pin::new(one).take_output()).collect()
}
