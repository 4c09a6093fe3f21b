use async_trait::async_trait;
use domain::{
    accounts::{ActivationToken, ActivationTokenId, Email, FamilyId, Group, Session, User, UserId},
    ports::{AccountQueries, Authenticated, StoreError},
};
use sea_orm::{
    ColumnTrait, EntityTrait, JoinType, QueryFilter, QuerySelect, RelationDef,
    sea_query::{Expr, ExprTrait, IntoCondition},
};

use super::users::group_id;
use crate::{
    Store,
    entities::{activation_tokens, refresh_tokens, users},
    store_error,
};

#[async_trait]
impl AccountQueries for Store {
    async fn user_by_email(&self, email: &Email) -> Result<Option<User>, StoreError> {
        let row = users::Entity::find()
            .filter(users::Column::Email.eq(email.as_str()))
            .one(&self.reader)
            .await
            .map_err(store_error)?;
        row.map(User::try_from).transpose()
    }

    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let row = users::Entity::find_by_id(id.0).one(&self.reader).await.map_err(store_error)?;
        row.map(User::try_from).transpose()
    }

    async fn authenticated(
        &self,
        user: UserId,
        family: FamilyId,
    ) -> Result<Option<Authenticated>, StoreError> {
        let found = users::Entity::find_by_id(user.0)
            .join(JoinType::LeftJoin, session_of_family(family))
            .select_also(refresh_tokens::Entity)
            .one(&self.reader)
            .await
            .map_err(store_error)?;
        let Some((user, session)) = found else { return Ok(None) };
        Ok(Some(Authenticated {
            user: user.try_into()?,
            session: session.map(Session::try_from).transpose()?,
        }))
    }

    async fn live_activation_token(
        &self,
        id: ActivationTokenId,
    ) -> Result<Option<ActivationToken>, StoreError> {
        let row = activation_tokens::Entity::find_by_id(id.0)
            .filter(activation_tokens::Column::ConsumedAt.is_null())
            .one(&self.reader)
            .await
            .map_err(store_error)?;
        row.map(ActivationToken::try_from).transpose()
    }

    async fn has_admin(&self) -> Result<bool, StoreError> {
        let row = users::Entity::find()
            .filter(users::Column::GroupId.eq(group_id(Group::Admin)))
            .one(&self.reader)
            .await
            .map_err(store_error)?;
        Ok(row.is_some())
    }
}

/// From an account to its session of this family.
fn session_of_family(family: FamilyId) -> RelationDef {
    users::Entity::belongs_to(refresh_tokens::Entity)
        .from(users::Column::Id)
        .to(refresh_tokens::Column::UserId)
        .on_condition(move |_, sessions| {
            Expr::col((sessions, refresh_tokens::Column::Family)).eq(family.0.to_vec()).into_condition()
        })
        .into()
}
