//! Bodies of what recurs: the members that all kinds have.

use application::accounting::recurring::UPCOMING_MAX;
use chrono::NaiveDate;
use domain::text::DESCRIPTION_LENGTH_MAX;

use crate::wire::{Int, RequiredText};
use crate::{query, request};

/// Declares the bodies that create and change one kind: the members that all kinds have, and its own after these.
macro_rules! recurring_bodies {
    (
        $(#[doc = $doc:literal])* pub struct $new:ident { name: $name:tt, code: $code:tt; $($own:tt)* }
        $(#[doc = $patch_doc:literal])* pub struct $patch:ident { $($patched:tt)* }
    ) => {
        $crate::request! {
            $(#[doc = $doc])*
            pub struct $new {
                /// The code that people type.
                code: ::domain::text::Code = $code,
                /// The name.
                name: ::domain::text::LocalizedName = $name,
                /// The schedule.
                schedule: $crate::routes::accounting::recurring::ScheduleBody = { "frequency": "monthly", "dayOfMonth": 1, "interval": 1 },
                /// The first day on which it may fall due.
                start_date: ::chrono::NaiveDate = "2026-01-01",
                /// The last day on which it may fall due; by default it goes on without end.
                end_date: Option<::chrono::NaiveDate> = "2026-12-31",
                /// Whether what is due is posted instead of left as a draft.
                auto_post: bool => false,
                /// Whether it falls due at all.
                active: bool => true,
                $($own)*
            }

            $(#[doc = $patch_doc])*
            pub struct $patch {
                /// The code that people type.
                code: $crate::wire::Optional<::domain::text::Code>,
                /// The name.
                name: $crate::wire::Optional<::domain::text::LocalizedName>,
                /// The whole new schedule.
                schedule: $crate::wire::Optional<$crate::routes::accounting::recurring::ScheduleBody>,
                /// The first day on which it may fall due.
                start_date: $crate::wire::Optional<::chrono::NaiveDate>,
                /// The last day on which it may fall due; null if it goes on without end.
                end_date: $crate::wire::Patch<::chrono::NaiveDate>,
                /// Whether what is due is posted instead of left as a draft.
                auto_post: $crate::wire::Optional<bool>,
                /// Whether it falls due at all.
                active: $crate::wire::Optional<bool>,
                /// Whether to give up every occurrence that is due by today or has failed. They are skipped, and `dropped` in
                /// the answer names them.
                drop_overdue: bool => false,
                $($patched)*
            }
        }

        impl $new {
            pub fn of(&self) -> ::application::accounting::recurring::NewOf {
                ::application::accounting::recurring::NewOf {
                    code: self.code.clone(),
                    name: self.name.clone(),
                    schedule: self.schedule.0,
                    start_date: self.start_date,
                    end_date: self.end_date,
                    auto_post: self.auto_post,
                    active: self.active,
                }
            }
        }

        impl $patch {
            pub fn of(&self) -> ::application::accounting::recurring::PatchOf {
                ::application::accounting::recurring::PatchOf {
                    code: self.code.0.clone(),
                    name: self.name.0.clone(),
                    schedule: self.schedule.0.as_ref().map(|schedule| schedule.0),
                    start_date: self.start_date.0,
                    end_date: self.end_date.clone().into_option(),
                    auto_post: self.auto_post.0,
                    active: self.active.0,
                    drop_overdue: self.drop_overdue,
                }
            }
        }
    };
}
pub(crate) use recurring_bodies;

request! {
    /// An occurrence to skip.
    pub struct SkipOccurrenceBody as SkipRecurringOccurrenceBody {
        /// The next occurrence or one that failed; by default the earliest of them.
        date: Option<NaiveDate> = "2026-05-05",
        /// The reason.
        reason: RequiredText<DESCRIPTION_LENGTH_MAX> = "Nothing due in May",
    }

    /// How far to run what recurs.
    pub struct RunRecurringBody as RunRecurringEntryBody {
        /// The date by which occurrences must be due to be made; today by default.
        date: Option<NaiveDate>,
    }
}

query! {
    /// How much of the future to show.
    pub struct PreviewQuery {
        /// The number of occurrences to show.
        count: Int<1, { UPCOMING_MAX as i64 }> => 12,
    }
}
