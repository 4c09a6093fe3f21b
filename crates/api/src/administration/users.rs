use actix_web::{get, web::Data};
use application::administration;
use deserr::Deserr;
use domain::{
    accounts::{EmailPart, Group, UserFilter, UserId},
    page::{PageNumber, PageSize},
};
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{example, problems};
use crate::{
    accounts::me::Account,
    documentation::values::UserGroup,
    http::{
        Admin, Auth, Cursor, Field, HandlerResult, Invalid, ListLinks, Paging, PathId, Query, caching,
        linked, list_example,
    },
    services::Services,
};

const PATH: &str = "/api/v1/admin/users";

/// Paging and filters of the list of accounts. The first three fields repeat [`crate::http::PageParameters`],
/// because deserr cannot flatten one structure into another.
#[derive(Debug, Deserr, IntoParams)]
#[deserr(error = Invalid, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UserParameters {
    /// Page number, from 1; 1 if neither `page` nor `cursor` is given.
    #[deserr(default)]
    #[param(value_type = Option<i64>, minimum = 1)]
    page: Option<Field<PageNumber>>,
    /// Number of accounts per page.
    #[deserr(default)]
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100, default = 10)]
    per_page: Option<Field<PageSize>>,
    /// `next_cursor` of the previous page. Costs the same at any depth, and cannot be combined with `page`.
    #[deserr(default)]
    #[param(value_type = Option<String>, pattern = "^[A-Za-z0-9_-]{4,}$")]
    cursor: Option<Cursor<i64>>,
    /// Part of the email address; case is ignored.
    #[deserr(default)]
    #[param(value_type = Option<String>, max_length = 254)]
    email: Option<Field<EmailPart>>,
    /// Group of the user: `user`, `moderator` or `admin`.
    #[deserr(default)]
    #[param(value_type = Option<UserGroup>)]
    group: Option<Field<Group>>,
    /// Whether the account is active.
    #[deserr(default)]
    #[param(value_type = Option<bool>)]
    is_active: Option<Field<bool>>,
}

/// A page of the list of accounts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountList {
    /// Accounts, highest id first.
    users: Vec<Account>,
    #[serde(flatten)]
    links: ListLinks,
}

fn examples() -> Value {
    list_example("users", &example())
}

/// Query parameters of the filters, for links.
fn in_links(filter: &UserFilter) -> Vec<(&'static str, String)> {
    let email = filter.email.clone().map(|email| ("email", email.as_str().to_owned()));
    let group = filter.group.map(|group| ("group", group.to_string()));
    let is_active = filter.is_active.map(|active| ("is_active", active.to_string()));
    [email, group, is_active].into_iter().flatten().collect()
}

/// List accounts
///
/// Requires the group `admin`. Returns the accounts that match every filter, highest id first, by page or by cursor.
#[utoipa::path(
    params(UserParameters),
    responses(
        (status = 200, description = "A page of the list.", body = AccountList, example = examples),
        problems::NotModified, problems::AdminsOnly, problems::NoUsers, problems::InvalidQuery,
        problems::Always,
    ),
)]
#[get("/users")]
pub(crate) async fn list_users(
    _: Auth<Admin>,
    services: Data<Services>,
    parameters: Query<UserParameters>,
) -> HandlerResult {
    let Query(UserParameters { page, per_page, cursor, email, group, is_active }) = parameters;
    let paging = Paging::new(page.as_ref(), per_page.as_ref(), cursor)?;
    let filter = UserFilter {
        email: email.map(|field| field.0),
        group: group.map(|field| field.0),
        is_active: is_active.map(|field| field.0),
    };
    let page =
        administration::list_users(&services.accounts, &filter, paging.position(UserId), paging.size).await?;
    let links = paging.links(PATH, &in_links(&filter), &page, |user| user.id.0);
    let link = links.header();
    let body = AccountList { users: page.items.iter().map(Account::from).collect(), links };
    Ok(linked(caching::private(&body), link))
}

/// Get an account
///
/// Requires the group `admin`.
#[utoipa::path(
    params(("user_id" = i64, Path, minimum = 1, description = "Identifier of the user.", example = 1)),
    responses(
        (status = 200, description = "The account.", body = Account, example = example),
        problems::NotModified, problems::AdminsOnly, problems::UserNotFound, problems::InvalidPath,
        problems::Always,
    ),
)]
#[get("/users/{user_id}")]
pub(crate) async fn get_user(_: Auth<Admin>, services: Data<Services>, id: PathId) -> HandlerResult {
    let user = administration::get_user(&services.accounts, UserId(id.0)).await?;
    Ok(caching::private(&Account::from(&user)))
}
