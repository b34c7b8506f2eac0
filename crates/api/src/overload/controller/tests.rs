use super::*;

const BOUNDS: Bounds = Bounds { start: 64, min: 8, max: 256 };

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn the_limit_grows_while_it_is_used_and_things_are_quick() {
    let mut controller = Controller::new(BOUNDS, None);
    let mut now = Duration::ZERO;
    for _ in 0..600 {
        while controller.has_room(Class::Read) {
            controller.enter(Class::Read);
        }
        now += ms(10);
        while controller.running() > 0 {
            controller.leave(Class::Read, ms(1));
        }
        controller.tick(now, Duration::ZERO, None);
    }
    assert_eq!(controller.limit(), BOUNDS.max);
    for _ in 0..600 {
        now += ms(10);
        controller.enter(Class::Read);
        controller.leave(Class::Read, ms(1));
        controller.tick(now, Duration::ZERO, None);
    }
    assert_eq!(controller.limit(), BOUNDS.max, "what is not used says nothing");
}

#[test]
fn the_limit_shrinks_to_its_least_when_reads_are_slow_or_the_runtime_is_late_and_recovers() {
    for (took, lag) in [(ms(500), Duration::ZERO), (ms(1), ms(60))] {
        let mut controller = Controller::new(BOUNDS, None);
        controller.is_slow(ms(1));
        let mut now = Duration::ZERO;
        let mut run = |controller: &mut Controller, took, lag| {
            for _ in 0..40 {
                while controller.has_room(Class::Read) {
                    controller.enter(Class::Read);
                }
                while controller.running() > 0 {
                    controller.leave(Class::Read, took);
                }
                now += WINDOW;
                controller.tick(now, lag, None);
            }
        };
        run(&mut controller, took, lag);
        assert_eq!(controller.limit(), BOUNDS.min, "{took:?} {lag:?}");
        run(&mut controller, ms(1), Duration::ZERO);
        assert!(controller.limit() > 40, "{}", controller.limit());
    }
}

#[test]
fn a_queue_that_keeps_up_may_be_long_and_one_that_does_not_is_kept_short() {
    let bounds = Bounds { start: 8, min: 8, max: 8 };
    let mut controller = Controller::new(bounds, None);
    let now = ms(1_000);
    for _ in 0..8 {
        assert_eq!(controller.arrive(Class::Read, 0, now), Verdict::Enter);
        controller.enter(Class::Read);
    }
    assert_eq!(controller.arrive(Class::Read, 0, now), Verdict::Wait);
    assert_eq!(controller.arrive(Class::Read, 31, now), Verdict::Wait);
    assert_eq!(controller.arrive(Class::Read, 32, now), Verdict::Refuse);
    assert_eq!(controller.wait_max(Class::Read, now), WAIT_MAX);
    // Not empty for a while: who would wait long is told so at once.
    let later = now + BUSY_AFTER + ms(1);
    assert_eq!(controller.arrive(Class::Read, 3, later), Verdict::Wait);
    assert_eq!(controller.arrive(Class::Read, 4, later), Verdict::Refuse);
    assert_eq!(controller.wait_max(Class::Read, later), WAIT_BUSY_MAX);
    controller.emptied(Class::Read, later);
    assert_eq!(controller.wait_max(Class::Read, later), WAIT_MAX);
    // While others are refused patience is shorter, and it comes back.
    controller.refused(later);
    let soon = later + BUSY_AFTER_REFUSALS + ms(1);
    assert_eq!(controller.wait_max(Class::Read, soon), WAIT_BUSY_MAX);
    assert_eq!(controller.wait_max(Class::Read, later + REFUSING_FOR), WAIT_MAX);
}

#[test]
fn a_server_that_never_was_quick_serves_as_many_as_ever() {
    let mut controller = Controller::new(BOUNDS, None);
    let mut now = Duration::ZERO;
    for _ in 0..100 {
        for _ in 0..20 {
            controller.enter(Class::Read);
            controller.leave(Class::Read, ms(1_000));
        }
        now += WINDOW;
        controller.tick(now, Duration::ZERO, None);
    }
    assert_eq!(controller.limit(), BOUNDS.start);
}

#[test]
fn writes_wait_and_are_refused_before_reads() {
    let mut controller = Controller::new(Bounds { start: 8, min: 8, max: 8 }, None);
    let now = ms(10);
    for _ in 0..4 {
        assert_eq!(controller.arrive(Class::Write, 0, now), Verdict::Enter);
        controller.enter(Class::Write);
    }
    assert_eq!(controller.arrive(Class::Write, 0, now), Verdict::Wait);
    assert_eq!(controller.arrive(Class::Read, 0, now), Verdict::Enter);
    controller.leave(Class::Write, ms(5_000));
    controller.oldest_write(Some(now));
    assert_eq!(controller.arrive(Class::Write, 0, now + WRITE_DELAY_MAX), Verdict::Enter);
    let late = now + WRITE_DELAY_MAX + ms(1);
    assert_eq!(controller.arrive(Class::Write, 0, late), Verdict::Refuse);
    assert_eq!(controller.arrive(Class::Read, 0, late), Verdict::Enter);
    controller.oldest_write(None);
    assert_eq!(controller.arrive(Class::Write, 0, late), Verdict::Enter);
}

#[test]
fn a_few_writes_wait_for_the_end_of_one_that_takes_long() {
    let mut controller = Controller::new(Bounds { start: 512, min: 8, max: 512 }, None);
    controller.oldest_write(Some(ms(0)));
    let late = WRITE_DELAY_MAX + ms(8_000);
    for _ in 0..LATE_WRITES {
        assert_eq!(controller.arrive(Class::Write, 0, late), Verdict::Enter);
        controller.enter(Class::Write);
    }
    assert_eq!(controller.arrive(Class::Write, 0, late), Verdict::Refuse);
}

/// A group of half a processor is offered four times what it can do.
#[test]
fn processor_time_is_spent_no_faster_than_it_is_earned() {
    let cost = Duration::from_micros(500);
    let mut controller = Controller::new(BOUNDS, Some(ProcessorTime::new(0.5)));
    let (mut now, mut used, mut served, mut worst) = (Duration::ZERO, Duration::ZERO, 0_u32, Duration::ZERO);
    let mut history = std::collections::VecDeque::new();
    for _ in 0..2_000 {
        // Every 5 ms twenty requests: 4,000 a second, where the quota is good for 1,000.
        for _ in 0..20 {
            if controller.has_room(Class::Read) {
                controller.enter(Class::Read);
                used += cost;
                served += 1;
                controller.leave(Class::Read, cost);
            }
        }
        now += ms(5);
        controller.tick(now, Duration::ZERO, Some(used));
        history.push_back(used);
        if history.len() > 20 {
            worst = worst.max(used - history.pop_front().unwrap());
        }
    }
    assert!(worst < ms(60), "in no tenth of a second more than its share and a little: {worst:?}");
    let per_second = f64::from(served) / now.as_secs_f64();
    assert!((900.0..1_000.0).contains(&per_second), "{per_second}");
}

/// Refusing costs as well: while it happens, less of the quota is given to those that are let in.
#[test]
fn a_part_of_the_quota_is_kept_for_refusals_while_there_are_any() {
    let served = |refuses: bool| {
        let mut controller = Controller::new(BOUNDS, Some(ProcessorTime::new(0.5)));
        let (mut now, mut used, mut served) = (Duration::ZERO, Duration::ZERO, 0_u32);
        for _ in 0..2_000 {
            while controller.has_room(Class::Read) {
                controller.enter(Class::Read);
                used += Duration::from_micros(500);
                served += 1;
                controller.leave(Class::Read, ms(1));
            }
            now += ms(5);
            if refuses {
                controller.refused(now);
            }
            controller.tick(now, Duration::ZERO, Some(used));
        }
        f64::from(served) / now.as_secs_f64()
    };
    let (calm, refusing) = (served(false), served(true));
    assert!((950.0..1_000.0).contains(&calm), "{calm}");
    assert!((860.0..900.0).contains(&refusing), "{refusing}");
}

/// Half a processor, nine tenths of it used, and sign-ins of 45 ms: the queue is long for a moment and nobody is refused.
#[test]
fn a_sign_in_makes_others_wait_and_refuses_nobody() {
    let mut controller = Controller::new(BOUNDS, Some(ProcessorTime::new(0.5)));
    let (mut used, mut waiting, mut refused, mut longest) = (Duration::ZERO, 0_usize, 0, 0);
    for tick in 0..4_000_u64 {
        let now = ms(5 * tick);
        // 560 requests a second of 0.75 ms, and a sign-in every two seconds.
        for _ in 0..(14 * (tick + 1) / 5 - 14 * tick / 5) {
            match controller.arrive(Class::Read, waiting, now) {
                Verdict::Enter => {
                    controller.enter(Class::Read);
                    used += Duration::from_micros(750);
                    controller.leave(Class::Read, ms(1));
                }
                Verdict::Wait => waiting += 1,
                Verdict::Refuse => refused += 1,
            }
        }
        if tick % 400 == 399 {
            used += ms(45);
        }
        controller.tick(now, Duration::ZERO, Some(used));
        while waiting > 0 && controller.has_room(Class::Read) {
            waiting -= 1;
            controller.enter(Class::Read);
            used += Duration::from_micros(750);
            controller.leave(Class::Read, ms(1));
        }
        if waiting == 0 {
            controller.emptied(Class::Read, now);
        }
        longest = longest.max(waiting);
    }
    assert_eq!(refused, 0, "{longest} waited at once");
    assert!((20..150).contains(&longest), "{longest}");
}

#[test]
fn some_are_served_even_when_refusing_the_others_takes_all_there_is() {
    let mut controller = Controller::new(BOUNDS, Some(ProcessorTime::new(0.5)));
    let (mut now, mut used, mut served) = (Duration::ZERO, Duration::ZERO, 0_u32);
    for _ in 0..2_000 {
        now += ms(5);
        used += ms(5);
        controller.tick(now, Duration::ZERO, Some(used));
        if controller.has_room(Class::Read) {
            controller.enter(Class::Read);
            controller.leave(Class::Read, ms(1));
            served += 1;
        }
    }
    assert!((500..1_100).contains(&served), "{served} in ten seconds");
}
