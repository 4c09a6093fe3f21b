//! Authentication and ranks of callers.

use std::{
    future::{Ready, ready},
    marker::PhantomData,
    rc::Rc,
};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::{Payload, ServiceRequest},
    http::header,
};
use application::accounts::{Caller, authenticate};
use domain::accounts::Group;

use super::{
    problem::Problem,
    problems::{AdminRequired, MalformedAuthorization, MissingToken, ModeratorRequired},
    row::Row,
};
use crate::services::Services;

/// Any active user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct User;
/// A moderator or an administrator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moderator;
/// An administrator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Admin;

/// A rank that a handler requires.
pub(crate) trait Rank {
    /// Lowest group that has the rank.
    const LEAST: Group;
    /// Problem of callers without the rank.
    const REFUSAL: Row;
}

impl Rank for User {
    const LEAST: Group = Group::User;
    // Every user has this rank.
    const REFUSAL: Row = MissingToken::ROW;
}

impl Rank for Moderator {
    const LEAST: Group = Group::Moderator;
    const REFUSAL: Row = ModeratorRequired::ROW;
}

impl Rank for Admin {
    const LEAST: Group = Group::Admin;
    const REFUSAL: Row = AdminRequired::ROW;
}

/// A caller of at least this rank. A handler with it in its signature runs only for such callers.
#[derive(Clone, Debug)]
pub(crate) struct Auth<R> {
    /// The authenticated caller.
    pub(crate) caller: Rc<Caller>,
    rank: PhantomData<R>,
}

impl<R: Rank> FromRequest for Auth<R> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Rc<Caller>>().cloned();
        ready(match caller {
            None => Err(MissingToken.into()),
            Some(caller) if caller.user.group < R::LEAST => Err(R::REFUSAL.into()),
            Some(caller) => Ok(Self { caller, rank: PhantomData }),
        })
    }
}

/// Authenticates the caller and stores it for [`Auth`]. Runs before the request is validated, so that an anonymous caller
/// learns only that a token is required.
pub(crate) async fn identify(request: &ServiceRequest, services: &Services) -> Result<(), Problem> {
    let token = bearer_token(request.headers())?;
    let caller = authenticate(&services.accounts, &token).await?;
    request.extensions_mut().insert(Rc::new(caller));
    Ok(())
}

/// Returns the token of an `Authorization: Bearer …` header (RFC 6750, 2.1).
fn bearer_token(headers: &header::HeaderMap) -> Result<String, Problem> {
    let value = headers.get(header::AUTHORIZATION).ok_or(MissingToken)?;
    let parts = value.to_str().ok().and_then(|text| text.trim().split_once(' '));
    let (scheme, token) = parts.ok_or(MalformedAuthorization)?;
    let token = token.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.contains(' ') {
        return Err(MalformedAuthorization.into());
    }
    Ok(token.to_owned())
}
