/* Bars and chains of the market data, parsed as a refresh parses them. */

#ifndef FIN_MARKET_CHAIN_H
#define FIN_MARKET_CHAIN_H

#include <string.h>

#include "fin_chain.h"
#include "fin_in.h"
#include "fin_market_file.h"
#include "fin_time.h"


/* What may be had of one day: folder NULL in the last row of a table. */
typedef struct {
    const char  *ticker;
    const char  *bars;              /* under real/ */
    const char  *folder;
    const char  *today;             /* the last bar's day */
} fin_market_set_t;

static const fin_market_set_t  fin_market_sets[] = {
    { "AAPL", "AAPL-before-split", "real-chains/AAPL-2014-06-06",
      "2014-06-06" },
    { "GOOG", "GOOG", "real-chains/GOOG-2015-12-24", "2015-12-24" },
    { "SPY", "SPY", "synthetic-chains/SPY", "2021-03-31" },
    { "IBM", "IBM", "synthetic-chains/IBM", "2021-03-31" },
    { "NFLX", "NFLX", "synthetic-chains/NFLX", "2016-12-30" },
    { NULL, NULL, NULL, NULL }
};


static inline fin_date_t
fin_market_today(const fin_market_set_t *set)
{
    return fin_date_parse(set->today, strlen(set->today));
}


/* Bars up to today's; 0: the file is not there. */
static inline int
fin_market_bars(const fin_market_set_t *set, fin_bars_t *bars)
{
    char        *json, name[128];
    size_t       len;
    fin_date_t   today;

    (void) snprintf(name, sizeof(name), "real/%s.bars.json", set->bars);

    json = fin_market_file(name, &len);
    if (json == NULL) {
        return 0;
    }

    assert_int_equal(fin_in_bars(json, len, bars, NULL), FIN_OK);
    free(json);

    today = fin_market_today(set);

    while (bars->n > 0 && fin_ny_date(bars->bar[bars->n - 1].t) > today) {
        bars->n--;
    }

    /* as a refresh asks for them */
    while (bars->n > 0 && fin_ny_date(bars->bar[0].t) < today - 730) {
        memmove(bars->bar, bars->bar + 1, --bars->n * sizeof(fin_bar_t));
    }

    assert_true(bars->n > 0);
    assert_int_equal(fin_ny_date(bars->bar[bars->n - 1].t), today);

    return 1;
}


/* All pages; 0: they are not there. */
static inline int
fin_market_pages(const fin_market_set_t *set, fin_chain_t *chain)
{
    int     page;
    char   *json, name[128], cursor[FIN_CURSOR_MAX + 1];
    size_t  len;

    for (page = 1; ; page++) {
        (void) snprintf(name, sizeof(name), "%s/page-%d.json", set->folder,
                        page);

        json = fin_market_file(name, &len);
        if (json == NULL) {
            return page > 1;
        }

        assert_int_equal(fin_in_chain(json, len, chain, cursor, NULL),
                         FIN_OK);
        free(json);
    }
}


#endif
