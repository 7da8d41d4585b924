//! The objects of a fabric as a person looks through them: a table that answers a search at once, one object
//! with all that it names and that names it, and what a kind may hold. Pure: the texts and what is wrong with
//! them are given.

mod bits;
mod columns;
mod detail;
mod docs;
mod entry;
mod order;
mod query;
mod references;
mod schema;
mod search;
mod starting;
mod table;
mod view;
mod walk;

#[cfg(test)]
mod tests;

pub(crate) use detail::detailed;
pub(crate) use entry::Entry;
pub(crate) use references::id_of;
pub(crate) use schema::schema_of;
pub(crate) use starting::new_object;
pub(crate) use table::{Catalog, Marks};
pub use view::{
    DetailField, Draft, DraftReport, FieldType, KindTotal, Reference, ResourceColumn, ResourceDetail,
    ResourcePage, ResourceQuery, ResourceRow, SchemaField,
};
