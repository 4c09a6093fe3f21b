use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    net::IpAddr,
    str::FromStr,
};

use domain::rate_limit::Limit;
use ipnet::IpNet;

use super::variables::{self, Variable};

/// Minimum length, in bytes, of an environment variable name that is checked for misspellings.
const MIN_MISSPELLED: usize = 6;

/// All errors of a configuration. They never contain a value: it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(Vec<(String, String)>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is not valid")?;
        self.0.iter().try_for_each(|(name, problem)| write!(f, "\n  {name} {problem}"))
    }
}

impl std::error::Error for ConfigError {}

impl ConfigError {
    /// Creates the error of one variable.
    pub(super) fn one(name: &str, problem: impl fmt::Display) -> Self {
        Self(vec![(name.to_owned(), problem.to_string())])
    }
}

/// Reads variables and collects their errors.
pub(super) struct Reader {
    values: BTreeMap<String, String>,
    errors: Vec<(String, String)>,
    warnings: Vec<String>,
}

impl Reader {
    /// Creates a reader of the variables of a `.env` file and the environment, which overrides them. Warns about names that
    /// are probably misspelled, and reads secrets from their files.
    pub(super) fn new(file: BTreeMap<String, String>, environment: BTreeMap<String, String>) -> Self {
        let of_file = file.keys().filter_map(|name| misspelled(name, 2));
        // The environment has variables of other programs, and short names resemble many: HOME is no misspelling of HOST.
        let long = environment.keys().filter(|name| name.len() >= MIN_MISSPELLED);
        let warnings: BTreeSet<_> = of_file.chain(long.filter_map(|name| misspelled(name, 1))).collect();
        let values = file.into_iter().chain(environment).collect();
        let mut reader = Self { values, errors: Vec::new(), warnings: warnings.into_iter().collect() };
        for variable in variables::ALL {
            if let Some(name) = variable.file() {
                reader.read_file(*variable, name);
            }
        }
        reader
    }

    /// Reads the value of `variable` from the file whose path is the value of the variable `name`.
    fn read_file(&mut self, variable: Variable, name: String) {
        let Some(path) = self.values.get(&name).filter(|path| !path.trim().is_empty()) else { return };
        if self.given(variable).is_some() {
            self.errors.push((name, format!("must not be set if {} is set", variable.name)));
            return;
        }
        match std::fs::read_to_string(path.trim()) {
            Ok(value) if !value.trim().is_empty() => {
                self.values.insert(variable.name.to_owned(), value);
            }
            Ok(_) => self.errors.push((name, "names a file that is empty".to_owned())),
            Err(_) => self.errors.push((name, "names a file that cannot be read".to_owned())),
        }
    }

    /// Returns the trimmed value, or `None` if it is unset or empty.
    pub(super) fn given(&self, variable: Variable) -> Option<&str> {
        self.values.get(variable.name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// Parses the value, or the default if it is unset. Records an error and returns the default if it is invalid. Fails only
    /// if the default itself is invalid.
    pub(super) fn parse<T>(
        &mut self,
        variable: Variable,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, ConfigError> {
        let of_default =
            |problem| ConfigError::one(variable.name, format!("has an invalid default: it {problem}"));
        match self.optional(variable, &parse) {
            Some(value) => Ok(value),
            None => parse(variable.default).map_err(of_default),
        }
    }

    /// Parses the value if it is set. Records an error and returns `None` if it is invalid.
    pub(super) fn optional<T>(
        &mut self,
        variable: Variable,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let parsed = parse(self.given(variable)?);
        parsed.map_err(|problem| self.refuse(variable, problem)).ok()
    }

    pub(super) fn refuse(&mut self, variable: Variable, problem: impl fmt::Display) {
        self.errors.push((variable.name.to_owned(), problem.to_string()));
    }

    /// Returns the warnings, or all errors.
    pub(super) fn finish(self) -> Result<Vec<String>, ConfigError> {
        if self.errors.is_empty() { Ok(self.warnings) } else { Err(ConfigError(self.errors)) }
    }
}

/// Parses a number from `min` to `max`.
pub(super) fn number<T: FromStr + PartialOrd + fmt::Display>(
    min: T,
    max: T,
) -> impl Fn(&str) -> Result<T, String> {
    move |text| {
        let number = text.parse().ok().filter(|number| (&min..=&max).contains(&number));
        number.ok_or_else(|| format!("must be a number from {min} to {max}"))
    }
}

/// Parses a duration such as `15m`, `24h` or `30d`, from 1 second to 3,650 days.
pub(super) fn duration(text: &str) -> Result<chrono::Duration, String> {
    let duration = humantime::parse_duration(text).ok().filter(|duration| duration.as_secs() >= 1);
    let duration = duration.and_then(|duration| chrono::Duration::from_std(duration).ok());
    let max = chrono::Duration::days(3_650);
    duration
        .filter(|duration| *duration <= max)
        .ok_or_else(|| "must be a duration such as 15m, 24h or 7d".to_owned())
}

/// Parses a duration from zero to `max`.
pub(super) fn short_duration(
    max: std::time::Duration,
) -> impl Fn(&str) -> Result<std::time::Duration, String> {
    move |text| {
        let duration = humantime::parse_duration(text).ok().filter(|duration| *duration <= max);
        let max = humantime::format_duration(max);
        duration.ok_or_else(|| format!("must be a duration of at most {max}, such as 3s"))
    }
}

/// Parses an HTTP URL such as `https://cinema.example.com` and removes trailing slashes.
pub(super) fn web_url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    let good = rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(['?', '#', ' ', '"', '<']));
    let url = text.trim_end_matches('/').to_owned();
    if good { Ok(url) } else { Err("must be a URL such as https://cinema.example.com".to_owned()) }
}

/// Parses a limit such as `10/1m`: 1 to 10,000 uses per duration of at most a day.
pub(super) fn limit(text: &str) -> Result<Limit, String> {
    let (uses, per) = text.split_once('/').unwrap_or_default();
    let uses = uses.trim().parse().ok().filter(|uses| (1..=10_000).contains(uses));
    let per = duration(per.trim()).ok().filter(|per| *per <= chrono::Duration::days(1));
    let per = per.and_then(|per| per.to_std().ok());
    let limit = uses.zip(per).map(|(uses, per)| Limit { uses, per });
    limit.ok_or_else(|| {
        "must be a number from 1 to 10000 and a duration of at most a day, such as 10/1m".to_owned()
    })
}

/// Parses an IP address, or a network such as `10.0.0.0/8`.
pub(super) fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse()
        .or_else(|_| address())
        .map_err(|_| "must be comma-separated IP addresses or networks such as 10.0.0.0/8".to_owned())
}

/// Parses one of these words.
pub(super) fn one_of<T: Clone>(words: &[(&'static str, T)]) -> impl Fn(&str) -> Result<T, String> {
    let words = words.to_vec();
    move |text| {
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| value.clone());
        found.ok_or_else(|| {
            let names: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            format!("must be {}", names.join(" or "))
        })
    }
}

pub(super) fn yes_or_no(text: &str) -> Result<bool, String> {
    one_of(&[("true", true), ("false", false), ("on", true), ("off", false)])(text)
}

/// Returns a warning if `name` is unknown but at most `max_distance` edits from a known name.
fn misspelled(name: &str, max_distance: usize) -> Option<String> {
    let known = |variable: &&Variable| variable.name == name || variable.file().as_deref() == Some(name);
    if variables::ALL.iter().any(|variable| known(&variable)) {
        return None;
    }
    let near = |variable: &Variable| (strsim::damerau_levenshtein(variable.name, name), variable.name);
    let (distance, nearest) = variables::ALL.iter().map(near).min()?;
    (distance <= max_distance)
        .then(|| format!("{name} is not a variable of this service; did you mean {nearest}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelled_name_is_reported() {
        assert!(
            misspelled("DATABSE_URL", 2).is_some_and(|text| text.ends_with("did you mean DATABASE_URL?"))
        );
        assert_eq!(misspelled("DATABASE_URL", 2), None);
        assert_eq!(misspelled("POSTGRES_PASSWORD", 2), None);
    }

    #[test]
    fn misspelled_environment_names_are_reported_and_unrelated_ones_are_not() {
        let warnings = |names: &str| {
            let environment = names.split(' ').map(|name| (name.to_owned(), String::new())).collect();
            Reader::new(BTreeMap::new(), environment).warnings
        };
        let ours = warnings("DATABSE_URL SMTP_URI DATABASE_URL SECRET_KEY_FILE");
        assert_eq!(ours.len(), 2, "{ours:?}");
        let others = warnings(
            "HOME HOST PATH LANG HOSTNAME USER SHELL TERM PGHOST DATABASE_NAME S3_KEY OTEL_EXPORTER_OTLP_HEADERS \
             RUST_LOG CARGO_HOME AWS_REGION SMTP_HOST REDIS_HOST KUBERNETES_PORT",
        );
        assert_eq!(others, [""; 0]);
    }

    #[test]
    fn durations_have_units() {
        assert_eq!(duration("15m"), Ok(chrono::Duration::minutes(15)));
        assert_eq!(duration("7d"), Ok(chrono::Duration::days(7)));
        for text in ["", "15", "0s", "-1h", "forever", "1000y"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn limits_are_a_number_per_duration() {
        let per = std::time::Duration::from_mins(1);
        assert_eq!(limit("10/1m"), Ok(Limit { uses: 10, per }));
        for text in ["", "10", "10/", "/1m", "0/1m", "10/0s", "-1/1m", "10/2d", "10/1m/1m", "10001/1m"] {
            assert!(limit(text).is_err(), "{text}");
        }
    }

    #[test]
    fn proxies_are_addresses_or_networks() {
        for text in ["10.0.0.0/8", "10.1.2.3", "2001:db8::/32", "::1"] {
            assert!(network(text).is_ok(), "{text}");
        }
        for text in ["", "proxy", "10.0.0.0/33", "10.0.0"] {
            assert!(network(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_invalid_default_is_an_error_and_no_panic() {
        let mut reader = Reader::new(BTreeMap::new(), BTreeMap::new());
        let error =
            reader.parse(Variable { default: "x", ..variables::PORT }, number(0, u16::MAX)).unwrap_err();
        let expected = "the configuration is not valid\n  PORT has an invalid default: it must be a number from 0 to 65535";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let map = |value: &str| BTreeMap::from([("PORT".to_owned(), value.to_owned())]);
        let reader = Reader::new(map("1"), map("2"));
        assert_eq!(reader.given(variables::PORT), Some("2"));
    }
}
