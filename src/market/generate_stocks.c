/*
 * The ten stocks.  Prices are made up; only tickers and names are real.
 * level[] draws the path from the oldest bar to the last one, sigma[] how
 * restless it is; score[] is what csp, covered call, LEAPS and PMCC have to
 * show, whatever the noise is.
 */

#include "generate.h"


#define RED     FIN_SCORE_RED
#define YELLOW  FIN_SCORE_YELLOW
#define GREEN   FIN_SCORE_GREEN
#define ANY     SAMPLE_ANY


const sample_stock_t  sample_stocks[SAMPLE_STOCKS] = {

    /* an uptrend that has come back by a tenth: sell a put */
    { "AAPL", "Apple Inc.", "XNAS", "CS",
      212.40, 0.005, 0.27, 5.2e7, 38, 1,
      { GREEN, ANY, ANY, RED },
      { { 530, -34 }, { 300, -17 }, { 150, -4 }, { 70, 2 }, { 13, 9.5 },
        { 0, 0 } },
      { { 530, 0.19 }, { 40, 0.19 }, { 14, 0.29 }, { 0, 0.29 } } },

    /* back up to the tops of the last months: sell calls on shares */
    { "MSFT", "Microsoft Corporation", "XNAS", "CS",
      438.10, 0.007, 0.24, 2.1e7, 52, 1,
      { ANY, GREEN, ANY, RED },
      { { 530, -31 }, { 320, -15 }, { 200, -7 }, { 110, 1.5 }, { 86, -4 },
        { 60, 1.8 }, { 23, -8 }, { 0, 0 } },
      { { 530, 0.18 }, { 60, 0.17 }, { 22, 0.21 }, { 0, 0.21 } } },

    /* a year of gains, then a quiet retreat: replace shares by LEAPS */
    { "NVDA", "NVIDIA Corporation", "XNAS", "CS",
      131.70, 0.0003, 0.42, 2.3e8, 33, 1,
      { ANY, ANY, GREEN, RED },
      { { 530, -68 }, { 350, -55 }, { 200, -38 }, { 48, 15 }, { 30, 4 },
        { 0, 0 } },
      { { 530, 0.44 }, { 60, 0.46 }, { 34, 0.28 }, { 0, 0.28 } } },

    /* a shallow dip */
    { "AMZN", "Amazon.com, Inc.", "XNAS", "CS",
      188.30, 0, 0.31, 4.1e7, 45, 1,
      { YELLOW, ANY, ANY, RED },
      { { 530, -36 }, { 250, -14 }, { 60, 2 }, { 26, 7.5 }, { 9, -1 },
        { 0, 0 } },
      { { 530, 0.25 }, { 30, 0.24 }, { 15, 0.30 }, { 0, 0.30 } } },

    /* new highs with nothing above them */
    { "GOOG", "Alphabet Inc. Class C", "XNAS", "CS",
      176.50, 0.004, 0.26, 1.9e7, 40, 1,
      { RED, YELLOW, YELLOW, RED },
      { { 530, -37 }, { 260, -24 }, { 60, -11 }, { 18, -5 }, { 0, 0 } },
      { { 530, 0.24 }, { 60, 0.24 }, { 24, 0.17 }, { 0, 0.17 } } },

    /* a fall on heavy swings, with earnings next week */
    { "META", "Meta Platforms, Inc.", "XNAS", "CS",
      512.80, 0.004, 0.33, 1.4e7, 4, 1,
      { YELLOW, RED, ANY, RED },
      { { 530, -33 }, { 300, -7 }, { 120, 19 }, { 60, 21 }, { 28, 14 },
        { 0, 0 } },
      { { 530, 0.26 }, { 30, 0.28 }, { 18, 0.40 }, { 0, 0.40 } } },

    /* a downtrend, with earnings in days: nothing to do */
    { "TSLA", "Tesla, Inc.", "XNAS", "CS",
      228.90, 0, 0.55, 9.6e7, 6, 1,
      { RED, RED, RED, RED },
      { { 530, 48 }, { 300, 72 }, { 120, 48 }, { 40, 27 }, { 12, 17 },
        { 0, 0 } },
      { { 530, 0.42 }, { 30, 0.45 }, { 18, 0.56 }, { 0, 0.56 } } },

    /* the index: calm, slightly up, no earnings of its own */
    { "SPY", "SPDR S&P 500 ETF Trust", "ARCX", "ETF",
      561.20, 0.012, 0.16, 5.6e7, 0, 1,
      { ANY, YELLOW, YELLOW, RED },
      { { 530, -25 }, { 300, -13 }, { 120, -4 }, { 60, -1 }, { 30, -2.5 },
        { 0, 0 } },
      { { 530, 0.12 }, { 60, 0.12 }, { 24, 0.10 }, { 0, 0.10 } } },

    /* a quiet slide down to where it has turned before */
    { "KO", "The Coca-Cola Company", "XNYS", "CS",
      62.35, 0.031, 0.16, 1.3e7, 61, 1,
      { YELLOW, RED, RED, RED },
      { { 530, 9 }, { 300, 6 }, { 180, 0 }, { 110, 4.5 }, { 70, -0.5 },
        { 30, 3 }, { 0, 0 } },
      { { 530, 0.14 }, { 60, 0.15 }, { 24, 0.11 }, { 0, 0.11 } } },

    /* listed without options */
    { "JPM", "JPMorgan Chase & Co.", "XNYS", "CS",
      204.60, 0.022, 0.24, 8.9e6, 27, 0,
      { ANY, YELLOW, ANY, RED },
      { { 530, -31 }, { 200, -13 }, { 100, -6 }, { 60, -2 }, { 30, 2.5 },
        { 15, -3.5 }, { 0, 0 } },
      { { 530, 0.20 }, { 40, 0.19 }, { 16, 0.23 }, { 0, 0.23 } } }
};
