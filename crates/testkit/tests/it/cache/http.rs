//! What people who call the API notice.
