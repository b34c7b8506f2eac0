//! The last minute of something that only ever grows.

use std::collections::VecDeque;

/// Values of the last turns, oldest first.
pub struct Window<T> {
    turns: usize,
    values: VecDeque<T>,
}

impl<T: Copy> Window<T> {
    /// Over this many turns.
    pub fn new(turns: usize) -> Self {
        Self { turns: turns.max(1), values: VecDeque::new() }
    }

    /// The value of this turn.
    pub fn turn(&mut self, value: T) {
        if self.values.len() > self.turns {
            self.values.pop_front();
        }
        self.values.push_back(value);
    }

    /// The oldest and the newest value, once there are two.
    pub fn ends(&self) -> Option<(T, T)> {
        (self.values.len() > 1).then(|| Some((*self.values.front()?, *self.values.back()?)))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_so_many_turns_apart() {
        let mut window = Window::new(3);
        assert_eq!(window.ends(), None);
        window.turn(1);
        assert_eq!(window.ends(), None);
        (2..=9).for_each(|value| window.turn(value));
        assert_eq!(window.ends(), Some((6, 9)));
    }
}
