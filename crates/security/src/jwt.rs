use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use domain::{
    accounts::{AccessClaims, FamilyId, RefreshClaims, SessionTokens, TokenError, UserId},
    environment::Randomness,
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{KeyRing, mail_tokens::mac};

const ISSUER: &str = "movie-theater";
const AUDIENCE: &str = "movie-theater-api";

/// Session tokens as JSON Web Tokens (RFC 7519), signed with HS256 only. Each kind has its own key, so a token of one kind
/// is never accepted as the other.
#[derive(Clone)]
pub struct JwtSessionTokens {
    access: Keys,
    refresh: Keys,
    /// Key from which the `jti` of a refresh token is derived; a random one would not be reproducible.
    refresh_id: [u8; 32],
    randomness: Arc<dyn Randomness>,
}

#[derive(Clone)]
struct Keys {
    typ: &'static str,
    sign: EncodingKey,
    verify: Vec<DecodingKey>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Registered {
    iss: String,
    aud: String,
    sub: String,
    jti: String,
    typ: String,
    iat: i64,
    exp: i64,
    /// Refresh token family of the session.
    sid: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct AccessJwt {
    #[serde(flatten)]
    registered: Registered,
    /// The account's `token_version`.
    ver: i64,
}

#[derive(Debug, Serialize, Deserialize)]
struct RefreshJwt {
    #[serde(flatten)]
    registered: Registered,
    /// Generation in the family.
    generation: i64,
}

impl fmt::Debug for JwtSessionTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JwtSessionTokens(…)")
    }
}

impl Keys {
    fn new(typ: &'static str, keys: &[[u8; 32]]) -> Self {
        let current = keys.first().copied().unwrap_or_default();
        Self {
            typ,
            sign: EncodingKey::from_secret(&current),
            verify: keys.iter().map(|key| DecodingKey::from_secret(key)).collect(),
        }
    }

    fn registered(&self, jti: &[u8], common: &Common) -> Registered {
        Registered {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: common.user_id.0.to_string(),
            jti: URL_SAFE_NO_PAD.encode(jti),
            typ: self.typ.to_owned(),
            iat: common.issued_at.timestamp(),
            exp: common.expires_at.timestamp(),
            sid: URL_SAFE_NO_PAD.encode(common.family.0),
        }
    }

    fn sign(&self, claims: &impl Serialize) -> String {
        // Signing numbers and strings with a key of the right kind cannot fail; an empty token is invalid.
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &self.sign).unwrap_or_default()
    }

    /// Verifies the signature of a token with all keys and returns its claims. The expiry is not checked.
    fn read<Claims: DeserializeOwned>(&self, token: &str) -> Result<Claims, TokenError> {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        rules.validate_exp = false;
        let read = |key| jsonwebtoken::decode::<Claims>(token, key, &rules).ok();
        self.verify.iter().find_map(read).map(|data| data.claims).ok_or(TokenError::Invalid)
    }

    /// Checks the kind and the expiry of a token and parses its registered claims.
    fn check(&self, claims: &Registered, now: DateTime<Utc>) -> Result<Common, TokenError> {
        let timestamp = |seconds| DateTime::from_timestamp(seconds, 0).ok_or(TokenError::Invalid);
        let sid = URL_SAFE_NO_PAD.decode(&claims.sid).map_err(|_| TokenError::Invalid)?;
        let user = claims.sub.parse().map_err(|_| TokenError::Invalid)?;
        let common = Common {
            user_id: UserId(user),
            family: FamilyId(sid.try_into().map_err(|_| TokenError::Invalid)?),
            issued_at: timestamp(claims.iat)?,
            expires_at: timestamp(claims.exp)?,
        };
        if claims.typ != self.typ {
            return Err(TokenError::Invalid);
        }
        if common.expires_at <= now { Err(TokenError::Expired) } else { Ok(common) }
    }
}

/// The claims of both kinds.
struct Common {
    user_id: UserId,
    family: FamilyId,
    issued_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl JwtSessionTokens {
    /// Derives the keys.
    #[must_use]
    pub fn new(keys: &KeyRing, randomness: Arc<dyn Randomness>) -> Self {
        Self {
            access: Keys::new("access", &keys.derive("access token")),
            refresh: Keys::new("refresh", &keys.derive("refresh token")),
            refresh_id: keys.derive("refresh token id").first().copied().unwrap_or_default(),
            randomness,
        }
    }
}

impl SessionTokens for JwtSessionTokens {
    fn access(&self, claims: &AccessClaims) -> String {
        let AccessClaims { user_id, family, token_version, issued_at, expires_at } = *claims;
        let common = Common { user_id, family, issued_at, expires_at };
        let registered = self.access.registered(&self.randomness.bits128(), &common);
        self.access.sign(&AccessJwt { registered, ver: token_version })
    }

    fn refresh(&self, claims: &RefreshClaims) -> String {
        let RefreshClaims { user_id, family, generation, issued_at, expires_at } = *claims;
        let input = [family.0.as_slice(), &generation.to_be_bytes()].concat();
        let common = Common { user_id, family, issued_at, expires_at };
        let registered = self.refresh.registered(&mac(&self.refresh_id, &input)[..16], &common);
        self.refresh.sign(&RefreshJwt { registered, generation })
    }

    fn read_access(&self, token: &str, now: DateTime<Utc>) -> Result<AccessClaims, TokenError> {
        let claims: AccessJwt = self.access.read(token)?;
        let Common { user_id, family, issued_at, expires_at } = self.access.check(&claims.registered, now)?;
        Ok(AccessClaims { user_id, family, token_version: claims.ver, issued_at, expires_at })
    }

    fn read_refresh(&self, token: &str, now: DateTime<Utc>) -> Result<RefreshClaims, TokenError> {
        let claims: RefreshJwt = self.refresh.read(token)?;
        let Common { user_id, family, issued_at, expires_at } =
            self.refresh.check(&claims.registered, now)?;
        Ok(RefreshClaims { user_id, family, generation: claims.generation, issued_at, expires_at })
    }
}

#[cfg(test)]
mod tests;
