"""Every failure as a problem document (RFC 9457) whose detail is one sentence fit to show to a person."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import Scope

SENTENCES = {
    400: "The request could not be read.",
    403: "This is not allowed.",
    404: "There is nothing at this address.",
    405: "This address does not take this kind of request.",
    413: "The request is too large.",
    500: "Something went wrong inside the server; it has been written to the server's log.",
}


PROBLEM_IN_OPENAPI: dict[str, Any] = {
    "description": "A problem document (RFC 9457).",
    "content": {
        "application/problem+json": {
            "schema": {
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string", "description": "One sentence fit to show to a person."},
                },
            }
        }
    },
}


class Problem(HTTPException):
    """A request that cannot be served: a status, a short title and one sentence."""

    def __init__(self, status: int, detail: str, title: str | None = None, headers: dict[str, str] | None = None):
        super().__init__(status, detail, headers)
        self.title = title


def problem_response(
    scope: Scope,
    status: int,
    detail: str | None = None,
    title: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """The problem document that answers the request of `scope`."""
    detail = detail or SENTENCES.get(status, "The request could not be served.")
    body = {"type": "about:blank", "title": title or HTTPStatus(status).phrase, "status": status, "detail": detail}
    if scope["path"] == "/save_video":
        # Front ends written for it look for `error` and nothing else.
        body["error"] = detail
    return JSONResponse(body, status, headers, media_type="application/problem+json")


async def _http_problem(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    # The framework's own detail ("Not Found") tells a person nothing.
    detail = None if error.detail == HTTPStatus(error.status_code).phrase else error.detail
    return problem_response(request.scope, error.status_code, detail, getattr(error, "title", None), error.headers)


async def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    message = str(first["msg"])
    detail = f"The value of {where or 'the request'} cannot be used: {message[:1].lower()}{message[1:]}."
    return problem_response(request.scope, 422, detail, "Unusable value")


def answer_with_problems(app: FastAPI) -> None:
    """Make the framework's own failures (404, 405, 422 ...) problem documents too."""
    app.add_exception_handler(HTTPException, _http_problem)
    app.add_exception_handler(RequestValidationError, _invalid_request)
