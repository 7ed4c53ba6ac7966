"""What is sent to the twin and to the server, and what each has to say to it.

An outcome is a status and, of a 422, what its loc lists name, sorted:
"422 body.quantity body.strike". Values in bodies are JSON's own text, None
leaves a member out. Every case has an owner of its own; "{id}" is that of a
position that exists.
"""

from collections import namedtuple

Case = namedtuple("Case", "why call body type here there")

JSON = "application/json"

# Where FastAPI 0.92 with pydantic 1.10, which Debian has, and the service do
# not agree: what is sent, and how either takes it. README.md, "Bad input", has
# the same rows.
DIFFERENCES = {
    "fraction": (
        "`5.5` for a whole number", "422", "cut to 5",
        "nothing is lost silently; so has pydantic 2"),
    "text-float": (
        '`"5.0"`, as text, for a whole number', "5", "422",
        "`5.0` is 5, as text too; so has pydantic 2"),
    "digits": (
        'digits of other scripts, `"٥"`', "422", "5", "so has pydantic 2"),
    "number-text": (
        "a number or a boolean for a text", "422", "its text",
        "a ticker 5 is a mistake; so has pydantic 2"),
    "date-midnight": (
        "a date with a time that is midnight", "the date", "422",
        "so has pydantic 2"),
    "date-inexact": (
        "a Unix time that is not midnight, for a date", "422", "its day",
        "nothing is lost silently; so has pydantic 2"),
    "date-bool": (
        "a boolean for a date", "422", "1970-01-01", "so has pydantic 2"),
    "date-short": (
        "a date without its zeros, `2026-1-2`", "422", "the date",
        "so has pydantic 2"),
    "date-exponent": (
        '`"1e5"`, as text, for a date', "422", "a Unix time",
        "so has pydantic 2"),
    "pairs": (
        '`[]` or `""` in place of an object', "422 of the body",
        "an object without members", "so has pydantic 2"),
    "huge": (
        "a whole number of more than 64 bits", "422", "taken",
        "it means nothing here"),
    "type": (
        "another `Content-Type` than `application/json`, or none", "415",
        "422; read with none, or with `+json`",
        "pages of other sites may send the rest without asking"),
    "encoding": (
        "a body in UTF-16, or with a byte order mark", "422", "taken",
        "RFC 8259: UTF-8, without a mark"),
    "utf8": (
        "invalid UTF-8", "422, with its place", "400", "it is not JSON"),
    "surrogate": (
        'half a surrogate pair, `"\\ud800"`', "422 of the body", "taken",
        "no UTF-8 stands for it"),
    "nul": (
        'a NUL, `"\\u0000"`', "422 of the body", "taken",
        "texts end where they seem to"),
    "nan": (
        "`NaN`, `Infinity` without quotes", "422 of the body",
        "taken where it is not read", "RFC 8259 has no such values"),
    "depth": (
        "nesting of more than 64", "422 of the body", "taken",
        "a bound that no body needs to pass"),
    "long": (
        "a number of more than 63 characters", "422 of the body", "taken",
        "a bound that no number needs to pass"),
    "email": (
        "an e-mail with a name around it, or not of ASCII", "422", "taken",
        "one address is written in one way, letters' case apart"),
}


# --- bodies

STOCK = {
    "position_type": '"stock"', "ticker": '"AAPL"',
    "transaction_date": '"2025-06-02"', "quantity": "100",
    "purchase_price": "150.25",
}

OPTION = {
    "position_type": '"option"', "ticker": '"AAPL"',
    "transaction_date": '"2025-06-02"', "quantity": "-1",
    "option_type": '"call"', "strike": "200", "expiration": '"2026-12-18"',
    "premium": "4.5",
}


def members(base, changes):
    parts = [f'"{name}":{value}' for name, value in {**base, **changes}.items()
             if value is not None]

    return "{" + ",".join(parts) + "}"


def stock(**changes):
    return members(STOCK, changes)


def option(**changes):
    return members(OPTION, changes)


def user(**changes):
    return members({"email": '"ann@example.org"', "name": '"Ann"'}, changes)


def at(body, mark):
    """The loc of JSON that ends at the mark, which is taken out."""
    return body.replace(mark, "", 1), f"422 body.{body.index(mark)}"


# --- the table

CASES = []


def same(call, outcome, body=None, type=JSON):
    CASES.append(Case(None, call, body, type, outcome, outcome))


def differs(why, call, here, there, body=None, type=JSON):
    CASES.append(Case(why, call, body, type, here, there))


def position(outcome, *bodies):
    for body in bodies:
        same("POST positions", outcome, body)


def position_differs(why, here, there, *bodies):
    for body in bodies:
        differs(why, "POST positions", here, there, body)


# Positions that are good, and coercions.
position("201",
         stock(), option(), option(option_type='"put"', quantity="3"),
         stock(quantity="-5"), stock(quantity="5.0"), stock(quantity="5e2"),
         stock(quantity='"7"'), stock(quantity='" -7 "'),
         stock(quantity='"1_000"'), stock(quantity="true"),
         stock(quantity="1000000000"), stock(purchase_price="0"),
         stock(purchase_price='"1.5"'), stock(purchase_price='"1e2"'),
         stock(purchase_price="true"), stock(purchase_price="1e-320"),
         stock(ticker='" aapl\\n"'), stock(strike="null", premium="null"),
         stock(transaction_date="1748822400"),
         stock(transaction_date="1748822400000"),
         stock(transaction_date='"1748822400"'),
         stock(transaction_date='"2024-02-29"'),
         stock(transaction_date='"1900-01-01"'),
         option(expiration='"2025-06-02"'), option(premium="0"),
         option(strike="99999.999"), option(strike='"0.5"'),
         option(purchase_price="null"),
         stock(id='"x"', version="9", note='{"a":[1,{}]}', QUANTITY="0"),
         # of members that occur twice the last counts
         stock(quantity='0,"quantity":5'), " \n" + stock() + "\t")

# Each field: absent, null, of a wrong type, outside its limits.
for name in ("position_type", "ticker", "transaction_date", "quantity",
             "purchase_price"):
    position(f"422 body.{name}",
             stock(**{name: None}), stock(**{name: "null"}),
             stock(**{name: "[]"}), stock(**{name: '{"a":1}'}))

for name in ("option_type", "strike", "expiration", "premium"):
    position(f"422 body.{name}", option(**{name: None}),
             option(**{name: "null"}), option(**{name: "[]"}),
             option(**{name: '""'}), stock(**{name: OPTION[name]}))

position("422 body.position_type",
         stock(position_type='"STOCK"'), stock(position_type='"bond"'),
         stock(position_type='""'), stock(position_type="0"),
         stock(position_type="true"), option(position_type='"option "'))

position("400",
         stock(ticker='""'), stock(ticker='"A/B"'), stock(ticker='"1A"'),
         stock(ticker='"ABCDEFGHIJKLM"'), stock(ticker='"\\u00c4PL"'),
         option(ticker='"{}"'))

position("422 body.transaction_date",
         stock(transaction_date='""'), stock(transaction_date='"today"'),
         stock(transaction_date='"2026-02-29"'),
         stock(transaction_date='"2025-13-01"'),
         stock(transaction_date='"2025-00-10"'),
         stock(transaction_date='"02/06/2025"'),
         stock(transaction_date='"0000-01-01"'),
         stock(transaction_date='"1899-12-31"'),
         stock(transaction_date='"2201-01-01"'),
         stock(transaction_date="1e300"),
         stock(transaction_date='"2025-06-02T09:30:00Z"'))

position("422 body.quantity",
         stock(quantity="0"), stock(quantity="-0"), stock(quantity="0.0"),
         stock(quantity='"0"'), stock(quantity="false"),
         stock(quantity='""'), stock(quantity='"five"'),
         stock(quantity='"5.5"'), stock(quantity='"5e2"'),
         stock(quantity='"0x10"'), stock(quantity="1000000001"),
         stock(quantity="-1000000001"), stock(quantity="1e300"),
         stock(quantity="1e999"), stock(quantity="99999999999999999999"),
         stock(quantity='"99999999999999999999"'),
         stock(quantity='5,"quantity":0'))

position("422 body.purchase_price",
         stock(purchase_price="-0.01"), stock(purchase_price='""'),
         stock(purchase_price='"free"'), stock(purchase_price='"1,5"'),
         stock(purchase_price='"0x10"'), stock(purchase_price='"nan"'),
         stock(purchase_price='"inf"'), stock(purchase_price="1e400"),
         stock(purchase_price="1000000000.5"), option(purchase_price="1"),
         option(purchase_price='"x"'), option(purchase_price="0"))

position("422 body.option_type",
         option(option_type='"CALL"'), option(option_type='"c"'),
         option(option_type="1"), option(option_type="true"),
         stock(option_type='""'), stock(option_type="false"))

position("422 body.strike",
         option(strike="0"), option(strike='"0"'), option(strike="-200"),
         option(strike="100000"), option(strike='"two"'),
         option(strike="false"), stock(strike="0"), stock(strike="[]"))

position("422 body.expiration",
         option(expiration='"2025-06-01"'), option(expiration='"2026-06-31"'),
         option(expiration='"2201-01-01"'), option(expiration="0"),
         option(expiration='"soon"'), stock(expiration='"2020-01-01"'))

position("422 body.premium",
         option(premium="-1"), option(premium="1000000001"),
         option(premium='"free"'), option(premium='"-inf"'),
         stock(premium="0"))

# More than one at once.
position("422 body.position_type body.quantity body.ticker "
         "body.transaction_date", "{}", '{"a":1}', '{"Ticker":"AAPL"}')
position("422 body.purchase_price body.quantity body.ticker "
         "body.transaction_date", '{"position_type":"stock"}')
position("422 body.expiration body.option_type body.premium body.quantity "
         "body.strike body.ticker body.transaction_date",
         '{"position_type":"option"}')
position("422 body.expiration body.option_type body.premium body.strike",
         stock(option_type='"put"', strike="1", expiration='"2026-01-16"',
               premium="1"))
position("422 body.quantity body.strike", stock(quantity="0", strike="5"),
         option(quantity="null", strike="-1"))
position("422 body.expiration body.option_type body.position_type "
         "body.premium body.purchase_price body.quantity body.strike "
         "body.ticker body.transaction_date",
         '{"position_type":0,"ticker":[],"transaction_date":"","quantity":0,'
         '"purchase_price":"","option_type":0,"strike":0,"expiration":"x",'
         '"premium":-1}')
position("422 body.position_type", stock(position_type='"x"', strike="5"),
         option(position_type="null"))
position("422 body.expiration body.position_type",
         option(position_type=None, expiration='"2025-06-01"'))
position("422 body.transaction_date",
         option(transaction_date='"x"', expiration='"2025-06-01"'))
position("422 body.quantity", stock(quantity="0", ticker='"A/B"'))

# Bodies that are no object, and no JSON.
position("422 body", None, "null", "5", "true", '"x"', '["a",1]', "[1]")

for body in (" |", "{|", '{"quantity":|}', '{"quantity":1,|}', "{|'a':1}",
             '{"quantity":0|1}', '{"ticker":|AAPL}', '{"a":1} |{}', "[1,|]",
             '{"a" |1}', '{"a":|"x}', '{"a":"x|\ty"}', '{"a":"|\\x"}',
             '{"a":"\\|u12"}', "|position_type=stock&ticker=AAPL", '{"é":|}',
             '{"a":|.5}', '{"a":|+5}', '{"a":|tru}', "|<position/>",
             '{"a":1|/* */}'):
    position(*reversed(at(body, "|")))

# Replacing one.
for body, outcome in (
        (stock(), "200"), (option(), "200"), (stock(ticker='"MSFT"'), "200"),
        (stock(quantity="0"), "422 body.quantity"),
        (option(strike=None, premium="-1"), "422 body.premium body.strike"),
        (stock(ticker='"A B"'), "400"),
        ("[5]", "422 body"), (None, "422 body"),
        ("{}", "422 body.position_type body.quantity body.ticker "
               "body.transaction_date")):
    same("PUT positions/{id}", outcome, body)

same("PUT positions/11111111-2222-4333-8444-555555555555", "404", stock())

# Reading them.
for query, outcome in (("", "200"), ("?ticker=AAPL", "200"),
                       ("?ticker=aapl&ticker=MSFT", "200"),
                       ("?ticker=A%2FB", "400"), ("?ticker=1", "400"),
                       ("?ticker=MSFT&ticker=*", "400"), ("?TICKER=*", "200")):
    same("GET positions" + query, outcome)

# The watchlist.
same("POST watchlist", "200", '{"ticker":"aapl"}')
same("POST watchlist", "200", '{"ticker":" Aapl ","x":1}',
     JSON + "; charset=utf-8")
same("POST watchlist", "200", '{"ticker":5,"ticker":"KO"}',
     "Application/JSON")
same("POST watchlist?ticker=aapl", "200", None, None)
same("POST watchlist?ticker=%20msft+", "200")
same("POST watchlist?ticker=a/b", "400")
same("POST watchlist?ticker=", "400")
same("POST watchlist?ticker=KO", "422 body.ticker", "{}")
same("POST watchlist", "422 body")
same("POST watchlist", "422 body", "null")
same("POST watchlist", "422 body", '["AAPL"]')
same("POST watchlist", "422 body.ticker", '{"Ticker":"AAPL"}')
same("POST watchlist", "422 body.ticker", '{"ticker":null}')
same("POST watchlist", "422 body.ticker", '{"ticker":["AAPL"]}')
same("POST watchlist", "400", '{"ticker":""}')
same("POST watchlist", "400", '{"ticker":"A B"}')
same("POST watchlist", "422 body.10", '{"ticker":AAPL}')

# Users.
def users(outcome, *bodies):
    for body in bodies:
        same("POST user", outcome, body)


users("201",
      user(email='"ann@example.org"'),
      user(email='"Bob.B+x@Sub.Example.com"', name='" Bob "'),
      user(email='" eve@example.org "', name='"\\u00c8ve"'),
      user(email='"max@example.org"', name='"' + 200 * "x" + '"'),
      user(email='"zoe@example.org"', id="5", created_at="0"))
users("422 body", None, "[1]", "null")
users("422 body.25", '{"email":"a@example.org",}')
users("422 body.email body.name", "{}", user(email="null", name="null"),
      user(email="[]", name="{}"), user(email='"ann"', name='""'))
users("422 body.email",
      user(email=None), user(email='""'), user(email='"ann"'),
      user(email='"@example.org"'), user(email='"ann@"'),
      user(email='"ann@example"'), user(email='"a nn@example.org"'),
      user(email='"ann@@example.org"'), user(email='".ann@example.org"'),
      user(email='"ann..x@example.org"'), user(email='"ann@-example.org"'),
      user(email='"ann@example..org"'), user(email='"ann@127.0.0.1"'),
      user(email='"' + 65 * "a" + '@example.org"'))
users("422 body.name",
      user(name=None), user(name="null"), user(name='""'),
      user(name='" \\t "'), user(name='"' + 201 * "x" + '"'))

# Queries.
for value in ("true", "TRUE", "1", "yes", "On", "t", "0", "false", "n", "off",
              "%74rue", "2&force_refresh=1", "1&x=2"):
    same("GET dashboard?force_refresh=" + value, "200")

for value in ("", "2", "maybe", "+true", "null", "1.0", "-1",
              "1&force_refresh=x", "%ff", "true%00"):
    same("GET dashboard?force_refresh=" + value, "422 query.force_refresh")

same("GET dashboard?force_refresh", "422 query.force_refresh")
same("GET dashboard?Force_Refresh=x&&=&x", "200")
same("GET stocks/AAPL?force_refresh=0", "200")
same("GET stocks/AAPL?force_refresh=x", "422 query.force_refresh")
same("GET stocks/A%20B?force_refresh=0", "400")

for value in ("1", "30", "+7", "%2B7", "1_0", "0&days=5", "100000"):
    same("GET stocks/AAPL/bars?days=" + value, "200")

for value in ("", "0", "-1", "five", "5.5", "1e2", "0x10", "5&days=0", "1,2",
              "5%00", "null", "1__0"):
    same("GET stocks/AAPL/bars?days=" + value, "422 query.days")

for query, outcome in (
        ("type=call", "200"), ("type=put&min_dte=0&max_dte=60", "200"),
        ("expiration=2026-01-16", "200"), ("expiration=1768521600", "200"),
        ("min_dte=-5&max_dte=-9", "200"), ("type=x&type=call", "200"),
        ("type=", "422 query.type"), ("type=CALL", "422 query.type"),
        ("type=calls", "422 query.type"),
        ("type=call&type=x", "422 query.type"),
        ("min_dte=", "422 query.min_dte"), ("min_dte=x", "422 query.min_dte"),
        ("max_dte=1.5", "422 query.max_dte"),
        ("max_dte=1e9", "422 query.max_dte"),
        ("expiration=", "422 query.expiration"),
        ("expiration=2026-02-30", "422 query.expiration"),
        ("expiration=20260116x", "422 query.expiration"),
        ("expiration=x&expiration=2026-01-16", "200"),
        ("expiration=x&type=x&min_dte=x&max_dte=x",
         "422 query.expiration query.max_dte query.min_dte query.type")):
    same("GET stocks/AAPL/options?" + query, outcome)


# --- where they differ

position_differs("fraction", "422 body.quantity", "201",
                 stock(quantity="5.5"), stock(quantity="-1.5e0"))
position_differs("text-float", "201", "422 body.quantity",
                 stock(quantity='"5.0"'), stock(quantity='"-5.000"'))
position_differs("digits", "422 body.quantity", "201",
                 stock(quantity='"\\u0665"'))
position_differs("digits", "422 body.strike", "201", option(strike='"٥"'))
position_differs("number-text", "422 body.ticker", "400", stock(ticker="5"),
                 stock(ticker="1.5"))
position_differs("number-text", "422 body.ticker", "201", stock(ticker="true"))
position_differs("date-midnight", "201", "422 body.transaction_date",
                 stock(transaction_date='"2025-06-02T00:00:00Z"'),
                 stock(transaction_date='"2025-06-02 00:00"'))
position_differs("date-inexact", "422 body.transaction_date", "201",
                 stock(transaction_date="1748822401"),
                 stock(transaction_date='"1748822401"'),
                 stock(transaction_date="1748822400001"))
position_differs("date-bool", "422 body.transaction_date", "201",
                 stock(transaction_date="true"))
position_differs("date-short", "422 body.transaction_date", "201",
                 stock(transaction_date='"2025-6-2"'))
position_differs("date-exponent", "422 body.transaction_date", "201",
                 stock(transaction_date='"1e5"'))
position_differs("pairs", "422 body",
                 "422 body.position_type body.quantity body.ticker "
                 "body.transaction_date", "[]", '""', '[["a",1]]')
position_differs("utf8", "422 body.86", "400",
                 b'{"x":' + b" " * 80 + b'"\xff"}')
position_differs("utf8", "422 body.6", "400", b'{"x":"\xc0\xaf"}')
position_differs("surrogate", "422 body.7", "201",
                 '{"x":"\\ud800",' + stock()[1:])
position_differs("nul", "422 body.7", "201", '{"x":"\\u0000",' + stock()[1:])
position_differs("nul", "422 body.38", "400", stock(ticker='"AA\\u0000PL"'))
position_differs("nan", "422 body.5", "201", '{"x":NaN,' + stock()[1:],
                 '{"x":-Infinity,' + stock()[1:])
position_differs("depth", "422 body.68", "201",
                 '{"x":' + 64 * "[" + 64 * "]" + "," + stock()[1:])
position_differs("long", "422 body.5", "201",
                 '{"x":' + 64 * "1" + "," + stock()[1:])
position_differs("encoding", "422 body.0", "201",
                 b"\xef\xbb\xbf" + stock().encode(), stock().encode("utf-16"))
position_differs("encoding", "422 body.1", "201", stock().encode("utf-16-le"))

differs("type", "POST positions", "415", "201", stock(), None)
differs("type", "POST positions", "415", "201", stock(),
        "application/vnd.a+json")
differs("type", "POST positions", "415", "422 body", stock(), "text/plain")
differs("type", "POST positions", "415", "422 body", "{", "text/plain")
differs("type", "POST positions", "415", "422 body", "position_type=stock",
        "application/x-www-form-urlencoded")
differs("type", "POST watchlist", "415", "200", '{"ticker":"KO"}', None)
differs("type", "POST watchlist", "415", "422 body", '{"ticker":"KO"}',
        "text/json")
differs("number-text", "POST watchlist", "422 body.ticker", "400",
        '{"ticker":5}')
differs("utf8", "POST watchlist", "422 body.11", "400", b'{"ticker":"\xe9"}')
differs("number-text", "POST user", "422 body.name", "201",
        user(email='"nn@example.org"', name="5"))
differs("email", "POST user", "422 body.email", "201",
        user(email='"Ann <ann@example.org>"'))
differs("email", "POST user", "422 body.email", "201",
        user(email='"\\u00e4nn@example.org"'))
differs("email", "POST user", "422 body.email", "201",
        user(email='"ann@ex\\u00e4mple.org"'))
differs("text-float", "GET stocks/AAPL/bars?days=5.0", "200", "422 query.days")
differs("huge", "GET stocks/AAPL/bars?days=99999999999999999999",
        "422 query.days", "200")
differs("huge", "GET stocks/AAPL/options?min_dte=-99999999999999999999",
        "422 query.min_dte", "200")
differs("digits", "GET stocks/AAPL/bars?days=%D9%A5", "422 query.days", "200")
differs("date-short", "GET stocks/AAPL/options?expiration=2026-1-16",
        "422 query.expiration", "200")
differs("date-midnight",
        "GET stocks/AAPL/options?expiration=2026-01-16T00:00:00",
        "200", "422 query.expiration")
differs("date-inexact", "GET stocks/AAPL/options?expiration=1768521601",
        "422 query.expiration", "200")
