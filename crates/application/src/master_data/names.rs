//! The names of a resource, in every layer.

use domain::error::{ErrorDef, Phrase};

use crate::error::AppError;
use crate::paging::ListSpec;
use crate::permission_set::PermissionSpec;
use crate::ports::cache::CachedEntity;

/// The names of one resource; made by [`resource!`](crate::resource).
#[derive(Clone, Copy)]
pub struct Resource {
    /// In audit log, change feed and messages: `journal`.
    pub entity: &'static str,
    /// One of them in English, several in Arabic, in the texts of errors.
    pub noun: (&'static str, &'static str),
    /// The entity whose permissions it has: its own, or that of the resource it lies below.
    pub owner: &'static str,
    /// Below the API's base: `/journals`.
    pub path: &'static str,
    /// One of them: `/journals/{id}`.
    pub path_of_one: &'static str,
    /// Its group in the OpenAPI document.
    pub tag: &'static str,
    /// The group's description; `None` in the group of another resource.
    pub about: Option<&'static str>,
    pub list: Names,
    pub get: Names,
    pub create: Names,
    pub change: Names,
    pub delete: Names,
    /// The fields by which its list filters and sorts.
    pub fields: &'static ListSpec,
    pub caching: Caching,
    /// Postings remember what they read of it, until it changes.
    pub reference: bool,
    /// The errors of `create`, `change` and `delete`.
    pub refusals: [&'static [&'static ErrorDef]; 3],
}

/// One operation of a resource.
#[derive(Clone, Copy)]
pub struct Names {
    /// `create_journal`: of the command and of the operation.
    pub id: &'static str,
    pub summary: &'static str,
    /// More than the summary says.
    pub description: Option<&'static str>,
    pub permission: PermissionSpec,
}

/// Whether single records and pages of JSON are kept in the cache.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    No,
    In(CachedEntity),
}

impl Resource {
    /// There is none with the key that a caller named.
    pub fn missing(&self) -> AppError {
        AppError::no_such(Phrase::new(self.noun.0, self.noun.1))
    }

    /// The permissions to read, create, change and delete, in the order of the catalogue; none of its own when it lies
    /// below another resource.
    pub fn permissions(&self) -> impl Iterator<Item = PermissionSpec> + use<> {
        let all = [self.get, self.create, self.change, self.delete].map(|names| names.permission);
        let own = self.entity == self.owner;
        all.into_iter().filter(move |_| own)
    }
}

/// Declares the names of a record and what it is made of: its [`Described`](super::Described).
///
/// `unique code` keeps codes apart, `remembered by posting` marks the table as reference data, `delete unused` refuses to
/// delete what something refers to.
///
/// ```ignore
/// resource! {
///     Journal by id: JournalId = "accounting", "journal", "journals" at "/journals", "/journals/{id}";
///     en: "a", "journal", "journals"; ar: "دفاتر اليومية"; about: "The books that entries are posted in.";
///     bodies: NewJournal, JournalChange => JournalView; unique code; cached: Journal;
///     remembered by posting;
///     list: id sortable, code sortable, name, kind, active; order: code;
///     refuses: create [], change [&JOURNAL_USED_NO_CHANGE], delete unused [];
/// }
/// ```
#[macro_export]
macro_rules! resource {
    (
        $value:ident by $key:ident: $key_type:ty $(, in $parent:ident: $parent_type:ty)?
            = $module:literal, $entity:literal, $plural:literal at $path:literal, $path_of_one:literal;
        en: $article:literal, $one:literal, $many:literal $(+ $also:literal)?; ar: $many_ar:literal;
        $(about: $about:literal;)? $(within: $owner:literal, $tag:literal;)?
        bodies: $new:ty, $change:ty => $view:ty; $(unique $code:ident;)? $(cached: $cached:ident;)?
        $(remembered by $posting:ident;)?
        list: $($field:ident $($mark:ident)* $(= $kind:expr)?),*; order: $($order:ident),*;
        refuses: create [$($creates:expr),* $(,)?], change [$($changes:expr),* $(,)?],
            delete $($unused:ident)? [$($deletes:expr),* $(,)?];
        $(create says $create_says:expr;)? $(change says $change_says:expr;)? $(delete says $delete_says:expr;)?
    ) => {
        impl $crate::master_data::Described for $value {
            const RESOURCE: $crate::master_data::Resource = {
                const OWNER: &str = $crate::resource!(@first $($owner,)? $entity);
                const fn names(
                    id: &'static str,
                    (summary, description): (&'static str, Option<&'static str>),
                    (name, en, ar): (&'static str, &'static str, &'static str),
                ) -> $crate::master_data::Names {
                    let permission = $crate::permission_set::PermissionSpec { name, en, ar };
                    $crate::master_data::Names { id, summary, description, permission }
                }
                const READ: (&str, &str, &str) = (
                    $crate::resource!(@permission $module, $($owner,)? $entity; "read"),
                    concat!("See ", $many $(, $also)?),
                    concat!("عرض ", $many_ar),
                );
                $crate::master_data::Resource {
                    entity: $entity,
                    noun: ($one, $many_ar),
                    owner: OWNER,
                    path: $path,
                    path_of_one: $path_of_one,
                    tag: $crate::resource!(@first $($tag,)? $many),
                    about: $crate::resource!(@option $($about)?),
                    list: names(concat!("list_", $plural), (concat!("List ", $many), None), READ),
                    get: names(concat!("get_", $entity), (concat!("Get ", $article, " ", $one), None), READ),
                    create: names(
                        concat!("create_", $entity),
                        (concat!("Create ", $article, " ", $one), $crate::resource!(@option $($create_says)?)),
                        (
                            $crate::resource!(@permission $module, $($owner,)? $entity; "create"),
                            concat!("Create ", $many $(, $also)?),
                            concat!("إنشاء ", $many_ar),
                        ),
                    ),
                    change: names(
                        concat!("update_", $entity),
                        (concat!("Change ", $article, " ", $one), $crate::resource!(@option $($change_says)?)),
                        (
                            $crate::resource!(@permission $module, $($owner,)? $entity; "update"),
                            concat!("Change ", $many $(, $also)?),
                            concat!("تعديل ", $many_ar),
                        ),
                    ),
                    delete: names(
                        concat!("delete_", $entity),
                        (
                            $crate::resource!(@delete $article, $one $(, $unused)?),
                            $crate::resource!(@option $($delete_says)?),
                        ),
                        (
                            $crate::resource!(@permission $module, $($owner,)? $entity; "delete"),
                            concat!("Delete ", $many $(, $also)?),
                            concat!("حذف ", $many_ar),
                        ),
                    ),
                    fields: &$crate::paging::ListSpec {
                        resource: $entity,
                        fields: &[
                            $($crate::resource!(@field $value, $field $(, $kind)?)$(.$mark())*,)*
                            $crate::paging::FieldSpec::new("updatedAt", $crate::paging::FieldKind::Timestamp),
                        ],
                        default_sort: &[$(
                            ($crate::wire_name!($order), $crate::paging::Direction::Ascending),
                        )*],
                        expand: &[],
                    },
                    caching: $crate::resource!(@caching $($cached)?),
                    reference: $crate::resource!(@remembered $($posting)?),
                    refusals: [
                        $crate::resource!(@refusals $(unique $code)? [$($creates),*]),
                        $crate::resource!(@refusals $(unique $code)? [$($changes),*]),
                        $crate::resource!(@refusals $($unused)? [$($deletes),*]),
                    ],
                }
            };
            type New = $new;
            type Change = $change;
            type View = $view;
            $crate::resource!(@key $key: $key_type $(, $parent: $parent_type)?);
            $($crate::resource!(@code $code);)?

            fn version(&self) -> i64 {
                self.version
            }
            fn set_version(&mut self, version: i64) {
                self.version = version;
            }
        }
    };

    (@key id: $type:ty) => {
        type Key = $type;

        fn key(&self) -> Self::Key {
            self.id
        }
        fn key_of(_: &Self::New, (): (), fresh: ::uuid::Uuid) -> Self::Key {
            fresh.into()
        }
    };
    (@key id: $type:ty, $parent:ident: $parent_type:ty) => {
        type Key = $type;

        fn key(&self) -> Self::Key {
            $crate::master_data::Within { parent: self.$parent, id: self.id }
        }
        fn key_of(_: &Self::New, parent: $parent_type, fresh: ::uuid::Uuid) -> Self::Key {
            $crate::master_data::Within { parent, id: fresh.into() }
        }
    };
    (@key $code:ident: $type:ty) => {
        type Key = $type;

        fn key(&self) -> Self::Key {
            self.$code
        }
        fn key_of(new: &Self::New, (): (), _: ::uuid::Uuid) -> Self::Key {
            new.$code
        }
    };
    (@code $code:ident) => {
        fn code(&self) -> Option<&::domain::text::Code> {
            Some(&self.$code)
        }
        fn new_code(new: &Self::New) -> Option<&::domain::text::Code> {
            Some(&new.$code)
        }
        fn changed_code(change: &Self::Change) -> Option<&::domain::text::Code> {
            change.$code.0.as_ref()
        }
    };
    (@field $value:ty, $field:ident) => {
        $crate::master_data::listed($crate::wire_name!($field), |record: &$value| &record.$field)
    };
    (@field $value:ty, $field:ident, $kind:expr) => {
        $crate::paging::FieldSpec::new($crate::wire_name!($field), $kind)
    };
    (@permission $module:literal, $entity:literal; $action:literal) => {
        concat!($module, ".", $entity, ".", $action)
    };
    (@permission $module:literal, $owner:literal, $entity:literal; $action:literal) => {
        concat!($module, ".", $owner, ".", $action)
    };
    (@delete $article:literal, $one:literal) => {
        concat!("Delete ", $article, " ", $one)
    };
    (@delete $article:literal, $one:literal, unused) => {
        concat!("Delete an unused ", $one)
    };
    (@refusals [$($refusal:expr),*]) => {
        &[$($refusal),*]
    };
    (@refusals unique $code:ident [$($refusal:expr),*]) => {
        &[&$crate::error::ALREADY_EXISTS, $($refusal),*]
    };
    (@refusals unused [$($refusal:expr),*]) => {
        &[&$crate::error::IN_USE, $($refusal),*]
    };
    (@first $first:literal) => {
        $first
    };
    (@first $first:literal, $second:literal) => {
        $first
    };
    (@option) => {
        None
    };
    (@option $some:expr) => {
        Some($some)
    };
    (@remembered) => {
        false
    };
    (@remembered posting) => {
        true
    };
    (@caching) => {
        $crate::master_data::Caching::No
    };
    (@caching $cached:ident) => {
        $crate::master_data::Caching::In($crate::ports::cache::CachedEntity::$cached)
    };
}
