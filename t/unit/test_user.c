#include <stdlib.h>
#include <string.h>

#include "fin_assert.h"
#include "fin_json_check.h"
#include "fin_key.h"
#include "fin_user.h"


#define ID  "123e4567-e89b-42d3-a456-426614174000"

#define EMAIL_BAD(input)                                                      \
    "{\"type\":\"value_error\",\"loc\":[\"body\",\"email\"],"                \
    "\"msg\":\"Invalid email\",\"input\":" input "}"
#define STRING_BAD(name, input)                                               \
    "{\"type\":\"string_type\",\"loc\":[\"body\",\"" name "\"],"             \
    "\"msg\":\"Input should be a valid string\",\"input\":" input "}"
#define MISSING(name, input)                                                  \
    "{\"type\":\"missing\",\"loc\":[\"body\",\"" name "\"],"                 \
    "\"msg\":\"Field required\",\"input\":" input "}"
#define NAME_SHORT(input)                                                     \
    "{\"type\":\"string_too_short\",\"loc\":[\"body\",\"name\"],"            \
    "\"msg\":\"String should have at least 1 character\","                   \
    "\"input\":" input ",\"ctx\":{\"min_length\":1}}"


static fin_problems_t   problems;
static fin_user_body_t  user_body;


/* Reads from a block that ends where the text ends. */
static fin_status_t
in_user(const char *text, size_t len)
{
    char          *json;
    fin_status_t   status;

    json = malloc(len == 0 ? 1 : len);
    assert_non_null(json);
    memcpy(json, text, len);

    fin_problems_init(&problems);
    status = fin_in_user(json, len, &user_body, &problems);
    free(json);

    return status;
}


static void
expect(fin_out_t *out, const char *json)
{
    fin_out_raw(out, "", 1);
    assert_int_equal(fin_out_status(out), FIN_OK);
    assert_string_equal(out->data, json);
    fin_out_free(out);
}


static void
user_taken(void **state)
{
    size_t  i;

    static const struct {
        const char  *body;
        const char  *email;
        const char  *key;
        const char  *name;
    } rows[] = {
        { "{\"email\":\"ann@example.org\",\"name\":\"Ann\"}",
          "ann@example.org", "ann@example.org", "Ann" },
        { "{\"name\":\" Ann  B. \\n\",\"email\":\" Ann@Example.ORG\\t\"}",
          "Ann@example.org", "ann@example.org", "Ann  B." },
        { "{\"x\":[1],\"email\":\"x\",\"email\":\"a@b.c\",\"name\":5,"
          "\"name\":\"J\xc3\xbcrgen \\u00e9\",\"owner\":\"bob\",\"id\":1}",
          "a@b.c", "a@b.c", "J\xc3\xbcrgen \xc3\xa9" },
        { "{\"email\":\"a@b.c\",\"name\":\"\\\"\\\\ {}\"}",
          "a@b.c", "a@b.c", "\"\\ {}" }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(in_user(rows[i].body, strlen(rows[i].body)), FIN_OK);
        assert_int_equal(problems.n, 0);
        assert_string_equal(user_body.email.text, rows[i].email);
        assert_string_equal(user_body.email.key, rows[i].key);
        assert_int_equal(user_body.name_len, strlen(rows[i].name));
        assert_memory_equal(user_body.name, rows[i].name,
                            user_body.name_len);
    }
}


static void
user_refused(void **state)
{
    size_t     i;
    fin_out_t  out;

    static const struct {
        const char  *body;
        const char  *detail;
    } rows[] = {
        { "{\"email\":\"ann\",\"name\":\"Ann\"}", EMAIL_BAD("\"ann\"") },
        { "{\"email\":\" a@b.test \",\"name\":\"Ann\"}",
          EMAIL_BAD("\" a@b.test \"") },
        { "{\"email\":\"\",\"name\":\"\"}",
          EMAIL_BAD("\"\"") "," NAME_SHORT("\"\"") },
        { "{\"name\":\" \\t \",\"email\":\"x\"}",
          EMAIL_BAD("\"x\"") "," NAME_SHORT("\" \\t \"") },
        { "{}", MISSING("email", "{}") "," MISSING("name", "{}") },
        { "{\"name\":\"Ann\"}", MISSING("email", "{\"name\":\"Ann\"}") },
        { "{\"Email\":\"a@b.c\",\"name\":\"A\"}",
          MISSING("email", "{\"Email\":\"a@b.c\",\"name\":\"A\"}") },
        { "{\"email\":null,\"name\":7}",
          STRING_BAD("email", "null") "," STRING_BAD("name", "7") },
        { "{\"email\":[\"a@b.c\"],\"name\":{}}",
          STRING_BAD("email", "[\"a@b.c\"]") "," STRING_BAD("name", "{}") },
        { "", "{\"type\":\"missing\",\"loc\":[\"body\"],"
              "\"msg\":\"Field required\",\"input\":null}" }
    };

    char  json[1024];

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(in_user(rows[i].body, strlen(rows[i].body)),
                         FIN_E_SHAPE);

        fin_out_init(&out, 1 << 16);
        fin_out_problems(&out, &problems);
        (void) snprintf(json, sizeof(json), "{\"detail\":[%s]}",
                        rows[i].detail);
        expect(&out, json);
    }
}


/* 200 characters, not bytes; white space around them does not count. */
static void
user_name_length(void **state)
{
    int   n;
    char  json[2048], *p;

    (void) state;

    for (n = 199; n <= 201; n++) {
        p = json + sprintf(json, "{\"email\":\"a@b.c\",\"name\":\"   ");

        for (int i = 0; i < n; i++) {
            p += sprintf(p, "\xf0\x9f\x98\x80");
        }

        p += sprintf(p, "  \"}");

        assert_int_equal(in_user(json, (size_t) (p - json)),
                         n <= 200 ? FIN_OK : FIN_E_SHAPE);

        if (n <= 200) {
            assert_int_equal(user_body.name_len, 4 * n);

        } else {
            assert_int_equal(problems.n, 1);
            assert_string_equal(problems.item[0].type, "string_too_long");
        }
    }
}


/* The address as it came is at hand for a problem found later. */
static void
user_given(void **state)
{
    char       json[1024];
    fin_out_t  out;

    static const char  short_one[] = "{\"email\":\" A@B.c\\n\","
                                     "\"name\":\"A\"}";

    (void) state;

    assert_int_equal(in_user(short_one, sizeof(short_one) - 1), FIN_OK);
    fin_user_email_problem(&problems, user_body.given, user_body.given_len);

    fin_out_init(&out, 1 << 16);
    fin_out_problems(&out, &problems);
    expect(&out, "{\"detail\":[" EMAIL_BAD("\" A@B.c\\n\"") "]}");

    /* cut, but never past its end */
    memset(json, ' ', sizeof(json));
    memcpy(json, "{\"email\":\"", 10);
    memcpy(json + 1000, "a@b.c\",\"name\":\"A\"}", 18);

    assert_int_equal(in_user(json, 1018), FIN_OK);
    assert_int_equal(user_body.given_len, FIN_PROBLEM_INPUT_MAX);
    assert_string_equal(user_body.email.text, "a@b.c");
}


static fin_user_text_t  field[FIN_USER_FIELDS];


static void
set(fin_user_field_e i, const char *text)
{
    field[i].data = text;
    field[i].len = text == NULL ? 0 : strlen(text);
}


static void
set_all(void)
{
    set(FIN_USER_ID, ID);
    set(FIN_USER_EMAIL, "Ann@example.org");
    set(FIN_USER_NAME, "Ann \"B\"");
    set(FIN_USER_CREATED_AT, "1767366245000");
    set(FIN_USER_OWNER, "ann");
}


static void
user_read(void **state)
{
    fin_out_t   out;
    fin_user_t  user;

    (void) state;

    set_all();
    assert_int_equal(fin_user_read(field, ID, &user), FIN_OK);
    assert_int_equal(user.owner.len, 3);
    assert_int_equal(user.created_at, 1767366245000);

    fin_out_init(&out, 4096);
    fin_out_user(&out, &user);
    expect(&out, "{\"id\":\"" ID "\",\"email\":\"Ann@example.org\","
                 "\"name\":\"Ann \\\"B\\\"\","
                 "\"created_at\":\"2026-01-02T15:04:05Z\"}");

    /* nobody's */
    set(FIN_USER_OWNER, "");
    assert_int_equal(fin_user_read(field, ID, &user), FIN_OK);
    assert_non_null(user.owner.data);
    assert_int_equal(user.owner.len, 0);
}


static void
user_read_none(void **state)
{
    int         i;
    fin_user_t  user;

    (void) state;

    memset(field, 0, sizeof(field));
    assert_int_equal(fin_user_read(field, ID, &user), FIN_E_NOT_FOUND);

    /* a part of one is a damaged one */
    for (i = 0; i < FIN_USER_FIELDS; i++) {
        set_all();
        set((fin_user_field_e) i, NULL);
        assert_int_equal(fin_user_read(field, ID, &user), FIN_E_VALUE);
        assert_int_equal(user.owner.len, i == FIN_USER_OWNER ? 0 : 3);
        assert_null(user.email.data);

        memset(field, 0, sizeof(field));
        set((fin_user_field_e) i, "x");
        assert_int_equal(fin_user_read(field, ID, &user), FIN_E_VALUE);
    }
}


static void
user_read_damaged(void **state)
{
    char        text[1024];
    size_t      i;
    fin_user_t  user;

    static const struct {
        fin_user_field_e   field;
        const char        *text;
        fin_status_t       status;
    } rows[] = {
        { FIN_USER_ID, "123e4567-e89b-42d3-a456-426614174001", FIN_E_VALUE },
        { FIN_USER_ID, "123e4567", FIN_E_VALUE },
        { FIN_USER_ID, "", FIN_E_VALUE },
        { FIN_USER_EMAIL, "", FIN_E_VALUE },
        { FIN_USER_NAME, "", FIN_E_VALUE },
        { FIN_USER_CREATED_AT, "", FIN_E_VALUE },
        { FIN_USER_CREATED_AT, "soon", FIN_E_VALUE },
        { FIN_USER_CREATED_AT, "1767366245000x", FIN_E_VALUE },
        { FIN_USER_CREATED_AT, "99999999999999999999", FIN_E_VALUE },
        { FIN_USER_CREATED_AT, "253402300800000", FIN_E_VALUE },
        { FIN_USER_CREATED_AT, "253402300799999", FIN_OK },
        { FIN_USER_CREATED_AT, "-1000", FIN_OK },
        { FIN_USER_CREATED_AT, "-62167219200000", FIN_OK },
        { FIN_USER_CREATED_AT, "-62167219200001", FIN_E_VALUE }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        set_all();
        set(rows[i].field, rows[i].text);
        assert_int_equal(fin_user_read(field, ID, &user), rows[i].status);
    }

    memset(text, 'a', sizeof(text));

    set_all();
    field[FIN_USER_EMAIL].data = text;
    field[FIN_USER_EMAIL].len = FIN_EMAIL_MAX + 1;
    assert_int_equal(fin_user_read(field, ID, &user), FIN_E_VALUE);

    set_all();
    field[FIN_USER_NAME].data = text;
    field[FIN_USER_NAME].len = FIN_USER_NAME_BYTES + 1;
    assert_int_equal(fin_user_read(field, ID, &user), FIN_E_VALUE);

    set_all();
    field[FIN_USER_OWNER].data = text;
    field[FIN_USER_OWNER].len = FIN_OWNER_MAX + 1;
    assert_int_equal(fin_user_read(field, ID, &user), FIN_E_VALUE);
    assert_int_equal(user.owner.len, 0);
}


/* What another program put there leaves as JSON all the same. */
static void
user_out(void **state)
{
    size_t      pos;
    fin_out_t   out;
    fin_user_t  user;

    (void) state;

    set_all();
    set(FIN_USER_NAME, "\"}\n\x01\xff<script>");
    set(FIN_USER_EMAIL, "\\\"");
    assert_int_equal(fin_user_read(field, ID, &user), FIN_OK);

    fin_out_init(&out, 4096);
    fin_out_user(&out, &user);
    assert_int_equal(fin_out_status(&out), FIN_OK);
    assert_null(fin_json_check(out.data, out.len, &pos));
    fin_out_free(&out);
}


static void
user_fields(void **state)
{
    (void) state;

    assert_string_equal(fin_user_field_name(FIN_USER_ID), "id");
    assert_string_equal(fin_user_field_name(FIN_USER_EMAIL), "email");
    assert_string_equal(fin_user_field_name(FIN_USER_NAME), "name");
    assert_string_equal(fin_user_field_name(FIN_USER_CREATED_AT),
                        "created_at");
    assert_string_equal(fin_user_field_name(FIN_USER_OWNER), "owner");
}


static void
user_ids(void **state)
{
    int             i;
    char            text[8192], *p, id[FIN_UUID_LEN + 1];
    fin_user_ids_t  ids;

    (void) state;

    assert_int_equal(fin_user_id("123E4567-E89B-42D3-A456-426614174000", 36,
                                 id),
                     FIN_OK);
    assert_string_equal(id, ID);
    assert_int_equal(fin_user_id(ID "0", 37, id), FIN_E_VALUE);
    assert_string_equal(id, "");

    assert_int_equal(fin_user_ids("", 0, &ids), FIN_OK);
    assert_int_equal(ids.n, 0);

    p = stpcpy(text, ",x,123e4567-e89b-42d3-a456-426614174002,," ID
               ",123E4567-e89b-42d3-a456-426614174000, " ID ",");
    assert_int_equal(fin_user_ids(text, (size_t) (p - text), &ids), FIN_OK);
    assert_int_equal(ids.n, 2);
    assert_string_equal(ids.id[0], "123e4567-e89b-42d3-a456-426614174002");
    assert_string_equal(ids.id[1], ID);

    for (i = 0, p = text; i < 101; i++) {
        p += sprintf(p, "%s123e4567-e89b-42d3-a456-426614174%03d",
                     i == 0 ? "" : ",", i);

        if (i == 99) {
            assert_int_equal(fin_user_ids(text, (size_t) (p - text), &ids),
                             FIN_OK);
            assert_int_equal(ids.n, 100);
            assert_string_equal(ids.id[99],
                                "123e4567-e89b-42d3-a456-426614174099");
        }
    }

    assert_int_equal(fin_user_ids(text, (size_t) (p - text), &ids),
                     FIN_E_TOO_BIG);
    assert_int_equal(ids.n, 0);

    /* what is no id counts, what is nothing does not */
    for (i = 0, p = text; i < 100; i++) {
        p = stpcpy(p, "x,,");
    }

    assert_int_equal(fin_user_ids(text, (size_t) (p - text), &ids), FIN_OK);
    p = stpcpy(p, ID);
    assert_int_equal(fin_user_ids(text, (size_t) (p - text), &ids),
                     FIN_E_TOO_BIG);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(user_taken),
        cmocka_unit_test(user_refused),
        cmocka_unit_test(user_name_length),
        cmocka_unit_test(user_given),
        cmocka_unit_test(user_read),
        cmocka_unit_test(user_read_none),
        cmocka_unit_test(user_read_damaged),
        cmocka_unit_test(user_out),
        cmocka_unit_test(user_fields),
        cmocka_unit_test(user_ids)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
