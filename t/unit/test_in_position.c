#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_in_position.h"
#include "fin_json_check.h"
#include "fin_time.h"


#define TEXT_MAX  2048

#define ALL_STOCK                                                             \
    "position_type=\"stock\"|ticker=\"aapl\"|transaction_date=\"2026-01-02\"" \
    "|quantity=5|purchase_price=1.5"
#define ALL_OPTION                                                            \
    "position_type=\"option\"|ticker=\"aapl\""                                \
    "|transaction_date=\"2026-01-02\"|quantity=-1|option_type=\"put\""        \
    "|strike=150|expiration=\"2026-03-20\"|premium=2.5"


static fin_problems_t  problems;


/* The member "name=value" of a list, or NULL; *len is of both. */
static const char *
find(const char *list, const char *name, size_t name_len, size_t *len)
{
    const char  *p;

    for (p = list; *p != '\0'; p += *len + (p[*len] == '|')) {
        *len = strcspn(p, "|");

        if (strncmp(p, name, name_len) == 0 && p[name_len] == '=') {
            return p;
        }
    }

    return NULL;
}


static void
append(char *json, const char *member, size_t len)
{
    size_t  name, n;

    name = strcspn(member, "=");
    n = strlen(json);

    if (name + 1 < len) {
        n += (size_t) snprintf(json + n, TEXT_MAX - n, "%s\"%.*s\":%.*s",
                               n > 1 ? "," : "", (int) name, member,
                               (int) (len - name - 1), member + name + 1);
        assert_true(n < TEXT_MAX - 1);
    }
}


/* An object of the members of base, those of changed in place of them. */
static void
object(const char *base, const char *changed, char *json)
{
    size_t       name, len, other;
    const char  *p, *instead;

    strcpy(json, "{");

    for (p = base; *p != '\0'; p += len + (p[len] == '|')) {
        len = strcspn(p, "|");
        name = strcspn(p, "=");
        instead = find(changed, p, name, &other);

        append(json, instead == NULL ? p : instead,
               instead == NULL ? len : other);
    }

    for (p = changed; *p != '\0'; p += len + (p[len] == '|')) {
        len = strcspn(p, "|");

        if (find(base, p, strcspn(p, "="), &other) == NULL) {
            append(json, p, len);
        }
    }

    strcat(json, "}");
}


/* From memory that ends where the body does. */
static fin_status_t
read_body(const char *json, size_t len, fin_position_t *p)
{
    char          *copy;
    fin_status_t   status;

    copy = malloc(len > 0 ? len : 1);
    assert_non_null(copy);
    memcpy(copy, json, len);

    fin_problems_init(&problems);
    status = fin_in_position(copy, len, p, &problems);
    free(copy);

    assert_int_equal(status == FIN_E_SHAPE, problems.n > 0);

    return status;
}


/* "type@field type@field", "ok", "400" */
static void
describe(fin_status_t status, char *out)
{
    size_t                i, n;
    const fin_problem_t  *p;

    strcpy(out, status == FIN_OK ? "ok" : status == FIN_E_VALUE ? "400" : "");
    n = strlen(out);

    for (i = 0; i < problems.n; i++) {
        p = &problems.item[i];
        assert_string_equal(p->loc[0].name, "body");

        n += (size_t) snprintf(out + n, TEXT_MAX - n, "%s%s@%s",
                               n > 0 ? " " : "", p->type,
                               p->n_loc < 2 ? ""
                               : p->loc[1].name == NULL ? "#"
                               : p->loc[1].name);
    }
}


/* s, o: a stock's or an option's members, changed; x: the body itself. */
static const struct {
    char         kind;
    const char  *changed;
    const char  *result;
} rows[] = {
    { 's', "", "ok" },
    { 'o', "", "ok" },

    /* position_type */
    { 's', "position_type=", "missing@position_type" },
    { 's', "position_type=null", "literal_error@position_type" },
    { 's', "position_type=\"STOCK\"", "literal_error@position_type" },
    { 's', "position_type=\"Option\"", "literal_error@position_type" },
    { 's', "position_type=\"stock \"", "literal_error@position_type" },
    { 's', "position_type=\"\"", "literal_error@position_type" },
    { 's', "position_type=0", "literal_error@position_type" },
    { 's', "position_type=true", "literal_error@position_type" },
    { 's', "position_type=[\"stock\"]", "literal_error@position_type" },
    { 's', "position_type={}", "literal_error@position_type" },
    { 's', "position_type=\"bond\"|ticker=5",
      "literal_error@position_type string_type@ticker" },

    /* of an unknown type, fields are read where they are there */
    { 's', "position_type=\"x\"|purchase_price=",
      "literal_error@position_type" },
    { 's', "position_type=\"x\"|purchase_price=null|strike=null",
      "literal_error@position_type" },
    { 's', "position_type=\"x\"|strike=5|premium=1|option_type=\"call\""
           "|expiration=\"2026-01-02\"", "literal_error@position_type" },
    { 's', "position_type=|purchase_price=-1",
      "missing@position_type greater_than_equal@purchase_price" },
    { 's', "position_type=1|option_type=\"x\"|strike=0|expiration=\"x\""
           "|premium=[]",
      "literal_error@position_type literal_error@option_type "
      "greater_than@strike date_from_datetime_parsing@expiration "
      "float_type@premium" },
    { 's', "position_type=|expiration=\"2026-01-01\"",
      "missing@position_type value_error@expiration" },
    { 'o', "position_type=\"x\"|purchase_price=\"a\"",
      "literal_error@position_type float_parsing@purchase_price" },

    /* ticker */
    { 's', "ticker=", "missing@ticker" },
    { 's', "ticker=null", "string_type@ticker" },
    { 's', "ticker=5", "string_type@ticker" },
    { 's', "ticker=[]", "string_type@ticker" },
    { 's', "ticker=false", "string_type@ticker" },
    { 's', "ticker=\" brk.b\\n\"", "ok" },
    { 's', "ticker=\"\"", "400" },
    { 's', "ticker=\"  \"", "400" },
    { 's', "ticker=\"a/b\"", "400" },
    { 's', "ticker=\"1A\"", "400" },
    { 's', "ticker=\"ABCDEFGHIJKL\"", "ok" },
    { 's', "ticker=\"ABCDEFGHIJKLM\"", "400" },
    { 's', "ticker=\"\xc3\x84PL\"", "400" },
    { 'o', "ticker=\"{}\"", "400" },
    { 's', "ticker=\"a/b\"|quantity=0", "value_error@quantity" },
    { 's', "ticker=\"\"|strike=1", "value_error@strike" },

    /* transaction_date */
    { 's', "transaction_date=", "missing@transaction_date" },
    { 's', "transaction_date=null", "date_type@transaction_date" },
    { 's', "transaction_date=true", "date_type@transaction_date" },
    { 's', "transaction_date={}", "date_type@transaction_date" },
    { 's', "transaction_date=\"\"",
      "date_from_datetime_parsing@transaction_date" },
    { 's', "transaction_date=\"2026-02-29\"",
      "date_from_datetime_parsing@transaction_date" },
    { 's', "transaction_date=\"2024-02-29\"", "ok" },
    { 's', "transaction_date=\"2026-13-01\"",
      "date_from_datetime_parsing@transaction_date" },
    { 's', "transaction_date=\"2026-1-2\"",
      "date_from_datetime_parsing@transaction_date" },
    { 's', "transaction_date=\"02/01/2026\"",
      "date_from_datetime_parsing@transaction_date" },
    { 's', "transaction_date=\"today\"",
      "date_from_datetime_parsing@transaction_date" },
    { 's', "transaction_date=\"2026-01-02T00:00:00Z\"", "ok" },
    { 's', "transaction_date=\"2026-01-02T09:30:00Z\"",
      "date_from_datetime_inexact@transaction_date" },
    { 's', "transaction_date=1767312000", "ok" },
    { 's', "transaction_date=1767312000000", "ok" },
    { 's', "transaction_date=1767312001",
      "date_from_datetime_inexact@transaction_date" },
    { 's', "transaction_date=1e300",
      "date_from_datetime_parsing@transaction_date" },
    { 's', "transaction_date=\"0000-01-01\"",
      "date_parsing@transaction_date" },
    { 's', "transaction_date=\"1899-12-31\"", "value_error@transaction_date" },
    { 's', "transaction_date=\"1900-01-01\"", "ok" },
    { 's', "transaction_date=\"2200-12-31\"", "ok" },
    { 's', "transaction_date=\"2201-01-01\"", "value_error@transaction_date" },
    { 's', "transaction_date=\"9999-12-31\"", "value_error@transaction_date" },

    /* quantity */
    { 's', "quantity=", "missing@quantity" },
    { 's', "quantity=null", "int_type@quantity" },
    { 's', "quantity=0", "value_error@quantity" },
    { 's', "quantity=-0", "value_error@quantity" },
    { 's', "quantity=0.0", "value_error@quantity" },
    { 's', "quantity=\"0\"", "value_error@quantity" },
    { 's', "quantity=false", "value_error@quantity" },
    { 's', "quantity=true", "ok" },
    { 's', "quantity=5.0", "ok" },
    { 's', "quantity=5e2", "ok" },
    { 's', "quantity=\"-5\"", "ok" },
    { 's', "quantity=\" 5.0 \"", "ok" },
    { 's', "quantity=\"1_000\"", "ok" },
    { 's', "quantity=5.5", "int_from_float@quantity" },
    { 's', "quantity=\"5.5\"", "int_parsing@quantity" },
    { 's', "quantity=\"\"", "int_parsing@quantity" },
    { 's', "quantity=\"five\"", "int_parsing@quantity" },
    { 's', "quantity=\"5e2\"", "int_parsing@quantity" },
    { 's', "quantity=[5]", "int_type@quantity" },
    { 's', "quantity={}", "int_type@quantity" },
    { 's', "quantity=1000000000", "ok" },
    { 's', "quantity=1000000001", "less_than_equal@quantity" },
    { 's', "quantity=-1000000000", "ok" },
    { 's', "quantity=-1000000001", "greater_than_equal@quantity" },
    { 's', "quantity=99999999999999999999", "less_than_equal@quantity" },
    { 's', "quantity=\"-99999999999999999999\"",
      "greater_than_equal@quantity" },
    { 's', "quantity=1e999", "finite_number@quantity" },

    /* purchase_price */
    { 's', "purchase_price=", "missing@purchase_price" },
    { 's', "purchase_price=null", "float_type@purchase_price" },
    { 's', "purchase_price=0", "ok" },
    { 's', "purchase_price=-0.0", "ok" },
    { 's', "purchase_price=true", "ok" },
    { 's', "purchase_price=\"1.5\"", "ok" },
    { 's', "purchase_price=1000000000", "ok" },
    { 's', "purchase_price=1000000000.5", "less_than_equal@purchase_price" },
    { 's', "purchase_price=-0.01", "greater_than_equal@purchase_price" },
    { 's', "purchase_price=\"free\"", "float_parsing@purchase_price" },
    { 's', "purchase_price=\"\"", "float_parsing@purchase_price" },
    { 's', "purchase_price=\"0x10\"", "float_parsing@purchase_price" },
    { 's', "purchase_price=\"nan\"", "finite_number@purchase_price" },
    { 's', "purchase_price=\"inf\"", "finite_number@purchase_price" },
    { 's', "purchase_price=1e400", "finite_number@purchase_price" },
    { 's', "purchase_price=[1]", "float_type@purchase_price" },
    { 'o', "purchase_price=null", "ok" },
    { 'o', "purchase_price=1.5", "value_error@purchase_price" },
    { 'o', "purchase_price=\"x\"", "value_error@purchase_price" },
    { 'o', "purchase_price=0", "value_error@purchase_price" },

    /* option_type */
    { 'o', "option_type=", "missing@option_type" },
    { 'o', "option_type=null", "literal_error@option_type" },
    { 'o', "option_type=\"call\"", "ok" },
    { 'o', "option_type=\"CALL\"", "literal_error@option_type" },
    { 'o', "option_type=\"c\"", "literal_error@option_type" },
    { 'o', "option_type=1", "literal_error@option_type" },
    { 's', "option_type=null", "ok" },
    { 's', "option_type=\"call\"", "value_error@option_type" },
    { 's', "option_type=\"\"", "value_error@option_type" },
    { 's', "option_type=false", "value_error@option_type" },

    /* strike */
    { 'o', "strike=", "missing@strike" },
    { 'o', "strike=null", "float_type@strike" },
    { 'o', "strike=0", "greater_than@strike" },
    { 'o', "strike=\"0.0\"", "greater_than@strike" },
    { 'o', "strike=-150", "greater_than@strike" },
    { 'o', "strike=0.001", "ok" },
    { 'o', "strike=\"150.5\"", "ok" },
    { 'o', "strike=99999.999", "ok" },
    { 'o', "strike=100000", "less_than_equal@strike" },
    { 'o', "strike=\"abc\"", "float_parsing@strike" },
    { 'o', "strike={\"v\":1}", "float_type@strike" },
    { 's', "strike=null", "ok" },
    { 's', "strike=150", "value_error@strike" },
    { 's', "strike=[]", "value_error@strike" },

    /* expiration */
    { 'o', "expiration=", "missing@expiration" },
    { 'o', "expiration=null", "date_type@expiration" },
    { 'o', "expiration=\"2026-01-02\"", "ok" },
    { 'o', "expiration=\"2026-01-01\"", "value_error@expiration" },
    { 'o', "expiration=\"1899-12-31\"", "value_error@expiration" },
    { 'o', "expiration=\"2201-01-01\"", "value_error@expiration" },
    { 'o', "expiration=1767225600", "value_error@expiration" },
    { 'o', "expiration=\"2026-06-31\"",
      "date_from_datetime_parsing@expiration" },
    { 'o', "expiration=[]", "date_type@expiration" },
    { 'o', "expiration=\"2026-01-01\"|transaction_date=\"x\"",
      "date_from_datetime_parsing@transaction_date" },
    { 'o', "expiration=\"2026-01-01\"|transaction_date=",
      "missing@transaction_date" },
    { 's', "expiration=null", "ok" },
    { 's', "expiration=\"2026-03-20\"", "value_error@expiration" },
    { 's', "expiration=\"2020-01-01\"", "value_error@expiration" },

    /* premium */
    { 'o', "premium=", "missing@premium" },
    { 'o', "premium=null", "float_type@premium" },
    { 'o', "premium=0", "ok" },
    { 'o', "premium=-1", "greater_than_equal@premium" },
    { 'o', "premium=1000000001", "less_than_equal@premium" },
    { 'o', "premium=\"2.5\"", "ok" },
    { 'o', "premium=\"two\"", "float_parsing@premium" },
    { 'o', "premium=[2.5]", "float_type@premium" },
    { 's', "premium=null", "ok" },
    { 's', "premium=2.5", "value_error@premium" },

    /* all of it at once, in this order */
    { 'x', "{}", "missing@position_type missing@ticker "
                 "missing@transaction_date missing@quantity" },
    { 'x', "{\"position_type\":\"stock\"}",
      "missing@ticker missing@transaction_date missing@quantity "
      "missing@purchase_price" },
    { 'x', "{\"position_type\":\"option\"}",
      "missing@ticker missing@transaction_date missing@quantity "
      "missing@option_type missing@strike missing@expiration "
      "missing@premium" },
    { 'x', "{\"premium\":-1,\"expiration\":0.5,\"strike\":0,"
           "\"option_type\":0,\"purchase_price\":\"\",\"quantity\":0,"
           "\"transaction_date\":\"\",\"ticker\":0,\"position_type\":0}",
      "literal_error@position_type string_type@ticker "
      "date_from_datetime_parsing@transaction_date value_error@quantity "
      "float_parsing@purchase_price literal_error@option_type "
      "greater_than@strike date_from_datetime_inexact@expiration "
      "greater_than_equal@premium" },
    { 's', "option_type=1|strike=1|expiration=1|premium=1",
      "value_error@option_type value_error@strike value_error@expiration "
      "value_error@premium" },
    { 'o', "purchase_price=1|option_type=|strike=|expiration=|premium=",
      "value_error@purchase_price missing@option_type missing@strike "
      "missing@expiration missing@premium" },

    /* what is not known is passed over, names are exact */
    { 's', "id=\"x\"|version=9|created_at=\"x\"|note={\"a\":[1,{}]}", "ok" },
    { 's', "Quantity=1|quantity=", "missing@quantity" },
    { 's', "TICKER=5", "ok" },

    /* of members that occur twice the last counts */
    { 'x', "{\"quantity\":0,\"position_type\":\"stock\",\"ticker\":\"a\","
           "\"transaction_date\":\"2026-01-02\",\"quantity\":5,"
           "\"purchase_price\":\"x\",\"purchase_price\":2}", "ok" },
    { 'x', "{\"quantity\":5,\"position_type\":\"stock\",\"ticker\":\"a\","
           "\"transaction_date\":\"2026-01-02\",\"quantity\":0,"
           "\"purchase_price\":2}", "value_error@quantity" },
    { 'x', "{\"position_type\":\"option\",\"position_type\":\"stock\","
           "\"ticker\":\"a\",\"transaction_date\":\"2026-01-02\","
           "\"quantity\":1,\"purchase_price\":2,\"strike\":1,"
           "\"strike\":null}", "ok" },

    /* bodies that are no object */
    { 'x', "", "missing@" },
    { 'x', " ", "json_invalid@#" },
    { 'x', "null", "missing@" },
    { 'x', "[]", "model_attributes_type@" },
    { 'x', "[{}]", "model_attributes_type@" },
    { 'x', "5", "model_attributes_type@" },
    { 'x', "true", "model_attributes_type@" },
    { 'x', "\"{}\"", "model_attributes_type@" },
    { 'x', "{", "json_invalid@#" },
    { 'x', "{\"quantity\":}", "json_invalid@#" },
    { 'x', "{\"quantity\":01}", "json_invalid@#" },
    { 'x', "{\"quantity\":1,}", "json_invalid@#" },
    { 'x', "{'quantity':1}", "json_invalid@#" },
    { 'x', "{\"quantity\":NaN}", "json_invalid@#" },
    { 'x', "{} {}", "json_invalid@#" },
    { 'x', "position_type=stock&quantity=1", "json_invalid@#" },
    { 's', "ticker=\"A\\u0000B\"", "json_invalid@#" },
    { 's', "ticker=\"\xff\"", "json_invalid@#" },
    { 's', "ticker=\"\\ud800\"", "json_invalid@#" }
};


static void
test_table(void **state)
{
    char            json[TEXT_MAX], got[TEXT_MAX];
    size_t          i;
    fin_status_t    status;
    fin_position_t  p;

    (void) state;

    assert_true(sizeof(rows) / sizeof(rows[0]) >= 180);

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {

        if (rows[i].kind == 'x') {
            strcpy(json, rows[i].changed);

        } else {
            object(rows[i].kind == 's' ? ALL_STOCK : ALL_OPTION,
                   rows[i].changed, json);
        }

        status = read_body(json, strlen(json), &p);
        describe(status, got);

        if (strcmp(got, rows[i].result) != 0) {
            fail_msg("row %zu, %s:\n%s\nexpected %s", i, json, got,
                     rows[i].result);
        }

        if (status == FIN_OK) {
            assert_true(fin_position_possible(&p));
            assert_string_equal(p.id, "");
            assert_true(p.created_at == 0 && p.updated_at == 0
                        && p.version == 0);
        }
    }
}


static void
test_values(void **state)
{
    char            json[TEXT_MAX];
    fin_position_t  p;

    (void) state;

    object(ALL_STOCK, "ticker=\" brk.b \"|quantity=\"-12.0\""
           "|purchase_price=\"1_0.25\"|strike=null", json);
    assert_int_equal(read_body(json, strlen(json), &p), FIN_OK);
    assert_int_equal(p.type, FIN_POSITION_STOCK);
    assert_string_equal(p.ticker, "BRK.B");
    assert_int_equal(p.transaction_date, fin_date_make(2026, 1, 2));
    assert_int_equal(p.quantity, -12);
    fin_assert_same(p.purchase_price, 10.25);
    fin_assert_same(p.strike, NAN);
    fin_assert_same(p.premium, NAN);
    assert_int_equal(p.expiration, FIN_NO_DATE);

    object(ALL_OPTION, "transaction_date=86400|expiration=\"172800\""
           "|strike=0.1|premium=true|purchase_price=null", json);
    assert_int_equal(read_body(json, strlen(json), &p), FIN_OK);
    assert_int_equal(p.type, FIN_POSITION_OPTION);
    assert_string_equal(p.ticker, "AAPL");
    assert_int_equal(p.transaction_date, 1);
    assert_int_equal(p.expiration, 2);
    assert_int_equal(p.quantity, -1);
    assert_int_equal(p.option_type, FIN_PUT);
    fin_assert_same(p.strike, 0.1);
    fin_assert_same(p.premium, 1);
    fin_assert_same(p.purchase_price, NAN);

    object(ALL_OPTION, "option_type=\"call\"", json);
    assert_int_equal(read_body(json, strlen(json), &p), FIN_OK);
    assert_int_equal(p.option_type, FIN_CALL);
}


/* What the answer says, word for word. */
static void
test_words(void **state)
{
    char            json[TEXT_MAX];
    fin_out_t       out;
    fin_position_t  p;

    static const char  expected[] =
        "{\"detail\":["
        "{\"type\":\"value_error\",\"loc\":[\"body\",\"transaction_date\"],"
        "\"msg\":\"Value error, transaction_date must be in the years 1900 "
        "to 2200\",\"input\":\"1800-01-01\"},"
        "{\"type\":\"value_error\",\"loc\":[\"body\",\"quantity\"],"
        "\"msg\":\"Value error, quantity must not be 0\",\"input\":0},"
        "{\"type\":\"value_error\",\"loc\":[\"body\",\"purchase_price\"],"
        "\"msg\":\"Value error, purchase_price is for stocks only\","
        "\"input\":[1]},"
        "{\"type\":\"greater_than\",\"loc\":[\"body\",\"strike\"],"
        "\"msg\":\"Input should be greater than 0\",\"input\":-1,"
        "\"ctx\":{\"gt\":0}}]}";
    static const char  missing[] =
        "{\"detail\":["
        "{\"type\":\"missing\",\"loc\":[\"body\",\"position_type\"],"
        "\"msg\":\"Field required\",\"input\":{\"ticker\":\"a\","
        "\"transaction_date\":\"2026-01-02\",\"quantity\":1,"
        "\"expiration\":\"2026-01-01\"}},"
        "{\"type\":\"value_error\",\"loc\":[\"body\",\"expiration\"],"
        "\"msg\":\"Value error, expiration must not be before "
        "transaction_date\",\"input\":\"2026-01-01\"}]}";

    (void) state;

    object(ALL_OPTION, "transaction_date=\"1800-01-01\"|quantity=0"
           "|purchase_price=[1]|strike=-1", json);
    assert_int_equal(read_body(json, strlen(json), &p), FIN_E_SHAPE);
    fin_out_init(&out, 1 << 16);
    fin_out_problems(&out, &problems);
    assert_int_equal(out.len, strlen(expected));
    assert_memory_equal(out.data, expected, out.len);
    fin_out_free(&out);

    object("ticker=\"a\"|transaction_date=\"2026-01-02\"|quantity=1"
           "|expiration=\"2026-01-01\"", "", json);
    assert_int_equal(read_body(json, strlen(json), &p), FIN_E_SHAPE);
    fin_out_init(&out, 1 << 16);
    fin_out_problems(&out, &problems);
    assert_int_equal(out.len, strlen(missing));
    assert_memory_equal(out.data, missing, out.len);
    fin_out_free(&out);
}


/* NULs as bytes, and cuts at every place. */
static void
test_bytes(void **state)
{
    char            json[TEXT_MAX], text[TEXT_MAX];
    size_t          i, len;
    fin_position_t  p;

    (void) state;

    object(ALL_OPTION, "", json);
    len = strlen(json);

    for (i = 0; i < len; i++) {
        assert_int_equal(read_body(json, i, &p), FIN_E_SHAPE);
        assert_int_equal(problems.n, 1);
        assert_string_equal(problems.item[0].type,
                            i == 0 ? "missing" : "json_invalid");

        memcpy(text, json, len);
        text[i] = '\0';
        assert_int_equal(read_body(text, len, &p), FIN_E_SHAPE);
        assert_string_equal(problems.item[0].type, "json_invalid");
    }
}


static void
test_depth(void **state)
{
    char            json[TEXT_MAX], deep[2 * FIN_JSON_DEPTH_MAX + 8];
    size_t          n;
    fin_position_t  p;

    (void) state;

    /* the body itself is one level */
    for (n = FIN_JSON_DEPTH_MAX - 1; n <= FIN_JSON_DEPTH_MAX; n++) {
        strcpy(deep, "x=");
        memset(deep + 2, '[', n);
        memset(deep + 2 + n, ']', n);
        deep[2 + 2 * n] = '\0';

        object(ALL_STOCK, deep, json);
        assert_int_equal(read_body(json, strlen(json), &p),
                         n < FIN_JSON_DEPTH_MAX ? FIN_OK : FIN_E_SHAPE);
    }
}


/* Problems that are there already are kept, and are not this body's. */
static void
test_before(void **state)
{
    char            json[TEXT_MAX];
    fin_position_t  p;

    (void) state;

    object(ALL_STOCK, "", json);
    fin_problems_init(&problems);
    (void) fin_problem_add(&problems, "missing", "x");

    assert_int_equal(fin_in_position(json, strlen(json), &p, &problems),
                     FIN_OK);
    assert_int_equal(problems.n, 1);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_before)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
