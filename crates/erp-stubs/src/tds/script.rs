//! The answers of the server: good ones, unless a test has ordered otherwise.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::rows::Rows;
use super::tokens::ServerError;

/// Orders at once, for logins and for requests.
pub const ORDERS_MAX: usize = 1_000;

/// The answer to one login or request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// All is well: the login is taken, the statement has done its work and every query in it found nothing.
    Well,
    /// These result sets.
    Rows(Vec<Rows>),
    /// An error; one of severity 20 or more ends the connection, and so does any at the login.
    Error(ServerError),
    /// Another server takes the login.
    Route(String, u16),
    /// Nothing, also not to the wish to give the command up; the connection stays open.
    Hang,
    /// The connection ends instead.
    Close,
    /// The connection ends in the middle of the answer.
    Cut,
    /// The answer comes later; a wish to give the command up is heard meanwhile.
    After(Duration, Box<Answer>),
    /// All is well as soon as the gate is open.
    Behind(Gate),
}

impl Answer {
    pub fn rows(rows: Rows) -> Self {
        Self::Rows(vec![rows])
    }

    /// An error as its number has it; the severity is that of errors which leave the connection.
    pub fn error(number: i32) -> Self {
        Self::error_of(number, 16)
    }

    /// An error with a severity.
    pub fn error_of(number: i32, class: u8) -> Self {
        Self::Error(ServerError { number, class, state: 1, message: format!("error {number} on order") })
    }
}

/// Holds answers back until it is opened, for good.
#[derive(Debug, Clone)]
pub struct Gate(watch::Sender<bool>);

impl Default for Gate {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Gate {
    pub fn open(&self) {
        self.0.send_replace(true);
    }

    pub(super) async fn opened(&self) {
        let mut opened = self.0.subscribe();
        // The sender is this gate, so it is there.
        let _ = opened.wait_for(|open| *open).await;
    }
}

struct Order {
    /// A part of the text; an empty one matches any text.
    text: String,
    /// Answers left; `None` is for ever.
    left: Option<u32>,
    answer: Answer,
}

/// Orders that are counted come before those for ever; of the first the oldest counts, of the others the newest.
#[derive(Default)]
struct Orders {
    counted: VecDeque<Order>,
    lasting: Vec<Order>,
}

impl Orders {
    fn add(&mut self, order: Order) {
        if self.counted.len() + self.lasting.len() >= ORDERS_MAX {
            return;
        }
        match order.left {
            Some(0) => {}
            Some(_) => self.counted.push_back(order),
            None => self.lasting.push(order),
        }
    }

    fn take(&mut self, text: &str) -> Option<Answer> {
        if let Some(at) = self.counted.iter().position(|order| text.contains(&order.text)) {
            let order = self.counted.get_mut(at)?;
            let answer = order.answer.clone();
            order.left = order.left.map(|left| left.saturating_sub(1));
            if order.left == Some(0) {
                self.counted.remove(at);
            }
            return Some(answer);
        }
        self.lasting.iter().rev().find(|order| text.contains(&order.text)).map(|order| order.answer.clone())
    }
}

/// The orders of a server.
#[derive(Default)]
pub struct Script {
    logins: Mutex<Orders>,
    requests: Mutex<Orders>,
}

fn locked(orders: &Mutex<Orders>) -> MutexGuard<'_, Orders> {
    orders.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Script {
    pub fn on_login(&self, left: Option<u32>, answer: Answer) {
        locked(&self.logins).add(Order { text: String::new(), left, answer });
    }

    pub fn on_request(&self, text: &str, left: Option<u32>, answer: Answer) {
        locked(&self.requests).add(Order { text: text.to_owned(), left, answer });
    }

    pub fn clear(&self) {
        *locked(&self.logins) = Orders::default();
        *locked(&self.requests) = Orders::default();
    }

    pub fn login(&self) -> Answer {
        locked(&self.logins).take("").unwrap_or(Answer::Well)
    }

    pub fn request(&self, text: &str) -> Answer {
        locked(&self.requests).take(text).unwrap_or(Answer::Well)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_orders_come_first_and_are_used_up() {
        let script = Script::default();
        script.on_request("account", None, Answer::error(1));
        script.on_request("account", Some(2), Answer::error(2));
        script.on_request("", Some(1), Answer::error(3));
        let number = |text: &str| match script.request(text) {
            Answer::Error(error) => error.number,
            _ => 0,
        };
        assert_eq!((1..=5).map(|_| number("SELECT 1 FROM account")).collect::<Vec<_>>(), [2, 2, 3, 1, 1]);
        assert_eq!(number("SELECT 1"), 0);
        script.on_request("account", None, Answer::Well);
        assert_eq!(number("FROM account"), 0, "the newest of those for ever");
    }
}
