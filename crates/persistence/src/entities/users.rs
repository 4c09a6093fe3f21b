use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub(crate) id: i64,
    pub(crate) email: String,
    pub(crate) password_hash: String,
    pub(crate) group_id: i32,
    pub(crate) is_active: bool,
    pub(crate) activated_at: Option<DateTimeUtc>,
    pub(crate) token_version: i64,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) last_registered_at: Option<DateTimeUtc>,
    pub(crate) registrations: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
