#include <string.h>

#include <cjson/cJSON.h>

#include "fin_assert.h"
#include "fin_build_bare.h"
#include "fin_snapshot.h"
#include "fin_time.h"


static const fin_bare_t  bare = {
    "KO", 62.5, NULL, 20000, 1767366245000, 1767366245123
};


/* The snapshot's stock, parsed: the caller's. */
static cJSON *
bare_stock(const fin_bare_t *what, fin_snapshot_t *snapshot, fin_out_t *out)
{
    fin_rules_t  rules;
    fin_bare_t   b = *what;

    fin_rules_default(&rules);
    b.rules = &rules;

    fin_out_init(out, 1024 * 1024);
    fin_build_bare(out, &b);
    assert_int_equal(fin_out_status(out), FIN_OK);
    assert_int_equal(fin_snapshot_read(out->data, out->len, snapshot),
                     FIN_OK);

    return cJSON_ParseWithLength(snapshot->data + snapshot->cut[FIN_CUT_STOCK],
                                 snapshot->cut[FIN_CUT_END] + 1
                                 - snapshot->cut[FIN_CUT_STOCK]);
}


static void
bare_price_alone(void **state)
{
    cJSON           *stock, *data, *item;
    fin_out_t        out;
    fin_snapshot_t   snapshot;

    (void) state;

    stock = bare_stock(&bare, &snapshot, &out);
    assert_non_null(stock);

    data = cJSON_GetObjectItem(stock, "stock_data");

    cJSON_ArrayForEach(item, data) {
        if (strcmp(item->string, "current_price") == 0) {
            assert_true(item->valuedouble == 62.5);

        } else if (strcmp(item->string, "ticker") == 0) {
            assert_string_equal(item->valuestring, "KO");

        } else if (cJSON_IsArray(item)) {
            assert_int_equal(cJSON_GetArraySize(item), 0);

        } else if (!cJSON_IsObject(item)) {
            assert_true(cJSON_IsNull(item));
        }
    }

    assert_string_equal(cJSON_GetObjectItem(stock, "options_status")
                            ->valuestring, "unavailable");

    item = cJSON_GetObjectItem(cJSON_GetObjectItem(stock, "strategy_data"),
                               "csp_signal");
    assert_string_equal(cJSON_GetObjectItem(item, "score")->valuestring,
                        "red");

    /* it is not fresh a moment later */
    assert_int_equal(snapshot.fresh_ms, snapshot.fetched_ms);

    cJSON_Delete(stock);
    fin_out_free(&out);
}


static void
bare_no_price(void **state)
{
    size_t           i;
    cJSON           *stock, *data;
    fin_out_t        out;
    fin_bare_t       b;
    fin_snapshot_t   snapshot;

    static const double  price[] = { 0, -1, NAN, INFINITY };

    (void) state;

    for (i = 0; i < sizeof(price) / sizeof(price[0]); i++) {
        b = bare;
        b.price = price[i];

        stock = bare_stock(&b, &snapshot, &out);
        assert_non_null(stock);

        data = cJSON_GetObjectItem(stock, "stock_data");
        assert_true(cJSON_IsNull(cJSON_GetObjectItem(data, "current_price")));

        cJSON_Delete(stock);
        fin_out_free(&out);
    }
}


static void
bare_refused(void **state)
{
    fin_out_t    out;
    fin_bare_t   b = bare;
    fin_rules_t  rules;

    (void) state;

    fin_rules_default(&rules);
    b.rules = &rules;

    fin_out_init(&out, 100);
    fin_build_bare(&out, &b);
    assert_int_equal(fin_out_status(&out), FIN_E_TOO_BIG);
    fin_out_free(&out);

    b.fetched_at = -1;
    fin_out_init(&out, 1024 * 1024);
    fin_build_bare(&out, &b);
    assert_int_equal(fin_out_status(&out), FIN_E_VALUE);
    fin_out_free(&out);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(bare_price_alone),
        cmocka_unit_test(bare_no_price),
        cmocka_unit_test(bare_refused)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
