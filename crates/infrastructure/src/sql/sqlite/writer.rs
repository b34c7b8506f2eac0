//! The writer of the embedded engine: one connection, one thread, group commit.
//!
//! Commands are sent here as values and run to completion on this thread, so a statement costs no hop. Those that
//! arrive while others run share one physical transaction, each in a savepoint, and all are answered after its commit
//! (`synchronous=FULL`: what is acknowledged survives a kill and a power cut).

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use application::error::{AppError, AppResult, STORAGE_FULL};
use application::ports::clock::Clock;
use application::ports::database::{Outcome, Work};
use application::ports::storage_error::{StorageError, StorageResult};
use domain::time::Timestamp;
use futures::FutureExt;
use rusqlite::Connection;
use tokio::sync::{Mutex, mpsc, oneshot};
use tracing::Span;

use super::super::meter::Meter;
use super::super::moments::next_moment;
use super::super::refusal::LastRefusal;
use super::super::tx::Tx;
use super::super::unit::Unit;
use super::archive::{Archived, Archiving, SharedSpool};
use super::damage::Damage;
use super::options::SqliteOptions;
use super::pauses::WritePauses;
use super::pulse::Pulse;
use super::tx::SqliteTx;

/// How long a group may collect works before it commits, so that the first does not wait for a stream of others.
pub const GROUP_TIME_MAX: Duration = Duration::from_millis(25);

/// The caller that waits for a work, and the request its log lines belong to.
pub(super) struct Caller {
    reply: oneshot::Sender<AppResult<()>>,
    span: Span,
}

pub(super) enum Job {
    Work(Arc<dyn Work>, Caller),
    /// Answered when everything before it is committed or gone.
    Settle(oneshot::Sender<()>),
    /// Answered when the write lock was taken, after everything before it.
    Prove(oneshot::Sender<StorageResult<()>>),
    /// Answered when everything before it is in the archive.
    Archive(oneshot::Sender<StorageResult<Archived>>),
    /// Answered when the database is closed, after everything before it.
    Close(oneshot::Sender<()>),
}

/// Sends works to the writer thread.
#[derive(Clone)]
pub struct SqliteWriter {
    pub(super) jobs: mpsc::Sender<Job>,
    refusal: Arc<LastRefusal>,
    damage: Arc<Damage>,
    pub(super) pulse: Pulse,
    /// The proof that is awaited: a writer that hangs is asked once.
    pub(super) proof: Arc<Mutex<Option<oneshot::Receiver<StorageResult<()>>>>>,
}

impl SqliteWriter {
    /// Starts the writer thread. It ends when the last handle is dropped, after finishing what was sent.
    pub fn start(
        connection: Connection,
        options: &SqliteOptions,
        clock: Arc<dyn Clock>,
        (meter, damage): (Arc<Meter>, Arc<Damage>),
        archive: Option<SharedSpool>,
        new_unit: impl FnOnce(Tx) -> Box<dyn Unit>,
    ) -> StorageResult<Self> {
        let (jobs, receiver) = mpsc::channel(options.queue_works_max.max(1));
        let archiving = archive.map(|spool| Archiving::of(&connection, spool));
        let pulse = Pulse::default();
        let pauses = WritePauses::new(options.pace.clone());
        pulse.of(&connection, pauses.clone())?;
        let signs = (meter, damage.clone(), pulse.clone());
        let uow = new_unit(Tx::Sqlite(SqliteTx::new(connection, signs, pauses)));
        let refusal = Arc::new(LastRefusal::default());
        let (noted, found, group_works_max) =
            (refusal.clone(), damage.clone(), options.group_works_max.max(1));
        std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || {
                let last = Timestamp::from_micros(0);
                WriterThread { uow, clock, last, refusal: noted, damage: found, group_works_max, archiving }
                    .run(receiver)
            })
            .map_err(|error| StorageError::Internal(format!("writer thread: {error}")))?;
        Ok(Self { jobs, refusal, damage, pulse, proof: Arc::default() })
    }

    /// Whether the disk was full, or could not be written, when a write was last tried.
    pub fn is_refused(&self) -> bool {
        self.refusal.is_recent()
    }

    pub async fn write(&self, work: Arc<dyn Work>) -> AppResult<()> {
        if self.damage.is_found() {
            return Err(StorageError::Damaged("nothing is written any more".to_owned()).into());
        }
        let (reply, answer) = oneshot::channel();
        let caller = Caller { reply, span: Span::current() };
        self.jobs.try_send(Job::Work(work, caller)).map_err(|error| {
            let why = match error {
                mpsc::error::TrySendError::Full(_) => "the writer's queue is full",
                mpsc::error::TrySendError::Closed(_) => "the writer has stopped",
            };
            StorageError::Unavailable(why.to_owned())
        })?;
        answer.await.map_err(|_| StorageError::Unavailable("the writer has stopped".to_owned()))?
    }

    /// Works that wait for the one that runs.
    pub fn waiting(&self) -> usize {
        self.jobs.max_capacity() - self.jobs.capacity()
    }

    /// Finishes what was sent, brings the write-ahead log into the file and closes it. Nothing is written afterwards.
    pub async fn close(&self) {
        let (reply, answer) = oneshot::channel();
        if self.jobs.send(Job::Close(reply)).await.is_ok() {
            let _ = answer.await;
        }
    }

    /// Brings everything that was sent into the archive.
    pub async fn archive(&self) -> StorageResult<Archived> {
        let gone = || StorageError::Unavailable("the writer has stopped".to_owned());
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job::Archive(reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    pub async fn settle(&self) -> AppResult<()> {
        let gone = || StorageError::Unavailable("the writer has stopped".to_owned());
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job::Settle(reply)).await.map_err(|_| gone())?;
        Ok(answer.await.map_err(|_| gone())?)
    }
}

struct WriterThread {
    uow: Box<dyn Unit>,
    clock: Arc<dyn Clock>,
    last: Timestamp,
    refusal: Arc<LastRefusal>,
    damage: Arc<Damage>,
    group_works_max: usize,
    archiving: Option<Archiving>,
}

type Replies = Vec<(oneshot::Sender<AppResult<()>>, AppResult<()>)>;

impl WriterThread {
    fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let mut closed = None;
        while let Some(job) = jobs.blocking_recv() {
            match job {
                Job::Settle(reply) => drop(reply.send(())),
                Job::Prove(reply) => drop(reply.send(self.prove())),
                Job::Archive(reply) => drop(reply.send(self.archive())),
                Job::Work(work, caller) => closed = self.group(work, caller, &mut jobs),
                Job::Close(reply) => closed = Some(reply),
            }
            if closed.is_some() {
                break;
            }
        }
        // Leaves a database file that needs no recovery; the next start would do it otherwise.
        if !self.damage.is_found() {
            let archived = self.archive().is_ok();
            // Pages that are not archived stay in the log for the next start.
            let may_checkpoint = archived || self.archiving.is_none();
            if let Ok(tx) = self.sqlite()
                && may_checkpoint
            {
                let _ = tx.batch("PRAGMA wal_checkpoint(TRUNCATE)");
            }
        }
        let archiving = self.archiving.take();
        drop(self);
        if let Some(archiving) = archiving {
            archiving.closed();
        }
        if let Some(closed) = closed {
            let _ = closed.send(());
        }
    }

    fn sqlite(&mut self) -> StorageResult<&mut SqliteTx> {
        match self.uow.tx() {
            Tx::Sqlite(tx) => Ok(tx),
            Tx::SqlServer(_) => Err(StorageError::Internal("another engine's transaction".to_owned())),
        }
    }

    /// Brings everything that is committed into the archive.
    fn archive(&mut self) -> StorageResult<Archived> {
        let now = self.clock.now();
        match &self.archiving {
            Some(archiving) => archiving.take(now),
            None => Err(StorageError::Unusable("this database has no archive".to_owned())),
        }
    }

    /// Takes the write lock and gives it back: nothing is changed, and nothing waits for the disk.
    fn prove(&mut self) -> StorageResult<()> {
        let tx = self.sqlite()?;
        tx.batch("BEGIN IMMEDIATE")?;
        tx.batch("ROLLBACK")
    }

    /// One physical transaction: the first work and whatever else has arrived when it is done. Answers who wants the
    /// database closed after it.
    fn group(
        &mut self,
        work: Arc<dyn Work>,
        caller: Caller,
        jobs: &mut mpsc::Receiver<Job>,
    ) -> Option<oneshot::Sender<()>> {
        if let Err(error) = self.sqlite().and_then(|tx| tx.batch("BEGIN IMMEDIATE")) {
            let _ = caller.reply.send(Err(error.into()));
            return None;
        }
        let began = Instant::now();
        let mut replies: Replies = Vec::new();
        let (mut settled, mut proofs, mut archives, mut closing) = (Vec::new(), Vec::new(), Vec::new(), None);
        let mut next = Some((work, caller));
        while let Some((work, caller)) = next.take() {
            let result = caller.span.in_scope(|| self.one(&*work));
            replies.push((caller.reply, result));
            if self.sqlite().is_ok_and(|tx| tx.connection.is_autocommit()) {
                break; // the engine gave up the whole transaction (disk full, I/O error)
            }
            while next.is_none()
                && closing.is_none()
                && replies.len() < self.group_works_max
                && began.elapsed() < GROUP_TIME_MAX
            {
                match jobs.try_recv() {
                    Ok(Job::Work(work, caller)) => next = Some((work, caller)),
                    Ok(Job::Settle(reply)) => settled.push(reply),
                    Ok(Job::Prove(reply)) => proofs.push(reply),
                    Ok(Job::Archive(reply)) => archives.push(reply),
                    Ok(Job::Close(reply)) => closing = Some(reply),
                    Err(_) => break,
                }
            }
        }
        let committed = self.commit();
        if committed.is_ok() {
            self.note_commit();
        }
        if let (Err(_), Ok(tx)) = (&committed, self.sqlite()) {
            tx.memory.forget();
        }
        for (reply, result) in replies {
            let answer = match (&committed, result) {
                (Err(error), Ok(())) => Err(storage_error_again(error).into()),
                (_, result) => result,
            };
            match &answer {
                Ok(()) => self.refusal.succeeded(),
                Err(error) if error.is(&STORAGE_FULL) => self.refusal.refused(),
                Err(_) => {}
            }
            let _ = reply.send(answer);
        }
        for reply in settled {
            let _ = reply.send(());
        }
        for reply in proofs {
            // It holds the lock, or held it a moment ago.
            let _ = reply.send(Ok(()));
        }
        for reply in archives {
            let _ = reply.send(self.archive());
        }
        closing
    }

    /// Notes the moment of a commit, and brings the log into the file when it is long.
    fn note_commit(&mut self) {
        let now = self.clock.now();
        let Some(archiving) = &self.archiving else { return };
        if archiving.committed(now)
            && let Ok(tx) = self.sqlite()
        {
            let _ = tx.batch("PRAGMA wal_checkpoint(PASSIVE)");
        }
    }

    fn commit(&mut self) -> StorageResult<()> {
        let tx = self.sqlite()?;
        if tx.connection.is_autocommit() {
            return Err(StorageError::Full("the engine rolled the transaction back".to_owned()));
        }
        tx.batch("COMMIT").inspect_err(|_| {
            let _ = tx.connection.execute_batch("ROLLBACK");
        })
    }

    /// One work in its savepoint; a failure or a panic undoes that work alone.
    fn one(&mut self, work: &dyn Work) -> AppResult<()> {
        self.last = next_moment(self.clock.now(), self.last);
        let now = self.last;
        let tx = self.sqlite()?;
        tx.pauses.began();
        tx.savepoint()?;
        self.uow.reset(work.tenant(), now);
        let run = AssertUnwindSafe(work.run(self.uow.as_mut())).catch_unwind();
        let result = futures::executor::block_on(run)
            .unwrap_or_else(|_| Err(AppError::internal("a command panicked; its work was rolled back")));
        let poisoned = std::mem::take(&mut self.sqlite()?.poisoned);
        let keep = matches!(result, Ok(Outcome::Commit)) && !poisoned;
        let tx = self.sqlite()?;
        if !tx.connection.is_autocommit() {
            while tx.depth > 1 {
                tx.end_savepoint(false)?;
            }
            tx.end_savepoint(keep)?;
        }
        tx.depth = 0;
        tx.memory.work_ended();
        match result {
            Ok(Outcome::Commit) if poisoned => {
                Err(AppError::internal("a command went on after a failed statement"))
            }
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// A commit that failed fails every work of its group alike.
fn storage_error_again(error: &StorageError) -> StorageError {
    match error {
        StorageError::Full(text) => StorageError::Full(text.clone()),
        StorageError::Retryable(text) => StorageError::Retryable(text.clone()),
        StorageError::Damaged(text) => StorageError::Damaged(text.clone()),
        other => StorageError::Unavailable(format!("commit failed: {other}")),
    }
}
