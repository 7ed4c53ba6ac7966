/* build: src/market/generate_*.c -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */

/* One owner's positions in one ticker, from a book to finished JSON. */

#include <pthread.h>

#include "fin_assert.h"
#include "fin_memory_ends.h"
#include "fin_out_position.h"
#include "fin_owner.h"
#include "fin_snapshot.h"


/* ---- nothing held: a snapshot's own bytes */

static void
check_nothing(const fin_sample_t *s)
{
    owner_t         *o;
    fin_build_t     *b;
    fin_snapshot_t   view;

    b = books_build(s, 1);
    assert_int_equal(fin_snapshot_read(b->out.data, b->out.len, &view),
                     FIN_OK);

    o = owner_new(s, 0, 1);
    owner_write(o);

    assert_int_equal(o->out.len, view.cut[FIN_CUT_STRATEGY_END]
                                 - view.cut[FIN_CUT_OWNER_SIGNALS]);
    assert_memory_equal(o->out.data,
                        view.data + view.cut[FIN_CUT_OWNER_SIGNALS],
                        o->out.len);
    assert_int_equal(o->h.signals_len + 1, view.cut[FIN_CUT_POSITIONS]
                                           - view.cut[FIN_CUT_OWNER_SIGNALS]);

    owner_free(o);
    fin_build_free(b);
}


static void
test_nothing_held(void **state)
{
    (void) state;
    (void) books_each(check_nothing);
}


/* ---- lots, lists, bytes */

static void
check_slice(const owner_t *o, size_t i)
{
    char                     *text;
    cJSON                    *json;
    const cJSON              *metrics, *advice;
    const fin_holding_lot_t  *lot = &o->h.lot[i];

    assert_in_range(lot->from, o->h.signals_len, o->out.len - lot->len);
    text = strndup(o->out.data + lot->from, lot->len);
    json = cJSON_ParseWithOpts(text, NULL, 1);
    assert_non_null(json);

    assert_string_equal(get(json, "id")->valuestring, o->position[i].id);
    assert_int_equal(lot->class, fin_position_class(&o->position[i]));

    metrics = get(json, "metrics");
    fin_assert_same(number(metrics, "current_value"),
                    lot->metrics.current_value);
    fin_assert_same(number(metrics, "unrealized_pnl"),
                    lot->metrics.unrealized_pnl);
    fin_assert_same(number(metrics, "unrealized_pnl_pct"),
                    lot->metrics.unrealized_pnl_pct);
    assert_int_equal(lot->valued, isfinite(lot->metrics.current_value)
                                  && isfinite(lot->metrics.unrealized_pnl));

    advice = get(json, "recommendation");
    assert_string_equal(get(advice, "action")->valuestring,
                        fin_action_name(lot->action));
    fin_assert_same(number(advice, "priority"), (double) lot->priority);

    cJSON_Delete(json);
    free(text);
}


/* All of a class, in the order of position[], and nothing else. */
static void
check_list(const owner_t *o, fin_position_class_t class, const cJSON *list)
{
    size_t        i;
    const cJSON  *item;

    item = list->child;

    for (i = 0; i < o->h.n; i++) {
        if (fin_position_class(&o->position[i]) == class) {
            assert_non_null(item);
            assert_string_equal(get(item, "id")->valuestring,
                                o->position[i].id);
            item = item->next;
        }
    }

    assert_null(item);
}


static void
check_lists(const owner_t *o)
{
    size_t        i;
    const cJSON  *item;

    static const char *const  order[] = {
        "covered_call_signal", "pmcc_signal", "leaps_positions",
        "short_call_positions", "stock_positions", "short_put_positions",
        "other_positions"
    };

    item = o->json->child;

    for (i = 0; i < GOLDEN_COUNT(order); i++) {
        assert_non_null(item);
        assert_string_equal(item->string, order[i]);

        if (i >= 2) {
            check_list(o, (fin_position_class_t) (i - 2), item);
        }

        item = item->next;
    }

    assert_null(item);
    assert_memory_equal(o->out.data + o->h.signals_len,
                        ",\"leaps_positions\":[", 20);

    for (i = 0; i < o->h.n; i++) {
        check_slice(o, i);
    }
}


static void
check_owners(const fin_sample_t *s)
{
    int       kind;
    owner_t  *o;

    for (kind = 0; kind < BOOKS_OWNERS; kind++) {
        o = owner_new(s, kind, kind % 2);
        owner_write(o);
        check_lists(o);
        owner_free(o);
    }
}


static void
test_lists(void **state)
{
    (void) state;
    (void) books_each(check_owners);
}


/* ---- recommendations are those of the core */

static void
advice_of(const owner_t *o, const fin_lot_t *lot, size_t i,
    fin_advice_t *out)
{
    fin_signal_t     signal;
    fin_holding_t    holding;
    fin_advice_in_t  in;
    const char      *ticker = o->s->stock.ticker;

    fin_portfolio_holding(lot, o->h.n, ticker, &rules, o->h.today, &holding);
    fin_signal_evaluate(FIN_SIGNAL_COVERED_CALL, &rules, &o->s->stock,
                        &o->s->chain, o->book->options, &holding, &signal);

    in.position = lot[i].position;
    in.metrics = &lot[i].metrics;
    in.contract = lot[i].contract;
    in.stock = &o->s->stock;
    in.chain = &o->s->chain;
    in.shares = holding.shares;
    in.leaps_strike = fin_portfolio_leaps_strike(lot, o->h.n, ticker,
                                                 o->h.today, &holding);
    in.trade_price = fin_series_close_on(o->s->series,
                                         lot[i].position->transaction_date);
    in.covered_call = &signal;

    fin_advice_make(&in, out);
}


static unsigned  advised[FIN_CLASS_COUNT][FIN_ACTION_ROLL + 1];
static unsigned  rolled;                /* with a target */


static void
check_advised(const fin_sample_t *s)
{
    int           kind;
    size_t        i;
    owner_t      *o;
    fin_out_t     want;
    fin_lot_t     lot[BOOKS_MOST];
    fin_advice_t  advice;

    for (kind = 1; kind < BOOKS_OWNERS; kind++) {
        o = owner_new(s, kind, 0);
        owner_write(o);

        for (i = 0; i < o->h.n; i++) {
            lot[i].position = &o->position[i];
            lot[i].contract = fin_position_contract(&o->position[i],
                                                    &s->chain);
            fin_position_metrics(&o->position[i], s->stock.price,
                                 lot[i].contract, s->stock.today,
                                 &lot[i].metrics);
        }

        for (i = 0; i < o->h.n; i += 3) {
            advice_of(o, lot, i, &advice);
            advised[o->h.lot[i].class][advice.action]++;

            /* a LEAPS asks for its targets, the whole chain or not */
            if (o->h.lot[i].class == FIN_CLASS_LEAPS
                && advice.action == FIN_ACTION_ROLL)
            {
                assert_int_equal(o->h.lot[i].action, FIN_ACTION_ROLL);
                continue;
            }

            rolled += advice.has_roll;

            fin_out_init(&want, 100000);
            fin_out_position(&want, &o->position[i], &lot[i].metrics, &advice,
                             BOOKS_FETCHED);
            assert_int_equal(o->h.lot[i].len, want.len);
            assert_memory_equal(o->out.data + o->h.lot[i].from, want.data,
                                want.len);
            fin_out_free(&want);
        }

        owner_free(o);
    }
}


static void
test_advice(void **state)
{
    int  class;

    (void) state;

    memset(advised, 0, sizeof(advised));
    rolled = 0;
    (void) books_each(check_advised);

    for (class = 0; class < FIN_CLASS_COUNT; class++) {
        assert_true(advised[class][FIN_ACTION_MAINTAIN] > 0);

        if (class <= FIN_CLASS_SHORT_CALL || class == FIN_CLASS_SHORT_PUT) {
            assert_true(advised[class][FIN_ACTION_CLOSE] > 0);
            assert_true(advised[class][FIN_ACTION_ROLL] > 0);
        }
    }

    assert_true(rolled > 100);
}


/* ---- without a book */

static void
check_no_book(const fin_sample_t *s)
{
    int                       kind;
    size_t                    i;
    owner_t                  *o;
    const cJSON              *signal;
    const fin_holding_lot_t  *lot;

    for (kind = 0; kind < BOOKS_OWNERS; kind++) {
        o = owner_new(s, kind, 0);
        *fin_chain_push(&o->extra) = s->chain.n > 0 ? s->chain.opt[0]
                                     : (fin_option_t) { .ticker = "O:X" };
        o->h.book = NULL;
        o->h.price = kind == 1 ? (double) NAN : 12.5;
        owner_write(o);
        check_lists(o);

        signal = get(o->json, "covered_call_signal");
        assert_string_equal(get(signal, "score")->valuestring, "red");
        assert_non_null(strstr(o->text, "Options are not available"));

        for (i = 0; i < o->h.n; i++) {
            lot = &o->h.lot[i];

            if (o->position[i].type == FIN_POSITION_STOCK && kind != 1) {
                fin_assert_same(lot->metrics.current_value,
                                12.5 * (double) o->position[i].quantity);
                assert_true(lot->valued);

            } else {
                assert_true(isnan(lot->metrics.current_value));
                assert_false(lot->valued);
            }
        }

        assert_int_equal(fin_holdings_needs(&o->h, NULL, 0), 0);
        assert_null(strstr(o->text, "\"roll_type\""));
        owner_free(o);
    }
}


static void
test_no_book(void **state)
{
    fin_sample_t  s;

    (void) state;

    fin_sample_open(&s, &sample_stocks[0], fin_sample_day(books_days[0]), 1);
    check_no_book(&s);
    fin_sample_close(&s);
}


/* ---- what is refused */

static void
spoil(fin_position_t *p, int how)
{
    switch (how) {
    case 0: strcpy(p->ticker, "OTHER"); break;
    case 1: p->ticker[0] = '\0'; break;
    case 2: p->quantity = 0; break;
    case 3: p->transaction_date = FIN_NO_DATE; break;
    case 4: p->type = (fin_position_type_t) 2; break;
    case 5: p->strike = NAN; p->purchase_price = NAN; break;
    case 6: p->strike = -1; p->purchase_price = INFINITY; break;
    case 7: p->premium = NAN; p->purchase_price = -INFINITY; break;
    case 8: p->strike = INFINITY; p->purchase_price = NAN; break;
    case 9: p->expiration = FIN_NO_DATE; p->purchase_price = NAN; break;
    case 10: p->option_type = (fin_right_t) 2; p->purchase_price = NAN; break;
    }
}


static void
test_refused(void **state)
{
    int             how;
    owner_t        *o;
    size_t          at;
    fin_out_t       out;
    fin_sample_t    s;
    fin_position_t  kept;

    (void) state;

    fin_sample_open(&s, &sample_stocks[0], fin_sample_day(books_days[0]), 1);
    o = owner_new(&s, 1, 1);
    owner_write(o);
    fin_out_init(&out, 1000000);

    for (how = 0; how <= 10; how++) {
        for (at = 0; at < 2; at++) {    /* a stock, an option */
            kept = o->position[at];
            spoil(&o->position[at], how);
            assert_int_equal(fin_holdings_write(&out, &o->h),
                             FIN_E_INTERNAL);
            assert_int_equal(out.len, 0);
            o->position[at] = kept;
        }
    }

    o->h.today = FIN_NO_DATE;
    assert_int_equal(fin_holdings_write(&out, &o->h), FIN_E_INTERNAL);
    o->h.today = s.stock.today;

    /* the first one says what ticker it is, when no book does */
    o->h.book = NULL;
    strcpy(o->position[3].ticker, "OTHER");
    assert_int_equal(fin_holdings_write(&out, &o->h), FIN_E_INTERNAL);
    o->h.n = 3;
    assert_int_equal(fin_holdings_write(&out, &o->h), FIN_OK);
    assert_int_equal(fin_holdings_write(&out, &o->h), FIN_E_INTERNAL);
    fin_out_free(&out);

    owner_free(o);
    fin_sample_close(&s);
}


/* The bound of out, and memory, may end anywhere. */
static void
test_ends(void **state)
{
    long           k;
    size_t         max;
    owner_t       *o;
    fin_out_t      out;
    fin_sample_t   s;
    fin_status_t   status;

    (void) state;

    fin_sample_open(&s, &sample_stocks[0], fin_sample_day(books_days[0]), 1);
    o = owner_new(&s, 2, 1);
    (void) owner_ask(o);
    o->h.n = 60;
    o->h.today += 2;
    owner_write(o);

    for (max = 0; max <= o->out.len + 1; max += max < 8000 ? 97 : 1201) {
        fin_out_init(&out, max);
        assert_int_equal(fin_holdings_write(&out, &o->h), FIN_E_TOO_BIG);
        fin_out_free(&out);
    }

    for (k = 1; ; k++) {
        fin_out_init(&out, 64 * 1024 * 1024);
        test_allocations = k;
        status = fin_holdings_write(&out, &o->h);
        test_allocations = -1;

        if (status == FIN_OK) {
            break;
        }

        assert_int_equal(status, FIN_E_NOMEM);
        fin_out_free(&out);
    }

    assert_in_range(k, 8, 1000);
    assert_int_equal(out.len, o->out.len);
    assert_memory_equal(out.data, o->out.data, out.len);

    fin_out_free(&out);
    owner_free(o);
    fin_sample_close(&s);
}


/* ---- threads share a book */

static void *
thread_run(void *data)
{
    owner_t  *o = data;

    books_write(&o->h, &rules, &o->out);

    return NULL;
}


static void
test_threads(void **state)
{
    int           i;
    owner_t      *o[3];
    pthread_t     id[3];
    fin_sample_t  s;

    (void) state;

    fin_sample_open(&s, &sample_stocks[0], fin_sample_day(books_days[0]), 1);

    for (i = 0; i < 3; i++) {
        o[i] = owner_new(&s, 3, 1);
        o[i]->h.book = o[0]->book;
    }

    for (i = 0; i < 3; i++) {
        assert_int_equal(pthread_create(&id[i], NULL, thread_run, o[i]), 0);
    }

    for (i = 0; i < 3; i++) {
        assert_int_equal(pthread_join(id[i], NULL), 0);
        assert_int_equal(o[i]->out.len, o[0]->out.len);
        assert_memory_equal(o[i]->out.data, o[0]->out.data, o[0]->out.len);
    }

    for (i = 0; i < 3; i++) {
        owner_free(o[i]);
    }

    fin_sample_close(&s);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_nothing_held),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_advice),
        cmocka_unit_test(test_no_book),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_threads)
    };

    return cmocka_run_group_tests(tests, owner_setup, NULL);
}
