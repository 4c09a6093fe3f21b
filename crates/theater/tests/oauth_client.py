"""Logs in and refreshes with requests-oauthlib, as a client that knows OAuth 2 and nothing of this service.

Arguments: the base URL of the service, the email address and the password of a user.
"""

import os
import sys

from oauthlib.oauth2 import InvalidGrantError, LegacyApplicationClient
from requests_oauthlib import OAuth2Session

# The library refuses http:// otherwise; the service runs on this machine.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

base, username, password = sys.argv[1:]
endpoint = f"{base}/api/v1/accounts/token"
me = f"{base}/api/v1/accounts/me"

session = OAuth2Session(client=LegacyApplicationClient(client_id="cinema"))
first = session.fetch_token(endpoint, username=username, password=password)
assert session.get(me).json()["email"] == username

second = session.refresh_token(endpoint)
assert second["refresh_token"] != first["refresh_token"]
assert session.get(me).json()["email"] == username

try:
    OAuth2Session(client=LegacyApplicationClient(client_id="cinema")).fetch_token(
        endpoint, username=username, password="Wrong1!aaaa"
    )
except InvalidGrantError as error:
    assert error.description == "Invalid email or password.", error.description
else:
    sys.exit("a wrong password got a token")
