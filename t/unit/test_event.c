#include <string.h>

#include "fin_assert.h"
#include "fin_event.h"


static void
test_id(void **state)
{
    char            text[FIN_EVENT_ID_MAX];
    size_t          i, len;
    fin_event_id_t  id;

    static const struct {
        const char    *text;
        fin_status_t   status;
        uint64_t       ms;
        uint64_t       seq;
    } rows[] = {
        { "0-0", FIN_OK, 0, 0 },
        { "1-2", FIN_OK, 1, 2 },
        { "1795577218660-12", FIN_OK, UINT64_C(1795577218660), 12 },
        { "18446744073709551615-18446744073709551615", FIN_OK, UINT64_MAX,
          UINT64_MAX },
        { "18446744073709551616-0", FIN_E_VALUE, 0, 0 },
        { "0-18446744073709551616", FIN_E_VALUE, 0, 0 },
        { "0-99999999999999999999", FIN_E_VALUE, 0, 0 },
        { "", FIN_E_VALUE, 0, 0 }, { "-", FIN_E_VALUE, 0, 0 },
        { "1", FIN_E_VALUE, 0, 0 }, { "1-", FIN_E_VALUE, 0, 0 },
        { "-1", FIN_E_VALUE, 0, 0 }, { "1-2-3", FIN_E_VALUE, 0, 0 },
        { "01-2", FIN_E_VALUE, 0, 0 }, { "1-02", FIN_E_VALUE, 0, 0 },
        { "1-2 ", FIN_E_VALUE, 0, 0 }, { " 1-2", FIN_E_VALUE, 0, 0 },
        { "+1-2", FIN_E_VALUE, 0, 0 }, { "a-b", FIN_E_VALUE, 0, 0 }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        len = strlen(rows[i].text);

        assert_int_equal(fin_event_id_parse(rows[i].text, len, &id),
                         rows[i].status);

        if (rows[i].status != FIN_OK) {
            continue;
        }

        assert_true(id.ms == rows[i].ms && id.seq == rows[i].seq);
        assert_int_equal(fin_event_id_format(&id, text), len);
        assert_memory_equal(text, rows[i].text, len);
    }
}


static void
test_id_cmp(void **state)
{
    size_t  i;

    static const struct {
        fin_event_id_t  one;
        fin_event_id_t  two;
        int             sign;
    } rows[] = {
        { { 1, 1 }, { 1, 1 }, 0 },
        { { 1, 1 }, { 1, 2 }, -1 },
        { { 1, 9 }, { 2, 0 }, -1 },
        { { UINT64_MAX, 0 }, { 0, UINT64_MAX }, 1 },
        { { 5, UINT64_MAX }, { 5, 0 }, 1 }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(fin_event_id_cmp(&rows[i].one, &rows[i].two),
                         rows[i].sign);
        assert_int_equal(fin_event_id_cmp(&rows[i].two, &rows[i].one),
                         -rows[i].sign);
    }
}


#define ID  "0a1b2c3d-4e5f-4a6b-8c7d-0e1f2a3b4c5d"


static void
test_read(void **state)
{
    char         text[FIN_EVENT_MAX];
    size_t       i, len;
    fin_event_t  event;

    static const struct {
        const char        *line;
        fin_status_t       status;
        fin_event_kind_t   kind;
        fin_event_op_t     op;
        const char        *ticker;
        const char        *owner;
    } rows[] = {
        { "stock KO", FIN_OK, FIN_EVENT_STOCK, 0, "KO", "" },
        { "stock BRK.B", FIN_OK, FIN_EVENT_STOCK, 0, "BRK.B", "" },
        { "watchlist default", FIN_OK, FIN_EVENT_WATCHLIST, 0, "", "default" },
        { "watchlist CN=a b, C=c", FIN_OK, FIN_EVENT_WATCHLIST, 0, "",
          "CN=a b, C=c" },
        { "watchlist  x", FIN_OK, FIN_EVENT_WATCHLIST, 0, "", " x" },
        { "position created " ID " o", FIN_OK, FIN_EVENT_POSITION,
          FIN_EVENT_CREATED, "", "o" },
        { "position replaced " ID " o p", FIN_OK, FIN_EVENT_POSITION,
          FIN_EVENT_REPLACED, "", "o p" },
        { "position removed " ID " o", FIN_OK, FIN_EVENT_POSITION,
          FIN_EVENT_REMOVED, "", "o" },
        { "", FIN_E_VALUE, 0, 0, "", "" },
        { "stock", FIN_E_VALUE, 0, 0, "", "" },
        { "stock ", FIN_E_VALUE, 0, 0, "", "" },
        { "stock ko", FIN_E_VALUE, 0, 0, "", "" },
        { "stock KO ", FIN_E_VALUE, 0, 0, "", "" },
        { "stock ABCDEFGHIJKLM", FIN_E_VALUE, 0, 0, "", "" },
        { "stocks KO", FIN_E_VALUE, 0, 0, "", "" },
        { "watchlist", FIN_E_VALUE, 0, 0, "", "" },
        { "watchlist ", FIN_E_VALUE, 0, 0, "", "" },
        { "position", FIN_E_VALUE, 0, 0, "", "" },
        { "position created", FIN_E_VALUE, 0, 0, "", "" },
        { "position created " ID, FIN_E_VALUE, 0, 0, "", "" },
        { "position created " ID " ", FIN_E_VALUE, 0, 0, "", "" },
        { "position created " ID "x o", FIN_E_VALUE, 0, 0, "", "" },
        { "position made " ID " o", FIN_E_VALUE, 0, 0, "", "" },
        { "position  " ID " o", FIN_E_VALUE, 0, 0, "", "" }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        len = strlen(rows[i].line);

        assert_int_equal(fin_event_read(rows[i].line, len, &event),
                         rows[i].status);

        if (rows[i].status != FIN_OK) {
            continue;
        }

        assert_int_equal(event.kind, rows[i].kind);
        assert_int_equal(event.op, rows[i].op);
        assert_string_equal(event.ticker, rows[i].ticker);
        assert_int_equal(event.owner_len, strlen(rows[i].owner));

        if (event.owner_len) {
            assert_memory_equal(event.owner, rows[i].owner, event.owner_len);
        }

        assert_int_equal(fin_event_write(&event, text), len);
        assert_memory_equal(text, rows[i].line, len);
    }
}


static void
test_owner_bounds(void **state)
{
    char         owner[FIN_OWNER_MAX + 1], text[FIN_EVENT_MAX];
    size_t       len;
    fin_event_t  event, again;

    (void) state;

    memset(&event, 0, sizeof(event));
    memset(owner, 'z', sizeof(owner));

    event.kind = FIN_EVENT_POSITION;
    event.op = FIN_EVENT_REPLACED;
    memcpy(event.position, ID, sizeof(ID));
    event.owner = owner;
    event.owner_len = FIN_OWNER_MAX;

    len = fin_event_write(&event, text);

    assert_true(len > FIN_OWNER_MAX && len <= FIN_EVENT_MAX);
    assert_int_equal(fin_event_read(text, len, &again), FIN_OK);
    assert_int_equal(again.owner_len, FIN_OWNER_MAX);

    event.owner_len = FIN_OWNER_MAX + 1;
    assert_int_equal(fin_event_write(&event, text), 0);

    event.owner_len = 0;
    assert_int_equal(fin_event_write(&event, text), 0);
}


static void
test_frame(void **state)
{
    fin_out_t       out;
    fin_event_id_t  id = { 7, 1 };

    static const char  wanted[] = "id: 7-1\nevent: stock\ndata: {\"a\":\ndata: "
                                  "1\ndata: }\n\n";

    (void) state;

    fin_out_init(&out, 4096);

    fin_event_begin(&out, &id, "stock");
    fin_event_data(&out, "{\"a\":\n", 6);
    fin_event_data(&out, "", 0);
    fin_event_data(&out, "1\r}", 3);
    fin_event_end(&out);

    assert_int_equal(fin_out_status(&out), FIN_OK);
    assert_int_equal(out.len, sizeof(wanted) - 1);
    assert_memory_equal(out.data, wanted, sizeof(wanted) - 1);

    fin_out_free(&out);
}


int
main(void)
{
    static const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_id),
        cmocka_unit_test(test_id_cmp),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_owner_bounds),
        cmocka_unit_test(test_frame)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
