/* Names of contracts. */

#include <string.h>

#include "fin_assert.h"
#include "fin_contract.h"
#include "fin_key.h"
#include "fin_market_chain.h"


static fin_date_t
date(const char *text)
{
    return fin_date_parse(text, strlen(text));
}


static void
test_names(void **state)
{
    char    name[FIN_CONTRACT_MAX + 1];
    size_t  i, len;

    static const struct {
        const char   *ticker, *expiration;
        fin_right_t   type;
        double        strike;
        const char   *name;             /* "": none */
    } rows[] = {
        { "AAPL", "2026-01-16", FIN_CALL, 150, "O:AAPL260116C00150000" },
        { "AAPL", "2026-01-16", FIN_PUT, 152.5, "O:AAPL260116P00152500" },
        { "F", "2000-01-01", FIN_CALL, 0.001, "O:F000101C00000001" },
        { "F", "2099-12-31", FIN_CALL, 99999.999, "O:F991231C99999999" },
        { "F", "2026-11-05", FIN_PUT, 92.86, "O:F261105P00092860" },
        { "F", "2026-11-05", FIN_PUT, 0.1 + 0.2, "O:F261105P00000300" },
        { "BRK.B", "2026-01-16", FIN_CALL, 500, "O:BRKB260116C00500000" },
        { "BF-B", "2026-01-16", FIN_CALL, 1, "O:BFB260116C00001000" },
        { "A.-.", "2026-01-16", FIN_CALL, 1, "O:A260116C00001000" },
        { "ABCDEFGHIJKL", "2026-01-16", FIN_CALL, 1,
          "O:ABCDEFGHIJKL260116C00001000" },

        { "F", "1999-12-31", FIN_CALL, 1, "" },
        { "F", "2100-01-01", FIN_CALL, 1, "" },
        { "F", "none", FIN_CALL, 1, "" },
        { "F", "2026-01-16", FIN_CALL, 100000, "" },
        { "F", "2026-01-16", FIN_CALL, 1e300, "" },
        { "F", "2026-01-16", FIN_CALL, 0.0005, "" },
        { "F", "2026-01-16", FIN_CALL, 12.3456, "" },
        { "F", "2026-01-16", FIN_CALL, 0, "" },
        { "F", "2026-01-16", FIN_CALL, -1, "" },
        { "F", "2026-01-16", FIN_CALL, NAN, "" },
        { "F", "2026-01-16", FIN_CALL, INFINITY, "" },
        { "", "2026-01-16", FIN_CALL, 1, "" },
        { "f", "2026-01-16", FIN_CALL, 1, "" },
        { "../F", "2026-01-16", FIN_CALL, 1, "" },
        { "ABCDEFGHIJKLM", "2026-01-16", FIN_CALL, 1, "" }
    };

    (void) state;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        memset(name, 0x5a, sizeof(name));
        len = fin_contract_name(name, rows[i].ticker,
                                date(rows[i].expiration), rows[i].type,
                                rows[i].strike);
        assert_string_equal(name, rows[i].name);
        assert_int_equal(len, strlen(rows[i].name));

        if (len > 0) {
            assert_true(fin_contract_valid(name, len));
            assert_true(fin_contract_safe(name));
        }
    }
}


/* Every thousandth: to units and back is the same double. */
static void
test_strikes(void **state)
{
    uint32_t  k;

    (void) state;

    for (k = 1; k < 99999999; k += k < 3000000 ? 1 : 997) {
        assert_int_equal(fin_contract_strike((double) k / 1000), k);
    }

    assert_int_equal(fin_contract_strike(99999.999), 99999999);
    assert_int_equal(fin_contract_strike(100000), 0);
    assert_int_equal(fin_contract_strike(1.0005), 0);
}


static void
test_safe(void **state)
{
    int   c;
    char  name[2] = { 0, 0 };

    (void) state;

    assert_false(fin_contract_safe(""));

    for (c = 1; c < 256; c++) {
        name[0] = (char) c;
        assert_int_equal(fin_contract_safe(name) != 0,
                         c < 128 && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                           "abcdefghijklmnopqrstuvwxyz"
                                           "0123456789:.-", c) != NULL);
    }
}


/* The names of real and synthetic chains are those. */
static void
test_files(void **state)
{
    char                     name[FIN_CONTRACT_MAX + 1];
    size_t                   i, seen;
    fin_chain_t              chain;
    const fin_option_t      *o;
    const fin_market_set_t  *set;

    (void) state;
    seen = 0;

    for (set = fin_market_sets; set->ticker != NULL; set++) {

        fin_chain_init(&chain);

        if (!fin_market_pages(set, &chain)) {
            continue;
        }

        for (i = 0; i < chain.n; i++) {
            o = &chain.opt[i];
            (void) fin_contract_name(name, set->ticker, o->expiration,
                                     o->type, o->strike);
            assert_string_equal(name, o->ticker);
            seen++;
        }

        fin_chain_free(&chain);
    }

    if (seen == 0) {
        skip();
    }
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_strikes),
        cmocka_unit_test(test_safe),
        cmocka_unit_test(test_files)
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
