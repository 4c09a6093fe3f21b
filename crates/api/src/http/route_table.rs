use std::sync::Arc;

use actix_web::http::Method;
use utoipa::openapi::{
    OpenApi, PathItem, RefOr,
    path::{Operation, ParameterIn},
};

/// The documented routes. Distinguishes a wrong method from an unknown path, and a public route from one that requires a
/// token.
#[derive(Clone, Debug)]
pub struct RouteTable(Vec<Route>);

#[derive(Clone, Debug)]
struct Route {
    /// Documented path.
    template: Arc<str>,
    /// Segments of the path; `None` matches any non-empty segment. Patterns of the router would work as well, but a dozen of
    /// them takes a megabyte.
    segments: Vec<Option<String>>,
    methods: Vec<(Method, Access, bool)>,
}

/// Authentication that a route requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// None.
    Public,
    /// An access token; the handler checks the rank.
    Bearer,
}

/// Result of [`RouteTable::find`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The route exists.
    Route {
        /// Required authentication.
        access: Access,
        /// Whether it has any query parameter.
        takes_query: bool,
    },
    /// The path exists with these methods, formatted for `Allow`.
    OtherMethods(String),
    /// The path does not exist.
    Nothing,
}

impl RouteTable {
    /// Builds the table of this document's routes. An operation with an empty security requirement is public.
    #[must_use]
    pub fn new(openapi: &OpenApi) -> Self {
        let route = |(path, item): (&String, &PathItem)| Route {
            template: path.as_str().into(),
            segments: path
                .split('/')
                .map(|segment| (!segment.starts_with('{')).then(|| segment.to_owned()))
                .collect(),
            methods: operations(item)
                .into_iter()
                .map(|(method, operation)| (method, access(operation), takes_query(operation)))
                .collect(),
        };
        Self(openapi.paths.paths.iter().map(route).collect())
    }

    /// Returns the documented form of this path.
    pub(crate) fn template(&self, path: &str) -> Option<Arc<str>> {
        let segments: Vec<_> = path.split('/').collect();
        self.0.iter().find(|route| route.is_at(&segments)).map(|route| route.template.clone())
    }

    pub(crate) fn find(&self, method: &Method, path: &str) -> Found {
        let segments: Vec<_> = path.split('/').collect();
        let Some(route) = self.0.iter().find(|route| route.is_at(&segments)) else { return Found::Nothing };
        match route.methods.iter().find(|(known, ..)| known == method) {
            Some((_, access, takes_query)) => Found::Route { access: *access, takes_query: *takes_query },
            None => Found::OtherMethods(route.allow()),
        }
    }
}

impl Route {
    fn is_at(&self, path: &[&str]) -> bool {
        let same = |(segment, found): (&Option<String>, &&str)| match segment {
            Some(segment) => segment == found,
            None => !found.is_empty(),
        };
        self.segments.len() == path.len() && self.segments.iter().zip(path).all(same)
    }

    /// Returns the methods, formatted for `Allow`. GET implies HEAD (RFC 9110, 9.1).
    fn allow(&self) -> String {
        let mut names: Vec<_> = self.methods.iter().map(|(method, ..)| method.as_str()).collect();
        if names.contains(&"GET") {
            names.push("HEAD");
        }
        names.join(", ")
    }
}

fn operations(item: &PathItem) -> Vec<(Method, &Operation)> {
    let all = [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::PATCH, &item.patch),
        (Method::DELETE, &item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_ref()?))).collect()
}

fn access(operation: &Operation) -> Access {
    let requirements = operation.security.as_deref().map(|all| serde_json::to_value(all).unwrap_or_default());
    if requirements == Some(serde_json::json!([{}])) { Access::Public } else { Access::Bearer }
}

fn takes_query(operation: &Operation) -> bool {
    let parameters = operation.parameters.iter().flatten();
    // Query parameters are inline in their operations; parameters by reference are headers.
    parameters.into_iter().any(|parameter| match parameter {
        RefOr::T(parameter) => parameter.parameter_in == ParameterIn::Query,
        RefOr::Ref(_) => false,
    })
}
