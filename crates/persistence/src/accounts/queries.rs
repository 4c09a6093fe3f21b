use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::{
    accounts::{
        AccountQueries, Authenticated, ClientNetwork, Email, FamilyId, Group, LinkKind, LinkToken,
        LinkTokenId, PasswordHash, Session, SessionId, TokenDigest, User, UserFilter, UserId,
    },
    page::{Page, PageSize, Position},
    store::StoreError,
};
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QuerySelect, QueryTrait, RelationDef, Select, Value,
    sea_query::{Expr, ExprTrait, Func, IntoColumnRef, IntoCondition, Order, Query},
};

use super::AccountStore;
use super::{link_tokens, users::group_id};
use crate::{
    bounded::Bounded,
    entities::{refresh_tokens, users},
    sql::{Keyset, Plan, all, contains, fetch, get, one, read_page},
    store_error,
};

#[async_trait]
impl AccountQueries for AccountStore {
    async fn user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError> {
        // Always returns a row, if an empty one: the time of one more row would reveal whether the account exists.
        let sql = "SELECT users.* FROM (SELECT 1 AS always) AS one LEFT JOIN users ON users.email = $1";
        let rows = all(&self.0.reader, sql, vec![email.as_str().into()]).await?;
        let row = rows.first().map(|row| users::Model::from_query_result_optional(row, "")).transpose();
        row.map_err(store_error)?.flatten().map(User::try_from).transpose()
    }

    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        one(&self.0.reader, users::Entity::find_by_id(id.0)).await
    }

    async fn users(
        &self,
        filter: &UserFilter,
        position: Position<UserId>,
        size: PageSize,
    ) -> Result<Page<User>, StoreError> {
        let wanted = users::Entity::find().filter(condition(filter));
        page(&self.0.reader, wanted, users::Column::Id, position_of(position, |id| id.0), size).await
    }

    async fn live_sessions(
        &self,
        user: &User,
        now: DateTime<Utc>,
        position: Position<SessionId>,
        size: PageSize,
    ) -> Result<Page<Session>, StoreError> {
        use refresh_tokens::Column;
        let wanted = refresh_tokens::Entity::find()
            .filter(Column::UserId.eq(user.id.0))
            .filter(Column::TokenVersion.eq(user.token_version))
            .filter(Column::EndedAt.is_null())
            .filter(Column::ExpiresAt.gt(now))
            .filter(Column::MaxExpiresAt.gt(now));
        page(&self.0.reader, wanted, Column::Id, position_of(position, |id| id.0), size).await
    }

    async fn authenticated(
        &self,
        user: UserId,
        family: FamilyId,
    ) -> Result<Option<Authenticated>, StoreError> {
        let found = users::Entity::find_by_id(user.0)
            .join(JoinType::LeftJoin, session_of_family(family))
            .select_also(refresh_tokens::Entity)
            .one(&self.0.reader)
            .await
            .map_err(store_error)?;
        let Some((user, session)) = found else { return Ok(None) };
        Ok(Some(Authenticated {
            user: user.try_into()?,
            session: session.map(Session::try_from).transpose()?,
        }))
    }

    async fn live_link_token(
        &self,
        kind: LinkKind,
        id: LinkTokenId,
    ) -> Result<Option<LinkToken>, StoreError> {
        link_tokens::live(&self.0.reader, kind, "id", id.0).await
    }

    async fn link_holder(
        &self,
        kind: LinkKind,
        email: &Email,
        digest: TokenDigest,
    ) -> Result<Option<UserId>, StoreError> {
        // By the digest alone: for a wrong token the database does the same work for every address.
        let query = Query::select()
            .columns([("links", "user_id"), ("users", "email")])
            .from_as(link_tokens::table(kind), "links")
            .inner_join("users", Expr::col(("users", "id")).equals(("links", "user_id")))
            .and_where(Expr::col(("links", "digest")).eq(digest.0.to_vec()))
            .take();
        let rows = fetch(&self.0.reader, &query).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let is_holder = get::<String>(row, "email")? == email.as_str();
        let holder = UserId(get(row, "user_id")?);
        Ok(is_holder.then_some(holder))
    }

    async fn chosen_password(
        &self,
        digest: TokenDigest,
        now: DateTime<Utc>,
    ) -> Result<Option<PasswordHash>, StoreError> {
        let sql = "SELECT password_hash FROM activation_tokens
                   WHERE digest = $1 AND consumed_at IS NULL AND expires_at > $2";
        let rows = all(&self.0.reader, sql, vec![digest.0.to_vec().into(), now.into()]).await?;
        link_tokens::chosen_password(&rows)
    }

    async fn is_known_network(&self, email: &Email, network: ClientNetwork) -> Result<bool, StoreError> {
        let sql = "SELECT known.id FROM known_networks AS known JOIN users ON users.id = known.user_id
                   WHERE users.email = $1 AND known.network = $2";
        let values = vec![email.as_str().into(), network.to_string().into()];
        Ok(!all(&self.0.reader, sql, values).await?.is_empty())
    }

    async fn has_admin(&self) -> Result<bool, StoreError> {
        let row = users::Entity::find()
            .filter(users::Column::GroupId.eq(group_id(Group::Admin)))
            .one(&self.0.reader)
            .await
            .map_err(store_error)?;
        Ok(row.is_some())
    }
}

fn position_of<Id>(position: Position<Id>, number: impl Fn(Id) -> i64) -> Position<Vec<Value>> {
    match position {
        Position::Page(page) => Position::Page(page),
        Position::After(id) => Position::After(vec![number(id).into()]),
    }
}

/// A page of the rows of `wanted`, newest id first.
async fn page<E, Item>(
    connection: &Bounded<DatabaseConnection>,
    wanted: Select<E>,
    id: E::Column,
    position: Position<Vec<Value>>,
    size: PageSize,
) -> Result<Page<Item>, StoreError>
where
    E: EntityTrait,
    Item: TryFrom<E::Model, Error = StoreError>,
{
    let keyset = Keyset::new([id.as_column_ref().into_column_ref()], Order::Desc);
    let build = |position: &Position<Vec<Value>>| {
        let mut query = wanted.clone().into_query();
        if matches!(position, Position::Page(_)) {
            let total = wanted.clone().select_only().expr(Func::count(Expr::col(id.as_column_ref())));
            query.expr_as(total.into_query(), "total");
        }
        keyset.restrict(&mut query, position, size);
        query
    };
    let page = read_page(connection, Plan::Cached, build, position, size).await?;
    page.try_map(|row| E::Model::from_query_result(&row, "").map_err(store_error)?.try_into())
}

fn condition(filter: &UserFilter) -> Condition {
    Condition::all()
        .add_option(filter.email.as_ref().map(|part| users::Column::Email.like(contains(part.as_str()))))
        .add_option(filter.group.map(|group| users::Column::GroupId.eq(group_id(group))))
        .add_option(filter.is_active.map(|active| users::Column::IsActive.eq(active)))
}

/// Joins an account with its session of this family.
fn session_of_family(family: FamilyId) -> RelationDef {
    users::Entity::belongs_to(refresh_tokens::Entity)
        .from(users::Column::Id)
        .to(refresh_tokens::Column::UserId)
        .on_condition(move |_, sessions| {
            Expr::col((sessions, refresh_tokens::Column::Family)).eq(family.0.to_vec()).into_condition()
        })
        .into()
}
