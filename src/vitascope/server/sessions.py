"""Anonymous sessions: a random cookie is all that ties a person to their measurements."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from http.cookies import SimpleCookie

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "vitascope_session"
# What shared caches may keep, and what monitoring asks for, has no session.
COOKIELESS = ("/assets/", "/api/health", "/api/schema")
LIFETIME_S = 365 * 24 * 3600
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def known_token(cookies: Mapping[str, str]) -> str | None:
    """The token that came with a request, if it has the form of one of ours."""
    token = cookies.get(COOKIE, "")
    return token if TOKEN.fullmatch(token) else None


def new_token() -> str:
    """A fresh token of 256 random bits."""
    return secrets.token_urlsafe(32)


def owner_of(token: str) -> str:
    """What the database knows of a session. A hash, so that a copy of the database opens nobody's history."""
    return hashlib.sha256(token.encode()).hexdigest()


def set_cookie(token: str, *, secure: bool) -> str:
    """The Set-Cookie header that hands out `token`."""
    cookie: SimpleCookie = SimpleCookie({COOKIE: token})
    morsel = cookie[COOKIE]
    morsel["path"] = "/"
    morsel["max-age"] = str(LIFETIME_S)
    morsel["samesite"] = "Lax"
    morsel["httponly"] = True
    morsel["secure"] = secure
    return morsel.OutputString()


class SessionCookie:
    """Puts the owner into the request's state and hands out a cookie to whoever came without one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] not in ("http", "websocket") or scope["path"].startswith(COOKIELESS):
            await self.app(scope, receive, send)
            return
        known = known_token(HTTPConnection(scope).cookies)
        token = known or new_token()
        scope.setdefault("state", {})["owner"] = owner_of(token)

        async def send_with_cookie(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.accept", "websocket.http.response.start"):
                secure = scope["scheme"] in ("https", "wss")
                MutableHeaders(scope=message).append("Set-Cookie", set_cookie(token, secure=secure))
            await send(message)

        await self.app(scope, receive, send if known else send_with_cookie)
