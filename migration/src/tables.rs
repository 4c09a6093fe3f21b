//! Columns, keys and statements that several migrations use.

use sea_orm_migration::{prelude::*, schema};

/// A 64-bit primary key.
pub(crate) fn id() -> ColumnDef {
    schema::big_integer("id").primary_key().auto_increment().take()
}

/// A timestamp in UTC.
pub(crate) fn moment(name: &'static str) -> ColumnDef {
    schema::timestamp_with_time_zone(name)
}

/// A nullable timestamp in UTC.
pub(crate) fn moment_or_null(name: &'static str) -> ColumnDef {
    schema::timestamp_with_time_zone_null(name)
}

/// A foreign key whose row is deleted with the referenced row.
pub(crate) fn cascade(
    table: &'static str,
    column: &'static str,
    to: &'static str,
) -> ForeignKeyCreateStatement {
    let mut key = ForeignKey::create();
    key.name(format!("fk_{table}_{column}"))
        .from(Alias::new(table), Alias::new(column))
        .to(Alias::new(to), Alias::new("id"))
        .on_delete(ForeignKeyAction::Cascade);
    key
}

/// A foreign key that prevents deleting the referenced row.
pub(crate) fn restrict(
    table: &'static str,
    column: &'static str,
    to: &'static str,
) -> ForeignKeyCreateStatement {
    cascade(table, column, to).on_delete(ForeignKeyAction::Restrict).take()
}

/// Creates an index named after its table and columns.
pub(crate) async fn index(
    manager: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
    unique: bool,
) -> Result<(), DbErr> {
    let mut index = Index::create();
    index.name(format!("{}_{table}_{}", if unique { "uq" } else { "ix" }, columns.join("_")));
    index.table(Alias::new(table));
    for column in columns {
        index.col(Alias::new(*column));
    }
    if unique {
        index.unique();
    }
    manager.create_index(index).await
}

/// Drops tables, if they exist.
pub(crate) async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables {
        manager.drop_table(Table::drop().table(Alias::new(*table)).if_exists().take()).await?;
    }
    Ok(())
}

/// Runs statements unprepared.
pub(crate) async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    for statement in statements {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}
