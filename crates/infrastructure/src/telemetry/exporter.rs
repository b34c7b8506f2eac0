//! The exporter's thread: it makes events of the items handed over and sends them.

use std::io;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{self as blocking, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use signals::{Event, Fed, Handed};
use thiserror::Error;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tracing::warn;

use super::channel::{Channel, Counts};
use super::deliver::{Delivery, client};
use super::{Destination, Identity};

/// The source of events about the export itself.
pub const TARGET: &str = "erp::telemetry";
/// Name of the thread.
const THREAD: &str = "telemetry";
/// How often it is looked whether something was handed over.
const LOOK: Duration = Duration::from_millis(100);
/// Taken at once, before anything else has its turn.
const TAKEN_MAX: usize = 2_000;
/// How long a process that ends waits until what is left has been sent (H8).
pub const FLUSH_PATIENCE: Duration = Duration::from_secs(3);
/// Earlier destinations, after a change of settings, are sent what is left within this time.
const OLD_PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Error)]
pub enum ExportError {
    #[error("the thread of telemetry cannot be started: {0}")]
    Thread(#[from] io::Error),
    #[error("the client of telemetry cannot be made: {0}")]
    Client(String),
}

enum Order {
    Destinations(Vec<Destination>),
    /// Events of their own, beside what is handed over.
    Event(Box<Event>),
    /// Answered when everything is sent, or the time is over.
    End(Duration, SyncSender<()>),
}

/// Counts of one destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statistics {
    pub destination: &'static str,
    pub delivered: u64,
    pub refused: u64,
    pub dropped: u64,
    pub waiting_bytes: usize,
}

type AllCounts = Arc<Mutex<Vec<(&'static str, Arc<Counts>)>>>;

/// Handle on the running thread; clones are the same.
#[derive(Clone)]
pub struct Exporter {
    orders: mpsc::UnboundedSender<Order>,
    counts: AllCounts,
}

impl Exporter {
    /// Starts the thread; it exports what is handed over, made into events by `event`.
    pub fn start<T: Handed>(
        identity: Identity,
        fed: Fed<T>,
        event: impl FnMut(T) -> Event + Send + 'static,
    ) -> Result<Self, ExportError> {
        let (orders, taken) = mpsc::unbounded_channel();
        let counts = AllCounts::default();
        let client = client().map_err(ExportError::Client)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let pump = Pump {
            identity,
            fed,
            event,
            client,
            counts: counts.clone(),
            channels: Vec::new(),
            deliveries: JoinSet::new(),
            ending: watch::Sender::new(false),
        };
        thread::Builder::new().name(THREAD.to_owned()).spawn(move || runtime.block_on(pump.run(taken)))?;
        Ok(Self { orders, counts })
    }

    /// Sends to these from now on; what waits for earlier ones is still sent there.
    pub fn set_destinations(&self, destinations: Vec<Destination>) {
        self.order(Order::Destinations(destinations));
    }

    pub fn send(&self, event: Event) {
        self.order(Order::Event(Box::new(event)));
    }

    /// Sends what is left and ends, but no later than after `patience`. Blocks the thread.
    pub fn end(&self, patience: Duration) {
        let (done, ended) = blocking::sync_channel(1);
        self.order(Order::End(patience, done));
        // The next step is the same whether it was sent or given up.
        let _ = ended.recv_timeout(patience + LOOK);
    }

    fn order(&self, order: Order) {
        // After its end there is nobody to do it.
        let _ = self.orders.send(order);
    }

    pub fn statistics(&self) -> Vec<Statistics> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let read = |(destination, counts): &(&'static str, Arc<Counts>)| Statistics {
            destination,
            delivered: counts.delivered.load(Ordering::Relaxed),
            refused: counts.refused.load(Ordering::Relaxed),
            dropped: counts.dropped.load(Ordering::Relaxed),
            waiting_bytes: counts.waiting_bytes.load(Ordering::Relaxed),
        };
        counts.iter().map(read).collect()
    }
}

/// How a round of taking ended.
enum Taken {
    All,
    /// There may be more.
    Some,
    /// The end, which is for others to see to.
    Order(Order),
}

struct Pump<T, F> {
    identity: Identity,
    fed: Fed<T>,
    event: F,
    client: reqwest::Client,
    counts: AllCounts,
    channels: Vec<Channel>,
    deliveries: JoinSet<()>,
    ending: watch::Sender<bool>,
}

impl<T: Handed, F: FnMut(T) -> Event> Pump<T, F> {
    async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let order = tokio::select! {
                _ = look.tick() => self.take_all(&mut orders).await,
                order = orders.recv() => match order {
                    Some(order) => Some(order),
                    None => return,
                },
            };
            if let Some((patience, done)) = order.and_then(|order| self.follow(order)) {
                self.end(patience, &mut orders).await;
                // The caller may have stopped waiting.
                let _ = done.try_send(());
                return;
            }
            let now = Instant::now();
            self.channels.iter_mut().for_each(|channel| channel.turn(now));
        }
    }

    /// Does what is ordered, but for the end.
    fn follow(&mut self, order: Order) -> Option<(Duration, SyncSender<()>)> {
        match order {
            Order::Destinations(destinations) => self.redirect(destinations),
            Order::Event(event) => self.add(&event),
            Order::End(patience, done) => return Some((patience, done)),
        }
        None
    }

    /// Takes everything that was handed over; stops for an order that comes first.
    async fn take_all(&mut self, orders: &mut mpsc::UnboundedReceiver<Order>) -> Option<Order> {
        loop {
            match self.take(orders) {
                Taken::All => return None,
                Taken::Some => tokio::task::yield_now().await,
                Taken::Order(order) => return Some(order),
            }
        }
    }

    fn take(&mut self, orders: &mut mpsc::UnboundedReceiver<Order>) -> Taken {
        for _ in 0..TAKEN_MAX {
            let Some(handed) = self.fed.next() else { return Taken::All };
            let event = (self.event)(handed);
            // Items handed over after the first destination was named are for it, in whichever order they are seen.
            while self.channels.is_empty()
                && let Ok(order) = orders.try_recv()
            {
                if let Order::Destinations(_) | Order::Event(_) = order {
                    self.follow(order);
                } else {
                    return Taken::Order(order);
                }
            }
            self.add(&event);
        }
        Taken::Some
    }

    fn add(&mut self, event: &Event) {
        let now = Instant::now();
        self.channels.iter_mut().for_each(|channel| channel.add(event, now));
    }

    fn redirect(&mut self, destinations: Vec<Destination>) {
        // Items handed over before are for the earlier ones.
        if !self.channels.is_empty() {
            while let Some(handed) = self.fed.next() {
                let event = (self.event)(handed);
                self.add(&event);
            }
        }
        self.channels.iter_mut().for_each(Channel::seal);
        let mut old = std::mem::take(&mut self.deliveries);
        self.ending.send_replace(true);
        self.ending = watch::Sender::new(false);
        tokio::spawn(async move {
            let rest = async { while old.join_next().await.is_some() {} };
            // Items not sent by then are given up with its tasks.
            let _ = tokio::time::timeout(OLD_PATIENCE, rest).await;
        });
        self.channels.clear();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        for destination in destinations {
            let mut channel = Channel::new(&destination, &self.identity);
            // A destination that only changed goes on counting.
            match counts.iter().find(|(name, _)| *name == destination.name) {
                Some((_, known)) => channel.count_on(known.clone()),
                None => counts.push((destination.name, channel.waiting.counts.clone())),
            }
            let (waiting, client) = (channel.waiting.clone(), self.client.clone());
            let ending = self.ending.subscribe();
            self.deliveries.spawn(Delivery { destination, waiting, client, ending }.run());
            self.channels.push(channel);
        }
    }

    async fn end(mut self, patience: Duration, orders: &mut mpsc::UnboundedReceiver<Order>) {
        self.take_all(orders).await;
        self.channels.iter_mut().for_each(Channel::seal);
        self.ending.send_replace(true);
        let rest = async { while self.deliveries.join_next().await.is_some() {} };
        if tokio::time::timeout(patience, rest).await.is_err() {
            let left: usize = self.channels.iter().map(|channel| channel.waiting.items()).sum();
            warn!(target: TARGET, left, "The process ends, and not all of its telemetry was sent: at least {{left}} items were left");
        }
    }
}
