//! Imports, batches, the change feed and jobs over a real database.

mod batch;
mod books;
mod data_sets;
mod entries;
mod feed;
mod import_accounts;
mod jobs;
mod rows;
