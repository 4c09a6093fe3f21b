//! `/api/v1/theater`

mod create_movie;
mod delete_movie;
mod get_movie;
mod list_movies;
mod movie;
mod movie_list;
pub(crate) mod problems;
mod taxonomies;
mod taxonomy;
mod update_movie;

use utoipa_actix_web::{scope, service_config::ServiceConfig};

pub(crate) fn routes(config: &mut ServiceConfig) {
    taxonomies::genres::routes(config);
    taxonomies::actors::routes(config);
    taxonomies::countries::routes(config);
    taxonomies::languages::routes(config);
    config.service(
        scope("/api/v1/theater")
            .service(list_movies::list_movies)
            .service(get_movie::get_movie)
            .service(create_movie::create_movie)
            .service(update_movie::update_movie)
            .service(delete_movie::delete_movie),
    );
}
