/* build: src/market/generate_*.c */

/*
 * Contracts that are asked for one by one, and books of days ago: what is
 * answered is what the whole chain of the day would say.
 */

#include "fin_assert.h"
#include "fin_owner.h"
#include "fin_strikes.h"


#define STEPS  4                        /* of asking for contracts */


/* ---- contracts that are asked for */

static unsigned  asked, targets, untargeted, modelled;


/* Of the market's contracts the one nearest 450 days; NULL: none. */
static const fin_option_t *
target_of(const fin_sample_t *s, const fin_position_t *p)
{
    size_t               i;
    fin_rules_t          r;
    fin_liquidity_t      liquidity;
    const fin_option_t  *o, *best;

    fin_rules_default(&r);
    fin_liquidity_of(&liquidity, &r, FIN_SIGNAL_COVERED_CALL);
    best = NULL;

    for (i = 0; i < s->chain.n; i++) {
        o = &s->chain.opt[i];

        if (o->type == FIN_CALL && o->strike == p->strike
            && o->dte >= 365 && o->dte <= 540 && o->expiration > p->expiration
            && fin_option_liquid(o, &liquidity, s->stock.last_bar)
            && (best == NULL || abs(o->dte - 450) < abs(best->dte - 450)))
        {
            best = o;
        }
    }

    return best;
}


/* Options that are had are not said to be away. */
static unsigned
check_no_target(const owner_t *o, const cJSON *item, const cJSON *advice)
{
    const cJSON     *line, *last;
    fin_position_t   p;

    fin_position_init(&p);
    p.type = FIN_POSITION_OPTION;
    p.strike = number(item, "strike");
    p.expiration = date(item, "expiration");

    if (fin_position_contract(&p, &o->s->chain) == NULL) {
        return 0;
    }

    last = NULL;

    cJSON_ArrayForEach(line, get(advice, "reasoning")) {
        last = line;
    }

    assert_non_null(strstr(last->valuestring, "none of 365 to 540 days"));

    return 1;
}


static void
check_leaps_rolls(const owner_t *o)
{
    const cJSON         *item, *advice, *roll;
    fin_position_t       p;
    const fin_option_t  *want;

    cJSON_ArrayForEach(item, get(o->json, "leaps_positions")) {

        advice = get(item, "recommendation");

        if (strcmp(get(advice, "action")->valuestring, "roll") != 0) {
            continue;
        }

        p.strike = number(item, "strike");
        p.expiration = date(item, "expiration");
        want = target_of(o->s, &p);
        roll = get(advice, "roll_parameters");

        if (want == NULL) {
            assert_true(cJSON_IsNull(roll));
            untargeted += check_no_target(o, item, advice);
            continue;
        }

        assert_string_equal(get(roll, "ticker")->valuestring, want->ticker);
        fin_assert_same(number(roll, "dte"), want->dte);
        targets++;
    }
}


/*
 * The delta of a contract that came alone is that of the chain, where the
 * parts have the quotes of its expiration.
 */
static void
check_deltas(const owner_t *all, const owner_t *some)
{
    size_t                    i;
    int32_t                   dte;
    const fin_option_t       *o;
    const fin_holding_lot_t  *a, *b;

    for (i = 0; i < all->h.n; i++) {

        a = &all->h.lot[i];
        b = &some->h.lot[i];
        dte = a->metrics.days_to_expiration;

        if (a->class != FIN_CLASS_LEAPS || (dte > 65 && dte < 540)
            || dte > 900)
        {
            continue;
        }

        assert_int_equal(a->action, b->action);

        if (a->action == FIN_ACTION_ROLL) {
            continue;
        }

        assert_int_equal(a->len, b->len);
        assert_memory_equal(all->out.data + a->from, some->out.data + b->from,
                            a->len);

        o = fin_position_contract(&all->position[i], &all->s->chain);
        modelled += o != NULL && o->greeks_source == FIN_GREEKS_MODEL
                    && !isnan(o->delta)
                    && fin_position_contract(&some->position[i],
                                             &some->book->chain) == NULL;
    }
}


/* Asks until nothing more comes: a delta may ask for a roll. */
static void
ask_all(owner_t *o)
{
    int     step;
    size_t  before;

    for (step = 0; step < STEPS; step++) {
        before = o->extra.n;
        asked += (unsigned) owner_ask(o);

        if (o->extra.n == before) {
            return;
        }
    }

    fail_msg("still more after %d times", STEPS);
}


/* Parts and what was asked for are worth what the whole chain is. */
static void
check_asked(const fin_sample_t *s)
{
    int       kind;
    size_t    i;
    owner_t  *some, *all;

    for (kind = 1; kind < BOOKS_OWNERS; kind++) {

        all = owner_new(s, kind, 0);
        some = owner_new(s, kind, 1);
        ask_all(all);
        ask_all(some);
        owner_write(all);
        owner_write(some);

        for (i = 0; i < some->h.n; i++) {
            fin_assert_same(some->h.lot[i].metrics.current_value,
                            all->h.lot[i].metrics.current_value);
            fin_assert_same(some->h.lot[i].metrics.unrealized_pnl,
                            all->h.lot[i].metrics.unrealized_pnl);
        }

        check_deltas(all, some);
        check_leaps_rolls(all);
        check_leaps_rolls(some);

        owner_free(all);
        owner_free(some);
    }
}


static void
test_asked(void **state)
{
    unsigned  real;

    (void) state;

    asked = targets = untargeted = modelled = 0;
    real = books_each(check_asked);
    assert_true(asked > 100);
    assert_true(real == 0 || modelled > 20);
    assert_true(targets > 20);
    assert_true(untargeted > 20);
}


/* ---- a book of days ago */

static unsigned  later;                 /* dte that were looked at */


static void
check_dte(const cJSON *item, fin_date_t today)
{
    const cJSON  *child;

    if (cJSON_GetObjectItemCaseSensitive(item, "dte") != NULL) {
        fin_assert_same(number(item, "dte"),
                        (double) (date(item, "expiration") - today));
        assert_true(number(item, "dte") >= 14);
        later++;
    }

    cJSON_ArrayForEach(child, item) {
        check_dte(child, today);
    }
}


static void
check_later(const fin_sample_t *s)
{
    int           kind;
    size_t        i;
    owner_t      *o;
    const cJSON  *earnings;

    for (kind = 1; kind < BOOKS_OWNERS; kind++) {
        o = owner_new(s, kind, 1);
        o->h.today = s->stock.today + 5;
        (void) owner_ask(o);
        owner_write(o);
        check_dte(o->json, o->h.today);

        for (i = 0; i < o->h.n; i++) {
            assert_int_equal(o->h.lot[i].metrics.days_held,
                             o->h.today - o->position[i].transaction_date);

            if (o->position[i].type == FIN_POSITION_OPTION) {
                assert_int_equal(o->h.lot[i].metrics.days_to_expiration,
                                 o->position[i].expiration - o->h.today);

                /* gone since */
                assert_true(o->position[i].expiration >= o->h.today
                            || !o->h.lot[i].valued);
            }
        }

        earnings = get(get(get(o->json, "covered_call_signal"), "conditions"),
                       "earnings");

        if (s->stock.earnings != FIN_NO_DATE
            && s->stock.earnings >= o->h.today)
        {
            fin_assert_same(number(earnings, "value"),
                            (double) (s->stock.earnings - o->h.today));
        }

        owner_free(o);
    }
}


static void
test_later(void **state)
{
    (void) state;

    later = 0;
    (void) books_each(check_later);
    assert_true(later > 100);
}


int
main(void)
{
    const struct CMUnitTest  tests[] = {
        cmocka_unit_test(test_asked),
        cmocka_unit_test(test_later)
    };

    return cmocka_run_group_tests(tests, owner_setup, NULL);
}
