"""The service's checks of what a caller sends, as FastAPI makes them.

A twin for scripts/lib/fastapi-twin: the same endpoints, without a store and
without a market. It answers what a request that passes all checks would get,
{} with 200 or 201; GOOD is the only position that exists.
"""

import re
from datetime import date
from typing import Literal, Optional

from fastapi import Body, FastAPI, HTTPException, Query
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, EmailStr, confloat, conint, constr, validator
from pydantic.error_wrappers import ErrorWrapper
from pydantic.errors import MissingError

GOOD = "0f8fad5b-d9cb-469f-a165-70867728950e"

Quantity = conint(ge=-1_000_000_000, le=1_000_000_000)
Price = confloat(ge=0, le=1e9, allow_inf_nan=False)
Strike = confloat(gt=0, le=99999.999, allow_inf_nan=False)

app = FastAPI(openapi_url=None)


class Watched(BaseModel):
    ticker: str


class Position(BaseModel):
    position_type: Literal["stock", "option"]
    ticker: str
    transaction_date: date
    quantity: Quantity
    purchase_price: Optional[Price]
    option_type: Optional[Literal["call", "put"]]
    strike: Optional[Strike]
    expiration: Optional[date]
    premium: Optional[Price]

    @validator("purchase_price", "option_type", "strike", "expiration",
               "premium", pre=True, always=True)
    def of_its_type(cls, value, values, field):
        whose = "stock" if field.name == "purchase_price" else "option"

        if "position_type" not in values:
            return value

        if values["position_type"] == whose:
            if value is None:
                raise ValueError("field required")
        elif value is not None:
            raise ValueError(f"{field.name} is for {whose}s only")

        return value

    @validator("transaction_date", "expiration")
    def of_our_times(cls, value, field):
        if value is not None and not 1900 <= value.year <= 2200:
            raise ValueError(f"{field.name} must be in the years 1900 to 2200")

        return value

    @validator("quantity")
    def of_something(cls, value):
        if value == 0:
            raise ValueError("quantity must not be 0")

        return value

    @validator("expiration")
    def after_the_trade(cls, value, values):
        traded = values.get("transaction_date")

        if value is not None and traded is not None and value < traded:
            raise ValueError("expiration must not be before transaction_date")

        return value


class User(BaseModel):
    email: EmailStr
    name: constr(strip_whitespace=True, min_length=1, max_length=200)


def check_ticker(ticker):
    if not re.fullmatch("[A-Z][A-Z0-9.-]{0,11}",
                        ticker.strip(" \t\n\v\f\r").upper()):
        raise HTTPException(400, "Invalid ticker")


@app.post("/watchlist")
async def watchlist_add(watched: Optional[Watched] = Body(None),
                        ticker: Optional[str] = Query(None)):
    if watched is None and ticker is None:
        raise RequestValidationError(
            [ErrorWrapper(MissingError(), ("body",))])

    check_ticker(watched.ticker if watched else ticker)

    return {}


@app.get("/positions")
async def positions(ticker: Optional[str] = Query(None)):
    if ticker is not None:
        check_ticker(ticker)

    return {}


@app.post("/positions", status_code=201)
async def position_add(position: Position):
    check_ticker(position.ticker)

    return {}


@app.put("/positions/{position_id}")
async def position_replace(position_id: str, position: Position):
    check_ticker(position.ticker)

    if position_id != GOOD:
        raise HTTPException(404, "Not found")

    return {}


@app.post("/user", status_code=201)
async def user_add(user: User):
    return {}


@app.get("/dashboard")
async def dashboard(force_refresh: bool = Query(False)):
    return {}


@app.get("/stocks/{ticker}")
async def stock(ticker: str, force_refresh: bool = Query(False)):
    check_ticker(ticker)

    return {}


@app.get("/stocks/{ticker}/bars")
async def bars(ticker: str, days: int = Query(252, ge=1)):
    check_ticker(ticker)

    return {}


@app.get("/stocks/{ticker}/options")
async def options(ticker: str,
                  expiration: Optional[date] = Query(None),
                  right: Optional[Literal["call", "put"]] = Query(
                      None, alias="type"),
                  min_dte: Optional[int] = Query(None),
                  max_dte: Optional[int] = Query(None)):
    check_ticker(ticker)

    return {}
