use super::*;

fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::read(BTreeMap::new(), variables.collect())
}

const PRODUCTION: [(&str, &str); 5] = [
    ("APP_ENV", "production"),
    ("SECRET_KEY", "b7e1c0f94a3d5862e9d7c1b0a4f38652"),
    ("DATABASE_URL", "postgres://theater:hidden@db/theater"),
    ("SMTP_URL", "smtps://user:hidden@mail.example.com"),
    ("PUBLIC_URL", "https://cinema.example.com/"),
];

/// Reads a valid production configuration with these changes; an empty value unsets a variable.
fn production(changes: &[(&str, &str)]) -> Result<Config, ConfigError> {
    read(&[PRODUCTION.as_slice(), changes].concat())
}

#[test]
fn nothing_needs_to_be_set_in_development() {
    let config = read(&[]).unwrap();
    assert_eq!(config.environment, Environment::Development);
    assert_eq!(config.server.address.to_string(), "127.0.0.1:8000");
    assert_eq!(config.server.public_url(), "http://localhost:8000");
    assert!(config.sample_data && config.worker_in_process && config.accounts.first_admin.is_some());
}

#[test]
fn rate_limits_have_defaults_and_can_be_turned_off() {
    assert!(read(&[]).unwrap().limits.rules.is_some());
    let off = read(&[("RATE_LIMIT", "off")]).unwrap().limits;
    assert_eq!((off.rules, off.avatars_per_user), (None, None));
}

#[test]
fn the_public_url_follows_the_port_unless_it_is_configured() {
    assert_eq!(read(&[("PORT", "9000")]).unwrap().server.public_url(), "http://localhost:9000");
    let configured = read(&[("PORT", "9000"), ("PUBLIC_URL", "https://c.example/")]).unwrap();
    assert_eq!(configured.server.public_url(), "https://c.example");
}

#[test]
fn an_empty_value_counts_as_not_set() {
    assert!(read(&[("SECRET_KEY", ""), ("PORT", " ")]).is_ok());
}

#[test]
fn all_errors_are_reported_together_by_name_and_without_values() {
    let bad = [
        ("APP_ENV", "staging"),
        ("HOST", "value-of-host"),
        ("PORT", "70000"),
        ("PUBLIC_URL", "value-of-public-url"),
        ("DATABASE_URL", "mysql://value"),
        ("SMTP_URL", "value-of-smtp"),
        ("MAIL_FROM", "value of from"),
        ("SECRET_KEY", "value-too-short"),
        ("BCRYPT_COST", "3"),
        ("ACCESS_TOKEN_TTL", "value"),
        ("ADMIN_EMAIL", "value"),
        ("ADMIN_PASSWORD", "value"),
        ("LOG_FORMAT", "value"),
        ("WORKER", "value"),
        ("SAMPLE_DATA", "value"),
        ("RUST_LOG", "value=value=value"),
        ("SMTP_CA_FILE", "value/that/is/nowhere"),
        ("HIDE_ACCOUNTS", "value"),
        ("RATE_LIMIT", "value"),
        ("RATE_LIMIT_LOGIN_PER_ACCOUNT", "value"),
        ("RATE_LIMIT_LOGIN_PER_ADDRESS", "0/1m"),
        ("RATE_LIMIT_MAIL_PER_RECIPIENT", "5/value"),
        ("RATE_LIMIT_MAIL_PER_ADDRESS", "value/1h"),
        ("RATE_LIMIT_REFRESH_PER_SESSION", "-1/1m"),
        ("RATE_LIMIT_AVATARS_PER_USER", "value"),
        ("REDIS_URL", "http://value"),
        ("TRUSTED_PROXIES", "10.0.0.0/8,value"),
        ("CORS_ALLOWED_ORIGINS", "https://good.example,value"),
        ("SHUTDOWN_DELAY", "value"),
        ("DATABASE_START_TIMEOUT", "value"),
        ("METRICS_ADDR", "value"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "value"),
    ];
    let errors = read(&bad).unwrap_err().to_string();
    for (name, _) in bad {
        assert!(errors.contains(&format!("\n  {name} ")), "{name} is missing:\n{errors}");
    }
    assert!(!errors.contains("value"), "{errors}");
}

#[test]
fn a_good_production_configuration_is_accepted() {
    let config = production(&[]).unwrap();
    assert_eq!(config.environment, Environment::Production);
    assert_eq!(config.logging.format, LogFormat::Json);
    assert!(!config.sample_data && config.accounts.first_admin.is_none());
}

#[test]
fn production_refuses_unsafe_settings_and_names_the_variable() {
    let good = PRODUCTION[1].1;
    let table: &[(&str, &[(&str, &str)])] = &[
        ("SECRET_KEY", &[("SECRET_KEY", "")]),
        ("SECRET_KEY", &[("SECRET_KEY", "short")]),
        ("SECRET_KEY", &[("SECRET_KEY", "change-me-change-me-change-me-change-me")]),
        ("SECRET_KEY", &[("SECRET_KEY", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]),
        ("SECRET_KEY_FALLBACKS", &[("SECRET_KEY_FALLBACKS", good)]),
        ("SECRET_KEY_FALLBACKS", &[("SECRET_KEY_FALLBACKS", "short")]),
        ("DATABASE_URL", &[("DATABASE_URL", "")]),
        ("DATABASE_URL", &[("DATABASE_URL", "sqlite://data.sqlite")]),
        ("SMTP_URL", &[("SMTP_URL", "")]),
        ("SMTP_URL", &[("SMTP_URL", "smtp://user:hidden@mail.example.com")]),
        ("SMTP_URL", &[("SMTP_URL", "smtp://user:hidden@mail.example.com?tls=opportunistic")]),
        ("PUBLIC_URL", &[("PUBLIC_URL", "")]),
        ("BCRYPT_COST", &[("BCRYPT_COST", "4")]),
        ("CORS_ALLOWED_ORIGINS", &[("CORS_ALLOWED_ORIGINS", "*")]),
        ("CORS_ALLOWED_ORIGINS", &[("CORS_ALLOWED_ORIGINS", "https://a.example,*")]),
        ("ADMIN_EMAIL", &[("ADMIN_PASSWORD", "StrongPass1!")]),
        ("ADMIN_PASSWORD", &[("ADMIN_EMAIL", "a@example.com"), ("ADMIN_PASSWORD", "admin")]),
    ];
    for (name, changes) in table {
        let errors = production(changes).unwrap_err().to_string();
        assert!(errors.contains(&format!("\n  {name} ")), "{name}: {errors}");
        assert!(!errors.contains("hidden") && !errors.contains(good), "{errors}");
    }
}

#[test]
fn production_may_run_on_sqlite_where_it_is_allowed() {
    assert!(production(&[("DATABASE_URL", ""), ("ALLOW_SQLITE", "true")]).is_ok());
}

#[test]
fn no_secret_is_shown_by_debug_output() {
    let shown =
        format!("{:?}", production(&[("ADMIN_EMAIL", "a@b.co"), ("ADMIN_PASSWORD", "Hidden-1!")]).unwrap());
    assert!(
        !shown.contains("hidden") && !shown.contains("Hidden") && !shown.contains(PRODUCTION[1].1),
        "{shown}"
    );
}

#[test]
fn an_invalid_variable_hides_no_other_error() {
    let errors =
        production(&[("PORT", "70000"), ("SMTP_URL", ""), ("SECRET_KEY", "")]).unwrap_err().to_string();
    for name in ["PORT", "SMTP_URL", "SECRET_KEY"] {
        assert!(errors.contains(&format!("\n  {name} ")), "{name}: {errors}");
    }
}

#[test]
fn a_shared_database_without_a_shared_key_causes_a_warning() {
    let warned = |variables: &[(&str, &str)]| {
        read(variables).unwrap().warnings.iter().any(|w| w.contains("SECRET_KEY"))
    };
    assert!(warned(&[("DATABASE_URL", "postgres://db/theater")]));
    assert!(!warned(&[]) && !warned(&[("DATABASE_URL", "postgres://db/theater"), PRODUCTION[1]]));
}

#[test]
fn a_secret_can_be_read_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let key = file("key", &format!("{}\n", PRODUCTION[1].1));
    let config = production(&[("SECRET_KEY", ""), ("SECRET_KEY_FILE", &key)]).unwrap();
    let secret = config.accounts.secret_key.unwrap();
    assert_eq!(secret.expose_secret(), PRODUCTION[1].1);

    let weak = file("weak", "short");
    let errors = production(&[("SECRET_KEY", ""), ("SECRET_KEY_FILE", &weak)]).unwrap_err().to_string();
    assert!(errors.contains("\n  SECRET_KEY ") && !errors.contains("short"), "{errors}");
}

#[test]
fn an_unusable_secret_file_is_reported_by_the_name_of_its_variable() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere").to_str().unwrap().to_owned();
    let empty = folder.path().join("empty").to_str().unwrap().to_owned();
    std::fs::write(&empty, "\n").unwrap();
    let errors = production(&[
        ("SMTP_URL_FILE", &nowhere),
        ("REDIS_URL_FILE", &nowhere),
        ("ADMIN_PASSWORD_FILE", &empty),
    ])
    .unwrap_err()
    .to_string();
    for problem in [
        "\n  SMTP_URL_FILE must not be set if SMTP_URL is set",
        "\n  REDIS_URL_FILE names a file that cannot be read",
        "\n  ADMIN_PASSWORD_FILE names a file that is empty",
    ] {
        assert!(errors.contains(problem), "{errors}");
    }
    assert!(!errors.contains(&nowhere), "{errors}");
}

#[test]
fn origins_are_written_as_browsers_send_them() {
    let read = |text| read(&[("CORS_ALLOWED_ORIGINS", text)]).map(|config| config.server.allowed_origins);
    assert_eq!(read("https://a.example, http://localhost:3000").unwrap().len(), 2);
    assert_eq!(read("*").unwrap(), ["*"]);
    for text in
        ["https://a.example/", "https://A.example", "https://a.example:443", "a.example", "null", "file:///x"]
    {
        assert!(read(text).is_err(), "{text}");
    }
}
