//! The one thread that writes: many senders, one transaction for as many commands as wait at a time.

use crate::fault::Fault;
use crate::keeper::{Accepted, Keeper, SubmitError};
use crate::machine::Machine;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::{self, JoinHandle};

/// How much the writer takes at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Commands that may wait before senders have to.
    pub queue_commands: usize,
    /// Commands in one transaction.
    pub batch_commands: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { queue_commands: 1024, batch_commands: 1024 }
    }
}

/// What became of a command.
pub type Outcome<M> = Result<Accepted<<M as Machine>::Answer>, SubmitError<<M as Machine>::Refusal>>;

type Reply<M> = Box<dyn FnOnce(Outcome<M>) + Send>;
type Query<M> = Box<dyn FnOnce(Result<&M, Fault>) + Send>;

enum Message<M: Machine> {
    Submit { command: M::Command, reply: Reply<M> },
    Query(Query<M>),
    Stop,
}

/// The writing thread.
pub struct Writer<M: Machine> {
    thread: JoinHandle<Keeper<M>>,
    handle: Handle<M>,
}

/// A sender of commands; clones send to the same writer.
pub struct Handle<M: Machine> {
    messages: SyncSender<Message<M>>,
}

impl<M: Machine> Clone for Handle<M> {
    fn clone(&self) -> Self {
        Self { messages: self.messages.clone() }
    }
}

impl<M: Machine> Writer<M> {
    /// Starts the thread.
    ///
    /// # Errors
    /// The operating system gives no thread.
    pub fn start(keeper: Keeper<M>, limits: Limits) -> Result<Self, Fault> {
        let (messages, receiver) = sync_channel(limits.queue_commands);
        let path = keeper.record().directory().path().to_owned();
        let thread = thread::Builder::new()
            .name("record-writer".into())
            .spawn(move || write(keeper, &receiver, limits.batch_commands))
            .map_err(Fault::io(&path))?;
        Ok(Self { thread, handle: Handle { messages } })
    }

    /// A sender.
    pub fn handle(&self) -> Handle<M> {
        self.handle.clone()
    }

    /// Ends the thread after what was sent before, and gives the keeper back. Later commands are answered with
    /// [`SubmitError::Stopped`]. Nothing comes back if the machine panicked.
    pub fn stop(self) -> Option<Keeper<M>> {
        // The thread has ended already if this cannot be sent.
        let _ = self.handle.messages.send(Message::Stop);
        self.thread.join().ok()
    }
}

impl<M: Machine> Handle<M> {
    /// Sends a command and waits for what becomes of it. When this returns an answer, the entries are durable: see
    /// [`crate::Record`]. Waits as well while the queue is full.
    ///
    /// # Errors
    /// The refusal, or a fault, after which the command MUST be taken as not acknowledged.
    pub fn submit(&self, command: M::Command) -> Outcome<M> {
        let (sender, receiver) = sync_channel(1);
        // A sender who has gone no longer needs the answer.
        self.send(command, move |outcome| drop(sender.send(outcome)))?;
        receiver.recv().unwrap_or(Err(SubmitError::Stopped))
    }

    /// Sends a command without waiting for its outcome: `reply` gets it after the commit, on the one thread that
    /// answers everybody. It MUST be quick and MUST NOT panic. It is dropped uncalled if the writer stops before.
    /// Waits while the queue is full.
    ///
    /// # Errors
    /// [`SubmitError::Stopped`].
    pub fn send(
        &self,
        command: M::Command,
        reply: impl FnOnce(Outcome<M>) + Send + 'static,
    ) -> Result<(), SubmitError<M::Refusal>> {
        let message = Message::Submit { command, reply: Box::new(reply) };
        self.messages.send(message).map_err(|_| SubmitError::Stopped)
    }

    /// Looks at the state, between two transactions: all that is seen is durable.
    ///
    /// # Errors
    /// A fault in restoring the state after an earlier fault, or [`SubmitError::Stopped`].
    pub fn query<T: Send + 'static>(
        &self,
        look: impl FnOnce(&M) -> T + Send + 'static,
    ) -> Result<T, SubmitError<M::Refusal>> {
        let (sender, receiver) = sync_channel(1);
        let query = move |machine: Result<&M, Fault>| drop(sender.send(machine.map(look)));
        self.messages.send(Message::Query(Box::new(query))).map_err(|_| SubmitError::Stopped)?;
        match receiver.recv() {
            Ok(seen) => seen.map_err(|fault| SubmitError::Fault(Arc::new(fault))),
            Err(_) => Err(SubmitError::Stopped),
        }
    }
}

/// Commands of one transaction, with what each is to be told once it is committed.
struct Batch<M: Machine> {
    outcomes: Vec<(Reply<M>, Outcome<M>)>,
    queries: Vec<Query<M>>,
    stops: bool,
}

fn write<M: Machine>(
    mut keeper: Keeper<M>,
    messages: &Receiver<Message<M>>,
    batch_commands: usize,
) -> Keeper<M> {
    // Waking a sender takes about as long as deciding on its next command, so a thread of its own does it.
    let (answers, outcomes) = sync_channel::<Vec<(Reply<M>, Outcome<M>)>>(1);
    thread::scope(|scope| {
        scope.spawn(move || {
            for (reply, outcome) in outcomes.iter().flatten() {
                reply(outcome);
            }
        });
        while let Ok(first) = messages.recv() {
            let mut batch = Batch { outcomes: Vec::new(), queries: Vec::new(), stops: false };
            let mut next = Some(first);
            while let Some(message) = next {
                batch.take(&mut keeper, message);
                if batch.stops || batch.outcomes.len() >= batch_commands {
                    break;
                }
                next = wait_briefly(messages);
            }
            if let Err(fault) = keeper.commit() {
                batch.undo(&Arc::new(fault));
            }
            let Batch { outcomes, queries, stops } = batch;
            answers.send(outcomes).expect("the answering thread runs as long as it can be sent to");
            for query in queries {
                query(keeper.machine());
            }
            if stops {
                break;
            }
        }
        drop(answers);
    });
    keeper
}

/// The next message, if one is there. Senders that have just been answered send their next command within
/// microseconds; letting them run once costs less than a transaction for each.
fn wait_briefly<T>(messages: &Receiver<T>) -> Option<T> {
    match messages.try_recv() {
        Ok(message) => Some(message),
        Err(TryRecvError::Disconnected) => None,
        Err(TryRecvError::Empty) => {
            thread::yield_now();
            messages.try_recv().ok()
        }
    }
}

impl<M: Machine> Batch<M> {
    fn take(&mut self, keeper: &mut Keeper<M>, message: Message<M>) {
        match message {
            Message::Stop => self.stops = true,
            Message::Query(query) => self.queries.push(query),
            Message::Submit { command, reply } => {
                let had_staged = keeper.has_staged();
                let outcome = keeper.submit(command);
                if let (true, false, Err(SubmitError::Fault(fault))) =
                    (had_staged, keeper.has_staged(), &outcome)
                {
                    self.undo(fault);
                }
                self.outcomes.push((reply, outcome));
            }
        }
    }

    /// Turns every outcome into the fault that undid the transaction. Refusals too: they may rest on what was undone.
    fn undo(&mut self, fault: &Arc<Fault>) {
        for (_, outcome) in &mut self.outcomes {
            *outcome = Err(SubmitError::Fault(Arc::clone(fault)));
        }
    }
}
