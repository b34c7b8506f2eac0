//! One operation: who may call it, what it takes and answers.

use application::authorize::Access;
use application::command::Command;
use application::paging::ListSpec;
use axum::routing::MethodRouter;
use domain::error::ErrorDef;
use http::Method;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::views::{page, view};
use crate::base::API_BASE;
use crate::media::Media;
use crate::state::AppState;
use crate::wire::{Schemas, WireQuery, WireType};

type SchemaOf = fn(&mut Schemas) -> Value;
type ParametersOf = fn(&mut Schemas) -> Vec<Value>;

/// Which parameters an operation takes in its query.
#[derive(Clone, Copy, Default)]
pub enum Query {
    #[default]
    None,
    Declared(ParametersOf),
    /// With the members of the items, for `fields`.
    List(&'static ListSpec, SchemaOf),
}

/// One successful answer.
#[derive(Clone, Copy)]
pub struct Answer {
    pub status: u16,
    pub description: &'static str,
    /// `None`: no body.
    pub schema: Option<SchemaOf>,
    pub etag: bool,
    pub location: bool,
}

/// How large a body may be and how long the answer may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Size {
    #[default]
    Ordinary,
    /// Documents with very many lines, batches.
    Large,
    /// Files, not held in memory.
    Upload,
    /// One file of a document, not held in memory either.
    File,
}

/// Built by chained calls in the routes' `operations` functions.
pub struct Operation {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) route: MethodRouter<AppState>,
    pub(crate) id: &'static str,
    pub(crate) tag: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) description: &'static str,
    pub(crate) access: Option<Access>,
    pub(crate) command: bool,
    pub(crate) keyed: bool,
    pub(crate) if_match: bool,
    pub(crate) body: Option<(&'static str, SchemaOf)>,
    pub(crate) body_optional: bool,
    /// Further media types that a body of bytes may name.
    pub(crate) body_media_types: &'static [&'static str],
    /// Calls other operations: its handler finds the router of all of them in the request.
    pub(crate) dispatches: bool,
    pub(crate) query: Query,
    pub(crate) answers: Vec<Answer>,
    pub(crate) media: Vec<Media>,
    pub(crate) errors: Vec<&'static ErrorDef>,
    /// Refusals that a standard wants in a form of their own, beside problem documents.
    pub(crate) refusals: Vec<Answer>,
    pub(crate) size: Size,
    pub(crate) long: bool,
    pub(crate) open_ended: bool,
    /// Refused in read-only mode.
    pub(crate) writes: bool,
    /// Takes a credential and opens something for it, so that it is limited as signing in is.
    pub(crate) signs_in: bool,
    /// Path parameters that are no ids: name, description, schema.
    pub(crate) path_parameters: Vec<(&'static str, &'static str, SchemaOf)>,
    /// Headers this operation listens to beside the common ones: name, description, schema.
    pub(crate) headers: Vec<(&'static str, &'static str, SchemaOf)>,
}

impl Operation {
    pub(super) fn new(method: Method, path: &'static str, route: MethodRouter<AppState>) -> Self {
        Self {
            writes: method != Method::GET,
            method,
            path,
            route,
            id: "",
            tag: "",
            summary: "",
            description: "",
            access: None,
            command: false,
            keyed: false,
            if_match: false,
            body: None,
            body_optional: false,
            body_media_types: &[],
            dispatches: false,
            query: Query::None,
            answers: Vec::new(),
            media: vec![Media::Json],
            errors: Vec::new(),
            refusals: Vec::new(),
            size: Size::Ordinary,
            long: false,
            open_ended: false,
            signs_in: false,
            path_parameters: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// `<verb>_<resource>[_<modifier>]`, stable for ever.
    pub fn id(&mut self, id: &'static str) -> &mut Self {
        self.id = id;
        self
    }
    pub fn tag(&mut self, tag: &'static str) -> &mut Self {
        self.tag = tag;
        self
    }
    pub fn summary(&mut self, summary: &'static str) -> &mut Self {
        self.summary = summary;
        self
    }
    pub fn description(&mut self, description: &'static str) -> &mut Self {
        self.description = description;
        self
    }
    pub fn access(&mut self, access: Access) -> &mut Self {
        self.access = Some(access);
        self
    }
    /// Access of the command; adds `Idempotency-Key` and `dryRun`.
    pub fn command<C: Command>(&mut self) -> &mut Self {
        self.command = true;
        self.access(C::ACCESS)
    }
    /// Runs a command whose access was declared by itself; adds `Idempotency-Key` and `dryRun`.
    pub fn changes(&mut self) -> &mut Self {
        self.command = true;
        self
    }
    /// Takes an `Idempotency-Key` and passes it on to the command that it calls.
    pub fn keyed(&mut self) -> &mut Self {
        self.keyed = true;
        self
    }
    /// Needs `If-Match`.
    pub fn if_match(&mut self) -> &mut Self {
        self.if_match = true;
        self
    }
    pub fn body<T: WireType>(&mut self) -> &mut Self {
        let kind =
            if self.method == Method::PATCH { "application/merge-patch+json" } else { "application/json" };
        self.body = Some((kind, T::schema));
        self
    }
    /// A JSON body that may be left out.
    pub fn optional_body<T: WireType>(&mut self) -> &mut Self {
        self.body_optional = true;
        self.body::<T>()
    }
    /// A body that is not JSON: a form, a file.
    pub fn raw_body(&mut self, media_type: &'static str, schema: fn(&mut Schemas) -> Value) -> &mut Self {
        self.body = Some((media_type, schema));
        self
    }
    /// Other media types that the same bytes may have. Generators of clients know files as `application/octet-stream` only and
    /// leave out operations that name another type in `content`, so these stand beside it in `x-media-types`.
    pub fn body_media_types(&mut self, media_types: &'static [&'static str]) -> &mut Self {
        self.body_media_types = media_types;
        self
    }
    /// The handler calls other operations through [`crate::operation::ApiRouter`].
    pub fn dispatches(&mut self) -> &mut Self {
        self.dispatches = true;
        self
    }
    pub fn query<T: WireQuery>(&mut self) -> &mut Self {
        self.query = Query::Declared(T::parameters);
        self
    }
    /// A path parameter that is not an id.
    pub fn path_parameter<T: WireType>(
        &mut self,
        name: &'static str,
        description: &'static str,
    ) -> &mut Self {
        self.path_parameters.push((name, description, T::schema));
        self
    }

    /// A header that only this operation listens to.
    pub fn header<T: WireType>(&mut self, name: &'static str, description: &'static str) -> &mut Self {
        self.headers.push((name, description, T::schema));
        self
    }

    pub fn created<T: ToSchema>(&mut self) -> &mut Self {
        self.answer(201, "The created resource.", Some(view::<T>), true, true);
        self
    }
    pub fn ok<T: ToSchema>(&mut self) -> &mut Self {
        let etag = self.if_match;
        self.answer(200, "The operation succeeded.", Some(view::<T>), etag, false);
        self
    }
    /// One resource with its `ETag`; `If-None-Match` gives 304.
    pub fn view<T: ToSchema>(&mut self) -> &mut Self {
        self.answer(200, "The present state of the resource.", Some(view::<T>), true, false);
        self
    }
    pub fn no_content(&mut self) -> &mut Self {
        self.media.clear();
        self.answer(204, "The operation succeeded. The response has no body.", None, false, false);
        self
    }
    /// The work goes on as a job.
    pub fn accepted<T: ToSchema>(&mut self) -> &mut Self {
        self.answer(202, "Accepted. The work continues as a job.", Some(view::<T>), false, true);
        self
    }
    /// A page of items, also as CSV and NDJSON; its parameters come from the spec.
    pub fn list<T: ToSchema>(&mut self, spec: &'static ListSpec) -> &mut Self {
        self.query = Query::List(spec, view::<T>);
        self.media = vec![Media::Json, Media::Csv, Media::NdJson];
        self.answer(200, "One page, or the whole list as CSV or NDJSON.", Some(page::<T>), false, false);
        self
    }
    /// An answer in another media type beside those so far.
    pub fn also(&mut self, media_type: &str) -> &mut Self {
        if let Some(media) = Media::parse(media_type).filter(|media| !self.media.contains(media)) {
            self.media.push(media);
        }
        self
    }
    /// Answers in these media types only; the first is the default.
    pub fn media(&mut self, media: &[Media]) -> &mut Self {
        self.media = media.to_vec();
        self
    }
    /// An answer without JSON: a file, a stream.
    pub fn file(&mut self, media: &[Media]) -> &mut Self {
        self.media = media.to_vec();
        self.answer(200, "The content.", Some(|_| json!({ "type": "string" })), false, false);
        self
    }
    /// Bytes of any type with their own `ETag`, whole or in parts.
    pub fn content(&mut self) -> &mut Self {
        self.media = vec![Media::Any];
        let bytes: SchemaOf = |_| json!({ "type": "string", "format": "binary" });
        self.answer(200, "The bytes of the file.", Some(bytes), true, false);
        self.answer(206, "The requested part of the file.", Some(bytes), true, false);
        self
    }
    fn answer(
        &mut self,
        status: u16,
        description: &'static str,
        schema: Option<SchemaOf>,
        etag: bool,
        location: bool,
    ) {
        self.answers.push(Answer { status, description, schema, etag, location });
    }

    /// Codes beyond the common ones.
    pub fn errors(&mut self, errors: &[&'static ErrorDef]) -> &mut Self {
        self.errors.extend_from_slice(errors);
        self
    }
    /// A refusal whose body a standard prescribes: the errors of OAuth.
    pub fn refuses<T: ToSchema>(&mut self, status: u16, description: &'static str) -> &mut Self {
        let schema: Option<SchemaOf> = Some(view::<T>);
        self.refusals.push(Answer { status, description, schema, etag: false, location: false });
        self
    }
    /// Bodies up to `large_body_bytes_max`, and more time.
    pub fn large(&mut self) -> &mut Self {
        (self.size, self.long) = (Size::Large, true);
        self
    }
    /// Bodies up to `upload_bytes_max`, not held in memory, and more time.
    pub fn upload(&mut self) -> &mut Self {
        (self.size, self.long) = (Size::Upload, true);
        self
    }
    /// Bodies up to `attachment_bytes_max`, not held in memory, and more time.
    pub fn file_body(&mut self) -> &mut Self {
        (self.size, self.long) = (Size::File, true);
        self
    }
    /// More time until the answer begins.
    pub fn long(&mut self) -> &mut Self {
        self.long = true;
        self
    }
    /// No limit of time at all: long polling and event streams.
    pub fn open_ended(&mut self) -> &mut Self {
        self.open_ended = true;
        self
    }

    /// Answered in read-only mode although its method is not GET: it changes nothing, or its handler decides.
    pub fn also_read_only(&mut self) -> &mut Self {
        self.writes = false;
        self
    }

    /// Whoever guesses credentials here is slowed down as at the sign-in.
    pub fn signs_in(&mut self) -> &mut Self {
        self.signs_in = true;
        self
    }

    pub fn operation_id(&self) -> &'static str {
        self.id
    }
    pub fn method_and_path(&self) -> (&Method, String) {
        (&self.method, self.full_path())
    }
    pub fn full_path(&self) -> String {
        format!("{API_BASE}{}", self.path)
    }
    pub fn who(&self) -> Option<Access> {
        self.access
    }

    /// Registers every schema of the operation.
    pub(crate) fn collect(&self, schemas: &mut Schemas) {
        if let Some((_, schema)) = self.body {
            schema(schemas);
        }
        for schema in self.answers.iter().chain(&self.refusals).filter_map(|answer| answer.schema) {
            schema(schemas);
        }
        if let Query::Declared(parameters) = self.query {
            parameters(schemas);
        }
    }
}
