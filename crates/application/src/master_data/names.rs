//! The names of a resource, in every layer.

use domain::error::ErrorDef;

use crate::paging::ListSpec;
use crate::permission_set::PermissionSpec;
use crate::ports::cache::CachedEntity;

/// The names of one resource; made by [`resource!`](crate::resource).
#[derive(Clone, Copy)]
pub struct Resource {
    /// In audit log, change feed, messages and permissions: `journal`.
    pub entity: &'static str,
    /// Below the API's base: `/journals`.
    pub path: &'static str,
    /// One of them: `/journals/{id}`.
    pub path_of_one: &'static str,
    /// Its group in the OpenAPI document, with the group's description.
    pub tag: (&'static str, &'static str),
    pub list: Names,
    pub get: Names,
    pub create: Names,
    pub change: Names,
    pub delete: Names,
    /// The fields by which its list filters and sorts.
    pub fields: &'static ListSpec,
    pub caching: Caching,
    /// The errors of `create` and `change`, and those of `delete` beyond `in_use`.
    pub refusals: [&'static [&'static ErrorDef]; 3],
}

/// One operation of a resource.
#[derive(Clone, Copy)]
pub struct Names {
    /// `create_journal`: of the command and of the operation.
    pub id: &'static str,
    pub summary: &'static str,
    pub permission: PermissionSpec,
}

/// Whether single records and pages of JSON are kept in the cache.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    No,
    In(CachedEntity),
}

impl Resource {
    /// The permissions to read, create, change and delete, in the order of the catalogue.
    pub const fn permissions(&self) -> [PermissionSpec; 4] {
        [self.get.permission, self.create.permission, self.change.permission, self.delete.permission]
    }
}

/// Declares the names of a resource as a constant `RESOURCE` for its [`MasterData`](super::MasterData).
///
/// ```ignore
/// resource! {
///     RESOURCE = "accounting", "journal", "/journals" by "id", "journals": "The books that entries are posted in.";
///     en: "a", "journal", "journals"; ar: "دفاتر اليومية";
///     fields: JOURNAL_FIELDS; cached: Journal;
///     refuses: create [], change [&JOURNAL_USED_NO_CHANGE], delete [];
/// }
/// ```
#[macro_export]
macro_rules! resource {
    (
        $name:ident = $module:literal, $entity:literal, $path:literal by $key:literal, $tag:literal: $about:literal;
        en: $article:literal, $one:literal, $many:literal $(+ $also:literal)?; ar: $many_ar:literal;
        fields: $fields:expr; $(cached: $cached:ident;)?
        refuses: create $create:expr, change $change:expr, delete $delete:expr;
    ) => {
        pub const $name: $crate::master_data::Resource = $crate::master_data::Resource {
            entity: $entity,
            path: $path,
            path_of_one: concat!($path, "/{", $key, "}"),
            tag: ($tag, $about),
            list: $crate::resource!(@names $module, $entity, "read", concat!("list_", $tag),
                concat!("List ", $many), concat!("See ", $many $(, $also)?), concat!("عرض ", $many_ar)),
            get: $crate::resource!(@names $module, $entity, "read", concat!("get_", $entity),
                concat!("Get ", $article, " ", $one), concat!("See ", $many $(, $also)?), concat!("عرض ", $many_ar)),
            create: $crate::resource!(@names $module, $entity, "create", concat!("create_", $entity),
                concat!("Create ", $article, " ", $one), concat!("Create ", $many $(, $also)?), concat!("إنشاء ", $many_ar)),
            change: $crate::resource!(@names $module, $entity, "update", concat!("update_", $entity),
                concat!("Change ", $article, " ", $one), concat!("Change ", $many $(, $also)?), concat!("تعديل ", $many_ar)),
            delete: $crate::resource!(@names $module, $entity, "delete", concat!("delete_", $entity),
                concat!("Delete an unused ", $one), concat!("Delete ", $many $(, $also)?), concat!("حذف ", $many_ar)),
            fields: $fields,
            caching: $crate::resource!(@caching $($cached)?),
            refusals: [&$create, &$change, &$delete],
        };
    };
    (@names $module:literal, $entity:literal, $action:literal, $id:expr, $summary:expr, $en:expr, $ar:expr) => {
        $crate::master_data::Names {
            id: $id,
            summary: $summary,
            permission: $crate::permission_set::PermissionSpec {
                name: concat!($module, ".", $entity, ".", $action),
                en: $en,
                ar: $ar,
            },
        }
    };
    (@caching) => {
        $crate::master_data::Caching::No
    };
    (@caching $cached:ident) => {
        $crate::master_data::Caching::In($crate::ports::cache::CachedEntity::$cached)
    };
}
